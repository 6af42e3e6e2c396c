// Many nodes by SSH: what our own process pays for each, on new connections and on kept ones, in CPU, time and memory; a thousand at
// once; and how long an abort takes. The nodes are real sshd on this machine's loopback, and cost much more than we do.
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { newJob, newProject, ended, run, runToEnd } from '../tests/support/scenario.mjs';
import { startServer } from '../tests/support/server.mjs';
import { SshNodes } from '../tests/support/sshd.mjs';
import { until } from '../tests/support/wait.mjs';
import { MEGABYTE, median, spread } from './tools.mjs';

const FAN_OUT = 32;

const ticks = () => Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

function cpuMs(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ');
  return (1000 * (Number(fields[11]) + Number(fields[12]))) / ticks();
}

const job = (qd, project, command, threadcount, filter) => newJob(qd, project, { steps: [command], multipleExecutions: true, nodefilters: { filter, dispatch: { threadcount, keepgoing: true } } });

// Runs it once; {cpu per node in ms, wall in s}.
async function measured(qd, id, count) {
  const before = cpuMs(qd.pid);
  const start = performance.now();
  const done = await runToEnd(qd, id, {}, 600_000);
  const wall = (performance.now() - start) / 1000;
  if (done.status !== 'succeeded') throw new Error(`execution ${done.id} is ${done.status}`);
  return { cpu: (cpuMs(qd.pid) - before) / count, wall };
}

async function perNode(table, qd, farm, rounds) {
  const count = 200;
  const fresh = [];
  const kept = [];
  for (let round = 0; round < rounds; round += 1) {
    // Another project is the same place; only another bind address makes new connections.
    const project = await projectOf(qd, farm, count, { 'bind-address': `127.0.${200 + round}.1` });
    const id = await job(qd, project, 'echo hello', FAN_OUT, 'name: n.*');
    fresh.push(await measured(qd, id, count));
    for (let again = 0; again < 3; again += 1) kept.push(await measured(qd, id, count));
  }
  const cpu = (runs) => runs.map((one) => one.cpu);
  const wall = (runs) => `${count} nodes, ${FAN_OUT} at once, in ${median(runs.map((one) => one.wall)).toFixed(2)} s; the whole server's CPU: ${spread(cpu(runs), 2)}`;
  table.add('CPU for a node, new connection', `${median(cpu(fresh)).toFixed(2)} ms`, '<= 3 ms', median(cpu(fresh)) <= 3, wall(fresh));
  table.add('CPU for a node, kept connection', `${median(cpu(kept)).toFixed(2)} ms`, '<= 0.7 ms', median(cpu(kept)) <= 0.7, wall(kept));
}

const projectOf = (qd, farm, count, extra = {}) => {
  const nodes = Object.fromEntries(farm.hosts.slice(0, count).map((_, index) => [`n${index}`, farm.node(index, extra)]));
  return newProject(qd, {
    'resources.source.1.type': 'file', 'resources.source.1.config.file': farm.resources(nodes, `bench-${count}-${Math.random()}.json`), 'resources.source.1.config.format': 'resourcejson',
    'project.ssh-config-UserKnownHostsFile': farm.file('known_hosts'), 'project.ssh-config-StrictHostKeyChecking': 'yes', 'project.ssh-connection-timeout': '300000',
  });
};

// Nodes whose commands wait for a pipe, so that all of them run at the same time.
async function holding(qd, farm, count, work) {
  const up = farm.file(`home/up-${count}`);
  const gate = farm.file(`home/gate-${count}`);
  writeFileSync(up, '', { mode: 0o666 });
  execFileSync('sh', ['-c', `chmod 666 ${up}; mkfifo -m 666 ${gate}`]);
  const project = await projectOf(qd, farm, count);
  const idle = qd.memory().now;
  const started = await run(qd, await job(qd, project, `echo x >>${up}; read line <${gate} || true`, 1000, 'name: n.*'));
  const start = performance.now();
  await until(() => statSync(up).size >= 2 * count, { timeout: 600_000, what: `${count} commands to run` });
  return work({ started, gate, idle, seconds: (performance.now() - start) / 1000 });
}

async function atOnce(table, qd, farm) {
  const count = 1_000;
  await holding(qd, farm, count, async ({ started, gate, idle, seconds }) => {
    const memory = (qd.memory().now - idle) / count;
    execFileSync('sh', ['-c', `sleep 3 >${gate}`]); // open for a while: a command may be about to open it
    const done = await ended(qd, started.id, 300_000);
    const good = done.status === 'succeeded' && done.successfulNodes.length === count;
    table.add(`${count} nodes at once`, good ? `${seconds.toFixed(1)} s` : done.status, 'all succeed', good, 'until every command ran; the sshd of this machine take most of it');
    table.add('memory for a node that runs', `${(memory / 1024).toFixed(0)} KiB`, '< 1 MB', memory < MEGABYTE, `${count} connections in one process`);
  });
}

async function abort(table, qd, farm) {
  const count = 200;
  await holding(qd, farm, count, async ({ started, gate }) => {
    const left = () => {
      try {
        return execFileSync('pgrep', ['-f', `read line <${gate}`], { encoding: 'utf8' }).trim().split('\n').length;
      } catch {
        return 0;
      }
    };
    const before = left();
    const start = performance.now();
    await qd.ok('POST', `/execution/${started.id}/abort`);
    await until(() => left() === 0, { timeout: 60_000, interval: 50, what: 'the commands to end' });
    const gone = performance.now() - start;
    const done = await ended(qd, started.id, 60_000);
    const wall = performance.now() - start;
    table.add(`abort in the middle of ${count} nodes`, `${(wall / 1000).toFixed(2)} s`, '< 5 s', wall < 5_000 && done.status === 'aborted', `${before} processes were gone after ${(gone / 1000).toFixed(2)} s`);
  });
}

// A page knows the state, and is told what changed.
async function watchedAsPagesDo(table, qd, id) {
  const { id: watched } = await run(qd, id);
  const times = [];
  const bytes = [];
  let since = 0;
  while ((await qd.ok('GET', `/execution/${watched}`)).status === 'running') {
    const start = performance.now();
    const answer = await qd.api('GET', `/execution/${watched}/state`, { query: { since } });
    times.push(performance.now() - start);
    bytes.push(answer.text.length);
    since = answer.json.asOf ?? 0;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const whole = Math.max(...bytes);
  table.add('what changed of its state', times.length ? `${median(times).toFixed(0)} ms` : '-', '< 200 ms', times.length > 0 && median(times) < 200, `${times.length} readings: ${spread(times, 0)} ms, ${(median(bytes) / 1000).toFixed(0)} kB of at most ${(whole / 1000).toFixed(0)} kB`);
}

// Nodes that are not there: what the workflow itself costs, and whether it can be watched meanwhile.
async function simulated(table, qd) {
  const count = 10_000;
  const steps = ['echo one', 'echo two', 'echo three'];
  const project = await newProject(qd, { 'resources.source.1.type': 'stub', 'resources.source.1.config.count': String(count), 'resources.source.1.config.prefix': 'sim' });
  const id = await newJob(qd, project, { steps, nodefilters: { filter: 'name: sim.*', dispatch: { threadcount: 100 } } });
  await qd.ok('GET', `/project/${project}/resource/sim-1`).catch(() => undefined); // the nodes are read before
  const before = cpuMs(qd.pid);
  const alone = await runToEnd(qd, id, {}, 300_000);
  const cost = (1000 * (cpuMs(qd.pid) - before)) / count / steps.length;
  const good = alone.status === 'succeeded' && alone.successfulNodes.length === count;
  table.add(`${count} simulated nodes, a node-step`, good ? `${cost.toFixed(0)} us` : alone.status, '< 50 us', good && cost < 50, "the whole server's CPU: workflow, log, state and database");
  await watchedAsPagesDo(table, qd, id);
  const { id: watched } = await run(qd, id);
  const reads = [];
  while ((await qd.ok('GET', `/execution/${watched}`)).status === 'running') {
    const start = performance.now();
    await qd.ok('GET', `/execution/${watched}/state`);
    await qd.ok('GET', `/execution/${watched}/output`, { query: { lastlines: 20 } });
    reads.push(performance.now() - start);
  }
  table.add('the same while it is watched', `${reads.length} readings`, 'at least one', reads.length > 0, `state and log together took ${reads.length ? spread(reads, 0) : '-'} ms`);
}

export async function dispatch(table, { rounds }) {
  const farm = await SshNodes.start(1_000);
  const qd = await startServer();
  await simulated(table, qd);
  await perNode(table, qd, farm, rounds);
  await abort(table, qd, farm);
  await atOnce(table, qd, farm);
  await qd.stop();
  await farm.stop();
}
