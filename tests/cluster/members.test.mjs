// A member's own life: two with one uuid, a hang, a lost database, a wrong clock, execution modes.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { removeAtExit } from '../support/cleanup.mjs';
import { Member, processesOf, skewed, startCluster } from '../support/cluster.mjs';
import { ended, execution, newJob, newProject, run } from '../support/scenario.mjs';
import { until } from '../support/wait.mjs';

const each = { steps: ['true'], multipleExecutions: true, schedule: { crontab: '* * * * * ? *' } };
const folder = removeAtExit(mkdtempSync(join(tmpdir(), 'qd-files-')));
const path = (name) => join(folder, name);

let cluster;
let m1, m2, m3;
let project;
before(async () => {
  cluster = await startCluster({ through: [3], sharedLogs: true });
  [m1, m2, m3] = cluster.members;
  project = await newProject(m1);
});
after(() => cluster?.stop());

const fires = async (id) => (await m1.ok('GET', `/job/${id}/fires`, { query: { max: 1000 } })).fires;

describe('two processes with one uuid', () => {
  it('the second refuses to start, says why, and leaves the first and its processes alone', async () => {
    const id = await newJob(m2, project, { steps: [`touch ${path('began')}; sleep 2; touch ${path('went-on')}`] });
    const started = await run(m2, id);
    await until(() => existsSync(path('began')), { what: 'the process' });
    const second = new Member({ database: cluster.database, uuid: m2.uuid, name: 'double' });
    await assert.rejects(second.start(), /the server ended at start \(1\)/);
    assert.match(second.log(), /Another process runs as member 22222222.*m2 .*Stop that process, or give this one a uuid of its own/);
    assert.equal((await ended(m1, started.id)).status, 'succeeded');
    assert.ok(existsSync(path('went-on')));
    assert.equal((await m1.sees(m2)).incarnation, 1);
  });
});

describe('execution mode of another member', () => {
  it('is pending until that member has done it; then it claims nothing, and what runs goes on', async () => {
    const id = await newJob(m2, project, { steps: ['sleep 300'], multipleExecutions: true });
    const started = await run(m2, id);
    assert.deepEqual(await m1.ok('POST', '/enterprise/cluster/executions/disable', { query: { uuid: m2.uuid } }), { status: 'pending', executionMode: 'passive', uuid: m2.uuid });
    await until(async () => (await m2.ok('GET', '/system/executions/status')).executionMode === 'passive', { what: 'm2 to be passive' });
    const seen = await until(async () => {
      const now = await m1.sees(m2);
      return now.executionMode === 'passive' && now;
    });
    assert.equal(seen.requestedMode, null);
    await m1.event({ kind: 'mode.changed' }, (one) => one.member.uuid === m2.uuid && /as admin asked/.test(one.message));
    assert.equal((await m2.api('POST', `/job/${id}/run`)).status, 400);
    assert.equal((await execution(m1, started.id)).status, 'running');
    const due = await newJob(m2, project, each);
    const skipped = await until(async () => (await fires(due)).find((one) => one.state === 'skipped'), { what: 'a skipped fire' });
    assert.match(skipped.reason, /passive/);
    assert.equal((await m1.ok('POST', '/enterprise/cluster/executions/enable', { query: { uuid: m2.uuid } })).status, 'pending');
    await until(async () => (await fires(due)).some((one) => one.execution), { what: 'a fire' });
    await m1.ok('POST', `/job/${due}/schedule/disable`);
    await m1.ok('POST', `/execution/${started.id}/abort`);
    await ended(m1, started.id);
  });
});

describe('a member that hangs, is taken over, and wakes up', () => {
  it('changes nothing, ends its processes, and returns as another incarnation', async () => {
    const id = await newJob(m2, project, { steps: [`echo \${job.execid} >> ${path('zombie')}; sleep 300`], retry: '0' });
    const due = await newJob(m2, project, each);
    const started = await run(m2, id);
    await until(() => existsSync(path('zombie')), { what: 'the process' });
    await until(async () => (await fires(due)).length > 1, { what: 'fires' });
    const before = (await m1.sees(m2)).incarnation;
    m2.suspend();
    await m1.event({ kind: 'takeover.done' }, (one) => one.target?.uuid === m2.uuid, 60_000);
    const closed = await ended(m1, started.id);
    assert.equal(closed.status, 'incomplete');
    assert.equal((await m1.sees(m2)).state, 'dead');
    const owner = (await until(async () => (await fires(due)).find((one) => one.claimedBy?.uuid !== m2.uuid && one.execution), { what: 'a fire elsewhere' })).claimedBy.uuid;
    const row = cluster.rows(`SELECT * FROM execution WHERE id = ${started.id}`);
    m2.resume();
    await m1.seesAs(m2, 'active', 30_000);
    assert.equal((await m1.sees(m2)).incarnation, before + 1);
    await until(() => processesOf(m2).length === 0, { what: 'its processes to end' });
    assert.deepEqual(cluster.rows(`SELECT * FROM execution WHERE id = ${started.id}`), row, 'the row as others closed it');
    assert.match(m2.log(), /Incarnation \d+ of this member is over/);
    await until(async () => (await fires(due)).filter((one) => one.claimedBy?.uuid === owner).length > 2, { what: 'more fires' });
    await m1.ok('POST', `/job/${due}/schedule/disable`);
    const late = (await fires(due)).filter((one) => one.claimedBy?.uuid === m2.uuid && one.claimedBy?.incarnation > before);
    assert.deepEqual(late, [], 'its schedules belong to another now');
    assert.equal(readFileSync(path('zombie'), 'utf8'), `${started.id}\n`);
    await ended(m1, (await run(m2, await newJob(m2, project, { steps: ['true'] }))).id);
  });
});

describe('a member that loses the database', () => {
  it('keeps its processes, claims nothing, and writes what it had to when the database is back', async () => {
    const id = await newJob(m3, project, { steps: [`touch ${path('lost-begun')}; sleep 1; touch ${path('lost-done')}`] });
    const started = await run(m3, id);
    await until(() => existsSync(path('lost-begun')), { what: 'the process' });
    await m3.proxy.refuse();
    await until(() => existsSync(path('lost-done')), { what: 'the process to go on' });
    assert.equal((await m3.raw('GET', '/health', { token: null })).status < 600, true);
    await m3.proxy.heal();
    const done = await ended(m1, started.id);
    // Back within the time that others wait, or after: then they have closed it.
    assert.ok(['succeeded', 'incomplete'].includes(done.status), done.status);
    await m1.seesAs(m3, 'active', 30_000);
  });

  it('is taken over when it stays away, and ends what it ran when it comes back', async () => {
    const id = await newJob(m3, project, { steps: [`touch ${path('away')}; sleep 300`] });
    const due = await newJob(m3, project, each);
    const started = await run(m3, id);
    await until(() => existsSync(path('away')), { what: 'the process' });
    await until(async () => (await fires(due)).length > 0, { what: 'a fire' });
    await m3.proxy.refuse();
    await m1.event({ kind: 'takeover.done' }, (one) => one.target?.uuid === m3.uuid, 60_000);
    assert.equal((await ended(m1, started.id)).status, 'incomplete');
    assert.ok(processesOf(m3).length > 0, 'it cannot know yet');
    await m3.proxy.heal();
    await until(() => processesOf(m3).length === 0, { what: 'its processes to end' });
    await m1.seesAs(m3, 'active', 30_000);
    await m1.ok('POST', `/job/${due}/schedule/disable`);
    const executions = (await fires(due)).filter((one) => one.execution).map((one) => one.execution.id);
    assert.equal(new Set(executions).size, executions.length);
  });
});

describe('a member whose clock is wrong', () => {
  it('beats, claims and runs by the clock of the database', async () => {
    await m2.terminate();
    await m2.again(skewed('+3h'));
    await cluster.settled();
    const seen = await m1.sees(m2);
    assert.ok(seen.lastBeatAge < 60_000, JSON.stringify(seen));
    const due = await newJob(m2, project, each);
    await until(async () => (await fires(due)).filter((one) => one.execution).length > 2, { what: 'fires' });
    await m1.ok('POST', `/job/${due}/schedule/disable`);
    for (const fire of await fires(due)) assert.ok(Math.abs(Date.parse(fire.claimed) - Date.parse(fire.due)) < 60_000, JSON.stringify(fire));
    // What others forward to it, sealed, is neither too old nor from the future for it.
    await cluster.policy({ 'remoteExecution.policy': 'Preset', 'remoteExecution.config.uuid': m2.uuid });
    const id = await newJob(m1, project, { options: [{ name: 'opt', secure: true, valueExposed: true }], steps: ['test "$RD_OPTION_OPT" = sesame'] });
    const done = await ended(m1, (await run(m1, id, { options: { opt: 'sesame' } })).id);
    assert.equal(done.status, 'succeeded');
    assert.equal(done.serverUUID, m2.uuid);
    assert.ok(Math.abs(Date.parse(done['date-ended'].date) - Date.now()) < 60_000, JSON.stringify(done['date-ended']));
    await cluster.policy({});
    await m2.terminate();
    await m2.again({});
    await cluster.settled();
  });
});
