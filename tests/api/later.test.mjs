// Switches that turn after a while: executions of the server, executions and schedules of a project.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startServer } from '../support/server.mjs';
import { newJob, newProject } from '../support/scenario.mjs';
import { until } from '../support/wait.mjs';

let qd;
before(async () => {
  qd = await startServer();
});
after(() => qd?.stop());

const mode = async () => (await qd.ok('GET', '/system/executions/status')).executionMode;
const later = (path, json, options) => qd.api('POST', `${path}/later`, { json, ...options });

describe('executions of the server', () => {
  it('are disabled and enabled after a while', async () => {
    const asked = await later('/system/executions/disable', { value: '2s' });
    assert.equal(asked.status, 200, asked.text);
    assert.equal(asked.json.saved, true);
    assert.equal(asked.json.msg, 'Execution Mode Later saved');
    const status = await qd.ok('GET', '/system/executions/status');
    assert.equal(status.executionMode, 'active');
    assert.deepEqual(status.later, { executionMode: 'passive', at: asked.json.at, by: 'admin' });
    await until(async () => (await mode()) === 'passive', { what: 'the passive mode' });
    assert.equal((await qd.ok('GET', '/system/executions/status')).later, undefined);
    assert.equal((await later('/system/executions/enable', { value: '1' })).json.saved, true);
    await until(async () => (await mode()) === 'active', { what: 'the active mode' });
  });

  it('are left alone where they are as asked', async () => {
    const answer = await later('/system/executions/enable', { value: '1h' });
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.json, { saved: false, msg: 'Executions are enabled already.' });
  });

  it('what waits is void once somebody turns the switch', async () => {
    await later('/system/executions/disable', { value: '1h' });
    await qd.ok('POST', '/system/executions/enable');
    assert.equal((await qd.ok('GET', '/system/executions/status')).later, undefined);
  });

  it('need a duration, and version 34', async () => {
    for (const json of [{}, { value: 'soon' }, { value: '0' }, { value: '-5m' }, { value: '999999999y' }]) {
      const answer = await later('/system/executions/disable', json);
      assert.equal(answer.status, 400, answer.text);
      assert.equal(answer.json.saved, false);
      assert.match(answer.json.msg, /2h30m/);
    }
    assert.equal((await later('/system/executions/disable', { value: '1h' }, { version: 33 })).json.errorCode, 'api.error.api-version.unsupported');
  });

  it('turn after a restart, too', async () => {
    await later('/system/executions/disable', { value: '4s' });
    await qd.stop();
    await qd.start();
    assert.equal(await mode(), 'active');
    await until(async () => (await mode()) === 'passive', { what: 'the passive mode' });
    await qd.ok('POST', '/system/executions/enable');
  });
});

describe('a project', () => {
  it('gets its executions and its schedules switched, each by itself', async () => {
    const project = await newProject(qd);
    const id = await newJob(qd, project, {});
    const asked = await later(`/project/${project}/disable`, { type: 'executions', value: '1s' });
    assert.equal(asked.json.msg, 'Project Execution Mode Later saved', asked.text);
    assert.equal((await later(`/project/${project}/disable`, { type: 'schedule', value: '1d' })).json.saved, true);
    const config = () => qd.ok('GET', `/project/${project}/config`);
    await until(async () => (await config())['project.disable.executions'] === 'true', { what: 'executions to be off' });
    assert.equal((await config())['project.disable.schedule'], undefined);
    assert.notEqual((await qd.api('POST', `/job/${id}/run`)).status, 200);
    assert.equal((await later(`/project/${project}/enable`, { type: 'executions', value: '1s' })).json.saved, true);
    await until(async () => (await config())['project.disable.executions'] === 'false', { what: 'executions to be on' });
    assert.equal((await qd.api('POST', `/job/${id}/run`)).status, 200);
  });

  it('says what is wrong with a request', async () => {
    const project = await newProject(qd);
    const wrong = await later(`/project/${project}/disable`, { type: 'all', value: '1h' });
    assert.equal(wrong.status, 400);
    assert.deepEqual(wrong.json, { saved: false, msg: 'The type must be executions or schedule.' });
    assert.deepEqual((await later(`/project/${project}/enable`, { type: 'schedule', value: '1h' })).json, { saved: false, msg: 'Schedules of the project are enabled already.' });
    await qd.fails(404, 'api.error.project.missing', 'POST', '/project/nobody/enable/later', { json: { type: 'schedule', value: '1h' } });
  });
});
