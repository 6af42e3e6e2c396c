// Schedules of members that are gone: who takes them, when, and what the events say when nobody does.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startCluster, uuidOf } from '../support/cluster.mjs';
import { importJobs, job, newJob, newProject } from '../support/scenario.mjs';
import { until } from '../support/wait.mjs';

const daily = { schedule: { crontab: '0 30 5 ? * * *' } };
const each = { steps: ['true'], multipleExecutions: true, schedule: { crontab: '* * * * * ? *' } };
const order = (events, ...kinds) => kinds.map((kind) => events.find((one) => one.kind === kind)?.id);

describe('policy Any, no delay', () => {
  let cluster;
  let m1, m2, m3;
  before(async () => {
    cluster = await startCluster();
    [m1, m2, m3] = cluster.members;
  });
  after(() => cluster?.stop());

  it('a killed member’s schedules fire elsewhere at once; none is lost, none twice', async () => {
    const project = await newProject(m1);
    const [id, other] = (await importJobs(m2, project, [job(each), job(daily)])).succeeded.map((one) => one.id);
    const fires = (query) => m1.ok('GET', `/job/${id}/fires`, { query: { max: 1000, ...query } }).then((answer) => answer.fires);
    await until(async () => (await fires()).length >= 2, { what: 'fires on m2' });
    await m2.kill();
    await until(async () => (await fires()).some((one) => one.claimedBy?.uuid !== m2.uuid), { what: 'a fire on another member' });
    const events = await m1.events();
    const [proposed, done] = order(events, 'takeover.proposed', 'takeover.done');
    assert.ok(proposed < done, JSON.stringify(events.slice(0, 8)));
    assert.equal(events.filter((one) => one.kind === 'takeover.done' && one.target?.uuid === m2.uuid).length, 1);
    const heir = cluster.named(events.find((one) => one.kind === 'takeover.done').member.uuid);
    assert.deepEqual((await heir.owns()).sort(), [id, other].sort());
    assert.equal((await m1.sees(m2)).state, 'dead');
    assert.match((await m1.event({ kind: 'takeover.done' })).message, /2 schedules of m2 .* moved to m[13]/);

    await m1.ok('POST', `/job/${id}/schedule/disable`);
    const list = (await fires()).reverse();
    for (const [index, fire] of list.entries()) {
      if (index) assert.equal(Date.parse(fire.due) - Date.parse(list[index - 1].due), list[index - 1].fires * 1000, `a gap before ${fire.due}`);
    }
    const executions = list.filter((one) => one.execution).map((one) => one.execution.id);
    assert.equal(new Set(executions).size, executions.length);
  });

  it('a member that comes back does not take them back', async () => {
    await m2.again();
    await cluster.settled();
    assert.deepEqual(await m2.owns(), []);
    assert.ok((await m1.sees(m2)).incarnation >= 2);
  });

  it('a clean stop hands them over at once, before any timeout', async () => {
    const project = await newProject(m1);
    const id = await newJob(m3, project, each);
    assert.ok((await m3.owns()).includes(id));
    await m3.terminate();
    await until(async () => (await m1.ok('GET', '/cluster/members')).members.find((one) => one.uuid === m3.uuid).schedules === 0, { timeout: 2000, what: 'the schedules of m3 to be handed over' });
    assert.equal((await m1.sees(m3)).state, 'stopped');
    const events = await m1.events({ member: m3.uuid });
    const [leaving, stopped] = order(events, 'member.leaving', 'member.stopped');
    assert.ok(leaving < stopped);
    await until(async () => (await m1.ok('GET', `/job/${id}/fires`)).fires.some((one) => one.claimedBy?.uuid !== m3.uuid), { what: 'a fire on another member' });
    await m1.ok('POST', `/job/${id}/schedule/disable`);
    await m3.again();
    await cluster.settled();
  });

  it('a member that hangs is found by its heartbeats', async () => {
    const project = await newProject(m1);
    const id = await newJob(m3, project, daily);
    m3.suspend();
    await m1.seesAs(m3, 'dead', 40_000);
    await until(async () => (await Promise.all([m1.owns(), m2.owns()])).flat().includes(id), { what: 'its schedule to move' });
    const told = await m1.event({ kind: 'takeover.proposed' }, (one) => one.target?.uuid === m3.uuid);
    assert.match(told.message, /last heartbeat is [\d.]+ s old/);
    m3.resume();
    await m1.seesAs(m3, 'active', 30_000);
    assert.ok((await m1.sees(m3)).incarnation >= 3);
    assert.deepEqual(await m3.owns(), []);
  });
});

describe('policy Static, with a delay and a sleep', () => {
  let cluster;
  let m1, m2, m3;
  before(async () => {
    cluster = await startCluster({
      settings: {
        'autotakeover.policy': 'Static',
        'autotakeover.config.allowed': uuidOf(2),
        'autotakeover.delay': 8,  // longer than a start takes on a busy machine
        'autotakeover.sleep': 4,
      },
    });
    [m1, m2, m3] = cluster.members;
  });
  after(() => cluster?.stop());

  it('one that is not listed keeps its schedules, and an event says why', async () => {
    const id = await newJob(m3, await newProject(m1), daily);
    await m3.kill();
    const told = await m1.event({ kind: 'takeover.refused' }, (one) => one.target?.uuid === m3.uuid);
    assert.match(told.message, /policy Static does not list it/);
    assert.deepEqual((await m1.ok('GET', `/scheduler/server/${m3.uuid}/jobs`)).map((one) => one.id), [id]);
    // A person can do it all the same.
    const answer = await m1.ok('PUT', '/scheduler/takeover', { json: { server: { uuid: m3.uuid } } });
    assert.equal(answer.takeoverSchedule.jobs.total, 1);
    assert.deepEqual(await m1.owns(), [id]);
    await m3.again();
    await cluster.settled();
  });

  it('one that comes back within the delay keeps them', async () => {
    const id = await newJob(m2, await newProject(m1), daily);
    await m2.kill();
    await m1.event({ kind: 'takeover.proposed' }, (one) => one.target?.uuid === m2.uuid);
    await m2.again();
    const told = await m1.event({ kind: 'takeover.cancelled' }, (one) => one.target?.uuid === m2.uuid);
    assert.match(told.message, /started again, as incarnation 2/);
    assert.deepEqual(await m2.owns(), [id]);
  });

  it('the next attempt waits for the sleep, then acts after the delay', async () => {
    const before = await m1.events({ kind: 'takeover.cancelled' });
    await m2.kill();
    const waiting = await m1.event({ kind: 'takeover.waiting' }, (one) => one.target?.uuid === m2.uuid);
    assert.match(waiting.message, /the next one is made 4 s after it/);
    const done = await m1.event({ kind: 'takeover.done' }, (one) => one.target?.uuid === m2.uuid);
    const proposed = await m1.event({ kind: 'takeover.proposed' }, (one) => one.target?.uuid === m2.uuid);
    const at = (event) => Date.parse(event.time);
    assert.ok(at(proposed) - at(before[0]) >= 3900, 'the sleep');
    assert.ok(at(done) - at(proposed) >= 7900, 'the delay');
    assert.equal((await m1.events({ kind: 'takeover.proposed' })).filter((one) => one.target?.uuid === m2.uuid).length, 2, 'one proposal for each death');
  });
});

describe('policy RemoteExecution', () => {
  let cluster;
  before(async () => {
    cluster = await startCluster({ settings: { 'autotakeover.policy': 'RemoteExecution' } });
  });
  after(() => cluster?.stop());

  it('schedules go where the policy of their project lets them run', async () => {
    const [m1, m2, m3] = cluster.members;
    const [plain, far, nowhere] = [await newProject(m1), await newProject(m1), await newProject(m1)];
    const [a, b, c] = [await newJob(m2, plain, daily), await newJob(m2, far, daily), await newJob(m2, nowhere, daily)];
    await cluster.policy({
      'remoteExecution.policy': 'Preset',
      'remoteExecution.config.uuid': m1.uuid,
      'remoteExecution.profiles': 'far,nowhere',
      'remoteExecution.profile.far.projects': far,
      'remoteExecution.profile.far.config.uuid': m3.uuid,
      'remoteExecution.profile.nowhere.projects': nowhere,
      'remoteExecution.profile.nowhere.policy': 'Random',
      'remoteExecution.profile.nowhere.config.allowed': m2.uuid,
    });
    await m2.kill();
    const done = await m1.event({ kind: 'takeover.done' });
    assert.ok(done.message.includes(nowhere), done.message);
    await until(async () => (await m1.owns()).includes(a) && (await m3.owns()).includes(b), { what: 'the schedules to move' });
    assert.deepEqual((await m1.ok('GET', `/scheduler/server/${m2.uuid}/jobs`)).map((one) => one.id), [c]);
  });
});

it('autotakeover that is off says so', async () => {
  const cluster = await startCluster({ size: 2, settings: { 'autotakeover.enabled': false } });
  try {
    const [m1, m2] = cluster.members;
    const id = await newJob(m2, await newProject(m1), daily);
    await m2.kill();
    const told = await m1.event({ kind: 'takeover.refused' });
    assert.match(told.message, /autotakeover is off here/);
    assert.deepEqual((await m1.ok('GET', `/scheduler/server/${m2.uuid}/jobs`)).map((one) => one.id), [id]);
  } finally {
    await cluster.stop();
  }
});
