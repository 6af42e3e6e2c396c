// Bad input: a clear error each, a server that lives, and memory that stays bounded.
import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import { after, afterEach, before, describe, it } from 'node:test';
import { startServer } from '../support/server.mjs';
import { importJobs, job, lines, newJob, newProject, runToEnd } from '../support/scenario.mjs';
import { SLOW, until, within } from '../support/wait.mjs';

const MEGABYTE = 1 << 20;
// Room that any one of these requests may take at its height; sanitizers keep freed memory for a while.
const ROOM = 200 * MEGABYTE * (SLOW > 1 ? 6 : 1);

let qd, project, base;
before(async () => {
  qd = await startServer();
  project = await newProject(qd);
  await runToEnd(qd, await newJob(qd, project, {}));
  base = qd.memory().now;
});
after(() => qd?.stop());
afterEach(async () => {
  assert.ok(qd.alive, `the server died: ${qd.log().slice(-2000)}`);
  assert.equal((await qd.api('GET', '/projects')).status, 200);
  const { peak } = qd.memory();
  assert.ok(peak - base < ROOM, `memory grew to ${Math.round(peak / MEGABYTE)} MB from ${Math.round(base / MEGABYTE)} MB`);
});

const importPath = () => `/project/${project}/jobs/import`;

// Sends a job file; it must be refused, or its jobs must be. What grows with the powers of its size never answers.
async function refused(type, body) {
  const answer = await qd.api('POST', importPath(), { type, body, timeout: 60_000 * SLOW });
  if (answer.status === 200) {
    assert.equal(answer.json.succeeded.length, 0, answer.text.slice(0, 300));
    assert.ok(answer.json.failed.length > 0, answer.text.slice(0, 300));
    for (const item of answer.json.failed) assert.ok(item.error.length > 10 && item.error.length < 5000, item.error.slice(0, 300));
  } else {
    assert.ok([400, 413].includes(answer.status), `${answer.status}: ${answer.text.slice(0, 300)}`);
    assert.equal(answer.json.error, true);
    assert.ok(answer.json.message.length > 10 && answer.json.message.length < 5000, answer.json.message.slice(0, 300));
  }
}

describe('a body of 100 MB', () => {
  const fill = Buffer.alloc(64 * 1024, '{"name": "fill"},\n');
  for (const [what, path, type] of [
    ['JSON job file', () => importPath(), 'application/json'],
    ['YAML job file', () => importPath(), 'application/yaml'],
    ['XML job file', () => importPath(), 'application/xml'],
    ['JSON document', () => '/projects', 'application/json'],
    ['form', () => importPath(), 'application/x-www-form-urlencoded'],
    ['multipart form', () => importPath(), 'multipart/form-data; boundary=x'],
    ['type of its own', () => '/projects', 'application/strange'],
  ]) {
    it(`as a ${what} is refused`, async () => {
      const answer = await qd.upload(path(), { size: 100 * MEGABYTE, headers: { 'Content-Type': type }, chunk: () => fill });
      assert.equal(answer.status, 413, answer.text.slice(0, 300));
      assert.ok(answer.text.length > 0);
    });
  }

  it('in chunks without a length is refused', async () => {
    const target = new URL(qd.url);
    const answer = await within(new Promise((resolve, reject) => {
      const request = http.request({ host: target.hostname, port: target.port, method: 'POST', path: `/api/59${importPath()}`, headers: { 'X-Rundeck-Auth-Token': qd.token, 'Content-Type': 'application/json' } });
      let sent = 0;
      let done = false;
      request.on('response', (message) => { done = true; message.resume(); resolve(message.statusCode); });
      request.on('error', (error) => done || reject(error));
      const send = () => {
        while (!done && sent < 100 * MEGABYTE) {
          sent += fill.length;
          if (!request.write(fill)) return request.once('drain', send);
        }
        return done || request.end();
      };
      send();
    }), 60_000, 'an answer');
    assert.equal(answer, 413);
  });
});

describe('deep nesting', () => {
  const depth = 100_000;
  it('of JSON', () => refused('application/json', '['.repeat(depth) + ']'.repeat(depth)));
  it('of JSON objects', () => refused('application/json', `[${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}]`));
  it('of YAML', () => refused('application/yaml', `- ${'['.repeat(depth)}${']'.repeat(depth)}`));
  it('of YAML blocks', () => refused('application/yaml', `${'- '.repeat(20_000)}x`));
  it('of XML', () => refused('application/xml', `<joblist>${'<a>'.repeat(depth)}${'</a>'.repeat(depth)}</joblist>`));
  it('of JSON that is no job file', async () => {
    await qd.fails(400, null, 'POST', '/projects', { body: '{"name":'.repeat(depth), type: 'application/json' });
  });
  it('of steps', async () => {
    const step = JSON.stringify({ exec: 'true' }).slice(0, -1);
    await refused('application/json', `[{"name":"n","sequence":{"commands":[${`${step},"errorhandler":`.repeat(5000)}${step}}${'}'.repeat(5000)}]}}]`);
  });
});

describe('bombs', () => {
  it('of XML entities', () => {
    const entities = ['<!ENTITY a0 "lol">'];
    for (let i = 1; i < 30; i += 1) entities.push(`<!ENTITY a${i} "${`&a${i - 1};`.repeat(10)}">`);
    return refused('application/xml', `<?xml version="1.0"?><!DOCTYPE joblist [${entities.join('')}]><joblist><job><name>&a29;</name></job></joblist>`);
  });
  it('of external XML entities', async () => {
    const body = '<?xml version="1.0"?><!DOCTYPE joblist [<!ENTITY x SYSTEM "file:///etc/passwd">]><joblist><job><name>xxe</name><description>&x;</description><sequence><command><exec>true</exec></command></sequence></job></joblist>';
    const answer = await qd.api('POST', importPath(), { type: 'application/xml', body });
    assert.ok(!answer.text.includes('root:'));
    for (const { id } of await qd.ok('GET', `/project/${project}/jobs`, { query: { jobExactFilter: 'xxe' } })) {
      assert.ok(!JSON.stringify(await qd.ok('GET', `/job/${id}`)).includes('root:'));
      await qd.ok('DELETE', `/job/${id}`);
    }
  });
  it('of YAML aliases', () => {
    const rows = ['a0: &a0 [x,x,x,x,x,x,x,x,x,x]'];
    for (let i = 1; i < 30; i += 1) rows.push(`a${i}: &a${i} [${Array(10).fill(`*a${i - 1}`).join(',')}]`);
    return refused('application/yaml', `- name: bomb\n  ${rows.join('\n  ')}\n  description: *a29\n`);
  });
  it('of a YAML alias to itself', () => refused('application/yaml', '- &a\n  name: self\n  options: *a\n'));
  it('of JSON numbers and texts', async () => {
    await refused('application/json', `[${'9'.repeat(1_000_000)}]`);
    await refused('application/json', `["${'\\u0000'.repeat(100_000)}"]`);
  });
});

describe('broken UTF-8', () => {
  for (const [type, before_, after_] of [
    ['application/json', '[{"name":"', '","sequence":{"commands":[{"exec":"true"}]}}]'],
    ['application/yaml', '- name: "', '"\n  sequence:\n    commands:\n    - exec: "true"\n'],
    ['application/xml', '<joblist><job><name>', '</name><sequence><command><exec>true</exec></command></sequence></job></joblist>'],
  ]) {
    for (const bytes of [[0xff, 0xfe], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x98]]) {
      it(`${Buffer.from(bytes).toString('hex')} in ${type}`, () => refused(type, Buffer.concat([Buffer.from(before_), Buffer.from(bytes), Buffer.from(after_)])));
    }
  }
  it('in parameters, paths and forms', async () => {
    for (const path of ['/project/%ff%fe/jobs', '/projects?x=%ff', '/job/%c0%af', `/project/${project}/jobs?jobFilter=%ed%a0%80`, '/project/%00/jobs', '/%', '/projects?%zz']) {
      assert.ok((await qd.api('GET', path)).status < 500, path);
    }
    const form = await qd.api('POST', `/project/${project}/run/command`, { body: 'exec=%ff%00%zz', type: 'application/x-www-form-urlencoded' });
    assert.ok(form.status < 500, form.text);
  });
});

describe('a lot of everything', () => {
  it('10,000 options are refused with a clear error, or kept', async () => {
    const options = Array.from({ length: 10_000 }, (_, i) => ({ name: `o${i}`, value: `v${i}` }));
    const answer = await importJobs(qd, project, [job({ options })]);
    if (answer.failed.length) {
      assert.match(answer.failed[0].error, /option/i);
    } else {
      const [kept] = await qd.ok('GET', `/job/${answer.succeeded[0].id}`);
      assert.equal(kept.options.length, 10_000);
      assert.ok((await qd.api('POST', `/job/${answer.succeeded[0].id}/run`)).status < 500);
    }
  });

  it('10,000 option values in a run', async () => {
    const id = await newJob(qd, project, { options: [{ name: 'a' }] });
    const options = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`o${i}`, 'v']));
    assert.ok((await qd.api('POST', `/job/${id}/run`, { json: { options } })).status < 500);
  });

  it('an option value of 3 MB', async () => {
    const id = await newJob(qd, project, { options: [{ name: 'a' }], steps: ['echo ${#RD_OPTION_A}'] });
    const answer = await qd.api('POST', `/job/${id}/run`, { json: { options: { a: 'x'.repeat(3 * MEGABYTE) } } });
    assert.ok(answer.status < 500, answer.text.slice(0, 300));
  });

  it('2,000 jobs in one file', async () => {
    const other = await newProject(qd);
    const answer = await importJobs(qd, other, Array.from({ length: 2000 }, (_, i) => job({ name: `job ${i}` })));
    assert.equal(answer.succeeded.length, 2000);
    assert.equal((await qd.ok('GET', `/project/${other}/jobs`)).length, 2000);
    await qd.ok('DELETE', `/project/${other}`, { query: { deferred: 'false' } });
  });

  it('a huge page size', async () => {
    for (const max of [10 ** 9, -1, 'x', '']) assert.ok((await qd.api('GET', `/project/${project}/executions`, { query: { max } })).status < 500, String(max));
  });

  it('100 MB of output', async () => {
    const done = await runToEnd(qd, await newJob(qd, project, { steps: ['yes 0123456789012345678901234567890123456789012345678901234567890123456789 | head -c 100000000; echo; echo end'] }), {}, 120_000);
    assert.equal(done.status, 'succeeded');
    const last = await qd.ok('GET', `/execution/${done.id}/output`, { query: { lastlines: 1 } });
    assert.equal(last.entries[0].log, 'end');
    const first = await qd.ok('GET', `/execution/${done.id}/output`, { query: { maxlines: 10 } });
    assert.equal(first.entries.length, 10);
  });

  it('a page of all output is bounded', async () => {
    const { executions: [{ id }] } = await qd.ok('GET', `/project/${project}/executions`, { query: { max: 1 } });
    let offset = '0';
    for (let pages = 0; pages < 3; pages += 1) ({ offset } = await qd.ok('GET', `/execution/${id}/output`, { query: { offset } }));
    assert.ok(Number(offset) > 0);
  });
});

describe('slow and idle clients', () => {
  it('500 idle connections do not keep others out', async () => {
    const { hostname, port } = new URL(qd.url);
    const sockets = await Promise.all(Array.from({ length: 500 }, () => new Promise((resolve, reject) => {
      const socket = net.connect(port, hostname, () => resolve(socket));
      socket.on('error', reject);
    })));
    try {
      for (const [i, socket] of sockets.entries()) {
        socket.on('error', () => {});
        if (i % 2) socket.write('GET /api/59/projects HTTP/1.1\r\nHost: x\r\n');
      }
      const answers = Promise.all(Array.from({ length: 20 }, async () => assert.equal((await qd.api('GET', '/projects')).status, 200)));
      await within(answers, 45_000, 'answers to others');
      assert.ok(sockets.some((socket) => !socket.destroyed), 'the server drops idle connections before it answers others');
    } finally {
      for (const socket of sockets) socket.destroy();
    }
  });

  it('a client that sends half a header is dropped in time', async () => {
    const { hostname, port } = new URL(qd.url);
    const socket = net.connect(port, hostname, () => socket.write('POST /api/59/projects HTTP/1.1\r\nHost: x\r\nContent-'));
    let closed = false;
    socket.on('error', () => {});
    socket.on('close', () => { closed = true; });
    socket.resume();
    await until(() => closed, { timeout: 90_000, interval: 200, what: 'the server to close the connection' });
  });

  it('a client that does not read its answer holds nobody up', async () => {
    const done = await runToEnd(qd, await newJob(qd, project, { steps: ['seq 1 200000'] }), {}, 60_000);
    const { hostname, port } = new URL(qd.url);
    const socket = net.connect(port, hostname, () => {
      socket.pause();
      for (let i = 0; i < 20; i += 1) socket.write(`GET /api/59/execution/${done.id}/output?format=text HTTP/1.1\r\nHost: x\r\nX-Rundeck-Auth-Token: ${qd.token}\r\n\r\n`);
    });
    socket.on('error', () => {});
    for (let i = 0; i < 20; i += 1) assert.equal((await qd.api('GET', '/projects')).status, 200);
    assert.equal((await lines(qd, (await runToEnd(qd, await newJob(qd, project, { steps: ['echo on'] }))).id))[0], 'on');
    socket.destroy();
  });
});
