// Git repositories behind SSH: keys and passwords of the key storage, host keys, and who may read the keys.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Repository } from '../support/git.mjs';
import { newJob, newProject, unique } from '../support/scenario.mjs';
import { startServer } from '../support/server.mjs';
import { SshNodes } from '../support/sshd.mjs';

let qd, farm, repository;
before(async () => {
  farm = await SshNodes.start(1);
  qd = await startServer();
  repository = new Repository();
  chmodSync(repository.folder, 0o755);
  if (farm.hasAccounts) execFileSync('chown', ['-R', '20001:20001', repository.path]);
  await qd.ok('POST', '/storage/keys/git/key', { body: readFileSync(farm.file('id_ed25519')), type: 'application/octet-stream', status: 201 });
  await qd.ok('POST', '/storage/keys/git/wrong', { body: readFileSync(farm.file('other_host')), type: 'application/octet-stream', status: 201 });
  await qd.ok('POST', '/storage/keys/git/password', { body: 'node pass', type: 'application/x-rundeck-data-password', status: 201 });
});
after(async () => {
  await qd?.stop();
  await farm?.stop();
});

const base = (project) => `/project/${project}/scm/export`;
const url = () => `ssh://${farm.user}@${farm.hosts[0]}:${farm.port}${repository.path}`;
const config = (extra) => ({ dir: 'x', url: url(), branch: 'master', pathTemplate: '${job.id}.${config.format}', format: 'xml', strictHostKeyChecking: 'no', committerName: 'A', committerEmail: 'a@example.org', ...extra });
const setup = (project, extra) => qd.api('POST', `${base(project)}/plugin/git-export/setup`, { json: { config: config(extra) } });
const temporary = () => readdirSync(join(qd.base, 'var', 'scm')).filter((name) => /\.(key|askpass)$/.test(name));

describe('over SSH', () => {
  it('a key of the key storage logs in, and is gone afterwards', async () => {
    const project = await newProject(qd);
    const id = await newJob(qd, project);
    const made = await setup(project, { sshPrivateKeyPath: 'keys/git/key' });
    assert.equal(made.status, 200, made.text);
    const done = await qd.api('POST', `${base(project)}/action/project-commit`, { json: { input: { message: 'x', push: 'true' }, jobs: [id] } });
    assert.equal(done.status, 200, done.text);
    assert.deepEqual(repository.files(), [`${id}.xml`]);
    assert.deepEqual(temporary(), []);
  });

  it('a password of the key storage logs in', async (test) => {
    if (!farm.hasAccounts) return test.skip('there is no account with a password');
    const project = await newProject(qd);
    const made = await setup(project, { gitPasswordPath: '/keys/git/password' });
    assert.equal(made.status, 200, made.text);
    assert.equal((await qd.ok('GET', `${base(project)}/status`)).synchState, 'CLEAN');
    assert.deepEqual(temporary(), []);
  });

  it('another key, an unknown host and a key that is not there are told of', async () => {
    const project = await newProject(qd);
    assert.match((await setup(project, { sshPrivateKeyPath: 'keys/git/wrong' })).json.message, /Permission denied/);
    assert.match((await setup(project, { sshPrivateKeyPath: 'keys/git/none' })).json.message, /keys\/git\/none/);
    assert.match((await setup(project, { sshPrivateKeyPath: 'keys/git/key', strictHostKeyChecking: 'yes' })).json.message, /[Hh]ost key/);
    mkdirSync(join(qd.base, '.ssh'), { recursive: true });
    writeFileSync(join(qd.base, '.ssh', 'known_hosts'), farm.text('known_hosts'));
    const known = await setup(project, { sshPrivateKeyPath: 'keys/git/key', strictHostKeyChecking: 'yes' });
    assert.equal(known.status, 200, known.text);
  });

  it('whoever may not read the key gets no answer of the repository', async () => {
    const project = await newProject(qd);
    assert.equal((await setup(project, { sshPrivateKeyPath: 'keys/git/key' })).status, 200);
    const group = unique('g');
    const policy = { description: 'a', context: { application: 'rundeck' }, for: { project: [{ equals: { name: project }, allow: ['read', 'scm_export'] }] }, by: { group } };
    await qd.ok('POST', `/system/acl/${group}.aclpolicy`, { json: { contents: JSON.stringify(policy) }, status: 201 });
    const { token } = await qd.ok('POST', '/tokens', { json: { user: group, roles: group }, status: 201 });
    const answer = await qd.api('GET', `${base(project)}/status`, { token });
    assert.equal(answer.status, 500, answer.text);
    assert.match(answer.json.message, /keys\/git\/key/);
  });
});
