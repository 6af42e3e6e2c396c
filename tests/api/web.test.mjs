// The files and the document of the web interface, and logging in from a script of its pages.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { Cookies } from '../support/http.mjs';
import { ADMIN_PASSWORD, startServer } from '../support/server.mjs';

const PREFIX = '/deck';
let qd;
before(async () => {
  qd = await startServer({ config: { 'server.servlet.context-path': PREFIX, 'rundeck.gui.title': 'A </script><b>' } });
});
after(() => qd?.stop());

const page = (path, options = {}) => qd.raw('GET', PREFIX + path, { token: null, accept: 'text/html', ...options });
const boot = (text) => JSON.parse(/id="qd-boot">(.*)<\/script>/.exec(text)[1]);

describe('the web interface', () => {
  it('has one document, under the prefix, with a policy that allows no inline script', async () => {
    const answer = await page('/user/login');
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['cache-control'], 'no-store');
    const policy = answer.headers['content-security-policy'];
    assert.match(policy, /default-src 'self'/);
    assert.ok(!policy.includes('unsafe'), policy);
    const facts = boot(answer.text);
    assert.equal(facts.base, PREFIX);
    assert.equal(facts.gui.title, 'A </script><b>');
    assert.ok(policy.includes(`'nonce-${facts.nonce}'`), policy);
    assert.equal(facts.user, undefined);
    assert.equal(facts.version, undefined, 'strangers are not told the version');
    assert.notEqual(boot((await page('/user/login')).text).nonce, facts.nonce);
    for (const [, script] of answer.text.matchAll(/<script(?![^>]*application\/json)([^>]*)>/g)) assert.match(script, /src="\/deck\//);
  });

  it('serves files compressed, for ever when their name tells their content', async () => {
    const { text } = await page('/user/login');
    const [path] = /\/deck\/assets\/index-[^"]+\.js/.exec(text);
    const plain = await qd.raw('GET', path, { token: null, headers: { 'Accept-Encoding': 'identity' } });
    assert.equal(plain.status, 200);
    assert.match(plain.headers['cache-control'], /immutable/);
    assert.match(plain.headers['content-type'], /^text\/javascript/);
    const packed = await qd.raw('GET', path, { token: null, headers: { 'Accept-Encoding': 'gzip' } });
    assert.equal(packed.headers['content-encoding'], 'gzip');
    assert.equal(gunzipSync(packed.body).toString(), plain.text);
    assert.ok(packed.body.length < 250_000, `the first script has ${packed.body.length} bytes compressed`);
    const again = await qd.raw('GET', path, { token: null, headers: { 'If-None-Match': plain.headers.etag } });
    assert.equal(again.status, 304);
    assert.equal((await qd.raw('GET', `${PREFIX}/theme.js`, { token: null })).headers['cache-control'], 'no-cache');
    assert.equal((await qd.raw('GET', `${PREFIX}/assets/none.js`, { token: null })).status, 404);
  });

  it('sends strangers to the login page, which knows where they wanted to go', async () => {
    const answer = await page('/project/p%20q/jobs?jobFilter=a%26b');
    assert.equal(answer.status, 302);
    const target = new URL(answer.headers.location, qd.url);
    assert.equal(target.pathname, `${PREFIX}/user/login`);
    assert.equal(target.searchParams.get('to'), '/project/p%20q/jobs?jobFilter=a%26b');
    assert.equal((await page('/')).headers.location, `${PREFIX}/user/login`);
  });

  it('tells the one who is logged in who he is, on every address, without a login form', async () => {
    const cookies = new Cookies();
    const login = await qd.raw('POST', `${PREFIX}/j_security_check`, { token: null, form: { j_username: 'admin', j_password: ADMIN_PASSWORD }, cookies });
    assert.equal(login.headers.location, `${PREFIX}/menu/home`);
    const home = await page('/project/any/job/show/x', { cookies });
    assert.equal(home.status, 200);
    assert.equal(boot(home.text).user, 'admin');
    assert.ok(boot(home.text).roles.includes('admin'));
    assert.ok(!home.text.includes('j_security_check'));
    assert.ok((await page('/user/error')).text.includes('j_security_check'));
  });

  it('names the files of the page in its document, and what to ask for, to those who are logged in', async () => {
    const cookies = new Cookies();
    await qd.raw('POST', `${PREFIX}/j_security_check`, { token: null, form: { j_username: 'admin', j_password: ADMIN_PASSWORD }, cookies });
    const jobs = (await page('/project/a%20b/jobs/web', { cookies })).text;
    const [, script] = /<link rel="modulepreload" crossorigin href="(\/deck\/assets\/JobsPage-[^"]+\.js)">/.exec(jobs);
    assert.equal((await qd.raw('GET', script, { token: null })).status, 200);
    assert.match(jobs, /<link rel="stylesheet" crossorigin href="\/deck\/assets\/JobsPage-[^"]+\.css">/);
    const { first } = boot(jobs);
    assert.deepEqual(first.named, { project: 'a b' });
    assert.ok(first.asks.some((ask) => ask.path === '/api/59/project/:project/jobs/brief'), JSON.stringify(first));
    const login = (await page('/user/login')).text;
    assert.match(login, /modulepreload" crossorigin href="\/deck\/assets\/LoginPage-/);
    assert.equal(boot(login).first, undefined);
    assert.ok(!(await page('/no/such/page', { cookies })).text.includes('Page-'));
  });

  it('logs in scripts that ask for JSON without sending them elsewhere', async () => {
    const ask = (password, headers = {}) => qd.raw('POST', `${PREFIX}/j_security_check`, { token: null, accept: 'application/json', form: { j_username: 'admin', j_password: password }, headers });
    const good = await ask(ADMIN_PASSWORD);
    assert.equal(good.status, 204);
    assert.match([good.headers['set-cookie']].flat().join(), /^JSESSIONID=\w+; Path=\/deck; HttpOnly; SameSite=Lax/);
    const bad = await ask('wrong');
    assert.equal(bad.status, 401);
    assert.equal(bad.json.errorCode, 'api.error.login.wrong');
    assert.equal(bad.headers['set-cookie'], undefined);
    const elsewhere = await ask(ADMIN_PASSWORD, { 'Sec-Fetch-Site': 'cross-site' });
    assert.equal(elsewhere.status, 403);
    assert.equal(elsewhere.json.errorCode, 'api.error.cross-site');
  });
});
