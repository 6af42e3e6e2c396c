// One export, two members: what one member exports the other takes over, and neither pushes over the other.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { startCluster } from '../support/cluster.mjs';
import { Repository } from '../support/git.mjs';
import { importJobs, job, newJob, newProject } from '../support/scenario.mjs';

let cluster, m1, m2, project, repository;
before(async () => {
  cluster = await startCluster({ size: 2 });
  [m1, m2] = cluster.members;
  project = await newProject(m1);
  repository = new Repository();
  const config = { dir: 'x', url: repository.url, branch: 'master', pathTemplate: '${job.name}.${config.format}', format: 'json', strictHostKeyChecking: 'yes', committerName: '${user.login}', committerEmail: 'a@example.org' };
  await m1.ok('POST', `/project/${project}/scm/export/plugin/git-export/setup`, { json: { config } });
});
after(() => cluster?.stop());

const state = async (member, id) => (await member.ok('GET', `/job/${id}/scm/export/status`)).synchState;
const status = async (member) => (await member.ok('GET', `/project/${project}/scm/export/status`)).synchState;
const commit = (member, id, message) => member.ok('POST', `/project/${project}/scm/export/action/project-commit`, { json: { input: { message, push: 'true' }, jobs: [id] } });
const change = (id, name, line) => importJobs(m1, project, [{ ...job({ name, steps: [line] }), uuid: id }], { dupeOption: 'update' });

it('what one member pushed is clean on the other', async () => {
  const id = await newJob(m1, project, { name: 'one' });
  assert.equal(await status(m2), 'EXPORT_NEEDED');
  await commit(m1, id, 'From m1');
  assert.equal(await status(m2), 'CLEAN');
  assert.equal(await state(m2, id), 'CLEAN');
  await change(id, 'one', 'echo two');
  await commit(m2, id, 'From m2');
  assert.equal(await status(m1), 'CLEAN');
  await change(id, 'one', 'echo three');
  await commit(m1, id, 'From m1 again');
  assert.equal(repository.git('rev-list', '--count', 'master'), '3');
  assert.match(repository.text('one.json'), /echo three/);
});

it('commits at the same time are all there', async () => {
  const ids = [];
  for (let at = 0; at < 8; at += 1) ids.push(await newJob(m1, project, { name: `at-once-${at}` }));
  await Promise.all(ids.map((id, at) => commit(at % 2 ? m1 : m2, id, `At once ${at}`)));
  assert.equal(repository.files().filter((path) => path.startsWith('at-once-')).length, 8);
  assert.equal(await status(m1), 'CLEAN');
  assert.equal(await status(m2), 'CLEAN');
});

it('a renamed and a deleted job are known to the other member', async () => {
  const id = await newJob(m1, project, { name: 'old-name' });
  await commit(m1, id, 'Named');
  await change(id, 'new-name', 'true');
  assert.equal((await m2.ok('GET', `/project/${project}/scm/export/action/project-commit/input`)).exportItems[0].originalId, 'old-name.json');
  await commit(m2, id, 'Renamed');
  assert.ok(!repository.files().includes('old-name.json'));
  await m1.ok('DELETE', `/job/${id}`, { status: 204 });
  const [gone] = (await m2.ok('GET', `/project/${project}/scm/export/action/project-commit/input`)).exportItems;
  assert.deepEqual([gone.itemId, gone.deleted, gone.job.jobName], ['new-name.json', true, 'new-name']);
});
