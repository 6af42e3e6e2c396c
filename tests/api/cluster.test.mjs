// The cluster as its API shows it: members, events, execution modes of members.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { freshDatabase } from '../support/databases.mjs';
import { qd as cli } from '../support/cli.mjs';
import { uuidOf } from '../support/cluster.mjs';
import { Server, startServer } from '../support/server.mjs';
import { NOWHERE, newJob, newProject } from '../support/scenario.mjs';

const GONE = uuidOf(1);
const SELF = uuidOf(2);
const cluster = (uuid, name) => ({
  config: { 'rundeck.clusterMode.enabled': 'true' },
  framework: { 'rundeck.server.uuid': uuid, 'framework.server.name': name },
});

let qd;
before(async () => {
  const database = await freshDatabase();
  const gone = await startServer({ database, ...cluster(GONE, 'first') });
  await newJob(gone, await newProject(gone), { schedule: { crontab: '0 30 5 ? * * *' } });
  await gone.kill();
  qd = new Server({ database, base: gone.base, ...cluster(SELF, 'second') });
  await qd.start();
  await qd.authorize();
});
after(() => qd?.stop());

// What two looks at the events must agree on: the death of the other member is noticed at some time.
async function whileNothingHappens(look) {
  const newest = async () => (await qd.ok('GET', '/cluster/events', { query: { max: 1 } })).events[0]?.id;
  for (;;) {
    const before = await newest();
    const seen = await look();
    if ((await newest()) === before) return seen;
  }
}

const member = async (uuid) => (await qd.ok('GET', '/cluster/members')).members.find((one) => one.uuid === uuid);

describe('members', () => {
  it('are told with state, mode, load and schedules', async () => {
    const answer = await qd.ok('GET', '/cluster/members');
    assert.equal(answer.self, SELF);
    assert.equal(answer.clusterMode, true);
    assert.ok(Date.parse(answer.now));
    assert.deepEqual(answer.members.map((one) => one.uuid).sort(), [GONE, SELF]);
    assert.deepEqual(answer.orphaned, []);
    const self = answer.members.find((one) => one.uuid === SELF);
    assert.deepEqual(
      { self: self.self, name: self.name, url: self.url, state: self.state, executionMode: self.executionMode, requestedMode: self.requestedMode, schedules: self.schedules },
      { self: true, name: 'second', url: qd.url, state: 'active', executionMode: 'active', requestedMode: null, schedules: 0 },
    );
    assert.ok(Array.isArray(self.tags));
    assert.ok(self.host && self.incarnation >= 1 && self.lastBeatAge >= 0);
    for (const date of [self.started, self.lastBeat]) assert.ok(Date.parse(date), date);
    assert.deepEqual(Object.keys(self.vitals).sort(), ['cpuPercent', 'loadAverage', 'memoryBytes', 'runningExecutions', 'threadRatio']);
    const other = answer.members.find((one) => one.uuid === GONE);
    assert.equal(other.name, 'first');
    assert.equal(other.self, false);
    assert.equal(typeof other.state, 'string');
  });

  it('a server alone is its own only member', async () => {
    const alone = await startServer({ framework: { 'rundeck.server.uuid': SELF } });
    const answer = await alone.ok('GET', '/cluster/members');
    assert.equal(answer.clusterMode, false);
    assert.deepEqual(answer.members.map((one) => one.uuid), [SELF]);
    await alone.stop();
  });
});

describe('execution mode of a member', () => {
  const set = (what, uuid, options = {}) => qd.ok('POST', `/enterprise/cluster/executions/${what}`, { query: { uuid }, ...options });

  it('this one changes at once', async () => {
    assert.deepEqual(await set('disable', SELF), { status: 'complete', executionMode: 'passive', uuid: SELF });
    assert.deepEqual(await qd.ok('GET', '/system/executions/status'), { executionMode: 'passive' });
    assert.equal((await member(SELF)).executionMode, 'passive');
    assert.deepEqual(await set('enable', SELF, { version: 41 }), { status: 'complete', executionMode: 'active', uuid: SELF });
    assert.equal((await qd.ok('GET', '/system/info')).system.executions.active, true);
    assert.equal((await member(SELF)).executionMode, 'active');
  });

  it('the system’s own switch is the same one', async () => {
    await qd.ok('POST', '/system/executions/disable');
    assert.equal((await member(SELF)).executionMode, 'passive');
    await qd.ok('POST', '/system/executions/enable');
    assert.equal((await member(SELF)).executionMode, 'active');
  });

  it('another one is asked', async () => {
    // Killed, and its row says so only after a while: until then the request waits there.
    const answer = await qd.api('POST', '/enterprise/cluster/executions/disable', { query: { uuid: GONE } });
    if ((await member(GONE)).state === 'dead' && answer.status !== 200) {
      assert.equal(answer.status, 409, answer.text);
    } else {
      assert.deepEqual(answer.json, { status: 'pending', executionMode: 'passive', uuid: GONE });
      assert.equal((await member(GONE)).requestedMode, 'passive');
      assert.equal((await member(GONE)).requestedBy, 'admin');
    }
    assert.equal((await member(SELF)).executionMode, 'active');
  });

  it('refuses what it cannot do', async () => {
    const { message } = await qd.fails(400, 'api.error.parameter.required', 'POST', '/enterprise/cluster/executions/enable');
    assert.match(message, /"uuid"/);
    await qd.fails(404, null, 'POST', '/enterprise/cluster/executions/enable', { query: { uuid: NOWHERE } });
    await qd.fails(400, 'api.error.api-version.unsupported', 'POST', '/enterprise/cluster/executions/enable', { query: { uuid: SELF }, version: 40 });
    await qd.fails(405, null, 'GET', '/enterprise/cluster/executions/enable', { query: { uuid: SELF } });
  });

  it('passive can be told by status 503', async () => {
    await set('disable', SELF);
    const status = async (query, version) => (await qd.api('GET', '/system/executions/status', { query, version })).status;
    assert.equal(await status({}), 200);
    assert.equal(await status({ passiveAs503: 'true' }), 503);
    assert.equal(await status({ passiveAs503: 'false' }), 200);
    assert.equal(await status({}, 36), 200);
    assert.equal(await status({}, 35), 503);
    await set('enable', SELF);
    assert.equal(await status({ passiveAs503: 'true' }), 200);
    assert.equal(await status({}, 35), 200);
  });
});

describe('events', () => {
  const list = (query) => qd.ok('GET', '/cluster/events', { query });

  it('newest first, and by pages', async () => {
    const [{ events, paging }, page] = await whileNothingHappens(async () => [await list({ max: 1000 }), await list({ max: 1, offset: 1 })]);
    assert.equal(paging.count, events.length);
    const ids = events.map((one) => one.id);
    assert.deepEqual(ids, [...ids].sort((a, b) => b - a));
    for (const event of events) {
      assert.ok(event.kind && event.message && Date.parse(event.time));
      assert.ok(event.member.uuid);
    }
    assert.deepEqual(page.events.map((one) => one.id), ids.slice(1, 2));
  });

  it('can be filtered', async () => {
    const started = (await list({ kind: 'member.started', member: SELF })).events;
    assert.ok(started.length >= 1 && started.every((one) => one.kind === 'member.started' && one.member.uuid === SELF && one.member.name === 'second'));
    assert.ok((await list({ kind: 'member' })).events.length >= started.length);
    assert.deepEqual((await list({ from: started[0].time, until: started[0].time, kind: 'member.started' })).events.filter((one) => one.id === started[0].id), [started[0]]);
    assert.deepEqual((await list({ kind: 'nothing.such' })).events, []);
    assert.deepEqual((await list({ member: NOWHERE })).events, []);
    assert.deepEqual((await list({ until: '2001-01-01T00:00:00Z' })).events, []);
    for (const [query, name] of [[{ from: 'x' }, 'from'], [{ until: 'y' }, 'until'], [{ max: 'z' }, 'max']]) {
      const { message } = await qd.fails(400, null, 'GET', '/cluster/events', { query });
      assert.ok(message.includes(`"${name}"`), message);
    }
  });
});

it('nobody but those who may sees or changes the cluster', async () => {
  for (const [method, path] of [['GET', '/cluster/members'], ['GET', '/cluster/events'], ['POST', '/enterprise/cluster/executions/disable'], ['POST', '/config/refresh'], ['GET', '/scheduler/jobs'], ['PUT', '/scheduler/takeover'], ['GET', '/scheduler/fires']]) {
    const answer = await qd.api(method, path, { token: null, query: { uuid: SELF } });
    assert.equal(answer.status, 403, `${method} ${path}: ${answer.text}`);
    assert.equal(answer.json.errorCode, 'unauthorized');
  }
});

describe('qd cluster', () => {
  it('shows members and events', async () => {
    const members = await cli(qd, ['cluster', 'members']);
    assert.equal(members.code, 0, members.err);
    assert.match(members.out, new RegExp(`^${SELF} second active active 0 schedules \\(asked\\)$`, 'm'));
    assert.match(members.out, new RegExp(`^${GONE} first `, 'm'));
    const [told, { events }] = await whileNothingHappens(async () => [await cli(qd, ['cluster', 'events', '-o', 'json']), await qd.ok('GET', '/cluster/events')]);
    assert.deepEqual(JSON.parse(told.out), events);
  });

  it('switches the mode of a member', async () => {
    const off = await cli(qd, ['cluster', 'passive', SELF]);
    assert.equal(off.code, 0, off.err);
    assert.equal((await member(SELF)).executionMode, 'passive');
    const on = await cli(qd, ['cluster', 'active', '--uuid', SELF]);
    assert.match(on.out + on.err, /active now/);
    assert.equal((await member(SELF)).executionMode, 'active');
    assert.notEqual((await cli(qd, ['cluster', 'active', NOWHERE])).code, 0);
  });

  it('takes schedules over, when told to be sure', async () => {
    const nothing = await cli(qd, ['cluster', 'takeover', '--confirm']);
    assert.equal(nothing.code, 2);
    assert.match(nothing.err, /--uuid/);
    const done = await cli(qd, ['cluster', 'takeover', '--uuid', GONE, '--confirm']);
    assert.equal(done.code, 0, done.err);
    assert.match(done.out + done.err, /Schedule Takeover successful for 1\/1 Jobs/);
    assert.equal((await member(SELF)).schedules, 1);
  });
});

describe('the configuration', () => {
  it('can be read again', async () => {
    assert.deepEqual(await qd.ok('POST', '/config/refresh', { status: 200 }), { msg: 'Rundeck configuration refreshed' });
    await qd.fails(400, 'api.error.api-version.unsupported', 'POST', '/config/refresh', { version: 35 });
  });
});
