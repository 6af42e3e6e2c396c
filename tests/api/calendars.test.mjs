// Calendars of the system and of projects: kept as they were given, and honoured by forecasts and fires.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { uuidOf } from '../support/cluster.mjs';
import { freshDatabase } from '../support/databases.mjs';
import { startServer } from '../support/server.mjs';
import { NOWHERE, newJob, newProject } from '../support/scenario.mjs';
import { until } from '../support/wait.mjs';

let qd;
before(async () => {
  qd = await startServer();
});
after(() => qd?.stop());

const DAY = 86_400_000;
const hourly = { schedule: { crontab: '0 30 * ? * * *' }, timeZone: 'UTC' };
const workdays = ['MON', 'TUE', 'WED', 'THU', 'FRI'];
const everyDay = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const weekly = (days, fields = {}) => ({ name: 'c', calendarType: 'blackout', dateType: 'weekly', dateDefinition: days, allReference: true, ...fields });

const system = (calendar) => qd.ok('POST', '/system/calendars', { json: calendar });
const of = (project, calendar) => qd.ok('POST', `/project/${project}/calendars`, { json: calendar });
const fires = async (id, query = { time: '2w' }) => (await qd.ok('GET', `/job/${id}/forecast`, { query })).futureScheduledExecutions.map((date) => new Date(date));

describe('calendars of a project', () => {
  let project;
  let id;
  before(async () => {
    project = await newProject(qd);
    id = await newJob(qd, project, { name: 'j', group: 'ops', ...hourly });
  });

  it('are kept in the documented shape', async () => {
    const given = {
      name: 'New Calendar', description: 'test', calendarType: 'blackout', level: 'project', project, dateType: 'date',
      dateDefinition: ['2019/12/07', '2020/01/01'], enable: true, allReference: false, recurrent: false, objects: [{ uuid: id, name: 'whatever' }],
    };
    const made = await of(project, given);
    const expected = { ...given, id: made.id, objects: [{ uuid: id, name: 'ops/j' }] };
    assert.ok(Number.isInteger(made.id) && made.id > 0);
    assert.deepEqual(made, expected);
    assert.deepEqual(await qd.ok('GET', `/project/${project}/calendars`), [expected]);

    const changed = await of(project, { ...given, id: made.id, name: 'Other', dateType: 'monthly', dateDefinition: ['30', 31] });
    assert.deepEqual(changed, { ...expected, name: 'Other', dateType: 'monthly', dateDefinition: [30, 31] });
    assert.deepEqual(await qd.ok('GET', `/project/${project}/calendars`), [changed]);
    assert.equal((await qd.api('DELETE', `/project/${project}/calendars/${made.id}`)).status, 204);
    assert.deepEqual(await qd.ok('GET', `/project/${project}/calendars`), []);
    await qd.fails(404, 'api.error.item.doesnotexist', 'DELETE', `/project/${project}/calendars/${made.id}`);
  });

  it('an unknown id makes a new one; names are unique', async () => {
    const made = await of(project, weekly(['SAT'], { id: 999_999, name: 'one', enable: false }));
    assert.notEqual(made.id, 999_999);
    const { message } = await qd.fails(409, null, 'POST', `/project/${project}/calendars`, { json: weekly(['SAT'], { name: 'one' }) });
    assert.match(message, /"one"/);
    const elsewhere = await newProject(qd);
    const same = await of(elsewhere, weekly(['SAT'], { name: 'one', id: made.id }));
    assert.notEqual(same.id, made.id);
    await qd.fails(404, null, 'DELETE', `/project/${elsewhere}/calendars/${made.id}`);
    await qd.ok('DELETE', `/project/${project}/calendars/${made.id}`, { status: 204 });
  });

  it('forecasts and the next fire honour them', async () => {
    const before_ = await fires(id);
    const calendar = await of(project, weekly(['SAT', 'SUN'], { name: 'weekend' }));
    const later = await fires(id);
    assert.ok(later.length < before_.length);
    assert.ok(later.every((date) => ![0, 6].includes(date.getUTCDay())));
    await of(project, { ...calendar, calendarType: 'allowed' });
    const only = await fires(id);
    assert.ok(only.length > 0 && only.every((date) => [0, 6].includes(date.getUTCDay())));
    const { nextScheduledExecution } = await qd.ok('GET', `/job/${id}/info`);
    assert.equal(Date.parse(nextScheduledExecution), only[0].getTime());
    await of(project, { ...calendar, enable: false });
    assert.equal((await fires(id)).length, before_.length);
    await of(project, weekly(everyDay, { id: calendar.id, name: 'weekend' }));
    assert.deepEqual(await fires(id), []);
    assert.equal('nextScheduledExecution' in (await qd.ok('GET', `/job/${id}/info`)), false);
    await qd.ok('DELETE', `/project/${project}/calendars/${calendar.id}`);
    assert.equal((await fires(id)).length, before_.length);
  });

  it('hold for the jobs that they name', async () => {
    const other = await newJob(qd, project, hourly);
    const calendar = await of(project, weekly(everyDay, { name: 'one job', allReference: false, objects: [{ uuid: other, name: '' }] }));
    assert.deepEqual(await fires(other), []);
    assert.ok((await fires(id)).length > 0);
    await qd.ok('DELETE', `/project/${project}/calendars/${calendar.id}`);
  });

  it('times of day, and blackouts win over what is allowed', async () => {
    const allowed = await of(project, { name: 'office', calendarType: 'allowed', dateType: 'daily', dateDefinition: ['08:00', '17:00'], allReference: true });
    assert.ok((await fires(id)).every((date) => date.getUTCHours() >= 8 && date.getUTCHours() < 17));
    const blackout = await of(project, { name: 'noon', dateType: 'daily', dateDefinition: ['12:00', '12:59'], allReference: true });
    const both = await fires(id);
    assert.deepEqual([...new Set(both.map((date) => date.getUTCHours()))].sort((a, b) => a - b), [8, 9, 10, 11, 13, 14, 15, 16]);
    for (const calendar of [allowed, blackout]) await qd.ok('DELETE', `/project/${project}/calendars/${calendar.id}`);
  });

  it('a fire that they exclude is skipped, and says by which', async () => {
    const each = await newJob(qd, project, { schedule: { crontab: '* * * * * ? *' } });
    const calendar = await of(project, weekly(everyDay, { name: 'freeze', allReference: false, objects: [{ uuid: each }] }));
    const skipped = await until(async () => (await qd.ok('GET', `/job/${each}/fires`, { query: { state: 'skipped' } })).fires[0], { what: 'a skipped fire' });
    assert.match(skipped.reason, /calendar "freeze"/);
    assert.equal(skipped.execution, null);
    await qd.ok('DELETE', `/project/${project}/calendars/${calendar.id}`);
    await until(async () => (await qd.ok('GET', `/job/${each}/fires`, { query: { from: skipped.due } })).fires.some((fire) => fire.execution), { what: 'a fire that runs again' });
    await qd.ok('POST', `/job/${each}/schedule/disable`);
  });

  it('refuse what is wrong, by field', async () => {
    for (const [calendar, field] of [
      [weekly(['SAT'], { name: '' }), 'name'],
      [weekly(['SAT'], { calendarType: 'grey' }), 'calendarType'],
      [weekly(['SAT'], { dateType: 'yearly' }), 'dateType'],
      [weekly(['XXX']), 'dateDefinition'],
      [weekly([]), 'dateDefinition'],
      [weekly(['SAT'], { dateType: 'date', dateDefinition: ['2026/02/30'] }), 'dateDefinition'],
      [weekly(['SAT'], { objects: [{ name: 'no uuid' }] }), 'objects'],
      [weekly(['SAT'], { objects: [{ uuid: NOWHERE }] }), 'objects'],
      [weekly(['SAT'], { name: 'x'.repeat(300) }), 'name'],
    ]) {
      const { message } = await qd.fails(400, null, 'POST', `/project/${project}/calendars`, { json: calendar });
      assert.ok(message.includes(`'${field}'`), message);
    }
    await qd.fails(404, 'api.error.project.missing', 'GET', '/project/nowhere/calendars');
    await qd.fails(400, 'api.error.api-version.unsupported', 'GET', `/project/${project}/calendars`, { version: 40 });
  });

  it('go with their project', async () => {
    const gone = await newProject(qd);
    await of(gone, weekly(['SAT']));
    await qd.ok('DELETE', `/project/${gone}`);
    await qd.ok('POST', '/projects', { json: { name: gone } });
    assert.deepEqual(await qd.ok('GET', `/project/${gone}/calendars`), []);
  });
});

describe('calendars of the system', () => {
  it('hold for all projects, or for those that they name', async () => {
    const [first, second] = [await newProject(qd), await newProject(qd)];
    const [a, b] = [await newJob(qd, first, hourly), await newJob(qd, second, hourly)];
    const made = await system({ ...weekly(everyDay), name: 'System Calendar', description: 'd', allReference: false, objects: [{ name: first }] });
    assert.deepEqual(made, {
      id: made.id, name: 'System Calendar', description: 'd', calendarType: 'blackout', level: 'system', project: null, dateType: 'weekly',
      dateDefinition: everyDay, enable: true, allReference: false, recurrent: false, objects: [{ name: first }],
    });
    assert.deepEqual((await qd.ok('GET', '/system/calendars')).filter((one) => one.id === made.id), [made]);
    assert.deepEqual(await qd.ok('GET', `/project/${first}/calendars`), []);
    assert.deepEqual(await fires(a), []);
    assert.ok((await fires(b)).length > 0);
    await system({ ...made, allReference: true, dateDefinition: workdays });
    for (const id of [a, b]) assert.ok((await fires(id)).every((date) => [0, 6].includes(date.getUTCDay())));
    await qd.fails(404, null, 'DELETE', `/project/${first}/calendars/${made.id}`);
    await qd.ok('DELETE', `/system/calendars/${made.id}`, { status: 204 });
    assert.equal((await fires(a, { time: '1w' })).length, 7 * 24);
    await qd.fails(404, 'api.error.project.missing', 'POST', '/system/calendars', { json: weekly(['SAT'], { objects: [{ name: 'nowhere' }] }) });
  });

  it('ranges of dates', async () => {
    const id = await newJob(qd, await newProject(qd), hourly);
    const date = (time) => new Date(time).toISOString().slice(0, 10).replaceAll('-', '/');
    const from = Date.now() + 3 * DAY;
    const made = await system({ name: 'range', dateType: 'range', dateDefinition: [date(from), date(from + 2 * DAY)], allReference: true });
    const days = new Set((await fires(id, { time: '1w' })).map(date));
    for (let day = 0; day < 3; day += 1) assert.equal(days.has(date(from + day * DAY)), false);
    assert.equal(days.has(date(from - DAY)), true);
    assert.equal(days.has(date(from + 3 * DAY)), true);
    await qd.ok('DELETE', `/system/calendars/${made.id}`);
  });
});

it('can be switched off', async () => {
  const off = await startServer({ config: { 'rundeck.feature.calendars.enabled': 'false' } });
  const project = await newProject(off);
  const id = await newJob(off, project, hourly);
  await off.ok('POST', `/project/${project}/calendars`, { json: weekly(everyDay) });
  assert.equal((await off.ok('GET', `/job/${id}/forecast`)).futureScheduledExecutions.length, 24);
  await off.stop();
});

it('what one member changes, the others notice', async (t) => {
  const database = await freshDatabase();
  if (!database) return t.skip('SQLite has one member');
  const start = (uuid) => startServer({ database, config: { 'rundeck.clusterMode.enabled': 'true' }, framework: { 'rundeck.server.uuid': uuid } });
  const [one, other] = [await start(uuidOf(1)), await start(uuidOf(2))];
  const project = await newProject(one);
  const id = await newJob(one, project, hourly);
  const seen = async () => (await other.ok('GET', `/job/${id}/forecast`)).futureScheduledExecutions.length;
  assert.equal(await seen(), 24);
  const calendar = await one.ok('POST', `/project/${project}/calendars`, { json: weekly(everyDay) });
  await until(async () => (await seen()) === 0, { what: 'the other member to notice a new calendar' });
  await one.ok('DELETE', `/project/${project}/calendars/${calendar.id}`);
  await until(async () => (await seen()) === 24, { what: 'the other member to notice that it is gone' });
  for (const server of [one, other]) await server.stop();
  return undefined;
});
