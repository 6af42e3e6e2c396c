// What Ansible's community.general sends (rundeck_project, rundeck_acl_policy, rundeck_job_run,
// rundeck_job_executions_info) and what it reads: a JSON body with every request, `null` with a GET.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startServer } from '../support/server.mjs';
import { newJob, newProject, unique } from '../support/scenario.mjs';
import { until } from '../support/wait.mjs';

let qd, project;
before(async () => {
  qd = await startServer();
  project = await newProject(qd);
});
after(() => qd?.stop());

// The module's own way to send; `facts` is undefined where it takes the thing for absent.
async function send(version, endpoint, { method = 'GET', data = null } = {}) {
  const answer = await qd.raw(method, `/api/${version}/${endpoint}`, { body: JSON.stringify(data), type: 'application/json', accept: 'application/json' });
  return { status: answer.status, facts: answer.status < 400 && answer.body.length ? answer.json : undefined };
}

for (const version of [14, 18, 39, 59]) {
  describe(`a playbook that speaks version ${version}`, () => {
    it('makes a project, finds it, and removes it', async () => {
      const name = unique();
      assert.equal((await send(version, `project/${name}`)).status, 404);
      assert.equal((await send(version, 'projects', { method: 'POST', data: { name, config: {} } })).status, 201);
      assert.equal((await send(version, `project/${name}`)).facts.name, name);
      assert.equal((await send(version, `project/${name}`, { method: 'DELETE' })).status, 204);
      assert.equal((await send(version, `project/${name}`)).facts, undefined);
    });

    it('makes, changes and removes a policy, also one that was written as a YAML mapping', async () => {
      const endpoint = `system/acl/${unique('acl')}.aclpolicy`;
      const text = 'description: one\ncontext:\n  application: rundeck\nfor:\n  project:\n    - allow: read\nby:\n  group: build\n';
      const python = "{'description': 'two', 'context': {'application': 'rundeck'}, 'for': {'project': [{'allow': 'read'}]}, 'by': {'group': 'build'}}";
      assert.equal((await send(version, endpoint, { method: 'POST', data: { contents: text } })).status, 201);
      assert.equal((await send(version, endpoint)).facts.contents, text);
      assert.equal((await send(version, endpoint, { method: 'PUT', data: { contents: python } })).status, 200);
      assert.equal((await send(version, endpoint)).facts.contents, python);
      assert.equal((await send(version, endpoint, { method: 'PUT', data: { contents: 'description: [' } })).status, 400);
      assert.equal((await send(version, endpoint, { method: 'DELETE' })).status, 204);
      assert.equal((await send(version, endpoint)).status, 404);
    });

    it('runs a job and reads state and output until it ends', async () => {
      const job = await newJob(qd, project, { options: [{ name: 'who' }], steps: ['echo hello ${option.who}', 'echo done'] });
      const started = await send(version, `job/${job}/run`, { method: 'POST', data: { loglevel: 'INFO', options: { who: "a 'b' c" }, runAtTime: '', filter: '' } });
      assert.equal(started.status, 200);
      assert.equal(typeof started.facts.id, 'number');
      const done = await until(async () => {
        const { facts } = await send(version, `execution/${started.facts.id}`);
        return facts.status !== 'running' && facts;
      }, { what: 'the job to end' });
      assert.equal(done.status, 'succeeded');
      const { facts } = await send(version, `execution/${started.facts.id}/output`);
      // Options in JSON came with version 18.
      assert.deepEqual(facts.entries.map((entry) => entry.log), [version < 18 ? 'hello' : "hello a 'b' c", 'done']);
      const found = await send(version, `job/${job}/executions?offset=0&max=20&status=`);
      assert.deepEqual([found.facts.executions.length, found.facts.paging], [1, { count: 1, total: 1, offset: 0, max: 20 }]);
      assert.equal((await send(version, `job/${job}/executions?offset=0&max=20&status=failed`)).facts.executions.length, 0);
    });

    it('aborts a job that takes too long, by GET', async () => {
      const job = await newJob(qd, project, { steps: ['sleep 600'] });
      const { facts } = await send(version, `job/${job}/run`, { method: 'POST', data: { loglevel: 'DEBUG', options: {}, runAtTime: '', filter: '' } });
      assert.equal((await send(version, `execution/${facts.id}/abort`)).status, 200);
      await until(async () => (await send(version, `execution/${facts.id}`)).facts.status === 'aborted', { what: 'the job to be aborted' });
    });
  });
}

it('a run at a later time is answered as scheduled', async () => {
  const job = await newJob(qd, project);
  const { facts } = await send(39, `job/${job}/run`, { method: 'POST', data: { loglevel: 'INFO', options: {}, runAtTime: '2037-10-05T15:45:00-03:00', filter: '' } });
  const { facts: now } = await send(39, `execution/${facts.id}`);
  assert.deepEqual([now.status, now['date-started'].date], ['scheduled', '2037-10-05T18:45:00Z']);
  assert.deepEqual((await send(39, `execution/${facts.id}/output`)).facts.entries, []);
});
