// any database
// Option values from URLs and files: what a form gets, what a run accepts, and addresses that are never reached.
import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { removeAtExit } from '../support/cleanup.mjs';
import { startServer } from '../support/server.mjs';
import { newJob, newProject, runToEnd } from '../support/scenario.mjs';

let qd;
let site;
let base;
let project;
const asked = [];
const answers = {
  '/list': ['b', 'a'],
  '/pairs': [{ name: 'X', value: 'x', selected: true }, { name: 'Y', value: 'y' }],
  '/object': { One: '1', Two: 2 },
  '/deep': { data: { items: [{ name: 'N', value: 'v' }] } },
  '/bad': [{ name: 'only' }],
};
before(async () => {
  qd = await startServer();
  site = http.createServer((request, response) => {
    const { pathname, search } = new URL(request.url, 'http://x');
    asked.push(pathname + search);
    if (pathname === '/hop') return response.writeHead(302, { Location: 'http://169.254.169.254/latest' }).end();
    if (pathname === '/text') return response.writeHead(200, { 'Content-Type': 'text/plain' }).end('["t"]');
    if (pathname === '/weak') {
      const tries = asked.filter((path) => path === '/weak').length;
      return response.writeHead(tries < 3 ? 503 : 200, { 'Content-Type': 'application/json' }).end('["w"]');
    }
    const body = pathname.startsWith('/branches/') ? [`${pathname.split('/')[2]}-main`] : answers[pathname];
    return response.writeHead(body ? 200 : 404, { 'Content-Type': 'application/json; charset=utf-8' }).end(JSON.stringify(body ?? {}));
  });
  await new Promise((resolve) => site.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${site.address().port}`;
  project = await newProject(qd, { 'project.globals.region': 'eu' });
});
after(async () => {
  site?.closeAllConnections();
  site?.close();
  await qd?.stop();
});

const jobWith = (...options) => newJob(qd, project, { steps: ['echo ${option.o}'], options });
const values = (id, name = 'o', query = {}) => qd.ok('GET', `/job/${id}/option/${name}/values`, { query });
const plain = async (url, more = {}) => (await values(await jobWith({ name: 'o', valuesUrl: url, ...more }))).values;

describe('values for a form', () => {
  it('every shape of JSON, from the web and from files', async () => {
    assert.deepEqual(await plain(`${base}/list`), [{ name: 'b', value: 'b' }, { name: 'a', value: 'a' }]);
    assert.deepEqual(await plain(`${base}/list`, { sortValues: true }), [{ name: 'a', value: 'a' }, { name: 'b', value: 'b' }]);
    assert.deepEqual(await plain(`${base}/pairs`), [{ name: 'X', value: 'x', selected: true }, { name: 'Y', value: 'y' }]);
    assert.deepEqual(await plain(`${base}/object`), [{ name: 'One', value: '1' }, { name: 'Two', value: '2' }]);
    assert.deepEqual(await plain(`${base}/deep`, { configRemoteUrl: { jsonFilter: '$.data.items' } }), [{ name: 'N', value: 'v' }]);
    const file = join(removeAtExit(mkdtempSync(join(tmpdir(), 'qd-options-'))), 'o.json');
    writeFileSync(file, '["from a file"]');
    assert.deepEqual(await plain(`file:${file}`), [{ name: 'from a file', value: 'from a file' }]);
    assert.deepEqual(await plain(`${base}/weak#retry=5;timeout=5`), [{ name: 'w', value: 'w' }]);
    const fixed = await values(await jobWith({ name: 'o', values: ['p', 'q'] }));
    assert.deepEqual(fixed, { option: 'o', remote: false, dependsOn: [], values: [{ name: 'p', value: 'p' }, { name: 'q', value: 'q' }] });
  });

  it('depend on the other options, the job and the project', async () => {
    const id = await jobWith(
      { name: 'repo', values: ['r 1'] },
      { name: 'o', valuesUrl: `${base}/branches/\${option.repo.value}?j=\${job.project}&g=\${globals.region}&u=\${job.user.name}` },
    );
    const given = await values(id, 'o', { 'option.repo': 'r 1' });
    assert.deepEqual(given, { option: 'o', remote: true, dependsOn: ['repo'], values: [{ name: 'r%201-main', value: 'r%201-main' }] });
    assert.ok(asked.includes(`/branches/r%201?j=${project}&g=eu&u=admin`), asked.join('\n'));
    const posted = await qd.ok('POST', `/job/${id}/option/o/values`, { json: { options: { repo: 'x' } } });
    assert.deepEqual(posted.values, [{ name: 'x-main', value: 'x-main' }]);
  });

  it('what is wrong is told', async () => {
    const failure = async (status, url, more) => {
      const id = await jobWith({ name: 'o', valuesUrl: url, ...more });
      return (await qd.fails(status, 'api.error.option.values.failure', 'GET', `/job/${id}/option/o/values`)).message;
    };
    assert.match(await failure(503, `${base}/missing`), /Server returned an error response: 404/);
    assert.match(await failure(400, `${base}/text`), /Unexpected content type received: text\/plain/);
    assert.match(await failure(400, `${base}/bad`), /Item: 0 has no 'value' entry/);
    assert.match(await failure(400, `${base}/deep`, { configRemoteUrl: { jsonFilter: '$.nothing' } }), /names nothing/);
    assert.match(await failure(400, 'ftp://x/y'), /Unsupported protocol: ftp/);
    assert.match(await failure(503, 'file:/nowhere/at/all.json'), /No such file/);
    for (const url of ['http://169.254.169.254/latest#retry=1', 'http://169.254.1.1:1/#retry=1', `${base}/hop#retry=1`]) {
      assert.match(await failure(503, url), /is blocked by quarterdeck\.http\.blockedAddresses/, url);
    }
    const id = await jobWith({ name: 'o', values: ['x'] });
    await qd.fails(404, 'api.error.item.doesnotexist', 'GET', `/job/${id}/option/none/values`);
    const lenient = await newProject(qd, { 'project.jobs.disableRemoteOptionJsonCheck': 'true' });
    const job = await newJob(qd, lenient, { options: [{ name: 'o', valuesUrl: `${base}/text` }] });
    assert.deepEqual((await values(job)).values, [{ name: 't', value: 't' }]);
  });
});

describe('a run', () => {
  it('takes enforced values as the URL gives them, and any while it is away', async () => {
    const id = await jobWith(
      { name: 'repo', values: ['r'] },
      { name: 'o', enforced: true, valuesUrl: `${base}/branches/\${option.repo.value}` },
    );
    const refused = await qd.fails(400, 'api.error.job.options-invalid', 'POST', `/job/${id}/run`, { json: { options: { repo: 'r', o: 'other' } } });
    assert.equal(refused.message, 'Job options were not valid: Option o value: other was not in the allowed values: [r-main]');
    assert.equal((await runToEnd(qd, id, { options: { repo: 'r', o: 'r-main' } })).status, 'succeeded');
    const away = await jobWith({ name: 'o', enforced: true, valuesUrl: `${base}/missing` });
    assert.equal((await runToEnd(qd, away, { options: { o: 'anything' } })).status, 'succeeded');
  });
});

describe('option definitions', () => {
  const check = (json, query) => qd.api('POST', `/project/${project}/jobs/validateOption`, { json, query });
  it('are checked before the job is saved', async () => {
    const good = await check({ name: 'o', valuesUrl: 'http://h/${option.x.value}' });
    assert.deepEqual([good.status, good.json], [200, { valid: true, messages: {} }]);
    for (const [json, field, query] of [
      [{ name: '' }, 'name'],
      [{ name: 'a b' }, 'name'],
      [{ name: 'o', regex: '(' }, 'regex'],
      [{ name: 'o', valuesUrl: 'nowhere' }, 'valuesUrl'],
      [{ name: 'o', hidden: true }, 'hidden'],
      [{ name: 'o', required: true }, 'required', { jobWasScheduled: true }],
    ]) {
      const answer = await check(json, query);
      assert.equal(answer.status, 400, JSON.stringify(json));
      assert.equal(answer.json.valid, false);
      assert.equal(typeof answer.json.messages[field]?.[0], 'string', answer.text);
    }
  });
});
