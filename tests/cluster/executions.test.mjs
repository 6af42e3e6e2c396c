// Executions across members: aborted from anywhere, recovered when their member dies, never lost between two members.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { removeAtExit } from '../support/cleanup.mjs';
import { processesOf, startCluster, uuidOf } from '../support/cluster.mjs';
import { ended, execution, newJob, newProject, run } from '../support/scenario.mjs';
import { until } from '../support/wait.mjs';

let cluster;
let m1, m2, m3;
let project;
const folder = removeAtExit(mkdtempSync(join(tmpdir(), 'qd-files-')));
const linesOf = (name) => {
  try {
    return readFileSync(join(folder, name), 'utf8').split('\n').filter(Boolean);
  } catch {
    return [];
  }
};
// Appends its execution's id, and where it runs.
const note = (name) => `echo \${job.execid} $QD_MEMBER >> ${join(folder, name)}`;
const preset = (member) => ({ 'remoteExecution.policy': 'Preset', 'remoteExecution.config.uuid': member.uuid, 'remoteExecution.config.activeOnly': false });

before(async () => {
  cluster = await startCluster({ sharedLogs: true });
  [m1, m2, m3] = cluster.members;
  project = await newProject(m1);
});
after(() => cluster?.stop());

const back = async (member) => {
  if (!member.alive) await member.again();
  await cluster.settled();
};
const running = (id, member) => until(async () => {
  const now = await execution(m1, id);
  return now.status === 'running' && now.serverUUID === member.uuid && now;
}, { what: `execution ${id} to run on ${member.name}` });

describe('abort', () => {
  it('from any member ends the process, and tells who asked', async () => {
    const id = await newJob(m1, project, { steps: ['sleep 300'], multipleExecutions: true });
    const started = await run(m1, id);
    await until(() => processesOf(m1).length > 0, { what: 'the process' });
    const answer = await m3.ok('POST', `/execution/${started.id}/abort`);
    assert.equal(answer.abort.status, 'pending');
    const done = await ended(m2, started.id);
    assert.equal(done.status, 'aborted');
    assert.equal(done.abortedby, 'admin');
    await until(() => processesOf(m1).length === 0, { what: 'the process to end' });
  });

  it('of an execution whose member has just died closes it', async () => {
    const id = await newJob(m2, project, { steps: ['sleep 300'] });
    const started = await run(m2, id);
    await running(started.id, m2);
    await m2.kill();
    await m1.api('POST', `/execution/${started.id}/abort`);
    const done = await ended(m1, started.id);
    assert.ok(['aborted', 'incomplete'].includes(done.status), done.status);
    assert.deepEqual(processesOf(m2), []);
    await back(m2);
  });
});

describe('recovery', () => {
  it('what a dead member ran is incomplete, its output readable, its retry linked and run elsewhere', async () => {
    const id = await newJob(m2, project, { steps: [note('retry'), `echo before the end; test $QD_MEMBER != ${uuidOf(2)} || sleep 300`], retry: '1' });
    const first = await run(m2, id);
    await until(async () => (await m2.ok('GET', `/execution/${first.id}/output`)).entries.some((one) => one.log === 'before the end'), { what: 'its output' });
    await m2.kill();
    const done = await ended(m1, first.id);
    assert.equal(done.status, 'incomplete');
    const linked = await until(async () => (await execution(m1, first.id)).retriedExecution, { what: 'the retry' });
    const retried = await ended(m1, linked.id);
    assert.equal(retried.status, 'succeeded');
    assert.notEqual(retried.serverUUID, m2.uuid);
    assert.equal(retried.retryAttempt, 1);
    const text = (await m1.ok('GET', `/execution/${first.id}/output`)).entries.map((one) => one.log);
    assert.deepEqual(text, ['before the end']);
    assert.deepEqual(linesOf('retry').map((line) => Number(line.split(' ')[0])), [Number(first.id), Number(linked.id)]);
    await m1.event({ kind: 'recovery.closed' }, (one) => one.detail?.execution === Number(first.id));
    await back(m2);
  });

  it('a member that starts again closes what its earlier life ran, at once', async () => {
    const solo = await newJob(m3, project, { steps: ['sleep 300'] });
    const started = await run(m3, solo);
    await running(started.id, m3);
    await m3.kill();
    await m3.again();
    assert.equal((await execution(m3, started.id)).status, 'incomplete');
    await back(m3);
  });
});

describe('a member that is given an execution and does not start it', () => {
  it('because it was killed: the execution runs elsewhere, once', async () => {
    await cluster.policy(preset(m2));
    const id = await newJob(m1, project, { steps: [note('killed')], multipleExecutions: true });
    m2.suspend();  // it cannot take the message
    const started = [];
    for (let index = 0; index < 3; index += 1) started.push(await run(m1, id));
    for (const one of started) assert.equal((await execution(m1, one.id)).status, 'queued');
    await m2.kill();
    for (const one of started) {
      const done = await ended(m1, one.id);
      assert.equal(done.status, 'succeeded');
      assert.notEqual(done.serverUUID, m2.uuid);
    }
    assert.deepEqual(linesOf('killed').map((line) => line.split(' ')[0]).sort(), started.map((one) => String(one.id)).sort());
    await cluster.policy({});
    await back(m2);
  });

  it('because it hangs: it is taken back, and runs once although that member wakes up', async () => {
    await cluster.policy(preset(m3));
    const id = await newJob(m1, project, { steps: [note('hung')], multipleExecutions: true });
    m3.suspend();
    const started = [];
    for (let index = 0; index < 3; index += 1) started.push(await run(m1, id));
    for (const one of started) {
      const done = await ended(m1, one.id);
      assert.equal(done.status, 'succeeded');
      assert.notEqual(done.serverUUID, m3.uuid);
    }
    m3.resume();
    await cluster.policy({});
    await cluster.settled();
    const last = await run(m3, id);
    await ended(m1, last.id);
    assert.deepEqual(linesOf('hung').map((line) => line.split(' ')[0]).sort(), [...started, last].map((one) => String(one.id)).sort());
  });
});

describe('jobs that may not run twice at once', () => {
  it('do not, whoever is asked', async () => {
    const id = await newJob(m1, project, { steps: ['sleep 300'] });
    const started = await run(m1, id);
    for (const one of [m2, m3]) await one.fails(409, 'api.error.execution.conflict', 'POST', `/job/${id}/run`);
    await m2.ok('POST', `/execution/${started.id}/abort`);
    await ended(m1, started.id);
  });

  it('wait in their queue, in order, across members', async () => {
    const id = await newJob(m1, project, { steps: [note('queue'), 'sleep 0.5', note('queue')], jobQueue: { enabled: 'true', size: '10' } });
    const started = [];
    for (const one of [m1, m2, m3, m1, m2]) started.push(await run(one, id));
    for (const one of started) assert.equal((await ended(m1, one.id)).status, 'succeeded');
    const seen = linesOf('queue').map((line) => line.split(' ')[0]);
    assert.deepEqual(seen, started.flatMap((one) => [String(one.id), String(one.id)]), 'one ends before the next begins');
  });
});
