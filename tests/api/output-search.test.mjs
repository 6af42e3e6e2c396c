// Searching in the output of one execution, and of many of a project.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startServer } from '../support/server.mjs';
import { adhoc, ended, newJob, newProject, runToEnd, unique } from '../support/scenario.mjs';

let qd, project, node;
before(async () => {
  qd = await startServer();
  project = await newProject(qd);
  node = (await qd.ok('GET', '/system/info')).system.rundeck.node;
});
after(() => qd?.stop());

const search = (id, query, options) => qd.ok('GET', `/execution/${id}/output/search`, { query, ...options });
const everywhere = (query, options) => qd.ok('GET', `/project/${project}/output/search`, { query, ...options });
const logs = (answer) => answer.matches.map((match) => match.log);

describe('in one execution', () => {
  let id;
  before(async () => {
    id = (await runToEnd(qd, await newJob(qd, project, { steps: ['seq 1 20000', 'printf "Disk FULL on /dev/sda\\nodd ^hat and \\\\\\\\ slash\\n"', 'echo disk full again'] }))).id;
  });

  it('finds lines by a part of them', async () => {
    const answer = await search(id, { query: 'disk full' });
    assert.deepEqual(logs(answer), ['disk full again']);
    assert.equal(answer.matches[0].stepctx, '3');
    assert.equal(answer.matches[0].node, node);
    assert.equal(answer.completed, true);
    assert.deepEqual(logs(await search(id, { query: 'disk full', ignoreCase: 'true' })), ['Disk FULL on /dev/sda', 'disk full again']);
    assert.deepEqual(logs(await search(id, { query: 'nowhere to be found' })), []);
  });
  it('finds what the file escapes', async () => {
    assert.equal(logs(await search(id, { query: '^hat' })).length, 1);
    assert.equal(logs(await search(id, { query: '\\ slash' })).length, 1);
  });
  it('finds regular expressions, and names what is wrong with them', async () => {
    assert.deepEqual(logs(await search(id, { query: '^1999[0-2]$', regex: 'true' })), ['19990', '19991', '19992']);
    const envelope = await qd.fails(400, 'api.error.parameter.invalid', 'GET', `/execution/${id}/output/search`, { query: { query: '(', regex: 'true' } });
    assert.match(envelope.message, /parameter "query"/);
    await qd.fails(400, 'api.error.parameter.required', 'GET', `/execution/${id}/output/search`);
  });
  it('gives pages, and an offset from which the output can be read', async () => {
    const all = [];
    let offset = 0;
    for (let page = 0; page < 50; page += 1) {
      const answer = await search(id, { query: '77', max: 20, offset });
      all.push(...logs(answer));
      offset = answer.offset;
      if (answer.completed) break;
    }
    assert.deepEqual(all, Array.from({ length: 20000 }, (_, i) => String(i + 1)).filter((text) => text.includes('77')));
    const hit = (await search(id, { query: '12345' })).matches[0];
    const read = await qd.ok('GET', `/execution/${id}/output`, { query: { offset: hit.offset, maxlines: 1 } });
    assert.equal(read.entries[0].log, '12345');
  });
  it('keeps to a node and a step', async () => {
    assert.deepEqual(logs(await search(id, { query: 'full', ignoreCase: 'true', stepctx: '3' })), ['disk full again']);
    assert.deepEqual(logs(await search(id, { query: 'full', ignoreCase: 'true', node: 'another' })), []);
  });
});

describe('in a project', () => {
  let first, second, command, job;
  before(async () => {
    job = await newJob(qd, project, { name: unique('find'), options: [{ name: 'word' }], steps: ['echo needle ${option.word}'] });
    first = (await runToEnd(qd, job, { options: { word: 'one' } })).id;
    second = (await runToEnd(qd, job, { options: { word: 'two' } })).id;
    command = await adhoc(qd, project, 'echo needle by hand');
    await ended(qd, command);
  });

  it('finds executions, newest first, with their lines', async () => {
    const answer = await everywhere({ query: 'needle' });
    assert.deepEqual(answer.executions.map((one) => one.execution.id), [command, second, first]);
    assert.deepEqual(answer.executions.map(logs), [['needle by hand'], ['needle two'], ['needle one']]);
    assert.equal(answer.more, false);
    assert.deepEqual(answer.pending, []);
    assert.ok(answer.searched >= 3);
  });
  it('keeps to executions that fit a query, and goes on where it ended', async () => {
    assert.deepEqual((await everywhere({ query: 'needle', jobIdListFilter: job })).executions.map((one) => one.execution.id), [second, first]);
    const page = await everywhere({ query: 'needle', max: 1 });
    assert.equal(page.executions.length, 1);
    assert.equal(page.more, true);
    const rest = await everywhere({ query: 'needle', offset: page.offset });
    assert.deepEqual(rest.executions.map((one) => one.execution.id), [second, first]);
  });
  it('shows nobody what he may not read', async () => {
    const group = unique('g');
    const contents = JSON.stringify({ description: 'd', context: { project }, for: { resource: [{ equals: { kind: 'event' }, allow: 'read' }], adhoc: [{ allow: 'read' }] }, by: { group } });
    await qd.ok('POST', '/system/acl/search.aclpolicy', { json: { contents }, status: 201 });
    const { token } = await qd.ok('POST', '/tokens', { json: { user: unique('u'), roles: group }, status: 201 });
    assert.deepEqual((await everywhere({ query: 'needle' }, { token })).executions.map((one) => one.execution.id), [command]);
    assert.equal((await qd.api('GET', `/execution/${first}/output/search`, { token, query: { query: 'needle' } })).status, 403);
  });
});
