// What the Terraform provider sends: a login that makes or finds its token, projects, jobs as JSON with import and read
// back, keys, policies, webhooks.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ADMIN_PASSWORD, startServer } from '../support/server.mjs';
import { Cookies } from '../support/http.mjs';
import { newProject, unique } from '../support/scenario.mjs';

let qd, project;
before(async () => {
  qd = await startServer();
  project = await newProject(qd);
});
after(() => qd?.stop());

const json = { accept: 'application/json' };

it('logs in by a form, and makes a token that it finds again', async () => {
  const cookies = new Cookies();
  await qd.raw('POST', '/j_security_check', { form: { j_username: 'admin', j_password: ADMIN_PASSWORD }, cookies, token: null });
  const own = { ...json, cookies, token: null };
  const made = await qd.raw('POST', '/api/43/tokens', { ...own, json: { user: 'admin', roles: ['*'], duration: '0', name: 'terraform-token' } });
  assert.equal(made.status, 201, made.text);
  assert.ok(made.json.token);
  assert.equal(made.json.name, 'terraform-token');
  const listed = (await qd.raw('GET', '/api/43/tokens/admin', own)).json.filter((token) => token.name === 'terraform-token');
  assert.equal(listed.length, 1);
  assert.equal(listed[0].expired, false);
  // The provider decodes it as a time: null is none, and "" would be an error.
  assert.ok(listed[0].expiration == null || !Number.isNaN(Date.parse(listed[0].expiration)), JSON.stringify(listed[0]));
  assert.equal((await qd.raw('GET', '/api/46/projects', { ...json, token: made.json.token })).status, 200);
});

describe('a job', () => {
  const definition = () => ({
    name: unique('tf'), group: 'terraform', project, description: 'made by a plan', executionEnabled: true, scheduleEnabled: true, loglevel: 'INFO',
    nodeFilterEditable: false, nodefilters: { dispatch: { excludePrecedence: true, keepgoing: false, rankOrder: 'ascending', successOnEmptyNodeFilter: false, threadcount: '1' }, filter: '.*' },
    options: [{ name: 'env', value: 'dev', values: ['dev', 'prod'], valuesListDelimiter: ',', enforced: true, required: true }],
    notification: { onfailure: { email: { recipients: 'ops@example.com' } } },
    sequence: { keepgoing: false, strategy: 'node-first', commands: [{ exec: 'echo ${option.env}' }, { jobref: { name: 'other', group: 'x', useName: 'true' } }] },
  });
  const load = (job, dupeOption) =>
    qd.raw('POST', `/api/46/project/${project}/jobs/import`, { ...json, query: { fileformat: 'json', dupeOption, uuidOption: 'preserve' }, json: [job] });

  it('is made, read back as it was written, changed in place, and deleted', async () => {
    const job = definition();
    const made = await load(job, 'create');
    assert.equal(made.status, 200, made.text);
    assert.deepEqual([made.json.failed, made.json.skipped, made.json.succeeded.length], [[], [], 1]);
    const { id } = made.json.succeeded[0];
    const [read] = (await qd.raw('GET', `/api/56/job/${id}`, { ...json, query: { format: 'json' } })).json;
    for (const key of ['name', 'group', 'description', 'loglevel', 'options', 'notification', 'sequence', 'nodefilters']) assert.deepEqual(read[key], job[key], key);
    const changed = await load({ ...job, id, uuid: id, description: 'changed' }, 'update');
    assert.equal(changed.json.succeeded[0].id, id, changed.text);
    assert.equal((await qd.raw('GET', `/api/56/job/${id}`, json)).json[0].description, 'changed');
    assert.equal((await qd.raw('DELETE', `/api/56/job/${id}`, json)).status, 204);
    assert.equal((await qd.raw('GET', `/api/56/job/${id}`, json)).status, 404);
  });
  it('that is wrong is answered with status 200 and the reason', async () => {
    const refused = await load({ name: unique('bad'), sequence: { commands: [] } }, 'create');
    assert.equal(refused.status, 200);
    assert.ok(refused.json.failed[0].error);
  });
});

it('a project keeps the configuration that it was made with', async () => {
  const name = unique();
  const config = { 'project.description': 'by a plan', 'project.label': 'Plan', 'resources.source.1.type': 'local', extra: 'x' };
  const made = await qd.raw('POST', '/api/46/projects', { ...json, json: { name, description: 'by a plan', config } });
  assert.equal(made.status, 201);
  const read = await qd.raw('GET', `/api/46/project/${name}`, json);
  for (const [key, value] of Object.entries(config)) assert.equal(read.json.config[key], value, key);
  assert.equal((await qd.raw('PUT', `/api/46/project/${name}/config`, { ...json, json: { ...config, extra: 'y', 'project.name': name } })).json.extra, 'y');
  assert.equal((await qd.raw('DELETE', `/api/46/project/${name}`, json)).status, 204);
});

it('keys are made, read back and removed', async () => {
  const path = `/api/46/storage/keys/${unique('tf')}/key`;
  const ssh = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHuuJG4dRc7Q2l1p0b0f3b1b0b3b1b0b3b1b0b3b1b0b plan';
  assert.equal((await qd.raw('POST', path, { ...json, body: ssh, type: 'application/pgp-keys' })).status, 201);
  assert.equal((await qd.raw('GET', path, { accept: 'application/pgp-keys' })).text, ssh);
  assert.equal((await qd.raw('GET', path, json)).json.meta['Rundeck-key-type'], 'public');
  assert.equal((await qd.raw('PUT', path, { ...json, body: `${ssh}2`, type: 'application/pgp-keys' })).status, 200);
  assert.equal((await qd.raw('DELETE', path, json)).status, 204);
  assert.equal((await qd.raw('GET', path, json)).status, 404);
});
