// A cluster behind its balancer, broken on schedule while clients work with it: what they got, what fired, what was lost.
//
//   node tests/cluster/balanced.mjs [--balancer haproxy|nginx] [--fault kill|database|failover] [--minutes N] [--every S]
//                                   [--seed S] [--jobs J] [--asynchronous]      `./dev chaos --balancer …` builds first
//
// `kill`: kill -9 of a member every 20 s. `database`: PostgreSQL crashes. `failover`: its primary is killed, and the
// replica promoted; `--asynchronous` lets it commit without the replica's word. Ends with 1 when a promise is broken.
import { parseArgs } from 'node:util';
import { setTimeout as pause } from 'node:timers/promises';
import { startBalancer } from '../support/balancer.mjs';
import { Cluster } from '../support/cluster.mjs';
import { freshDatabase } from '../support/databases.mjs';
import { freePort } from '../support/ports.mjs';
import { startReplicated } from '../support/replication.mjs';
import { SLOW, until } from '../support/wait.mjs';
import { Clients } from './chaos/clients.mjs';
import { DISASTERS, mended } from './chaos/disasters.mjs';
import { checkPromises } from './chaos/promises.mjs';
import { Random } from './chaos/random.mjs';
import { report } from './chaos/report.mjs';
import { Requests } from './chaos/requests.mjs';
import { noProcessLeft, quiet } from './chaos/settle.mjs';
import { POLICIES, Workload } from './chaos/workload.mjs';

const { values } = parseArgs({
  options: {
    balancer: { type: 'string', default: 'haproxy' },
    fault: { type: 'string', default: 'kill' },
    minutes: { type: 'string', default: '10' },
    every: { type: 'string', default: '20' },
    jobs: { type: 'string', default: '10' },
    seed: { type: 'string' },
    asynchronous: { type: 'boolean', default: false },
  },
});
const [minutes, every, jobs] = [values.minutes, values.every, values.jobs].map(Number);
const seed = Number(values.seed ?? Math.floor(Math.random() * 1e9));
const disaster = DISASTERS[values.fault];
if (!disaster) throw new Error(`--fault ${Object.keys(DISASTERS).join('|')}, not '${values.fault}'`);
if (!(minutes > 0 && every > 0 && jobs > 0) || !Number.isInteger(seed)) throw new Error('--minutes N --every S --jobs J --seed S are numbers');

const begun = Date.now();
const say = (text) => console.log(`${((Date.now() - begun) / 1000).toFixed(1).padStart(7)} ${text}`);
console.log(`chaos behind ${values.balancer}: ${values.fault} every ${every} s for ${minutes} minutes, seed ${seed}, ${jobs} jobs`);

async function start() {
  const database = values.fault === 'failover' ? await startReplicated({ synchronous: !values.asynchronous }) : await freshDatabase({ kind: 'postgresql', exclusive: true });
  const settings = { ...POLICIES, 'heartbeat.considerInactive': 1.5 * SLOW, 'heartbeat.considerDead': 3 * SLOW, 'heartbeat.interval': 0.3 * SLOW, 'quartz.threadPool.threadCount': 20 };
  const cluster = new Cluster(database, { sharedLogs: true, settings });
  for (let index = 0; index < 3; index += 1) await cluster.add({ port: await freePort() });
  return cluster.settled();
}

const problems = [];
const cluster = await start();
const balancer = await startBalancer(values.balancer, cluster.members, { record: true });
const workload = new Workload(jobs);
await workload.create(cluster.members);
const requests = new Requests(balancer.url);
const clients = new Clients(requests, cluster.members[0].token, 'clients');
await clients.prepare(cluster.members[0]);
const run = { cluster, random: new Random(seed), say, kills: [], outages: [] };

try {
  await until(() => cluster.number('SELECT COUNT(*) FROM fire') > jobs, { what: 'fires' });
  say('clients begin');
  clients.start();
  await pause(Math.min(5000, every * 500));
  for (const end = Date.now() + minutes * 60_000; Date.now() < end; ) {
    const next = Date.now() + every * 1000;
    await disaster(run);
    await mended(cluster);
    await pause(Math.min(next, end) - Date.now());
  }
  await clients.stop();
  say('clients have ended');
  const at = await quiet(cluster, workload.jobs);
  await noProcessLeft(cluster).catch((error) => problems.push(error.message));
  await pause(500);
  const fires = checkPromises({ cluster, workload, until: at });
  const { table, broken } = report({ cluster, clients, fires: fires.table, judged: requests.judged(balancer.passed(), run.kills, run.outages), run });
  problems.push(...fires.problems, ...broken);
  console.log(`\n${table}\n`);
} catch (error) {
  problems.push(error.stack);
}
for (const problem of problems.slice(0, 40)) console.log(`broken: ${problem}`);
if (problems.length > 40) console.log(`broken: ${problems.length - 40} more`);
if (problems.length) for (const member of cluster.members) console.log(`# log of ${member.name}: ${member.logFile}`);
console.log(problems.length ? `chaos: seed ${seed}: ${problems.length} promises broken` : `chaos: seed ${seed}: every promise kept`);
process.exitCode = problems.length ? 1 : 0;
await balancer.stop().catch((error) => console.log(`stopping: ${error.message}`));
await cluster.stop().catch((error) => console.log(`stopping: ${error.message}`));
process.exit();
