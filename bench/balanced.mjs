// Mixed reads through HAProxy over three members on PostgreSQL while a hundred executions run, at a fixed pace; and what
// nginx takes on the same machine to give a file away.
import { execFile, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startBalancer } from '../tests/support/balancer.mjs';
import { program } from '../tests/support/databases.mjs';
import { endAtExit, ended } from '../tests/support/cleanup.mjs';
import { Cluster } from '../tests/support/cluster.mjs';
import { startDatabaseServer } from '../tests/support/databases.mjs';
import { freePort } from '../tests/support/ports.mjs';
import { newJob, newProject, run, runToEnd } from '../tests/support/scenario.mjs';
import { until } from '../tests/support/wait.mjs';
import { compile, folder, numbers } from './tools.mjs';

const RATE = Number(process.env.QD_BENCH_RATE ?? 2000);
const SECONDS = Number(process.env.QD_BENCH_SECONDS ?? 20);
const CONNECTIONS = 64;
const EXECUTIONS = 100;

// Seconds of CPU that a process used so far.
function cpu(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function paced(program_, port, headers, paths, rate = RATE, seconds = SECONDS) {
  const [reached, failed, p50, p90, p99, p999, max, used] = await numbers(program_, [port, rate, seconds, CONNECTIONS, headers, ...paths]);
  return { reached, failed, p50, p90, p99, p999, max, used };
}
const detail = ({ reached, p50, p90, p999, max, failed }) => `${reached.toFixed(0)}/s, p50 ${p50.toFixed(1)}, p90 ${p90.toFixed(1)}, p99.9 ${p999.toFixed(1)}, max ${max.toFixed(0)} ms, ${failed} failed`;

// nginx with one worker and one file.
async function startNginx(size) {
  const home = join(folder, 'nginx');
  mkdirSync(join(home, 'logs'), { recursive: true });
  writeFileSync(join(home, 'file.json'), 'x'.repeat(size));
  const port = await freePort();
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${join(home, name)};`).join(' ');
  writeFileSync(join(home, 'nginx.conf'), `daemon off; worker_processes 1; pid ${join(home, 'pid')}; error_log ${join(home, 'error.log')}; user root;
events { worker_connections 1024; } http { access_log off; keepalive_requests 1000000; ${temporary} server { listen 127.0.0.1:${port}; root ${home}; } }\n`);
  const child = endAtExit(spawn(program('nginx'), ['-p', home, '-e', join(home, 'error.log'), '-c', join(home, 'nginx.conf')], { stdio: 'ignore' }));
  await until(() => fetch(`http://127.0.0.1:${port}/file.json`).then((answer) => answer.status === 200), { what: 'nginx to answer' });
  return { port, child };
}

async function fastest(port, path, headers = []) {
  const { stdout } = await promisify(execFile)('wrk', ['-t1', `-c${CONNECTIONS}`, '-d5s', ...headers.flatMap((header) => ['-H', header]), `http://127.0.0.1:${port}${path}`]);
  return Number(/Requests\/sec:\s*([\d.]+)/.exec(stdout)[1]);
}

export async function balanced(table) {
  const generator = compile('paced');
  const server = await startDatabaseServer('postgresql');
  const cluster = new Cluster(server.database('qd'), { sharedLogs: true, settings: { 'heartbeat.interval': 1, 'quartz.threadPool.threadCount': EXECUTIONS } });
  for (let index = 0; index < 3; index += 1) await cluster.add({ port: await freePort() });
  await cluster.settled();
  const [m1] = cluster.members;
  const project = await newProject(m1);
  const jobs = [];
  for (let index = 0; index < 20; index += 1) jobs.push(await newJob(m1, project, { steps: ['for i in 1 2 3 4 5 6 7 8 9 10; do echo line $i; done'], multipleExecutions: true }));
  const done = [];
  for (const id of jobs) done.push((await runToEnd(m1, id)).id);
  const long = await newJob(m1, project, { steps: ['i=0; while [ $i -lt 300 ]; do i=$((i+1)); echo line $i; sleep 2; done'], multipleExecutions: true });
  for (let index = 0; index < EXECUTIONS; index += 1) await run(cluster.members[index % 3], long);
  const running = () => cluster.number("SELECT COUNT(*) FROM execution WHERE status = 'running'");
  await until(() => running() === EXECUTIONS, { timeout: 60_000, what: `${EXECUTIONS} executions to run` });
  const balancer = await startBalancer('haproxy', cluster.members);

  const pick = (list, index) => list[index % list.length];
  const paths = Array.from({ length: 20 }, (_, index) => [
    `/api/59/project/${project}/jobs`, `/api/59/job/${pick(jobs, index)}/info`, `/api/59/project/${project}/executions?max=20`, `/api/59/execution/${pick(done, index)}`,
    `/api/59/execution/${pick(done, index)}/output`, `/api/59/execution/${pick(done, index)}/state`, '/api/59/projects', '/api/59/user/info', `/api/59/project/${project}/executions/running?max=20`, '/user/login',
  ]).flat();
  const headers = `Accept: application/json\r\nX-Rundeck-Auth-Token: ${m1.token}\r\n`;
  const port = Number(new URL(balancer.url).port);
  await paced(generator, port, headers, paths, RATE / 4, 2);
  const before = cluster.members.map((member) => cpu(member.pid));
  const reads = await paced(generator, port, headers, paths);
  const used = cluster.members.map((member, index) => ((cpu(member.pid) - before[index]) / SECONDS).toFixed(2));
  const still = running();
  table.add(`${RATE} mixed reads a second over three members`, `p99 ${reads.p99.toFixed(1)} ms`, '< 50 ms', reads.p99 < 50 && reads.failed === 0 && still === EXECUTIONS, `${detail(reads)}; ${still} executions ran, members used ${used.join(', ')} cores`);
  await balancer.stop();

  const nginx = await startNginx(2000);
  const file = await paced(generator, nginx.port, '', ['/file.json']);
  table.add(`nginx, a file of 2 kB at the same pace`, `p99 ${file.p99.toFixed(1)} ms`, '', undefined, detail(file));
  table.add('nginx, as fast as it can', `${(await fastest(nginx.port, '/file.json')).toFixed(0)}/s`);
  nginx.child.kill('SIGTERM');
  await ended(nginx.child);
  for (const { id } of (await m1.ok('GET', `/project/${project}/executions/running`, { query: { max: 200 } })).executions) await m1.api('POST', `/execution/${id}/abort`);
  await cluster.stop();
  await server.stop();
}
