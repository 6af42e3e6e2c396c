// Tokens, login sessions, and what somebody without either is told.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ADMIN_PASSWORD, startServer } from '../support/server.mjs';
import { Cookies } from '../support/http.mjs';
import { adhoc, ended, newProject } from '../support/scenario.mjs';

let qd;
before(async () => {
  qd = await startServer();
});
after(() => qd?.stop());

const bare = (method, path, options = {}) => qd.raw(method, path, { token: null, accept: 'application/json', ...options });

function assertRefused(answer, who) {
  assert.equal(answer.status, 403, answer.text);
  assert.equal(answer.json.error, true);
  assert.equal(answer.json.errorCode, 'unauthorized');
  assert.equal(answer.json.apiversion, 59);
  assert.ok(answer.json.message.startsWith(`${who} is not authorized for: /api/59/projects`), answer.json.message);
}

describe('tokens', () => {
  for (const name of ['X-Rundeck-Auth-Token', 'x-rundeck-auth-token', 'X-RUNDECK-AUTH-TOKEN', 'X-RunDeck-Auth-Token']) {
    it(`are taken from the header ${name}`, async () => {
      const answer = await bare('GET', '/api/59/projects', { headers: { [name]: qd.token } });
      assert.equal(answer.status, 200, answer.text);
    });
  }

  it('are taken from the parameter authtoken', async () => {
    assert.equal((await bare('GET', '/api/59/projects', { query: { authtoken: qd.token } })).status, 200);
    const answer = await bare('GET', '/api/59/projects', { query: { authtoken: 'invalidtoken' } });
    assertRefused(answer, '(Token:inval****)');
  });

  it('that are wrong are shown by their first five letters only', async () => {
    const answer = await bare('GET', '/api/59/projects', { headers: { 'X-Rundeck-Auth-Token': 'invalidtoken' } });
    assertRefused(answer, '(Token:inval****)');
    assert.ok(!answer.text.includes('invalidtoken'));
  });

  it('that are empty or very short reveal nothing and are refused', async () => {
    for (const token of ['', 'a', 'abcd', 'abcde', ' ']) {
      const answer = await bare('GET', '/api/59/projects', { headers: { 'X-Rundeck-Auth-Token': token } });
      assert.equal(answer.status, 403, `${JSON.stringify(token)}: ${answer.text}`);
    }
  });

  it('never come back in an answer or in the log', async () => {
    const answer = await qd.ok('GET', '/tokens');
    assert.ok(!JSON.stringify(answer).includes(qd.token));
    assert.ok(!qd.log().includes(qd.token));
    assert.ok(!qd.log().includes(ADMIN_PASSWORD));
  });
});

describe('nobody', () => {
  it('is told so', async () => {
    const answer = await bare('GET', '/api/59/projects');
    assertRefused(answer, '(unauthenticated)');
    assert.equal(answer.json.message, '(unauthenticated) is not authorized for: /api/59/projects');
  });

  it('may not do anything, of any kind', async () => {
    for (const [method, path] of [
      ['POST', '/projects'], ['GET', '/system/info'], ['GET', '/execution/1'], ['GET', '/execution/1/output'], ['POST', '/tokens'], ['GET', '/tokens'],
      ['POST', '/system/executions/disable'], ['DELETE', '/project/x'], ['GET', '/metrics/metrics'], ['GET', '/execution/1/events'],
    ]) {
      const answer = await bare(method, `/api/59${path}`, { json: method === 'POST' ? {} : undefined });
      assert.equal(answer.status, 403, `${method} ${path}: ${answer.text}`);
      assert.equal(answer.json.errorCode, 'unauthorized');
    }
  });
});

describe('sessions', () => {
  it('begin with j_security_check and the cookie JSESSIONID', async () => {
    const { cookies, answer } = await qd.login();
    assert.ok(cookies.get('JSESSIONID'), 'no cookie JSESSIONID');
    assert.ok(!answer.text.includes('j_security_check'), 'the login form is shown after a good login');
    const projects = await bare('GET', '/api/59/projects', { cookies });
    assert.equal(projects.status, 200, projects.text);
  });

  it('set a cookie that scripts of a page cannot read', async () => {
    const answer = await bare('POST', '/j_security_check', { form: { j_username: 'admin', j_password: ADMIN_PASSWORD } });
    const line = answer.headers['set-cookie'].find((text) => text.startsWith('JSESSIONID='));
    assert.match(line, /;\s*HttpOnly/i);
    assert.match(line, /;\s*SameSite=/i);
    assert.match(line, /;\s*Path=\//i);
  });

  it('work for every method of the API, without a CSRF token', async () => {
    const { cookies } = await qd.login();
    const project = `session-${Date.now()}`;
    const call = (method, path, options) => bare(method, `/api/59${path}`, { cookies, ...options });
    assert.equal((await call('POST', '/projects', { json: { name: project } })).status, 201);
    assert.equal((await call('PUT', `/project/${project}/config/a.b`, { json: { value: 'c' } })).status, 200);
    assert.equal((await call('GET', `/project/${project}/config/a.b`)).status, 200);
    assert.equal((await call('DELETE', `/project/${project}/config/a.b`)).status, 204);
    assert.equal((await call('DELETE', `/project/${project}`)).status, 204);
  });

  it('give a run its user', async () => {
    const { cookies } = await qd.login();
    const project = await newProject(qd);
    const started = await bare('POST', `/api/59/project/${project}/run/command`, { cookies, json: { exec: 'true' } });
    assert.equal(started.status, 200, started.text);
    assert.equal((await ended(qd, started.json.execution.id)).user, 'admin');
  });

  it('are not given for a wrong password or an unknown user', async () => {
    for (const [user, password] of [['admin', 'wrong'], ['admin', ''], ['nobody', ADMIN_PASSWORD], ['', ''], ["admin' --", 'x']]) {
      const { cookies, answer } = await qd.login(user, password);
      assert.ok(answer.text.includes('j_security_check'), `the page after a bad login must hold the form (${user})`);
      const projects = await bare('GET', '/api/59/projects', { cookies });
      assert.equal(projects.status, 403, projects.text);
    }
  });

  it('are not made up', async () => {
    const cookies = new Cookies();
    for (const value of ['0123456789abcdef0123456789abcdef', '', "' OR 1=1 --", 'a'.repeat(5000)]) {
      cookies.set('JSESSIONID', value);
      assert.equal((await bare('GET', '/api/59/projects', { cookies })).status, 403);
    }
  });

  it('end with logout', async () => {
    const { cookies } = await qd.login();
    const before = cookies.get('JSESSIONID');
    assert.equal((await bare('GET', '/api/59/projects', { cookies })).status, 200);
    const out = await bare('GET', '/user/logout', { cookies, accept: 'text/html' });
    assert.ok(out.status < 400, `logout: ${out.status}`);
    const old = new Cookies();
    old.set('JSESSIONID', before);
    assert.equal((await bare('GET', '/api/59/projects', { cookies: old })).status, 403);
  });

  it('are new for each login', async () => {
    const [one, two] = [await qd.login(), await qd.login()];
    assert.notEqual(one.cookies.get('JSESSIONID'), two.cookies.get('JSESSIONID'));
  });

  it('outlive a restart of the server', async () => {
    const { cookies } = await qd.login();
    const project = await newProject(qd);
    await ended(qd, await adhoc(qd, project, 'true'));
    await qd.stop();
    await qd.start();
    assert.equal((await bare('GET', `/api/59/project/${project}`, { cookies })).status, 200);
    assert.equal((await qd.api('GET', `/project/${project}`)).status, 200, 'tokens too');
  });
});
