// JWT bearer tokens of programs: whose are taken, and what they may do.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Server, startServer } from '../support/server.mjs';
import { unique } from '../support/scenario.mjs';
import { OidcProvider, makeJwt, newKey, publicPem } from '../support/oidc/provider.mjs';
import { request } from '../support/http.mjs';
import { until } from '../support/wait.mjs';

const P = 'rundeck.security.oauth.robots.';
const AUDIENCE = 'https://quarterdeck.example/api';
const SHARED = 'a shared key of at least 32 bytes, for HS256';
const pemKey = newKey('ES256', 'pem');
const now = () => Math.floor(Date.now() / 1000);
let idp;
let qd;

before(async () => {
  idp = await new OidcProvider().start();
  const server = new Server({});
  const pem = join(server.base, 'key.pem');
  writeFileSync(pem, publicPem(pemKey));
  qd = await startServer({ config: {
    [`${P}resourceserver.enabled`]: 'true', [`${P}resourceserver.jwt.issuer-uri`]: idp.url, [`${P}resourceserver.jwt.audiences`]: AUDIENCE,
    'rundeck.security.oauth.shared.resourceserver.enabled': 'true', 'quarterdeck.oauth.shared.sharedKey': SHARED, 'quarterdeck.oauth.shared.issuer': 'https://shared.example',
    'rundeck.security.oauth.pem.resourceserver.enabled': 'true', 'rundeck.security.oauth.pem.resourceserver.jwt.publicKeyLocation': `file://${pem}`, 'rundeck.security.oauth.pem.resourceserver.jwt.jws-algorithms': 'ES256',
    'rundeck.security.oauth.pem.resourceserver.jwt.audiences': 'qd', 'rundeck.security.oauth.pem.resourceserver.jwt.principalClaimName': 'client', 'rundeck.security.oauth.pem.resourceserver.jwt.authorities-claim-names': 'teams',
    'rundeck.security.oauth.pem.resourceserver.jwt.authority-prefix': 'team_', 'quarterdeck.oauth.pem.issuer': 'https://pem.example',
  } });
});
after(async () => {
  await qd?.stop();
  await idp?.stop();
});

const bearer = (token, method = 'GET', path = '/user/roles', options = {}) => qd.api(method, path, { token: null, ...options, headers: { Authorization: `Bearer ${token}`, ...options.headers } });
const good = (more = {}) => ({ iss: idp.url, aud: AUDIENCE, sub: 'robot', scope: 'ops admin', iat: now(), exp: now() + 600, ...more });

describe('a bearer token', () => {
  it('of the configured issuer says who asks and with which roles', async () => {
    const answer = await bearer(makeJwt(good(), idp.keys[0]));
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(answer.json.roles, ['ops', 'admin']);
    const name = unique('Made');
    assert.equal((await bearer(makeJwt(good(), idp.keys[0]), 'POST', '/projects', { json: { name }, headers: { Origin: 'https://elsewhere.example' } })).status, 201);
    const several = await bearer(makeJwt(good({ scope: undefined, groups: ['g'], roles: ['r', 'g'], scp: 's' }), idp.keys[0]));
    assert.deepEqual(several.json.roles, ['g', 's', 'r']);
    const events = (await qd.ok('GET', '/audit/events', { query: { user: 'robot', action: 'login_success' } })).events;
    assert.equal(events.length, 1, 'the trail tells of a coming, not of each request');
  });

  it('is what the provider gives to a program', async () => {
    const form = { grant_type: 'client_credentials', client_id: idp.client.id, client_secret: idp.client.secret, scope: 'ops', resource: AUDIENCE };
    const { access_token: token } = (await request(idp.url, 'POST', '/token', { form })).json;
    const answer = await bearer(token);
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(answer.json.roles, ['ops']);
    assert.equal((await bearer(token, 'GET', '/system/info')).status, 403, 'it has the rights of its roles');
  });

  it('may be checked with a shared key, or with a public one from a file', async () => {
    const shared = makeJwt({ iss: 'https://shared.example', sub: 'cron', roles: ['a'], exp: now() + 60 }, { kind: 'HS256', secret: SHARED });
    assert.deepEqual((await bearer(shared)).json.roles, ['a']);
    const pem = makeJwt({ iss: 'https://pem.example', aud: ['x', 'qd'], client: 'builder', teams: 'a,b', roles: ['admin'], exp: now() + 60 }, pemKey);
    assert.deepEqual((await bearer(pem)).json.roles, ['team_a', 'team_b'], 'only the claims that are named give roles');
  });

  it('counts a little after its end, as clocks differ', async () => {
    assert.equal((await bearer(makeJwt(good({ iat: now() - 100, exp: now() - 20 }), idp.keys[0]))).status, 200);
  });

  const stranger = newKey('RS256', 'rsa-1');
  const cases = {
    'that expired': () => makeJwt(good({ iat: now() - 600, exp: now() - 90 }), idp.keys[0]),
    'without an end': () => makeJwt(good({ exp: undefined }), idp.keys[0]),
    'whose end is no number': () => makeJwt(good({ exp: 'never' }), idp.keys[0]),
    'for another audience': () => makeJwt(good({ aud: 'other' }), idp.keys[0]),
    'for nobody': () => makeJwt(good({ aud: undefined }), idp.keys[0]),
    'of another issuer': () => makeJwt(good({ iss: 'https://evil.example' }), idp.keys[0]),
    'of a stranger': () => makeJwt(good(), stranger),
    'of a key that nobody knows': () => makeJwt(good(), newKey('RS256', 'other')),
    'with algorithm none': () => makeJwt(good(), idp.keys[0], { alg: 'none' }),
    'with a public key as shared one': () => makeJwt(good(), { ...idp.keys[0], secret: publicPem(idp.keys[0]) }, { alg: 'HS256' }),
    'of one issuer with the key of another': () => makeJwt({ ...good(), iss: 'https://pem.example', aud: 'qd', client: 'x' }, idp.keys[0]),
    'with the shared key in another issuer\'s name': () => makeJwt(good(), { secret: SHARED }, { alg: 'HS256' }),
    'with an algorithm that is not configured': () => makeJwt(good(), idp.keys[1]),
    'that names nobody': () => makeJwt(good({ sub: undefined }), idp.keys[0]),
    'whose name has control characters': () => makeJwt(good({ sub: 'admin\n' }), idp.keys[0]),
    'that is no token': () => 'abcdefgh',
    'that is huge': () => `${'a'.repeat(5000)}.${'b'.repeat(1000)}.c`,
    'that is empty': () => '',
  };
  for (const [what, make] of Object.entries(cases)) {
    it(`${what} is refused`, async () => {
      const token = make();
      const answer = await bearer(token);
      assert.equal(answer.status, 403, answer.text);
      assert.equal(answer.json.errorCode, 'unauthorized');
      if (token) assert.ok(!answer.text.includes(token) && !qd.log().includes(token));
    });
  }

  it('does not stand in the way of an API token, and no session helps a bad one', async () => {
    const answer = await qd.api('GET', '/user/roles', { headers: { Authorization: 'Bearer nonsense' } });
    assert.equal(answer.status, 200, answer.text);
    const { cookies } = await qd.login();
    assert.equal((await bearer('nonsense', 'GET', '/user/roles', { cookies })).status, 403);
  });

  it('of a new key is taken once the provider publishes it, and strangers do not make us ask each time', async () => {
    const [before, begun] = [idp.calls.jwks, Date.now()];
    for (let at = 0; at < 40; at += 1) await bearer(makeJwt(good(), newKey('EdDSA', `made-up-${at}`), { alg: 'RS256' }));
    // One for every five seconds at most.
    const allowed = 2 + Math.ceil((Date.now() - begun) / 5000);
    assert.ok(idp.calls.jwks - before <= allowed, `${idp.calls.jwks - before} calls, ${allowed} allowed`);
    const fresh = newKey('RS256', 'rsa-9');
    idp.keys = [fresh];
    idp.renew();
    await until(async () => (await bearer(makeJwt(good(), fresh))).status === 200, { interval: 300, what: 'the new key to be fetched' });
  });
});

it('without such a provider the header means nothing', async () => {
  const plain = await startServer();
  const { cookies } = await plain.login();
  assert.equal((await plain.api('GET', '/user/roles', { token: null, cookies, headers: { Authorization: 'Bearer x.y.z' } })).status, 200);
  assert.equal((await plain.api('GET', '/user/roles', { token: null, headers: { Authorization: 'Bearer x.y.z' } })).status, 403);
  await plain.stop();
});
