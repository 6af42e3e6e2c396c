// A PostgreSQL primary and its replica by streaming replication, behind HAProxy with packaging/haproxy/postgresql.cfg.
// Members know the balancer's address only; failOver() kills the primary and promotes the replica.
import { spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { replaced } from './balancer.mjs';
import { ended, endAtExit, removeAtExit } from './cleanup.mjs';
import { PostgreSql, program } from './databases.mjs';
import { freePort } from './ports.mjs';
import { GiveUp, until, within } from './wait.mjs';

const CONFIG = resolve(dirname(fileURLToPath(import.meta.url)), '../../packaging/haproxy/postgresql.cfg');
const STANDBY = 'standby';  // the application_name of every replica

// Two servers on fixed ports. Of the face of a server that tests use: port (the balancer's), sql() on the primary.
class Replicated {
  kind = 'postgresql';
  count = 0;

  async start({ synchronous }) {
    const ports = [await freePort(), await freePort()];
    const settings = ['wal_level=replica', 'max_wal_senders=8', 'wal_keep_size=256MB', 'hot_standby=on'];
    this.servers = ports.map((port) => new PostgreSql(port, settings));
    [this.primary, this.replica] = this.servers;
    await this.primary.create();
    await this.primary.start();
    this.primary.sql('CREATE ROLE replicator LOGIN REPLICATION; CREATE ROLE haproxy LOGIN');
    this.synchronous = synchronous;
    await this.replicate();
    await this.#startBalancer();
    return this;
  }

  // Makes the replica anew from the primary, and waits until it follows.
  async replicate() {
    const { primary, replica } = this;
    await replica.copyOf(`host=127.0.0.1 port=${primary.port} user=replicator application_name=${STANDBY}`);
    await replica.start();
    await until(() => primary.sql('SELECT state FROM pg_stat_replication').trim() === 'streaming', { timeout: 60_000, what: 'the replica to follow' });
    // From now on a commit returns only when the replica has it, too.
    this.#set('synchronous_standby_names', this.synchronous ? STANDBY : '');
  }
  #set(name, value) {
    this.primary.sql(`ALTER SYSTEM SET ${name} = '${value}'`);
    this.primary.sql('SELECT pg_reload_conf()');
  }

  // kill -9 of the primary, or SIGSTOP of all that it is, and promotion of its replica, which is alone from then on. Returns
  // the ms until the balancer passes on to the new primary.
  async failOver({ hang = false } = {}) {
    const begun = Date.now();
    if (hang) {
      this.primary.signal('SIGSTOP');
    } else {
      this.primary.child.kill('SIGKILL');
      await ended(this.primary.child);
    }
    [this.primary, this.replica] = [this.replica, this.primary];
    // It has no replica to wait for.
    this.primary.sql("ALTER SYSTEM SET synchronous_standby_names = ''");
    this.primary.sql('SELECT pg_promote(true, 30)');
    await until(() => this.passesTo() === this.primary.port, { timeout: 60_000, what: 'the balancer to see the new primary' });
    return Date.now() - begun;
  }
  // What was the primary begins anew as a replica; as it was, it must never come back.
  replace() {
    return this.replicate();
  }

  // The port of the server that members come to.
  passesTo() {
    return Number(PostgreSql.ask(this.port, 'SELECT inet_server_port()', { timeout: 10_000 }));
  }

  async #startBalancer() {
    this.port = await freePort();
    const folder = removeAtExit(mkdtempSync(join(tmpdir(), 'qd-haproxy-postgresql-')));
    let config = replaced(readFileSync(CONFIG, 'utf8'), /bind :5000/, `bind 127.0.0.1:${this.port}`);
    config = replaced(config, /( {2}server pg\d .*\n)+/, this.servers.map((one, index) => `  server pg${index + 1} 127.0.0.1:${one.port}\n`).join(''));
    const file = join(folder, 'haproxy.cfg');
    writeFileSync(file, config);
    const log = openSync(join(folder, 'out.log'), 'a');
    this.balancer = endAtExit(spawn(program('haproxy'), ['-db', '-f', file], { cwd: folder, stdio: ['ignore', log, log] }));
    await until(() => {
      if (this.balancer.exitCode !== null) throw new GiveUp(`haproxy ended: ${readFileSync(join(folder, 'out.log'), 'utf8').slice(-800)}`);
      return this.passesTo() === this.primary.port;
    }, { what: 'HAProxy to pass on to the primary' });
  }

  sql(text, database) {
    return this.primary.sql(text, database);
  }
  database(name) {
    this.sql(`CREATE DATABASE ${name}`);
    return { kind: this.kind, name, url: `jdbc:postgresql://127.0.0.1:${this.port}/${name}`, username: 'postgres', password: '', server: this };
  }
  async stop() {
    for (const one of [this.primary, this.replica]) if (one.child?.exitCode === null && one.child.signalCode === null) await one.stop();
    this.balancer.kill('SIGTERM');
    await within(ended(this.balancer), 60_000, 'haproxy to end');
  }
}

// A fresh database on such a pair; database.server is the pair.
export async function startReplicated({ synchronous = true } = {}) {
  const pair = await new Replicated().start({ synchronous });
  return pair.database(`qd_${process.pid}_${Date.now().toString(36)}`);
}
