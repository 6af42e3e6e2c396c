// Clients that do not say exactly what they mean: no Content-Type, a token in a form, slashes too many, job files in
// other character sets. What they mean is done; nothing runs with other options than they sent.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startServer } from '../support/server.mjs';
import { ended, lines, newJob, newProject, unique } from '../support/scenario.mjs';

let qd, project, id;
before(async () => {
  qd = await startServer();
  project = await newProject(qd);
  id = await newJob(qd, project, { options: [{ name: 'color', value: 'red' }], multipleExecutions: true });
});
after(() => qd?.stop());

const imported = (options, version) => qd.api('POST', `/project/${project}/jobs/import`, { query: { dupeOption: 'update' }, version, ...options });
const names = async () => (await qd.ok('GET', `/project/${project}/jobs`)).map((job) => job.name);

describe('JSON that is not called so', () => {
  const body = '  {"options": {"color": "blue"}}';
  for (const type of [undefined, 'application/x-www-form-urlencoded', 'application/json;charset=utf-8', 'APPLICATION/JSON', 'text/json']) {
    it(`runs a job with the options in it: ${type ?? 'no type'}`, async () => {
      const started = await qd.ok('POST', `/job/${id}/run`, { body, type, status: 200 });
      assert.equal(started.argstring, '-color blue');
      await ended(qd, started.id);
    });
  }

  it('is read by bulk requests, takeovers and tokens', async () => {
    for (const type of [undefined, 'application/x-www-form-urlencoded']) {
      const toggled = await qd.ok('POST', '/jobs/execution/enable', { body: JSON.stringify({ ids: [id] }), type });
      assert.deepEqual(toggled.succeeded.map((one) => one.id), [id]);
      assert.equal((await qd.api('PUT', '/scheduler/takeover', { body: '{"server":{"all":true}}', type })).status, 200);
      assert.equal((await qd.ok('POST', '/executions/delete', { body: '[999999]', type })).requestCount, 1);
      assert.equal((await qd.api('POST', '/tokens', { body: '{"user":"admin","roles":"*"}', type })).status, 201);
    }
  });

  it('stays text where text is stored', async () => {
    await qd.ok('PUT', `/project/${project}/readme.md`, { body: '{"contents": "as it is"}', type: 'text/plain' });
    assert.equal((await qd.ok('GET', `/project/${project}/readme.md`)).contents, '{"contents": "as it is"}');
    await qd.ok('PUT', `/project/${project}/config/a.text`, { body: '{"value": "1"}', type: 'text/plain' });
    assert.equal((await qd.ok('GET', `/project/${project}/config/a.text`)).value, '{"value": "1"}');
    await qd.ok('PUT', `/project/${project}/config/a.text`, { body: '{"value": "2"}', type: 'text/json' });
    assert.equal((await qd.ok('GET', `/project/${project}/config/a.text`)).value, '2');
  });
});

describe('job files', () => {
  const yaml = (name) => `- name: ${name}\n  sequence:\n    commands:\n    - exec: 'true'\n`;
  const xml = (name, encoding) => `<?xml version="1.0" encoding="${encoding}"?>\n<joblist><job><name>${name}</name><description/><sequence><command><exec>true</exec></command></sequence></job></joblist>`;

  it('are taken without a type, or with one that says nothing', async () => {
    for (const type of [undefined, 'application/octet-stream', 'text/plain', 'application/x-www-form-urlencoded']) {
      for (const text of [yaml(unique('y')), JSON.stringify([{ name: unique('j'), sequence: { commands: [{ exec: 'true' }] } }]), xml(unique('x'), 'UTF-8')]) {
        const answer = await imported({ body: text, type });
        assert.equal(answer.status, 200, `${type}: ${answer.text}`);
        assert.equal(answer.json.succeeded.length, 1, answer.text);
      }
    }
    const empty = await imported({ body: 'hello', type: 'text/plain' });
    assert.equal(empty.json.errorCode, 'api.error.parameter.required');
  });

  it('in forms need no fileformat', async () => {
    for (const text of [yaml(unique('y')), xml(unique('x'), 'UTF-8'), `[{"name":"${unique('j')}","sequence":{"commands":[{"exec":"true"}]}}]`]) {
      assert.equal((await imported({ form: { xmlBatch: text } })).json.succeeded.length, 1);
      assert.equal((await imported({ parts: [{ name: 'xmlBatch', content: text, filename: 'jobs', type: 'application/octet-stream' }] })).json.succeeded.length, 1);
    }
    const old = await imported({ form: { xmlBatch: '[{"name":"j"}]' } }, 43);
    assert.equal(old.json.errorCode, 'api.error.jobs.import.format.unsupported');
  });

  it('may be in the character set that they, or their request, declare', async () => {
    const latin = (text) => Buffer.from(text, 'latin1');
    for (const [name, body, type] of [
      ['café-1', latin(xml('café-1', 'ISO-8859-1')), 'application/xml'],
      ['café-2', latin(xml('café-2', 'UTF-8')), 'text/xml; charset=ISO-8859-1'],
      ['café-3', latin(yaml('café-3')), 'application/yaml; charset="windows-1252"'],
      ['café-4', Buffer.from(`\ufeff${xml('café-4', 'UTF-16')}`, 'utf16le'), 'application/xml'],
      ['café-5', xml('café-5', 'utf-16'), 'application/xml'],  // as programs write it that hold texts in UTF-16
      ['café-6', xml('café-6', 'ISO-8859-1'), 'application/xml; charset=UTF-8'],
      ['café-7', `\ufeff${yaml('café-7')}`, 'text/yaml'],
    ]) {
      const answer = await imported({ body, type });
      assert.equal(answer.status, 200, `${name}: ${answer.text}`);
      assert.ok((await names()).includes(name), `${name}: ${await names()}`);
    }
    const unknown = await imported({ body: latin(yaml('café')), type: 'application/yaml; charset=EBCDIC-US' });
    assert.equal(unknown.status, 415, unknown.text);
    assert.match(unknown.json.message, /EBCDIC-US is not spoken here: send UTF-8/);
    const broken = await imported({ body: latin(yaml('café')), type: 'application/yaml' });
    assert.equal(broken.status, 400);
    assert.match(broken.json.message, /not valid UTF-8/);
  });
});

describe('requests', () => {
  it('may hold the token in a form', async () => {
    const answer = await qd.raw('POST', `/api/59/job/${id}/run`, { token: null, form: { authtoken: qd.token, 'option.color': 'green' } });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.json.argstring, '-color green');
    assert.equal((await qd.raw('POST', `/api/59/job/${id}/run`, { token: null, form: { authtoken: 'wrong' } })).status, 403);
  });

  it('may have slashes too many', async () => {
    for (const path of ['//api/59/projects', '/api//59/projects/', `/api/59/project//${project}/jobs/`]) {
      assert.equal((await qd.raw('GET', path)).status, 200, path);
    }
  });

  it('may write a group with slashes around it, and null for no body', async () => {
    const deep = await newJob(qd, project, { group: 'ops/a b&c' });
    for (const groupPath of ['ops', '/ops', 'ops/', '/ops/a b&c/']) {
      assert.deepEqual((await qd.ok('GET', `/project/${project}/jobs`, { query: { groupPath } })).map((job) => job.id), [deep], groupPath);
    }
    const started = await qd.ok('POST', `/job/${deep}/run`, { body: 'null', type: 'application/json', status: 200 });
    await ended(qd, started.id);
    assert.equal((await qd.ok('GET', `/project/${project}/executions`, { query: { groupPath: '/ops/' } })).paging.total, 1);
  });

  it('may ask what is possible', async () => {
    const answer = await qd.api('OPTIONS', '/projects');
    assert.equal(answer.status, 204);
    assert.deepEqual(answer.headers.allow.split(', ').sort(), ['GET', 'POST']);
    assert.equal((await qd.api('OPTIONS', '/no/such')).status, 404);
    assert.equal((await qd.raw('OPTIONS', '/api/59/projects', { token: null })).status, 403);
    const head = await qd.api('HEAD', '/projects');
    assert.equal(head.status, 200);
    assert.equal(head.body.length, 0);
  });

  it('of monitors find what they found before', async () => {
    for (const path of ['/monitoring/health', '/monitoring/health/readiness']) {
      const answer = await qd.raw('GET', path, { token: null });
      assert.equal(answer.status, 200, path);
      assert.equal(answer.json.status, 'UP');
    }
    assert.equal((await qd.raw('GET', '/monitoring/info', { token: null })).json.app.name, 'quarterdeck');
    assert.match((await qd.raw('GET', '/monitoring/prometheus', { token: null })).text, /^# HELP quarterdeck_/m);
  });

  it('find jobs by any of several tags', async () => {
    const red = await newJob(qd, project, { tags: 'red' });
    const blue = await newJob(qd, project, { tags: 'blue, dark' });
    const ids = async (tags) => (await qd.ok('GET', `/project/${project}/jobs`, { query: { tags } })).map((job) => job.id).sort();
    assert.deepEqual(await ids('red'), [red]);
    assert.deepEqual(await ids('red, dark'), [red, blue].sort());
    assert.deepEqual(await ids('none'), []);
  });
});

describe('texts that cannot be stored', () => {
  const nul = 'a\u0000b';
  it('are refused by the name of the parameter in JSON', async () => {
    for (const [method, path, json, name] of [
      ['POST', `/project/${project}/run/command`, { exec: nul }, 'exec'],
      ['POST', `/project/${project}/run/script`, { script: 'true', argString: nul }, 'argString'],
      ['POST', `/project/${project}/run/url`, { scriptURL: `http://127.0.0.1/${nul}` }, 'scriptURL'],
      ['POST', `/job/${id}/run`, { options: { color: nul } }, 'options.color'],
      ['POST', '/jobs/delete', { ids: [id, nul] }, 'ids'],
      ['PUT', `/project/${project}/readme.md`, { contents: nul }, 'contents'],
      ['PUT', `/project/${project}/config`, { [nul]: 'x' }, ''],
    ]) {
      const { message } = await qd.fails(400, 'api.error.parameter.invalid', method, path, { json });
      assert.equal(message, `The value of parameter "${name}" is not valid: it holds a NUL character`);
    }
  });
  it('are refused, not a fault, in files', async () => {
    const script = (content) => qd.api('POST', `/project/${project}/run/script`, { parts: [{ name: 'scriptFile', content, filename: 'x.sh' }] });
    for (const [answer, why] of [
      [await script(Buffer.from('echo caf\xe9', 'latin1')), /no valid UTF-8/],
      [await script('echo a\0b'), /NUL byte at offset 6/],
      [await qd.api('PUT', `/project/${project}/readme.md`, { body: 'a\0b', type: 'text/plain' }), /NUL byte/],
    ]) {
      assert.equal(answer.status, 400, answer.text);
      assert.equal(answer.json.errorCode, 'api.error.invalid.request');
      assert.match(answer.json.message, why);
    }
  });
  it('are read as Java writes them in properties', async () => {
    const answer = await qd.api('PUT', `/project/${project}/config/`, { body: Buffer.from('label=caf\xe9\n', 'latin1'), type: 'text/plain' });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.json.label, 'café');
  });
});

describe('a command in quotes', () => {
  const run = async (exec) => {
    const { execution } = await qd.ok('POST', `/project/${project}/run/command`, { query: { exec } });
    assert.equal((await ended(qd, execution.id)).status, 'succeeded', exec);
    return lines(qd, execution.id);
  };
  it('around the whole of it is the command, as rd sends one word of its command line', async () => {
    assert.deepEqual(await run('"echo one; echo ""two  2"""'), ['one', 'two  2']);
    assert.deepEqual(await run("'echo one && echo two'"), ['one', 'two']);
  });
  it('around parts of it is what a shell makes of it', async () => {
    assert.deepEqual(await run('"echo" "a  b"'), ['a  b']);
    assert.deepEqual(await run('sh -c "echo a; echo b"'), ['a', 'b']);
  });
});
