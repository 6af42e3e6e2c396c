// Listing, deleting and toggling jobs, and what is told about one.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startServer } from '../support/server.mjs';
import { NOWHERE, importJobs, job, lines, newJob, newProject, run, runToEnd, unique } from '../support/scenario.mjs';

let qd;
before(async () => {
  qd = await startServer();
});
after(() => qd?.stop());

const daily = { crontab: '0 30 5 ? * * *' };

describe('the list of jobs', () => {
  let project;
  const ids = {};
  before(async () => {
    project = await newProject(qd);
    const jobs = [
      job({ name: 'plain', description: 'About it\nand more' }),
      job({ name: 'backup', group: 'ops', schedule: daily }),
      job({ name: 'backup db', group: 'ops/db', schedule: daily, scheduleEnabled: false }),
      job({ name: 'off', group: 'opsx', executionEnabled: false }),
      job({ name: 'Übung', group: 'ops' }),
    ];
    for (const item of (await importJobs(qd, project, jobs)).succeeded) ids[item.name] = item.id;
  });

  const list = (query) => qd.ok('GET', `/project/${project}/jobs`, { query });
  const names = async (query) => (await list(query)).map((item) => item.name).sort();

  it('tells of each job', async () => {
    const all = await list();
    assert.equal(all.length, 5);
    const backup = all.find((item) => item.name === 'backup');
    assert.deepEqual(
      { ...backup },
      {
        id: ids.backup, name: 'backup', group: 'ops', project, description: '', href: `${qd.url}/api/59/job/${ids.backup}`,
        permalink: `${qd.url}/project/${project}/job/show/${ids.backup}`, scheduled: true, scheduleEnabled: true, enabled: true,
      },
    );
    const plain = all.find((item) => item.name === 'plain');
    assert.equal(plain.group, null);
    assert.equal(plain.scheduled, false);
    assert.match(plain.description, /^About it/);
    assert.equal(all.find((item) => item.name === 'off').enabled, false);
    assert.equal(all.find((item) => item.name === 'backup db').scheduleEnabled, false);
  });

  for (const [what, query, expected] of [
    ['groupPath with sub-groups', { groupPath: 'ops' }, ['backup', 'backup db', 'Übung']],
    ['groupPath -', { groupPath: '-' }, ['plain']],
    ['groupPath *', { groupPath: '*' }, ['backup', 'backup db', 'off', 'plain', 'Übung']],
    ['groupPathExact', { groupPathExact: 'ops' }, ['backup', 'Übung']],
    ['groupPathExact -', { groupPathExact: '-' }, ['plain']],
    ['jobFilter', { jobFilter: 'backup' }, ['backup', 'backup db']],
    ['jobExactFilter', { jobExactFilter: 'backup' }, ['backup']],
    ['jobExactFilter beyond ASCII', { jobExactFilter: 'Übung' }, ['Übung']],
    ['scheduledFilter=true', { scheduledFilter: 'true' }, ['backup', 'backup db']],
    ['scheduledFilter=false', { scheduledFilter: 'false' }, ['off', 'plain', 'Übung']],
    ['several', { groupPath: 'ops', scheduledFilter: 'true', jobFilter: 'db' }, ['backup db']],
    ['nothing fits', { jobFilter: 'zzz' }, []],
    ['quotes', { jobFilter: "' OR '1'='1" }, []],
    ['wildcards', { jobFilter: 'b%p' }, []],
  ]) {
    it(`filtered by ${what}`, async () => assert.deepEqual(await names(query), expected));
  }

  it('filtered by idlist', async () => assert.deepEqual(await names({ idlist: `${ids.plain},${ids.off},${NOWHERE}` }), ['off', 'plain']));

  it('but not by more values than a database takes', async () => {
    const many = (name, count) => Array.from({ length: count }, (_, at) => [name, `x${at}`]);
    const refused = async (...request) => assert.match((await qd.fails(400, 'api.error.parameter.invalid', ...request)).message, /Ask in several requests/);
    await refused('GET', `/project/${project}/jobs`, { query: { tags: many('', 1500).map(([, tag]) => tag).join(',') } });
    await refused('POST', `/project/${project}/jobs/browse`, { json: { idlist: many('', 300_000).map(([, id]) => id).join(',') } });
    const jobs = new URLSearchParams(many('jobListFilter', 1500));
    await refused('GET', `/project/${project}/executions?${jobs}`);
  });

  it('by pages', async () => {
    const all = (await list()).map((item) => item.id);
    const pages = [];
    for (const offset of [0, 2, 4, 6]) pages.push(...(await list({ max: 2, offset })).map((item) => item.id));
    assert.deepEqual(pages, all);
  });

  it('by pages that are full, however many jobs may not be seen between', async () => {
    const project = await newProject(qd);
    const jobs = Array.from({ length: 600 }, (_, at) => ({
      name: `job ${String(at).padStart(3, '0')}`, group: at % 5 ? `hidden/${at % 7}` : `team/${at % 3}`, sequence: { commands: [{ exec: 'true' }] },
    }));
    const imported = await qd.ok('POST', `/project/${project}/jobs/import`, { json: jobs, query: { format: 'json' } });
    assert.deepEqual(imported.failed, []);
    const contents = JSON.stringify({ description: 'pages', context: { project }, for: { job: [{ match: { group: 'team/.*' }, allow: 'view' }] }, by: { group: project } });
    await qd.ok('POST', `/system/acl/${project}.aclpolicy`, { json: { contents }, status: 201 });
    const { token } = await qd.ok('POST', '/tokens', { json: { user: 'pages', roles: [project] }, status: 201 });
    const seen = async (query) => (await qd.ok('GET', `/project/${project}/jobs`, { query, token })).map((job) => job.name);
    const all = await seen({});
    assert.equal(all.length, 120);
    const pages = [];
    for (let offset = 0; offset < 140; offset += 35) pages.push(await seen({ max: 35, offset }));
    assert.deepEqual(pages.map((page) => page.length), [35, 35, 35, 15]);
    assert.deepEqual(pages.flat(), all);
    assert.deepEqual(await seen({ max: 35, offset: 120 }), []);
    await qd.ok('DELETE', `/system/acl/${project}.aclpolicy`, { status: 204 });
  });
});

describe('deleting', () => {
  it('one job', async () => {
    const project = await newProject(qd);
    const id = await newJob(qd, project, {});
    await qd.ok('DELETE', `/job/${id}`, { status: 204 });
    await qd.fails(404, 'api.error.item.doesnotexist', 'GET', `/job/${id}`);
    assert.deepEqual(await qd.ok('GET', `/project/${project}/jobs`), []);
  });

  it('a job leaves its executions readable', async () => {
    const project = await newProject(qd);
    const id = await newJob(qd, project, { steps: ['echo still here'] });
    const done = await runToEnd(qd, id);
    await qd.ok('DELETE', `/job/${id}`, { status: 204 });
    assert.equal((await qd.ok('GET', `/execution/${done.id}`)).status, 'succeeded');
    assert.deepEqual(await lines(qd, done.id), ['still here']);
  });

  it('many, by every way to name them', async () => {
    const project = await newProject(qd);
    const made = async (count) => (await importJobs(qd, project, Array.from({ length: count }, () => job()))).succeeded.map((item) => item.id);
    for (const [method, options] of [
      ['POST', ([a, b]) => ({ json: { ids: [a], idlist: b } })],
      ['POST', ([a, b]) => ({ query: { idlist: `${a},${b}` } })],
      ['POST', (both) => ({ query: { ids: both } })],
      ['DELETE', ([a, b]) => ({ query: { ids: a, idlist: b } })],
    ]) {
      const ids = await made(2);
      const answer = await qd.ok(method, '/jobs/delete', options(ids));
      assert.equal(answer.requestCount, 2);
      assert.equal(answer.allsuccessful, true, JSON.stringify(answer));
      assert.deepEqual(answer.succeeded.map((item) => item.id).sort(), [...ids].sort());
      for (const item of answer.succeeded) assert.ok(item.message);
    }
    assert.deepEqual(await qd.ok('GET', `/project/${project}/jobs`), []);
  });

  it('many, of which some do not exist', async () => {
    const id = await newJob(qd, await newProject(qd), {});
    const answer = await qd.ok('POST', '/jobs/delete', { json: { ids: [id, NOWHERE] } });
    assert.equal(answer.requestCount, 2);
    assert.equal(answer.allsuccessful, false);
    assert.deepEqual(answer.succeeded.map((item) => item.id), [id]);
    assert.deepEqual(answer.failed.map((item) => [item.id, item.errorCode]), [[NOWHERE, 'notfound']]);
  });

  it('none is an error', async () => {
    await qd.fails(400, null, 'POST', '/jobs/delete', { json: {} });
  });
});

describe('toggles', () => {
  it('executions of a job', async () => {
    const id = await newJob(qd, await newProject(qd), {});
    assert.deepEqual(await qd.ok('POST', `/job/${id}/execution/disable`), { success: true });
    assert.equal((await qd.ok('GET', `/job/${id}/info`)).enabled, false);
    const refused = await qd.fails(400, null, 'POST', `/job/${id}/run`);
    assert.match(refused.message, /disabled/i);
    assert.deepEqual(await qd.ok('POST', `/job/${id}/execution/enable`), { success: true });
    assert.equal((await runToEnd(qd, id)).status, 'succeeded');
  });

  it('the schedule of a job', async () => {
    const id = await newJob(qd, await newProject(qd), { schedule: daily });
    assert.deepEqual(await qd.ok('POST', `/job/${id}/schedule/disable`), { success: true });
    let info = await qd.ok('GET', `/job/${id}/info`);
    assert.deepEqual([info.scheduled, info.scheduleEnabled, info.enabled], [true, false, true]);
    assert.deepEqual(await qd.ok('POST', `/job/${id}/schedule/enable`), { success: true });
    info = await qd.ok('GET', `/job/${id}/info`);
    assert.equal(info.scheduleEnabled, true);
  });

  for (const [what, key] of [['execution', 'enabled'], ['schedule', 'scheduleEnabled']]) {
    it(`${what} of many`, async () => {
      const project = await newProject(qd);
      const ids = (await importJobs(qd, project, [job({ schedule: daily }), job({ schedule: daily })])).succeeded.map((item) => item.id);
      for (const [verb, value] of [['disable', false], ['enable', true]]) {
        const answer = await qd.ok('POST', `/jobs/${what}/${verb}`, { json: { ids: [ids[0], NOWHERE], idlist: ids[1] } });
        assert.equal(answer.requestCount, 3);
        assert.equal(answer.enabled, value);
        assert.equal(answer.allsuccessful, false);
        assert.deepEqual(answer.succeeded.map((item) => item.id).sort(), [...ids].sort());
        assert.deepEqual(answer.failed.map((item) => [item.id, item.errorCode]), [[NOWHERE, 'notfound']]);
        for (const id of ids) assert.equal((await qd.ok('GET', `/job/${id}/info`))[key], value);
      }
    });
  }
});

describe('about one job', () => {
  it('its metadata', async () => {
    const project = await newProject(qd);
    const name = unique();
    const id = await newJob(qd, project, { name, group: 'g', description: 'd', schedule: daily });
    await runToEnd(qd, id);
    const info = await qd.ok('GET', `/job/${id}/info`);
    assert.deepEqual(
      { id: info.id, name: info.name, group: info.group, project: info.project, description: info.description, scheduled: info.scheduled, enabled: info.enabled },
      { id, name, group: 'g', project, description: 'd', scheduled: true, enabled: true },
    );
    assert.ok(info.href.endsWith(`/job/${id}`));
    assert.equal(typeof info.averageDuration, 'number');
    assert.ok(info.averageDuration >= 0 && info.averageDuration < 60_000);
  });

  it('its workflow, without end where jobs call each other in many steps', async () => {
    const project = await newProject(qd);
    const id = await newJob(qd, project, { name: 'loop' });
    const commands = Array.from({ length: 200 }, (_, at) => (at % 2 ? { jobref: { uuid: id, name: 'loop' } } : { jobref: { name: 'loop', group: '' } }));
    const saved = await qd.ok('POST', `/project/${project}/jobs/import`, { json: [{ name: 'loop', uuid: id, sequence: { commands } }], query: { format: 'json', dupeOption: 'update' } });
    assert.deepEqual(saved.failed, []);
    const { workflow } = await qd.ok('GET', `/job/${id}/workflow`);
    assert.deepEqual([workflow.length, workflow[0].workflow.length, workflow[0].workflow[0].workflow.length], [200, 200, 200]);
    const count = (steps) => steps.reduce((sum, step) => sum + 1 + count(step.workflow ?? []), 0);
    assert.ok(count(workflow) < 6_000, `${count(workflow)} steps`);
    assert.equal(workflow[199].jobId, id, 'the last ones are named, too');
  });

  it('its workflow, with referenced jobs', async () => {
    const project = await newProject(qd);
    const inner = job({ group: 'in', steps: [{ script: 'echo secret text', description: 'inner script' }] });
    const outer = job({
      steps: [
        { exec: 'echo command', description: 'first' },
        { scriptfile: '/some/file' },
        { scripturl: 'http://127.0.0.1:1/x' },
        { jobref: { name: inner.name, group: 'in', nodeStep: 'true' } },
        { type: 'some-plugin', nodeStep: false, configuration: { a: 'b' } },
      ],
    });
    const [innerItem, outerItem] = (await importJobs(qd, project, [inner, outer])).succeeded;
    const { workflow } = await qd.ok('GET', `/job/${outerItem.id}/workflow`);
    assert.equal(workflow.length, 5);
    assert.deepEqual([workflow[0].exec, workflow[0].description], ['echo command', 'first']);
    assert.equal(workflow[1].scriptfile, '/some/file');
    assert.equal(workflow[2].scripturl, 'http://127.0.0.1:1/x');
    assert.equal(workflow[3].jobref.name, inner.name);
    assert.equal(workflow[3].jobId, innerItem.id);
    assert.ok(workflow[3].workflow[0].script);
    assert.equal(workflow[3].workflow[0].description, 'inner script');
    assert.equal(workflow[4].type, 'some-plugin');
    assert.equal(String(workflow[4].nodeStep), 'false');
  });

  it('its workflow, when it references itself', async () => {
    const name = unique();
    const id = await newJob(qd, await newProject(qd), { name, steps: [{ jobref: { name, group: '' } }] });
    assert.equal((await qd.ok('GET', `/job/${id}/workflow`)).workflow.length, 1);
  });

  it('its executions: none, then one', async () => {
    const id = await newJob(qd, await newProject(qd), {});
    assert.deepEqual((await qd.ok('GET', `/job/${id}/executions`)).executions, []);
    const { id: execution } = await run(qd, id);
    assert.equal((await qd.ok('GET', `/job/${id}/executions`)).executions[0].id, execution);
  });
});
