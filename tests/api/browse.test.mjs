// What newer pages and clients ask for: the tree of jobs level by level, tags, UI metadata, features, and what one may do.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startServer } from '../support/server.mjs';
import { importJobs, job, newProject, runToEnd, unique } from '../support/scenario.mjs';

let qd, project;
const ids = {};
before(async () => {
  qd = await startServer();
  project = await newProject(qd, { 'project.disable.schedule': 'true', 'project.readme.display': 'projectList' });
  const jobs = [
    job({ name: 'top', description: 'first', tags: 'nightly, db' }),
    job({ name: 'backup', group: 'ops', schedule: { crontab: '0 30 5 ? * * *' }, tags: ['db'] }),
    job({ name: 'deep', group: 'ops/db/pg' }),
    job({ name: 'wide', group: 'opsx' }),
  ];
  for (const item of (await importJobs(qd, project, jobs)).succeeded) ids[item.name] = item.id;
});
after(() => qd?.stop());

const browse = (query) => qd.ok('GET', `/project/${project}/jobs/browse`, { query });
const shape = ({ items }) => items.map((item) => (item.job ? item.jobName : `${item.groupPath}/`));

describe('browsing jobs', () => {
  it('shows the jobs and the groups of one level', async () => {
    const root = await browse({});
    assert.equal(root.path, '');
    assert.deepEqual(shape(root), ['top', 'ops/', 'opsx/']);
    assert.deepEqual(root.items[0], { job: true, groupPath: null, jobName: 'top', description: 'first', id: ids.top, meta: null });
    assert.deepEqual(root.items[1], { job: false, groupPath: 'ops', jobName: null, description: null, id: null, meta: null });
    assert.deepEqual(shape(await browse({ path: 'ops' })), ['backup', 'ops/db/']);
    assert.deepEqual(shape(await browse({ path: 'ops/db' })), ['ops/db/pg/']);
    assert.deepEqual(shape(await browse({ path: 'nothing' })), []);
  });

  it('takes filters in the query and in a posted body', async () => {
    assert.deepEqual(shape(await browse({ jobFilter: 'deep' })), ['ops/']);
    const posted = await qd.ok('POST', `/project/${project}/jobs/browse`, { json: { jobFilter: 'back', groupPath: 'ops' }, status: 200 });
    assert.deepEqual(shape(posted), ['backup']);
  });

  it('adds metadata by name, but not beyond the breakpoint', async () => {
    const [backup] = (await browse({ path: 'ops', meta: '*' })).items;
    const meta = Object.fromEntries(backup.meta.map(({ name, data }) => [name, data]));
    assert.deepEqual(Object.keys(meta).sort(), ['authz', 'schedule', 'stats']);
    assert.equal(meta.authz.run, true);
    assert.equal(meta.schedule.schedule.crontabString, '0 30 5 ? * * *');
    assert.equal(meta.schedule.hasSchedule, true);
    assert.deepEqual(meta.stats, { averageDuration: 0, executionCount: 0, successRate: -1 });
    assert.deepEqual((await browse({ path: 'ops', meta: 'authz,stats', metaExclude: 'stats' })).items[0].meta.map(({ name }) => name), ['authz']);
    assert.equal((await browse({ path: 'ops', meta: '*', breakpoint: 1 })).items[0].meta, null);
    assert.deepEqual((await browse({ path: 'ops', meta: 'stats', breakpoint: 3 })).items[0].meta.map(({ name }) => name), ['stats']);
  });

  it('tells how the runs of a job went', async () => {
    await runToEnd(qd, ids.top);
    const [stats] = await qd.ok('GET', `/job/${ids.top}/meta`, { query: { meta: 'stats' } });
    assert.equal(stats.data.executionCount, 1);
    assert.equal(stats.data.successRate, 1);
  });

  it('tells of many jobs what it tells of each', async () => {
    const many = await newProject(qd);
    const schedule = { schedule: { crontab: '0 30 5 ? * * *' } };
    const made = (await importJobs(qd, many, Array.from({ length: 70 }, (_, at) => job({ name: `j${at}`, ...(at % 2 ? schedule : {}) })))).succeeded;
    await runToEnd(qd, made[3].id);
    const { items } = await qd.ok('GET', `/project/${many}/jobs/browse`, { query: { meta: '*' } });
    assert.equal(items.length, 70);
    for (const { id } of [made[0], made[3], made[69]]) {
      const alone = await qd.ok('GET', `/job/${id}/meta`);
      assert.deepEqual(items.find((item) => item.id === id).meta, alone);
    }
    const stats = items.map((item) => item.meta.find(({ name }) => name === 'stats').data);
    assert.deepEqual(stats.filter(({ executionCount }) => executionCount > 0).map(({ successRate }) => successRate), [1]);
    assert.equal(items.filter((item) => item.meta.find(({ name }) => name === 'schedule').data.nextExecutionTime).length, 35);
  });

  it('counts tags, written as a text or as a list', async () => {
    assert.deepEqual(await qd.ok('GET', `/project/${project}/jobTags/query`), { db: 2, nightly: 1 });
    assert.deepEqual(await qd.ok('GET', `/project/${project}/jobTags/query`, { query: { groupPath: 'ops' } }), { db: 1 });
    assert.deepEqual(await qd.ok('GET', `/job/${ids.top}/tags`), ['nightly', 'db']);
    assert.deepEqual(await qd.ok('GET', `/job/${ids.backup}/tags`), ['db']);
  });
});

describe('metadata of a project', () => {
  it('tells rights, switches, mode and messages', async () => {
    await qd.ok('PUT', `/project/${project}/readme.md`, { body: 'Read me', type: 'text/plain' });
    const items = await qd.ok('GET', `/project/${project}/meta`);
    const meta = Object.fromEntries(items.map(({ name, data }) => [name, data]));
    assert.equal(meta.authz.project.configure, true);
    assert.equal(meta.authz.types.job.create, true);
    assert.deepEqual(meta.config, { executionsEnabled: true, scheduleEnabled: false });
    assert.deepEqual(meta.sysMode, { active: true });
    assert.deepEqual(meta.message.readmeDisplay, ['projectList']);
    assert.equal(meta.message.readme.readme, 'Read me');
    assert.deepEqual((await qd.ok('GET', `/project/${project}/meta`, { query: { meta: 'config' } })).map(({ name }) => name), ['config']);
  });
});

describe('features, home and the API itself', () => {
  it('tells which features are on', async () => {
    const list = await qd.ok('GET', '/feature');
    assert.ok(list.some(({ name, enabled }) => name === 'projectSchedules' && enabled));
    assert.deepEqual(await qd.ok('GET', '/feature/caseInsensitiveUsername'), { name: 'caseInsensitiveUsername', enabled: false });
    assert.deepEqual(await qd.ok('GET', '/feature/neverHeardOf'), { name: 'neverHeardOf', enabled: false });
  });

  it('sums up the last day', async () => {
    await runToEnd(qd, ids.top);
    const summary = await qd.ok('GET', '/home/summary');
    assert.ok(summary.execCount >= 1);
    assert.equal(summary.totalFailedCount, 0);
    assert.ok(summary.recentProjects.includes(project));
    const own = summary.projects.find((one) => one.project === project);
    assert.deepEqual(Object.keys(own.statuses), ['succeeded']);
    assert.equal(summary.projects.reduce((sum, one) => sum + Object.values(one.statuses).reduce((a, b) => a + b), 0), summary.execCount);
  });

  it('tells its version at the root', async () => {
    for (const path of ['', '/']) {
      assert.deepEqual(await qd.ok('GET', path), { apiversion: 59, href: `${qd.url}/api/59` });
    }
  });
});

describe('authorizations', () => {
  const actions = (answer) => Object.fromEntries(answer.actionAuthorizations.map(({ actionName, isAuthorized }) => [actionName, isAuthorized]));

  it('answers for a kind and for one resource, in both contexts', async () => {
    const kind = await qd.ok('GET', '/authorizations/application/project?actions=create&actions=conjure');
    assert.deepEqual(kind.authorizationContext, { type: 'application' });
    assert.deepEqual(kind.resource, { kind: 'project' });
    assert.equal(actions(kind).create, true);
    const named = await qd.ok('GET', `/authorizations/application/project/${project}?actions=read`);
    assert.deepEqual(named.resource, { type: 'project', specifier: project });
    const onJob = await qd.ok('GET', `/authorizations/project/${project}/job/${ids.top}?actions=run&actions=delete`);
    assert.deepEqual(onJob.authorizationContext, { type: 'project', name: project });
    assert.deepEqual(actions(onJob), { run: true, delete: true });
    assert.deepEqual(actions(await qd.ok('GET', `/authorizations/project/${project}/event?actions=read`)), { read: true });
    assert.deepEqual(actions(await qd.ok('GET', `/authorizations/project/${project}/node/web1?actions=run`)), { run: true });
  });

  it('refuses what it cannot answer', async () => {
    const missing = await qd.fails(400, 'api.error.parameter.required', 'GET', '/authorizations/application/project');
    assert.match(missing.message, /"actions" is required/);
    await qd.fails(400, 'api.error.parameter.invalid', 'GET', '/authorizations/application/node/x?actions=read');
    await qd.fails(400, 'api.error.parameter.invalid', 'GET', `/authorizations/project/${project}/job/${unique()}?actions=read`);
  });
});

describe('expired tokens', () => {
  it('go by the way of the peer, too', async () => {
    const answer = await qd.ok('POST', '/tokens/*/removeExpired', { status: 200 });
    assert.equal(answer.count, 0);
    assert.match(answer.message, /Removed 0 expired tokens/);
  });
});
