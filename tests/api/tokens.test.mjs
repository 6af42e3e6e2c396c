// API tokens, managed by the API.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startServer } from '../support/server.mjs';
import { NOWHERE, unique } from '../support/scenario.mjs';
import { until } from '../support/wait.mjs';

let qd;
before(async () => {
  qd = await startServer();
});
after(() => qd?.stop());

const create = (body, path = '/tokens') => qd.ok('POST', path, { json: body, status: 201 });
const withToken = (token, method, path) => qd.api(method, path, { token });

describe('tokens', () => {
  it('are created with name, roles and duration', async () => {
    const user = unique('alice');
    const token = await create({ user, roles: ['sre', 'dev'], duration: '12d', name: 'Example' });
    assert.equal(token.user, user);
    assert.equal(token.creator, 'admin');
    assert.equal(token.name, 'Example');
    assert.equal(token.expired, false);
    assert.deepEqual([...token.roles].sort(), ['dev', 'sre']);
    assert.match(token.id, /^[0-9a-f-]{36}$/);
    assert.match(token.token, /^\S{32,}$/);
    const days = (Date.parse(token.expiration) - Date.now()) / 86_400_000;
    assert.ok(days > 11.9 && days < 12.1, token.expiration);
    assert.match(token.expiration, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });

  it('take roles as a comma-separated text and the user from the path', async () => {
    const user = unique('bob');
    const token = await create({ roles: 'a, b' }, `/tokens/${user}`);
    assert.equal(token.user, user);
    assert.deepEqual([...token.roles].sort(), ['a', 'b']);
  });

  it('with roles * have the roles of their maker', async () => {
    const token = await create({ user: 'admin', roles: '*' });
    assert.ok(token.roles.includes('admin'), JSON.stringify(token.roles));
    assert.equal((await withToken(token.token, 'GET', '/projects')).status, 200);
  });

  it('without role admin may do nothing', async () => {
    const token = await create({ user: unique('eve'), roles: ['user'] });
    const answer = await withToken(token.token, 'POST', '/projects');
    assert.equal(answer.status, 403, answer.text);
    assert.equal((await withToken(token.token, 'GET', '/system/info')).status, 403);
  });

  it('are listed without their secret, all or by user', async () => {
    const user = unique('carol');
    const made = await create({ user, roles: 'x', name: 'one' });
    const own = await qd.ok('GET', `/tokens/${user}`);
    assert.equal(own.length, 1);
    assert.equal(own[0].id, made.id);
    assert.equal(own[0].name, 'one');
    assert.equal('token' in own[0], false);
    const all = await qd.ok('GET', '/tokens');
    assert.ok(all.some((token) => token.id === made.id));
    assert.deepEqual(await qd.ok('GET', `/tokens/${unique('none')}`), []);
  });

  it('are got by id', async () => {
    const made = await create({ user: unique('dan'), roles: 'x' });
    const got = await qd.ok('GET', `/token/${made.id}`);
    assert.equal(got.id, made.id);
    assert.equal(got.user, made.user);
    assert.equal('token' in got, false);
    await qd.fails(404, 'api.error.item.doesnotexist', 'GET', `/token/${NOWHERE}`);
  });

  it('are deleted, and are worth nothing from then on', async () => {
    const made = await create({ user: 'admin', roles: '*' });
    assert.equal((await withToken(made.token, 'GET', '/projects')).status, 200);
    await qd.ok('DELETE', `/token/${made.id}`, { status: 204 });
    await until(async () => (await withToken(made.token, 'GET', '/projects')).status === 403, { what: 'the deleted token to be refused' });
    await qd.fails(404, 'api.error.item.doesnotexist', 'DELETE', `/token/${made.id}`);
  });

  it('expire', async () => {
    const made = await create({ user: 'admin', roles: '*', duration: '6s' });
    assert.equal((await withToken(made.token, 'GET', '/projects')).status, 200);
    await until(async () => (await withToken(made.token, 'GET', '/projects')).status === 403, { what: 'the token to expire' });
    assert.equal((await qd.ok('GET', `/token/${made.id}`)).expired, true);
  });

  it('with a bad duration or without roles or user are refused', async () => {
    await qd.fails(400, 'api.error.parameter.invalid', 'POST', '/tokens', { json: { user: 'x', roles: 'a', duration: 'soon' } });
    await qd.fails(400, 'api.error.invalid.request', 'POST', '/tokens', { json: { user: 'x' } });
    await qd.fails(400, 'api.error.invalid.request', 'POST', '/tokens', { json: { roles: 'a' } });
  });
});

describe('who may make tokens', () => {
  const policy = (group, rules) => ({ description: group, context: { application: 'rundeck' }, by: { group }, for: rules });
  const kind = (allow) => [{ equals: { kind: 'apitoken' }, allow }];
  const people = {};
  before(async () => {
    const documents = [
      policy('self', { resource: kind('generate_user_token') }),
      policy('service', { resource: kind('generate_service_token'), apitoken: [{ allow: 'create', match: { username: '(mysql|myservice)' }, subset: { roles: ['mysql_api', 'myservice_api'] } }] }),
      policy('master', { resource: kind('admin') }),
    ];
    await qd.ok('POST', '/system/acl/token-makers.aclpolicy', { json: { contents: documents.map((one) => JSON.stringify(one)).join('\n---\n') }, status: 201 });
    for (const role of ['plain', 'self', 'service', 'master']) people[role] = (await create({ user: role, roles: [role, 'extra'] })).token;
  });
  const make = async (role, json) => (await qd.api('POST', '/tokens', { token: people[role], json })).status;

  it('follows the decisions on apitoken, as documented', async () => {
    assert.equal(await make('plain', { user: 'plain', roles: ['plain'] }), 403);
    assert.equal(await make('self', { user: 'self', roles: '*' }), 201);
    assert.equal(await make('self', { user: 'self', roles: ['extra'] }), 201);
    assert.equal(await make('self', { user: 'self', roles: ['admin'] }), 403);
    assert.equal(await make('self', { user: 'mysql', roles: ['self'] }), 403);
    assert.equal(await make('service', { user: 'service', roles: ['extra'] }), 201);
    assert.equal(await make('service', { user: 'mysql', roles: ['mysql_api'] }), 201);
    assert.equal(await make('service', { user: 'mysql', roles: ['mysql_api', 'service'] }), 201, 'extra roles are those that he has not');
    assert.equal(await make('service', { user: 'mysql', roles: ['mysql_api', 'admin'] }), 403);
    assert.equal(await make('service', { user: 'admin', roles: ['mysql_api'] }), 403);
    assert.equal(await make('service', { user: 'admin', roles: ['service'] }), 403, 'nor in a name that no rule gives him');
    assert.equal(await make('master', { user: 'anybody', roles: ['admin'] }), 201);
  });

  it('and a new secret needs as much', async () => {
    const [own] = await qd.ok('GET', '/tokens/plain');
    assert.equal((await qd.api('POST', `/token/${own.id}/rotate`, { token: people.plain })).status, 403);
    assert.equal((await qd.api('GET', `/token/${own.id}`, { token: people.plain })).status, 200);
    assert.equal((await qd.api('DELETE', `/token/${own.id}`, { token: people.plain })).status, 204, 'giving up is free');
  });
});

describe('profiles', () => {
  it('are changed by their users, and those of others by administrators', async () => {
    const user = unique('paula');
    const { token } = await create({ user, roles: ['user'] });
    const mail = { firstName: 'Paula', lastName: 'Ö\'Neil', email: 'p@example.com' };
    assert.deepEqual((await qd.api('POST', '/user/info', { token, json: mail })).json, { login: user, ...mail });
    assert.deepEqual((await qd.api('POST', '/user/info/', { token, json: { email: 'q@example.com' } })).json, { login: user, ...mail, email: 'q@example.com' });
    assert.deepEqual((await qd.api('GET', `/user/info/${user}`)).json, { login: user, ...mail, email: 'q@example.com' });
    assert.equal((await qd.api('POST', `/user/info/${user}`, { json: { firstName: 'P.' } })).json.firstName, 'P.');
    for (const [method, path] of [['GET', '/user/info/admin'], ['POST', '/user/info/admin'], ['GET', '/user/list']]) {
      assert.equal((await qd.api(method, path, { token, json: method === 'POST' ? mail : undefined })).status, 403, `${method} ${path}`);
    }
    const listed = (await qd.ok('GET', '/user/list/')).find((one) => one.login === user);
    assert.equal(listed.tokens, 1);
    assert.match(listed.created, /Z$/);
    assert.deepEqual((await qd.api('GET', '/user/roles', { token })).json, { roles: ['user'] });
    await qd.fails(404, null, 'GET', '/user/info/nobody-at-all');
    const service = unique('service');
    await qd.ok('POST', '/tokens', { json: { user: service, roles: 'ops' }, status: 201 });
    assert.equal((await qd.ok('GET', `/user/info/${service}`)).email, '', 'whoever has a token is a user');
    assert.equal((await qd.ok('POST', `/user/info/${service}`, { json: { email: 'ops@example.com' } })).email, 'ops@example.com');
  });

  it('hold texts of one line, and not too long ones', async () => {
    for (const bad of [{ email: 'x'.repeat(191) }, { firstName: 'a\nb' }, { lastName: 'a\u0000' }]) await qd.fails(400, 'api.error.parameter.invalid', 'POST', '/user/info', { json: bad });
  });
});

it('static tokens come from rundeck.tokens.file', async () => {
  const file = join(qd.base, 'tokens.properties');
  writeFileSync(file, 'ci: fixedTokenOfTheTests0123456789,admin,user\nreader: readonlyTokenOfTheTests012345,user\n');
  const other = await startServer({ framework: { 'rundeck.tokens.file': file } });
  try {
    const call = (token) => other.api('GET', '/projects', { token });
    assert.equal((await call('fixedTokenOfTheTests0123456789')).status, 200);
    const reader = await other.api('POST', '/projects', { token: 'readonlyTokenOfTheTests012345', json: { name: 'x' } });
    assert.equal(reader.status, 403, reader.text);
    assert.equal((await call('unknownTokenOfTheTests012345')).status, 403);
  } finally {
    await other.stop();
  }
});
