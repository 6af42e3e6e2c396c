// Other log stores than S3: Azure Blob Storage with its faults, and script plugins.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { azureSettings, startAzure } from '../support/azure.mjs';
import { removeAtExit } from '../support/cleanup.mjs';
import { noSkew, skewed } from '../support/cluster.mjs';
import { FaultyWay } from '../support/s3.mjs';
import { Server, startServer } from '../support/server.mjs';
import { adhoc, ended, newProject, output } from '../support/scenario.mjs';
import { until } from '../support/wait.mjs';

const STORAGE = 'rundeck.execution.logs.fileStorage';
const with_ = (provider, more = {}) => ({ [`${STORAGE}Plugin`]: provider, [`${STORAGE}.storageRetryDelay`]: 1, [`${STORAGE}.retrievalRetryDelay`]: 1, ...more });
const CHECKPOINTS = { [`${STORAGE}.checkpoint.time.interval`]: 1, [`${STORAGE}.checkpoint.time.minimum`]: 1 };
const stats = (qd) => qd.ok('GET', '/system/logstorage');
const stored = (qd, count) => until(async () => (await stats(qd)).succeededCount >= count, { what: `${count} stored logs` });
const waiting = (qd, id) => until(async () => (await qd.ok('GET', '/system/logstorage/incomplete')).executions.find((entry) => entry.id === id && entry.errors.length), { what: 'a failed attempt' });
const logs = (qd) => join(qd.base, 'var/logs/rundeck');
const localFiles = (qd) => readdirSync(logs(qd), { recursive: true }).map(String).filter((name) => name.endsWith('.rdlog')).map((name) => join(logs(qd), name));

describe('Azure Blob Storage', () => {
  let azure, way, qd, project;
  const settings = (more) => azureSettings(azure, { extraConnectionSettings: `BlobEndpoint=${way.endpoint}/testaccount`, ...more });
  before(async () => {
    azure = await startAzure();
    way = await new FaultyWay(azure.port).start();
    qd = await startServer({ config: with_('azure-storage'), framework: settings({ path: 'logs/${job.project}/${job.execid}', blockSizeMB: '1' }) });
    project = await newProject(qd);
  });
  after(async () => {
    await qd?.stop();
    way?.close();
    await azure?.stop();
  });
  const one = async (line) => {
    const { succeededCount } = await stats(qd);
    const id = await adhoc(qd, project, line);
    await ended(qd, id);
    return { id, path: `/logs/${project}/${id}.rdlog`, isStored: () => stored(qd, succeededCount + 1) };
  };

  it('gets log and state with metadata, in a container that it makes, and gives them back', async () => {
    const { id, path, isStored } = await one('echo to the container');
    await isStored();
    const { headers, body } = await azure.ask('GET', path);
    assert.match(body.toString(), /^\^text\/x-rundeck-log-v2.0\^\n[^]*\|to the container\^\n[^]*\^END\^\n$/);
    assert.equal(headers.get('x-ms-meta-execid'), String(id));
    assert.equal(headers.get('x-ms-meta-project'), project);
    assert.equal(JSON.parse(await azure.read(path.replace('.rdlog', '.state.json'))).executionState, 'SUCCEEDED');
    for (const file of localFiles(qd)) rmSync(file);
    assert.deepEqual((await output(qd, id)).entries.map((entry) => entry.log), ['to the container']);
    await qd.ok('DELETE', `/execution/${id}`);
    await until(async () => !(await azure.names('logs')).some((name) => name.includes(`/${id}.`)), { what: 'the files to go' });
  });

  it('gets a large log in blocks, and gives it back over cut connections', async () => {
    const { id, path, isStored } = await one('seq 1 100000 | sed "s/^/the line number /;s/$/ and some more words to fill it/"');
    await isStored();
    assert.ok(way.seen.some((line) => line.includes('comp=blocklist')), 'no upload in blocks');
    const [file] = localFiles(qd);  // those of before were taken away
    const original = readFileSync(file);
    assert.ok(original.length > 4 << 20, `${original.length} bytes`);
    assert.ok((await azure.read(path)).equals(original), 'what the store has differs');
    rmSync(file);
    let cuts = 0;
    way.fault = (request) => (request.method === 'GET' && request.url.includes(`${id}.rdlog`) && (cuts += 1) <= 2 ? { cutAfter: 2 << 20 } : undefined);
    const answer = await output(qd, id, { lastlines: 1 });
    way.fault = undefined;
    assert.equal(answer.entries[0].log.split(' ')[3], '100000');
    assert.equal(answer.totalSize, original.length);
    assert.equal(cuts, 3, 'after two cuts it went on where they were');
  });

  it('may fail, cut connections or be away: nothing is lost, and it goes on by itself', async () => {
    for (const fault of [{ status: 503, code: 'ServerBusy' }, { status: 500, code: 'InternalError' }, { cutAfter: 10 }]) {
      way.fault = (request) => (request.method === 'PUT' ? fault : undefined);
      const { id, path, isStored } = await one('echo patience');
      const entry = await waiting(qd, id);
      assert.match(entry.errors[0], /^Azure PUT \/testaccount\/logs|PUT http/);
      way.fault = undefined;
      await isStored();
      assert.match((await azure.read(path)).toString(), /\|patience\^/);
    }
  });

  it('refuses a wrong key, which is told', async () => {
    const wrong = await startServer({ database: undefined, config: with_('azure-storage'), framework: settings({ accessKey: Buffer.from('wrong').toString('base64'), path: 'wrong/${job.execid}' }) });
    const id = await adhoc(wrong, await newProject(wrong), 'echo x');
    assert.match((await waiting(wrong, id)).errors[0], /403 AuthorizationFailure|403 AuthenticationFailed/);
    await wrong.stop();
  });

  it('takes requests of a member whose clock is wrong', { skip: noSkew }, async () => {
    const late = await startServer({ database: undefined, env: skewed('+5h'), config: with_('azure-storage'), framework: settings({ path: 'skewed/${job.execid}' }) });
    const other = await adhoc(late, await newProject(late), 'echo x');
    await stored(late, 1);
    assert.match((await azure.read(`/skewed/${other}.rdlog`)).toString(), /\|x\^/);
    await late.stop();
  });

  it('is configured under the other name with a container of its own, and gets checkpoints', async () => {
    const pro = 'rundeckpro.azure-storage';
    const own = await startServer({ database: undefined, config: with_(pro, CHECKPOINTS), framework: settings({ provider: pro, containerName: 'Of-Pro', path: '${job.project}/${job.execid}' }) });
    const flag = join(own.base, 'flag');
    const name = await newProject(own);
    const id = await adhoc(own, name, `echo first; while [ ! -e ${flag} ]; do echo tick; sleep 0.3; done`);
    const pieces = async () => (await azure.names('of-pro')).filter((blob) => blob.startsWith(`${name}/${id}.rdlog.partial.`));
    await until(async () => (await pieces()).length >= 2, { what: 'two pieces' });
    writeFileSync(flag, '');
    await ended(own, id);
    await stored(own, 1);
    await until(async () => (await pieces()).length === 0, { what: 'the pieces to go' });
    assert.match((await azure.read(`/of-pro/${name}/${id}.rdlog`)).toString(), /\|first\^/);
    await own.stop();
  });

  it('names the setting that is wrong', async () => {
    const refused = async (more, message) => assert.rejects(new Server({ config: with_('azure-storage'), framework: settings(more) }).start(), message);
    await refused({ storageAccount: '' }, /azure-storage\.storageAccount: not set/);
    await refused({ accessKey: 'not base64!' }, /azure-storage\.accessKey: expected base64/);
    await refused({ containerName: 'a' }, /containerName: 'a' is no name of a container/);
  });
});

describe('a script plugin', () => {
  const MANIFEST = `
name: log-shelf
version: '1.0'
rundeckPluginVersion: 2.0
providers:
  - name: shelf
    service: ExecutionFileStorage
    plugin-type: script
    script-interpreter: /bin/sh
    script-file: shelf.sh
    script-args: \${storage.action} \${config.folder}/\${storage.key} \${storage.file}
    config:
      - {name: folder, type: String, required: true, scope: Project}
`;
  const SCRIPT = `set -e
mkdir -p "$RD_CONFIG_FOLDER"
if [ -e "$RD_CONFIG_FOLDER/broken" ]; then echo the shelf is broken >&2; exit 3; fi
echo "$1 $RD_STORAGE_FILETYPE $RD_EXECUTION_EXECID $RD_STORAGE_SIZE" >> "$RD_CONFIG_FOLDER/calls"
case $1 in
  store) mkdir -p "$(dirname "$2")"; cp "$3" "$2.new"; mv "$2.new" "$2" ;;
  available) if [ -e "$2" ]; then echo true; else echo false; fi ;;
  retrieve) cp "$2" "$3" ;;
  delete) rm -f "$2" ;;
esac
`;
  let qd, project, shelf;
  before(async () => {
    shelf = removeAtExit(mkdtempSync(join(tmpdir(), 'qd-shelf-')));
    qd = new Server({ config: with_('shelf', CHECKPOINTS), framework: { 'framework.plugin.ExecutionFileStorage.shelf.folder': shelf } });
    mkdirSync(join(qd.base, 'libext/log-shelf/contents'), { recursive: true });
    writeFileSync(join(qd.base, 'libext/log-shelf/plugin.yaml'), MANIFEST);
    writeFileSync(join(qd.base, 'libext/log-shelf/contents/shelf.sh'), SCRIPT);
    chmodSync(join(qd.base, 'libext/log-shelf/contents/shelf.sh'), 0o755);
    await qd.start();
    await qd.authorize();
    project = await newProject(qd);
  });
  after(() => qd?.stop());
  const calls = () => readFileSync(join(shelf, 'calls'), 'utf8').trim().split('\n');

  it('stores, gives back and deletes', async () => {
    const id = await adhoc(qd, project, 'echo on the shelf');
    await ended(qd, id);
    await stored(qd, 1);
    const file = join(shelf, `project/${project}/${id}.rdlog`);
    const bytes = readFileSync(file);
    assert.match(bytes.toString(), /\|on the shelf\^/);
    assert.equal(JSON.parse(readFileSync(file.replace('.rdlog', '.state.json'))).executionState, 'SUCCEEDED');
    assert.ok(calls().includes(`store rdlog ${id} ${bytes.length}`), calls().join('; '));
    for (const local of localFiles(qd)) rmSync(local);
    assert.deepEqual((await output(qd, id)).entries.map((entry) => entry.log), ['on the shelf']);
    await qd.ok('DELETE', `/execution/${id}`);
    await until(() => !existsSync(file), { what: 'the file to go' });
    const facts = await stats(qd);
    assert.equal(facts.pluginName, 'shelf');
  });

  it('gets checkpoints in pieces', async () => {
    const flag = join(qd.base, 'flag');
    const id = await adhoc(qd, project, `echo first; while [ ! -e ${flag} ]; do echo tick; sleep 0.3; done`);
    const folder = join(shelf, `project/${project}`);
    const pieces = () => readdirSync(folder).filter((name) => name.startsWith(`${id}.rdlog.partial.`) && !name.endsWith('.new'));
    await until(() => pieces().length >= 2, { what: 'two pieces' });
    const second = pieces().find((name) => name.endsWith('.2'));
    assert.match(readFileSync(join(folder, second), 'utf8'), /^\^[^]*\|tick\^\n$/);
    writeFileSync(flag, '');
    await ended(qd, id);
    await until(() => pieces().length === 0, { what: 'the pieces to go' });
  });

  it('that fails is tried again, and what it said is told', async () => {
    writeFileSync(join(shelf, 'broken'), '');
    const { succeededCount } = await stats(qd);
    const id = await adhoc(qd, project, 'echo later');
    await ended(qd, id);
    assert.match((await waiting(qd, id)).errors[0], /^Log store shelf: store .*: exit code 3: the shelf is broken/);
    rmSync(join(shelf, 'broken'));
    await stored(qd, succeededCount + 1);
    assert.match(readFileSync(join(shelf, `project/${project}/${id}.rdlog`), 'utf8'), /\|later\^/);
  });

  it('that is not there is named when the server starts', async () => {
    await assert.rejects(new Server({ config: with_('no-such-shelf') }).start(), /there is no log store 'no-such-shelf' here; there are filesystem, .*azure-storage/);
  });
});
