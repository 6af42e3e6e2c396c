// The figures, one function each: each starts what it needs, adds its rows to the table, and ends what it started.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { ended as gone, endAtExit } from '../tests/support/cleanup.mjs';
import { startDatabaseServer } from '../tests/support/databases.mjs';
import { freePort } from '../tests/support/ports.mjs';
import { adhoc, ended, newJob, newProject, run, runToEnd } from '../tests/support/scenario.mjs';
import { BINARY, ADMIN_PASSWORD, startServer } from '../tests/support/server.mjs';
import { until } from '../tests/support/wait.mjs';
import { MEGABYTE, compile, folder, median, numbers, spread } from './tools.mjs';

const now = () => Number(process.hrtime.bigint()) / 1e6;
const settle = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// One GET, its status; rejects while nobody listens.
function get(port, path, headers = {}, agent = false) {
  return new Promise((resolve, reject) => {
    const request = http.get({ host: '127.0.0.1', port, path, headers, agent }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode));
    });
    request.on('error', reject);
  });
}

async function timeStart(base) {
  const port = await freePort();
  const start = now();
  const child = endAtExit(spawn(BINARY, ['server', '--base', base, '--address', '127.0.0.1', '--port', String(port)], {
    env: { ...process.env, QD_ADMIN_PASSWORD: ADMIN_PASSWORD }, stdio: 'ignore',
  }));
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    if ((await get(port, '/health').catch(() => 0)) === 200) break;
    await settle(1);
  }
  const took = now() - start;
  child.kill('SIGTERM');
  await gone(child);
  return took;
}

export async function start(table) {
  const first = [];
  const again = [];
  for (let i = 0; i < 10; i += 1) {
    const base = join(folder, `start-${i}`);
    mkdirSync(base);
    first.push(await timeStart(base));
    again.push(await timeStart(base));
  }
  table.add('start to first answer', `${median(again).toFixed(0)} ms`, '<= 100 ms', median(again) <= 100, `min/median/max ${spread(again, 0)}`);
  table.add('first start on an empty folder', `${median(first).toFixed(0)} ms`, '', undefined, `min/median/max ${spread(first, 0)}`);
}

export async function idle(table) {
  const qd = await startServer({ database: undefined });
  const project = await newProject(qd);
  await runToEnd(qd, await newJob(qd, project, {}));
  await settle(3000);
  const memory = qd.memory().now / MEGABYTE;
  table.add('idle memory, after a first run', `${memory.toFixed(1)} MB`, '<= 40 MB', memory <= 40);
  await qd.stop();
}

async function rate(table, label, qd, store, options) {
  const ideal = compile('ideal', `-I${pgInclude()}`, '-lpq', '-lsqlite3');
  const load = compile('load');
  const project = await newProject(qd);
  const job = await newJob(qd, project, { multipleExecutions: true, steps: ['true'] });
  const { port } = new URL(qd.url);
  const [roofs, ours, ratios, shares] = [[], [], [], []];
  const fire = (runs) => numbers(load, [port, qd.token, job, project, runs, 16, 400]);
  await fire(200);
  for (let round = 0; round < options.rounds; round += 1) {
    // Beside the server's own logs: ext4 looks past every file that was deleted lately in the same group of inodes
    // when it makes a new one, which costs as much as the job itself where another bench has just removed its logs.
    const logs = join(qd.base, 'var', 'logs', `ideal-${round}`);
    mkdirSync(logs, { recursive: true });
    const [roof] = await numbers(ideal, [options.runs, 8, logs, store, 'true']);
    const before = (await qd.ok('GET', `/project/${project}/executions`, { query: { statusFilter: 'succeeded', max: 1 } })).paging.total;
    const [speed, cpu] = await fire(options.runs);
    const after = (await qd.ok('GET', `/project/${project}/executions`, { query: { statusFilter: 'succeeded', max: 1 } })).paging.total;
    if (after - before !== options.runs) throw new Error(`${after - before} of ${options.runs} executions succeeded`);
    roofs.push(roof);
    ours.push(speed);
    ratios.push((100 * speed) / roof);
    shares.push((100 * cpu) / (options.runs / speed));
  }
  const detail = `ideal ${spread(roofs, 0)}; ratio ${spread(ratios, 0)} %; client ${median(shares).toFixed(0)} % of one CPU`;
  table.add(`executions per second, ${label}`, spread(ours, 0), '>= 70 % of ideal', median(ratios) >= 70, detail);
}

function pgInclude() {
  return ['/usr/include/postgresql', '/usr/include'].find((path) => existsSync(join(path, 'libpq-fe.h'))) ?? '/usr/include/postgresql';
}

export async function throughputSqlite(table, options) {
  const qd = await startServer({ database: undefined });
  await rate(table, 'SQLite', qd, `sqlite:${join(folder, 'ideal.db')}`, options);
  await qd.stop();
}

export async function throughputPostgres(table, options) {
  const server = await startDatabaseServer('postgresql');
  const database = server.database('quarterdeck');
  server.database('ideal');
  const qd = await startServer({ database });
  await rate(table, 'PostgreSQL', qd, `pg:host=127.0.0.1 port=${server.port} user=postgres dbname=ideal`, options);
  await qd.stop();
  await server.stop();
}

export async function output(table) {
  const qd = await startServer({ database: undefined });
  const project = await newProject(qd);
  const line = '0123456789 '.repeat(9).trim();
  const size = 200e6;
  const id = await newJob(qd, project, { multipleExecutions: true, steps: [`yes "${line}" | head -c ${size}; echo; echo end`] });
  const rates = [];
  for (let round = 0; round < 3; round += 1) {
    const begin = now();
    const started = await run(qd, id);
    await ended(qd, started.id, 300_000);
    rates.push(size / MEGABYTE / ((now() - begin) / 1000));
    const last = await qd.ok('GET', `/execution/${started.id}/output`, { query: { lastlines: 1 } });
    if (last.entries.at(-1).log !== 'end') throw new Error('the end of the output is missing');
    await qd.ok('DELETE', `/execution/${started.id}`);
  }
  const peak = qd.memory().peak / MEGABYTE;
  table.add('output of one execution (200 MB)', `${median(rates).toFixed(1)} MB/s`, '>= 10 MB/s', median(rates) >= 10, `min/median/max ${spread(rates)}; memory at its peak ${peak.toFixed(0)} MB`);
  await qd.stop();
}

export async function manySleeping(table) {
  const qd = await startServer({ database: undefined });
  const project = await newProject(qd);
  const id = await newJob(qd, project, { multipleExecutions: true, steps: ['sleep 30'] });
  const running = async () => (await qd.ok('GET', `/project/${project}/executions/running`, { query: { max: 1 } })).paging.total;
  const begin = now();
  const clients = Array.from({ length: 16 }, async (_, client) => {
    for (let i = client; i < 1000; i += 16) await run(qd, id);
  });
  await Promise.all(clients);
  const submitted = now() - begin;
  const count = await running();
  const listing = [];
  for (let i = 0; i < 20; i += 1) {
    const at = now();
    await qd.ok('GET', `/project/${project}/executions/running`, { query: { max: 20 } });
    listing.push(now() - at);
  }
  const { now: memory, peak } = qd.memory();
  const threads = readdirSync(`/proc/${qd.pid}/task`).length;
  table.add('memory with 1,000 executions of sleep', `${(memory / MEGABYTE).toFixed(1)} MB`, '<= 300 MB', count === 1000 && memory <= 300 * MEGABYTE,
    `${count} ran at once; submitted in ${(submitted / 1000).toFixed(1)} s; ${threads} threads; running list in ${median(listing).toFixed(1)} ms; peak ${(peak / MEGABYTE).toFixed(0)} MB`);
  await until(async () => (await running()) === 0, { timeout: 120_000, interval: 200, what: 'the sleepers to end' });
  const done = (await qd.ok('GET', `/project/${project}/executions`, { query: { statusFilter: 'succeeded', max: 1 } })).paging.total;
  table.add('… of which succeeded', String(done), '1000', done === 1000);
  await qd.stop();
}

const COPIES = 100_000;

// Multiplies one finished execution, its times spread over the past, straight in the database: what is measured is reading.
function multiply(columns, textOf) {
  const kept = columns.filter((column) => column !== 'id');
  const spread_ = (column) => (column.endsWith('_ms') ? `${column} - n * 60000` : column);
  const values = kept.map((column) => (column === 'uuid' ? textOf.uuid : spread_(column)));
  return `INSERT INTO execution (${kept.join(', ')}) SELECT ${values.join(', ')} FROM (SELECT * FROM execution ORDER BY id DESC LIMIT 1) AS one, ${textOf.series};`;
}

async function list(table, label, qd, fill) {
  const project = await newProject(qd);
  await ended(qd, await adhoc(qd, project, 'echo one of many'));
  await newJob(qd, project, {}).then((id) => runToEnd(qd, id));
  fill();
  const agent = new http.Agent({ keepAlive: true });
  const { port } = new URL(qd.url);
  const headers = { 'X-Rundeck-Auth-Token': qd.token, Accept: 'application/json' };
  const time = async (path) => {
    const times = [];
    for (let i = 0; i < 50; i += 1) {
      const at = now();
      const status = await get(port, path, headers, agent);
      if (status !== 200) throw new Error(`${path}: status ${status}`);
      times.push(now() - at);
    }
    return times;
  };
  const path = `/api/59/project/${project}/executions?max=50`;
  const { paging } = await qd.ok('GET', `/project/${project}/executions`, { query: { max: 50 } });
  if (paging.total < COPIES || paging.count !== 50) throw new Error(`only ${paging.total} executions, ${paging.count} on the page`);
  const times = await time(path);
  const filtered = await time(`${path}&statusFilter=succeeded`);
  const deep = await time(`${path}&offset=50000`);
  table.add(`50 of 100,000 executions, ${label}`, `${median(times).toFixed(1)} ms`, '<= 10 ms', median(times) <= 10,
    `min/median/max ${spread(times)}; by status ${median(filtered).toFixed(1)}; from 50,000 on ${median(deep).toFixed(1)}`);
  agent.destroy();
}

export async function listSqlite(table) {
  const qd = await startServer({ database: undefined });
  const find = (dir) => readdirSync(dir, { withFileTypes: true, recursive: false }).flatMap((entry) => {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) return find(path);
    return /\.(db|sqlite3?|sqlite)$/.test(entry.name) ? [path] : [];
  });
  await list(table, 'SQLite', qd, () => {
    const [file] = find(qd.base);
    const sqlite = (sql) => execFileSync('sqlite3', ['-cmd', '.timeout 10000', file], { input: sql, encoding: 'utf8' });
    const columns = sqlite("SELECT name FROM pragma_table_info('execution');").trim().split('\n');
    sqlite(multiply(columns, {
      uuid: 'lower(hex(randomblob(16)))',
      series: `(WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${COPIES}) SELECT n FROM numbers) AS numbers`,
    }));
  });
  await qd.stop();
}

export async function listPostgres(table) {
  const server = await startDatabaseServer('postgresql');
  const database = server.database('quarterdeck');
  const qd = await startServer({ database });
  await list(table, 'PostgreSQL', qd, () => {
    const columns = server.sql("SELECT column_name FROM information_schema.columns WHERE table_name = 'execution' AND table_schema = 'public';", 'quarterdeck').trim().split('\n');
    server.sql(multiply(columns, { uuid: "md5(n::text || 'x')", series: `generate_series(1::bigint, ${COPIES}) AS n` }), 'quarterdeck');
    server.sql('ANALYZE;', 'quarterdeck');
  });
  await qd.stop();
  await server.stop();
}
