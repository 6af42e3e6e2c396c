// Project schedules: defined once, assigned to jobs with option values, imported and exported as YAML.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { qd as cli } from '../support/cli.mjs';
import { startServer } from '../support/server.mjs';
import { NOWHERE, ended, importJobs, job, lines, newJob, newProject } from '../support/scenario.mjs';
import { until } from '../support/wait.mjs';

let qd;
let project;
before(async () => {
  qd = await startServer();
  project = await newProject(qd);
});
after(() => qd?.stop());

const cron = (name, crontabString, fields = {}) => ({ name, type: 'CRON', crontabString, timeZone: 'UTC', ...fields });
const make = (schedule, inside = project) => qd.ok('POST', `/project/${inside}/schedules`, { json: schedule, status: 201 });
const path = (schedule, more = '') => `/project/${schedule.project}/schedules/${schedule.id}${more}`;
const assign = (schedule, id, argString) => qd.ok('PUT', path(schedule, `/jobs/${id}`), { json: argString === undefined ? {} : { argString } });
const hours = async (id) => {
  const { futureScheduledExecutions } = await qd.ok('GET', `/job/${id}/forecast`);
  return futureScheduledExecutions?.map((date) => new Date(date).toISOString().slice(11, 16)).sort();
};

describe('a definition', () => {
  it('of type CRON', async () => {
    const made = await make(cron('five', '0 0 5 ? * * *', { description: 'Each day' }));
    assert.deepEqual(made, {
      id: made.id, project, name: 'five', description: 'Each day', type: 'CRON', crontabString: '0 0 5 ? * * *', timeZone: 'UTC', retain: false, missedFires: 'skip', jobs: [],
    });
    assert.deepEqual(await qd.ok('GET', path(made)), made);
    assert.deepEqual((await qd.ok('GET', `/project/${project}/schedules`)).find((one) => one.id === made.id), made);
  });

  it('of type SIMPLE', async () => {
    const made = await make({ name: 'noon', type: 'SIMPLE', schedule: { hour: '12', minute: '00', dayOfWeek: 'MON,TUE', month: 'JAN,APR' }, retain: true, missedFires: 'once' });
    assert.deepEqual(made.schedule, { dayOfWeek: 'MON,TUE', hour: '12', minute: '00', month: 'JAN,APR' });
    assert.deepEqual([made.type, made.timeZone, made.retain, made.missedFires], ['SIMPLE', '', true, 'once']);
    const id = await newJob(qd, project, {});
    await assign(made, id);
    const { futureScheduledExecutions } = await qd.ok('GET', `/job/${id}/forecast`, { query: { time: '2y' } });
    for (const date of futureScheduledExecutions.map((text) => new Date(text))) {
      assert.ok([0, 3].includes(date.getUTCMonth()) && [1, 2].includes(date.getUTCDay()), date.toISOString());
    }
    assert.ok(futureScheduledExecutions.length > 0);
  });

  it('can be changed and deleted', async () => {
    const made = await make(cron('change me', '0 0 5 ? * * *'));
    const changed = await qd.ok('PUT', path(made), { json: cron('changed', '0 0 6 ? * * *', { timeZone: 'Europe/Berlin' }) });
    assert.deepEqual(changed, { ...made, name: 'changed', crontabString: '0 0 6 ? * * *', timeZone: 'Europe/Berlin' });
    await qd.ok('DELETE', path(made), { status: 204 });
    for (const method of ['GET', 'DELETE']) await qd.fails(404, 'api.error.item.doesnotexist', method, path(made));
    await qd.fails(404, 'api.error.item.doesnotexist', 'PUT', path(made), { json: cron('x', '0 0 6 ? * * *') });
    await qd.fails(404, 'api.error.item.doesnotexist', 'GET', `/project/${project}/schedules/none`);
  });

  it('refuses what is wrong, by field', async () => {
    for (const [schedule, what] of [
      [cron('', '0 0 5 ? * * *'), /'name'/],
      [cron('a', ''), /'crontabString'/],
      [cron('a', '0 0 25 ? * * *'), /"a".*hour/i],
      [cron('a', '0 0 5 ? * * 1999'), /never/],
      [cron('a', '0 0 5 ? * * *', { timeZone: 'Mars/Olympus' }), /Mars/],
      [{ name: 'a', type: 'HOURLY' }, /'type'/],
      [{ name: 'a', type: 'SIMPLE' }, /'schedule'/],
      [{ name: 'a', type: 'SIMPLE', schedule: { minute: '5' } }, /hour/],
      [cron('a', '0 0 5 ? * * *', { missedFires: 'maybe' }), /'missedFires'/],
      [cron('n'.repeat(300), '0 0 5 ? * * *'), /'name'/],
    ]) {
      const { message } = await qd.fails(400, null, 'POST', `/project/${project}/schedules`, { json: schedule });
      assert.match(message, what);
    }
    await make(cron('taken', '0 0 5 ? * * *'));
    await qd.fails(409, 'api.error.item.alreadyexists', 'POST', `/project/${project}/schedules`, { json: cron('taken', '0 0 5 ? * * *') });
    const other = await make(cron('free', '0 0 5 ? * * *'));
    await qd.fails(409, 'api.error.item.alreadyexists', 'PUT', path(other), { json: cron('taken', '0 0 5 ? * * *') });
    await make(cron('taken', '0 0 5 ? * * *'), await newProject(qd));
    await qd.fails(404, 'api.error.project.missing', 'GET', '/project/nowhere/schedules');
  });
});

describe('assigned to jobs', () => {
  it('gives them fires, beside their own schedule', async () => {
    const [plain, own] = (await importJobs(qd, project, [job({ name: 'plain' }), job({ name: 'own', group: 'g', schedule: { crontab: '0 0 3 ? * * *' }, timeZone: 'UTC' })])).succeeded.map((one) => one.id);
    const [a, b] = [await make(cron('at 7', '0 0 7 ? * * *')), await make(cron('at 8', '0 0 8 ? * * *'))];
    for (const schedule of [a, b]) await assign(schedule, plain);
    const { jobs } = await assign(a, own, '-env prod');
    assert.deepEqual(jobs.find((one) => one.id === own), {
      id: own, argString: '-env prod', name: 'own', group: 'g', href: `${qd.url}/api/59/job/${own}`, permalink: `${qd.url}/project/${project}/job/show/${own}`,
    });
    assert.deepEqual(await hours(plain), ['07:00', '08:00']);
    assert.deepEqual(await hours(own), ['03:00', '07:00']);

    const scheduled = async () => (await qd.ok('GET', `/project/${project}/jobs`, { query: { scheduledFilter: 'true', jobExactFilter: 'plain' } })).length;
    assert.equal(await scheduled(), 1);
    assert.equal((await qd.ok('GET', `/job/${plain}/info`)).scheduled, true);
    assert.ok((await qd.ok('GET', '/scheduler/jobs')).some((one) => one.id === plain));

    await qd.ok('PUT', path(a), { json: cron('at 9', '0 0 9 ? * * *') });
    assert.deepEqual(await hours(plain), ['08:00', '09:00']);
    assert.equal((await qd.ok('GET', path(a))).jobs.find((one) => one.id === own).argString, '-env prod');
    await qd.ok('DELETE', path(b, `/jobs/${plain}`), { status: 204 });
    assert.deepEqual(await hours(plain), ['09:00']);
    await qd.ok('DELETE', path(a), { status: 204 });
    assert.equal(await hours(plain), undefined);
    assert.deepEqual(await hours(own), ['03:00']);
    assert.equal(await scheduled(), 0);
    assert.equal((await qd.ok('GET', `/job/${plain}/info`)).scheduled, false);
  });

  it('follows the job: saved, switched off and on, deleted', async () => {
    const id = await newJob(qd, project, { name: 'followed' });
    const schedule = await make(cron('followed', '0 0 7 ? * * *'));
    await assign(schedule, id);
    const again = await importJobs(qd, project, [job({ name: 'followed', steps: ['echo new'] })], { dupeOption: 'update' });
    assert.equal(again.succeeded[0]?.id, id, JSON.stringify(again));
    assert.deepEqual(await hours(id), ['07:00']);
    assert.equal((await qd.ok('GET', `/project/${project}/jobs`, { query: { idlist: id } }))[0].scheduled, true);
    await qd.ok('POST', `/job/${id}/schedule/disable`);
    assert.equal(await hours(id), undefined);
    await qd.ok('POST', `/job/${id}/schedule/enable`);
    assert.deepEqual(await hours(id), ['07:00']);
    await qd.ok('DELETE', `/job/${id}`);
    assert.deepEqual((await qd.ok('GET', path(schedule))).jobs, []);
  });

  it('all at once, or none when one is missing', async () => {
    const schedule = await make(cron('set', '0 0 7 ? * * *'));
    const ids = (await importJobs(qd, project, [job(), job(), job()])).succeeded.map((one) => one.id).sort();
    const put = (json) => qd.ok('PUT', path(schedule, '/jobs'), { json });
    const assigned = (answer) => answer.jobs.map((one) => [one.id, one.argString]);
    assert.deepEqual(assigned(await put([{ id: ids[0] }, { id: ids[1], argString: '-a 1' }])), [[ids[0], ''], [ids[1], '-a 1']]);
    assert.deepEqual(assigned(await put([{ id: ids[1] }, { id: ids[2] }])), [[ids[1], ''], [ids[2], '']]);
    const missing = await qd.fails(404, 'api.error.item.doesnotexist', 'PUT', path(schedule, '/jobs'), { json: [{ id: ids[0] }, { id: NOWHERE }] });
    assert.ok(missing.message.includes(NOWHERE));
    assert.deepEqual(assigned(await qd.ok('GET', path(schedule))), [[ids[1], ''], [ids[2], '']]);
    const stranger = await newJob(qd, await newProject(qd), {});
    await qd.fails(404, 'api.error.item.doesnotexist', 'PUT', path(schedule, `/jobs/${stranger}`), { json: {} });
    await qd.fails(404, null, 'DELETE', path(schedule, `/jobs/${ids[0]}`));
    for (const json of [{}, ['x'], [{ argString: '-a' }], [{ id: ids[0], argString: 5 }]]) {
      await qd.fails(400, 'api.error.invalid.request', 'PUT', path(schedule, '/jobs'), { json });
    }
    assert.deepEqual(assigned(await put([])), []);
  });

  it('fires with its option values', async () => {
    const id = await newJob(qd, project, { options: [{ name: 'env', value: 'test' }], steps: ['echo "in ${option.env}"'] });
    const schedule = await make(cron('each second', '* * * * * ? *'));
    await assign(schedule, id, '-env "the prod"');
    const fire = await until(async () => (await qd.ok('GET', `/job/${id}/fires`)).fires.find((one) => one.execution), { what: 'a fire' });
    await qd.ok('DELETE', path(schedule, `/jobs/${id}`));
    assert.deepEqual(fire.projectSchedule, { id: schedule.id, name: 'each second' });
    const execution = await ended(qd, fire.execution.id);
    assert.equal(execution.status, 'succeeded');
    assert.equal(execution.argstring, '-env "the prod"');
    assert.deepEqual(await lines(qd, execution.id), ['in the prod']);
  });
});

describe('YAML', () => {
  const documented = `- description: every day at noon
  id: 166
  name: Noon refresh
  project: schedules-demo
  schedule:
    dayOfWeek: MON,TUE,WED,THU,FRI
    hour: '12'
    minute: '00'
    month: JAN,APR
  timeZone: ''
  type: SIMPLE
- crontabString: 0 */5 * ? * * *
  description: every 5 minutes
  id: 167
  name: Test
  project: schedules-demo
  timeZone: ''
  type: CRON
`;
  const upload = (inside, body) => qd.ok('POST', `/project/${inside}/schedules/import`, { body, type: 'application/yaml' });
  const yaml = (inside) => qd.ok('GET', `/project/${inside}/schedules`, { query: { format: 'yaml' } });

  it('in the documented form is read, and written again', async () => {
    const inside = await newProject(qd);
    const { succeeded, failed } = await upload(inside, documented);
    assert.deepEqual(failed, []);
    assert.deepEqual(succeeded.map((one) => [one.name, one.created]), [['Noon refresh', true], ['Test', true]]);
    const ids = succeeded.map((one) => one.id);
    const expected = documented.replaceAll('schedules-demo', inside).replace('id: 166', `id: ${ids[0]}`).replace('id: 167', `id: ${ids[1]}`);
    const unquoted = (text) => text.replaceAll(/['"]/g, '');
    const written = await yaml(inside);
    assert.equal(unquoted(written), unquoted(expected));
    const copy = await newProject(qd);
    await upload(copy, written);
    assert.equal((await yaml(copy)).replaceAll(/^  (id|project): .*$/gm, ''), written.replaceAll(/^  (id|project): .*$/gm, ''));
    const one = await qd.ok('GET', `/project/${inside}/schedules/${ids[1]}`, { query: { format: 'yaml' } });
    assert.ok(one.includes('name: Test') && !one.includes('Noon'), one);
  });

  it('again updates by name, and keeps the jobs', async () => {
    const inside = await newProject(qd);
    const [first] = (await upload(inside, documented)).succeeded;
    const id = await newJob(qd, inside, {});
    await assign({ project: inside, id: first.id }, id, '-a b');
    const again = await upload(inside, documented.replace("hour: '12'", 'hour: 13'));
    assert.deepEqual(again.succeeded.map((one) => [one.id, one.created]), (await qd.ok('GET', `/project/${inside}/schedules`)).map((one) => [one.id, false]));
    const kept = await qd.ok('GET', `/project/${inside}/schedules/${first.id}`);
    assert.equal(kept.schedule.hour, '13');
    assert.deepEqual(kept.jobs.map((one) => [one.id, one.argString]), [[id, '-a b']]);
  });

  it('with one bad entry takes the others', async () => {
    const inside = await newProject(qd);
    const { succeeded, failed } = await upload(inside, "- {name: good, type: CRON, crontabString: '0 0 5 ? * * *'}\n- {name: bad, type: CRON, crontabString: x}\n- just text\n");
    assert.deepEqual(succeeded.map((one) => one.name), ['good']);
    assert.deepEqual(failed.map((one) => one.name), ['bad', '']);
    assert.ok(failed.every((one) => one.error.length > 10));
    for (const body of ['text', '5', '- [', '']) await qd.fails(400, null, 'POST', `/project/${inside}/schedules/import`, { body, type: 'application/yaml' });
  });
});

it('a project takes its schedules along', async () => {
  const inside = await newProject(qd);
  const schedule = await make(cron('gone', '* * * * * ? *'), inside);
  await assign(schedule, await newJob(qd, inside, {}));
  await until(async () => (await qd.ok('GET', `/project/${inside}/fires`)).fires.length > 0, { what: 'a fire' });
  await qd.ok('DELETE', path(schedule));
  await until(async () => (await qd.api('DELETE', `/project/${inside}`)).status === 204, { what: 'its executions to end, and the project to go' });
  await qd.ok('POST', '/projects', { json: { name: inside } });
  assert.deepEqual(await qd.ok('GET', `/project/${inside}/schedules`), []);
  assert.deepEqual((await qd.ok('GET', `/project/${inside}/fires`)).fires, []);
});

it('qd schedules loads, lists, assigns, saves and deletes', async () => {
  const inside = await newProject(qd);
  const id = await newJob(qd, inside, { name: 'told', group: 'g' });
  const good = async (args, options) => {
    const result = await cli(qd, ['schedules', ...args, '-p', inside], options);
    assert.equal(result.code, 0, `${args}: ${result.err}${result.out}`);
    return result.out + result.err;
  };
  assert.match(await good(['load', '-f', '-'], { input: "- {name: nightly, type: CRON, crontabString: '0 0 5 ? * * *', timeZone: UTC}\n" }), /nightly was made/);
  await good(['assign', '-s', 'nightly', '-j', 'g/told', '--options', '-env prod']);
  assert.deepEqual(await hours(id), ['05:00']);
  assert.match(await good(['list']), /^\d+ nightly: 0 0 5 \? \* \* \* UTC, 1 job$/m);
  assert.match(await good(['list', '-f', '-']), /name: nightly/);
  await good(['unassign', '-s', 'nightly', '-i', id]);
  assert.equal(await hours(id), undefined);
  await good(['delete', '-s', 'nightly', '--confirm']);
  const gone = await cli(qd, ['schedules', 'delete', '-s', 'nightly', '--confirm', '-p', inside]);
  assert.equal(gone.code, 2);
  assert.match(gone.err, /no schedule "nightly"/);
  const bad = await cli(qd, ['schedules', 'load', '-f', '-', '-p', inside], { input: '- {name: bad}\n' });
  assert.equal(bad.code, 1);
  assert.match(bad.err, /bad/);
});
