// Who owns which schedule, and taking schedules over. The other member is the same base under another uuid, stopped.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { uuidOf } from '../support/cluster.mjs';
import { freshDatabase } from '../support/databases.mjs';
import { Server, startServer } from '../support/server.mjs';
import { NOWHERE, importJobs, job, newJob, newProject } from '../support/scenario.mjs';

const OLD = uuidOf(1);
const NEW = uuidOf(2);
const daily = { schedule: { crontab: '0 30 5 ? * * *' } };
const cluster = (uuid) => ({ config: { 'rundeck.clusterMode.enabled': 'true' }, framework: { 'rundeck.server.uuid': uuid } });

let qd;
let first;
let second;
const ids = {};
before(async () => {
  const database = await freshDatabase();
  const old = await startServer({ database, ...cluster(OLD) });
  first = await newProject(old);
  second = await newProject(old);
  const jobs = [job({ name: 'a', group: 'ops', ...daily }), job({ name: 'b', ...daily }), job({ name: 'c', ...daily, scheduleEnabled: false }), job({ name: 'plain' })];
  for (const one of (await importJobs(old, first, jobs)).succeeded) ids[one.name] = one.id;
  ids.d = await newJob(old, second, { name: 'd', ...daily });
  await old.stop();
  qd = new Server({ database, base: old.base, ...cluster(NEW) });
  await qd.start();
  await qd.authorize();
});
after(() => qd?.stop());

const takeOver = (json, options = {}) => qd.ok('PUT', '/scheduler/takeover', { json, ...options });
const owned = async (uuid) => (await qd.ok('GET', `/scheduler/server/${uuid}/jobs`)).map((one) => one.id).sort();
const sorted = (...names) => names.map((name) => ids[name]).sort();
const taken = (answer) => answer.takeoverSchedule.jobs.successful.map((one) => one.id).sort();

describe('lists', () => {
  it('of the jobs of a server', async () => {
    const list = await qd.ok('GET', `/scheduler/server/${OLD}/jobs`);
    assert.deepEqual(list.map((one) => one.id).sort(), sorted('a', 'b', 'c', 'd'));
    assert.deepEqual(list.find((one) => one.id === ids.a), {
      id: ids.a, name: 'a', group: 'ops', project: first, description: '', href: `${qd.url}/api/59/job/${ids.a}`,
      permalink: `${qd.url}/project/${first}/job/show/${ids.a}`, scheduled: true, scheduleEnabled: true, enabled: true,
      serverNodeUUID: OLD, serverOwner: false,
    });
    assert.deepEqual(await qd.ok('GET', '/scheduler/jobs'), []);
    assert.deepEqual(await qd.ok('GET', `/scheduler/server/${NOWHERE}/jobs`), []);
    await qd.fails(400, 'api.error.api-version.unsupported', 'GET', '/scheduler/jobs', { version: 16 });
    await qd.fails(400, 'api.error.api-version.unsupported', 'GET', `/scheduler/server/${OLD}/jobs`, { version: 16 });
  });

  it('of a project say who owns what', async () => {
    const list = (query) => qd.ok('GET', `/project/${first}/jobs`, { query });
    const all = await list();
    assert.deepEqual(all.filter((one) => one.serverNodeUUID === OLD && one.serverOwner === false).map((one) => one.id).sort(), sorted('a', 'b', 'c'));
    assert.equal('serverNodeUUID' in all.find((one) => one.id === ids.plain), false);
    const names = async (query) => (await list(query)).map((one) => one.name).sort();
    assert.deepEqual(await names({ serverNodeUUIDFilter: OLD }), ['a', 'b', 'c']);
    assert.deepEqual(await names({ serverNodeUUIDFilter: OLD, scheduledFilter: 'true', jobFilter: 'b' }), ['b']);
    assert.deepEqual(await names({ serverNodeUUIDFilter: NEW }), []);
    assert.deepEqual(await names({ scheduledFilter: 'false' }), ['plain']);
  });
});

describe('takeover', () => {
  it('refuses what says nothing', async () => {
    for (const json of [{}, { server: {} }, { server: { all: false } }, { server: OLD }, { project: first }, { job: {} }, { jobs: [] }]) {
      const { message } = await qd.fails(400, 'api.error.invalid.request', 'PUT', '/scheduler/takeover', { json });
      assert.equal(message, 'Invalid API Request: Expected server.uuid or server.all or job.id in request.');
    }
    await qd.fails(400, 'api.error.invalid.request', 'PUT', '/scheduler/takeover', { json: { jobs: [{ id: ids.a }] }, version: 31 });
    await qd.fails(415, 'api.error.invalid.request', 'PUT', '/scheduler/takeover', { body: '<server all="true"/>', type: 'text/xml' });
    await qd.fails(405, null, 'POST', '/scheduler/takeover', { json: { server: { all: true } } });
    assert.deepEqual(await owned(OLD), sorted('a', 'b', 'c', 'd'));
  });

  it('finds nothing for unknown servers, projects and jobs', async () => {
    for (const json of [{ server: { uuid: NOWHERE } }, { server: { uuid: NEW } }, { server: { all: true }, project: 'nowhere' }, { job: { id: NOWHERE } }, { job: { id: ids.plain } }]) {
      const answer = await takeOver(json);
      assert.equal(answer.message, 'Schedule Takeover successful for 0/0 Jobs.');
      assert.deepEqual(answer.takeoverSchedule.jobs, { failed: [], successful: [], total: 0 });
    }
  });

  it('of one job has the documented shape', async () => {
    assert.equal((await qd.ok('GET', `/job/${ids.a}/info`)).serverNodeUUID, OLD);
    assert.deepEqual(await takeOver({ job: { id: ids.a } }), {
      takeoverSchedule: {
        jobs: {
          failed: [],
          successful: [{ href: `${qd.url}/api/59/job/${ids.a}`, permalink: `${qd.url}/project/${first}/job/show/${ids.a}`, id: ids.a, 'previous-owner': OLD }],
          total: 1,
        },
        server: { uuid: null },
      },
      self: { server: { uuid: NEW } },
      message: 'Schedule Takeover successful for 1/1 Jobs.',
      apiversion: 59,
      success: true,
    });
    assert.deepEqual(await owned(NEW), sorted('a'));
    assert.deepEqual((await qd.ok('GET', '/scheduler/jobs')).map((one) => [one.id, one.serverOwner]), [[ids.a, true]]);
    const info = await qd.ok('GET', `/job/${ids.a}/info`);
    assert.deepEqual([info.serverNodeUUID, info.serverOwner], [NEW, true]);
  });

  it('of several jobs, with a project', async () => {
    const answer = await takeOver({ server: { uuid: OLD }, project: first, jobs: [{ id: ids.b }, { id: ids.d }] }, { version: 32 });
    assert.deepEqual(taken(answer), sorted('b'));
    assert.deepEqual(answer.takeoverSchedule.server, { uuid: OLD });
    assert.equal(answer.takeoverSchedule.project, first);
    assert.deepEqual(await owned(OLD), sorted('c', 'd'));
  });

  it('of all, which leaves out what is ours already', async () => {
    const answer = await takeOver({ server: { all: true } }, { version: 14 });
    assert.deepEqual(taken(answer), sorted('c', 'd'));
    assert.deepEqual(answer.takeoverSchedule.server, { all: true });
    assert.equal(answer.message, 'Schedule Takeover successful for 2/2 Jobs.');
    for (const one of answer.takeoverSchedule.jobs.successful) assert.equal('previous-owner' in one, false);
    assert.deepEqual(await owned(NEW), sorted('a', 'b', 'c', 'd'));
    assert.deepEqual(await owned(OLD), []);
  });

  it('again does nothing', async () => {
    const answer = await takeOver({ server: { all: true } });
    assert.equal(answer.message, 'Schedule Takeover successful for 0/0 Jobs.');
  });
});

it('without cluster mode nothing is done, and that is said', async () => {
  const alone = await startServer({ framework: { 'rundeck.server.uuid': NEW } });
  const answer = await alone.ok('PUT', '/scheduler/takeover', { json: { server: { all: true } } });
  assert.deepEqual(answer, { message: 'No action performed, cluster mode is not enabled.', success: true, apiversion: 59, self: { server: { uuid: NEW } } });
  await alone.stop();
});
