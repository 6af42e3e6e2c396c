// What rd and the Java library behind it send (the Jenkins plugin uses it, too), and what they read: queries instead of
// bodies, forms, raw files, version 29 unless told otherwise.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startServer } from '../support/server.mjs';
import { ended, lines, newJob, newProject, unique } from '../support/scenario.mjs';

let qd, project, job;
before(async () => {
  qd = await startServer();
  project = await newProject(qd);
  job = await newJob(qd, project, { name: 'greet', group: 'a/b', multipleExecutions: true, options: [{ name: 'who', value: 'you' }, { name: 'f', type: 'file' }], steps: ['echo hi ${option.who}', 'test -z "$RD_FILE_F" || cat "$RD_FILE_F"'] });
});
after(() => qd?.stop());

const send = (method, path, options = {}) => qd.raw(method, `/api/29/${path}`, { accept: 'application/json', ...options });
async function read(method, path, options) {
  const answer = await send(method, path, options);
  assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text.slice(0, 300)}`);
  return answer.body.length ? answer.json : undefined;
}
const has = (value, keys) => assert.deepEqual(keys.filter((key) => value?.[key] === undefined), [], JSON.stringify(value).slice(0, 400));

describe('jobs', () => {
  it('are found by parts and by exact names, and exported in two formats', async () => {
    for (const query of [{ jobFilter: 'gre' }, { jobExactFilter: 'greet', groupPathExact: 'a/b' }, { groupPath: 'a' }, { idlist: job }]) {
      const [found] = await read('GET', `project/${project}/jobs`, { query });
      has(found, ['id', 'name', 'group', 'project', 'href', 'permalink', 'description']);
      for (const [format, type] of [['xml', 'text/xml'], ['yaml', 'text/yaml']]) {
        const answer = await send('GET', `project/${project}/jobs/export`, { query: { ...query, format }, accept: '*/*' });
        assert.deepEqual([answer.status, answer.type], [200, type]);
      }
    }
    has(await read('GET', `job/${job}/info`), ['id', 'scheduled', 'scheduleEnabled', 'enabled', 'permalink']);
  });
  it('are loaded as raw files', async () => {
    const name = unique();
    for (const [body, type] of [[`- name: ${name}\n  sequence:\n    commands:\n      - exec: "true"\n`, 'application/yaml'],
      [`<joblist><job><name>${name}</name><sequence><command><exec>true</exec></command></sequence></job></joblist>`, 'application/xml']]) {
      const { succeeded, failed, skipped } = await read('POST', `project/${project}/jobs/import`, { body, type, query: { dupeOption: 'update', uuidOption: 'remove' } });
      assert.deepEqual([succeeded.length, failed, skipped], [1, [], []]);
      has(succeeded[0], ['id', 'name', 'project', 'permalink']);
    }
  });
  it('are switched, one or many', async () => {
    for (const action of ['disable', 'enable']) {
      assert.equal((await read('POST', `job/${job}/execution/${action}`)).success, true);
      has(await read('POST', `jobs/execution/${action}`, { json: { ids: [job] } }), ['requestCount', 'enabled', 'allsuccessful']);
    }
  });
  it('are deleted by repeated ids in the query', async () => {
    const two = [await newJob(qd, project), await newJob(qd, project)];
    const done = await read('DELETE', `jobs/delete?${two.map((id) => `ids=${id}`).join('&')}`);
    assert.deepEqual([done.requestCount, done.allsuccessful, done.succeeded.length], [2, true, 2]);
  });
});

describe('runs', () => {
  const finished = async (execution) => {
    has(execution, ['id', 'href', 'permalink', 'status', 'project', 'user', 'date-started', 'job', 'description', 'serverUUID']);
    return ended(qd, execution.id);
  };
  it('start by the query alone, or by a body with a file that was sent before', async () => {
    const first = await read('POST', `job/${job}/run`, { query: { argString: '-who "two words"', loglevel: 'DEBUG' } });
    assert.equal((await finished(first)).status, 'succeeded');
    assert.deepEqual(await lines(qd, first.id), ['hi two words']);
    const file = await read('POST', `job/${job}/input/file`, { query: { optionName: 'f', fileName: 'x.txt' }, body: 'in the file\n', type: 'application/octet-stream' });
    assert.equal(file.total, 1);
    has(await read('GET', `jobs/file/${file.options.f}`), ['id', 'fileState', 'jobId', 'optionName', 'fileName', 'size', 'sha', 'dateCreated', 'expirationDate', 'user']);
    const second = await read('POST', `job/${job}/executions`, { json: { asUser: null, loglevel: 'INFO', filter: null, runAtTime: null, options: { who: 'me', f: file.options.f } } });
    await finished(second);
    assert.deepEqual(await lines(qd, second.id), ['hi me', 'in the file']);
    assert.equal((await read('GET', `execution/${second.id}/input/files`, { query: { offset: 0, max: 20 } })).files.length, 1);
    assert.equal((await read('GET', `job/${job}/input/files`, { query: { fileState: 'retained', offset: 0, max: 20 } })).files.length, 1);
  });
  it('are followed by offset and lastmod, compacted or not, and told of by state', async () => {
    const execution = await read('POST', `job/${job}/run`);
    await finished(execution);
    let offset = '0', lastmod = '0', seen = [];
    for (let completed = false; !completed;) {
      const page = await read('GET', `execution/${execution.id}/output`, { query: { offset, lastmod, maxlines: 500, compacted: true } });
      has(page, ['id', 'offset', 'completed', 'execCompleted', 'hasFailedNodes', 'execState', 'lastModified', 'execDuration', 'totalSize', 'percentLoaded', 'entries']);
      seen = seen.concat(page.entries.map((entry) => (typeof entry === 'string' ? entry : entry.log)));
      ({ offset, lastModified: lastmod, completed } = page);
    }
    assert.deepEqual(seen, ['hi you']);
    assert.equal((await read('GET', `execution/${execution.id}/output`, { query: { lastlines: 1 } })).entries.length, 1);
    has(await read('GET', `execution/${execution.id}/state`), ['executionId', 'executionState', 'completed', 'startTime', 'updateTime', 'endTime', 'steps', 'nodes', 'allNodes']);
    assert.deepEqual(Object.keys((await read('POST', `execution/${execution.id}/abort`))).sort(), ['abort', 'execution']);
  });
  it('are queried with lists, and deleted in bulk', async () => {
    const found = await read('GET', `project/${project}/executions?jobIdListFilter=${job}&jobIdListFilter=x&jobListFilter=a/b/greet`, { query: {} });
    has(found.paging, ['count', 'total', 'offset', 'max']);
    const ids = found.executions.map((execution) => String(execution.id));
    assert.ok(ids.length >= 3);
    has(await read('GET', `project/${project}/executions/metrics`, { query: { recentFilter: '1d' } }), ['total', 'status', 'duration']);
    const gone = await read('POST', 'executions/delete', { json: { ids } });
    assert.deepEqual([gone.requestCount, gone.successCount, gone.failedCount, gone.allsuccessful], [ids.length, ids.length, 0, true]);
    assert.equal((await read('GET', `project/${project}/executions/running`, { query: { offset: 0, max: 20 } })).executions.length, 0);
  });
});

describe('without a job', () => {
  const outcome = async (answer) => lines(qd, (has(answer, ['message', 'execution']), answer.execution.id));
  it('a command comes in the query, one word of the command line in quotes', async () => {
    const query = { exec: '"echo one; echo two"', nodeThreadcount: 1, nodeKeepgoing: false };
    assert.deepEqual(await outcome(await read('POST', `project/${project}/run/command`, { query })), ['one', 'two']);
  });
  it('a script comes as a part, its arguments in the query', async () => {
    const parts = [{ name: 'scriptFile', content: '#!/bin/sh\necho "$1-$2"\n', filename: 's.sh', type: 'application/octet-stream' }];
    const query = { nodeThreadcount: 2, nodeKeepgoing: true, argString: 'a b', interpreterArgsQuoted: false };
    assert.deepEqual(await outcome(await read('POST', `project/${project}/run/script`, { parts, query })), ['a-b']);
  });
  it('a URL comes as a form', async () => {
    const form = { scriptURL: `${qd.url}/no/such`, nodeThreadcount: 1, nodeKeepgoing: false, interpreterArgsQuoted: false };
    has(await read('POST', `project/${project}/run/url`, { form }), ['message', 'execution']);
  });
});

describe('the rest', () => {
  it('is answered in the shapes that its classes hold', async () => {
    const { system } = await read('GET', 'system/info');
    has(system, ['timestamp', 'rundeck', 'executions', 'os', 'jvm', 'stats', 'metrics', 'threadDump', 'healthcheck']);
    assert.equal((await read('POST', 'system/executions/enable')).executionMode, 'active');
    has(await read('GET', 'storage/keys/'), ['type', 'path', 'resources']);
    has(await read('GET', 'system/acl/'), ['type', 'path', 'resources']);
    has(await read('GET', `project/${project}/acl/`), ['type', 'path', 'resources']);
    has(Object.values(await read('GET', `project/${project}/resources`, { query: { filter: '.*' } }))[0], ['nodename', 'hostname']);
    has(await read('GET', 'user/info/'), ['login']);
    has((await read('GET', 'user/list'))[0], ['login']);
    has(await read('GET', 'metrics'), ['_links']);
    assert.ok(Object.values(await read('GET', 'metrics/healthcheck')).every((check) => typeof check.healthy === 'boolean'));
    has(await read('GET', 'metrics/metrics'), ['version', 'gauges', 'counters', 'histograms', 'meters', 'timers']);
    assert.deepEqual(await read('GET', 'scheduler/jobs'), []);
    const taken = await read('PUT', 'scheduler/takeover', { json: { server: { all: true }, project } });
    has(taken, ['message', 'success', 'apiversion']);
  });
  it('is a project that is exported in the background, and imported into another', async () => {
    const started = await read('GET', `project/${project}/export/async`, { query: { exportAll: true, exportJobs: false, exportExecutions: false, exportConfigs: false, exportReadmes: false, exportAcls: false, exportScm: false } });
    has(started, ['token', 'ready', 'percentage']);
    while (!(await read('GET', `project/${project}/export/status/${started.token}`)).ready) await new Promise((resolve) => setTimeout(resolve, 50));
    const archive = await send('GET', `project/${project}/export/download/${started.token}`, { accept: 'application/zip' });
    assert.deepEqual([archive.status, archive.type], [200, 'application/zip']);
    const other = await newProject(qd);
    const query = { jobUuidOption: 'remove', importExecutions: false, importConfig: false, importACL: false, importScm: false, importWebhooks: false, whkRegenAuthTokens: false };
    assert.equal((await read('PUT', `project/${other}/import`, { body: archive.body, type: 'application/zip', query })).import_status, 'successful');
    assert.equal((await read('GET', `project/${other}/jobs`, { query: { jobExactFilter: 'greet' } })).length, 1);
  });
  it('is a token by user and roles, kept by its id', async () => {
    const made = await read('POST', 'tokens', { json: { user: 'admin', roles: ['a', 'b'], duration: '1h' } });
    has(made, ['id', 'token', 'user', 'creator', 'roles', 'expiration', 'expired']);
    assert.ok((await read('GET', 'tokens/admin')).some((token) => token.id === made.id));
    assert.equal((await send('DELETE', `token/${made.id}`)).status, 204);
  });
});
