// Logins by a real OpenID provider (npm oidc-provider), and what must not pass for one.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startServer } from '../support/server.mjs';
import { Browser, OidcProvider, decodeJwt, makeJwt, newKey, publicPem } from '../support/oidc/provider.mjs';
import { until } from '../support/wait.mjs';

const P = 'rundeck.security.oauth.test.';
const isForm = (answer) => answer.text.includes('j_security_check');
let idp;
let qd;

const settings = (more = {}) => ({
  [`${P}autoConfigUrl`]: idp.url, [`${P}clientId`]: idp.client.id, [`${P}clientSecret`]: idp.client.secret, [`${P}scope`]: 'openid profile email groups', [`${P}principleKeys`]: 'preferred_username',
  'rundeck.sso.loginButton.enabled': 'true', 'rundeck.sso.loginButton.title': 'Log in with <Test>', 'rundeck.sso.loginButton.url': 'oauth/test', 'rundeck.security.syncOauthUser': 'true', ...more,
});

before(async () => {
  idp = await new OidcProvider().start();
  qd = await startServer({ config: settings() });
});
after(async () => {
  await qd?.stop();
  await idp?.stop();
});

const isCallback = (url) => new URL(url).pathname.startsWith('/login/oauth2/code/');
// The browser at the moment at which the provider sends it back.
async function sentBack(browser = new Browser(), server = qd) {
  const { url } = await browser.go(`${server.url}/oauth/test`, isCallback);
  return { browser, url };
}
const whoIs = async (browser, server = qd) => server.api('GET', '/user/roles', { token: null, cookies: browser.jar(server.url) });

async function logIn(server = qd) {
  const browser = new Browser();
  const page = await browser.go(`${server.url}/oauth/test`);
  return { browser, page };
}

// Runs a login in which the id token is what `spoil(claims, header, token)` makes of it.
async function withToken(spoil, run) {
  idp.spoil = (token) => spoil(decodeJwt(token).claims, decodeJwt(token).header, token);
  try {
    return await run();
  } finally {
    idp.spoil = null;
  }
}

async function assertRefused(spoil, reason) {
  const before = qd.log().length;
  const { browser, page } = await withToken(spoil, () => logIn());
  assert.equal(page.status, 403, page.text);
  assert.ok(isForm(page));
  assert.match(page.text, /could not be verified/);
  assert.equal((await whoIs(browser)).status, 403);
  assert.match(qd.log().slice(before), reason);
}

describe('a login by a provider', () => {
  it('begins at a button and ends with a session that has the name and the groups of the provider', async () => {
    const form = await new Browser().go(`${qd.url}/`);
    assert.ok(form.text.includes('href="/oauth/test">Log in with &lt;Test&gt;</a>'), form.text);
    const { browser, page } = await logIn();
    assert.equal(page.status, 200, page.text);
    assert.ok(new URL(page.url).pathname === '/menu/home' && page.text.includes('olga') && !isForm(page), page.text);
    assert.deepEqual((await whoIs(browser)).json.roles, ['ops', 'admin']);
    const profile = await qd.ok('GET', '/user/info/olga');
    assert.deepEqual([profile.firstName, profile.lastName, profile.email], ['Olga', 'Berg', 'olga@example.com']);
    const [event] = (await qd.ok('GET', '/audit/events', { query: { user: 'olga', action: 'login_success' } })).events;
    assert.match(JSON.stringify(event), /by test/);
    for (const secret of [idp.client.secret, browser.jar(qd.url).get('JSESSIONID')]) assert.ok(!qd.log().includes(secret));
  });

  it('asks with code, PKCE, state and nonce, and binds them to a cookie that scripts cannot read', async () => {
    const first = await new Browser().once(`${qd.url}/oauth/test`);
    assert.equal(first.status, 302);
    const query = new URL(first.headers.location).searchParams;
    assert.equal(query.get('response_type'), 'code');
    assert.equal(query.get('code_challenge_method'), 'S256');
    assert.equal(query.get('redirect_uri'), `${qd.url}/login/oauth2/code/test`);
    for (const name of ['state', 'nonce', 'code_challenge']) assert.match(query.get(name), /^[\w-]{43}$/, name);
    const [cookie] = first.headers['set-cookie'];
    assert.match(cookie, /^QD_SSO=\w{43}; Path=\/login\/oauth2\/code\/test; Max-Age=900; HttpOnly; SameSite=Lax$/);
    const second = new URL((await new Browser().once(`${qd.url}/oauth2/authorization/test`)).headers.location).searchParams;
    for (const name of ['state', 'nonce', 'code_challenge']) assert.notEqual(query.get(name), second.get(name), name);
  });

  it('takes ES256 as well, endpoints one by one, and a client that authenticates with Basic', async () => {
    const other = await new OidcProvider();
    Object.assign(other, { algorithm: 'ES256', method: 'client_secret_basic' });
    await other.start();
    const server = await startServer({ config: {
      [`${P}clientId`]: other.client.id, [`${P}clientSecret`]: other.client.secret, [`${P}clientAuthenticationMethod`]: 'basic', [`${P}scope`]: 'openid profile groups', [`${P}accessTokenUri`]: `${other.url}/token`,
      [`${P}userAuthorizationUri`]: `${other.url}/auth`, [`${P}userInfoUri`]: `${other.url}/me`, [`${P}jwkSetUri`]: `${other.url}/jwks`, [`${P}authorityProperty`]: 'groups', 'quarterdeck.oauth.test.issuer': other.url,
    } });
    const { browser, page } = await logIn(server);
    assert.equal(page.status, 200, `${page.text} ${server.log().slice(-600)}`);
    // Without principleKeys the claims are tried in the documented order: here `sub` is the only one of them.
    assert.ok(page.text.includes('u-1'), page.text);
    assert.deepEqual((await whoIs(browser, server)).json.roles, ['ops', 'admin']);
    await server.stop();
    await other.stop();
  });

  it('keeps out who has none of the required roles', async () => {
    const server = await startServer({ config: settings({ 'rundeck.security.requiredRole': 'user,admin' }) });
    assert.equal((await logIn(server)).page.status, 200);
    idp.person.groups = ['ops'];
    const { browser, page } = await logIn(server);
    idp.person.groups = ['ops', 'admin'];
    assert.equal(page.status, 403, page.text);
    assert.match(page.text, /none of the roles/);
    assert.equal((await whoIs(browser, server)).status, 403);
    await server.stop();
  });

  it('hides the form for passwords when it is told to', async () => {
    const server = await startServer({ config: settings() });
    await server.stop();
    server.writeConfig(settings({ 'rundeck.login.localLogin.enabled': 'false' }));
    await server.start();
    const page = await new Browser().go(`${server.url}/`);
    assert.ok(!isForm(page) && page.text.includes('/oauth/test'), page.text);
    await server.stop();
  });
});

describe('a logout', () => {
  it('ends our session, and the provider\'s when it is told to', async () => {
    const { browser } = await logIn();
    const out = await browser.go(`${qd.url}/user/logout`);
    assert.ok(new URL(out.url).origin === qd.url && isForm(out));
    assert.equal((await whoIs(browser)).status, 403);

    const server = await startServer({ config: settings({ 'quarterdeck.oauth.test.endSession': 'true' }) });
    const { browser: second } = await logIn(server);
    const old = second.jar(server.url).get('JSESSIONID');
    const left = await second.once(`${server.url}/user/logout`);
    const to = new URL(left.headers.location);
    assert.equal(to.origin, idp.url);
    assert.equal(to.searchParams.get('post_logout_redirect_uri'), `${server.url}/user/loggedout`);
    second.jar(server.url).set('JSESSIONID', old);
    assert.equal((await whoIs(second, server)).status, 403, 'the session is gone, not only its cookie');
    const again = await server.login();
    assert.ok(!isForm(again.answer));
    const plain = await server.raw('GET', '/user/logout', { token: null, cookies: again.cookies });
    assert.equal(plain.headers.location, '/user/loggedout', 'who logged in with a password is not sent to the provider');
    await server.stop();
  });
});

describe('what comes back is refused', () => {
  it('with another state, without the cookie, and a second time', async () => {
    const { browser, url } = await sentBack();
    const changed = new URL(url);
    changed.searchParams.set('state', 'x'.repeat(43));
    for (const [visitor, at] of [[browser, changed.href], [new Browser(), url], [(await sentBack()).browser, url]]) {
      const page = await visitor.once(at);
      assert.equal(page.status, 403, page.text);
      assert.match(page.text, /begun in another window or browser/);
      assert.equal((await whoIs(visitor)).status, 403);
    }
    assert.equal((await browser.go(url)).status, 200, 'the right one is still good');
    assert.equal((await browser.once(url)).status, 403, 'its cookie is used up');
  });

  it('when it is the answer of another issuer, or has none', async () => {
    for (const change of [(query) => query.set('iss', 'https://evil.example'), (query) => query.delete('iss')]) {
      const { browser, url } = await sentBack();
      const changed = new URL(url);
      change(changed.searchParams);
      assert.equal((await browser.once(changed.href)).status, 403);
      assert.equal((await whoIs(browser)).status, 403);
    }
  });

  it('when the code is not of this login', async () => {
    const { url } = await sentBack();
    const { browser, url: own } = await sentBack();
    const mixed = new URL(own);
    mixed.searchParams.set('code', new URL(url).searchParams.get('code'));
    const page = await browser.once(mixed.href);
    assert.equal(page.status, 403, page.text);
    assert.match(qd.log(), /refused the code: status 400 invalid_grant/);
  });

  it('when the provider says no', async () => {
    idp.denies = true;
    const { page } = await logIn();
    idp.denies = false;
    assert.equal(page.status, 403);
    assert.match(page.text, /was refused by test/);
  });

  it('for a provider that is not configured', async () => {
    for (const path of ['/oauth/other', '/oauth/..%2ftest', '/login/oauth2/code/other?code=a&state=b']) {
      const page = await new Browser().once(qd.url + path);
      assert.ok([302, 400, 404].includes(page.status) && !page.headers['set-cookie'], `${path}: ${page.status}`);
    }
  });
});

describe('an id token is refused', () => {
  const rsa = () => idp.keys[0];
  const stranger = newKey('RS256', 'rsa-1');
  const unknown = newKey('RS256', 'nobody knows it');
  const now = () => Math.floor(Date.now() / 1000);
  const cases = [
    ['with another nonce', (claims) => makeJwt({ ...claims, nonce: 'x'.repeat(43) }, rsa()), /nonce/],
    ['without a nonce', ({ nonce, ...claims }) => makeJwt(claims, rsa()), /nonce/],
    ['that expired', (claims) => makeJwt({ ...claims, iat: now() - 600, exp: now() - 120 }, rsa()), /expired/],
    ['that never expires', ({ exp, ...claims }) => makeJwt(claims, rsa()), /no exp/],
    ['of the future', (claims) => makeJwt({ ...claims, iat: now() + 600 }, rsa()), /in the future/],
    ['that is not valid yet', (claims) => makeJwt({ ...claims, nbf: now() + 600 }, rsa()), /not valid before/],
    ['signed by a key that nobody knows', (claims) => makeJwt(claims, unknown), /no key/],
    ['signed by a stranger under a known key id', (claims) => makeJwt(claims, stranger), /signature is wrong/],
    ['with algorithm none', (claims) => makeJwt(claims, rsa(), { alg: 'none' }), /algorithm "none"/],
    ['with algorithm None', (claims, _, token) => `${Buffer.from('{"alg":"None"}').toString('base64url')}.${token.split('.')[1]}.`, /algorithm "None"/],
    ['with HS256 and the public key as its secret', (claims) => makeJwt(claims, { ...rsa(), secret: publicPem(rsa()) }, { alg: 'HS256' }), /algorithm "HS256"/],
    ['with HS256 and the client secret', (claims) => makeJwt(claims, { secret: idp.client.secret }, { alg: 'HS256' }), /algorithm "HS256"/],
    ['with ES256 under the id of an RSA key', (claims) => makeJwt(claims, newKey('ES256', 'rsa-1')), /no key/],
    ['with a signature of another text', (claims, _, token) => makeJwt({ ...claims, sub: 'admin' }, rsa()).split('.').slice(0, 2).concat(token.split('.')[2]).join('.'), /signature is wrong/],
    ['without a signature', (claims, _, token) => `${token.split('.').slice(0, 2).join('.')}.`, /signature is wrong/],
    ['for another audience', (claims) => makeJwt({ ...claims, aud: 'somebody' }, rsa()), /audience/],
    ['for several, made for another party', (claims) => makeJwt({ ...claims, aud: [idp.client.id, 'somebody'], azp: 'somebody' }, rsa()), /made for "somebody"/],
    ['of another issuer', (claims) => makeJwt({ ...claims, iss: 'https://evil.example' }, rsa()), /issuer is "https:\/\/evil\.example"/],
    ['with a critical extension', (claims) => makeJwt(claims, rsa(), { crit: ['x'], x: 1 }), /critical/],
    ['that brings its own key', (claims) => makeJwt(claims, stranger, { kid: undefined, jwk: { ...stranger.jwk, d: undefined } }), /signature is wrong/],
    ['that is none', () => 'a.b', /three parts/],
  ];
  for (const [what, spoil, reason] of cases) it(what, () => assertRefused(spoil, reason));

  it('with userinfo about somebody else', async () => {
    idp.spoilInfo = (info) => ({ ...info, sub: 'admin' });
    const { browser, page } = await logIn();
    idp.spoilInfo = null;
    assert.equal(page.status, 403);
    assert.equal((await whoIs(browser)).status, 403);
  });

  it('and the good one of the same login is not', async () => {
    assert.equal((await withToken((claims) => makeJwt(claims, rsa()), () => logIn())).page.status, 200);
    assert.equal((await withToken((claims) => makeJwt(claims, idp.keys[1]), () => logIn())).page.status, 200, 'with the other key of the set');
    const failures = (await qd.ok('GET', '/audit/events', { query: { action: 'login_failed', max: 200 } })).events;
    assert.ok(failures.some((one) => /by test: .*nonce/.test(JSON.stringify(one))), 'the trail tells of those that failed');
  });
});

describe('a provider', () => {
  it('may change its keys at any time', async () => {
    idp.keys = [newKey('RS256', 'rsa-2'), newKey('ES256', 'ec-2')];
    idp.renew();
    await until(async () => (await logIn()).page.status === 200, { interval: 500, what: 'a login with the new key' });
    const before = idp.calls.jwks;
    assert.equal((await logIn()).page.status, 200);
    assert.equal(idp.calls.jwks, before, 'known keys are kept');
  });

  it('that is down costs an answer that says so, and nothing else', async () => {
    const away = await new OidcProvider().start();
    const server = await startServer({ config: { ...settings(), [`${P}autoConfigUrl`]: away.url } });
    await away.stop();
    const page = await new Browser().once(`${server.url}/oauth/test`);
    assert.equal(page.status, 503);
    assert.match(page.text, /cannot be reached/);
    assert.ok(!isForm((await server.login()).answer), 'passwords go on');
    await away.start();
    await until(async () => (await logIn(server)).page.status === 200, { interval: 500, what: 'the provider to be asked again' });
    await server.stop();
    await away.stop();
  });

  it('whose settings are wrong or not whole keeps the server from starting, and says why', async () => {
    for (const [config, message] of [
      [{ [`${P}autoConfigUrl`]: 'idp.example' }, /autoConfigUrl: expected a URL/],
      [{ [`${P}clientId`]: 'a', [`${P}accessTokenUri`]: 'https://idp.example/token' }, /userAuthorizationUri: it is missing/],
      [{ [`${P}resourceserver.enabled`]: 'true' }, /resourceserver\.enabled: name the keys/],
      [{ 'quarterdeck.oauth.test.sharedkey': 'short' }, /32 bytes/],
      [{ 'quarterdeck.oauth.test.nothing': 'x' }, /there is no such key/],
    ]) await assert.rejects(startServer({ config }), (error) => message.test(error.message) && !/short/.test(error.message), JSON.stringify(config));
  });
});
