// Logs in a log store: on S3 with its faults, in a shared folder; the queue of what is still to be stored.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { removeAtExit } from '../support/cleanup.mjs';
import { noSkew, skewed } from '../support/cluster.mjs';
import { FaultyWay, KEY, s3Settings, startS3 } from '../support/s3.mjs';
import { Server, startServer } from '../support/server.mjs';
import { adhoc, ended, newJob, newProject, output, runToEnd } from '../support/scenario.mjs';
import { until } from '../support/wait.mjs';

const STORAGE = 'rundeck.execution.logs.fileStorage';
const QUICK = { [`${STORAGE}.storageRetryDelay`]: 1, [`${STORAGE}.retrievalRetryDelay`]: 1, [`${STORAGE}.remotePendingDelay`]: 2 };
const with_ = (provider, more = {}) => ({ [`${STORAGE}Plugin`]: provider, ...QUICK, ...more });
const S3 = 'org.rundeck.amazon-s3';

const stats = (qd) => qd.ok('GET', '/system/logstorage');
const incomplete = async (qd, query) => qd.ok('GET', '/system/logstorage/incomplete', { query });
const stored = (qd, count) => until(async () => (await stats(qd)).succeededCount >= count, { what: `${count} stored logs` });
// The log files of this member, which the test may take away.
const logs = (qd) => join(qd.base, 'var/logs/rundeck');
const localFiles = (qd) => readdirSync(logs(qd), { recursive: true }).map(String).filter((name) => name.endsWith('.rdlog'));

describe('S3', () => {
  let s3, way, qd, project;
  before(async () => {
    s3 = await startS3();
    way = await new FaultyWay(s3.port).start();
    qd = await startServer({ config: with_(S3), framework: s3Settings(way.endpoint) });
    project = await newProject(qd);
  });
  after(async () => {
    await qd?.stop();
    way?.close();
    await s3?.stop();
  });
  const one = async (line = 'echo hello') => {
    const before = (await stats(qd)).succeededCount;
    const id = await adhoc(qd, project, line);
    await ended(qd, id);
    return { id, before, key: `logs/${project}/${id}.rdlog`, isStored: () => stored(qd, before + 1) };
  };

  it('gets the log and the state of each execution, with metadata', async () => {
    const { id, key, isStored } = await one('echo "to the bucket"');
    await isStored();
    assert.match(s3.read(key).toString(), /^\^text\/x-rundeck-log-v2.0\^\n[^]*\|to the bucket\^\n[^]*\^END\^\n$/);
    const state = JSON.parse(s3.read(`logs/${project}/${id}.state.json`));
    assert.equal(state.executionState, 'SUCCEEDED');
    const metadata = s3.metadata(key);
    assert.equal(metadata['x-amz-meta-rundeck.execid'], String(id));
    assert.equal(metadata['x-amz-meta-rundeck.project'], project);
    assert.equal(metadata['x-amz-meta-rundeck.username'], 'admin');
    const facts = await stats(qd);
    assert.deepEqual([facts.enabled, facts.pluginName, facts.queuedCount, facts.failedCount], [true, S3, 0, 0]);
  });

  it('gives it back when the local file is gone, once for all who ask', async () => {
    const { id, key, isStored } = await one('for i in 1 2 3; do echo line $i; done');
    await isStored();
    for (const file of localFiles(qd)) rmSync(join(logs(qd), file));
    let letGo;
    const held = new Promise((resolve) => { letGo = resolve; });
    way.fault = (request) => (request.method === 'GET' && request.url.includes(`${id}.rdlog`) ? { held } : undefined);
    const first = await qd.ok('GET', `/execution/${id}/output`);
    assert.equal(first.message, 'Pending');
    assert.equal(first.pending, 'Retrieving log output from storage...');
    assert.equal(first.completed, false);
    assert.equal(first.execCompleted, true);
    assert.ok(first.retryBackoff > 0);
    const text = await qd.api('GET', `/execution/${id}/output`, { query: { format: 'text' } });
    assert.equal(text.headers['x-rundeck-execoutput-pending'], 'Retrieving log output from storage...');
    const asking = Array.from({ length: 20 }, () => output(qd, id));
    await until(() => way.seen.some((line) => line.startsWith('GET') && line.includes(key)), { what: 'the log to be asked for' });
    letGo();
    const all = await Promise.all(asking);
    for (const answer of all) assert.deepEqual(answer.entries.map((entry) => entry.log), ['line 1', 'line 2', 'line 3']);
    assert.equal(way.seen.filter((line) => line.startsWith('GET') && line.includes(key)).length, 1);
    way.fault = undefined;
  });

  it('gets a large log in parts, and gives it back the same', async () => {
    const { id, key, isStored, before } = await one('seq 1 400000 | sed "s/^/the line number /;s/$/ and some more words to fill it/"');
    await isStored();
    assert.ok(way.seen.some((line) => line.startsWith('POST') && line.includes('uploads=')), 'no upload in parts');
    const file = localFiles(qd).map((name) => join(logs(qd), name)).find((name) => name.includes(`/${id}.`) || name.endsWith(`${id}.rdlog`)) ?? join(logs(qd), localFiles(qd).at(-1));
    const original = readFileSync(file);
    assert.ok(original.length > 16 << 20, `${original.length} bytes`);
    assert.ok(s3.read(key).equals(original), 'what the store has differs');
    rmSync(file);
    let cuts = 0;
    way.fault = (request) => (request.method === 'GET' && request.url.includes(`${id}.rdlog`) && (cuts += 1) <= 2 ? { cutAfter: 5 << 20 } : undefined);
    const answer = await output(qd, id, { lastlines: 2 });
    way.fault = undefined;
    assert.deepEqual(answer.entries.map((entry) => entry.log.split(' ')[3]), ['399999', '400000']);
    assert.equal(answer.totalSize, original.length);
    assert.equal(cuts, 3, 'after two cuts it went on where they were');
    assert.ok(before >= 0);
  });

  it('may fail, be full, cut connections or be slow: nothing is lost, and it goes on by itself', async () => {
    const faults = [{ status: 503, code: 'SlowDown' }, { status: 500, code: 'InternalError' }, { status: 507, code: 'InsufficientStorage' }, { cutAfter: 10 }];
    for (const fault of faults) {
      way.fault = (request) => (request.method === 'PUT' ? fault : undefined);
      const { id, key, isStored } = await one('echo through thick and thin');
      const waiting = await until(async () => (await incomplete(qd)).executions.find((entry) => entry.id === id && entry.errors.length), { what: `a failed attempt for ${JSON.stringify(fault)}` });
      assert.equal(waiting.storage.incompleteFiletypes, 'rdlog,state.json');
      assert.deepEqual([waiting.storage.localFilesPresent, waiting.storage.queued, waiting.storage.failed], [true, true, true]);
      if (fault.code) assert.match(waiting.errors[0], new RegExp(fault.code));
      assert.equal(waiting.project, project);
      assert.match(waiting.href, new RegExp(`/execution/${id}$`));
      assert.equal((await output(qd, id)).entries[0].log, 'through thick and thin');
      way.fault = undefined;
      await isStored();
      assert.match(s3.read(key).toString(), /thick and thin/);
    }
    way.fault = () => ({ pause: 300 });
    const slow = await one();
    await slow.isStored();
    way.fault = undefined;
    assert.equal((await stats(qd)).incompleteCount, 0);
  });

  it('may be away: what was stored meanwhile is told as waiting, and resume tries it at once', async () => {
    await s3.stop();
    const { id, key, isStored } = await one('echo while it was away');
    await until(async () => (await incomplete(qd)).executions.some((entry) => entry.id === id && entry.storage.attempts >= 1), { what: 'a failed attempt' });
    await qd.stop();
    await qd.start();
    await s3.start();
    assert.deepEqual(await qd.ok('POST', '/system/logstorage/incomplete/resume'), { resumed: true });
    await isStored();
    assert.match(s3.read(key).toString(), /while it was away/);
  });

  it('tells why a log cannot be fetched, and fetches it later', async () => {
    const { id, isStored } = await one('echo later');
    await isStored();
    for (const file of localFiles(qd)) rmSync(join(logs(qd), file));
    way.fault = (request) => (request.method === 'GET' ? { status: 403, code: 'AccessDenied' } : undefined);
    const failed = await until(async () => {
      const answer = await qd.api('GET', `/execution/${id}/output`);
      return answer.status === 500 && answer.json;
    }, { what: 'an error' });
    assert.match(failed.error, /^Log file could not be retrieved: .*AccessDenied/);
    assert.equal(failed.completed, false);
    way.fault = undefined;
    const answer = await until(async () => {
      const now = await qd.api('GET', `/execution/${id}/output`);
      return now.status === 200 && now.json.completed && now.json;
    }, { what: 'the output' });
    assert.deepEqual(answer.entries.map((entry) => entry.log), ['later']);
  });

  it('may not have a log yet: that is told as pending for a while', async () => {
    way.fault = (request) => (request.method === 'PUT' ? { status: 503, code: 'SlowDown' } : undefined);
    const own = await startServer({ database: undefined, config: with_(S3, { [`${STORAGE}.remotePendingDelay`]: 600 }), framework: s3Settings(way.endpoint, { path: 'pending/' }) });
    const id = await adhoc(own, await newProject(own), 'echo not yet');
    await ended(own, id);
    for (const file of localFiles(own)) rmSync(join(logs(own), file));
    const answer = await until(async () => {
      const now = await own.ok('GET', `/execution/${id}/output`);
      return now.pending !== 'Retrieving log output from storage...' && now;
    }, { what: 'it to have been looked for' });
    way.fault = undefined;
    assert.deepEqual([answer.message, answer.pending, answer.completed, answer.execCompleted], ['Pending', 'Waiting for log output to become available...', false, true]);
    await own.stop();
  });

  it('loses the files of an execution that is deleted', async () => {
    const { id, key, isStored } = await one();
    await isStored();
    assert.ok(s3.keys().includes(key));
    await qd.ok('DELETE', `/execution/${id}`);
    await until(() => !s3.keys().some((name) => name.includes(`/${id}.`)), { what: 'the files to go' });
  });

  it('keeps checkpoints of what runs, of what is new only, and replaces them by the whole', async () => {
    const own = new Server({ config: with_(S3, { [`${STORAGE}.checkpoint.time.interval`]: 1, [`${STORAGE}.checkpoint.time.minimum`]: 1 }), framework: s3Settings(way.endpoint, { path: 'parts/${job.execid}' }) });
    await own.start();
    await own.authorize();
    const flag = join(own.base, 'go-on');
    const id = await adhoc(own, await newProject(own), `seq 1 20000; while [ ! -e ${flag} ]; do echo tick; sleep 0.3; done; echo done`);
    const numberOf = (name) => Number(/\d+$/.exec(name)[0]);
    const pieces = () => s3.keys().filter((name) => name.startsWith(`parts/${id}.rdlog.partial.`)).sort((a, b) => numberOf(a) - numberOf(b));
    way.bytesUp = 0;
    // Each has what came since the one before: those after the numbers are small.
    await until(() => pieces().length >= 3 && pieces().slice(-2).every((name) => s3.size(name) < 5_000), { what: 'three pieces, the last ones of ticks alone' });
    const joined = pieces().map((name) => s3.read(name).toString()).join('');
    const [log] = localFiles(own).map((name) => readFileSync(join(logs(own), name), 'utf8'));
    assert.ok(joined.length > 500_000 && log.startsWith(joined), 'together they are the log so far');
    assert.match(joined, /^\^text\/x-rundeck-log-v2.0\^\n[^]*\|20000\^\n[^]*\|tick\^\n/);
    assert.ok(way.bytesUp < joined.length + 100_000, `${way.bytesUp} bytes went up for ${joined.length}`);
    writeFileSync(flag, '');
    await ended(own, id);
    await stored(own, 1);
    await until(() => pieces().length === 0, { what: 'the pieces to go' });
    assert.match(s3.read(`parts/${id}.rdlog`).toString().slice(-400), /\|done\^\n[^]*\^END\^\n$/);
    await own.stop();
  });

  it('refuses a wrong secret, which is told', async () => {
    const own = await startServer({ database: undefined, config: with_(S3), framework: s3Settings(s3.endpoint, { secret: 'wrong', path: 'wrong/' }) });
    const id = await adhoc(own, await newProject(own), 'echo x');
    const waiting = await until(async () => (await incomplete(own)).executions.find((entry) => entry.id === id && entry.errors.length), { what: 'the refusal' });
    assert.match(waiting.errors[0], /403 SignatureDoesNotMatch/);
    assert.ok(!s3.keys().some((name) => name.startsWith('wrong/')));
    await own.stop();
  });

  it('takes requests of a member whose clock is wrong', { skip: noSkew }, async () => {
    const own = await startServer({ database: undefined, env: skewed('+5h'), config: with_(S3), framework: s3Settings(way.endpoint, { path: 'skewed/' }) });
    const before = way.seen.length;
    const id = await adhoc(own, await newProject(own), 'echo x');
    await stored(own, 1);
    assert.match(s3.read(`skewed/${id}.rdlog`).toString(), /\|x\^/);
    assert.match(own.log(), /the clock of the S3 server is -?\d+ s ahead/);
    assert.ok(way.seen.length > before + 2, 'it was refused once');
    await own.stop();
  });

  it('is configured under the other name, with keys from the environment, and by the project', async () => {
    const pro = 'com.rundeck.rundeckpro.amazon-s3';
    const framework = { ...s3Settings(s3.endpoint, { provider: pro, path: 'pro/${job.project}/${job.name}-${job.execid}.log', encodeUserMetadata: 'true' }) };
    delete framework[`framework.plugin.ExecutionFileStorage.${pro}.AWSAccessKeyId`];
    delete framework[`framework.plugin.ExecutionFileStorage.${pro}.AWSSecretKey`];
    const own = await startServer({ database: undefined, env: { AWS_ACCESS_KEY_ID: KEY, AWS_SECRET_ACCESS_KEY: KEY }, config: with_(pro), framework });
    const plain = await newProject(own);
    const done = await runToEnd(own, await newJob(own, plain, { name: 'a job, größer', steps: ['echo x'] }));
    await stored(own, 1);
    assert.ok(s3.keys().some((name) => name.startsWith(`pro/${plain}/`) && name.endsWith(`-${done.id}.log.rdlog`)), String(s3.keys().slice(-4)));
    const other = await newProject(own, { [`project.plugin.ExecutionFileStorage.${pro}.path`]: 'of-the-project/' });
    const id = await adhoc(own, other, 'echo y');
    await stored(own, 2);
    assert.ok(s3.keys().includes(`of-the-project/${id}.rdlog`));
    await own.stop();
  });
});

describe('a shared folder', () => {
  let qd, project, folder;
  before(async () => {
    folder = removeAtExit(mkdtempSync(join(tmpdir(), 'qd-shared-')));
    qd = await startServer({ config: with_('filesystem', { 'quarterdeck.logs.cache.maxSize': '1M' }), framework: { 'framework.plugin.ExecutionFileStorage.filesystem.directory': folder } });
    project = await newProject(qd);
  });
  after(() => qd?.stop());

  it('gets the log under the path that is the default', async () => {
    const id = await adhoc(qd, project, 'echo shared');
    await stored(qd, 1);
    assert.match(readFileSync(join(folder, `project/${project}/${id}.rdlog`), 'utf8'), /\|shared\^/);
    assert.deepEqual(readdirSync(join(folder, `project/${project}`)).sort(), [`${id}.rdlog`, `${id}.state.json`]);
  });

  it('is read through a cache that stays within its limit', async () => {
    const cache = join(qd.base, 'var/logcache');
    const ids = [];
    const { succeededCount } = await stats(qd);
    for (let i = 0; i < 3; i += 1) {
      ids.push(await adhoc(qd, project, `seq 1 9000 | sed 's/^/a line of log number ${i} /'`));
      await ended(qd, ids[i]);
    }
    await stored(qd, succeededCount + 3);
    for (const file of localFiles(qd)) rmSync(join(logs(qd), file));
    for (const id of ids) assert.equal((await output(qd, id, { lastlines: 1 })).entries[0].log.split(' ').at(-1), '9000');
    const size = () => readdirSync(cache).reduce((sum, name) => sum + statSync(join(cache, name)).size, 0);
    // What somebody may still be reading stays for a while.
    await until(() => size() <= 1 << 20, { timeout: 150_000, interval: 500, what: 'the cache to shrink' });
    assert.equal((await output(qd, ids[0], { lastlines: 1 })).entries.length, 1);
  });

  it('that is not mounted is no lost log', async () => {
    renameSync(folder, `${folder}-away`);
    writeFileSync(folder, 'no folder');
    const { succeededCount } = await stats(qd);
    const id = await adhoc(qd, project, 'echo patience');
    await until(async () => (await incomplete(qd)).executions.some((entry) => entry.id === id && entry.errors.length), { what: 'a failed attempt' });
    rmSync(folder);
    renameSync(`${folder}-away`, folder);
    await stored(qd, succeededCount + 1);
    assert.match(readFileSync(join(folder, `project/${project}/${id}.rdlog`), 'utf8'), /\|patience\^/);
  });

  it('shows a log that is nowhere as not found', async () => {
    const { succeededCount } = await stats(qd);
    const id = await adhoc(qd, project, 'echo gone');
    await stored(qd, succeededCount + 1);
    rmSync(join(folder, `project/${project}/${id}.rdlog`));
    for (const file of localFiles(qd)) rmSync(join(logs(qd), file));
    const answer = await until(async () => {
      const now = await qd.api('GET', `/execution/${id}/output`);
      return now.status !== 200 && now;
    }, { what: 'an error' });
    assert.match(answer.json.error, /^Log file could not be retrieved: The log store has no file/);
  });
});

it('old logs are compressed, and read, stored and deleted as before', async () => {
  const folder = removeAtExit(mkdtempSync(join(tmpdir(), 'qd-shared-')));
  const config = { 'quarterdeck.logs.compressAfter': '1h' };
  const qd = await startServer({ config });
  const id = await adhoc(qd, await newProject(qd), 'seq 1 20000');
  await ended(qd, id);
  const before = await output(qd, id);
  const file = join(logs(qd), localFiles(qd)[0]);
  const size = statSync(file).size;
  utimesSync(file, new Date(Date.now() - 7_200_000), new Date(Date.now() - 7_200_000));
  await qd.stop();
  await qd.start();
  await until(() => existsSync(`${file}.gz`) && !existsSync(file), { what: 'the log to be compressed' });
  assert.ok(statSync(`${file}.gz`).size < size / 5);
  const after = await output(qd, id);
  assert.deepEqual(after.entries, before.entries);
  assert.deepEqual([after.offset, after.totalSize, after.completed], [before.offset, size, true]);
  assert.deepEqual((await qd.ok('GET', `/execution/${id}/output`, { query: { lastlines: 1 } })).entries.map((entry) => entry.log), ['20000']);
  // A log store that is configured later leaves it alone.
  await qd.stop();
  qd.writeConfig({ ...with_('filesystem'), ...config });
  writeFileSync(join(qd.base, 'etc/framework.properties'), `framework.plugin.ExecutionFileStorage.filesystem.directory=${folder}\n`);
  await qd.start();
  const next = await adhoc(qd, await newProject(qd), 'echo later');
  await ended(qd, next);
  await stored(qd, 1);
  await qd.ok('DELETE', `/execution/${id}`);
  assert.ok(!existsSync(`${file}.gz`));
  await qd.stop();
});

it('all executions keep to a limit of the server', async () => {
  const qd = await startServer({ database: undefined, config: { 'rundeck.execution.logs.output.limit': '3', 'rundeck.execution.logs.output.limitAction': 'truncate' } });
  const project = await newProject(qd);
  const id = await adhoc(qd, project, 'seq 1 9');
  assert.equal((await ended(qd, id)).status, 'succeeded');
  assert.deepEqual((await output(qd, id)).entries.filter((entry) => entry.level === 'NORMAL').map((entry) => entry.log), ['1', '2', '3']);
  const halted = await runToEnd(qd, await newJob(qd, project, { loglimit: '2', loglimitAction: 'halt', loglimitStatus: 'chatty', steps: ['seq 1 9; sleep 60'] }));
  assert.equal(halted.customStatus, 'chatty');
  await qd.stop();
});

describe('the configuration', () => {
  const refused = async (config, framework, message) => {
    const server = new Server({ config, framework });
    await assert.rejects(server.start(), message);
  };
  it('names the key that is wrong', async () => {
    await refused(with_('azure'), {}, /rundeck\.execution\.logs\.fileStoragePlugin: there is no log store 'azure' here/);
    await refused(with_(S3), s3Settings('http://h', { bucket: '' }), /ExecutionFileStorage\.org\.rundeck\.amazon-s3\.bucket: not set/);
    await refused(with_(S3), s3Settings('http://h', { path: 'same-for-all' }), /path: 'same-for-all' must hold \$\{job\.execid\}/);
    await refused({ 'rundeck.execution.logs.output.limit': 'lots' }, {}, /rundeck\.execution\.logs\.output\.limit: /);
    await refused(with_('filesystem'), { 'framework.plugin.ExecutionFileStorage.filesystem.directory': 'relative' }, /directory: 'relative'/);
  });
});

it('an unsigned request gets nothing of what members tell each other', async () => {
  const qd = await startServer();
  const id = await adhoc(qd, await newProject(qd), 'echo secret');
  await ended(qd, id);
  for (const headers of [{}, { 'X-Quarterdeck-Member': 'v=1; sender=a; time=1; nonce=x; signature=AAAA' }]) {
    const answer = await qd.raw('GET', `/member/log/${id}?offset=0&max=1000`, { headers });
    assert.equal(answer.status, 403, answer.text);
    assert.ok(!answer.text.includes('secret'));
  }
  await qd.stop();
});
