// Figures of logs: the end of a large one, many watchers of one, writing with checkpoints, memory.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, readdirSync, statSync, writeFileSync, writeSync, closeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { removeAtExit } from '../tests/support/cleanup.mjs';
import { adhoc, ended, newProject } from '../tests/support/scenario.mjs';
import { startServer } from '../tests/support/server.mjs';
import { until } from '../tests/support/wait.mjs';
import { MEGABYTE, median, spread } from './tools.mjs';

const now = () => Number(process.hrtime.bigint()) / 1e6;
const settle = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// In a thread of its own: opens so many event streams, counts what comes.
if (!isMainThread && workerData?.watch) {
  const http = await import('node:http');
  const { url, token, path, count } = workerData.watch;
  let bytes = 0;
  let ends = 0;
  for (let i = 0; i < count; i += 1) {
    const request = http.get(`${url}${path}`, { agent: false, headers: { accept: 'text/event-stream', 'X-Rundeck-Auth-Token': token } }, (answer) => {
      answer.on('data', (data) => (bytes += data.length));
      answer.on('end', () => (ends += 1));
    });
    request.on('error', () => {});
  }
  parentPort.on('message', () => parentPort.postMessage({ bytes, ends }));
}

const logFile = (qd) => {
  const root = join(qd.base, 'var/logs/rundeck');
  return readdirSync(root, { recursive: true }).map((name) => join(root, String(name))).filter((name) => name.endsWith('.rdlog')).sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0];
};

// Seconds of CPU that a process used so far, to the nanosecond: /proc/PID/stat counts ticks of 10 ms, which is coarse.
function cpu(pid) {
  const spent = readdirSync(`/proc/${pid}/task`).map((thread) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]));
  return spent.reduce((sum, one) => sum + one, 0) / 1e9;
}

function forgetPages() {
  try {
    execFileSync('sync');
    writeFileSync('/proc/sys/vm/drop_caches', '1');
    return true;
  } catch {
    return false;
  }
}

export async function tail(table) {
  const qd = await startServer({ database: undefined });
  const id = await adhoc(qd, await newProject(qd), 'echo first');
  await ended(qd, id);
  const file = logFile(qd);
  const lines = Array.from({ length: 10_000 }, (_, i) => `^2026-11-29T10:00:00Z|||{node=vm|step=1|stepctx=1|user=admin}|line ${i} of a log that is rather long, with some words to fill it^\n`).join('');
  const out = openSync(file, 'a');
  for (let written = 0; written < 1e9; written += lines.length) writeSync(out, lines);
  closeSync(out);
  const times = { cold: [], warm: [] };
  let cold = true;
  for (let round = 0; round < 9; round += 1) {
    cold = forgetPages() && cold;
    for (const kind of ['cold', 'warm']) {
      const begin = now();
      const answer = await qd.ok('GET', `/execution/${id}/output`, { query: { lastlines: 100 } });
      times[kind].push(now() - begin);
      if (answer.entries.length !== 100 || answer.totalSize < 1e9) throw new Error('not the last 100 lines');
    }
  }
  const peak = qd.memory().peak / MEGABYTE;
  table.add('last 100 lines of a log of 1 GB', `${median(times.cold).toFixed(1)} ms`, '< 20 ms', median(times.cold) < 20, `${cold ? 'cold' : 'not cold: no right to drop caches'}, min/median/max ${spread(times.cold)}; warm ${median(times.warm).toFixed(1)} ms; memory at its peak ${peak.toFixed(0)} MB`);
  const begin = now();
  const found = await qd.ok('GET', `/execution/${id}/output/search`, { query: { query: 'first' } });
  const seconds = (now() - begin) / 1000;
  table.add('search of 1 GB for a word', `${seconds.toFixed(2)} s`, '', undefined, `${found.matches.length} found`);
  await qd.stop();
}

// Parts of a large log, by its index. QD_BENCH_LOG_GB is its size.
export async function parts(table) {
  const size = Number(process.env.QD_BENCH_LOG_GB ?? 1);
  const nodes = 1000;
  const qd = await startServer({ database: undefined });
  const id = await adhoc(qd, await newProject(qd), 'echo first');
  await ended(qd, id);
  const out = openSync(logFile(qd), 'w');
  writeSync(out, '^text/x-rundeck-log-v2.0^\n');
  let lines = 0;
  const perNode = Math.ceil((size * 1e9) / nodes / 147);
  for (let node = 0; node < nodes; node += 1) {
    const text = Array.from({ length: perNode }, (_, i) => `^2026-11-29T10:00:00Z|||{node=host-${node}|step=1|stepctx=1|user=admin}|line ${lines + i} of a log that is rather long, with some words to fill it^\n`).join('');
    lines += perNode;
    writeSync(out, text);
  }
  writeSync(out, '^END^\n');
  closeSync(out);
  const time = async (path, query, count) => {
    const begin = now();
    const answer = await qd.ok('GET', `/execution/${id}/output${path}`, { query });
    if (answer.entries.length !== count) throw new Error(`${answer.entries.length} lines of ${path} instead of ${count}`);
    return now() - begin;
  };
  const first = await time('/node/host-500', { maxlines: 100 }, 100);
  table.add(`making the index of a log of ${size} GB`, `${(first / 1000).toFixed(2)} s`, '', undefined, 'once, at the first read that needs it');
  const found = { node: [], tail: [], line: [] };
  for (let round = 0; round < 9; round += 1) {
    forgetPages();
    found.node.push(await time(`/node/host-${100 * round + 7}`, { maxlines: 100 }, 100));
    found.tail.push(await time(`/node/host-${100 * round + 9}`, { lastlines: 100 }, 100));
    found.line.push(await time('', { line: Math.floor((lines * (round + 1)) / 11), maxlines: 100 }, 100));
  }
  const detail = (times) => `cold, min/median/max ${spread(times)}`;
  table.add(`100 lines of one of 1,000 nodes of ${size} GB`, `${median(found.node).toFixed(1)} ms`, '', undefined, detail(found.node));
  table.add(`the last 100 lines of one node of ${size} GB`, `${median(found.tail).toFixed(1)} ms`, '', undefined, detail(found.tail));
  table.add(`100 lines from one in the middle of ${size} GB`, `${median(found.line).toFixed(1)} ms`, '', undefined, `${detail(found.line)}; memory at its peak ${(qd.memory().peak / MEGABYTE).toFixed(0)} MB`);
  await qd.stop();
}

async function cpuWhileWatched(qd, project, count) {
  const seconds = 12;
  const id = await adhoc(qd, project, `for i in $(seq 1 ${seconds * 20}); do echo "line $i: some words of output, as programs print them"; sleep 0.05; done`);
  const watcher = count ? new Worker(new URL(import.meta.url), { workerData: { watch: { url: qd.url, token: qd.token, path: `/api/59/execution/${id}/events`, count } } }) : undefined;
  await settle(2500);
  const before = cpu(qd.pid);
  const begin = now();
  await settle(8000);
  const share = (cpu(qd.pid) - before) / ((now() - begin) / 1000);
  await ended(qd, id);
  const seen = await until(async () => {
    if (!watcher) return { ends: 0, bytes: 0 };
    watcher.postMessage('how much');
    const told = await new Promise((resolve) => watcher.once('message', resolve));
    return told.ends === count && told;
  }, { timeout: 60_000, what: 'all watchers to see the end' });
  await watcher?.terminate();
  return { share, seen };
}

export async function watchers(table) {
  const qd = await startServer({ database: undefined });
  const project = await newProject(qd);
  await cpuWhileWatched(qd, project, 1);
  const shares = { 1: [], 500: [] };
  let bytes;
  for (let round = 0; round < 3; round += 1) {
    for (const count of [1, 500]) {
      const { share, seen } = await cpuWhileWatched(qd, project, count);
      shares[count].push(share * 100);
      bytes = seen.bytes;
    }
  }
  const times = median(shares[500]) / median(shares[1]);
  table.add('CPU of 500 watchers of one live log', `${times.toFixed(2)} x that of one`, '<= 2 x', times <= 2, `one ${spread(shares[1], 2)} %, 500 ${spread(shares[500], 2)} % of a core; ${(bytes / MEGABYTE).toFixed(1)} MB sent to 500`);
  await qd.stop();
}

export async function checkpoints(table) {
  const store = removeAtExit(mkdtempSync(join(tmpdir(), 'qd-bench-store-')));
  const storage = 'rundeck.execution.logs.fileStorage';
  const qd = await startServer({
    database: undefined,
    config: { [`${storage}Plugin`]: 'filesystem', [`${storage}.checkpoint.time.interval`]: 1, [`${storage}.checkpoint.time.minimum`]: 0 },
    framework: { 'framework.plugin.ExecutionFileStorage.filesystem.directory': store },
  });
  const project = await newProject(qd);
  const line = '0123456789 '.repeat(9).trim();
  const peaks = [];
  const rates = [];
  for (const size of [100e6, 300e6, 1000e6]) {
    const before = (await qd.ok('GET', '/system/logstorage')).succeededCount;
    const begin = now();
    const id = await adhoc(qd, project, `yes "${line}" | head -c ${size}`);
    await ended(qd, id, 300_000);
    rates.push(size / MEGABYTE / ((now() - begin) / 1000));
    await until(async () => (await qd.ok('GET', '/system/logstorage')).succeededCount > before, { timeout: 120_000, what: 'the log to be stored' });
    peaks.push(qd.memory().peak / MEGABYTE);
    await qd.ok('DELETE', `/execution/${id}`);
  }
  table.add('output of one execution with checkpoints', `${median(rates).toFixed(1)} MB/s`, '>= 50 MB/s', median(rates) >= 50, `of 100, 300, 1000 MB: ${rates.map((rate) => rate.toFixed(0)).join(', ')}`);
  const growth = peaks[2] - peaks[0];
  table.add('memory for a log of 1 GB instead of 100 MB', `${growth.toFixed(1)} MB more`, '<= 20 MB', growth <= 20, `peaks ${peaks.map((peak) => peak.toFixed(0)).join(', ')} MB`);
  await qd.stop();
}
