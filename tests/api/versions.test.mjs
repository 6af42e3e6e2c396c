// Which API versions are answered, and what the errors of every route look like.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startServer } from '../support/server.mjs';
import { NOWHERE, newProject } from '../support/scenario.mjs';

let qd, project;
before(async () => {
  qd = await startServer();
  project = await newProject(qd);
});
after(() => qd?.stop());

describe('API versions', () => {
  for (const version of [14, 18, 34, 44, 58, 59]) {
    it(`${version} is answered`, async () => {
      const answer = await qd.api('GET', '/projects', { version });
      assert.equal(answer.status, 200, answer.text);
      assert.ok(Array.isArray(answer.json));
    });
  }

  for (const version of ['0', '000001', 'FAKE', '2', '13', '1046', '60', '14x', '-14', '14.5', '%20']) {
    it(`${version} is refused`, async () => {
      const answer = await qd.api('GET', '/projects', { version });
      assert.equal(answer.status, 400, answer.text);
      assert.equal(answer.json.error, true);
      assert.equal(answer.json.errorCode, 'api.error.api-version.unsupported');
      assert.equal(answer.json.apiversion, 59);
      assert.match(answer.json.message, /^Unsupported API Version ".*"\. API Request: \/api\/.*\/projects\. Reason: (Current version: 59|Minimum supported version: 14)$/);
    });
  }

  it('the refused version is named as it was written', async () => {
    const answer = await qd.api('GET', '/projects', { version: 1046 });
    assert.equal(answer.json.message, 'Unsupported API Version "1046". API Request: /api/1046/projects. Reason: Current version: 59');
  });

  for (const [method, path, since] of [
    ['GET', `/job/${NOWHERE}/info`, 18],
    ['GET', '/metrics', 25],
    ['GET', '/system/executions/status', 32],
    ['GET', '/executions/metrics', 29],
  ]) {
    it(`${method} ${path} needs ${since}`, async () => {
      const before = await qd.api(method, path, { version: since - 1 });
      assert.equal(before.status, 400, before.text);
      assert.equal(before.json.errorCode, 'api.error.api-version.unsupported');
      assert.ok(before.json.message.endsWith(`Reason: Minimum supported version: ${since}`), before.json.message);
      const at = await qd.api(method, path, { version: since });
      assert.notEqual(at.status, 400, at.text);
    });
  }
});

describe('errors', () => {
  it('an unknown path', async () => {
    const envelope = await qd.fails(404, 'api.error.invalid.request', 'GET', '/no/such/thing');
    assert.equal(envelope.message, 'Invalid API Request: /api/59/no/such/thing');
  });

  it('an unknown project, on every path below it', async () => {
    const paths = ['', '/jobs', '/jobs/export', '/executions', '/executions/running', '/config', '/config/a.b', '/readme.md', '/motd.md', '/history'];
    for (const path of paths) {
      const envelope = await qd.fails(404, 'api.error.project.missing', 'GET', `/project/nobody${path}`);
      assert.equal(envelope.message, 'Project does not exist: nobody', path);
    }
    for (const [method, path, options] of [
      ['POST', '/jobs/import', { json: [] }],
      ['POST', '/run/command', { json: { exec: 'true' } }],
      ['POST', '/run/script', { json: { script: 'true' } }],
      ['PUT', '/config', { json: {} }],
      ['DELETE', '', {}],
    ]) {
      await qd.fails(404, 'api.error.project.missing', method, `/project/nobody${path}`, options);
    }
  });

  it('an unknown job', async () => {
    for (const [method, path] of [
      ['GET', ''], ['DELETE', ''], ['POST', '/run'], ['GET', '/info'], ['GET', '/executions'], ['GET', '/workflow'],
      ['POST', '/execution/enable'], ['POST', '/schedule/disable'],
    ]) {
      const envelope = await qd.fails(404, 'api.error.item.doesnotexist', method, `/job/${NOWHERE}${path}`);
      assert.equal(envelope.message, `Job ID does not exist: ${NOWHERE}`, path);
    }
  });

  it('an unknown execution', async () => {
    for (const [method, path] of [['GET', ''], ['DELETE', ''], ['GET', '/state'], ['GET', '/abort'], ['GET', '/input/files']]) {
      for (const id of ['000', '999999999', 'abc', '99999999999999999999999']) {
        const answer = await qd.api(method, `/execution/${id}${path}`);
        assert.equal(answer.status, 404, `${method} ${id}${path}: ${answer.text}`);
        assert.equal(answer.json.errorCode, 'api.error.item.doesnotexist');
        assert.match(answer.json.message, new RegExp(`^Execution (ID )?does not exist: ${id}$`));
      }
    }
    const envelope = await qd.fails(404, 'api.error.item.doesnotexist', 'GET', '/execution/000');
    assert.equal(envelope.message, 'Execution does not exist: 000');
    assert.equal((await qd.api('GET', '/execution/000/output')).status, 404);
  });

  it('a wrong method', async () => {
    const id = NOWHERE;
    for (const [method, path] of [['GET', `/job/${id}/run`], ['GET', `/project/${project}/jobs/import`], ['PUT', '/projects'], ['GET', '/jobs/delete']]) {
      const answer = await qd.api(method, path);
      assert.equal(answer.status, 405, `${method} ${path}: ${answer.text}`);
    }
  });

  it('an unknown format', async () => {
    const exported = await qd.fails(415, 'api.error.item.unsupported-format', 'GET', `/project/${project}/jobs/export`, { query: { format: 'csv' } });
    assert.equal(exported.message, 'The format is not valid: csv');
  });

  it('a missing parameter', async () => {
    for (const [path, name] of [['/jobs/import', 'xmlBatch'], ['/run/command', 'exec'], ['/run/script', 'scriptFile'], ['/run/url', 'scriptURL']]) {
      const envelope = await qd.fails(400, 'api.error.parameter.required', 'POST', `/project/${project}${path}`, { form: { other: '1' } });
      assert.equal(envelope.message, `parameter "${name}" is required`);
    }
  });

  it('a bad date in a history or execution query', async () => {
    for (const path of ['history', 'executions']) {
      const envelope = await qd.fails(400, 'api.error.history.date-format', 'GET', `/project/${project}/${path}`, { query: { end: 'asdf' } });
      assert.equal(envelope.message, 'The parameter "end" did not have a valid time or dateTime format: asdf');
    }
  });
});
