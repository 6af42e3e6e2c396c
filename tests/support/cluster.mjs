// Several real members on one database, and the ways in which a test may break them.
//
// Times are short, so that deaths are noticed within a test; QD_TEST_SLOW stretches them.
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ended, removeAtExit } from './cleanup.mjs';
import { freshDatabase } from './databases.mjs';
import { startProxy } from './proxy.mjs';
import { Server } from './server.mjs';
import { SLOW, until } from './wait.mjs';

const PREFIX = 'rundeck.clusterMode.';
// Others for every test process: members end what carries their uuid and was left behind, wherever on this host it is.
const mark = (process.pid % 0x10000).toString(16).padStart(4, '0');
export const uuidOf = (index) => `${String(index).repeat(8)}-${mark}-4000-8000-000000000000`;

// Seconds from a hang to the verdict.
export const DEAD_AFTER = 5 * SLOW;

// Cluster mode with short times. Keys without the common prefix.
export const QUICK = {
  enabled: true,
  'heartbeat.interval': 0.4 * SLOW,
  'heartbeat.delay': 0.1,
  'heartbeat.considerInactive': 2.5 * SLOW,
  'heartbeat.considerDead': DEAD_AFTER,
  'autotakeover.enabled': true,
  'autotakeover.delay': 0,
  'autotakeover.sleep': 1,
  'recoverExecutions.delay': 0,
  'recoverExecutions.sleep': 1,
  'remoteExec.process.interval': 0.5,
};

// {'remoteExecution.policy': 'Random', 'rundeck.x': 1} → full keys, as text.
export function clusterKeys(settings) {
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [/^(rundeck|quartz|quarterdeck|dataSource)\./.test(key) ? key : PREFIX + key, String(value)]));
}

export class Member extends Server {
  constructor({ uuid, name, tags, logs, settings = {}, framework = {}, ...options }) {
    super({
      ...options,
      config: clusterKeys({ ...QUICK, ...settings }),
      framework: { 'rundeck.server.uuid': uuid, 'framework.server.name': name, ...(tags ? { 'rundeck.server.tags': tags } : {}), ...(logs ? { 'framework.logs.dir': logs } : {}), ...framework },
    });
    this.uuid = uuid;
    this.name = name;
    this.settings = settings;
  }

  // Writes the configuration anew, for refresh() or the next start.
  configure(settings) {
    this.settings = settings;
    this.writeConfig(clusterKeys({ ...QUICK, ...settings }));
  }
  refresh() {
    return this.ok('POST', '/config/refresh', { status: 200 });
  }
  suspend() {
    this.child.kill('SIGSTOP');
  }
  resume() {
    this.child.kill('SIGCONT');
  }
  terminate() {
    this.child.kill('SIGTERM');
    return ended(this.child);
  }
  // Starts again on the same folder, under the same uuid.
  async again(env = this.env) {
    this.env = env;
    await this.start();
    return this;
  }

  // The row of a member as this one tells it.
  async sees(other) {
    return (await this.ok('GET', '/cluster/members')).members.find((one) => one.uuid === other.uuid);
  }
  seesAs(other, state, timeout = 60_000) {
    return until(async () => (await this.sees(other))?.state === state, { timeout, what: `${this.name} to see ${other.name} as ${state}` });
  }
  async events(query = {}) {
    return (await this.ok('GET', '/cluster/events', { query: { max: 1000, ...query } })).events;
  }
  // The first event that fits, once it is there.
  event(query, fits = () => true, timeout = 60_000) {
    return until(async () => (await this.events(query)).find(fits), { timeout, what: `an event ${JSON.stringify(query)} ${fits}` });
  }
  async owns() {
    return (await this.ok('GET', `/scheduler/server/${this.uuid}/jobs`)).map((one) => one.id);
  }
}

export class Cluster {
  members = [];

  constructor(database, { settings = {}, framework = {}, tags = [], sharedLogs = false } = {}) {
    this.database = database;
    this.settings = settings;
    this.framework = framework;
    this.tags = tags;
    if (sharedLogs) this.logs = removeAtExit(mkdtempSync(join(tmpdir(), 'quarterdeck-logs-')));
  }

  // `through` gives it a way of its own to the database, which the test may cut: member.proxy.
  async add({ through = false, settings = {}, ...options } = {}) {
    const index = this.members.length + 1;
    const proxy = through ? await startProxy(this.database.server.port) : undefined;
    const database = proxy ? { ...this.database, url: this.database.url.replace(/:\d+\//, `:${proxy.port}/`) } : this.database;
    const member = new Member({ database, uuid: uuidOf(index), name: `m${index}`, tags: this.tags[index - 1], logs: this.logs, framework: this.framework, settings: { ...this.settings, ...settings }, ...options });
    member.proxy = proxy;
    this.members.push(member);
    await member.start();
    if (index === 1) await member.authorize();
    member.token = this.members[0].token;
    return member;
  }

  named(uuid) {
    return this.members.find((one) => one.uuid === uuid);
  }
  // All that run see all that run as active, and know their certificates.
  async settled() {
    const running = this.members.filter((one) => one.alive);
    for (const one of running) for (const other of running) await one.seesAs(other, 'active');
    if (this.settings['messaging.encryption.enabled'] !== false) {
      await until(() => this.number("SELECT COUNT(*) FROM member WHERE state = 'live' AND certificate = ''") === 0, { what: 'certificates' });
    }
    return this;
  }
  // Policies of all members from now on.
  async policy(settings) {
    for (const one of this.members) {
      one.configure({ ...this.settings, ...settings });
      if (one.alive) await one.refresh();
    }
  }

  rows(sql) {
    const text = this.database.server.sql(sql, this.database.name).trimEnd();
    return text ? text.split('\n').map((line) => line.split(this.database.kind === 'mariadb' ? '\t' : '|')) : [];
  }
  number(sql) {
    return Number(this.rows(sql)[0][0]);
  }

  async stop() {
    for (const one of this.members) {
      if (!one.alive) continue;
      one.resume();
      await one.stop();
    }
    for (const one of this.members) await one.proxy?.close();
  }
}

// A cluster of `size` members, settled. `settings` and `tags` (one text for each member) as for Member.
export async function startCluster({ size = 3, database, kind = process.env.QD_TEST_DB === 'mariadb' ? 'mariadb' : 'postgresql', exclusive = false, through = [], ...options } = {}) {
  const cluster = new Cluster(database ?? (await freshDatabase({ kind, exclusive })), options);
  for (let index = 1; index <= size; index += 1) await cluster.add({ through: through.includes(index) });
  return cluster.settled();
}

// Why skewed() cannot be used, for `skip`: the library of a sanitizer must be loaded first.
export const noSkew = /san\/quarterdeck$/.test(process.env.QD_BINARY ?? '') && 'no faketime in a build with sanitizers';

// The environment of a member whose clock is off, "+3h" or "-90s"; intervals pass as they should.
export function skewed(by) {
  const library = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu'].map((folder) => join(folder, 'faketime/libfaketimeMT.so.1')).find(existsSync);
  if (!library) throw new Error('faketime is not installed');
  return { LD_PRELOAD: library, FAKETIME: by, DONT_FAKE_MONOTONIC: '1', FAKETIME_DONT_FAKE_MONOTONIC: '1' };
}

// The pids that carry a member's mark in their environment: the processes that its executions started.
export function processesOf(member) {
  const found = [];
  const mark = `QD_MEMBER=${member.uuid}`;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(mark) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))) found.push(pid);
    } catch {
      // ended meanwhile
    }
  }
  return found;
}
