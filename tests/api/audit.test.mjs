// The audit trail: what is told, where it goes, and who may read it.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ADMIN_PASSWORD, startServer } from '../support/server.mjs';
import { qd as cli } from '../support/cli.mjs';
import { unique } from '../support/scenario.mjs';
import { until } from '../support/wait.mjs';

let qd;
let file;
before(async () => {
  qd = await startServer({ config: { 'quarterdeck.audit.file': 'var/logs/trail.jsonl' } });
  file = join(qd.base, 'var/logs/trail.jsonl');
});
after(() => qd?.stop());

const events = async (query = {}) => (await qd.ok('GET', '/audit/events', { query })).events;
const lines = () => readFileSync(file, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line));

describe('the audit trail', () => {
  it('tells of logins, of failed ones with the address, and of logouts', async () => {
    const name = unique('mallory');
    await qd.login(name, 'wrong-secret-7');
    const [failed] = await events({ user: name });
    assert.equal(failed.action, 'login_failed');
    assert.equal(failed.address, '127.0.0.1');
    assert.equal(failed.resourceType, 'user');
    assert.equal(failed.resourceName, name);

    const { cookies } = await qd.login();
    await qd.raw('GET', '/user/logout', { cookies, token: null, headers: { 'User-Agent': 'trail/1' } });
    const [logout] = await events({ action: 'logout' });
    assert.equal(logout.user, 'admin');
    assert.equal(logout.userAgent, 'trail/1');
    const [login] = await events({ action: 'login_success' });
    assert.deepEqual([...login.roles].sort(), ['admin', 'user']);
  });

  it('tells of projects, jobs, runs and tokens', async () => {
    const project = unique('Trail');
    await qd.ok('POST', '/projects', { json: { name: project } });
    const imported = await qd.ok('POST', `/project/${project}/jobs/import`, {
      query: { fileformat: 'json' }, json: [{ name: 'j', group: 'g', sequence: { commands: [{ exec: 'true' }] } }],
    });
    const { id } = imported.succeeded[0];
    const run = await qd.ok('POST', `/job/${id}/run`);
    await qd.ok('DELETE', `/job/${id}`).catch(() => undefined);
    const found = await events({ project });
    const told = found.map((event) => `${event.action} ${event.resourceType} ${event.resourceName}`);
    assert.ok(told.includes(`create project ${project}`), told.join('\n'));
    assert.ok(told.includes(`create job ${project}:${id}:g/j`), told.join('\n'));
    assert.ok(told.includes(`run job ${project}:${id}:g/j:${run.id}`), told.join('\n'));
    assert.ok(found.every((event) => event.tokenId), 'all of it was done by a token');

    const token = await qd.ok('POST', '/tokens', { json: { user: 'admin', roles: '*' }, status: 201 });
    await qd.ok('DELETE', `/token/${token.id}`);
    const [gone, made] = await events({ resourceType: 'token', resourceName: token.id });
    assert.equal(made.action, 'create');
    assert.equal(gone.action, 'delete');
  });

  it('pages backwards by id', async () => {
    const whole = await events({ max: 4 });
    const first = await qd.ok('GET', '/audit/events', { query: { max: 2 } });
    const second = await events({ max: 2, before: first.paging.before });
    assert.deepEqual([...first.events.slice(1), ...second].map((event) => event.id).length, 3);
    assert.equal(second[0].id, first.events[1].id - 1);
    assert.equal(whole.length, 4);
  });

  it('is a file of JSON lines for its owner, which may be renamed', async () => {
    await until(() => lines().some((line) => line.action === 'login_failed'), { what: 'the failed login in the file' });
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const before = lines().length;
    renameSync(file, `${file}.1`);
    await qd.login(unique('late'), 'wrong');
    await until(() => lines().length === 1, { what: 'a new file' });
    assert.ok(before > 1);
  });

  it('never holds a password or a token', async () => {
    const { token } = await qd.ok('POST', '/tokens', { json: { user: 'admin', roles: '*' }, status: 201 });
    await qd.ok('GET', '/audit/events');
    const text = readFileSync(file, 'utf8') + readFileSync(`${file}.1`, 'utf8') + JSON.stringify(await events({ max: 1000 }));
    for (const secret of [token, qd.token, 'wrong-secret-7', ADMIN_PASSWORD]) assert.ok(!text.includes(secret), secret);
  });

  it('is for administrators only, by API and by qd', async () => {
    const { token } = await qd.ok('POST', '/tokens', { json: { user: 'reader', roles: ['nobody'] }, status: 201 });
    await qd.fails(403, null, 'GET', '/audit/events', { token });
    await qd.fails(400, null, 'GET', '/audit/events', { query: { from: 'soon' } });
    const listed = await cli(qd, ['audit', 'list', '-a', 'login_failed', '-m', '1', '-%', '%action %address']);
    assert.equal(listed.code, 0, listed.err);
    assert.match(listed.out, /^login_failed 127\.0\.0\.1$/m);
  });
});
