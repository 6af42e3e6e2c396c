// PostgreSQL and MariaDB for tests: private servers on loopback, in a temporary folder, as an unprivileged user.
//
// They give what is committed to the system at once, and leave it to the system when the disk has it: crash() ends
// processes, no machine, and a slow disk shared by all files makes tests wait for no other reason.
//
// QD_TEST_DB=sqlite|postgresql|mariadb says which database the tests use. tests/run.mjs starts one server for all files and
// hands it down in QD_TEST_DB_SERVER; a test file run alone starts its own.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ended, endAtExit, removeAtExit } from './cleanup.mjs';
import { freePort } from './ports.mjs';
import { GiveUp, until } from './wait.mjs';

export const KIND = process.env.QD_TEST_DB ?? 'sqlite';

// {uid, gid} of the first of these users that exists, when we are root; database servers refuse to run as root.
function unprivileged(...names) {
  if (process.getuid() !== 0) return {};
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n').map((line) => line.split(':'));
  for (const name of names) {
    const line = lines.find((fields) => fields[0] === name);
    if (line) return { uid: Number(line[2]), gid: Number(line[3]) };
  }
  throw new Error(`none of these users exists: ${names.join(', ')}`);
}

function folderFor(user, name) {
  const folder = removeAtExit(mkdtempSync(join(tmpdir(), `qd-${name}-`)));
  chmodSync(folder, 0o755);
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid);
  return folder;
}

// Where a program of the system is; `folders` are looked at first.
export function program(name, ...folders) {
  for (const folder of [...folders, '/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin']) {
    if (existsSync(join(folder, name))) return join(folder, name);
  }
  throw new Error(`${name} is not installed`);
}

// A server that is started again on the same port and folder after crash().
class DatabaseServer {
  child;
  count = 0;

  async start() {
    const log = openSync(join(this.folder, 'server.log'), 'a');
    this.child = endAtExit(spawn(this.command[0], this.command.slice(1), { ...this.user, cwd: this.folder, stdio: ['ignore', log, log] }));
    await until(() => this.answers(), { timeout: 60_000, what: `${this.kind} to start (log in ${this.folder})` });
    return this;
  }
  answers() {
    if (this.child.exitCode !== null) throw new GiveUp(`ended with ${this.child.exitCode}: ${readFileSync(join(this.folder, 'server.log'), 'utf8').slice(-500)}`);
    this.sql('SELECT 1');
    return true;
  }
  // Ends at once, without asking clients: SIGQUIT is PostgreSQL's immediate shutdown, SIGKILL its nearest on MariaDB.
  async crash() {
    this.child.kill(this.kind === 'postgresql' ? 'SIGQUIT' : 'SIGKILL');
    await ended(this.child);
  }
  async restart() {
    await this.crash();
    await this.start();
  }
  async stop() {
    this.child.kill(this.kind === 'postgresql' ? 'SIGINT' : 'SIGTERM');
    await ended(this.child);
  }
  // What another process needs to make databases here.
  handle() {
    return { kind: this.kind, port: this.port };
  }
}

export class PostgreSql extends DatabaseServer {
  kind = 'postgresql';
  static bin() {
    const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql').sort((a, b) => b - a) : [];
    return versions.map((version) => `/usr/lib/postgresql/${version}/bin`);
  }
  constructor(port, settings = []) {
    super();
    this.port = port;
    this.settings = settings;
  }
  async create() {
    this.#settle();
    await this.#run('initdb', ['-D', this.data, '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--locale=C', '--no-sync']);
    return this;
  }
  // Becomes a replica of a running server, in a fresh folder.
  async copyOf(conninfo) {
    this.#settle();
    await this.#run('pg_basebackup', ['-D', this.data, '-R', '-X', 'stream', '-c', 'fast', '--no-sync', '-d', conninfo]);
    return this;
  }
  #run(name, args) {
    return promisify(execFile)(program(name, ...PostgreSql.bin()), args, { ...this.user, cwd: this.folder, timeout: 60_000 });
  }
  #settle() {
    this.user = unprivileged('postgres', 'nobody');
    this.folder = folderFor(this.user, 'postgresql');
    this.data = join(this.folder, 'data');
    const settings = [`port=${this.port}`, 'listen_addresses=127.0.0.1', `unix_socket_directories=${this.folder}`, 'max_connections=200', 'fsync=off', ...this.settings];
    this.command = [program('postgres', ...PostgreSql.bin()), '-D', this.data, ...settings.flatMap((setting) => ['-c', setting])];
  }
  sql(text, database = 'postgres') {
    return PostgreSql.ask(this.port, text, { database });
  }
  // Whoever listens at the port.
  static ask(port, text, { database = 'postgres', timeout } = {}) {
    const args = ['-XqAt', '-v', 'ON_ERROR_STOP=1', '-h', '127.0.0.1', '-p', String(port), '-U', 'postgres', '-d', database, '-f', '-'];
    return execFileSync(program('psql', ...PostgreSql.bin()), args, { input: text, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'], timeout, maxBuffer: 1 << 30 });
  }
  // To all its processes: each is in a session of its own.
  signal(name) {
    const { pid } = this.child;
    for (const other of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
      try {
        if (readFileSync(`/proc/${other}/stat`, 'utf8').split(') ').at(-1).split(' ')[1] === String(pid)) process.kill(Number(other), name);
      } catch {
        // ended meanwhile
      }
    }
    process.kill(pid, name);
  }
  // A dump of a whole database, as text; bytes are hexadecimal.
  dump(database) {
    return execFileSync(program('pg_dump', ...PostgreSql.bin()), ['-h', '127.0.0.1', '-p', String(this.port), '-U', 'postgres', database], { maxBuffer: 1 << 30 });
  }
  database(name) {
    this.sql(`CREATE DATABASE ${name}`);
    return { kind: this.kind, name, url: `jdbc:postgresql://127.0.0.1:${this.port}/${name}`, username: 'postgres', password: '', server: this };
  }
}

class MariaDb extends DatabaseServer {
  kind = 'mariadb';
  constructor(port) {
    super();
    this.port = port;
  }
  async create() {
    this.user = unprivileged('mysql', 'nobody');
    this.folder = folderFor(this.user, 'mariadb');
    const data = join(this.folder, 'data');
    mkdirSync(data);
    if (this.user.uid !== undefined) chownSync(data, this.user.uid, this.user.gid);
    const options = { ...this.user, cwd: this.folder, stdio: 'pipe' };
    execFileSync(program('mariadb-install-db'), ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db'], options);
    const socket = join(this.folder, 's');
    this.command = [
      program('mariadbd'), '--no-defaults', `--datadir=${data}`, `--port=${this.port}`, '--bind-address=127.0.0.1', `--socket=${socket}`,
      `--pid-file=${join(this.folder, 'pid')}`, '--character-set-server=utf8mb4', '--max-connections=200', '--skip-name-resolve',
      '--innodb-flush-log-at-trx-commit=2', '--innodb-flush-method=nosync', '--sync-frm=0',
    ];
    return this;
  }
  sql(text, database) {
    const args = ['--no-defaults', '--protocol=tcp', '-h', '127.0.0.1', '-P', String(this.port), '-u', 'root', '-N', '-B', ...(database ? [database] : [])];
    return execFileSync(program('mariadb'), args, { input: text, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'], maxBuffer: 1 << 30 });
  }
  dump(database) {
    const args = ['--no-defaults', '--protocol=tcp', '-h', '127.0.0.1', '-P', String(this.port), '-u', 'root', '--hex-blob', database];
    return execFileSync(program('mariadb-dump'), args, { maxBuffer: 1 << 30 });
  }
  async start() {
    await super.start();
    this.sql("CREATE USER IF NOT EXISTS 'quarterdeck'@'%' IDENTIFIED BY 'p$a\\\\s'; GRANT ALL ON *.* TO 'quarterdeck'@'%'");
    return this;
  }
  database(name) {
    this.sql(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
    return { kind: this.kind, name, url: `jdbc:mariadb://127.0.0.1:${this.port}/${name}`, username: 'quarterdeck', password: 'p$a\\s', server: this };
  }
}

function at({ kind, port }, settings) {
  return kind === 'mariadb' ? new MariaDb(port) : new PostgreSql(port, settings);
}

// A private server, running.
export async function startDatabaseServer(kind, settings) {
  const server = at({ kind, port: await freePort() }, settings);
  await server.create();
  return server.start();
}

let own;

// A fresh database of the kind under test: {kind, url, username, password, server}; undefined for SQLite, which lives in
// the base folder. `exclusive` gives it a server of its own, which a test may then restart.
export async function freshDatabase({ kind = KIND, exclusive = false } = {}) {
  if (kind === 'sqlite') return undefined;
  if (kind !== 'postgresql' && kind !== 'mariadb') throw new Error(`QD_TEST_DB=${kind}: sqlite, postgresql or mariadb`);
  const handed = process.env.QD_TEST_DB_SERVER ? JSON.parse(process.env.QD_TEST_DB_SERVER) : undefined;
  let server;
  if (exclusive) server = await startDatabaseServer(kind);
  else if (handed?.kind === kind) server = at(handed);
  else server = own ??= await startDatabaseServer(kind);
  server.count += 1;
  return server.database(`qd_${process.pid}_${server.count}_${Date.now().toString(36)}`);
}
