// The figures of schedules: bursts of fires, many schedules that are not due, takeover. PostgreSQL throughout.
import { startDatabaseServer } from '../tests/support/databases.mjs';
import { job, newJob, newProject, importJobs } from '../tests/support/scenario.mjs';
import { startServer } from '../tests/support/server.mjs';
import { until } from '../tests/support/wait.mjs';
import { onHostsOfTheirOwn } from './hosts.mjs';
import { startQuartz } from './quartz.mjs';
import { median, spread } from './tools.mjs';

const BURST = 1000;
const HOST = 0.2;  // of a CPU for each member, where hosts are told apart
const MANY = 100_000;
const settle = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const nothing = { type: 'flow-control', nodeStep: false, configuration: { halt: 'false' } };  // spawns nothing
const scheduled = (fields = {}) => job({ steps: [nothing], scheduleEnabled: true, executionEnabled: true, timeZone: 'UTC', schedule: { crontab: '0 0 0 1 1 ? *' }, ...fields });

export const quantile = (values, part) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))];

// One database, `members` servers on it, and a way to ask the database.
export async function startMembers(members, framework = {}) {
  const server = await startDatabaseServer('postgresql');
  const database = server.database('quarterdeck');
  const sql = (text) => server.sql(text, 'quarterdeck').trim();
  const nodes = [];
  for (let i = 0; i < members; i += 1) {
    nodes.push(await startServer({ database, config: { 'rundeck.clusterMode.enabled': 'true' }, framework: { 'rundeck.server.uuid': `00000000-0000-4000-8000-00000000000${i + 1}`, ...framework } }));
  }
  const stop = async () => {
    for (const node of nodes) await node.stop();
    await server.stop();
  };
  return { server, database, sql, nodes, stop };
}

// Makes `count` fires due at one moment, on schedules of the first `owners` members; waits until each has ended.
async function burst(cluster, count, owners) {
  const { sql } = cluster;
  const uuids = sql('SELECT uuid FROM member ORDER BY uuid').split('\n').slice(0, owners);
  sql(`DELETE FROM fire; DELETE FROM execution; VACUUM ANALYZE execution; VACUUM ANALYZE fire; VACUUM ANALYZE schedule`);
  const due = Number(sql(`SELECT (FLOOR(EXTRACT(EPOCH FROM clock_timestamp())) + 2)::bigint * 1000`));
  sql(`UPDATE schedule SET next_ms = ${due}, server_uuid = (ARRAY[${uuids.map((uuid) => `'${uuid}'`)}])[1 + id % ${owners}]`);
  await settle(Math.max(0, due - Date.now()));
  const done = () => Number(sql(`SELECT count(*) FROM execution WHERE ended_ms IS NOT NULL`)) >= count;
  await until(done, { timeout: 120_000, interval: 200, what: `${count} fires to end` });
  const rows = sql('SELECT f.claimed_ms - f.due_ms, e.ended_ms - f.claimed_ms, e.ended_ms - f.due_ms, e.status, f.state, f.server_uuid FROM fire f JOIN execution e ON e.id = f.execution_id').split('\n').map((line) => line.split('|'));
  const bad = rows.filter((row) => row[3] !== 'succeeded' || !['fired', 'late'].includes(row[4]));
  if (rows.length !== count || bad.length) throw new Error(`${rows.length} fires of ${count}, ${bad.length} of them not good: ${bad[0]}`);
  const column = (i) => rows.map((row) => Number(row[i]));
  const members = new Set(rows.map((row) => row[5])).size;
  if (members !== owners) throw new Error(`${members} members ran fires, not ${owners}`);
  return { rate: count / (Math.max(...column(2)) / 1000), claimRate: count / (Math.max(...column(0)) / 1000), ended: column(1) };
}

const QUARTZ = [
  { name: 'quartz_default', count: 1, batch: 1, what: 'clustered Quartz, 1 instance, one trigger at a time' },
  { name: 'quartz_batch', count: 1, batch: 20, what: 'clustered Quartz, 1 instance, 20 triggers at a time' },
  { name: 'quartz_two', count: 2, batch: 20, what: 'clustered Quartz, 2 instances, 20 triggers at a time' },
];

// The same burst on 1, 2 and 3 of our members and on Quartz, in turn, on one PostgreSQL server: what else this machine
// does in a round, all of them suffer.
export async function bursts(table, { rounds }) {
  const cluster = await startMembers(3);
  const project = await newProject(cluster.nodes[0]);
  const answer = await importJobs(cluster.nodes[0], project, Array.from({ length: BURST }, () => scheduled()));
  if (answer.succeeded.length !== BURST) throw new Error(JSON.stringify(answer.failed[0]));
  const quartz = [];
  for (const setup of QUARTZ) quartz.push({ ...setup, ...(await startQuartz(cluster.server, setup)) });

  const runs = [];
  for (let round = 0; round < rounds + 1; round += 1) {
    const run = { ours: [], quartz: [] };
    for (const owners of [1, 2, 3]) run.ours.push(await burst(cluster, BURST, owners));
    for (const peer of quartz) run.quartz.push(await peer.burst(BURST));
    const free = onHostsOfTheirOwn(cluster.nodes.map(({ pid }) => pid), HOST);
    run.hosts = free ? [await burst(cluster, BURST, 1), await burst(cluster, BURST, 3)] : [];
    free?.();
    const rate = ({ rate }) => rate.toFixed(0);
    console.error(`  round ${round}: ours on 1, 2, 3 members ${run.ours.map(rate)}, Quartz ${run.quartz.map(rate)}, ours on 1, 3 hosts of ${HOST} CPU ${run.hosts.map(rate)} fires/s`);
    runs.push(run);
  }
  runs.shift();  // the first one warms up

  [1, 2, 3].forEach((members, i) => {
    const each = runs.map((run) => run.ours[i]);
    const latency = each.flatMap((run) => run.ended);
    table.add(`${BURST} fires due in one second, ${members} member${members > 1 ? 's' : ''}`, `${spread(each.map((run) => run.rate), 0)} fires/s`, '', undefined,
      `all ended; claimed ${median(each.map((run) => run.claimRate)).toFixed(0)}/s; claim to end p50 ${quantile(latency, 0.5)} ms, p99 ${quantile(latency, 0.99)} ms`);
  });
  quartz.forEach((peer, i) => {
    const each = runs.map((run) => run.quartz[i]);
    table.add(peer.what, `${spread(each.map((run) => run.rate), 0)} fires/s`, '', undefined, `all started; by ${each.map((run) => run.members).join(', ')} instances`);
  });
  const best = (run) => Math.max(...run.quartz.slice(0, 2).map(({ rate }) => rate));
  const ratios = runs.map((run) => run.ours[0].rate / best(run));
  table.add('our 1 member / the better Quartz of 1 instance', `${spread(ratios)} x`, '>= 5 x', median(ratios) >= 5, 'of each round');
  const growth = runs.map((run) => run.ours[2].rate / run.ours[0].rate);
  table.add('our 3 members / our 1 member, all on this machine', `${spread(growth, 2)} x`, '', undefined, 'of each round; they share its processors with the database');
  const hosts = runs.filter((run) => run.hosts.length).map((run) => run.hosts[1].rate / run.hosts[0].rate);
  if (hosts.length) table.add(`our 3 members / our 1 member, each held to ${HOST} CPU`, `${spread(hosts, 2)} x`, '> 1 x', median(hosts) > 1, 'of each round');
  else table.add(`our 3 members / our 1 member, each held to ${HOST} CPU`, 'not measured', '> 1 x', false, 'needs root and a cgroup file system');
  for (const peer of quartz) await peer.stop();
  await cluster.stop();
}

// 100,000 scheduled jobs, copied from one in the database: reading them is what is measured.
function multiplyJobs(sql, uuid, count) {
  const columns = (name, skip) => sql(`SELECT string_agg(column_name, ', ') FROM information_schema.columns WHERE table_name = '${name}' AND table_schema = 'public' AND column_name NOT IN (${skip.map((column) => `'${column}'`)})`);
  const job = columns('job', ['id', 'uuid', 'name']);
  const schedule = columns('schedule', ['id', 'job_uuid', 'next_ms']);
  const future = '(EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::bigint + 86400000 + n * 1000';
  sql(`INSERT INTO job (uuid, name, ${job}) SELECT 'copy-' || n, 'copy ' || n, ${job} FROM job, generate_series(1, ${count}) AS n WHERE uuid = '${uuid}';
       INSERT INTO schedule (job_uuid, next_ms, ${schedule}) SELECT 'copy-' || n, ${future}, ${schedule} FROM schedule, generate_series(1::bigint, ${count}) AS n WHERE job_uuid = '${uuid}';
       ANALYZE job; ANALYZE schedule`);
}

// From the moment that one schedule is due to its claim, and how long the scheduler's question takes.
async function lateness(cluster, uuid, rounds) {
  const { sql } = cluster;
  const late = [];
  for (let i = 0; i < rounds; i += 1) {
    const due = Number(sql('SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::bigint + 700'));
    sql(`UPDATE schedule SET next_ms = ${due} WHERE job_uuid = '${uuid}'`);
    await settle(800);
    const claimed = () => sql(`SELECT claimed_ms - due_ms FROM fire WHERE job_uuid = '${uuid}' AND due_ms = ${due}`);
    late.push(Number(await until(claimed, { timeout: 20_000, what: 'the fire' })));
  }
  return late;
}

export async function many(table) {
  const cluster = await startMembers(2);
  const [first, second] = cluster.nodes;
  const project = await newProject(first);
  const uuid = await newJob(first, project, scheduled());
  const few = await lateness(cluster, uuid, 8);
  multiplyJobs(cluster.sql, uuid, MANY);
  const lots = await lateness(cluster, uuid, 8);
  table.add('due to claim, 1 schedule / 100,000 schedules', `${median(few)} / ${median(lots)} ms`, '<= 2 x', median(lots) <= 2 * Math.max(median(few), 5), `max ${Math.max(...few)} / ${Math.max(...lots)} ms`);

  const starts = [];
  for (let i = 0; i < 3; i += 1) {
    await first.stop();
    const begin = Date.now();
    await first.start();
    starts.push(Date.now() - begin);
  }
  table.add('start with 100,000 schedules, PostgreSQL', `${median(starts)} ms`, '<= 1000 ms', median(starts) <= 1000, 'from exec to the first answer of /health');

  const times = [];
  for (const node of [second, first, second]) {
    const begin = performance.now();
    const answer = await node.ok('PUT', '/scheduler/takeover', { json: { server: { all: true } }, timeout: 120_000 });
    times.push(performance.now() - begin);
    if (!/successful for 10000\d\/10000\d/.test(answer.message)) throw new Error(answer.message);
  }
  table.add('takeover of 100,000 schedules', `${(median(times) / 1000).toFixed(2)} s`, '<= 3 s', median(times) <= 3000, `the whole request; ${times.map((time) => (time / 1000).toFixed(2)).join(', ')} s`);
  await cluster.stop();
}
