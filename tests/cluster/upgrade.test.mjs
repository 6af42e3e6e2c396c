// A rolling upgrade: members of this version and of the next one, whose schema has one step more, side by side; each is
// drained, stopped and started anew while clients work and schedules fire.
import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startBalancer } from '../support/balancer.mjs';
import { Cluster } from '../support/cluster.mjs';
import { freshDatabase } from '../support/databases.mjs';
import { freePort } from '../support/ports.mjs';
import { importJobs, job, runToEnd, unique } from '../support/scenario.mjs';
import { BINARY } from '../support/server.mjs';
import { until } from '../support/wait.mjs';
import { Clients } from './chaos/clients.mjs';
import { checkPromises } from './chaos/promises.mjs';
import { Requests } from './chaos/requests.mjs';
import { quiet } from './chaos/settle.mjs';
import { Workload } from './chaos/workload.mjs';

const inBalancer = (cluster, member) => `member${cluster.members.indexOf(member) + 1}`;
const NEXT = join(dirname(BINARY), 'quarterdeck_next');

// As docs/cluster.md says: its schedules go to another one, it starts nothing more, what runs there ends.
async function drain(cluster, balancer, member) {
  const other = cluster.members[(cluster.members.indexOf(member) + 1) % cluster.members.length];
  await other.ok('PUT', '/scheduler/takeover', { json: { server: { uuid: member.uuid } } });
  assert.equal(await balancer.tell(`set server active_members/${inBalancer(cluster, member)} state maint`), '');
  await other.ok('POST', '/enterprise/cluster/executions/disable', { query: { uuid: member.uuid } });
  await until(async () => (await other.sees(member)).executionMode === 'passive', { what: `${member.name} to be passive` });
  await until(() => cluster.number(`SELECT COUNT(*) FROM execution WHERE status = 'running' AND server_uuid = '${member.uuid}'`) === 0, { what: `what ${member.name} runs to end` });
  assert.deepEqual(await member.owns(), []);
}

// Saves, reads, runs and changes a job at `member`; what the others made before is as they made it.
async function works(member, project, known) {
  const document = job({ name: unique('made'), steps: ['echo made'], multipleExecutions: true });
  const [{ id }] = (await importJobs(member, project, [document])).succeeded;
  known.set(id, document.name);
  for (const [one, name] of known) assert.equal((await member.ok('GET', `/job/${one}/info`)).name, name);
  assert.equal((await runToEnd(member, id)).status, 'succeeded');
  await importJobs(member, project, [{ ...document, uuid: id, id, description: 'changed' }], { dupeOption: 'update' });
  assert.equal((await member.ok('GET', `/job/${id}/info`)).description, 'changed');
}

describe('a rolling upgrade', () => {
  let cluster, balancer, workload, requests, clients;
  const steps = () => cluster.rows('SELECT number, name FROM schema_migration ORDER BY number').map(([, name]) => name);

  before(async () => {
    cluster = new Cluster(await freshDatabase({ kind: 'postgresql' }), { sharedLogs: true });
    for (let index = 0; index < 3; index += 1) await cluster.add({ port: await freePort() });
    await cluster.settled();
    balancer = await startBalancer('haproxy', cluster.members, { record: true });
    workload = new Workload(4);
    await workload.create(cluster.members);
    requests = new Requests(balancer.url);
    clients = new Clients(requests, cluster.members[0].token, 'clients');
    await clients.prepare(cluster.members[0]);
  });
  after(async () => {
    await balancer?.stop();
    await cluster?.stop();
  });

  it('misses no fire and fails no request', { timeout: 500_000 }, async (t) => {
    const known = new Map();
    clients.start({ people: 2, readers: 2, runners: 1, watchers: 1 });
    t.after(() => clients.stop());
    await until(() => cluster.number('SELECT COUNT(*) FROM fire') >= 8, { what: 'fires' });
    assert.ok(!steps().includes('next version'));
    for (const member of cluster.members) {
      await drain(cluster, balancer, member);
      await member.terminate();
      member.binary = NEXT;
      await member.again();
      assert.equal(await balancer.tell(`set server active_members/${inBalancer(cluster, member)} state ready`), '');
      await cluster.settled();
      assert.equal(steps().at(-1), 'next version');
      for (const one of cluster.members) await works(one, 'here', known);
    }
    await until(() => clients.logs.whole > 3, { what: 'live logs' });
    await clients.stop();

    const { problems, table } = checkPromises({ cluster, workload, until: await quiet(cluster, workload.jobs) });
    assert.deepEqual(problems, []);
    assert.deepEqual(Object.keys(table.states).filter((state) => state !== 'fired' && state !== 'late'), [], JSON.stringify(table.reasons));
    // A live log that is open at a member when it stops goes on at another one, with no line lost.
    const failed = requests.list.filter((one) => !one.good && one.kind !== 'live log');
    assert.deepEqual(failed.map((one) => `${one.kind}: ${one.why}`), []);
    assert.deepEqual(clients.logs.damaged, []);
    assert.equal(clients.logs.cut, 0, 'an execution was broken off');
    assert.deepEqual(clients.sessions.lost, []);
    assert.ok(requests.list.length > 200 && table.due > 30, `${requests.list.length} requests, ${table.due} fires: too few to show anything`);
  });

  it('lets a member of the older version come back', async () => {
    const [member] = cluster.members;
    await member.terminate();
    member.binary = BINARY;
    await member.again();
    await cluster.settled();
    assert.match(member.log(), /next version, was applied by a newer version; this version goes on without knowing it/);
    await works(member, 'here', new Map());
  });
});
