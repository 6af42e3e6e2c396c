// Members on a PostgreSQL primary with a synchronous replica, both behind HAProxy (packaging/haproxy/postgresql.cfg): the
// primary is killed, the replica promoted. `./dev chaos --balancer haproxy --fault failover` does it again and again.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Cluster } from '../support/cluster.mjs';
import { startReplicated } from '../support/replication.mjs';
import { ended, newJob, newProject, run } from '../support/scenario.mjs';
import { until } from '../support/wait.mjs';
import { checkPromises } from './chaos/promises.mjs';
import { noProcessLeft, quiet } from './chaos/settle.mjs';
import { Workload } from './chaos/workload.mjs';

// Runs a job again and again, at all members, until stopped; keeps what was accepted.
function runner(members, id) {
  const accepted = [];
  let going = true;
  const loops = members.map(async (member) => {
    while (going) {
      await run(member, id).then((started) => accepted.push(started.id), () => pause(100));
      await pause(50);
    }
  });
  return {
    accepted,
    async stop() {
      going = false;
      await Promise.all(loops);
    },
  };
}

describe('a failover of PostgreSQL', () => {
  let cluster, pair, workload;
  before(async () => {
    const database = await startReplicated({ synchronous: true });
    pair = database.server;
    cluster = new Cluster(database, { sharedLogs: true });
    for (let index = 0; index < 3; index += 1) await cluster.add();
    await cluster.settled();
    workload = new Workload(4);
    await workload.create(cluster.members);
  });
  after(async () => {
    await cluster?.stop();
    await pair?.stop();
  });

  it('loses nothing that was promised, and starts nothing twice', { timeout: 400_000 }, async () => {
    const [m1, m2] = cluster.members;
    const project = await newProject(m1);
    const short = await newJob(m1, project, { multipleExecutions: true });
    const long = await newJob(m1, project, { steps: ['echo before; sleep 8; echo after'] });
    const { cookies } = await m1.login();
    const clients = runner(cluster.members, short);
    await until(() => clients.accepted.length > 10, { what: 'executions' });
    const through = await run(m2, long);
    const before = cluster.number('SELECT COUNT(*) FROM fire');

    await pair.failOver();
    await until(() => cluster.number('SELECT COUNT(*) FROM fire') > before + 4, { what: 'fires on the new primary' });
    const known = clients.accepted.length;
    await until(() => clients.accepted.length > known + 10, { what: 'executions on the new primary' });
    await clients.stop();
    await pair.replace();

    assert.equal((await ended(m1, through.id)).status, 'succeeded', 'an execution that ran meanwhile went on');
    const session = await m2.raw('GET', '/api/59/user/info', { cookies, token: null, accept: 'application/json' });
    assert.equal(session.status, 200, session.text);
    const { problems } = checkPromises({ cluster, workload, until: await quiet(cluster, workload.jobs) });
    assert.deepEqual(problems, []);
    const rows = new Set(cluster.rows('SELECT id FROM execution').map(([id]) => Number(id)));
    assert.deepEqual(clients.accepted.filter((id) => !rows.has(id)), [], 'executions that were promised and are gone');
    assert.deepEqual(cluster.rows("SELECT kind FROM cluster_event WHERE kind IN ('takeover.done', 'recovery.closed')"), [], 'members took each other for dead');
    await noProcessLeft(cluster);
  });

  it('leaves a primary that hangs, and does not follow it when it wakes up', { timeout: 300_000 }, async () => {
    const [m1] = cluster.members;
    const project = await newProject(m1);
    const short = await newJob(m1, project, { multipleExecutions: true });
    const old = pair.primary;
    await pair.failOver({ hang: true });
    for (const member of cluster.members) await until(() => run(member, short), { what: `${member.name} to work on the new primary` });
    old.signal('SIGCONT');
    await until(() => old.sql('SELECT pg_is_in_recovery()').trim() === 'f', { what: 'the old primary to be awake' });
    // Time for the balancer's checks to find it up.
    await pause(2000);
    for (let look = 0; look < 5; look += 1) assert.equal(pair.passesTo(), pair.primary.port);
    for (const member of cluster.members) {
      const { id } = await run(member, short);
      assert.equal(pair.primary.sql(`SELECT COUNT(*) FROM execution WHERE id = ${id}`, cluster.database.name).trim(), '1');
    }
    old.child.kill('SIGKILL');
  });
});
