// The basic set, on PostgreSQL and on MariaDB: three members share the work, and lose none when one goes.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Member, processesOf, startCluster } from '../support/cluster.mjs';
import { ended, execution, gate, importJobs, job, lines, newJob, newProject, run, runToEnd } from '../support/scenario.mjs';
import { until } from '../support/wait.mjs';

const each = { steps: ['true'], multipleExecutions: true, schedule: { crontab: '* * * * * ? *' } };

let cluster;
let m1, m2, m3;
let project;
before(async () => {
  cluster = await startCluster({ sharedLogs: true });
  [m1, m2, m3] = cluster.members;
  project = await newProject(m1);
});
after(() => cluster?.stop());

const fires = async (id) => (await m1.ok('GET', `/job/${id}/fires`, { query: { max: 1000 } })).fires;

it('members see each other', async () => {
  const { members } = await m3.ok('GET', '/cluster/members');
  assert.deepEqual(members.map((one) => [one.name, one.state, one.executionMode, one.incarnation]), [['m1', 'active', 'active', 1], ['m2', 'active', 'active', 1], ['m3', 'active', 'active', 1]]);
});

it('an execution goes where the policy says, with its secure options, and can be ended from anywhere', async () => {
  await cluster.policy({ 'remoteExecution.policy': 'Preset', 'remoteExecution.config.uuid': m2.uuid });
  const id = await newJob(m1, project, { options: [{ name: 'opt', secure: true, valueExposed: true }], steps: ['test "$RD_OPTION_OPT" = sesame', 'sleep 300'] });
  const started = await run(m1, id, { options: { opt: 'sesame' } });
  await until(() => processesOf(m2).length > 0, { what: 'the process on m2' });
  assert.equal((await execution(m1, started.id)).serverUUID, m2.uuid);
  assert.equal((await m3.ok('POST', `/execution/${started.id}/abort`)).abort.status, 'pending');
  assert.equal((await ended(m1, started.id)).status, 'aborted');
  await until(() => processesOf(m2).length === 0, { what: 'the process to end' });
  await cluster.policy({});
});

it('what is posted to a webhook is taken by any member, and an old URL by none', async () => {
  const id = await newJob(m1, project, { steps: ['true'], multipleExecutions: true });
  const saved = await m1.ok('POST', `/project/${project}/webhook`, { json: { project, name: 'any', user: 'admin', roles: 'admin', enabled: true, eventPlugin: 'webhook-run-job', config: { jobId: id } } });
  const at = `/project/${project}/webhook/${saved.id}`;
  const { authToken } = await m2.ok('GET', at);
  for (const member of [m2, m3]) {
    const { executionId } = await member.ok('POST', `/webhook/${authToken}`, { token: null, json: {} });
    assert.equal((await ended(m1, executionId)).status, 'succeeded');
  }
  assert.deepEqual((await m1.ok('GET', `${at}/deliveries`)).map((one) => one.serverUUID), [m3.uuid, m2.uuid]);
  await m3.ok('POST', at, { json: { project, regenToken: true } });
  assert.equal((await m2.api('POST', `/webhook/${authToken}`, { token: null, json: {} })).status, 403);
  await m2.ok('DELETE', at);
});

it('a job runs as it was saved last, whichever member saved it', async () => {
  const says = (word, more = {}) => ({ multipleExecutions: true, steps: [`echo ${word}`], ...more });
  const id = await newJob(m1, project, says('one', { name: 'changing' }));
  const said = async (member) => lines(m1, (await runToEnd(member, id)).id);
  for (const member of [m2, m3]) assert.deepEqual(await said(member), ['one']);
  await importJobs(m1, project, [job({ name: 'changing', uuid: id, ...says('two') })], { dupeOption: 'update' });
  for (const member of [m2, m3, m1]) assert.deepEqual(await said(member), ['two']);
});

it('a queue spreads the work', async () => {
  await cluster.policy({ 'remoteExecution.policy': 'Queue', 'quartz.threadPool.threadCount': 1 });
  for (const one of cluster.members) {
    await one.terminate();
    await one.again();
  }
  await cluster.settled();
  const all = gate();  // opens when all of them run: each member has room for one
  const id = await newJob(m1, project, { steps: [all.wait], multipleExecutions: true });
  const started = [];
  for (let index = 0; index < 3; index += 1) started.push(await run(m1, id));
  for (const one of started) await until(async () => (await execution(m1, one.id)).status === 'running', { what: `execution ${one.id} to run` });
  all.open();
  const places = new Set();
  for (const one of started) places.add((await ended(m1, one.id)).serverUUID);
  assert.equal(places.size, 3);
  await cluster.policy({});
});

it('a second process with a member’s uuid is refused', async () => {
  const second = new Member({ database: cluster.database, uuid: m2.uuid, name: 'double' });
  await assert.rejects(second.start(), /the server ended at start/);
  assert.match(second.log(), /Another process runs as member/);
});

describe('a member that is killed', () => {
  it('has its schedules fired elsewhere, and its executions closed and retried', async () => {
    const due = await newJob(m2, project, each);
    const id = await newJob(m2, project, { steps: [`test $QD_MEMBER != ${m2.uuid} || sleep 300`], retry: '1' });
    const first = await run(m2, id);
    await until(async () => (await fires(due)).length > 0, { what: 'a fire' });
    await m2.kill();
    await until(async () => (await fires(due)).some((one) => one.execution && one.claimedBy?.uuid !== m2.uuid), { what: 'a fire elsewhere' });
    const done = await ended(m1, first.id);
    assert.equal(done.status, 'incomplete');
    assert.equal((await ended(m1, done.retriedExecution.id)).status, 'succeeded');
    await m1.ok('POST', `/job/${due}/schedule/disable`);
    const list = (await fires(due)).reverse();
    for (const [index, fire] of list.entries()) {
      if (index) assert.equal(Date.parse(fire.due) - Date.parse(list[index - 1].due), list[index - 1].fires * 1000, `a gap before ${fire.due}`);
    }
    await m2.again();
    await cluster.settled();
  });
});

describe('a member that hangs and wakes up', () => {
  it('finds its executions closed, ends their processes and begins a new life', async () => {
    const id = await newJob(m3, project, { steps: ['sleep 300'] });
    const started = await run(m3, id);
    await until(() => processesOf(m3).length > 0, { what: 'the process' });
    const life = (await m1.sees(m3)).incarnation;
    m3.suspend();
    assert.equal((await ended(m1, started.id)).status, 'incomplete');
    m3.resume();
    await until(async () => (await m1.sees(m3)).incarnation === life + 1, { timeout: 60_000, what: 'its new life' });
    assert.deepEqual(processesOf(m3), []);
    assert.equal((await execution(m1, started.id)).status, 'incomplete');
  });
});

it('a clean stop hands over at once', async () => {
  const id = await newJob(m3, project, each);
  await m3.terminate();
  await until(async () => (await fires(id)).some((one) => one.execution && one.claimedBy?.uuid !== m3.uuid), { what: 'a fire elsewhere' });
  assert.equal((await m1.sees(m3)).state, 'stopped');
  await m1.ok('POST', `/job/${id}/schedule/disable`);
});
