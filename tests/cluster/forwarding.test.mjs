// Which member runs an execution: every policy with real members, changed while they run.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startCluster } from '../support/cluster.mjs';
import { ended, execution, gate, lines, newJob, newProject, run } from '../support/scenario.mjs';
import { until } from '../support/wait.mjs';

let cluster;
let m1, m2, m3;
let project, echo;
before(async () => {
  cluster = await startCluster({ tags: ['web', 'db,linux', 'db'], sharedLogs: true, settings: { 'quartz.threadPool.threadCount': 2 } });
  [m1, m2, m3] = cluster.members;
  project = await newProject(m1);
  echo = await newJob(m1, project, { steps: ['echo here $QD_MEMBER'], multipleExecutions: true });
});
after(() => cluster?.stop());

// Runs the job so often, by the first member, and counts who ran it. `together` opens once all of them run.
async function places(count, id = echo, from = m1, together = undefined) {
  const started = [];
  for (let index = 0; index < count; index += 1) started.push(await run(from, id));
  if (together) {
    for (const one of started) await until(async () => (await execution(from, one.id)).status === 'running', { what: `execution ${one.id} to run` });
    together.open();
  }
  const done = [];
  for (const one of started) done.push(await ended(from, one.id));
  for (const one of done) assert.equal(one.status, 'succeeded', JSON.stringify(one));
  return done.map((one) => cluster.named(one.serverUUID).name);
}
const count = (list) => Object.fromEntries([...new Set(list)].sort().map((name) => [name, list.filter((one) => one === name).length]));
const remote = (policy, config = {}) => ({ 'remoteExecution.policy': policy, ...Object.fromEntries(Object.entries(config).map(([key, value]) => [`remoteExecution.config.${key}`, value])) });

describe('policies', () => {
  it('None: where it was asked for', async () => {
    assert.deepEqual(count(await places(2)), { m1: 2 });
  });

  it('RoundRobin: one after the other', async () => {
    await cluster.policy(remote('RoundRobin'));
    assert.deepEqual(count(await places(6)), { m1: 2, m2: 2, m3: 2 });
  });

  it('Random: anyone of those that are allowed', async () => {
    await cluster.policy(remote('Random', { allowed: 'Other' }));
    const list = await places(20);  // not two of them by chance: once in half a million
    assert.equal(list.includes('m1'), false);
    assert.deepEqual(Object.keys(count(list)), ['m2', 'm3']);
  });

  it('Preset: the one that is named, and its process says so', async () => {
    await cluster.policy(remote('Preset', { uuid: m3.uuid }));
    const started = await run(m2, echo);
    const done = await ended(m1, started.id);
    assert.equal(done.serverUUID, m3.uuid);
    assert.deepEqual(await lines(m1, started.id), [`here ${m3.uuid}`]);
  });

  it('Load: not the one that is busy', async () => {
    await cluster.policy(remote('Preset', { uuid: m2.uuid }));
    const busy = await newJob(m1, project, { steps: ['sleep 300'], multipleExecutions: true });
    const running = [await run(m1, busy), await run(m1, busy)];
    for (const one of running) await until(async () => (await execution(m1, one.id)).status === 'running', { what: 'm2 to run it' });
    const { lastBeat } = await m1.sees(m2);  // of before, perhaps
    await until(async () => {
      const seen = await m1.sees(m2);
      return seen.lastBeat !== lastBeat && seen.vitals.threadRatio === 1;
    }, { what: 'm2 to be seen as busy' });
    await cluster.policy(remote('Load', { criteria: 'threadRatio', allowed: `${m2.uuid},${m3.uuid}`, groupWeight: '1,0' }));
    assert.deepEqual(count(await places(6)), { m3: 6 });
    for (const one of running) await m3.ok('POST', `/execution/${one.id}/abort`);
    for (const one of running) assert.equal((await ended(m1, one.id)).status, 'aborted');
  });

  it('Queue: whoever has room takes it', async () => {
    await cluster.policy(remote('Queue'));
    const all = gate();
    const slow = await newJob(m1, project, { steps: [all.wait], multipleExecutions: true });
    // Two at once is what each of them takes.
    assert.deepEqual(count(await places(6, slow, m1, all)), { m1: 2, m2: 2, m3: 2 });
  });

  it('Queue: only those take it that are allowed', async () => {
    await cluster.policy(remote('Queue', { allowed: 'Other', allowedTags: 'db' }));
    const all = gate();
    const slow = await newJob(m1, project, { steps: [all.wait], multipleExecutions: true });
    assert.deepEqual(count(await places(4, slow, m1, all)), { m2: 2, m3: 2 });
    await cluster.policy(remote('Queue', { allowedTags: 'linux' }));
    assert.deepEqual(count(await places(3)), { m2: 3 });
  });
});

describe('who is allowed', () => {
  it('by uuid, and by expression', async () => {
    await cluster.policy(remote('Random', { allowed: `/3+-.*/` }));
    assert.deepEqual(count(await places(2)), { m3: 2 });
  });

  it('by tags: all of them, or any', async () => {
    await cluster.policy(remote('RoundRobin', { allowedTags: 'db+linux' }));
    assert.deepEqual(count(await places(2)), { m2: 2 });
    await cluster.policy(remote('RoundRobin', { allowedTags: 'web,linux' }));
    assert.deepEqual(count(await places(4)), { m1: 2, m2: 2 });
  });

  it('preferred tags are a wish', async () => {
    await cluster.policy(remote('RoundRobin', { preferredTags: 'linux' }));
    assert.deepEqual(count(await places(2)), { m2: 2 });
    await cluster.policy(remote('RoundRobin', { preferredTags: 'windows', allowed: 'Self' }));
    assert.deepEqual(count(await places(2)), { m1: 2 });
  });

  it('passive members are not', async () => {
    await cluster.policy(remote('RoundRobin', { allowed: 'Other' }));
    await m2.ok('POST', '/system/executions/disable');
    await until(async () => (await m1.sees(m2)).executionMode === 'passive');
    assert.deepEqual(count(await places(3)), { m3: 3 });
    await m2.ok('POST', '/system/executions/enable');
    await until(async () => (await m1.sees(m2)).executionMode === 'active');
  });

  it('nobody: the run is refused, and says why', async () => {
    await cluster.policy(remote('Random', { allowed: '00000000-1111-4111-8111-000000000000' }));
    const answer = await m1.api('POST', `/job/${echo}/run`, { json: {} });
    assert.equal(answer.status >= 400, true, answer.text);
    assert.match(answer.json.message, /No member may run this now/);
  });
});

describe('profiles and refresh', () => {
  it('a project has the policy of its profile', async () => {
    const other = await newProject(m1);
    const there = await newJob(m1, other, { steps: ['true'] });
    await cluster.policy({
      ...remote('Preset', { uuid: m1.uuid }),
      'remoteExecution.profiles': 'far',
      'remoteExecution.profile.far.projects': other,
      'remoteExecution.profile.far.policy': 'Preset',
      'remoteExecution.profile.far.config.uuid': m3.uuid,
    });
    assert.deepEqual(await places(1, there), ['m3']);
    assert.deepEqual(await places(1), ['m1']);
  });

  it('a signal is enough to read the policies again', async () => {
    m1.configure(remote('Preset', { uuid: m2.uuid }));
    m1.child.kill('SIGHUP');
    await until(async () => (await places(1))[0] === 'm2', { what: 'the new policy' });
  });

  it('a mistake leaves the policies as they are', async () => {
    m1.configure(remote('Sideways'));
    const answer = await m1.api('POST', '/config/refresh');
    assert.notEqual(answer.status, 200);
    assert.match(answer.text, /Sideways/);
    assert.deepEqual(await places(1), ['m2']);
  });
});

describe('scheduled jobs', () => {
  const each = { steps: ['true'], multipleExecutions: true, schedule: { crontab: '* * * * * ? *' } };
  async function fires(id, wanted) {
    const seen = await until(async () => {
      const list = (await m1.ok('GET', `/job/${id}/fires`)).fires.filter((one) => one.execution);
      return list.length >= wanted && list;
    }, { what: 'fires' });
    await m1.ok('POST', `/job/${id}/schedule/disable`);
    const names = [];
    for (const fire of seen) names.push(cluster.named((await ended(m1, fire.execution.id)).serverUUID).name);
    return { claimed: new Set(seen.map((one) => one.claimedBy.uuid)), names: new Set(names) };
  }

  it('are claimed by their owner, and run where the policy says at each fire', async () => {
    await cluster.policy(remote('RoundRobin', { allowed: 'Other' }));
    const { claimed, names } = await fires(await newJob(m1, project, each), 4);
    assert.deepEqual([...claimed], [m1.uuid]);
    assert.deepEqual([...names].sort(), ['m2', 'm3']);
  });

  it('run on their owner when the policy is not for them', async () => {
    await cluster.policy({ ...remote('RoundRobin', { allowed: 'Other' }), 'remoteScheduledExecutionPolicy.enabled': false });
    const { names } = await fires(await newJob(m1, project, each), 2);
    assert.deepEqual([...names], ['m1']);
  });
});
