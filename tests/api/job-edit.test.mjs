// What pages for jobs use beyond the peer's API.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startServer } from '../support/server.mjs';
import { job, newJob, newProject, runToEnd, unique } from '../support/scenario.mjs';

let qd;
let project;
before(async () => {
  qd = await startServer();
  project = await newProject(qd);
});
after(() => qd?.stop());

describe('saving a job', () => {
  it('replaces the definition that one began from, and refuses what somebody changed meanwhile', async () => {
    const id = await newJob(qd, project, { name: 'first' });
    const got = await qd.api('GET', `/job/${id}`, { query: { format: 'json' } });
    assert.equal(got.headers.etag, '"1"');
    const [definition] = got.json;
    const saved = await qd.api('PUT', `/job/${id}`, { json: [{ ...definition, description: 'mine', uuid: 'other', group: 'moved' }], query: { revision: 1 } });
    assert.equal(saved.status, 200, saved.text);
    assert.equal(saved.headers.etag, '"2"');
    assert.deepEqual([saved.json[0].uuid, saved.json[0].description, saved.json[0].group], [id, 'mine', 'moved']);
    const late = await qd.fails(409, 'api.error.job.changed', 'PUT', `/job/${id}`, { json: [{ ...definition, description: 'late' }], query: { revision: 1 } });
    assert.match(late.message, /^admin saved this job since you opened it/);
    assert.equal((await qd.ok('GET', `/job/${id}`, { query: { format: 'json' } }))[0].description, 'mine');
    const whatever = await qd.ok('PUT', `/job/${id}`, { body: `- name: third\n  sequence:\n    commands:\n    - exec: "true"\n`, type: 'application/yaml' });
    assert.equal(whatever[0].name, 'third');
    const revisions = await qd.ok('GET', `/job/${id}/revisions`);
    assert.deepEqual(revisions.map((one) => [one.revision, one.savedBy]), [[3, 'admin'], [2, 'admin'], [1, 'admin']]);
    assert.equal((await qd.ok('GET', `/job/${id}/revision/2`))[0].description, 'mine');
    await qd.fails(404, 'api.error.item.doesnotexist', 'GET', `/job/${id}/revision/9`);
  });

  it('says what is wrong with a definition and changes nothing', async () => {
    const id = await newJob(qd, project, { name: 'kept' });
    const bad = async (json, pattern) => {
      const envelope = await qd.fails(400, null, 'PUT', `/job/${id}`, { json });
      assert.match(envelope.message, pattern);
    };
    await bad([{ name: 'kept', sequence: { commands: [] } }], /step|command/i);
    await bad([job(), job()], /one job, not of 2/);
    await bad([{ ...job(), schedule: { crontab: '0 0 0 ? * * 1999' } }], /1999|never|fire/i);
    await qd.fails(400, 'api.error.parameter.invalid', 'PUT', `/job/${id}`, { json: [job()], query: { revision: 'x' } });
    await qd.fails(404, 'api.error.item.doesnotexist', 'PUT', '/job/none', { json: [job()] });
    assert.equal((await qd.ok('GET', `/job/${id}/info`)).name, 'kept');
  });
});

describe('what a run asks for', () => {
  it('is told without the values of secrets and where values come from', async () => {
    const id = await newJob(qd, project, {
      name: unique('asks'),
      options: [
        { name: 'env', label: 'Where', values: ['a', 'b'], enforced: true, value: 'a', required: true },
        { name: 'pass', secure: true, storagePath: 'keys/secret/path' },
        { name: 'remote', valuesUrl: 'http://user:pw@127.0.0.1:9/x' },
      ],
      nodefilters: { filter: 'tags: web', dispatch: { threadcount: '1' } },
      nodeFilterEditable: true,
    });
    const answer = await qd.api('GET', `/job/${id}/input`);
    assert.ok(!/secret|127\.0\.0\.1/.test(answer.text), answer.text);
    const { options, ...nodes } = answer.json;
    assert.deepEqual(options, [
      { name: 'env', label: 'Where', value: 'a', values: ['a', 'b'], required: true, enforced: true },
      { name: 'pass', secure: true, fromStorage: true },
      { name: 'remote', remote: true },
    ]);
    assert.deepEqual(nodes, { nodeFilterEditable: true, nodesSelectedByDefault: true, loglevel: 'INFO', nodeFilter: 'tags: web' });
  });
});

describe('jobs in brief', () => {
  it('are by name and group, with the filters of the list', async () => {
    const own = await newProject(qd);
    const make = (name, fields) => newJob(qd, own, { name, ...fields });
    const ten = await make('job 10', { group: 'web/front', description: 'Ten', scheduleEnabled: false, schedule: { crontab: '0 0 0 1 1 ? 2099' } });
    const nine = await make('Job 9', { executionEnabled: false });
    const other = await make('job 10', { group: 'db' });
    assert.deepEqual(await qd.ok('GET', `/project/${own}/jobs/brief`), {
      groups: ['', 'db', 'web/front'],
      jobs: [
        [nine, 'Job 9', 0, '', false, true, false],
        [other, 'job 10', 1, '', false, true, true],
        [ten, 'job 10', 2, 'Ten', true, false, true],
      ],
    });
    const found = await qd.ok('GET', `/project/${own}/jobs/brief`, { query: { groupPath: 'web' } });
    assert.deepEqual(found.jobs.map(([id]) => id), [ten]);
  });
});

describe('jobs at a glance', () => {
  it('have their last run and their next', async () => {
    const year = new Date().getUTCFullYear() + 1;
    const ran = await newJob(qd, project, { name: unique('ran') });
    const planned = await newJob(qd, project, { name: unique('planned'), schedule: { crontab: `0 0 0 1 1 ? ${year}` } });
    const done = await runToEnd(qd, ran);
    const glances = await qd.ok('GET', `/project/${project}/jobs/glance`, { query: { idlist: `${ran},${planned},none` } });
    assert.deepEqual(Object.keys(glances).sort(), [ran, planned].sort());
    assert.deepEqual([glances[ran].lastExecution.id, glances[ran].lastExecution.status], [done.id, 'succeeded']);
    assert.match(glances[planned].nextScheduledExecution, new RegExp(`^(${year}-01-01|${year - 1}-12-31)T`));
    assert.equal(glances[planned].lastExecution, undefined);
    await qd.fails(400, 'api.error.parameter.required', 'GET', `/project/${project}/jobs/glance`);
    const elsewhere = await newProject(qd);
    assert.deepEqual(await qd.ok('GET', `/project/${elsewhere}/jobs/glance`, { query: { idlist: ran } }), {});
  });
});

describe('a schedule that is being written', () => {
  const check = (json) => qd.ok('POST', `/project/${project}/jobs/validateSchedule`, { json });
  it('is told by its next fires, in either form', async () => {
    const text = await check({ schedule: '0 30 9 ? * MON 2090', timeZone: 'Europe/Vienna' });
    assert.equal(text.valid, true);
    assert.equal(text.times.length, 10);
    assert.equal(text.times[0], '2090-01-02T08:30:00Z');
    const parts = await check({ schedule: { time: { hour: '9', minute: '30', seconds: '0' }, month: '*', weekday: { day: 'MON' }, year: '2090' }, timeZone: 'Europe/Vienna' });
    assert.deepEqual(parts.times, text.times);
  });
  it('or by what is wrong with it', async () => {
    for (const schedule of ['0 99 9 ? * MON', '0 0 0 30 2 ?', '0 0 0 ? * * 1999', 'daily']) {
      const answer = await check({ schedule });
      assert.equal(answer.valid, false, schedule);
      assert.ok(answer.message.length > 10 && answer.times.length === 0, JSON.stringify(answer));
    }
    await qd.fails(400, 'api.error.parameter.required', 'POST', `/project/${project}/jobs/validateSchedule`, { json: {} });
  });
});
