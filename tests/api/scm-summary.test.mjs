// How the integrations of a project stand, by its metadata: also for projects that have none.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, it } from 'node:test';
import { Repository } from '../support/git.mjs';
import { newJob, newProject } from '../support/scenario.mjs';
import { startServer } from '../support/server.mjs';

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
  const lost = (await summaries(project)).scmExport;
  assert.deepEqual([lost.configured, lost.enabled, lost.valid, lost.status], [true, true, false, undefined]);
  assert.match(lost.validationError, /Failed to get SCM export status.*repository/);
});
