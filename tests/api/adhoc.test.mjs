// Commands, scripts and script URLs that belong to no job.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, describe, it } from 'node:test';
import { startServer } from '../support/server.mjs';
import { ended, lines, newProject } from '../support/scenario.mjs';

let qd, project, web;
before(async () => {
  qd = await startServer();
  project = await newProject(qd);
  web = http.createServer((request, answer) => answer.end('#!/bin/sh\necho "url $1"\n'));
  await new Promise((resolve) => web.listen(0, '127.0.0.1', resolve));
});
after(async () => {
  web.close();
  await qd?.stop();
});

const path = (kind) => `/project/${project}/run/${kind}`;

async function outcome(answer) {
  assert.equal(answer.message, `Immediate execution scheduled (${answer.execution.id})`);
  assert.ok(answer.execution.href.endsWith(`/api/59/execution/${answer.execution.id}`));
  assert.equal(answer.execution.permalink, `${qd.url}/project/${project}/execution/show/${answer.execution.id}`);
  const done = await ended(qd, answer.execution.id);
  return [done.status, ...(await lines(qd, answer.execution.id))];
}

describe('a command', () => {
  it('as JSON', async () => assert.deepEqual(await outcome(await qd.ok('POST', path('command'), { json: { project, exec: 'echo "a  b" | tr a x' } })), ['succeeded', 'x  b']));
  it('as a form', async () => assert.deepEqual(await outcome(await qd.ok('POST', path('command'), { form: { exec: 'echo form & wait' } })), ['succeeded', 'form']));
  it('as parameters, by POST or GET', async () => {
    for (const method of ['POST', 'GET']) assert.deepEqual(await outcome(await qd.ok(method, path('command'), { query: { exec: 'echo q' } })), ['succeeded', 'q']);
  });
  it('that fails', async () => {
    const { execution } = await qd.ok('POST', path('command'), { json: { exec: 'exit 9' } });
    assert.equal((await ended(qd, execution.id)).status, 'failed');
  });
  it('as another user', async () => {
    const { execution } = await qd.ok('POST', path('command'), { json: { exec: 'true', asUser: 'someone' } });
    assert.equal((await ended(qd, execution.id)).user, 'someone');
  });
  it('on nodes of a filter', async () => {
    assert.deepEqual(await outcome(await qd.ok('POST', path('command'), { json: { exec: 'echo here', filter: '.*', nodeThreadcount: 3, nodeKeepgoing: true } })), ['succeeded', 'here']);
    const { execution } = await qd.ok('POST', path('command'), { json: { exec: 'echo here', filter: 'name: nowhere' } });
    assert.equal((await ended(qd, execution.id)).status, 'failed');
  });
  it('of 100,000 letters', async () => {
    const [status, ...text] = await outcome(await qd.ok('POST', path('command'), { json: { exec: `echo ${'x'.repeat(100_000)} | wc -c` } }));
    assert.deepEqual([status, ...text.map((line) => line.trim())], ['succeeded', '100001']);
  });
});

describe('a script', () => {
  const text = '#!/bin/sh\necho "$1 $2"\n';
  it('as JSON', async () => assert.deepEqual(await outcome(await qd.ok('POST', path('script'), { json: { script: text, argString: 'a "b c"' } })), ['succeeded', 'a b c']));
  it('as a form', async () => assert.deepEqual(await outcome(await qd.ok('POST', path('script'), { form: { scriptFile: text, argString: 'a b' } })), ['succeeded', 'a b']));
  it('as an upload', async () => {
    const parts = [{ name: 'scriptFile', filename: 'x.sh', content: text }];
    assert.deepEqual(await outcome(await qd.ok('POST', path('script'), { parts, query: { argString: '1 2' } })), ['succeeded', '1 2']);
    const all = [...parts, { name: 'argString', content: '3 4' }];
    assert.deepEqual(await outcome(await qd.ok('POST', path('script'), { parts: all })), ['succeeded', '3 4']);
  });
  it('with an interpreter', async () => {
    const json = { script: 'print("py", 6 * 7)', scriptInterpreter: 'python3 -u', fileExtension: 'py' };
    assert.deepEqual(await outcome(await qd.ok('POST', path('script'), { json })), ['succeeded', 'py 42']);
  });
  it('with an interpreter that takes one quoted argument', async () => {
    const json = { script: '#!/bin/sh\necho "$# args: $*"\n', argString: 'x y z', scriptInterpreter: 'sh -c', interpreterArgsQuoted: true };
    assert.deepEqual(await outcome(await qd.ok('POST', path('script'), { json })), ['succeeded', '3 args: x y z']);
  });
  it('that is empty or missing', async () => {
    const empty = await qd.fails(400, 'api.error.run-script.upload.is-empty', 'POST', path('script'), { parts: [{ name: 'scriptFile', filename: 'x', content: '' }] });
    assert.equal(empty.message, 'Input script file was empty');
    await qd.fails(400, null, 'POST', path('script'), { json: { argString: 'x' } });
  });
});

describe('a script URL', () => {
  const url = () => `http://127.0.0.1:${web.address().port}/s.sh`;
  it('as JSON', async () => assert.deepEqual(await outcome(await qd.ok('POST', path('url'), { json: { url: url(), argString: 'j' } })), ['succeeded', 'url j']));
  it('as a form', async () => assert.deepEqual(await outcome(await qd.ok('POST', path('url'), { form: { scriptURL: url(), argString: 'f' } })), ['succeeded', 'url f']));
  it('by GET', async () => assert.deepEqual(await outcome(await qd.ok('GET', path('url'), { query: { scriptURL: url(), argString: 'g' } })), ['succeeded', 'url g']));
  it('that cannot be fetched', async () => {
    const { execution } = await qd.ok('POST', path('url'), { json: { url: 'http://127.0.0.1:1/' } });
    assert.equal((await ended(qd, execution.id)).status, 'failed');
  });
});
