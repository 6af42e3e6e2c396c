// What members need around them: PostgreSQL, an S3 server, HAProxy. Each on a free port of the loopback.
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import net from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installPackages } from '../../tests/support/packages.mjs';
import { freePort } from '../../tests/support/ports.mjs';
import { ROOT, giveTo, makeFolder } from './place.mjs';
import { until } from './processes.mjs';

const execute = promisify(execFile);
const S3 = join(ROOT, 'tests/support/s3');

// The port that something had before, unless somebody else has taken it meanwhile.
export async function portFor(processes, name, port) {
  if (port && (processes.how(name) !== 'gone' || (await isFree(port)))) return port;
  if (port) console.error(`port ${port} of ${name} is taken by another program: ${name} gets another one`);
  return freePort();
}

function isFree(port) {
  return new Promise((resolve) => {
    const probe = net.createServer().once('error', () => resolve(false)).listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

function program(name) {
  const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql').sort((a, b) => b - a) : [];
  for (const folder of [...versions.map((version) => `/usr/lib/postgresql/${version}/bin`), '/usr/sbin', '/usr/bin', '/usr/local/bin']) {
    if (existsSync(join(folder, name))) return join(folder, name);
  }
  throw new Error(`${name} is not installed: ./dev setup cluster`);
}

function sql(port, text, database = 'postgres') {
  const args = ['-XqAt', '-v', 'ON_ERROR_STOP=1', '-h', '127.0.0.1', '-p', `${port}`, '-U', 'postgres', '-d', database, '-c', text];
  return spawnSync(program('psql'), args, { encoding: 'utf8', timeout: 10_000 });
}

function alive(processes, name) {
  if (processes.how(name) === 'gone') throw new Error(`${name} ended at its start:\n${processes.tail(name)}`);
  return true;
}

export async function startPostgreSql(processes, user) {
  const { state } = processes;
  const data = join(processes.folder, 'postgresql');
  state.postgresql = await portFor(processes, 'postgresql', state.postgresql);
  if (!existsSync(join(data, 'PG_VERSION'))) {
    makeFolder(data, user);
    await execute(program('initdb'), ['-D', data, '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--locale=C', '--no-sync'], { ...user, cwd: processes.folder, timeout: 120_000 });
  }
  if (processes.how('postgresql') === 'gone') {
    const settings = [`port=${state.postgresql}`, 'listen_addresses=127.0.0.1', `unix_socket_directories=${data}`, 'max_connections=200'];
    processes.start('postgresql', [program('postgres'), '-D', data, ...settings.flatMap((setting) => ['-c', setting])], user);
  }
  await until(() => alive(processes, 'postgresql') && sql(state.postgresql, 'SELECT 1').status === 0, `PostgreSQL's first answer (${processes.folder}/postgresql.log)`);
  if (sql(state.postgresql, "SELECT 1 FROM pg_database WHERE datname = 'quarterdeck'").stdout.trim() !== '1') {
    const made = sql(state.postgresql, 'CREATE DATABASE quarterdeck');
    if (made.status !== 0) throw new Error(`the database cannot be made: ${made.stderr}`);
  }
}

// The S3 server of the tests: it checks signatures. Its key and secret are S3RVER.
export async function startS3(processes, user) {
  const { state } = processes;
  const home = join(processes.folder, 's3');
  if (!existsSync(join(home, 'node_modules/.package-lock.json'))) {
    installPackages('tests/support/s3');
    await cp(S3, home, { recursive: true });
  }
  makeFolder(join(home, 'data'), user);
  giveTo(user, home);
  state.s3 = await portFor(processes, 's3', state.s3);
  if (processes.how('s3') === 'gone') processes.start('s3', [process.execPath, join(home, 'server.mjs'), join(home, 'data'), 'logs', `${state.s3}`], user);
  await until(() => alive(processes, 's3') && reachable(state.s3), `the S3 server's first answer (${processes.folder}/s3.log)`);
}

// packaging/haproxy/haproxy.cfg with our port and members.
export async function startHaproxy(processes, user) {
  const { state } = processes;
  state.balancer = await portFor(processes, 'haproxy', state.balancer);
  const members = Object.entries(state.members).map(([number, { port }]) => `  server member${number} 127.0.0.1:${port} cookie member${number}`);
  const socket = join(processes.folder, 'haproxy.sock');
  const config = readFileSync(join(ROOT, 'packaging/haproxy/haproxy.cfg'), 'utf8')
    .replace('bind :80', `bind 127.0.0.1:${state.balancer}`)
    .replace(/ {2}stats socket .*\n/, socket.length < 100 ? `  stats socket ${socket} mode 660 level admin\n` : '')  // the system's limit is 107
    .replace(/( {2}server member\d .*\n)+/g, `${members.join('\n')}\n`);
  const file = join(processes.folder, 'haproxy.cfg');
  if (existsSync(file) && readFileSync(file, 'utf8') !== config) await processes.end('haproxy', 'SIGUSR1', 2000);
  writeFileSync(file, config);
  if (processes.how('haproxy') === 'gone') processes.start('haproxy', [program('haproxy'), '-db', '-f', file], user);
  await until(() => alive(processes, 'haproxy') && reachable(state.balancer), `HAProxy's first answer (${processes.folder}/haproxy.log)`);
}

export function reachable(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false)).once('close', () => resolve(false));
    socket.setTimeout(1000, () => socket.destroy());
    socket.once('connect', () => socket.end());
  });
}
