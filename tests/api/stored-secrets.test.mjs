// After a run that used every kind of secret none of them is in the database, its dump, a log or the base folder.
import assert from 'node:assert/strict';
import http from 'node:http';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startServer } from '../support/server.mjs';
import { freshDatabase } from '../support/databases.mjs';
import { ended, lines, newJob, newProject, run, unique } from '../support/scenario.mjs';

const PASSWORD = 'application/x-rundeck-data-password';
const word = (kind) => `${kind}${unique('Zq').replace('-', '')}`;
const secrets = {};
const secret = (kind) => { secrets[kind] = word(kind); return secrets[kind]; };
const marker = word('Marker');
const uploaded = word('Upload');
const privateKey = ['-----BEGIN OPENSSH PRIVATE KEY-----', secret('PrivateKeyLine'), '-----END OPENSSH PRIVATE KEY-----', ''].join('\n');

let qd;
let site;
let output;
let project;
let id;
before(async () => {
  qd = await startServer({ database: await freshDatabase(), config: { 'quarterdeck.storage.password': secret('StoragePassword') } });
  const seen = [];
  site = http.createServer((request, response) => {
    seen.push(request.headers.authorization);
    response.end('ok');
  });
  await new Promise((resolve) => site.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${site.address().port}/`;
  project = await newProject(qd, { 'project.plugin.Some.password': secret('ProjectPassword') });
  const put = (name, body, type) => qd.ok('POST', `/storage/keys/${name}`, { body, type, status: 201 });
  await put('option', secret('KeyOfOption'), PASSWORD);
  await put('http', secret('KeyOfHttpStep'), PASSWORD);
  await put('id_rsa', privateKey, 'application/octet-stream');
  await qd.ok('PUT', '/storage/keys/http', { body: secret('ReplacedKey'), type: PASSWORD });
  await qd.ok('POST', '/user/local', { json: { login: 'ann', password: secret('UserPassword'), roles: ['admin'] }, status: 201 });
  const { cookies } = await qd.login('ann', secrets.UserPassword);
  const made = await qd.raw('POST', '/api/59/tokens', { json: { user: 'ann', roles: '*' }, cookies, token: null });
  assert.equal(made.status, 201, made.text);
  secrets.Token = made.json.token;
  secrets.Session = cookies.get('JSESSIONID');
  await qd.login('ann', secret('WrongPassword'));
  const step = { nodeStep: false, type: 'edu.ohio.ais.rundeck.HttpWorkflowStepPlugin', configuration: { remoteUrl: url, method: 'GET', authentication: 'Basic', username: 'me', password: 'keys/http' } };
  id = await newJob(qd, project, {
    steps: [`echo ${marker} \${option.plain}`, 'echo "given ${option.given} stored ${option.stored}"', 'test -n "$RD_OPTION_GIVEN" && cat "$RD_FILE_FILE"', step],
    options: [
      { name: 'plain', value: marker },
      { name: 'given', secure: true, valueExposed: true },
      { name: 'hidden', secure: true },
      { name: 'stored', secure: true, valueExposed: true, storagePath: 'keys/option' },
      { name: 'key', secure: true, storagePath: 'keys/id_rsa' },
      { name: 'file', type: 'file' },
    ],
  });
  const file = await qd.ok('POST', `/job/${id}/input/file/file`, { body: uploaded, type: 'application/octet-stream' });
  const options = { given: secret('GivenOption'), hidden: secret('HiddenOption'), file: file.options.file };
  const done = await ended(qd, (await run(qd, id, { options })).id);
  output = await lines(qd, done.id);
  assert.equal(done.status, 'succeeded', output.join('\n'));
  assert.equal(seen.pop(), `Basic ${Buffer.from(`me:${secrets.ReplacedKey}`).toString('base64')}`);
  const later = await newJob(qd, project, { steps: ['false'], retry: '1', options: [{ name: 'again', secure: true, valueExposed: true }] });
  await ended(qd, (await run(qd, later, { options: { again: secret('RetriedOption') } })).id);
  await run(qd, later, { options: { again: secret('WaitingOption') }, runAtTime: new Date(Date.now() + 3_600_000).toISOString() });
});
after(async () => {
  site?.closeAllConnections();
  site?.close();
  await qd?.stop();
});

function* filesOf(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesOf(path);
    else if (entry.isFile()) yield path;
  }
}

// As it is, in hexadecimal digits, and in the three ways that base64 can cut it.
function spellings(text) {
  const cut = [0, 1, 2].map((shift) => Buffer.from(' '.repeat(shift) + text).toString('base64').replace(/=+$/, '').slice(shift ? 4 : 0, -2));
  const hex = Buffer.from(text).toString('hex');
  return [text, hex, hex.toUpperCase(), ...cut];
}

const holds = (bytes, text) => spellings(text).some((one) => bytes.includes(one));

describe('what is kept', () => {
  it('in the database holds no secret', () => {
    const { database } = qd;
    const kept = database ? database.server.dump(database.name) : Buffer.concat([...filesOf(join(qd.base, 'server/data'))].map((path) => readFileSync(path)));
    assert.ok(holds(kept, marker), 'the search finds what is there as text');
    assert.ok(holds(kept, uploaded), 'and as bytes');
    for (const [kind, text] of Object.entries(secrets)) assert.ok(!holds(kept, text), `${kind} is in the database`);
  });

  it('in files and logs holds no secret but the configuration itself', () => {
    let found = 0;
    for (const path of filesOf(qd.base)) {
      if (path.endsWith('rundeck-config.properties')) continue;
      const bytes = readFileSync(path);
      if (holds(bytes, marker)) found += 1;
      for (const [kind, text] of Object.entries(secrets)) assert.ok(!holds(bytes, text), `${kind} is in ${path}`);
    }
    assert.ok(found > 0, 'the search finds what is in the log of the execution');
  });

  it('in the output is masked', () => {
    assert.ok(output.includes('given ***** stored *****'), output.join('\n'));
    assert.ok(output.some((line) => line.includes(uploaded)), 'and what is no secret is not');
  });

  it('is in no answer of the API', async () => {
    const paths = ['/storage/keys', '/storage/keys/option', '/storage/keys/id_rsa', '/tokens', '/tokens/ann', '/user/local', '/audit/events', '/system/info', '/metrics/metrics', '/executions/metrics'];
    const { executions } = await qd.ok('GET', `/project/${project}/executions`);
    assert.ok(executions.length >= 3, JSON.stringify(executions));
    paths.push(`/project/${project}/executions`, `/project/${project}/history`, `/project/${project}`, `/job/${id}`, `/job/${id}/executions`);
    for (const { id } of executions) paths.push(`/execution/${id}`, `/execution/${id}/state`, `/execution/${id}/output`);
    for (const path of paths) {
      const answer = await qd.api('GET', path);
      for (const [kind, text] of Object.entries(secrets)) {
        // Whoever may configure a project sees its configuration, as it was given.
        if (kind === 'ProjectPassword' && path === `/project/${project}`) continue;
        assert.ok(!holds(answer.body, text), `${kind} is in ${path}`);
      }
    }
  });
});
