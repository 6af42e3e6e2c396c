// The JSON document that a job leaves behind at the end of its execution.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startServer } from '../support/server.mjs';
import { lines, newJob, newProject, runToEnd } from '../support/scenario.mjs';

let qd, project;
before(async () => {
  qd = await startServer();
  project = await newProject(qd, { 'resources.source.1.type': 'stub', 'resources.source.1.config.count': '3', 'resources.source.1.config.prefix': 'web' });
});
after(() => qd?.stop());

const capture = { LogFilter: [{ type: 'key-value-data', config: { regex: '^(\\w+)=(.+)$', logData: 'false' } }] };
const template = (document) => ({ ExecutionLifecycle: { 'result-data-json-template': { jsonTemplate: typeof document === 'string' ? document : JSON.stringify(document) } } });

async function result(fields, options) {
  const id = await newJob(qd, project, fields);
  const done = await runToEnd(qd, id, options);
  return { done, answer: await qd.api('GET', `/execution/${done.id}/result/data`) };
}

describe('result data', () => {
  it('is a template whose texts are filled', async () => {
    const { done, answer } = await result({
      options: [{ name: 'who', value: 'ann' }],
      steps: [{ exec: 'echo version=7; echo ok=yes', plugins: capture }, { type: 'export-var', nodeStep: false, configuration: { group: 'export', export: 'out', value: 'done' } }],
      plugins: template({ who: '${option.who}', list: ['${data.version*}', '${export.out}', 5, null, true], none: '${data.nothing}' }),
    });
    assert.equal(done.status, 'succeeded');
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.type, 'application/json');
    assert.deepEqual(answer.json, { who: 'ann', list: ['7', 'done', 5, null, true], none: '${data.nothing}' });
    assert.deepEqual(await qd.ok('GET', `/execution/${done.id}/result/dataAvailable`), { loadable: true, message: 'OK' });
    assert.equal((await qd.ok('GET', `/execution/${done.id}/state`)).resultData, undefined);
  });

  it('has lists and maps by node and by step', async () => {
    const { answer } = await result({
      steps: [{ exec: 'echo a=first', plugins: capture }, { exec: 'echo a=second', plugins: capture }],
      plugins: template({ list: [], 'list@': 'data.a', map: {}, '*:map': 'data.a', one: {}, '1:one@': 'data.a', some: [], 'some@~nobody.*': 'data.a', text: 'x', 'text@': 'data.a' }),
    });
    const node = Object.keys(answer.json.one)[0];
    assert.deepEqual(answer.json, { list: ['second'], map: { 1: 'first', 2: 'second' }, one: { [node]: 'first' }, some: [], text: 'x', 'text@': 'data.a' });
  });

  it('is the exported data, of a failed execution, too', async () => {
    const exported = { ExecutionLifecycle: { 'result-data-export-context': { dataGroups: 'export, mine' } } };
    const value = (group, name) => ({ type: 'export-var', nodeStep: false, configuration: { group, export: name, value: `${group}-${name}` } });
    const { done, answer } = await result({ steps: [value('export', 'a'), value('mine', 'b'), value('other', 'c'), 'false'], plugins: exported });
    assert.equal(done.status, 'failed');
    assert.deepEqual(answer.json, { export: { a: 'export-a' }, mine: { b: 'mine-b' } });
  });

  it('is not there when the job leaves none, or its template is wrong', async () => {
    const plain = await result({});
    assert.equal(plain.answer.status, 404);
    assert.equal(plain.answer.json.errorCode, 'api.error.item.doesnotexist');
    await qd.fails(404, 'api.error.item.doesnotexist', 'GET', `/execution/${plain.done.id}/result/dataAvailable`);
    for (const [text, why] of [['{"a": ', /no JSON/], [JSON.stringify({ a: [], 'a@~(': 'data.x' }), /expression "\("/]]) {
      const { done, answer } = await result({ plugins: template(text) });
      assert.equal(done.status, 'succeeded');
      assert.equal(answer.status, 404);
      assert.match((await lines(qd, done.id)).join('\n'), why);
    }
    await qd.fails(404, 'api.error.item.doesnotexist', 'GET', '/execution/999999/result/data');
  });

  it('never holds secrets', async () => {
    await qd.ok('POST', '/storage/keys/result/secret', { body: 'hunter-two-two', type: 'application/x-rundeck-data-password', status: 201 });
    const { answer } = await result({
      options: [{ name: 'pw', secure: true, valueExposed: true, storagePath: 'keys/result/secret' }],
      steps: [{ exec: 'echo leak=${option.pw}', plugins: capture }],
      plugins: template({ direct: '${option.pw}', captured: [], 'captured@': 'data.leak' }),
    });
    assert.equal(answer.status, 200, answer.text);
    assert.ok(!answer.text.includes('hunter-two-two'), answer.text);
  });
});
