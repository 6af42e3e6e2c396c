// Who comes in, how often, from where; users of the database; what browsers of other sites may not do.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { appendFileSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ADMIN_PASSWORD, Server, startServer } from '../support/server.mjs';
import { qd as cli } from '../support/cli.mjs';
import { Cookies } from '../support/http.mjs';
import { unique } from '../support/scenario.mjs';
import { until } from '../support/wait.mjs';

const isForm = (answer) => /j_security_check/.test(answer.text);
const post = (qd, user, password, more = {}) => qd.raw('POST', '/j_security_check', { form: { j_username: user, j_password: password }, token: null, ...more });

describe('sessions', () => {
  let qd;
  before(async () => {
    qd = await startServer({ config: { 'rundeck.security.enforceMaxSessions': 'true', 'rundeck.security.maxSessions': '2', 'rundeck.security.requiredRole': 'admin, ops' } });
    appendFileSync(join(qd.base, 'server/config/realm.properties'), '\nguest: guest,user\nops: ops,ops\n');
  });
  after(() => qd?.stop());

  it('get a new id at login, and flags on the cookie', async () => {
    const planted = 'x'.repeat(40);
    const first = await post(qd, 'admin', ADMIN_PASSWORD, { headers: { Cookie: `JSESSIONID=${planted}` } });
    const [line] = first.headers['set-cookie'];
    assert.match(line, /^JSESSIONID=[A-Za-z0-9]{40}; Path=\/; HttpOnly; SameSite=Lax$/);
    assert.ok(!line.includes(planted));
    const again = await post(qd, 'admin', ADMIN_PASSWORD, { headers: { Cookie: line.split(';')[0] } });
    assert.notEqual(again.headers['set-cookie'][0], line);
    const old = await qd.api('GET', '/projects', { token: null, headers: { Cookie: line.split(';')[0] } });
    assert.equal(old.status, 403, 'the session before it has ended');
  });

  it('end, the oldest first, when a user has too many', async () => {
    const jars = [];
    for (let at = 0; at < 3; at += 1) jars.push((await qd.login('ops', 'ops')).cookies);
    const statuses = [];
    for (const cookies of jars) statuses.push((await qd.api('GET', '/user/roles', { cookies, token: null })).status);
    assert.deepEqual(statuses.slice(1), [200, 200]);
    assert.equal(statuses[0], 403);
  });

  it('need one of the required roles', async () => {
    const answer = await post(qd, 'guest', 'guest');
    assert.equal(answer.status, 403);
    assert.ok(isForm(answer));
    assert.equal(answer.headers['set-cookie'], undefined);
    assert.ok(!isForm((await qd.login('ops', 'ops')).answer));
  });

  it('end at logout', async () => {
    const { cookies } = await qd.login('ops', 'ops');
    const Cookie = cookies.header();
    await qd.raw('GET', '/user/logout', { cookies, token: null });
    assert.equal((await qd.api('GET', '/user/roles', { token: null, headers: { Cookie } })).status, 403);
  });

  it('do not let pages of other sites act, and let programs and our own pages', async () => {
    const { cookies } = await qd.login('admin', ADMIN_PASSWORD);
    const attempt = (headers, method = 'POST', path = '/projects') => qd.api(method, path, { token: null, cookies, headers, json: method === 'POST' ? { name: unique('Site') } : undefined });
    for (const headers of [{ 'Sec-Fetch-Site': 'cross-site' }, { 'Sec-Fetch-Site': 'same-site' }, { Origin: 'https://evil.example' }, { Origin: 'null' }, { Referer: 'https://evil.example/x' }]) {
      const answer = await attempt(headers);
      assert.equal(answer.status, 403, JSON.stringify(headers));
      assert.equal(answer.json.errorCode, 'api.error.cross-site');
    }
    for (const headers of [{}, { 'Sec-Fetch-Site': 'same-origin', Origin: 'https://elsewhere' }, { Origin: qd.url }, { Referer: `${qd.url}/menu/home` }]) {
      assert.equal((await attempt(headers)).status, 201, JSON.stringify(headers));
    }
    assert.equal((await attempt({ 'Sec-Fetch-Site': 'cross-site' }, 'GET', '/projects')).status, 200, 'reading does no harm');
    assert.equal((await attempt({ 'Sec-Fetch-Site': 'cross-site' }, 'GET', '/execution/1/abort')).status, 403);
    assert.equal((await qd.api('POST', '/projects', { json: { name: unique('Token') }, headers: { Origin: 'https://evil.example' } })).status, 201, 'tokens are not sent by browsers by themselves');
    assert.equal((await post(qd, 'admin', ADMIN_PASSWORD, { headers: { Origin: 'https://evil.example' } })).status, 403);
  });
});

describe('form tokens', () => {
  let qd;
  let cookies;
  before(async () => {
    qd = await startServer();
    ({ cookies } = await qd.login());
  });
  after(() => qd?.stop());
  // What browsers send when somebody follows a link, without TLS and without a referrer.
  const navigation = { 'Upgrade-Insecure-Requests': '1', Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
  const create = (headers, options = {}) => qd.api('POST', '/projects', { token: null, cookies, headers, json: { name: unique('Form') }, ...options });
  const act = (headers, path) => qd.api('GET', path ?? '/execution/987654321/abort', { token: null, cookies, headers, accept: undefined });

  it('come with the login, as a cookie that our pages can read, and end with it', async () => {
    const login = await post(qd, 'admin', ADMIN_PASSWORD);
    const line = login.headers['set-cookie'].find((one) => one.startsWith('QD_FORM_TOKEN='));
    assert.match(line, /^QD_FORM_TOKEN=[0-9a-f]{40}; Path=\/; SameSite=Strict$/);
    const other = await qd.login();
    assert.notEqual(other.cookies.get('QD_FORM_TOKEN'), cookies.get('QD_FORM_TOKEN'));
    const lost = new Cookies();
    lost.set('JSESSIONID', other.cookies.get('JSESSIONID'));
    await qd.raw('GET', '/menu/home', { token: null, cookies: lost });
    assert.equal(lost.get('QD_FORM_TOKEN'), other.cookies.get('QD_FORM_TOKEN'), 'a page gives it again');
    await qd.raw('GET', '/user/logout', { token: null, cookies: lost });
    assert.equal(lost.get('QD_FORM_TOKEN'), undefined);
  });

  it('are asked for where a browser does not say which page it sends from', async () => {
    for (const headers of [navigation, { 'Sec-Fetch-Mode': 'navigate' }, { 'Upgrade-Insecure-Requests': '1' }]) {
      for (const answer of [await act(headers), await create(headers)]) {
        assert.equal(answer.status, 403, `${JSON.stringify(headers)}: ${answer.text}`);
        assert.match(answer.json.message, /QD_FORM_TOKEN/);
      }
    }
    const token = cookies.get('QD_FORM_TOKEN');
    assert.equal((await create({ ...navigation, 'X-QD-Form-Token': token })).status, 201);
    assert.equal((await act(navigation, `/execution/987654321/abort?_form_token=${token}`)).status, 404);
    assert.equal((await create({ Origin: 'http://name-behind-a-proxy', 'X-QD-Form-Token': token })).status, 201);
  });

  it('must be the right ones, and open nothing to another site', async () => {
    const { cookies: others } = await qd.login();
    for (const token of ['', 'x', others.get('QD_FORM_TOKEN'), 'f'.repeat(40)]) {
      assert.equal((await create({ Origin: qd.url, 'X-QD-Form-Token': token })).status, 403, token);
    }
    assert.equal((await create({ 'Sec-Fetch-Site': 'cross-site', 'X-QD-Form-Token': cookies.get('QD_FORM_TOKEN') })).status, 403);
  });

  it('are not asked of programs', async () => {
    for (const headers of [{}, { Accept: '*/*' }, { Accept: 'text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2' }, { 'User-Agent': 'Mozilla/5.0 (Windows NT) WindowsPowerShell/5.1' }]) {
      assert.equal((await create(headers)).status, 201, JSON.stringify(headers));
    }
    assert.equal((await act(navigation, '/projects')).status, 200, 'nor for reading');
  });
});

// Of all threads of a name, as proc(5) tells of them.
const niceness = (pid, name) => readdirSync(`/proc/${pid}/task`)
  .map((task) => /\((.*)\) (.*)/s.exec(readFileSync(`/proc/${pid}/task/${task}/stat`, 'utf8')))
  .filter(([, found]) => found === name)
  .map(([, , facts]) => Number(facts.split(' ')[16]));

describe('checking a password', () => {
  it('has the priority of everything else, so that a busy machine locks nobody out', async () => {
    const qd = await startServer();
    await qd.login();
    const checks = niceness(qd.pid, 'login');
    assert.ok(checks.length > 0, 'a thread checked it');
    assert.deepEqual(new Set(checks), new Set(niceness(qd.pid, 'quarterdeck')));
    await qd.stop();
  });
});

describe('guessing', () => {
  it('leads to pauses for the one who guesses, and leaves others alone', async () => {
    const qd = await startServer({ config: { 'rundeck.authRateLimiting.rate': '3', 'quarterdeck.proxy.trusted': '127.0.0.1' } });
    const from = (address) => ({ headers: { 'X-Forwarded-For': address } });
    for (let at = 0; at < 3; at += 1) assert.equal((await post(qd, 'admin', 'wrong', from('192.0.2.66'))).status, 302);
    // Pauses double, so that even a slow machine comes back within one.
    const paused = await until(async () => {
      const answer = await post(qd, 'admin', 'wrong', from('192.0.2.66'));
      return answer.status === 429 && answer;
    }, { what: 'a refusal without a check' });
    assert.ok(isForm(paused));
    assert.match(paused.headers['retry-after'], /^\d+$/);
    assert.ok(!isForm((await qd.login()).answer), 'who was here before comes in from his address');
    const checked = async () => (await qd.ok('GET', '/audit/events', { query: { action: 'login_failed', address: '192.0.2.66' } })).events.length;
    const before = await checked();
    assert.ok(before >= 3);
    await until(async () => (await post(qd, 'admin', 'wrong', from('192.0.2.66'))).status === 302, { what: 'the pause to end' });
    assert.equal(await checked(), before + 1, 'refusals without a check are not logins');
    await qd.stop();
  });
});

describe('users of the database', () => {
  let qd;
  before(async () => {
    qd = await startServer({ config: { 'rundeck.password.minLength': '6' } });
  });
  after(() => qd?.stop());
  const local = (method, path, json) => qd.ok(method, `/user/local${path}`, { json });
  const status = async (cookies) => (await qd.api('GET', '/user/roles', { cookies, token: null })).status;

  it('are made, changed and removed, and are known to every member at once', async () => {
    const name = unique('dora');
    const made = await qd.ok('POST', '/user/local', { json: { login: name, password: 'dora secret', roles: ['ops', 'dev'] }, status: 201 });
    assert.deepEqual(made.roles, ['ops', 'dev']);
    assert.ok(!('password' in made));
    await qd.fails(409, null, 'POST', '/user/local', { json: { login: name, password: 'dora secret' } });
    // An embedded database has one member only.
    const other = qd.database ? await new Server({ database: qd.database }).start() : qd;
    const first = await other.login(name, 'dora secret');
    assert.ok(!isForm(first.answer));
    assert.equal(await status(first.cookies), 200, 'sessions are of every member');

    await local('POST', `/${name}`, { password: 'another secret' });
    assert.equal(await status(first.cookies), 403, 'a new password ends sessions');
    assert.ok(isForm((await other.login(name, 'dora secret')).answer));
    const second = await other.login(name, 'another secret');
    assert.deepEqual((await qd.api('GET', '/user/roles', { cookies: second.cookies, token: null })).json.roles, ['ops', 'dev']);
    await local('POST', `/${name}`, { enabled: false });
    assert.equal(await status(second.cookies), 403);
    assert.ok(isForm((await qd.login(name, 'another secret')).answer));
    await qd.ok('DELETE', `/user/local/${name}`);
    await qd.fails(404, null, 'GET', `/user/local/${name}`);
    if (other !== qd) await other.stop();
  });

  it('need a good name and a long password, and an administrator', async () => {
    for (const json of [{ login: '', password: 'long enough' }, { login: 'x', password: 'short' }, { login: 'x' }, { login: 'x', password: 'x'.repeat(73) }, { login: ' x', password: 'long enough' }]) {
      await qd.fails(400, null, 'POST', '/user/local', { json });
    }
    const { token } = await qd.ok('POST', '/tokens', { json: { user: 'eve', roles: ['user'] }, status: 201 });
    await qd.fails(403, null, 'POST', '/user/local', { json: { login: 'eve', password: 'eve secret', roles: ['admin'] }, token });
    await qd.fails(403, null, 'GET', '/user/local', { token });
  });

  it('are managed by qd, with the password from standard input', async () => {
    const name = unique('finn');
    const made = await cli(qd, ['users', 'local', 'create', '-u', name, '-r', 'ops,dev'], { input: 'finn secret\n' });
    assert.equal(made.code, 0, made.err);
    assert.ok(!isForm((await qd.login(name, 'finn secret')).answer));
    const listed = await cli(qd, ['users', 'local', 'list', '-%', '%login %roles']);
    assert.match(listed.out, new RegExp(`^${name} \\[ops, dev\\]$`, 'm'));
    assert.equal((await cli(qd, ['users', 'local', 'update', '-u', name, '-r', 'dev', '--disable'])).code, 0);
    assert.ok(isForm((await qd.login(name, 'finn secret')).answer));
    assert.equal((await cli(qd, ['users', 'local', 'delete', '-u', name, '--confirm'])).code, 0);
  });
});

describe('a proxy that logs users in', () => {
  const config = {
    'rundeck.security.authorization.preauthenticated.enabled': 'true', 'rundeck.security.authorization.preauthenticated.attributeName': 'REMOTE_USER_GROUPS',
    'rundeck.security.authorization.preauthenticated.delimiter': ';', 'rundeck.security.authorization.preauthenticated.userSyncEnabled': 'true',
    'rundeck.security.authorization.preauthenticated.redirectLogout': 'true', 'rundeck.security.authorization.preauthenticated.redirectUrl': '/oauth2/sign_in',
  };
  const headers = { 'X-Forwarded-Uuid': 'gail', 'X-Forwarded-Roles': 'admin; ops', 'X-Forwarded-User-Email': 'gail@example.com', 'X-Forwarded-For': '203.0.113.7, 127.0.0.1' };

  it('is believed when it is trusted', async () => {
    const qd = await startServer({ config: { ...config, 'quarterdeck.proxy.trusted': '127.0.0.0/8' } });
    const roles = await qd.api('GET', '/user/roles', { token: null, headers });
    assert.deepEqual(roles.json.roles, ['admin', 'ops']);
    assert.equal((await qd.ok('GET', '/user/info/gail')).email, 'gail@example.com');
    const [event] = (await qd.ok('GET', '/audit/events', { query: { user: 'gail' } })).events;
    assert.equal(event.address, '203.0.113.7');
    const crossed = await qd.api('POST', '/projects', { token: null, headers: { ...headers, 'Sec-Fetch-Site': 'cross-site' }, json: { name: 'x' } });
    assert.equal(crossed.status, 403);
    assert.equal((await qd.raw('GET', '/user/logout', { token: null, headers })).headers.location, '/oauth2/sign_in');
    assert.equal((await qd.api('GET', '/projects', { token: null })).status, 403, 'nobody without the headers');
    await qd.stop();
  });

  it('is not, from elsewhere; and a server that would believe everybody does not start', async () => {
    const qd = await startServer({ config: { ...config, 'quarterdeck.proxy.trusted': '192.0.2.1' } });
    assert.equal((await qd.api('GET', '/projects', { token: null, headers })).status, 403);
    await qd.stop();
    await assert.rejects(new Server({ config }).start(), /name the proxies' addresses in quarterdeck\.proxy\.trusted/);
  });
});

describe('tokens', () => {
  it('are renewed with another secret, and cleared away when their time is over', async () => {
    const qd = await startServer();
    const old = await qd.ok('POST', '/tokens', { json: { user: 'admin', roles: ['admin'], duration: '5d', name: 'ci' }, status: 201 });
    const fresh = await qd.ok('POST', `/token/${old.id}/rotate`);
    assert.equal(fresh.id, old.id);
    assert.notEqual(fresh.token, old.token);
    assert.equal((await qd.api('GET', '/projects', { token: old.token })).status, 403);
    assert.equal((await qd.api('GET', '/projects', { token: fresh.token })).status, 200);

    const short = await qd.ok('POST', '/tokens', { json: { user: 'admin', roles: ['admin'], duration: '1s' }, status: 201 });
    await until(async () => (await qd.ok('GET', `/token/${short.id}`)).expired, { what: 'the token to expire' });
    assert.equal((await qd.api('GET', '/projects', { token: short.token })).status, 403);
    assert.equal((await qd.ok('DELETE', '/tokens/expired')).deleted, 1);
    await qd.fails(404, null, 'GET', `/token/${short.id}`);
    await qd.stop();
  });
});
