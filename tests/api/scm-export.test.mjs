// Jobs written into a git repository: set up, states, commits, pushes, and what two sides do to each other.
import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Repository } from '../support/git.mjs';
import { importJobs, job, newJob, newProject, unique } from '../support/scenario.mjs';
import { bad, good } from '../support/scm.mjs';
import { startServer } from '../support/server.mjs';

let qd;
before(async () => {
  qd = await startServer();
  await qd.ok('POST', '/user/info', { json: { firstName: 'Ada', lastName: 'Lovelace', email: 'ada@example.org' } });
});
after(() => qd?.stop());

const CONFIG = { dir: '/ignored', pathTemplate: '${job.group}${job.name}-${job.id}.${config.format}', branch: 'master', strictHostKeyChecking: 'yes', format: 'yaml', committerName: '${user.fullName}', committerEmail: '${user.email}' };
const base = (project) => `/project/${project}/scm/export`;
const setup = (project, config, options = {}) => qd.api('POST', `${base(project)}/plugin/git-export/setup`, { json: { config: { ...CONFIG, ...config } }, ...options });
const status = (project) => qd.ok('GET', `${base(project)}/status`);
const inputs = (project, action = 'project-commit') => qd.ok('GET', `${base(project)}/action/${action}/input`);
const act = (project, action, json = {}) => qd.api('POST', `${base(project)}/action/${action}`, { json });
async function exporting(config = {}, repository = new Repository({ branch: config.branch ?? 'master' })) {
  const project = await newProject(qd);
  await good(setup(project, { url: repository.url, ...config }));
  return { project, repository };
}
const commitAll = async (project, extra = {}) => {
  const { exportItems } = await inputs(project);
  return act(project, 'project-commit', { input: { message: 'All of it', push: 'true', ...extra.input }, items: exportItems.filter((one) => !one.deleted).map((one) => one.itemId), deleted: exportItems.filter((one) => one.deleted).map((one) => one.itemId) });
};

describe('setting an export up', () => {
  it('lists plugin and settings, and tells what is wrong', async () => {
    const project = await newProject(qd);
    assert.deepEqual(await qd.ok('GET', `${base(project)}/plugins`), { integration: 'export', plugins: [{ configured: false, description: 'Export Jobs to a Git Repository', enabled: false, title: 'Git Export', type: 'git-export' }] });
    const { fields, integration, type } = await qd.ok('GET', `${base(project)}/plugin/git-export/input`);
    assert.deepEqual([integration, type], ['export', 'git-export']);
    assert.deepEqual(fields.map((one) => one.name).sort(), ['baseBranch', 'branch', 'committerEmail', 'committerName', 'createBranch', 'dir', 'exportUuidBehavior', 'fetchAutomatically', 'fetchTimeout', 'format', 'gitPasswordPath', 'pathTemplate', 'pullAutomatically', 'sshPrivateKeyPath', 'strictHostKeyChecking', 'url']);
    assert.deepEqual(fields.find((one) => one.name === 'format').values, ['xml', 'yaml', 'json']);
    assert.match(fields.find((one) => one.name === 'dir').defaultValue, new RegExp(`/projects/${project}/ScmExport$`));
    const empty = await bad(qd.api('POST', `${base(project)}/plugin/git-export/setup`, { json: { config: { format: 'toml' } } }));
    assert.equal(empty.message, 'Some input values were not valid.');
    assert.equal(empty.nextAction, null);
    assert.equal(empty.validationErrors.dir, 'required');
    assert.equal(empty.validationErrors.url, 'required');
    assert.match(empty.validationErrors.format, /^Invalid value/);
    assert.equal((await bad(qd.api('POST', `${base(project)}/plugin/git-export/setup`, { json: {} }))).message, " json: expected 'config' property");
    assert.equal((await qd.api('POST', `${base(project)}/plugin/no-such/setup`, { json: { config: CONFIG } })).status, 404);
  });

  it('answers 404 where nothing is configured, and 400 for another integration', async () => {
    const project = await newProject(qd);
    for (const path of ['status', 'config']) {
      const answer = await qd.api('GET', `${base(project)}/${path}`);
      assert.deepEqual([answer.status, answer.json.errorCode, answer.json.message], [404, 'no.scm.integration.plugin.configured', 'No export plugin configured']);
    }
    const action = await qd.api('GET', `${base(project)}/action/project-commit/input`);
    assert.deepEqual([action.status, action.json.errorCode, action.json.message], [404, 'scm.not.a.valid.action.actionid', `Action "project-commit" not found for export plugin for ${project}`]);
    assert.equal((await qd.api('GET', `/project/${project}/scm/sideways/status`)).status, 400);
    assert.deepEqual((({ status: code, json }) => [code, json.errorCode, json.message])(await qd.api('GET', '/project/no-such/scm/export/status')), [404, 'api.error.item.doesnotexist', 'Project does not exist: no-such']);
  });

  it('keeps the configuration, and switches it off and on', async () => {
    const { project, repository } = await exporting();
    const stored = await qd.ok('GET', `${base(project)}/config`);
    assert.deepEqual(stored, { config: { ...CONFIG, url: repository.url }, enabled: true, integration: 'export', project, type: 'git-export' });
    assert.equal((await good(qd.api('POST', `${base(project)}/plugin/git-export/disable`))).message, 'Plugin disabled for SCM export: git-export');
    assert.equal((await qd.api('GET', `${base(project)}/status`)).status, 404);
    assert.equal((await qd.ok('GET', `${base(project)}/config`)).enabled, false);
    assert.equal((await good(qd.api('POST', `${base(project)}/plugin/git-export/enable`))).message, 'Plugin enabled for SCM export: git-export');
    assert.equal((await bad(qd.api('POST', `${base(project)}/plugin/other/enable`))).message, 'Plugin type other for export is not configured');
    assert.deepEqual(await qd.ok('POST', `/project/${project}/scm/toggle`, { json: { enabled: false } }), { modified: true });
    assert.deepEqual(await qd.ok('POST', `/project/${project}/scm/toggle`, { json: { enabled: false } }), { modified: false });
    assert.deepEqual(await qd.ok('POST', `/project/${project}/scm/toggle`, { json: { enabled: true } }), { modified: true });
    assert.equal((await status(project)).synchState, 'CLEAN');
  });

  it('refuses repositories that are none, or that it must not touch', async () => {
    const project = await newProject(qd);
    for (const url of ['ext::sh -c "touch /tmp/qd-pwned"', '--upload-pack=touch', 'ssh://-oProxyCommand=touch/x', 'ftp://example.org/x', ' file:///x', 'file://host/x', 'nonsense', `file://${qd.base}/projects`, join(qd.base, 'var'), `file:///tmp/../${qd.base.slice(1)}/var/x.git`]) {
      const answer = await bad(setup(project, { url }));
      assert.ok(answer.validationErrors.url, `${url}: ${answer.message}`);
    }
    for (const branch of ['--force', 'a..b', 'x y', '../up']) assert.ok((await bad(setup(project, { url: 'file:///x', branch }))).validationErrors.branch, branch);
    for (const pathTemplate of ['../${job.id}', '.git/hooks/${job.id}', '/${job.id}', 'a//b', '.GIT/config', 'a/..']) assert.ok((await bad(setup(project, { url: 'file:///x', pathTemplate }))).validationErrors.pathTemplate, pathTemplate);
    const missing = await bad(setup(project, { url: 'file:///no/such/repository' }));
    assert.match(missing.message, /^Failed cloning the repository from file:\/\/\/no\/such\/repository: /);
    assert.equal((await qd.ok('GET', `${base(project)}/config`)).enabled, false);
  });
});

describe('exporting', () => {
  it('creates, changes, renames and deletes files with the jobs', async () => {
    const { project, repository } = await exporting();
    const id = await newJob(qd, project, { name: 'backup', group: 'nightly/db' });
    const path = `nightly/db/backup-${id}.yaml`;
    assert.deepEqual(await status(project), { actions: ['project-commit'], integration: 'export', message: 'Some changes have not been committed', project, synchState: 'EXPORT_NEEDED' });
    const form = await inputs(project);
    assert.deepEqual(form.exportItems, [{ deleted: false, itemId: path, job: { groupPath: 'nightly/db', jobId: id, jobName: 'backup' }, originalId: null, renamed: false, status: 'CREATE_NEEDED' }]);
    assert.equal(form.importItems, null);
    assert.deepEqual(form.fields.map((one) => [one.name, one.required]), [['message', true], ['tagName', false], ['push', false]]);
    const before = await qd.ok('GET', `/job/${id}/scm/export/status`);
    assert.deepEqual(before, { actions: ['job-commit'], commit: null, id, integration: 'export', message: 'Created', project, synchState: 'CREATE_NEEDED' });

    assert.equal((await good(act(project, 'project-commit', { input: { message: 'First', push: 'true' }, jobs: [id] }))).message, 'SCM export Action was Successful: project-commit');
    assert.deepEqual(repository.files(), [path]);
    assert.equal(repository.git('log', '-1', '--format=%an|%ae|%cn|%s', 'master'), 'Ada Lovelace|ada@example.org|Ada Lovelace|First');
    assert.match(repository.text(path), new RegExp(`^- .*\\n[^]*uuid: ${id}`));
    assert.equal((await status(project)).synchState, 'CLEAN');
    const clean = await qd.ok('GET', `/job/${id}/scm/export/status`);
    assert.equal(clean.synchState, 'CLEAN');
    assert.deepEqual(clean.actions, []);
    assert.equal(clean.commit.author, 'Ada Lovelace<ada@example.org>');
    assert.equal(clean.commit.commitId, repository.git('rev-parse', 'master'));
    assert.equal(clean.commit.message, 'First');
    assert.equal(clean.commit.info.commitId6, clean.commit.commitId.slice(0, 6));

    const [listed] = (await qd.ok('GET', `/project/${project}/jobs/browse`, { query: { path: 'nightly/db', meta: 'scmExport,scmImport' } })).items;
    assert.deepEqual(listed.meta, [{ name: 'scmExport', data: { jobState: { synchState: 'CLEAN', actions: [], commit: clean.commit.info } } }]);

    await importJobs(qd, project, [{ ...job({ name: 'backup', group: 'nightly/db', steps: ['echo changed'] }), uuid: id }], { dupeOption: 'update' });
    assert.equal((await qd.ok('GET', `/job/${id}/scm/export/status`)).synchState, 'EXPORT_NEEDED');
    const diff = await qd.ok('GET', `/job/${id}/scm/export/diff`);
    assert.match(diff.diffContent, /^@@ /);
    assert.match(diff.diffContent, /\n\+.*echo changed/);
    assert.equal(diff.commit.commitId, clean.commit.commitId);
    assert.equal(diff.incomingCommit, null);
    await good(qd.api('POST', `/job/${id}/scm/export/action/job-commit`, { json: { input: { message: 'Second', push: 'true' } } }));
    assert.match(repository.text(path), /echo changed/);

    await importJobs(qd, project, [{ ...job({ name: 'save', group: 'nightly', steps: ['echo changed'] }), uuid: id }], { dupeOption: 'update' });
    const renamed = (await inputs(project)).exportItems;
    assert.deepEqual(renamed, [{ deleted: false, itemId: `nightly/save-${id}.yaml`, job: { groupPath: 'nightly', jobId: id, jobName: 'save' }, originalId: path, renamed: true, status: 'EXPORT_NEEDED' }]);
    await good(commitAll(project));
    assert.deepEqual(repository.files(), [`nightly/save-${id}.yaml`]);

    await qd.ok('DELETE', `/job/${id}`, { status: 204 });
    assert.deepEqual((await inputs(project)).exportItems, [{ deleted: true, itemId: `nightly/save-${id}.yaml`, job: { groupPath: 'nightly', jobId: id, jobName: 'save' }, originalId: null, renamed: false, status: null }]);
    await good(commitAll(project));
    assert.deepEqual(repository.files(), []);
    assert.equal((await status(project)).synchState, 'CLEAN');
  });

  it('asks for what is missing', async () => {
    const { project } = await exporting();
    assert.equal((await bad(act(project, 'project-commit', { input: { message: 'x' } }))).message, 'No changes to local git repo need to be exported');
    const id = await newJob(qd, project);
    assert.deepEqual((await bad(act(project, 'project-commit', { jobs: [id] }))).validationErrors, { message: 'required' });
    assert.equal((await bad(act(project, 'project-commit', { input: { message: 'x' } }))).message, 'No jobs were selected');
    assert.match((await bad(act(project, 'project-commit', { input: { message: 'x', tagName: 'a..b' }, jobs: [id] }))).validationErrors.tagName, /not valid/);
    assert.equal((await qd.api('POST', `${base(project)}/action/no-such`, { json: {} })).status, 404);
    assert.equal((await bad(qd.api('POST', `${base(project)}/action/project-commit`, { json: { jobs: 'x' } }))).message, " json: expected 'jobs' to be a list");
    const nobody = await exporting({ committerEmail: '' }).catch((error) => error);
    assert.match(nobody.message, /required/);
    const { token } = await qd.ok('POST', '/tokens', { json: { user: unique('u'), roles: 'admin' }, status: 201 });
    const anonymous = await bad(qd.api('POST', `${base(project)}/action/project-commit`, { token, json: { input: { message: 'x' }, jobs: [id] } }));
    assert.match(anonymous.message, /^Required user info field was not set: committerName/);
    assert.ok(anonymous.validationErrors.committerName);
  });

  it('commits without pushing, tags, and pushes later', async () => {
    const { project, repository } = await exporting({ format: 'xml' });
    const id = await newJob(qd, project);
    await good(act(project, 'project-commit', { input: { message: 'Local', tagName: 'v1' }, jobs: [id] }));
    assert.equal(repository.git('for-each-ref'), '');
    const now = await status(project);
    assert.deepEqual([now.synchState, now.actions, now.message], ['EXPORT_NEEDED', ['project-push'], 'Changes need to be pushed']);
    assert.match((await bad(act(project, 'tag-commit', { input: { message: 'x', tagName: 'v1' } }))).validationErrors.tagName, /already exists/);
    await good(act(project, 'project-push', { input: { tagName: 'v1' } }));
    assert.equal(repository.git('cat-file', '-t', 'v1'), 'tag');
    assert.equal(repository.git('rev-parse', 'v1^{commit}'), repository.git('rev-parse', 'master'));
    await newJob(qd, project);
    await good(commitAll(project, { input: { push: 'false' } }));
    const ahead = await status(project);
    assert.deepEqual([ahead.synchState, ahead.actions, ahead.message], ['EXPORT_NEEDED', ['project-push'], '1 changes need to be pushed']);
    await good(act(project, 'project-push', { input: { tagName: 'v2', message: 'Two' } }));
    assert.equal(repository.git('for-each-ref', '--format=%(contents)', 'refs/tags/v2'), 'Two');
    assert.equal((await status(project)).synchState, 'CLEAN');
  });

  it('writes ids as it is told to', async () => {
    const removing = await exporting({ exportUuidBehavior: 'remove', pathTemplate: '${job.group}${job.name}.${config.format}' });
    const id = await newJob(qd, removing.project, { name: 'plain' });
    await good(commitAll(removing.project));
    assert.ok(!removing.repository.text('plain.yaml').includes(id));
    assert.equal((await status(removing.project)).synchState, 'CLEAN');
    const other = await newJob(qd, removing.project, { name: 'plain', group: 'plain.yaml' });
    assert.match((await bad(act(removing.project, 'job-commit', { input: { message: 'x' }, jobs: [other] }))).message, /is a file in the repository/);
    await newJob(qd, removing.project, { name: 'twice' });
    await newJob(qd, removing.project, { name: 'twice' });
    assert.match((await bad(commitAll(removing.project))).message, /Two jobs would be written to 'twice.yaml'|is a file/);
  });

  it('takes a file that says the same in other words for clean', async () => {
    const { project, repository } = await exporting();
    const id = await newJob(qd, project, { name: 'same' });
    await good(commitAll(project));
    const path = `same-${id}.yaml`;
    repository.push({ [path]: `# a comment of somebody\n${repository.text(path)}` });
    await good(act(project, 'project-synch'));
    assert.equal((await status(project)).synchState, 'CLEAN');
  });
});

describe('archives', () => {
  it('carry the configuration to a project that has none', async () => {
    const { project, repository } = await exporting();
    const archive = await qd.api('GET', `/project/${project}/export`, { query: { exportScm: 'true' } });
    assert.equal(archive.status, 200);
    const target = await newProject(qd);
    const answer = await qd.api('PUT', `/project/${target}/import`, { query: { importScm: 'true' }, body: archive.body, type: 'application/zip' });
    assert.equal(answer.json.import_status, 'successful', answer.text);
    assert.equal((await qd.ok('GET', `${base(target)}/config`)).config.url, repository.url);
    assert.equal((await status(target)).synchState, 'CLEAN');
    const without = await qd.api('GET', `/project/${project}/export`, { query: { exportJobs: 'true' } });
    assert.ok(!without.body.includes('scm-export.properties'));
  });
});

describe('two sides', () => {
  it('puts commits on top of what others pushed, as long as they touch other files', async () => {
    const { project, repository } = await exporting({ fetchAutomatically: 'false' });
    await newJob(qd, project);
    await good(commitAll(project));
    repository.push({ 'README.md': 'Ours\n' });
    await newJob(qd, project);
    await good(commitAll(project));
    assert.equal(repository.files().length, 3);
    assert.equal(repository.git('rev-list', '--count', 'master'), '3');
  });

  it('tells plainly where both sides changed a file, and lets one choose', async () => {
    const { project, repository } = await exporting();
    const id = await newJob(qd, project, { name: 'both' });
    await good(commitAll(project));
    const path = `both-${id}.yaml`;
    const change = async (text) => {
      repository.push({ [path]: repository.text(path).replace(/exec: .*/, `exec: theirs ${text}`) });
      await importJobs(qd, project, [{ ...job({ name: 'both', steps: [`ours ${text}`] }), uuid: id }], { dupeOption: 'update' });
      return bad(commitAll(project));
    };
    const refused = await change('one');
    assert.match(refused.message, new RegExp(`both sides changed ${path}`));
    const diverged = await status(project);
    assert.deepEqual([diverged.synchState, diverged.message, diverged.actions], ['REFRESH_NEEDED', '1 ahead and 1 behind remote branch', ['project-synch']]);
    assert.deepEqual((await inputs(project, 'project-synch')).fields.map((one) => one.name), ['status', 'refresh', 'resolution']);
    assert.deepEqual((await bad(act(project, 'project-synch'))).validationErrors, { refresh: 'required', resolution: 'required' });
    assert.match((await bad(act(project, 'project-synch', { input: { refresh: 'rebase', resolution: 'ours' } }))).message, /^Rebase did not succeed: both sides changed/);
    assert.match((await bad(act(project, 'project-synch', { input: { refresh: 'merge', resolution: 'recursive' } }))).message, /^Merge failed: Both sides changed/);
    await good(act(project, 'project-synch', { input: { refresh: 'merge', resolution: 'ours' } }));
    await good(act(project, 'project-push'));
    assert.match(repository.text(path), /ours one/);
    assert.equal(repository.git('log', '-1', '--format=%P', 'master').split(' ').length, 2);
    await change('two');
    await good(act(project, 'project-synch', { input: { refresh: 'merge', resolution: 'theirs' } }));
    await good(act(project, 'project-push'));
    assert.match(repository.text(path), /theirs two/);
    assert.equal((await status(project)).synchState, 'EXPORT_NEEDED');
  });

  it('follows the remote branch when it is told to', async () => {
    const { project, repository } = await exporting({ pullAutomatically: 'true' });
    await newJob(qd, project);
    await good(commitAll(project));
    repository.push({ 'a.txt': 'a' });
    assert.equal((await status(project)).synchState, 'CLEAN');
    const slow = await exporting({}, repository);
    repository.push({ 'b.txt': 'b' });
    const behind = await status(slow.project);
    assert.deepEqual([behind.synchState, behind.message, behind.actions], ['REFRESH_NEEDED', '1 changes from remote need to be pulled', ['project-synch']]);
    await good(act(slow.project, 'project-synch'));
    assert.equal((await status(slow.project)).synchState, 'CLEAN');
  });

  it('makes a branch from another one when it may', async () => {
    const repository = new Repository();
    repository.push({ 'a.txt': 'a' });
    const project = await newProject(qd);
    assert.match((await bad(setup(project, { url: repository.url, branch: 'fresh' }))).message, /^Could not clone the remote branch: fresh, because it does not exist/);
    assert.equal((await bad(setup(project, { url: repository.url, branch: 'fresh', createBranch: 'true', baseBranch: 'nowhere' }))).message, 'Non existent remote branch: nowhere');
    await good(setup(project, { url: repository.url, branch: 'fresh', createBranch: 'true', baseBranch: 'master' }));
    assert.deepEqual(repository.files('fresh'), ['a.txt']);
  });

  it('makes its copy anew when it is gone, and tells when the repository is', async () => {
    const { project, repository } = await exporting();
    await newJob(qd, project);
    await good(commitAll(project));
    await qd.stop();
    rmSync(join(qd.base, 'var', 'scm'), { recursive: true });
    await qd.start();
    assert.equal((await status(project)).synchState, 'CLEAN');
    assert.ok(existsSync(join(qd.base, 'var', 'scm', project, 'export')));
    rmSync(repository.path, { recursive: true });
    const answer = await qd.api('GET', `${base(project)}/status`);
    assert.equal(answer.status, 500);
    assert.equal(answer.json.success, false);
    assert.match(answer.json.message, new RegExp(`^Failed to get SCM export status for project ${project}: Fetch from the repository failed: `));
  });
});
