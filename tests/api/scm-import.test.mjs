// Jobs taken from a git repository: tracking, states, imports and removals, rights, and repositories that mean harm.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Repository } from '../support/git.mjs';
import { NOWHERE, importJobs, job, newJob, newProject, unique } from '../support/scenario.mjs';
import { bad, good } from '../support/scm.mjs';
import { startServer } from '../support/server.mjs';

let qd;
before(async () => {
  qd = await startServer();
});
after(() => qd?.stop());

const CONFIG = { dir: '/ignored', pathTemplate: '${job.group}${job.name}-${job.id}.${config.format}', branch: 'master', strictHostKeyChecking: 'yes', format: 'yaml', useFilePattern: 'true', filePattern: '.*\\.yaml' };
const base = (project) => `/project/${project}/scm/import`;
const status = (project) => qd.ok('GET', `${base(project)}/status`);
const inputs = (project, action = 'import-jobs') => qd.ok('GET', `${base(project)}/action/${action}/input`);
const act = (project, action, json = {}, options = {}) => qd.api('POST', `${base(project)}/action/${action}`, { json, ...options });
const setup = (project, config) => qd.api('POST', `${base(project)}/plugin/git-import/setup`, { json: { config: { ...CONFIG, ...config } } });
// A job's file in YAML.
const file = (name, { uuid, group = '', line = 'true' } = {}) => `- name: ${name}\n${group ? `  group: ${group}\n` : ''}${uuid ? `  uuid: ${uuid}\n  id: ${uuid}\n` : ''}  description: ''\n  loglevel: INFO\n  sequence:\n    keepgoing: false\n    strategy: node-first\n    commands:\n    - exec: ${line}\n`;
const uuid = () => crypto.randomUUID();
async function importing(files, config = {}) {
  const repository = new Repository();
  if (files) repository.push(files, 'First');
  const project = await newProject(qd);
  const answer = await good(setup(project, { url: repository.url, ...config }));
  return { project, repository, answer };
}
const jobsOf = async (project) => (await qd.ok('GET', `/project/${project}/jobs`)).map((one) => `${one.group ? `${one.group}/` : ''}${one.name}`).sort();
const jobState = async (id) => (await qd.ok('GET', `/job/${id}/scm/import/status`)).synchState;
const all = async (project) => {
  const { importItems } = await inputs(project);
  return act(project, 'import-jobs', { items: importItems.filter((one) => !one.deleted).map((one) => one.itemId), deletedJobs: importItems.filter((one) => one.deleted).map((one) => one.job.jobId) });
};

describe('importing', () => {
  it('takes files by a pattern, their changes, and their removal', async () => {
    const [one, two] = [uuid(), uuid()];
    const { project, repository, answer } = await importing({ [`a/one-${one}.yaml`]: file('one', { uuid: one, group: 'a' }), 'two.yaml': file('two', { uuid: two }), 'README.md': 'x', 'other.xml': '<joblist/>' });
    assert.equal(answer.nextAction, null);
    assert.deepEqual(await status(project), { actions: ['import-jobs'], integration: 'import', message: '2 unimported file(s) found', project, synchState: 'IMPORT_NEEDED' });
    const form = await inputs(project);
    assert.equal(form.exportItems, null);
    assert.deepEqual(form.importItems, [`a/one-${one}.yaml`, 'two.yaml'].map((itemId) => ({ deleted: false, itemId, job: null, tracked: false, status: 'IMPORT_NEEDED' })));
    assert.equal((await good(all(project))).message, 'SCM import Action was Successful: import-jobs');
    assert.deepEqual(await jobsOf(project), ['a/one', 'two']);
    assert.deepEqual((({ synchState, message, actions }) => [synchState, message, actions])(await status(project)), ['CLEAN', null, null]);
    const clean = await qd.ok('GET', `/job/${one}/scm/import/status`);
    assert.deepEqual([clean.synchState, clean.message, clean.actions, clean.commit.message, clean.commit.author], ['CLEAN', 'Up to date', [], 'First', 'Somebody<else@example.org>']);
    assert.deepEqual((await inputs(project)).importItems[1], { deleted: false, itemId: 'two.yaml', job: { groupPath: null, jobId: two, jobName: 'two' }, tracked: true, status: 'CLEAN' });

    const second = repository.push({ 'two.yaml': file('two', { uuid: two, line: 'echo changed' }) }, 'Second');
    assert.equal((await status(project)).message, '1 file(s) need to be imported');
    assert.equal(await jobState(two), 'IMPORT_NEEDED');
    const diff = await qd.ok('GET', `/job/${two}/scm/import/diff`);
    assert.match(diff.diffContent, /\n\+.*echo changed/);
    assert.deepEqual([diff.incomingCommit.commitId, diff.commit.message], [second, 'First']);
    await good(qd.api('POST', `/job/${two}/scm/import/action/import-jobs`, { json: { input: {} } }));
    assert.equal((await qd.ok('GET', `/job/${two}`, { query: { format: 'json' } }))[0].sequence.commands[0].exec, 'echo changed');
    assert.equal(await jobState(two), 'CLEAN');

    repository.push({ 'two.yaml': null });
    assert.deepEqual((({ synchState, message }) => [synchState, message])(await status(project)), ['DELETE_NEEDED', '1 tracked file(s) were deleted']);
    assert.deepEqual((await inputs(project)).importItems[0], { deleted: true, itemId: 'two.yaml', job: { groupPath: null, jobId: two, jobName: 'two' }, tracked: true, status: 'DELETE_NEEDED' });
    assert.match((await bad(act(project, 'import-jobs', { deletedJobs: [one] }))).message, /the repository still has its file/);
    await good(all(project));
    assert.deepEqual(await jobsOf(project), ['a/one']);
    assert.equal((await status(project)).synchState, 'CLEAN');
  });

  it('notices what is changed, renamed or deleted here', async () => {
    const id = uuid();
    const { project, repository } = await importing({ [`here-${id}.yaml`]: file('here', { uuid: id }) });
    await good(all(project));
    await importJobs(qd, project, [{ ...job({ name: 'here', steps: ['echo mine'] }), uuid: id }], { dupeOption: 'update' });
    assert.equal(await jobState(id), 'IMPORT_NEEDED');
    await importJobs(qd, project, [{ ...job({ name: 'here', steps: ['true'] }), uuid: id }], { dupeOption: 'update' });
    assert.equal(await jobState(id), 'CLEAN');
    repository.push({ [`here-${id}.yaml`]: null, [`there/here-${id}.yaml`]: file('here', { uuid: id, group: 'there' }) }, 'Move');
    assert.deepEqual((({ synchState, message }) => [synchState, message])(await status(project)), ['IMPORT_NEEDED', '1 file(s) were renamed']);
    await good(act(project, 'import-jobs', { jobs: [id] }));
    assert.deepEqual(await jobsOf(project), ['there/here']);
    assert.equal((await status(project)).synchState, 'CLEAN');
    const stranger = await newJob(qd, project);
    assert.equal(await jobState(stranger), 'UNKNOWN');
    await qd.ok('DELETE', `/job/${id}`, { status: 204 });
    assert.equal((await status(project)).message, '1 unimported file(s) found');
  });

  it('tracks files that are chosen', async () => {
    const { project, repository, answer } = await importing({ 'one.yaml': file('one'), 'two.yaml': file('two') }, { useFilePattern: 'false' });
    assert.equal(answer.nextAction, 'initialize-tracking');
    assert.deepEqual(await status(project), { actions: ['initialize-tracking'], integration: 'import', message: null, project, synchState: null });
    assert.deepEqual((await inputs(project, 'initialize-tracking')).importItems.map((one) => one.itemId), ['one.yaml', 'two.yaml']);
    assert.match((await bad(act(project, 'initialize-tracking', { items: ['../x'] }))).message, /no file/);
    await good(act(project, 'initialize-tracking', { items: ['one.yaml'] }));
    assert.equal((await status(project)).message, '1 unimported file(s) found');
    assert.match((await bad(act(project, 'import-jobs', { items: ['two.yaml'] }))).message, /no file that jobs are imported from/);
    await good(all(project));
    assert.deepEqual(await jobsOf(project), ['one']);
    repository.push({ 'three.yaml': file('three') });
    assert.equal((await status(project)).synchState, 'CLEAN');
  });

  it('pulls when it is told to', async () => {
    const { project, repository } = await importing({ 'one.yaml': file('one') }, { pullAutomatically: 'false' });
    await good(all(project));
    repository.push({ 'two.yaml': file('two') });
    assert.deepEqual((({ synchState, message, actions }) => [synchState, message, actions])(await status(project)), ['REFRESH_NEEDED', '1 changes from remote need to be pulled', ['remote-pull', 'import-jobs']]);
    await good(act(project, 'remote-pull'));
    assert.equal((await status(project)).message, '1 unimported file(s) found');
    const slow = await importing({ 'one.yaml': file('one') }, { fetchAutomatically: 'false' });
    await good(all(slow.project));
    slow.repository.push({ 'two.yaml': file('two') });
    assert.deepEqual((({ synchState, actions }) => [synchState, actions])(await status(slow.project)), ['CLEAN', ['remote-fetch']]);
    await good(act(slow.project, 'remote-fetch'));
    assert.equal((await status(slow.project)).synchState, 'REFRESH_NEEDED');
  });

  it('gives ids as it is told to', async () => {
    const id = uuid();
    const archived = await importing({ 'one.yaml': file('one', { uuid: id }) }, { importUuidBehavior: 'archive' });
    await good(all(archived.project));
    const [{ id: own }] = await qd.ok('GET', `/project/${archived.project}/jobs`);
    assert.notEqual(own, id);
    archived.repository.push({ 'one.yaml': file('uno', { uuid: id }) });
    await status(archived.project);
    await good(all(archived.project));
    assert.deepEqual((await qd.ok('GET', `/project/${archived.project}/jobs`)).map((one) => [one.id, one.name]), [[own, 'uno']]);
    // The same repository, and back: the file keeps its id.
    const target = new Repository();
    const config = { ...CONFIG, url: target.url, pathTemplate: '${job.name}-${job.sourceId}.${config.format}', exportUuidBehavior: 'original', committerName: 'A', committerEmail: 'a@example.org' };
    await good(qd.api('POST', `/project/${archived.project}/scm/export/plugin/git-export/setup`, { json: { config } }));
    await good(qd.api('POST', `/project/${archived.project}/scm/export/action/project-commit`, { json: { input: { message: 'x', push: 'true' }, jobs: [own] } }));
    assert.deepEqual(target.files(), [`uno-${id}.yaml`]);
    assert.ok(target.text(`uno-${id}.yaml`).includes(`uuid: ${id}`));
  });
});

describe('rights', () => {
  const person = async (rules, project) => {
    const group = unique('g');
    const policies = [
      { description: 'a', context: { application: 'rundeck' }, for: { project: [{ equals: { name: project }, allow: ['read', ...rules.project] }] }, by: { group } },
      { description: 'p', context: { project }, for: { resource: [{ equals: { kind: 'job' }, allow: rules.kind ?? ['nothing'] }], job: [{ allow: rules.job ?? ['nothing'] }] }, by: { group } },
    ];
    await qd.ok('POST', `/system/acl/${group}.aclpolicy`, { json: { contents: policies.map((one) => JSON.stringify(one)).join('\n---\n') }, status: 201 });
    return (await qd.ok('POST', '/tokens', { json: { user: group, roles: group }, status: 201 })).token;
  };

  it('are asked for each job', async () => {
    const id = uuid();
    const { project, repository } = await importing({ 'one.yaml': file('one', { uuid: id }) });
    const none = await person({ project: [] }, project);
    assert.equal((await qd.api('GET', `${base(project)}/status`, { token: none })).status, 403);
    assert.deepEqual((({ status: code, json }) => [code, json.message])(await act(project, 'import-jobs', {}, { token: none })), [403, `Not authorized for action "import" for Project ${project}`]);
    const sees = await person({ project: ['scm_import'], job: ['view'] }, project);
    assert.equal((await qd.api('GET', `${base(project)}/status`, { token: sees })).status, 200);
    for (const [method, path] of [['GET', '/config'], ['GET', '/plugins'], ['POST', '/plugin/git-import/disable']]) assert.equal((await qd.api(method, `${base(project)}${path}`, { token: sees })).status, 403, path);
    assert.equal((await qd.api('GET', `/project/${project}/scm/export/status`, { token: sees })).status, 403);
    assert.match((await bad(act(project, 'import-jobs', { items: ['one.yaml'] }, { token: sees }))).message, /Unauthorized: Create Job one/);
    const makes = await person({ project: ['scm_import'], job: ['view', 'scm_create', 'scm_update'] }, project);
    await good(act(project, 'import-jobs', { items: ['one.yaml'] }, { token: makes }));
    assert.match((await qd.api('POST', `/project/${project}/jobs/import`, { token: makes, json: [job()] })).json.failed[0].error, /^Unauthorized/);
    repository.push({ 'one.yaml': file('one', { uuid: id, line: 'echo two' }) });
    await status(project);
    assert.match((await bad(act(project, 'import-jobs', { items: ['one.yaml'] }, { token: sees }))).message, /Unauthorized: Update Job one/);
    await good(act(project, 'import-jobs', { items: ['one.yaml'] }, { token: makes }));
    repository.push({ 'one.yaml': null });
    await status(project);
    assert.match((await bad(act(project, 'import-jobs', { deletedJobs: [id] }, { token: makes }))).message, /Not authorized for action "scm_delete"/);
    const clears = await person({ project: ['scm_import'], kind: ['scm_delete'], job: ['view', 'scm_delete'] }, project);
    await good(act(project, 'import-jobs', { deletedJobs: [id] }, { token: clears }));
    assert.deepEqual(await jobsOf(project), []);
    const events = await qd.ok('GET', '/audit/events', { query: { project, max: 200 } });
    const told = JSON.stringify(events);
    assert.match(told, /scm-import/);
    assert.match(told, /scm import-jobs/);
  });
});

describe('repositories that mean harm', () => {
  it('give nothing but the jobs of their plain files', async () => {
    const [id, taken] = [uuid(), uuid()];
    const other = await newProject(qd);
    await importJobs(qd, other, [{ ...job({ name: 'theirs' }), uuid: taken }]);
    const { project } = await importing({
      'good.yaml': file('good', { uuid: id }),
      'link.yaml': { link: '/etc/passwd' },
      'up.yaml': { link: '../../../../../etc/hostname' },
      'bomb.yaml': `a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\n`,
      'two.yaml': file('x') + file('y'),
      'huge.yaml': `- name: huge\n  description: ${'x'.repeat(5 << 20)}\n`,
      'taken.yaml': file('mine', { uuid: taken }),
      'sneaky\nname.yaml': file('sneaky'),
      '.gitattributes': '* filter=evil\n',
      '.gitmodules': '[submodule "x"]\n\tpath = x\n\turl = --upload-pack=touch\n',
    });
    const { importItems } = await inputs(project);
    assert.deepEqual(importItems.map((one) => one.itemId).filter((path) => /link|up/.test(path)), []);
    const refused = await bad(act(project, 'import-jobs', { items: ['good.yaml', 'link.yaml', 'bomb.yaml', 'two.yaml', 'huge.yaml', 'taken.yaml', '/etc/passwd', '../good.yaml'] }));
    for (const [path, why] of [['link.yaml', 'no file that jobs'], ['bomb.yaml', '.'], ['two.yaml', 'Expected a single job definition, but saw: 2'], ['huge.yaml', 'larger than 4 MiB'], ['taken.yaml', 'already exists'], ['/etc/passwd', 'no file that jobs'], ['../good.yaml', 'no file that jobs']])
      assert.match(refused.message, new RegExp(`Failed importing: ${path.replace('.', '\\.')}: [^;]*${why}`), path);
    assert.deepEqual(await jobsOf(project), ['good']);
    assert.deepEqual(await jobsOf(other), ['theirs']);
    assert.equal((await status(project)).synchState, 'IMPORT_NEEDED');
    assert.match((await bad(act(project, 'import-jobs', { deletedJobs: [taken, NOWHERE] }))).message, /Failed deleting job/);
  });

  it('of thousands of files are looked at in reasonable time', async () => {
    const files = Object.fromEntries(Array.from({ length: 2000 }, (_, at) => [`jobs/${at % 50}/job-${at}.yaml`, file(`job-${at}`)]));
    const { project } = await importing(files);
    const began = Date.now();
    assert.equal((await status(project)).message, '2000 unimported file(s) found');
    assert.ok(Date.now() - began < 15_000, `${Date.now() - began} ms`);
    await good(act(project, 'import-jobs', { items: ['jobs/1/job-1.yaml', 'jobs/2/job-2.yaml'] }));
    assert.equal((await status(project)).message, '1998 unimported file(s) found');
  });

  it('whose history is written anew are followed', async () => {
    const { project, repository } = await importing({ 'one.yaml': file('one') });
    await good(all(project));
    const tree = repository.git('rev-parse', 'master^{tree}');
    const fresh = repository.git('-c', 'user.name=x', '-c', 'user.email=x@example.org', 'commit-tree', tree, '-m', 'Anew');
    repository.git('update-ref', 'refs/heads/master', fresh);
    assert.equal((await status(project)).synchState, 'IMPORT_NEEDED');
    await good(all(project));
    assert.equal((await status(project)).synchState, 'CLEAN');
  });
});
