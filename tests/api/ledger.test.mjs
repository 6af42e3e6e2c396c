// The ledger of fires: every fire that was due, what became of it, and why. Jobs fire each second; nothing is timed.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { qd as cli } from '../support/cli.mjs';
import { uuidOf } from '../support/cluster.mjs';
import { startServer } from '../support/server.mjs';
import { NOWHERE, ended, importJobs, job, newJob, newProject } from '../support/scenario.mjs';
import { until } from '../support/wait.mjs';

const UUID = uuidOf(1);
const each = { schedule: { crontab: '* * * * * ? *' } };

let qd;
before(async () => {
  qd = await startServer({ framework: { 'rundeck.server.uuid': UUID } });
});
after(() => qd?.stop());

const ledger = (path, query) => qd.ok('GET', `${path}/fires`, { query });
// The first row that fits, once it is there.
const row = (path, query, fits = () => true) => until(async () => (await ledger(path, query)).fires.find(fits), { what: `a fire at ${path} with ${JSON.stringify(query)}` });
const quiet = (id) => qd.ok('POST', `/job/${id}/schedule/disable`);

describe('a fire that ran', () => {
  let project;
  let id;
  let fire;
  before(async () => {
    project = await newProject(qd);
    id = await newJob(qd, project, { name: 'each', group: 'ops', steps: ['echo fired'], ...each });
    fire = await row(`/job/${id}`, {}, (one) => one.execution);
    await quiet(id);
  });

  it('says when, who, whose and what', async () => {
    assert.match(fire.due, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.ok(['fired', 'late'].includes(fire.state), fire.state);
    if (fire.state === 'fired') assert.equal(fire.reason, '');
    assert.equal(fire.fires, 1);
    assert.equal(fire.project, project);
    assert.deepEqual(fire.job, {
      id, name: 'each', group: 'ops', href: `${qd.url}/api/59/job/${id}`, permalink: `${qd.url}/project/${project}/job/show/${id}`,
    });
    assert.equal(fire.projectSchedule, null);
    assert.equal(fire.owner.uuid, UUID);
    assert.equal(fire.claimedBy.uuid, UUID);
    assert.ok(fire.claimedBy.name);
    assert.ok(fire.claimedBy.incarnation >= 1);
    assert.ok(Date.parse(fire.claimed) >= Date.parse(fire.due));
  });

  it('names its execution', async () => {
    const execution = await ended(qd, fire.execution.id);
    assert.equal(execution.status, 'succeeded');
    assert.equal(execution.job.id, id);
    assert.deepEqual(fire.execution, { id: execution.id, href: execution.href, permalink: execution.permalink });
  });

  it('each second once, and one execution for each', async () => {
    const { fires, paging } = await ledger(`/job/${id}`, { max: 1000 });
    assert.equal(paging.more, false);
    assert.equal(new Set(fires.map((one) => one.due)).size, fires.length);
    const ran = fires.filter((one) => one.execution);
    assert.equal(new Set(ran.map((one) => one.execution.id)).size, ran.length);
    const executions = await qd.ok('GET', `/job/${id}/executions`, { query: { max: 1000 } });
    assert.equal(executions.paging.total, ran.length);
  });

  it('is in the project’s and in the whole ledger', async () => {
    const other = await newProject(qd);
    const newest = (await ledger(`/job/${id}`)).fires[0];
    assert.deepEqual((await ledger(`/project/${project}`)).fires[0], newest);
    assert.deepEqual((await ledger(`/project/${other}`)).fires, []);
    const all = await ledger('/scheduler', { from: newest.due, until: newest.due });
    assert.deepEqual(all.fires.find((one) => one.job.id === id), newest);
  });

  it('can be found by time, state and server, and by pages', async () => {
    const all = (await ledger(`/job/${id}`, { max: 1000 })).fires;
    const dues = (list) => list.map((one) => one.due);
    assert.deepEqual(dues(all), [...dues(all)].sort().reverse());
    const find = async (query) => dues((await ledger(`/job/${id}`, query)).fires);
    const due = all.at(-1).due;
    assert.deepEqual(await find({ from: due, until: due }), [due]);
    assert.deepEqual(await find({ until: Date.parse(due) - 1 }), []);
    assert.deepEqual(await find({ from: Date.parse(all[0].due) + 1 }), []);
    for (const state of ['fired', 'late', 'missed', 'skipped']) {
      assert.deepEqual(await find({ state, max: 1000 }), dues(all.filter((one) => one.state === state)));
    }
    assert.deepEqual(await find({ server: UUID, max: 1000 }), dues(all));
    assert.deepEqual(await find({ server: NOWHERE }), []);
    const page = await ledger(`/job/${id}`, { max: 1, offset: 0 });
    assert.deepEqual(page.paging, { count: 1, offset: 0, max: 1, more: all.length > 1 });
    assert.deepEqual(await find({ max: 1, offset: all.length - 1 }), [due]);
  });
});

describe('a fire that did not run says why', () => {
  it('too many executions of the job', async () => {
    const id = await newJob(qd, await newProject(qd), { steps: ['while [ ! -e "$HOME/never" ]; do sleep 0.2; done'], ...each });
    const running = await row(`/job/${id}`, {}, (one) => one.execution);
    const skipped = await row(`/job/${id}`, { state: 'skipped' });
    assert.match(skipped.reason, /concurrency/);
    assert.equal(skipped.execution, null);
    await quiet(id);
    await qd.ok('POST', `/execution/${running.execution.id}/abort`);
    await ended(qd, running.execution.id);
  });

  for (const [key, reason] of [['project.disable.schedule', /project's schedules are off/], ['project.disable.executions', /disabled/]]) {
    it(key, async () => {
      const project = await newProject(qd, { [key]: 'true' });
      const id = await newJob(qd, project, each);
      const skipped = await row(`/job/${id}`, {});
      assert.equal(skipped.state, 'skipped');
      assert.match(skipped.reason, reason);
      assert.equal(skipped.execution, null);
      await qd.ok('DELETE', `/project/${project}/config/${key}`);
      const ran = await row(`/job/${id}`, {}, (one) => one.execution);
      await quiet(id);
      assert.equal((await ended(qd, ran.execution.id)).status, 'succeeded');
    });
  }

  it('passive mode', async () => {
    const id = await newJob(qd, await newProject(qd), each);
    await qd.ok('POST', '/system/executions/disable');
    // Before, one may have been skipped because its run of the second before had not ended.
    const skipped = await row(`/job/${id}`, { state: 'skipped' }, (one) => /passive/.test(one.reason));
    await qd.ok('POST', '/system/executions/enable');
    assert.ok(skipped.reason.includes(UUID));
    const after = await row(`/job/${id}`, { from: skipped.due }, (one) => one.execution);
    await quiet(id);
    await ended(qd, after.execution.id);
  });

  it('the job is switched off: nothing is due', async () => {
    const project = await newProject(qd);
    const [off, other] = (await importJobs(qd, project, [job({ ...each, scheduleEnabled: false }), job(each)])).succeeded.map((one) => one.id);
    await row(`/job/${other}`, {});
    await quiet(other);
    assert.deepEqual((await ledger(`/job/${off}`)).fires, []);
  });
});

it('a job that is gone keeps its rows in the project’s ledger', async () => {
  const project = await newProject(qd);
  const id = await newJob(qd, project, each);
  const fire = await row(`/job/${id}`, {}, (one) => one.execution);
  await ended(qd, fire.execution.id);
  await quiet(id);
  await until(async () => (await qd.api('DELETE', `/job/${id}`)).status === 204, { what: 'the job to end and be deleted' });
  const kept = (await ledger(`/project/${project}`, { until: fire.due })).fires.at(-1);
  assert.deepEqual(kept.job, { id });
  await qd.fails(404, 'api.error.item.doesnotexist', 'GET', `/job/${id}/fires`);
});

it('wrong filters are refused by name', async () => {
  for (const [query, name] of [[{ state: 'lost' }, 'state'], [{ from: 'yesterday' }, 'from'], [{ until: 'x' }, 'until'], [{ max: '-1' }, 'max'], [{ offset: 'x' }, 'offset']]) {
    const { message } = await qd.fails(400, null, 'GET', '/scheduler/fires', { query });
    assert.ok(message.includes(`"${name}"`), message);
  }
  await qd.fails(404, 'api.error.project.missing', 'GET', '/project/nowhere/fires');
});

it('qd jobs fires shows the ledger of a job, a project and all', async () => {
  const project = await newProject(qd);
  const id = await newJob(qd, project, { name: 'told', ...each });
  const fire = await row(`/job/${id}`, {}, (one) => one.execution);
  await quiet(id);
  await ended(qd, fire.execution.id);
  const line = `${fire.due} ${fire.state} told by ${fire.claimedBy.name} as execution ${fire.execution.id}`;
  for (const which of [['-i', id], ['-p', project], ['-p', project, '-j', 'told'], ['--all', '--until', fire.due, '--from', fire.due]]) {
    const shown = await cli(qd, ['jobs', 'fires', '-m', '1000', ...which]);
    assert.equal(shown.code, 0, shown.err);
    assert.ok(shown.out.includes(line), `${line} in ${shown.out}`);
  }
  const none = await cli(qd, ['jobs', 'fires', '-i', id, '--state', 'missed', '-o', 'json']);
  assert.deepEqual(JSON.parse(none.out), []);
});
