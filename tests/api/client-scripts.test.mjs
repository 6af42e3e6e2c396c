// What monitors and home-made scripts send: exporters that log in or have a token, curl lines out of wikis and blogs,
// headers of old clients. They read a few fields, or grep.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ADMIN_PASSWORD, startServer } from '../support/server.mjs';
import { Cookies } from '../support/http.mjs';
import { ended, newJob, newProject } from '../support/scenario.mjs';

let qd, project, job;
before(async () => {
  qd = await startServer();
  project = await newProject(qd);
  job = await newJob(qd, project, { multipleExecutions: true, options: [{ name: 'a' }], steps: ['echo [${option.a}]'] });
});
after(() => qd?.stop());

describe('the Prometheus exporter', () => {
  it('logs in by a form, and reads metrics without a version in the path', async () => {
    const { cookies } = await qd.login();
    for (const path of ['/metrics/metrics', '/api/34/system/info']) {
      assert.equal((await qd.raw('GET', path, { cookies, token: null, accept: '*/*' })).type, 'application/json', path);
    }
  });
  it('reads figures of projects, of nodes and of the system', async () => {
    const get = async (path) => (await qd.raw('GET', `/api/34${path}`)).json;
    const { system } = await get('/system/info');
    assert.equal(system.executions.executionMode, 'active');
    assert.ok(system.stats.uptime.since.epoch > 0);
    assert.equal(typeof system.stats.cpu.loadAverage.average, 'number');
    const metrics = await get('/metrics/metrics');
    assert.ok(Object.values(metrics.gauges).every((gauge) => typeof gauge.value === 'number'));
    assert.ok(Object.values(metrics.counters).every((counter) => typeof counter.count === 'number'));
    assert.ok((await get('/projects')).some((one) => one.name === project));
    assert.equal(typeof (await get(`/project/${project}/executions/metrics?recentFilter=1d`)).total, 'number');
    assert.ok(Object.keys(await get(`/project/${project}/resources`)).length > 0);
    assert.ok((await get(`/project/${project}/executions?recentFilter=1d&max=20`)).paging);
  });
});

describe('scripts', () => {
  const started = async (path, options) => {
    const answer = await qd.raw('POST', path, { token: null, ...options });
    assert.equal(answer.status, 200, answer.text);
    await ended(qd, answer.json.id);
    return (await qd.raw('GET', `/api/14/execution/${answer.json.id}/output`, { query: { format: 'text' } })).text;
  };
  it('log in by a form, follow where they are sent, and grep the page for the login form', async () => {
    for (const [password, form] of [[ADMIN_PASSWORD, false], ['wrong', true]]) {
      const { answer } = await qd.login('admin', password);
      assert.equal(answer.text.includes('j_security_check'), form, password);
    }
  });
  it('log in by the query of an empty POST, and wait for the redirect, as Rundeck\'s TypeScript client does', async () => {
    for (const [password, target] of [[ADMIN_PASSWORD, '/menu/home'], ['wrong', '/user/error']]) {
      const query = { j_username: 'admin', j_password: password };
      const answer = await qd.raw('POST', '/j_security_check', { query, token: null, accept: 'application/json, text/plain, */*' });
      assert.equal(answer.status, 302, password);
      assert.equal(new URL(answer.headers.location, qd.url).pathname, target);
    }
  });
  it('run a job with the token in the URL and whatever type', async () => {
    const path = `/api/19/job/${job}/run?authtoken=${qd.token}`;
    assert.equal(await started(path, { headers: { 'Content-Type': 'text/xml' } }), '[]\n');
    assert.equal(await started(path, { body: 'argString=-a+b&loglevel=DEBUG', type: 'application/x-www-form-urlencoded' }), '[b]\n');
    assert.equal(await started(`${path}&argString=-a%20c`, {}), '[c]\n');
    assert.equal(await started(path, { body: '{"argString":"-a d ",}', type: 'application/json' }), '[d]\n');
    assert.equal(await started(path, { parts: [{ name: 'argString', content: '-a e' }] }), '[e]\n');
    assert.equal(await started(path, { body: '', type: 'application/json' }), '[]\n');
  });
  it('ask by GET with an empty JSON body, or for XML and HTML, and get JSON as from the peer', async () => {
    const info = await qd.raw('GET', `/api/18/job/${job}/info`, { body: '{}', type: 'application/json' });
    assert.equal(info.json.id, job);
    for (const accept of ['application/xml', 'text/xml', 'text/html,application/xhtml+xml', '*/*']) {
      assert.equal((await qd.raw('GET', '/api/14/projects', { accept })).type, 'application/json', accept);
    }
  });
  it('send a session cookie with what they start', async () => {
    const { cookies } = await qd.login();
    assert.ok(cookies.get('JSESSIONID'));
    assert.equal(await started(`/api/40/job/${job}/run`, { cookies, form: { argString: '-a f' } }), '[f]\n');
    assert.equal((await qd.raw('GET', '/api/40/projects', { cookies: new Cookies(), token: null })).status, 403);
  });
});
