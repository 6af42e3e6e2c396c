// Configuration that is kept in the database, and the restart that puts it in force.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startServer } from '../support/server.mjs';
import { until } from '../support/wait.mjs';

let qd;
before(async () => {
  qd = await startServer({ config: { 'rundeck.gui.title': 'From the file' }, env: { RUNDECK_GUI_INSTANCENAME: 'from the environment' } });
});
after(() => qd?.stop());

const save = (changes, options) => qd.api('POST', '/config/save', { json: changes, ...options });
const inForce = async (key) => (await qd.ok('GET', '/system/config')).keys.find((one) => one.key === key);

// The process replaces itself: another port, as the tests ask for any, and the same process id.
async function restart() {
  const ready = (text) => [...text.matchAll(/ is ready at (http:\/\/127\.0\.0\.1:\d+)/g)].map(([, url]) => url);
  const before = ready(qd.log()).length;
  assert.deepEqual(await qd.ok('POST', '/config/restart'), { msg: 'Rundeck Restarting', restarting: true });
  qd.url = await until(() => ready(qd.log())[before], { timeout: 30_000, what: 'the server to be ready again' });
  await until(async () => (await qd.raw('GET', '/health')).status === 200, { what: 'GET /health' });
}

describe('configuration in the database', () => {
  it('is saved, listed, read and deleted', async () => {
    const made = await save([{ key: 'my.custom', value: 'one' }, { key: 'rundeck.gui.title', value: 'From the database', strata: 'Server' }]);
    assert.equal(made.status, 200, made.text);
    assert.deepEqual(made.json, { msg: 'Saved', restart: true, created: ['my.custom', 'rundeck.gui.title'], updated: [] });
    assert.deepEqual((await save([{ key: 'my.custom', value: 'two' }])).json.updated, ['my.custom']);
    const [custom, title] = await qd.ok('GET', '/config/list');
    assert.deepEqual(custom, { name: 'my.custom', value: 'two', level: 'default', category: 'Custom' });
    assert.equal(title.level, 'server');
    assert.equal(title.category, 'Configuration');
    assert.equal(typeof title.label, 'string');
    assert.deepEqual(await qd.ok('GET', '/config/get', { query: { key: 'my.custom' } }), { key: 'my.custom', value: 'two', strata: 'default' });
    await qd.fails(404, 'rundeckpro.config.api.error.not.found', 'GET', '/config/get', { query: { key: 'my.custom', strata: 'server' } });
    assert.equal((await qd.api('DELETE', '/config/delete', { json: { key: 'my.custom' } })).status, 204);
    await qd.fails(404, 'rundeckpro.config.api.error.not.found', 'DELETE', '/config/delete', { json: { key: 'my.custom' } });
    assert.equal((await qd.api('POST', '/config/delete', { json: { key: 'rundeck.gui.title', strata: 'Server' } })).status, 204);
    assert.deepEqual(await qd.ok('GET', '/config/list'), []);
  });

  it('refuses what no member could start with, all of it together', async () => {
    for (const [changes, message] of [
      [[{ key: 'my.good', value: '1' }, { key: 'server.port', value: 'many' }], /server\.port: 'many'/],
      [[{ key: 'quarterdeck.nonsense', value: '1' }], /there is no such key/],
      [[{ key: 'dataSource.url', value: 'jdbc:h2:x' }], /before the database can be read/],
      [[{ key: 'grails.mail.password', value: 'x' }], /is a secret/],
      [[{ key: 'has space', value: 'x' }], /no spaces/],
      [[{ value: 'x' }], /no 'key'/],
      [[], /Send a list/],
      [[{ key: 'a', value: { b: 1 } }], /must be a list of/],
      [[{ key: 'a', value: '1', strata: 'galaxy' }], /strata/],
    ]) {
      const answer = await save(changes);
      assert.equal(answer.status, 400, answer.text);
      assert.match(answer.json.message, message);
    }
    assert.deepEqual(await qd.ok('GET', '/config/list'), []);
    await qd.fails(400, 'api.error.parameter.required', 'GET', '/config/get');
    assert.equal((await save([{ key: 'a', value: '1' }], { version: 35 })).json.errorCode, 'api.error.api-version.unsupported');
  });

  it('is in force after a restart, above the files and below the environment', async () => {
    await save([{ key: 'rundeck.gui.title', value: 'From the database' }, { key: 'rundeck.gui.instanceName', value: 'from the database' }]);
    assert.equal((await inForce('rundeck.gui.title')).value, 'From the file');
    const { pid } = qd;
    const begun = (await qd.ok('GET', '/system/info')).system.stats.uptime.since.epoch;
    await restart();
    assert.equal(qd.pid, pid);
    assert.ok((await qd.ok('GET', '/system/info')).system.stats.uptime.since.epoch > begun);
    const title = await inForce('rundeck.gui.title');
    assert.equal(title.value, 'From the database');
    assert.equal(title.source, 'configuration in the database');
    assert.equal((await inForce('rundeck.gui.instanceName')).value, 'from the environment');
  });

  it('changes remote execution policies with a refresh', async () => {
    const key = 'rundeck.clusterMode.remoteExecution.policy';
    await save([{ key, value: 'Random' }]);
    await qd.ok('POST', '/config/refresh');
    assert.equal((await inForce(key)).value, 'Random');
  });
});

describe('the license', () => {
  it('is none, in the shape in which monitors ask for it', async () => {
    const license = await qd.ok('GET', '/enterprise/license');
    assert.deepEqual([license.active, license.perpetual, license.shouldWarn, license.remaining], [true, true, false, null]);
    assert.equal((await qd.ok('POST', '/enterprise/license', { body: 'x', type: 'application/x-rundeck-license' })).message, 'OK');
  });
});
