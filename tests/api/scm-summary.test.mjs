// How the integrations of a project stand, by its metadata: also for projects that have none.
import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { Repository } from '../support/git.mjs';
import { newJob, newProject } from '../support/scenario.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/wait.mjs';

let qd;
before(async () => {
  qd = await startServer();
  await qd.ok('POST', '/user/info', { json: { firstName: 'Ada', lastName: 'Lovelace', email: 'ada@example.org' } });
});
after(() => qd?.stop());

const CONFIG = { dir: '/ignored', pathTemplate: '${job.name}-${job.id}.${config.format}', branch: 'master', strictHostKeyChecking: 'yes', format: 'yaml', committerName: '${user.fullName}', committerEmail: '${user.email}' };
const summaries = async (project) => Object.fromEntries((await qd.ok('GET', `/project/${project}/meta`, { query: { meta: 'scmExport,scmImport' } })).map((one) => [one.name, one.data]));

it('tells what is set up, its state and actions, and why there is none', async () => {
  const project = await newProject(qd);
  assert.deepEqual(await summaries(project), { scmExport: {}, scmImport: {} });
  const repository = new Repository();
  await qd.ok('POST', `/project/${project}/scm/export/plugin/git-export/setup`, { json: { config: { ...CONFIG, url: repository.url } } });
  await newJob(qd, project, { name: 'one' });
  const { scmExport, scmImport } = await summaries(project);
  const asked = await qd.ok('GET', `/project/${project}/scm/export/status`);
  assert.deepEqual(scmImport, {});
  assert.deepEqual([scmExport.configured, scmExport.enabled], [true, true]);
  assert.deepEqual(scmExport.status, { state: asked.synchState, message: asked.message });
  assert.equal(asked.synchState, 'EXPORT_NEEDED');
  assert.deepEqual(scmExport.actions.map((one) => one.id), asked.actions);
  assert.deepEqual(scmExport.actions.find((one) => one.id === 'project-commit'), { id: 'project-commit', title: 'Commit Changes to Git', description: 'Commit changes to local git repo.' });

  await qd.ok('POST', `/project/${project}/scm/export/plugin/git-export/disable`);
  assert.deepEqual((await summaries(project)).scmExport, { configured: true, enabled: false });
  await qd.ok('POST', `/project/${project}/scm/export/plugin/git-export/enable`);
  rmSync(repository.path, { recursive: true });
  const lost = await until(async () => {
    const { scmExport: now } = await summaries(project);
    return now.valid === false && now;
  }, { what: 'news of the repository' });
  assert.deepEqual([lost.configured, lost.enabled, lost.valid, lost.status], [true, true, false, undefined]);
  assert.match(lost.validationError, /Failed to get SCM export status.*repository/);
});

it('waits for no repository, and has it asked in the background', async () => {
  const project = await newProject(qd);
  const repository = new Repository();
  repository.push({ 'readme.txt': 'x' });
  const host = await repository.serve();
  await qd.ok('POST', `/project/${project}/scm/export/plugin/git-export/setup`, { json: { config: { ...CONFIG, url: host.url, fetchTimeout: '40' } } });
  const quickly = async () => {
    const begun = performance.now();
    const { scmExport } = await summaries(project);
    assert.ok(performance.now() - begun < 15_000, 'it waits for the host');
    return scmExport;
  };
  assert.equal((await quickly()).status.state, 'CLEAN');

  host.silent = true;
  await until(async () => await quickly() && host.waiting > 0, { what: 'a fetch in the background' });
  assert.equal((await quickly()).status.state, 'CLEAN', 'as it was');
  repository.push({ 'readme.txt': 'y' });
  host.speak();
  const { status } = await until(async () => {
    const now = await quickly();
    return now.status?.state === 'REFRESH_NEEDED' && now;
  }, { what: 'the news' });
  assert.equal(status.message, '1 changes from remote need to be pulled');
  await host.stop();
});

it('lets no copy stay of a project that is gone', async () => {
  const project = await newProject(qd);
  const repository = new Repository();
  await qd.ok('POST', `/project/${project}/scm/export/plugin/git-export/setup`, { json: { config: { ...CONFIG, url: repository.url } } });
  const copy = join(qd.base, 'var/scm', project);
  assert.ok(existsSync(join(copy, 'export')));
  await qd.ok('DELETE', `/project/${project}`, { status: 204 });
  await until(() => !existsSync(copy), { what: 'the copy to go' });
});
