// Access policies: kept in the database, read from files, and asked questions.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Server, startServer } from '../support/server.mjs';
import { freshDatabase } from '../support/databases.mjs';
import { newJob, newProject, unique } from '../support/scenario.mjs';
import { until } from '../support/wait.mjs';

let qd;
let other; // a second member on the same database
before(async () => {
  const database = await freshDatabase();
  qd = await startServer({ database });
  if (database?.url && !/sqlite/.test(database.url)) other = await new Server({ database }).start();
});
after(async () => {
  await other?.stop();
  await qd?.stop();
});

const policy = (forSection, { context = { application: 'rundeck' }, group = 'deploy', description = 'd' } = {}) =>
  JSON.stringify({ description, context, for: forSection, by: { group } });
const name = () => `${unique('acl')}.aclpolicy`;
const tokenFor = async (...roles) => (await qd.ok('POST', '/tokens', { json: { user: unique('u'), roles }, status: 201 })).token;
const yaml = (text, extra = {}) => ({ body: text, type: 'application/yaml', ...extra });

for (const scope of ['system', 'project']) {
  describe(`policies of the ${scope}`, () => {
    let path;
    let good;
    before(async () => {
      const project = scope === 'project' ? await newProject(qd) : undefined;
      path = project ? `/project/${project}/acl` : '/system/acl';
      good = policy({ job: [{ allow: ['read', 'run'] }] }, { context: project ? null : { project: '.*' } });
    });

    it('are created, listed, read, changed and deleted', async () => {
      const file = name();
      const created = await qd.ok('POST', `${path}/${file}`, { json: { contents: good }, status: 201 });
      assert.deepEqual(created, { contents: good });
      const list = await qd.ok('GET', `${path}/`);
      assert.equal(list.path, '');
      assert.equal(list.type, 'directory');
      assert.equal(list.href, `${qd.url}/api/59${path}/`);
      assert.deepEqual(list.resources.find((entry) => entry.name === file), { path: file, type: 'file', href: `${qd.url}/api/59${path}/${file}`, name: file });
      assert.deepEqual(await qd.ok('GET', `${path}/${file}`), { contents: good });
      const changed = `# ours\n${good}`;
      assert.deepEqual(await qd.ok('PUT', `${path}/${file}`, { json: { contents: changed }, status: 200 }), { contents: changed });
      const gone = await qd.api('DELETE', `${path}/${file}`);
      assert.equal(gone.status, 204);
      await qd.fails(404, 'api.error.item.doesnotexist', 'GET', `${path}/${file}`);
    });

    it('are taken and given as YAML and text too', async () => {
      const file = name();
      const created = await qd.api('POST', `${path}/${file}`, yaml(good, { accept: undefined }));
      assert.equal(created.status, 201);
      assert.equal(created.type, 'application/yaml');
      assert.equal(created.text, good);
      const asText = await qd.api('PUT', `${path}/${file}`, { body: good, type: 'text/plain', accept: 'text/plain' });
      assert.equal(asText.status, 200);
      assert.equal(asText.type, 'text/plain');
      for (const accept of ['application/yaml', 'text/plain']) {
        const answer = await qd.api('GET', `${path}/${file}`, { accept });
        assert.equal(answer.type, accept);
        assert.equal(answer.text, good);
      }
    });

    it('are refused when they exist already, do not exist, or are empty', async () => {
      const file = name();
      await qd.fails(404, 'api.error.item.doesnotexist', 'PUT', `${path}/${file}`, { json: { contents: good } });
      await qd.fails(404, 'api.error.item.doesnotexist', 'DELETE', `${path}/${file}`);
      const empty = await qd.fails(400, null, 'POST', `${path}/${file}`, yaml(''));
      assert.equal(empty.message, 'No content');
      await qd.ok('POST', `${path}/${file}`, { json: { contents: good }, status: 201 });
      await qd.fails(409, 'api.error.item.alreadyexists', 'POST', `${path}/${file}`, { json: { contents: good } });
    });

    it('are refused under names of other kinds', async () => {
      for (const bad of ['x.yaml', '.aclpolicy', 'a/b.aclpolicy', '..%2Fa.aclpolicy', 'a%0Ab.aclpolicy', `${'a'.repeat(300)}.aclpolicy`]) {
        const answer = await qd.api('POST', `${path}/${bad}`, { json: { contents: good } });
        assert.equal(answer.status, 400, `${bad}: ${answer.text}`);
      }
      const bad = await qd.fails(400, 'api.error.parameter.invalid', 'GET', `${path}/x.txt`);
      assert.match(bad.message, /Must refer to a file ending in \.aclpolicy/);
    });

    it('are refused with the errors of each document', async () => {
      const file = name();
      const answer = await qd.api('POST', `${path}/${file}`, yaml(`${good}\n---\ndescription: x\nby: {group: g}\n---\n[`));
      assert.equal(answer.status, 400);
      assert.equal(answer.json.valid, false);
      assert.deepEqual(answer.json.policies.map((one) => one.policy), [`${file}[2]`, `${file}[3]`]);
      assert.match(answer.json.policies[0].errors.join('\n'), /Required 'for:' section was not present/);
      await qd.fails(404, null, 'GET', `${path}/${file}`);
    });
  });
}

describe('a policy', () => {
  it('of a project may not have a context, and one of the system must', async () => {
    const project = await newProject(qd);
    const withContext = policy({ job: [{ allow: 'run' }] }, { context: { project: '.*' } });
    const inProject = await qd.api('POST', `/project/${project}/acl/${name()}`, yaml(withContext));
    assert.match(inProject.json.policies[0].errors[0], /already set to/);
    const inSystem = await qd.api('POST', `/system/acl/${name()}`, yaml(policy({ job: [{ allow: 'run' }] }, { context: null })));
    assert.match(inSystem.json.policies[0].errors[0], /Required 'context:'/);
  });

  it('counts at once where it is changed, and within a second on other members', async () => {
    const group = unique('g');
    const token = await tokenFor(group);
    const project = await newProject(qd);
    const file = name();
    const seen = async (member) => (await member.api('GET', `/project/${project}`, { token })).status;
    assert.equal(await seen(qd), 403);
    if (other) assert.equal(await seen(other), 403);
    await qd.ok('POST', `/system/acl/${file}`, yaml(policy({ project: [{ allow: 'read', match: { name: project } }] }, { group })));
    assert.equal(await seen(qd), 200);
    if (other) await until(async () => (await seen(other)) === 200, { what: 'the other member to know the policy' });
    await qd.api('DELETE', `/system/acl/${file}`);
    assert.equal(await seen(qd), 403);
    if (other) await until(async () => (await seen(other)) === 403, { what: 'the other member to forget the policy' });
  });

  it('in a file of etc counts, when the file comes, changes and goes', async () => {
    const group = unique('g');
    const token = await tokenFor(group);
    const project = await newProject(qd);
    const file = join(qd.base, 'etc', name());
    const becomes = (status) => until(async () => (await qd.api('GET', `/project/${project}`, { token })).status === status, { what: `status ${status}` });
    writeFileSync(file, policy({ project: [{ allow: 'read' }] }, { group }));
    await becomes(200);
    writeFileSync(file, policy({ project: [{ allow: 'read' }, { deny: 'read', equals: { name: project } }] }, { group }));
    await becomes(403);
    writeFileSync(file, `nonsense\n---\n${policy({ project: [{ allow: 'read' }] }, { group })}`);
    await becomes(200);
    await until(() => /does not count/.test(qd.log()), { what: 'the line of it in the log' });
    rmSync(file);
    await becomes(403);
  });

  it('for admins is written at the first start, and not again', async () => {
    assert.match(readFileSync(join(qd.base, 'etc/admin.aclpolicy'), 'utf8'), /group: admin/);
  });

  it('of a project ends with the project', async () => {
    const group = unique('g');
    const token = await tokenFor(group);
    const project = await newProject(qd);
    await qd.ok('POST', `/project/${project}/acl/${name()}`, yaml(policy({ job: [{ allow: 'view' }] }, { context: null, group })));
    const id = await newJob(qd, project);
    assert.equal((await qd.api('GET', `/job/${id}/info`, { token })).status, 200);
    assert.equal((await qd.api('DELETE', `/project/${project}`)).status, 204);
    await qd.ok('POST', '/projects', { json: { name: project }, status: 201 });
    const again = await newJob(qd, project);
    await until(async () => (await qd.api('GET', `/job/${again}/info`, { token })).status === 403, { what: 'the policy to be forgotten' });
    assert.deepEqual((await qd.ok('GET', `/project/${project}/acl`)).resources, []);
  });
});

describe('questions to the policies', () => {
  let group;
  before(async () => {
    group = unique('g');
    const text = policy({ job: [{ allow: ['run', 'view'], match: { group: 'web/.*' } }, { deny: 'run', equals: { name: 'drop' } }] }, { context: { project: 'shop' }, group, description: 'web jobs' });
    await qd.ok('POST', '/system/acl/questions.aclpolicy', yaml(text));
  });
  const resource = (job) => ({ type: 'job', group: 'web/front', name: job });
  const explain = (json, options = {}) => qd.ok('POST', '/acl/explain', { json: { groups: [group], project: 'shop', ...json }, ...options });

  it('tell which rule decides', async () => {
    const answer = await explain({ resource: resource('deploy'), actions: ['run', 'delete'] });
    assert.deepEqual(answer.subject, { user: '', groups: [group] });
    const [run, remove] = answer.decisions;
    assert.equal(run.allowed, true);
    assert.equal(run.outcome, 'ALLOWED');
    assert.equal(run.decidedBy.source, '[system:config]questions.aclpolicy[1][type:job][rule: 1]');
    assert.deepEqual(run.decidedBy.rule.match, { group: 'web/.*' });
    assert.equal(remove.outcome, 'REJECTED');
    assert.equal(remove.decidedBy, null);
    const denied = (await explain({ resource: resource('drop'), actions: 'run' })).decisions[0];
    assert.equal(denied.outcome, 'REJECTED_DENIED');
    assert.match(denied.decidedBy.source, /\[rule: 2\]$/);
    const admin = (await explain({ groups: 'admin', resource: resource('drop'), actions: 'run' })).decisions[0];
    assert.equal(admin.decidedBy.source, `${qd.base}/etc/admin.aclpolicy[1][type:job][rule: 1]`);
  });

  it('tell who can', async () => {
    const { allow, deny } = await qd.ok('POST', '/acl/who', { json: { project: 'shop', resource: resource('drop'), action: 'run' } });
    const named = (list) => list.flatMap((entry) => entry.by.group);
    assert.ok(named(allow).includes(group) && named(allow).includes('admin'), JSON.stringify(allow));
    assert.deepEqual(named(deny), [group]);
    assert.equal(deny[0].description, 'web jobs');
  });

  it('tell what a role can', async () => {
    const { decisions } = await qd.ok('POST', '/acl/can', { json: { groups: group, project: 'shop', job: 'web/front/deploy' } });
    const allowed = decisions.filter((one) => one.allowed).map((one) => `${one.action}: ${one.description}`);
    assert.deepEqual(allowed, ['view: Job "web/front/deploy"', 'run: Job "web/front/deploy"'].sort().reverse());
  });

  it('know group and name of a job that is named by its id alone', async () => {
    const project = await newProject(qd);
    const role = unique('g');
    await qd.ok('POST', `/project/${project}/acl/web.aclpolicy`, yaml(`description: w\nfor: {job: [{allow: run, match: {group: 'web/.*'}}]}\nby: {group: ${role}}\n`));
    const can = async (id, from = project) => {
      const { decisions } = await qd.ok('POST', '/acl/can', { json: { groups: role, project: from, jobUuid: id } });
      return decisions.filter((one) => one.allowed).map((one) => one.description);
    };
    const inside = await newJob(qd, project, { name: 'deploy', group: 'web/front' });
    assert.deepEqual(await can(inside), ['Job "web/front/deploy"']);
    assert.deepEqual(await can(await newJob(qd, project)), []);
    assert.deepEqual(await can(inside, await newProject(qd)), [], 'of another project');
  });

  it('try a policy before it is stored', async () => {
    const draft = { name: 'questions.aclpolicy', contents: policy({ job: [{ allow: 'delete' }] }, { context: { project: 'shop' }, group }) };
    const { decisions } = await explain({ resource: resource('deploy'), actions: ['run', 'delete'], policy: draft });
    assert.deepEqual(decisions.map((one) => one.allowed), [false, true]);
    const now = await explain({ resource: resource('deploy'), actions: ['run', 'delete'] });
    assert.deepEqual(now.decisions.map((one) => one.allowed), [true, false]);
    const broken = await qd.api('POST', '/acl/explain', { json: { groups: group, resource: resource('a'), actions: 'run', policy: { contents: 'x' } } });
    assert.equal(broken.status, 400);
    assert.equal(broken.json.valid, false);
  });

  it('check a text without storing it', async () => {
    assert.deepEqual(await qd.ok('POST', '/acl/validate', yaml(policy({ job: [{ allow: 'run' }] }))), { valid: true });
    const bad = await qd.ok('POST', '/acl/validate', { json: { contents: 'description: x', name: 'mine.aclpolicy' }, status: 200 });
    assert.equal(bad.policies[0].policy, 'mine.aclpolicy[1]');
  });

  it('about oneself are open to everybody, about others to those who read policies', async () => {
    const token = await tokenFor(group);
    const own = { project: 'shop', resource: resource('deploy'), actions: 'run' };
    assert.equal((await qd.ok('POST', '/acl/explain', { token, json: own })).decisions[0].allowed, true);
    assert.equal((await qd.api('POST', '/acl/explain', { token, json: { ...own, groups: 'admin' } })).status, 404, 'shop is no project here');
    const project = await newProject(qd);
    for (const [path, json] of [['explain', { ...own, project, groups: 'admin' }], ['explain', { ...own, project, policy: { contents: 'x' } }], ['who', { project, resource: resource('a'), action: 'run' }], ['validate', { project, contents: 'x' }], ['can', { project, groups: 'admin' }]]) {
      const answer = await qd.api('POST', `/acl/${path}`, { token, json });
      assert.equal(answer.status, 403, `${path}: ${answer.text}`);
    }
    assert.ok((await qd.ok('GET', '/acl/catalog', { token })).some((entry) => entry.type === 'job' && entry.actions.includes('toggle_schedule')));
  });

  it('name what is missing in them', async () => {
    await qd.fails(400, 'api.error.parameter.required', 'POST', '/acl/explain', { json: { actions: 'run' } });
    await qd.fails(400, 'api.error.parameter.required', 'POST', '/acl/explain', { json: { resource: { type: 'job' } } });
    await qd.fails(400, 'api.error.parameter.invalid', 'POST', '/acl/explain', { json: { resource: 'job', actions: 'run' } });
    await qd.fails(400, 'api.error.parameter.required', 'POST', '/acl/who', { json: { resource: { type: 'job' } } });
  });
});
