// A cluster of real members on a real PostgreSQL, broken again and again while hundreds of fires are due; at the end every
// promise of the cluster is checked.
//
//   node tests/cluster/chaos.mjs [--minutes N] [--seed S] [--jobs J]     `./dev chaos` builds first
//
// The seed decides which faults come when. Real machines do not repeat a run exactly, but the same faults come again.
import { parseArgs } from 'node:util';
import { setTimeout as pause } from 'node:timers/promises';
import { startCluster } from '../support/cluster.mjs';
import { SLOW, until } from '../support/wait.mjs';
import { FAULTS, WHOLE } from './chaos/faults.mjs';
import { measureFailover } from './chaos/failover.mjs';
import { Monitor } from './chaos/monitor.mjs';
import { checkPromises } from './chaos/promises.mjs';
import { Random } from './chaos/random.mjs';
import { noProcessLeft, quiet } from './chaos/settle.mjs';
import { POLICIES, Workload } from './chaos/workload.mjs';

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '3' }, seed: { type: 'string' }, jobs: { type: 'string', default: '16' } } });
const minutes = Number(values.minutes);
const seed = Number(values.seed ?? Math.floor(Math.random() * 1e9));
const jobs = Number(values.jobs);
if (!(minutes > 0) || !Number.isInteger(seed) || !Number.isInteger(jobs)) throw new Error('--minutes N --seed S --jobs J are numbers');

const STUCK_LIMIT = 10_000 * SLOW;
const FAILOVER_LIMIT = 2_000 * SLOW;
// The documented defaults, scaled by 1/50, without session locks.
const SCALED = { interval: 0.6, considerInactive: 3, considerDead: 6, delay: 1.2 };
const SLOW_FAILOVER_LIMIT = (SCALED.considerDead + SCALED.delay + 2 * SCALED.interval) * 1000 * SLOW;

const random = new Random(seed);
const begun = Date.now();
const say = (text) => console.log(`${((Date.now() - begun) / 1000).toFixed(1).padStart(7)} ${text}`);
console.log(`chaos: seed ${seed}, ${minutes} minutes, ${jobs} jobs (again: ./dev chaos --minutes ${minutes} --seed ${seed} --jobs ${jobs})`);
const problems = [];
const counts = new Map();

const cluster = await startCluster({
  exclusive: true,
  through: [1, 2, 3],
  sharedLogs: true,
  settings: { ...POLICIES, 'heartbeat.considerInactive': 1.5 * SLOW, 'heartbeat.considerDead': 3 * SLOW, 'heartbeat.interval': 0.3 * SLOW, 'quartz.threadPool.threadCount': 20 },
});
const workload = new Workload(jobs);
await workload.create(cluster.members);
const busy = new Set();

// Runs a fault on a member that nothing else befalls.
async function befall(name, fault, member) {
  busy.add(member);
  counts.set(name, (counts.get(name) ?? 0) + 1);
  try {
    await fault({ cluster, member, random, say: (text) => say(`${member.name}: ${text}`) });
  } catch (error) {
    problems.push(`fault ${name} on ${member.name}: ${error.message}`);
    say(`${member.name}: ${name} went wrong: ${error.message}`);
  } finally {
    busy.delete(member);
  }
}
const calm = () => until(() => busy.size === 0, { timeout: 120_000, what: 'the faults of single members to be mended' });

// Each kind once, in random order; then at random, until the time is over.
function* schedule() {
  yield* random.shuffled([...Object.keys(FAULTS), ...Object.keys(WHOLE)]);
  for (;;) yield random.next() < 0.85 ? random.pick(Object.keys(FAULTS)) : random.pick(Object.keys(WHOLE));
}

async function breakThings(until_) {
  for (const name of schedule()) {
    if (Date.now() >= until_) break;
    if (WHOLE[name]) {
      await calm();
      await befall(name, WHOLE[name], random.pick(cluster.members));
      if (name === 'database') monitor.forgive();
    } else {
      await until(() => busy.size < 2, { timeout: 120_000, what: 'a member to be mended' });
      void befall(name, FAULTS[name], random.pick(cluster.members.filter((one) => !busy.has(one))));
    }
    await pause(random.between(200, 4000));
  }
  await calm();
}

async function checkOutputs() {
  const slow = workload.slow();
  let read = 0;
  for (const [id] of cluster.rows("SELECT id FROM execution WHERE status = 'incomplete' AND started_ms IS NOT NULL ORDER BY id DESC LIMIT 40")) {
    const answer = await cluster.members[read % 3].api('GET', `/execution/${id}/output`);
    if (answer.status !== 200) problems.push(`the output of execution ${id}, whose member died, is not readable: ${answer.status}`);
    else if (slow.get(Number(id))) {
      const ended = cluster.number(`SELECT ended_ms FROM execution WHERE id = ${id}`);
      const text = answer.json.entries.map((one) => one.log);
      // Closed so late that it began before its member died, even where that took the longest to be noticed.
      if (ended - slow.get(Number(id)).at * 1000 > SLOW_FAILOVER_LIMIT && !text.includes(`began ${id}`)) problems.push(`the output of execution ${id} lacks what it wrote before its member died: ${JSON.stringify(text)}`);
    }
    read += 1;
  }
  return read;
}

const monitor = new Monitor(cluster, STUCK_LIMIT);
try {
  await until(() => cluster.number('SELECT COUNT(*) FROM fire') > jobs, { what: 'fires' });
  const failover = await measureFailover(cluster, say);
  monitor.start();
  await breakThings(begun + minutes * 60_000);
  monitor.stop();
  await cluster.settled();

  say('now without session locks, at 1/50 of the documented times');
  for (const member of cluster.members) {
    await member.terminate();
    member.configure({ ...cluster.settings, fastFailureDetection: false, 'heartbeat.interval': SCALED.interval, 'heartbeat.considerInactive': SCALED.considerInactive, 'heartbeat.considerDead': SCALED.considerDead, 'autotakeover.delay': SCALED.delay, 'autotakeover.sleep': 6, 'recoverExecutions.delay': 0.6, 'recoverExecutions.sleep': 1.2 });
    await until(() => member.again({}), { timeout: 60_000 });
  }
  const slowFailover = await measureFailover(cluster, say);

  const at = await quiet(cluster, workload.jobs);
  await noProcessLeft(cluster).catch((error) => problems.push(error.message));
  const outputs = await checkOutputs();
  const { problems: broken, table } = checkPromises({ cluster, workload, until: at });
  problems.push(...monitor.problems, ...broken);
  for (const [what, list, limit] of [['failover', failover, FAILOVER_LIMIT], ['failover without locks', slowFailover, SLOW_FAILOVER_LIMIT]]) {
    for (const time of list) if (time > limit) problems.push(`${what} took ${time} ms, more than ${limit}`);
  }
  const text = (object) => Object.entries(object).map(([key, value]) => `${value} ${key}`).join(', ');
  console.log(`
| what | seen |
|---|---|
| faults | ${text(Object.fromEntries(counts))} |
| fires that were due | ${table.due} |
| by state | ${text(table.states)} |
| executions | ${text(table.statuses)} |
| quick executions that wrote their line | ${table.lines} |
| closed because their member died | ${table.closed}; ${outputs} outputs read back |
| longest stuck under a life that is over | ${monitor.longest} ms |
| longest gap of a job | ${table.longest.ms} ms, ${table.longest.job} at ${new Date(table.longest.at).toISOString()} |
| kill -9 to the first fire elsewhere | ${failover.join(', ')} ms (limit ${FAILOVER_LIMIT}) |
| the same without locks, at 1/50 of the defaults | ${slowFailover.join(', ')} ms (limit ${SLOW_FAILOVER_LIMIT}) |
`);
} catch (error) {
  problems.push(error.stack);
} finally {
  monitor.stop();
}
for (const problem of problems.slice(0, 40)) console.log(`broken: ${problem}`);
if (problems.length > 40) console.log(`broken: ${problems.length - 40} more`);
if (problems.length) for (const member of cluster.members) console.log(`# log of ${member.name}: ${member.logFile}`);
console.log(problems.length ? `chaos: seed ${seed}: ${problems.length} promises broken` : `chaos: seed ${seed}: every promise kept`);
process.exitCode = problems.length ? 1 : 0;
await cluster.stop().catch((error) => console.log(`stopping: ${error.message}`));
process.exit();
