// Forecasts, the next fire, and the toggles that take them away.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { qd as cli } from '../support/cli.mjs';
import { startServer } from '../support/server.mjs';
import { NOWHERE, newJob, newProject, run } from '../support/scenario.mjs';

let qd;
before(async () => {
  qd = await startServer();
});
after(() => qd?.stop());

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const hourly = { schedule: { crontab: '0 30 * ? * * *' }, timeZone: 'UTC' };
const daily = { schedule: { crontab: '0 30 5 ? * * *' }, timeZone: 'UTC' };

const forecast = (id, query = {}, options = {}) => qd.ok('GET', `/job/${id}/forecast`, { query, ...options });
const times = async (id, query, options) => (await forecast(id, query, options)).futureScheduledExecutions.map((date) => {
  assert.match(date, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  return Date.parse(date);
});

// What the rule "minute 30 of every hour" gives in (from, until].
function halfHours(from, until) {
  const all = [];
  for (let at = Math.floor(from / HOUR) * HOUR + 30 * MINUTE; at <= until; at += HOUR) if (at > from) all.push(at);
  return all;
}

// Asks until no minute 30 passed between the asking and the answer, so that both sides speak of the same time.
async function forecastAt(id, query, expected) {
  for (;;) {
    const begin = Date.now();
    const found = await times(id, query);
    const [early, late] = [expected(begin), expected(Date.now())];
    if (JSON.stringify(early) === JSON.stringify(late)) return [found, early];
  }
}

describe('the forecast of a job', () => {
  let project;
  let id;
  before(async () => {
    project = await newProject(qd);
    id = await newJob(qd, project, { name: 'hourly', group: 'ops', description: 'Each hour', ...hourly });
  });

  it('has the documented shape', async () => {
    const { futureScheduledExecutions, ...rest } = await forecast(id);
    assert.equal(futureScheduledExecutions.length, 24);
    assert.deepEqual(rest, {
      href: `${qd.url}/api/59/job/${id}`, id, scheduleEnabled: true, scheduled: true, enabled: true,
      permalink: `${qd.url}/project/${project}/job/show/${id}`, group: 'ops', description: 'Each hour', project, name: 'hourly',
      projectDisableExecutions: false, projectDisableSchedule: false,
    });
  });

  it('is one day long unless told otherwise', async () => {
    const [found, expected] = await forecastAt(id, {}, (now) => halfHours(now, now + DAY));
    assert.deepEqual(found, expected);
  });

  for (const [time, length] of [['7200s', 2 * HOUR], ['90n', 90 * MINUTE], ['5h', 5 * HOUR], ['2d', 2 * DAY], ['1w', 7 * DAY]]) {
    it(`for ${time}`, async () => {
      const [found, expected] = await forecastAt(id, { time }, (now) => halfHours(now, now + length));
      assert.deepEqual(found, expected);
    });
  }

  it('for months and years of the calendar', async () => {
    const other = await newJob(qd, project, daily);
    for (const [time, months] of [['1m', 1], ['1y', 12]]) {
      const end = new Date();
      const day = end.getUTCDate();
      end.setUTCDate(1);
      end.setUTCMonth(end.getUTCMonth() + months);
      end.setUTCDate(Math.min(day, new Date(Date.UTC(end.getUTCFullYear(), end.getUTCMonth() + 1, 0)).getUTCDate()));
      const found = await times(other, { time });
      assert.ok(Math.abs(found.at(-1) - end.getTime()) <= DAY, `${time}: ends ${new Date(found.at(-1)).toISOString()}, not ${end.toISOString()}`);
      for (let i = 1; i < found.length; i += 1) assert.equal(found[i] - found[i - 1], DAY);
    }
  });

  it('is cut at max', async () => {
    const all = await times(id, { time: '2d' });
    assert.deepEqual(await times(id, { time: '2d', max: 3 }), all.slice(0, 3));
    for (const max of ['0', '-1', 'some']) assert.equal((await times(id, { time: '2d', max })).length, all.length);
  });

  it('looks back with past=true', async () => {
    const [found, expected] = await forecastAt(id, { time: '5h', past: 'true' }, (now) => halfHours(now - 5 * HOUR, now));
    assert.deepEqual(found, expected);
    assert.deepEqual(await times(id, { time: '5h', past: 'true', max: 2 }), found.slice(0, 2));
  });

  it('keeps to the job’s time zone', async () => {
    const tokyo = await newJob(qd, project, { ...daily, timeZone: 'Asia/Tokyo' });
    const [at] = await times(tokyo, { max: 1 });
    assert.equal(new Date(at).toISOString().slice(11), '20:30:00.000Z');
  });

  it('has a run for later, from version 48 on', async () => {
    const plain = await newJob(qd, project, {});
    const at = new Date(Math.floor(Date.now() / 1000) * 1000 + 6 * HOUR).toISOString().replace('.000', '');
    await run(qd, plain, { runAtTime: at });
    const found = await forecast(plain);
    assert.deepEqual(found.futureScheduledExecutions, [at]);
    assert.equal(found.scheduled, false);
    assert.equal('futureScheduledExecutions' in (await forecast(plain, {}, { version: 47 })), false);
  });

  it('is not there for a job without schedule', async () => {
    const found = await forecast(await newJob(qd, project, {}));
    assert.equal('futureScheduledExecutions' in found, false);
    assert.equal(found.scheduled, false);
  });

  it('knows its versions', async () => {
    await qd.fails(400, 'api.error.api-version.unsupported', 'GET', `/job/${id}/forecast`, { version: 30 });
    const now = Date.now();
    const old = await times(id, { past: 'true' }, { version: 31 });
    assert.ok(old.every((time) => time > now));
    assert.equal('projectDisableSchedule' in (await forecast(id, {}, { version: 47 })), false);
  });

  it('refuses what it cannot read', async () => {
    for (const time of ['1', 'd', '1x', '-1d', '1.5h', 'tomorrow']) {
      const { message } = await qd.fails(400, 'api.error.parameter.invalid', 'GET', `/job/${id}/forecast`, { query: { time } });
      assert.match(message, /"time"/);
      assert.ok(message.includes(time));
    }
    await qd.fails(404, 'api.error.item.doesnotexist', 'GET', `/job/${NOWHERE}/forecast`);
  });
});

describe('toggles', () => {
  let project;
  let id;
  before(async () => {
    project = await newProject(qd);
    id = await newJob(qd, project, daily);
  });
  const info = () => qd.ok('GET', `/job/${id}/info`);
  const isThere = async () => 'nextScheduledExecution' in (await info());

  it('the next fire is in the job’s info', async () => {
    assert.deepEqual([(await info()).nextScheduledExecution], (await forecast(id, { max: 1 })).futureScheduledExecutions);
    assert.equal('nextScheduledExecution' in (await qd.ok('GET', `/job/${await newJob(qd, project, {})}/info`)), false);
  });

  for (const what of ['schedule', 'execution']) {
    it(`of the job’s ${what} take it away and give it back`, async () => {
      await qd.ok('POST', `/job/${id}/${what}/disable`);
      assert.equal(await isThere(), false);
      assert.equal('futureScheduledExecutions' in (await forecast(id)), false);
      await qd.ok('POST', `/job/${id}/${what}/enable`);
      assert.equal(await isThere(), true);
    });
  }

  for (const [key, field] of [['project.disable.schedule', 'projectDisableSchedule'], ['project.disable.executions', 'projectDisableExecutions']]) {
    it(`of the project: ${key}`, async () => {
      await qd.ok('PUT', `/project/${project}/config/${key}`, { json: { key, value: 'true' } });
      assert.equal(await isThere(), false);
      const found = await forecast(id);
      assert.equal(found[field], true);
      assert.equal(found.futureScheduledExecutions.length, 1);  // what the schedule itself would do
      await qd.ok('DELETE', `/project/${project}/config/${key}`);
      assert.equal(await isThere(), true);
      assert.equal((await forecast(id))[field], false);
    });
  }
});

describe('qd jobs forecast', () => {
  it('shows dates, or says why there are none', async () => {
    const project = await newProject(qd);
    const id = await newJob(qd, project, { name: 'hourly', group: 'ops', ...hourly });
    const shown = await cli(qd, ['jobs', 'forecast', '-p', project, '-j', 'ops/hourly', '--time', '2d', '--max', '3']);
    assert.equal(shown.code, 0, shown.err);
    const dates = (await forecast(id, { time: '2d', max: 3 })).futureScheduledExecutions;
    for (const date of dates) assert.ok(shown.out.split('\n').includes(date), `${date} in ${shown.out}`);
    const past = await cli(qd, ['jobs', 'forecast', '-i', id, '--past', '-o', 'json']);
    assert.ok(JSON.parse(past.out).futureScheduledExecutions.every((date) => Date.parse(date) <= Date.now()));
    await qd.ok('POST', `/job/${id}/schedule/disable`);
    const off = await cli(qd, ['jobs', 'forecast', '-i', id]);
    assert.match(off.out + off.err, /schedule is switched off/);
    const wrong = await cli(qd, ['jobs', 'forecast', '-i', id, '--time', '5x']);
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, /"time"/);
  });
});
