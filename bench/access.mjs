// What access control and logins cost: a decision, a filtered list, other users while somebody guesses, sessions.
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { cpus } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newProject } from '../tests/support/scenario.mjs';
import { ADMIN_PASSWORD, BINARY, startServer } from '../tests/support/server.mjs';
import { MEGABYTE, median, spread } from './tools.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const now = () => Number(process.hrtime.bigint()) / 1e6;
const settle = (ms) => new Promise((done) => setTimeout(done, ms));
const percentile = (values, part) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))];

// The micro bench of src/acl, with 1,000 policies that all concern the subject.
export async function decisions(table) {
  const build = dirname(BINARY);
  const quietly = { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] };
  execFileSync('cmake', ['-S', ROOT, '-B', build, '-DQD_BENCH=ON'], quietly);
  try {
    execFileSync('ninja', ['-C', build, 'acl_bench'], quietly);
    for (const line of execFileSync(join(build, 'bench/acl_bench'), { encoding: 'utf8' }).trim().split('\n')) {
      const [, what, cost] = /^(.*?)\s+([\d.]+) us a decision/.exec(line);
      table.add(`decision: ${what}`, `${cost} us`, '<= 20 us', Number(cost) <= 20);
    }
  } finally {
    execFileSync('cmake', ['-S', ROOT, '-B', build, '-DQD_BENCH=OFF'], quietly);
  }
}

async function importJobs(qd, project, count) {
  for (let from = 0; from < count; from += 500) {
    const jobs = Array.from({ length: 500 }, (_, at) => ({
      name: `job ${from + at}`, group: `team${(from + at) % 1000}/web`, description: 'one of many', loglevel: 'INFO', sequence: { keepgoing: false, strategy: 'node-first', commands: [{ exec: 'true' }] },
    }));
    const answer = await qd.ok('POST', `/project/${project}/jobs/import`, { json: jobs, query: { format: 'json' } });
    if (answer.failed.length) throw new Error(`an import failed: ${JSON.stringify(answer.failed[0])}`);
  }
}

const policy = (group, job, project) => JSON.stringify({ description: 'bench', context: { project }, for: { job: [job] }, by: { group } });

// Processor time that the server took so far, in ms: what a list costs, whatever else this machine does.
function processorTime(qd) {
  const fields = readFileSync(`/proc/${qd.pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

// GET of all jobs of a project, in ms: how long each took, and what one of them cost the server.
async function timeList(qd, token, path, expected) {
  const rounds = 25;
  const times = [];
  const before = processorTime(qd);
  for (let round = 0; round < rounds; round += 1) {
    const begun = now();
    const answer = await qd.api('GET', path, { token });
    times.push(now() - begun);
    if (answer.json.length !== expected) throw new Error(`${answer.json.length} jobs are listed, not ${expected}`);
  }
  return { times, cost: (processorTime(qd) - before) / rounds };
}

export async function filteredList(table) {
  const qd = await startServer({ database: undefined });
  const project = await newProject(qd);
  await importJobs(qd, project, 10_000);
  const many = Array.from({ length: 1000 }, (_, at) => policy('team', { equals: { group: `team${at}/web` }, allow: at % 2 ? 'read' : 'view' }, project));
  await qd.ok('POST', '/system/acl/many.aclpolicy', { json: { contents: many.join('\n---\n') }, status: 201 });
  await qd.ok('POST', '/system/acl/few.aclpolicy', { json: { contents: policy('few', { match: { group: 'team1[0-9]*/web' }, allow: 'read' }, project) }, status: 201 });
  await qd.ok('POST', '/system/acl/all.aclpolicy', { json: { contents: policy('all', { allow: 'read' }, project) }, status: 201 });
  const tenth = Array.from({ length: 1000 }, (_, at) => at).filter((at) => String(at).startsWith('1')).length * 10;
  for (const [what, role, expected] of [['by one policy, 1,110 seen', 'few', tenth], ['by one policy, all seen', 'all', 10_000], ['by 1,000 policies, all seen', 'team', 10_000]]) {
    const { token } = await qd.ok('POST', '/tokens', { json: { user: role, roles: [role] }, status: 201 });
    const { times, cost } = await timeList(qd, token, `/project/${project}/jobs`, expected);
    const page = await timeList(qd, token, `/project/${project}/jobs?max=30`, 30);
    table.add(`30 of 10,000 jobs ${what}`, `${page.cost.toFixed(1)} ms`, '<= 10 ms', page.cost <= 10, `of the server's processor time; until the last byte, min/median/max ${spread(page.times)} ms`);
    table.add(`list of 10,000 jobs ${what}`, `${cost.toFixed(1)} ms`, '<= 50 ms', cost <= 50, `of the server's processor time; until the last byte, min/median/max ${spread(times)} ms`);
  }
  await qd.stop();
}

// Requests of a user who has nothing to do with the guessing, one each 10 ms for a while; their times in ms.
async function othersFor(qd, agent, ms) {
  const times = [];
  const waiting = [];
  for (const end = now() + ms; now() < end; await settle(10)) {
    const begun = now();
    waiting.push(qd.api('GET', '/user/roles', { agent }).then((answer) => {
      if (answer.status !== 200) throw new Error(`another user got ${answer.status}`);
      times.push(now() - begun);
    }));
  }
  await Promise.all(waiting);
  return times;
}

export async function guessing(table) {
  const qd = await startServer({ database: undefined, config: { 'quarterdeck.proxy.trusted': '127.0.0.1' } });
  const agent = new http.Agent({ keepAlive: true });
  await othersFor(qd, agent, 2000);
  const alone = [];
  const besides = [];
  const answers = {};
  for (let round = 0; round < 3; round += 1) {
    alone.push(...await othersFor(qd, agent, 4000));
    let at = round * 1000;
    // Other names from other addresses each time, so that no pause spares us the hashes.
    const timer = setInterval(() => {
      at += 1;
      const headers = { 'X-Forwarded-For': `198.51.${at >> 8}.${at & 255}` };
      qd.raw('POST', '/j_security_check', { form: { j_username: at % 2 ? 'admin' : `guess${at}`, j_password: `wrong ${at}` }, token: null, headers }).then(({ status }) => { answers[status] = (answers[status] ?? 0) + 1; }, () => {});
    }, 20);
    besides.push(...await othersFor(qd, agent, 4000));
    clearInterval(timer);
    await settle(500);
  }
  const [before, during] = [percentile(alone, 0.99), percentile(besides, 0.99)];
  table.add('p99 of others, nobody guesses', `${before.toFixed(1)} ms`, '', undefined, `median ${median(alone).toFixed(1)}`);
  table.add('p99 of others, 50 wrong logins/s', `${during.toFixed(1)} ms`, '<= twice and 10 ms', during <= 2 * before + 10, `median ${median(besides).toFixed(1)}, answers ${JSON.stringify(answers)}`);
  agent.destroy();
  await qd.stop();
}

// Right logins while other programs use up the machine, against requests that compute nothing.
export async function busyLogins(table) {
  const qd = await startServer({ database: undefined });
  const hogs = Array.from({ length: 8 * cpus().length }, () => spawn('/bin/sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' }));
  const logins = [];
  try {
    await settle(2000);
    for (let round = 0; round < 15; round += 1) {
      const begun = now();
      const { status } = await qd.raw('POST', '/j_security_check', { form: { j_username: 'admin', j_password: ADMIN_PASSWORD }, token: null });
      if (status !== 302) throw new Error(`a login got ${status}`);
      logins.push(now() - begun);
    }
  } finally {
    for (const hog of hogs) hog.kill('SIGKILL');
  }
  table.add('login beside 8 busy programs a core', `${median(logins).toFixed(0)} ms`, '<= 2000 ms', median(logins) <= 2000, `min/median/max ${spread(logins, 0)}`);
  await qd.stop();
}

const folderSize = (folder) => readdirSync(folder, { recursive: true }).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);

export async function sessions(table) {
  const qd = await startServer({ database: undefined });
  // Plain text, so that the logins themselves cost little.
  writeFileSync(join(qd.base, 'server/config/realm.properties'), Array.from({ length: 500 }, (_, at) => `user${at}: secret,user,role${at % 7}\n`).join(''));
  const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
  const visit = async (at) => {
    const form = { j_username: `user${at % 500}`, j_password: 'secret' };
    let login = await qd.raw('POST', '/j_security_check', { form, token: null, agent });
    for (let again = 0; login.status === 503 && again < 50; again += 1) {  // too many at once, says a loaded machine
      await settle(100);
      login = await qd.raw('POST', '/j_security_check', { form, token: null, agent });
    }
    const session = login.headers['set-cookie']?.[0].split(';')[0];
    const answer = await qd.api('GET', '/user/roles', { token: null, headers: { Cookie: session ?? '' }, agent });
    if (answer.status !== 200) throw new Error(`session ${at}: ${login.status}, ${answer.status}`);
  };
  const visits = async (from, to) => {
    let at = from;
    await Promise.all(Array.from({ length: 3 }, async () => { while (at < to) await visit(at++); }));
  };
  await visits(0, 500);
  await settle(2000);
  const [memory, disk] = [qd.memory().now, folderSize(join(qd.base, 'server/data'))];
  const begun = now();
  await visits(0, 10_000);
  const took = (now() - begun) / 1000;
  await settle(2000);
  const more = (qd.memory().now - memory) / MEGABYTE;
  table.add('10,000 sessions, memory', `${more.toFixed(1)} MB`, '<= 50 MB', more <= 50, `${(10_000 / took).toFixed(0)} logins/s`);
  table.add('10,000 sessions, database', `${((folderSize(join(qd.base, 'server/data')) - disk) / MEGABYTE).toFixed(1)} MB`);
  agent.destroy();
  await qd.stop();
}
