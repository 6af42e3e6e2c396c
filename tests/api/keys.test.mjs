// Key storage: what is kept, who may see it, and what is never given out.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { execFileSync, spawnSync } from 'node:child_process';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { removeAtExit } from '../support/cleanup.mjs';
import { qd as cli } from '../support/cli.mjs';
import { BINARY, Server, startServer } from '../support/server.mjs';
import { freshDatabase } from '../support/databases.mjs';
import { ended, gate, lines, newJob, newProject, run, runToEnd, trial, unique } from '../support/scenario.mjs';
import { until } from '../support/wait.mjs';

const PRIVATE = 'application/octet-stream';
const PUBLIC = 'application/pgp-keys';
const PASSWORD = 'application/x-rundeck-data-password';

let qd;
let project;
let folder; // of this run's keys
before(async () => {
  qd = await startServer();
  project = await newProject(qd);
  folder = unique('t');
});
after(() => qd?.stop());

const at = (name) => `/storage/keys/${folder}/${name}`;
const put = (path, content, type = PASSWORD, options = {}) => qd.ok('POST', path, { body: content, type, status: 201, ...options });
const key = async (content, type) => {
  const name = unique('k');
  await put(at(name), content, type);
  return `keys/${folder}/${name}`;
};
const policy = async (rules, group = unique('g'), context = { application: 'rundeck' }) => {
  const contents = JSON.stringify({ description: 'keys', context, for: rules, by: { group } });
  await qd.ok('POST', `/system/acl/${unique('acl')}.aclpolicy`, { json: { contents }, status: 201 });
  return group;
};
const tokenFor = async (...roles) => (await qd.ok('POST', '/tokens', { json: { user: unique('u'), roles }, status: 201 })).token;

describe('a key', () => {
  it('is created, shown, listed, replaced and deleted', async () => {
    const name = unique('k');
    const created = await put(at(name), 'first', PRIVATE);
    const { meta, ...rest } = created;
    assert.deepEqual(rest, { url: `${qd.url}/api/59${at(name)}`, name, type: 'file', path: `keys/${folder}/${name}` });
    assert.equal(meta['Rundeck-content-type'], PRIVATE);
    assert.equal(meta['Rundeck-content-size'], '5');
    assert.equal(meta['Rundeck-content-mask'], 'content');
    assert.equal(meta['Rundeck-key-type'], 'private');
    assert.equal(meta['Rundeck-auth-created-username'], 'admin');
    assert.match(meta['Rundeck-content-creation-time'], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.deepEqual(await qd.ok('GET', at(name)), created);
    const list = await qd.ok('GET', `/storage/keys/${folder}/`);
    assert.equal(list.type, 'directory');
    assert.equal(list.path, `keys/${folder}`);
    assert.equal(list.url, `${qd.url}/api/59/storage/keys/${folder}`);
    assert.deepEqual(list.resources.find((one) => one.name === name), created);
    const root = await qd.ok('GET', '/storage/keys');
    assert.deepEqual(root.resources.find((one) => one.path === `keys/${folder}`), { url: `${qd.url}/api/59/storage/keys/${folder}`, type: 'directory', path: `keys/${folder}` });
    const replaced = await qd.ok('PUT', at(name), { body: 'a longer one', type: PUBLIC, status: 200 });
    assert.equal(replaced.meta['Rundeck-content-size'], '12');
    assert.equal(replaced.meta['Rundeck-key-type'], 'public');
    assert.equal(replaced.meta['Rundeck-content-mask'], undefined);
    const gone = await qd.api('DELETE', at(name));
    assert.equal(gone.status, 204);
    assert.equal((await qd.api('GET', at(name))).status, 404);
  });

  it('is given back when it is a public one, and never else', async () => {
    const bytes = Buffer.from([0, 255, 10, 13, 39, 92, 200]);
    const name = unique('pub');
    await put(at(name), bytes, PUBLIC);
    for (const accept of [PUBLIC, '*/*', undefined]) {
      const answer = await qd.api('GET', at(name), { accept });
      assert.equal(answer.type, PUBLIC, accept);
      assert.deepEqual(answer.body, bytes, accept);
    }
    assert.equal((await qd.ok('GET', at(name))).meta['Rundeck-content-size'], '7');
    const head = await qd.api('HEAD', at(name), { accept: PUBLIC });
    assert.equal(head.status, 200);
    assert.equal(head.body.length, 0);
    for (const type of [PRIVATE, PASSWORD]) {
      const secret = `never-${unique()}`;
      const path = at(unique('s'));
      const created = await qd.api('POST', path, { body: secret, type });
      assert.equal(created.status, 201);
      for (const accept of [type, '*/*', 'text/plain, */*']) {
        const answer = await qd.api('GET', path, { accept });
        assert.equal(answer.status, 403, `${type} ${accept}`);
        assert.deepEqual(answer.json, { error: 'unauthorized' });
      }
      for (const accept of ['application/json', 'application/json, */*', 'text/html', PUBLIC, undefined]) {
        const answer = await qd.api('GET', path, { accept });
        assert.equal(answer.status, 200, accept);
        assert.ok(!answer.text.includes(secret) && !created.text.includes(secret), answer.text);
      }
    }
  });

  it('that is a password does not tell its length', async () => {
    const path = await key('12345678');
    const { meta } = await qd.ok('GET', `/storage/${path}`);
    assert.equal(meta['Rundeck-data-type'], 'password');
    assert.equal(meta['Rundeck-content-size'], undefined);
  });

  it('is refused where it exists already, and where it cannot be', async () => {
    const name = unique('k');
    await put(at(name), 'x');
    const taken = await qd.api('POST', at(name), { body: 'y', type: PASSWORD });
    assert.equal(taken.status, 409);
    assert.deepEqual(taken.json, { error: `resource already exists: /keys/${folder}/${name}` });
    const directory = await qd.api('POST', `/storage/keys/${folder}`, { body: 'y', type: PASSWORD });
    assert.equal(directory.status, 409);
    assert.deepEqual(directory.json, { error: `directory already exists: /keys/${folder}` });
    assert.equal((await qd.api('POST', `${at(name)}/below`, { body: 'y', type: PASSWORD })).status, 409, 'below a file');
    const absent = await qd.api('PUT', at('absent'), { body: 'y', type: PASSWORD });
    assert.equal(absent.status, 404);
    assert.deepEqual(absent.json, { error: `resource not found: /keys/${folder}/absent` });
    assert.deepEqual((await qd.api('GET', at('absent'))).json, { error: `resource not found: /keys/${folder}/absent` });
    assert.equal((await qd.api('DELETE', at('absent'))).status, 404);
    await qd.fails(415, null, 'POST', at('other'), { body: 'y', type: 'text/plain' });
    await qd.fails(400, null, 'POST', at('empty'), { body: '', type: PASSWORD });
    await qd.fails(400, null, 'POST', '/storage/keys', { body: 'y', type: PASSWORD });
  });

  it('may have 1 MiB and no byte more', async () => {
    const path = at(unique('big'));
    const content = Buffer.alloc(1 << 20, 'ä');
    await put(path, content, PUBLIC);
    assert.ok((await qd.api('GET', path, { accept: PUBLIC })).body.equals(content));
    await qd.fails(413, null, 'POST', at(unique('bigger')), { body: Buffer.alloc((1 << 20) + 1, 'x'), type: PUBLIC });
  });

  it('may have any name but a way out', async () => {
    for (const name of ['ünï cödé', 'a+b&c=d', "it's", '..dots..', 'x'.repeat(255)]) {
      const path = at(encodeURIComponent(name));
      assert.equal((await put(path, 'x')).path, `keys/${folder}/${name}`);
      assert.equal((await qd.ok('GET', path)).name, name);
    }
    const bad = ['..%2f..%2fetc', '%2e%2e/x', 'a%2f..%2fb', '..', 'a%5c..%5cb', 'a%00b', 'a%0ab', '%ff', 'x'.repeat(256), 'a/'.repeat(600)];
    for (const name of bad) {
      for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
        const body = /POST|PUT/.test(method) ? { body: 'x', type: PASSWORD } : {};
        const answer = await qd.api(method, at(name), body);
        assert.ok([400, 404].includes(answer.status) && (method === 'GET' || answer.status === 400 || name === '..' || name.startsWith('%2e')), `${method} ${name}: ${answer.status} ${answer.text.slice(0, 200)}`);
      }
    }
  });
});

describe('policies', () => {
  it('say who may read, create, update and delete, by path and name', async () => {
    const mine = `${folder}/mine`;
    const group = await policy({ storage: [
      { match: { path: `keys/${mine}(/.*)?` }, allow: ['read', 'create'] },
      { equals: { path: `keys/${mine}/open` }, allow: ['update', 'delete'] },
      { equals: { name: 'hidden' }, deny: 'read' },
    ] });
    const token = await tokenFor(group);
    const as = { token };
    await put(`/storage/keys/${mine}/open`, 'x', PUBLIC, as);
    await put(`/storage/keys/${mine}/hidden`, 'x', PUBLIC);
    await put(`/storage/keys/${mine}/closed`, 'x', PUBLIC);
    const list = await qd.ok('GET', `/storage/keys/${mine}`, as);
    assert.deepEqual(list.resources.map((one) => one.name), ['closed', 'open']);
    assert.equal((await qd.api('GET', `/storage/keys/${mine}/hidden`, as)).status, 404);
    assert.equal((await qd.api('GET', `/storage/keys/${mine}/hidden`, { ...as, accept: PUBLIC })).status, 404);
    assert.equal((await qd.api('GET', '/storage/keys', as)).status, 404, 'not his folder');
    const body = { body: 'new', type: PUBLIC, ...as };
    assert.equal((await qd.api('PUT', `/storage/keys/${mine}/open`, body)).status, 200);
    await qd.fails(403, 'api.error.item.unauthorized', 'PUT', `/storage/keys/${mine}/closed`, body);
    await qd.fails(403, 'api.error.item.unauthorized', 'DELETE', `/storage/keys/${mine}/closed`, as);
    assert.equal((await qd.api('PUT', `/storage/keys/${mine}/hidden`, body)).status, 404);
    await qd.fails(403, 'api.error.item.unauthorized', 'POST', at(unique('k')), body);
    assert.equal((await qd.api('DELETE', `/storage/keys/${mine}/open`, as)).status, 204);
  });

  it('of a project give its keys, and only those', async () => {
    const group = await policy({ storage: [{ allow: ['read', 'create'] }] }, unique('g'), { project });
    const token = await tokenFor(group);
    await put(`/storage/keys/project/${project}/a`, 'x', PUBLIC, { token });
    assert.equal((await qd.ok('GET', `/storage/keys/project/${project}`, { token })).resources.length, 1);
    const other = await newProject(qd);
    await qd.fails(403, 'api.error.item.unauthorized', 'POST', `/storage/keys/project/${other}/a`, { body: 'x', type: PUBLIC, token });
    await qd.fails(403, 'api.error.item.unauthorized', 'POST', at(unique('k')), { body: 'x', type: PUBLIC, token });
  });

  it('have their changes in the audit trail, without the secret', async () => {
    const path = await key('audit-secret-words');
    await qd.ok('PUT', `/storage/${path}`, { body: 'audit-secret-more', type: PASSWORD });
    await qd.api('DELETE', `/storage/${path}`);
    const { events } = await qd.ok('GET', '/audit/events', { query: { resourceType: 'key' } });
    const mine = events.filter((one) => one.resourceName === path);
    assert.deepEqual(mine.map((one) => one.action), ['delete', 'update', 'create']);
    assert.ok(!JSON.stringify(events).includes('audit-secret'));
  });
});

describe('a run', () => {
  const option = (path, more = {}) => ({ name: 'o', secure: true, valueExposed: true, storagePath: path, ...more });

  it('gets passwords of secure options, and hides them', async () => {
    const secret = `pw-${unique()}`;
    const path = await key(secret);
    const done = await trial(qd, project, { steps: ['echo "got ${option.o}" | tr a-z A-Z; echo plain ${option.o}'], options: [option(path)] });
    assert.equal(done.execution.status, 'succeeded');
    assert.ok(done.lines.includes(`GOT ${secret.toUpperCase()}`), done.lines.join('\n'));
    assert.ok(done.lines.includes('plain *****'), done.lines.join('\n'));
  });

  it('gets only those that its starter may read', async () => {
    const path = await key('starter-secret');
    const id = await newJob(qd, project, { steps: ['echo "got [${option.o}]"'], options: [option(path, { required: true })] });
    const group = await policy({ job: [{ allow: ['read', 'run'] }], node: [{ allow: ['read', 'run'] }], adhoc: [{ allow: 'read' }], resource: [{ allow: 'read' }] }, unique('g'), { project });
    const token = await tokenFor(group);
    const refused = await qd.fails(400, 'api.error.job.options-invalid', 'POST', `/job/${id}/run`, { token, json: {} });
    assert.match(refused.message, new RegExp(`storage value from "${path}" could not be read: \\S+ may not read ${path}`));
    await policy({ storage: [{ equals: { path }, allow: 'read' }] }, group);
    const started = await until(async () => {
      const answer = await qd.api('POST', `/job/${id}/run`, { token, json: {} });
      return answer.status === 200 && answer.json;
    }, { what: 'the policy to hold' });
    assert.equal((await ended(qd, started.id)).status, 'succeeded');
    assert.deepEqual(await lines(qd, started.id), ['got [*****]']);
  });

  it('does not show secrets of a command in the list of processes', async () => {
    const secret = `ps-${unique()}`;
    const plain = `ps-${unique()}`;
    const commandLines = () => readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map((pid) => {
      try { return readFileSync(`/proc/${pid}/cmdline`, 'utf8'); } catch { return ''; }
    }).join('\n');
    const looked = gate();  // both run until then
    const open = await run(qd, await newJob(qd, project, { steps: [`: \${option.p}; ${looked.wait}; true`], options: [{ name: 'p', value: plain }] }));
    const hidden = await run(qd, await newJob(qd, project, { steps: [`echo "begun \${option.o}"; test -z "$QD_HIDDEN_COMMAND"; r=$?; ${looked.wait}; (exit $r)`], options: [option(await key(secret))] }));
    await until(async () => (await qd.ok('GET', `/execution/${hidden.id}/output`)).entries.some((one) => one.log === 'begun *****'), { what: 'the command to begin' });
    await until(() => commandLines().includes(plain), { what: 'the search to find what is no secret' });
    assert.ok(!commandLines().includes(secret), 'the secret is in the list of processes');
    looked.open();
    for (const { id } of [open, hidden]) assert.equal((await ended(qd, id)).status, 'succeeded');
  });

  it('of a schedule gets those that whoever saved the job may read', async () => {
    const allowed = await key('schedule-secret');
    const denied = await key('schedule-other');
    const group = await policy({ storage: [{ equals: { path: allowed }, allow: 'read' }] });
    await policy({ job: [{ allow: '*' }], node: [{ allow: '*' }], adhoc: [{ allow: '*' }], resource: [{ allow: '*' }] }, group, { project });
    await policy({ project: [{ allow: ['read', 'import'] }] }, group);
    const token = await tokenFor(group);
    const timed = (path) => ({ name: unique('timed'), description: '', schedule: { crontab: '* * * * * ? *' }, sequence: { keepgoing: false, strategy: 'node-first', commands: [{ exec: 'echo "got [${option.o}]"' }] }, options: [option(path, { required: true })] });
    const imported = await qd.ok('POST', `/project/${project}/jobs/import`, { token, json: [timed(allowed), timed(denied)] });
    assert.equal(imported.succeeded.length, 2, JSON.stringify(imported));
    const [good, bad] = imported.succeeded.map((one) => one.id);
    const ran = await until(async () => (await qd.ok('GET', `/job/${good}/executions`, { query: { status: 'succeeded' } })).executions[0], { what: 'a scheduled run' });
    assert.deepEqual(await lines(qd, ran.id), ['got [*****]']);
    const fire = await until(async () => (await qd.ok('GET', `/job/${bad}/fires`)).fires.find((one) => /may not read/.test(JSON.stringify(one))), { what: 'a refused fire' });
    assert.ok(JSON.stringify(fire).includes(denied));
    assert.equal((await qd.ok('GET', `/job/${bad}/executions`, { query: { status: 'succeeded' } })).executions.length, 0);
    for (const id of [good, bad]) await qd.ok('POST', `/job/${id}/schedule/disable`);
  });

  it('gives HTTP steps and option URLs their passwords', async () => {
    const seen = [];
    const site = http.createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(200, { 'Content-Type': 'application/json' }).end('["v"]');
    });
    await new Promise((resolve) => site.listen(0, '127.0.0.1', resolve));
    try {
      const url = `http://127.0.0.1:${site.address().port}/`;
      const path = await key('http-secret');
      const step = { nodeStep: false, type: 'edu.ohio.ais.rundeck.HttpWorkflowStepPlugin', configuration: { remoteUrl: url, method: 'GET', authentication: 'Basic', username: 'me', password: path } };
      const done = await runToEnd(qd, await newJob(qd, project, { steps: [step] }));
      assert.equal(done.status, 'succeeded');
      assert.equal(seen.pop(), `Basic ${Buffer.from('me:http-secret').toString('base64')}`);
      const id = await newJob(qd, project, { options: [{ name: 'o', valuesUrl: url, configRemoteUrl: { authenticationType: 'BEARER_TOKEN', tokenStoragePath: path } }] });
      assert.deepEqual((await qd.ok('GET', `/job/${id}/option/o/values`)).values, [{ name: 'v', value: 'v' }]);
      assert.equal(seen.pop(), 'Bearer http-secret');
    } finally {
      site.closeAllConnections();
      site.close();
    }
  });
});

describe('qd keys', () => {
  it('has the verbs of rd keys', async () => {
    const home = removeAtExit(mkdtempSync(join(tmpdir(), 'qd-keys-')));
    const file = join(home, 'k.pub');
    writeFileSync(file, 'public words\n');
    const path = `keys/${folder}/${unique('cli')}`;
    const qdOk = async (args, options) => {
      const done = await cli(qd, ['keys', ...args], options);
      assert.equal(done.code, 0, `${args.join(' ')}: ${done.err}`);
      return done.out;
    };
    await qdOk(['create', '-p', path, '-t', 'publicKey', '-f', file]);
    assert.equal(await qdOk(['get', '-p', path]), 'public words\n');
    await qdOk(['get', '-p', path, '-f', join(home, 'copy')]);
    assert.equal(readFileSync(join(home, 'copy'), 'utf8'), 'public words\n');
    assert.match(await qdOk(['info', '-p', path]), /Rundeck-key-type: public/);
    assert.ok((await qdOk(['list', '-p', `keys/${folder}`])).includes(path));
    await qdOk(['update', '-p', path, '-t', 'password'], { input: 'from a pipe\n' });
    const done = await trial(qd, project, { steps: ['test "${option.o}" = "from a pipe"'], options: [{ name: 'o', secure: true, valueExposed: true, storagePath: path }] });
    assert.equal(done.execution.status, 'succeeded', 'the line break is no part of a password');
    const refused = await cli(qd, ['keys', 'get', '-p', path]);
    assert.notEqual(refused.code, 0);
    assert.ok(!(refused.out + refused.err).includes('from a pipe'));
    await qdOk(['delete', '-p', path]);
    assert.equal((await qd.api('GET', `/storage/${path}`)).status, 404);
    const rotated = JSON.parse(await qdOk(['rotate', '-o', 'json']));
    assert.deepEqual(rotated.failures, []);
    assert.ok(rotated.checked > 0);
  });
});

describe('the storage', () => {
  it('goes on with another password after a rotation, and with the old one not', async () => {
    const database = await freshDatabase();
    const own = await new Server({ database, config: { 'quarterdeck.storage.password': 'the first one' } }).start();
    try {
      await own.authorize();
      const save = (name) => own.ok('POST', `/storage/keys/${name}`, { body: `words of ${name}`, type: PUBLIC, status: 201 });
      const read = async (name) => (await own.api('GET', `/storage/keys/${name}`, { accept: PUBLIC })).text;
      const again = async (config) => {
        await own.stop();
        own.writeConfig(config);
        await own.start();
      };
      await save('a');
      await again({ 'quarterdeck.storage.password': 'the second one', 'quarterdeck.storage.oldPassword': 'the first one' });
      assert.equal(await read('a'), 'words of a');
      await save('b');
      const sealed = await newProject(own, { 'project.plugin.x.password': 'kept as ciphertext' });
      assert.deepEqual(await own.ok('POST', '/system/storage/rotate'), { checked: 3, changed: 3, failures: [] });
      await again({ 'quarterdeck.storage.password': 'the second one' });
      assert.equal(await read('a') + await read('b'), 'words of awords of b');
      assert.equal((await own.ok('GET', `/project/${sealed}/config`))['project.plugin.x.password'], 'kept as ciphertext');
      await again({ 'quarterdeck.storage.password': 'the first one' });
      const lost = await own.fails(503, null, 'GET', '/storage/keys/a', { accept: PUBLIC });
      assert.match(lost.message, /quarterdeck\.storage\.password/);
      const closed = await own.fails(503, 'api.error.storage.sealed', 'GET', `/project/${sealed}/config`);
      assert.match(closed.message, /quarterdeck\.storage\.password/);
      assert.match(own.log(), /does not have the key/);
    } finally {
      await own.stop();
    }
  });

  it('is shared by members with the same password, and kept from one with another', async (t) => {
    const database = await freshDatabase();
    if (!database) return t.skip('SQLite has one member');
    const member = (password) => new Server({ database, config: { 'quarterdeck.storage.password': password } });
    const members = [member('shared'), member('shared'), member('another')];
    try {
      for (const one of members) await (await one.start()).authorize();
      const [first, second, stranger] = members;
      await first.ok('POST', '/storage/keys/a', { body: 'shared words', type: PUBLIC, status: 201 });
      assert.equal((await second.api('GET', '/storage/keys/a', { accept: PUBLIC })).text, 'shared words');
      await stranger.fails(503, null, 'GET', '/storage/keys/a', { accept: PUBLIC });
      const refused = await stranger.fails(503, null, 'POST', '/storage/keys/b', { body: 'x', type: PUBLIC });
      assert.match(refused.message, /same quarterdeck\.storage\.password as the member/);
      assert.equal((await stranger.ok('GET', '/storage/keys')).resources.length, 1, 'what it does not need the key for');
      assert.equal((await first.api('GET', '/storage/keys/b')).status, 404);
    } finally {
      for (const one of members) await one.stop();
    }
  });

  it('keeps keys in files where it is told to, sealed, and reads those of jasypt', async () => {
    const base = removeAtExit(mkdtempSync(join(tmpdir(), 'qd-files-')));
    const own = await new Server({ database: await freshDatabase(), env: { ENC_PASSWORD: '1PwdToBindThem$' }, config: {
      'rundeck.storage.provider.1.type': 'file', 'rundeck.storage.provider.1.path': 'keys/local', 'rundeck.storage.provider.1.config.baseDir': base,
      'rundeck.storage.converter.1.type': 'jasypt-encryption', 'rundeck.storage.converter.1.path': 'keys/local/old', 'rundeck.storage.converter.1.config.passwordEnvVarName': 'ENC_PASSWORD',
    } }).start();
    try {
      await own.authorize();
      await own.ok('POST', '/storage/keys/local/a', { body: 'words for a file', type: PUBLIC, status: 201 });
      const stored = readFileSync(join(base, 'content/keys/local/a'));
      assert.ok(!stored.includes('words'), stored.toString('latin1'));
      assert.equal(statSync(join(base, 'content/keys/local/a')).mode & 0o777, 0o600);
      assert.equal(statSync(join(own.base, 'var/master.key')).mode & 0o777, 0o600);
      assert.equal((await own.api('GET', '/storage/keys/local/a', { accept: PUBLIC })).text, 'words for a file');
      // What the peer's plugin wrote, with its metadata beside it.
      await own.ok('POST', '/storage/keys/local/old/b', { body: 'x', type: PUBLIC, status: 201 });
      writeFileSync(join(base, 'content/keys/local/old/b'), Buffer.from('bbnJmDtx82/NOeUc9ahULGVAH+RdSLG5', 'base64'));
      writeFileSync(join(base, 'meta/keys/local/old/b'), JSON.stringify({ 'Rundeck-content-type': PUBLIC, 'jasypt-encryption:encrypted': 'true' }));
      assert.equal((await own.api('GET', '/storage/keys/local/old/b', { accept: PUBLIC })).text, 'binder123');
      const where = await newProject(own);
      const { lines: seen } = await trial(own, where, { steps: ['env | grep -c 1PwdToBind || echo PATH is "$PATH"'] });
      assert.match(seen.join('\n'), /^0\nPATH is \//, 'commands of jobs do not see the password');
    } finally {
      await own.stop();
    }
  });

  it('takes over the keys of a Rundeck from its database', async () => {
    const database = await freshDatabase();
    const rundeck = database ? database.server.database(unique('rundeck').replace('-', '_')) : { url: `sqlite:${join(removeAtExit(mkdtempSync(join(tmpdir(), 'qd-peer-'))), 'peer.db')}` };
    const blob = database?.kind === 'postgresql' ? 'bytea' : 'longblob';
    const hex = (bytes) => (database?.kind === 'postgresql' ? `'\\x${bytes.toString('hex')}'` : `X'${bytes.toString('hex')}'`);
    const row = (id, namespace, dir, name, meta, data) => `INSERT INTO storage (id, namespace, dir, name, json_data, data) VALUES (${id}, ${namespace}, '${dir}', '${name}', '${JSON.stringify(meta)}', ${hex(Buffer.from(data, 'base64'))});`;
    const type = { 'Rundeck-content-type': PUBLIC, 'Rundeck-auth-created-username': 'bob' };
    const sql = [
      `CREATE TABLE storage (id bigint, namespace varchar(255), dir varchar(2048), name varchar(1024), json_data text, data ${blob});`,
      row(1, 'NULL', 'keys/team', 'old', { ...type, 'jasypt-encryption:encrypted': 'true' }, 'bbnJmDtx82/NOeUc9ahULGVAH+RdSLG5'),
      row(2, 'NULL', 'keys', 'new', { ...type, 'aes-gcm-encryption:encrypted': 'true', 'jasypt-encryption:encrypted': 'false' }, 'AQABAgMEBQYHCAkKCwwNDg8yMzQ1Njc4OTo7PD10zebVuNi1kfJ13VQIeYjvw6xMMwpqCANC'),
      row(3, 'NULL', 'keys', 'plain', type, Buffer.from('plain words').toString('base64')),
      row(4, "'config'", 'projects/p/etc', 'project.properties', type, Buffer.from('no key').toString('base64')),
      row(5, 'NULL', 'keys/other', 'x', { ...type, 'jasypt-encryption:encrypted': 'true' }, Buffer.from('y').toString('base64')),
    ].join('\n');
    if (database) database.server.sql(sql, rundeck.name);
    else execFileSync('sqlite3', [rundeck.url.slice('sqlite:'.length)], { input: sql });
    const own = new Server({ database, config: { 'rundeck.storage.converter.1.type': 'jasypt-encryption', 'rundeck.storage.converter.1.path': 'keys/team', 'rundeck.storage.converter.1.config.password': '1PwdToBindThem$', 'rundeck.storage.converter.2.type': 'aes-gcm-encryption', 'rundeck.storage.converter.2.path': 'keys/new', 'rundeck.storage.converter.2.config.password': '1PwdToBindThem$' } });
    await own.start();
    await own.stop();
    const args = ['import-keys', '--base', own.base, '--from', rundeck.url, ...(database ? ['--user', rundeck.username, '--password-variable', 'PEER'] : [])];
    const imported = () => spawnSync(BINARY, args, { env: { ...process.env, PEER: rundeck.password ?? '' }, encoding: 'utf8' });
    const first = imported();
    assert.match(first.stdout, /^3 keys imported, 0 were there already, 1 failed$/m, first.stderr);
    assert.match(first.stderr, /keys\/other\/x: it was encrypted by jasypt-encryption: configure that converter/);
    assert.equal(first.status, 1);
    assert.match(imported().stdout, /^0 keys imported, 3 were there already, 1 failed$/m);
    await own.start();
    try {
      await own.authorize();
      const read = async (name) => (await own.api('GET', `/storage/keys/${name}`, { accept: PUBLIC })).text;
      assert.deepEqual(await Promise.all(['team/old', 'new', 'plain'].map(read)), ['binder123', 'binder123', 'plain words']);
      assert.equal((await own.ok('GET', '/storage/keys/plain')).meta['Rundeck-auth-created-username'], 'bob');
    } finally {
      await own.stop();
    }
  });

  it('does not start on providers that are not there', async () => {
    const own = new Server({ config: { 'rundeck.storage.provider.1.type': 'vault-storage', 'rundeck.storage.provider.1.path': 'keys' } });
    await assert.rejects(own.start(), /rundeck\.storage\.provider\.1\.type: "vault-storage" is no provider here/);
  });
});
