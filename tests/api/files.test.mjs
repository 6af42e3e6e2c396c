// Files uploaded for options of type `file`.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { startServer } from '../support/server.mjs';
import { NOWHERE, ended, lines, newJob, newProject, run } from '../support/scenario.mjs';

let qd, project, id;
before(async () => {
  qd = await startServer();
  project = await newProject(qd);
  id = await newJob(qd, project, {
    multipleExecutions: true,
    options: [{ name: 'one', type: 'file' }, { name: 'two', type: 'file' }, { name: 'text' }],
    steps: ['sha256sum < ${file.one} | cut -d" " -f1; echo "${file.one.fileName}|${file.one.sha}|${option.one}"; echo ${file.one}'],
  });
});
after(() => qd?.stop());

const sha = (content) => createHash('sha256').update(content).digest('hex');
const upload = (options, path = '') => qd.ok('POST', `/job/${id}/input/file${path}`, { type: 'application/octet-stream', ...options });
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

describe('an upload', () => {
  for (const [what, path, query] of [['named in the query', '', { optionName: 'one', fileName: 'a.bin' }], ['named in the path', '/one', { fileName: 'a.bin' }]]) {
    it(`${what} reaches the job unchanged`, async () => {
      const content = randomBytes(100_000);
      const answer = await upload({ body: content, query }, path);
      assert.equal(answer.total, 1);
      const key = answer.options.one;
      assert.match(key, uuid);
      const started = await run(qd, id, { options: { one: key } });
      assert.equal((await ended(qd, started.id)).status, 'succeeded');
      const [sum, names, file] = await lines(qd, started.id);
      assert.equal(sum, sha(content));
      assert.equal(names, `a.bin|${sha(content)}|${key}`);
      assert.equal(existsSync(file), false, 'the file is left behind');
      const { files } = await qd.ok('GET', `/execution/${started.id}/input/files`);
      assert.equal(files.length, 1);
      assert.equal(files[0].id, key);
      assert.equal(files[0].execId, started.id);
      assert.equal(files[0].sha, sha(content));
    });
  }

  it('of several files at once', async () => {
    const parts = [
      { name: 'option.one', filename: 'first.txt', content: 'one\r\n--x\r\n' },
      { name: 'option.two', filename: 'second.txt', content: Buffer.from([0, 255, 13, 10, 0]) },
    ];
    const answer = await qd.ok('POST', `/job/${id}/input/file`, { parts });
    assert.equal(answer.total, 2);
    const one = await qd.ok('GET', `/jobs/file/${answer.options.one}`);
    assert.deepEqual([one.fileName, one.size, one.sha, one.fileState, one.jobId, one.user, one.execId], ['first.txt', 10, sha('one\r\n--x\r\n'), 'temp', id, 'admin', null]);
    const two = await qd.ok('GET', `/jobs/file/${answer.options.two}`);
    assert.equal(two.size, 5);
    assert.equal(two.sha, sha(Buffer.from([0, 255, 13, 10, 0])));
    assert.ok(Date.parse(one.expirationDate) > Date.now());
    assert.ok(Math.abs(Date.parse(one.dateCreated) - Date.now()) < 120_000);
  });

  it('of an empty file', async () => {
    const { options } = await upload({ body: '', query: { optionName: 'one' } });
    assert.equal((await qd.ok('GET', `/jobs/file/${options.one}`)).size, 0);
  });

  it('can be used once', async () => {
    const { options } = await upload({ body: 'x', query: { optionName: 'one' } });
    const first = await run(qd, id, { options });
    await ended(qd, first.id);
    const again = await qd.fails(400, 'api.error.job.options-invalid', 'POST', `/job/${id}/run`, { json: { options } });
    assert.match(again.message, /cannot be used because it was used/);
    assert.notEqual((await qd.ok('GET', `/jobs/file/${options.one}`)).fileState, 'temp');
  });
});

describe('the list of uploads', () => {
  it('has pages and states', async () => {
    const other = await newJob(qd, project, { options: [{ name: 'f', type: 'file' }] });
    const keys = [];
    for (let i = 0; i < 3; i += 1) keys.push((await qd.ok('POST', `/job/${other}/input/file/f`, { body: `${i}`, type: 'application/octet-stream' })).options.f);
    const all = await qd.ok('GET', `/job/${other}/input/files`);
    assert.deepEqual(all.paging, { offset: 0, max: 20, total: 3, count: 3 });
    assert.deepEqual(all.files.map((file) => file.id).sort(), [...keys].sort());
    const page = await qd.ok('GET', `/job/${other}/input/files`, { query: { max: 2, offset: 2 } });
    assert.deepEqual([page.paging.count, page.files.length], [1, 1]);
    assert.deepEqual((await qd.ok('GET', `/job/${other}/input/files`, { query: { fileState: 'deleted' } })).files, []);
  });
});

describe('what is refused', () => {
  it('an option that takes no file, or does not exist', async () => {
    for (const optionName of ['text', 'none']) {
      await qd.fails(400, 'api.error.job-upload.option.unexpected', 'POST', `/job/${id}/input/file`, { body: 'x', type: 'application/octet-stream', query: { optionName } });
    }
  });
  it('a job without file options', async () => {
    const plain = await newJob(qd, project, {});
    await qd.fails(400, 'api.error.job-upload.invalid', 'POST', `/job/${plain}/input/file/x`, { body: 'x', type: 'application/octet-stream' });
  });
  it('an unknown job or file', async () => {
    await qd.fails(404, 'api.error.item.doesnotexist', 'POST', `/job/${NOWHERE}/input/file/x`, { body: 'x', type: 'application/octet-stream' });
    assert.equal((await qd.api('GET', `/jobs/file/${NOWHERE}`)).status, 404);
  });
  it('a key that is none, or of another job', async () => {
    const other = await newJob(qd, project, { options: [{ name: 'one', type: 'file' }] });
    const { options } = await qd.ok('POST', `/job/${other}/input/file/one`, { body: 'x', type: 'application/octet-stream' });
    for (const one of [NOWHERE, 'x', '../../etc/passwd', options.one]) {
      await qd.fails(400, 'api.error.job.options-invalid', 'POST', `/job/${id}/run`, { json: { options: { one } } });
    }
  });
});
