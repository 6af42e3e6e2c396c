// What an execution ran: GET /execution/ID/workflow.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startServer } from '../support/server.mjs';
import { adhoc, ended, job, newJob, newProject, runToEnd, script, trial, unique } from '../support/scenario.mjs';

let qd, project;
before(async () => {
  qd = await startServer();
  project = await newProject(qd);
});
after(() => qd?.stop());

const workflow = (id, options) => qd.ok('GET', `/execution/${id}/workflow`, options);

describe('the workflow of an execution', () => {
  it('is that of the job as it was when it ran', async () => {
    const id = await newJob(qd, project, { name: 'j', steps: ['echo first', { ...script('echo 2'), description: 'The second' }], options: [{ name: 'a', value: 'x' }, { name: 's', secure: true, value: 'y' }] });
    const done = await runToEnd(qd, id, { loglevel: 'DEBUG' });
    const ran = {
      loglevel: 'DEBUG', strategy: 'node-first',
      steps: [{ stepctx: '1', kind: 'command', title: 'echo first' }, { stepctx: '2', kind: 'script', title: 'The second' }],
    };
    assert.deepEqual(await workflow(done.id), { ...ran, secureOptions: ['s'] });
    const now = job({ name: 'j', uuid: id, steps: ['echo other'] });
    await qd.ok('POST', `/project/${project}/jobs/import`, { json: [{ ...now, uuid: id }], query: { dupeOption: 'update' } });
    assert.deepEqual(await workflow(done.id), { ...ran, secureOptions: [] }); // what it asks for now
    const later = await runToEnd(qd, id);
    assert.deepEqual((await workflow(later.id)).steps, [{ stepctx: '1', kind: 'command', title: 'echo other' }]);
  });

  it('names the nodes, and those that were chosen for the run', async () => {
    const nodefilters = { filter: '.*', dispatch: { threadcount: '3', keepgoing: true } };
    const { execution, job: id } = await trial(qd, project, { nodefilters, nodeFilterEditable: true });
    assert.deepEqual((await workflow(execution.id)).nodes, { filter: '.*', threadcount: '3', keepgoing: true });
    assert.equal((await workflow(execution.id)).chosenFilter, undefined);
    const chosen = await runToEnd(qd, id, { filter: '!name: nothing' });
    assert.equal((await workflow(chosen.id)).chosenFilter, '!name: nothing');
  });

  it('of a command or script is what runs it again', async () => {
    const command = await adhoc(qd, project, 'echo  two  blanks', { filter: '.*', nodeThreadcount: '2', nodeKeepgoing: 'false' });
    await ended(qd, command);
    const ran = await workflow(command);
    assert.equal(ran.chosenFilter, undefined);
    assert.deepEqual(ran.adHoc, { exec: 'echo  two  blanks' });
    assert.deepEqual(ran.nodes, { filter: '.*', threadcount: '2', keepgoing: false });
    const { execution } = await qd.ok('POST', `/project/${project}/run/script`, { json: { script: '#!/bin/bash\necho $1\n', argString: 'a b', scriptInterpreter: 'bash', fileExtension: '.sh' } });
    await ended(qd, execution.id);
    assert.deepEqual((await workflow(execution.id)).adHoc, { script: '#!/bin/bash\necho $1\n', argString: 'a b', scriptInterpreter: 'bash', fileExtension: '.sh' });
  });

  it('outlives the job, and is refused for what is not there', async () => {
    const { execution, job: id } = await trial(qd, project, {});
    await qd.ok('DELETE', `/job/${id}`);
    assert.deepEqual(await workflow(execution.id), { loglevel: 'INFO', steps: [] });
    await qd.fails(404, 'api.error.item.doesnotexist', 'GET', '/execution/987654321/workflow');
  });

  it('hides what steps do from those who may only view the job', async () => {
    const group = unique('g');
    const { execution } = await trial(qd, project, { steps: ['echo secret-words', { exec: 'true', description: 'Told' }] });
    const contents = JSON.stringify({ description: 'd', context: { project }, for: { job: [{ allow: ['view', 'view_history'] }], resource: [{ equals: { kind: 'event' }, allow: 'read' }] }, by: { group } });
    await qd.ok('POST', '/system/acl/view-only.aclpolicy', { json: { contents }, status: 201 });
    const { token } = await qd.ok('POST', '/tokens', { json: { user: unique('u'), roles: group }, status: 201 });
    assert.deepEqual((await workflow(execution.id, { token })).steps.map((one) => one.title), ['', 'Told']);
  });
});
