// The OpenAPI document against the running server: it is one, it names every route, every route answers, and answers
// have the shapes that it gives them.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { Repository } from '../support/git.mjs';
import { BINARY, startServer } from '../support/server.mjs';
import { NOWHERE, ended, newJob, newProject, runToEnd, unique } from '../support/scenario.mjs';
import { until } from '../support/wait.mjs';

let qd, document, routes, ajv;
const known = {};  // values for parameters of paths

const operations = () => Object.entries(document.paths).flatMap(([path, item]) => Object.entries(item).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })));

before(async () => {
  qd = await startServer();
  document = await qd.ok('GET', '/openapi.json');
  routes = JSON.parse(execFileSync(BINARY, ['routes'], { encoding: 'utf8' }));
  ajv = new Ajv({ strict: false });
  addFormats(ajv);
  ajv.addSchema({ $id: 'https://quarterdeck.example/api', components: document.components });
  await seed();
});
after(() => qd?.stop());

// One of everything, so that reading it succeeds.
async function seed() {
  known.project = await newProject(qd, { 'resources.source.1.type': 'local' });
  known.job = await newJob(qd, known.project, {
    options: [{ name: 'file', type: 'file' }, { name: 'color', values: ['red', 'blue'] }],
    steps: ['echo hello'],
    schedule: { time: { hour: '3', minute: '0', seconds: '0' }, month: '*', year: '*', dayofmonth: { day: '*' } },
  });
  const done = await runToEnd(qd, known.job, {});
  known.execution = `${done.id}`;
  const uploaded = await qd.ok('POST', `/job/${known.job}/input/file/file`, { body: 'x', type: 'application/octet-stream', query: { fileName: 'a' } });
  known.key = uploaded.options.file;
  known.token = (await qd.ok('POST', '/tokens', { json: { user: 'admin', roles: '*' }, status: 201 })).id;
  await qd.ok('POST', '/user/local', { json: { login: 'ann', password: 'correct horse', roles: ['user'] }, status: 201 });
  await qd.ok('POST', '/storage/keys/a/b', { body: 'secret', type: 'application/x-rundeck-data-password', status: 201 });
  const policy = 'description: d\nfor: {job: [{allow: read}]}\nby: {group: user}\n';
  await qd.ok('POST', `/project/${known.project}/acl/a.aclpolicy`, { json: { contents: policy }, status: 201 });
  await qd.ok('POST', '/system/acl/a.aclpolicy', { json: { contents: `context: {application: rundeck}\n${policy.replace('job: [{allow: read}]', 'project: [{allow: read}]')}` }, status: 201 });
  for (const name of ['readme.md', 'motd.md']) await qd.ok('PUT', `/project/${known.project}/${name}`, { json: { contents: '# hi' } });
  await qd.ok('PUT', `/project/${known.project}/config/a.key`, { json: { value: '1' } });
  const calendar = { name: 'c', calendarType: 'blackout', dateType: 'weekly', dateDefinition: ['SAT'], allReference: true };
  await qd.ok('POST', `/project/${known.project}/calendars`, { json: calendar });
  await qd.ok('POST', '/system/calendars', { json: { ...calendar, allReference: false, objects: [{ name: known.project }] } });
  const hook = { project: known.project, name: 'h', user: 'admin', roles: '*', enabled: true, eventPlugin: 'log-webhook-event', config: {} };
  const made = await qd.ok('POST', `/project/${known.project}/webhook`, { json: hook });
  known.webhook = `${(await qd.ok('GET', `/project/${known.project}/webhooks`)).find((one) => one.uuid === made.uuid || one.name === 'h').id}`;
  const config = { dir: 'x', url: new Repository().url, branch: 'master', pathTemplate: '${job.id}.${config.format}', format: 'xml', strictHostKeyChecking: 'yes', committerName: 'a', committerEmail: 'a@example.org' };
  await qd.ok('POST', `/project/${known.project}/scm/export/plugin/git-export/setup`, { json: { config } });
  known.archive = (await qd.ok('GET', `/project/${known.project}/export/async`)).token;
  await until(async () => (await qd.ok('GET', `/project/${known.project}/export/status/${known.archive}`)).ready, { what: 'the archive' });
  known.schedule = `${(await qd.ok('POST', `/project/${known.project}/schedules`, { json: { name: 's', type: 'CRON', crontabString: '0 0 3 ? * * *' } })).id}`;
}

// A value for a parameter of a path: what there is, or what is nowhere.
function valueOf(path, name, there) {
  if (!there && name !== 'project') return name === 'id' && /execution|schedules|calendars|webhook/.test(path) ? '999999' : NOWHERE;
  const values = {
    project: there ? known.project : 'nowhere',
    id: path.includes('/schedules/') ? known.schedule : path.startsWith('/execution/') ? known.execution : path.startsWith('/token/') ? known.token : /webhook/.test(path) ? known.webhook : known.job,
    name: path.includes('/acl/') ? 'a.aclpolicy' : path.startsWith('/plugin/') ? 'local' : 'any',
    key: path.startsWith('/jobs/file/') ? known.key : 'a.key',
    token: path.startsWith('/webhook/') ? 'nobody-has-such-a-token' : known.archive, kind: 'job', type: path.includes('/application/') ? 'project' : path.includes('/scm/') ? 'git-export' : 'node', integration: 'export', action: 'project-commit', specifier: path.includes('/job/') ? known.job : 'any',
    path: 'a', revision: '1', option: 'color', node: 'any', stepctx: '1', index: '1', service: 'NodeExecutor',
    login: path.startsWith('/user/local/') ? 'ann' : 'admin', user: 'admin', execution: known.execution, uuid: NOWHERE, job: known.job,
  };
  assert.ok(values[name] !== undefined, `${path} has a parameter '${name}' that this test does not know`);
  return values[name];
}

const urlOf = (path, there) => path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(valueOf(path, name, there)));

// What of the query a read needs to succeed.
const QUERIES = {
  '/project/{project}/run/command': { exec: 'true' },
  '/execution/{id}/output/search': { query: 'hello' },
  '/project/{project}/output/search': { query: 'hello' },
  '/project/{project}/jobs/glance': { idlist: NOWHERE },
  '/authorizations/application/{kind}': { actions: 'read' },
  '/authorizations/application/{type}/{specifier}': { actions: 'read' },
  '/authorizations/project/{project}/{kind}': { actions: 'read' },
  '/authorizations/project/{project}/{type}/{specifier}': { actions: 'read' },
  '/authorizations/project/{project}/job/{specifier}': { actions: 'read' },
};
// Reads that cannot succeed here, and with what they are answered.
const REFUSED = new Map([
  ['/project/{project}/run/url', 400],               // needs a server of scripts
  ['/project/{project}/import/status', 404],         // nothing is imported
  ['/project/{project}/resource/{name}', 404],       // the node's name is the machine's
]);

// References are relative to the document, which is how ajv knows it.
const absolute = (schema) => JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"https://quarterdeck.example/api#/components'));

function fits(name, value, schema) {
  const validate = ajv.compile(absolute(schema));
  assert.ok(validate(value), `${name}: ${ajv.errorsText(validate.errors)}: ${JSON.stringify(value).slice(0, 500)}`);
}

function checkAnswer(name, operation, answer) {
  const documented = operation.responses[answer.status] ?? operation.responses.default;
  if (answer.status >= 400) return;
  assert.ok(operation.responses[answer.status], `${name}: status ${answer.status} is not documented: ${answer.text.slice(0, 300)}`);
  if (answer.status === 204) return assert.equal(answer.body.length, 0, name);
  const content = documented.content ?? {};
  assert.ok(content[answer.type], `${name}: ${answer.type} is not documented, but ${Object.keys(content)}`);
  if (answer.type === 'application/json') fits(name, answer.json, content[answer.type].schema);
}

describe('the document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const result = await new Validator().validate(structuredClone(document));
    assert.ok(result.valid, JSON.stringify(result.errors)?.slice(0, 2000));
    assert.equal(document.openapi, '3.1.0');
  });

  it('names every route of the table, and no other', () => {
    const named = operations().map(({ method, path }) => `${method} ${path}`).sort();
    assert.deepEqual(named, routes.map(({ method, path }) => `${method} /${path.replaceAll('*}', '}')}`).sort());
  });

  it('is the one that is kept in docs/', () => {
    const kept = JSON.parse(readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8'));
    assert.deepEqual(kept.paths, document.paths);
    assert.deepEqual(kept.components, document.components);
  });

  it('tells of every route what it does, and who may', () => {
    for (const { method, path, operation } of operations()) {
      assert.ok(operation.summary, `${method} ${path} has no summary`);
      assert.match(operation.description, /Needs the action `\w+` on \w+\.|Whoever is logged in/, `${method} ${path}`);
    }
    const ids = operations().map(({ operation }) => operation.operationId);
    assert.equal(new Set(ids).size, ids.length);
  });

  it('of an older version leaves out what is newer', async () => {
    const old = await qd.ok('GET', '/openapi.json', { version: 20 });
    assert.ok(old.servers[0].url.endsWith('/api/20'));
    assert.equal(old.paths['/user/roles'], undefined);  // since 30
    assert.ok(old.paths['/job/{id}/info']);             // since 18
    assert.ok(document.paths['/user/roles']);
  });
});

describe('routes', () => {
  it('are read as documented', async () => {
    for (const { method, path, operation } of operations()) {
      if (method !== 'GET' || path.endsWith('/abort') || path.endsWith('/events')) continue;
      const name = `GET ${path}`;
      const answer = await qd.api('GET', urlOf(path, true), { query: QUERIES[path], timeout: 30_000 });
      assert.equal(answer.status, REFUSED.get(path) ?? 200, `${name}: ${answer.text.slice(0, 300)}`);
      checkAnswer(name, operation, answer);
    }
  });

  it('are there for every method, and answer with the error of the document', async () => {
    for (const { method, path, operation } of operations()) {
      if (method === 'GET') continue;
      const name = `${method} ${path}`;
      const answer = await qd.api(method, urlOf(path, false), { json: {} });
      assert.notEqual(answer.status, 405, `${name}: ${answer.text}`);
      assert.ok(answer.status < 500, `${name}: ${answer.status} ${answer.text}`);
      assert.doesNotMatch(answer.text, /Invalid API Request: \//, name);
      checkAnswer(name, operation, answer);
      if (answer.status >= 400 && !path.startsWith('/storage/') && answer.json.error === true) fits(name, answer.json, { $ref: '#/components/schemas/Error' });
    }
    await qd.ok('POST', '/system/executions/enable');
  });

  it('refuse who is not logged in', async () => {
    for (const { method, path } of operations()) {
      const answer = await qd.api(method, urlOf(path, true), { token: null });
      assert.equal(answer.status, 403, `${method} ${path}: ${answer.text.slice(0, 200)}`);
    }
  });
});

describe('what is written', () => {
  // Method, path of the document, path of the request, options.
  const calls = () => [
    ['POST', '/projects', '/projects', { json: { name: unique(), config: { a: 'b' } } }],
    ['POST', '/project/{project}/config', `/project/${known.project}/config`, { json: { 'b.key': '2' } }],
    ['PUT', '/project/{project}/config/{key}', `/project/${known.project}/config/c.key`, { json: { value: '3' } }],
    ['DELETE', '/project/{project}/config/{key}', `/project/${known.project}/config/c.key`, {}],
    ['PUT', '/project/{project}/readme.md', `/project/${known.project}/readme.md`, { json: { contents: 'x' } }],
    ['POST', '/project/{project}/jobs/import', `/project/${known.project}/jobs/import`, { json: [{ name: unique(), sequence: { commands: [{ exec: 'true' }] } }] }],
    ['POST', '/project/{project}/jobs/validateSchedule', `/project/${known.project}/jobs/validateSchedule`, { json: { schedule: { crontab: '0 0 3 ? * * *' } } }],
    ['POST', '/job/{id}/run', `/job/${known.job}/run`, { json: {} }],
    ['POST', '/job/{id}/execution/enable', `/job/${known.job}/execution/enable`, {}],
    ['POST', '/job/{id}/option/{option}/values', `/job/${known.job}/option/color/values`, { json: {} }],
    ['POST', '/job/{id}/input/file/{option}', `/job/${known.job}/input/file/file`, { body: 'x', type: 'application/octet-stream', query: { fileName: 'a' } }],
    ['POST', '/jobs/schedule/disable', '/jobs/schedule/disable', { json: { ids: [known.job, NOWHERE] } }],
    ['POST', '/project/{project}/run/command', `/project/${known.project}/run/command`, { json: { exec: 'true' } }],
    ['POST', '/project/{project}/run/script', `/project/${known.project}/run/script`, { json: { script: 'true' } }],
    ['POST', '/execution/{id}/abort', `/execution/${known.execution}/abort`, {}],
    ['POST', '/executions/delete', '/executions/delete', { json: { ids: ['999999'] } }],
    ['POST', '/tokens', '/tokens', { json: { user: 'admin', roles: ['*'], name: 'x' } }],
    ['POST', '/user/info', '/user/info', { json: { firstName: 'A' } }],
    ['PUT', '/storage/keys/{path}', '/storage/keys/a/b', { body: 'other', type: 'application/x-rundeck-data-password' }],
    ['POST', '/acl/validate', '/acl/validate', { json: { contents: 'no: policy' } }],
    ['PUT', '/project/{project}/schedules/{id}', `/project/${known.project}/schedules/${known.schedule}`, { json: { name: 's2', type: 'CRON', crontabString: '0 0 4 ? * * *' } }],
    ['PUT', '/project/{project}/schedules/{id}/jobs/{job}', `/project/${known.project}/schedules/${known.schedule}/jobs/${known.job}`, { json: {} }],
    ['PUT', '/scheduler/takeover', '/scheduler/takeover', { json: { server: { all: true } } }],
  ];

  it('is answered as documented', async () => {
    for (const [method, path, target, options] of calls()) {
      const operation = document.paths[path]?.[method.toLowerCase()];
      assert.ok(operation, `${method} ${path} is not in the document`);
      const answer = await qd.api(method, target, options);
      assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text.slice(0, 400)}`);
      checkAnswer(`${method} ${path}`, operation, answer);
    }
    const { executions } = await qd.ok('GET', `/project/${known.project}/executions/running`);
    for (const { id } of executions) await ended(qd, id);
  });
});
