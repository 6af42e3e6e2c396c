// Project archives: what an export holds, what an import takes, at once and in the background.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startServer } from '../support/server.mjs';
import { adhoc, ended, job, importJobs, lines, newJob, newProject, runToEnd, unique } from '../support/scenario.mjs';
import { executionXml, importArchive, jobXml, rdlog } from '../support/archives.mjs';
import { until } from '../support/wait.mjs';
import { unzip, zip } from '../support/zip.mjs';

let qd;
before(async () => {
  qd = await startServer();
});
after(() => qd?.stop());

const POLICY = 'description: readers\nfor:\n  job:\n    - allow: read\nby:\n  group: reader\n';
const exported = async (project, query = {}) => unzip((await download(`/project/${project}/export`, query)).body);
async function download(path, query = {}) {
  const answer = await qd.api('GET', path, { query });
  assert.equal(answer.status, 200, answer.text.slice(0, 300));
  assert.equal(answer.type, 'application/zip');
  return answer;
}
const executions = async (project, query = {}) => (await qd.ok('GET', `/project/${project}/executions`, { query })).executions;

// A project with one of everything.
async function filledProject() {
  const project = await newProject(qd, { 'project.label': 'From', 'resources.source.1.type': 'stub', 'resources.source.1.config.count': '2', 'resources.source.1.config.prefix': 'n' });
  const one = await newJob(qd, project, { group: 'a/b', options: [{ name: 'who', value: 'Ada' }], steps: ['echo hello ${option.who}'] });
  const good = await runToEnd(qd, one, { argString: '-who Bob' });
  const bad = await ended(qd, await adhoc(qd, project, 'echo line1; exit 3'));
  await qd.ok('PUT', `/project/${project}/readme.md`, { body: '# Read me', type: 'text/plain', accept: 'text/plain' });
  await qd.ok('POST', `/project/${project}/acl/r.aclpolicy`, { json: { contents: POLICY }, status: 201 });
  return { project, job: one, good, bad };
}

describe('an export', () => {
  it('holds all of a project, in the peer\'s places', async () => {
    const { project, job: id, good, bad } = await filledProject();
    const answer = await download(`/project/${project}/export`);
    assert.match(answer.headers['content-disposition'], new RegExp(`attachment; filename="${project}-\\d{8}-\\d{6}\\.rdproject\\.jar"`));
    const files = unzip(answer.body);
    assert.equal(Object.keys(files)[0], 'META-INF/MANIFEST.MF');
    const root = `rundeck-${project}/`;
    for (const path of [`jobs/job-${id}.xml`, `executions/execution-${good.id}.xml`, `executions/output-${good.id}.rdlog`, `executions/state-${good.id}.state.json`, `executions/execution-${bad.id}.xml`, `reports/report-${good.id}.xml`, 'files/etc/project.properties', 'files/readme.md', 'files/acls/r.aclpolicy']) assert.ok(files[root + path], `no ${path} among ${Object.keys(files)}`);
    for (const line of ['Manifest-Version: 1.0', 'Rundeck-Archive-Format-Version: 1.0', `Rundeck-Archive-Project-Name: ${project}`]) assert.ok(files['META-INF/MANIFEST.MF'].toString().split('\r\n').includes(line), line);
    const xml = files[`${root}executions/execution-${good.id}.xml`].toString();
    for (const part of [`<execution id='${good.id}'>`, `<jobId>${id}</jobId>`, '<status>succeeded</status>', `<outputfilepath>output-${good.id}.rdlog</outputfilepath>`, '<argString>-who Bob</argString>', '<cancelled>false</cancelled>', "<workflow keepgoing='false' strategy='node-first'>", '<exec>echo hello ${option.who}</exec>', '<fullJob>']) assert.ok(xml.includes(part), `no ${part} in ${xml}`);
    assert.match(files[`${root}executions/output-${good.id}.rdlog`].toString(), /hello Bob/);
    assert.match(files[`${root}reports/report-${good.id}.xml`].toString(), /<status>succeed<\/status>[^]*<reportId>a\/b\/job-/);
    assert.match(files[`${root}files/etc/project.properties`].toString(), /^project.label=From$/m);
    assert.equal(files[`${root}files/acls/r.aclpolicy`].toString(), POLICY);
  });

  it('holds executions of jobs that are gone, which come in as nobody\'s', async () => {
    const project = await newProject(qd);
    const id = await newJob(qd, project, { steps: ['echo of a job'] });
    const done = await runToEnd(qd, id);
    await qd.ok('DELETE', `/job/${id}`, { status: 204 });
    const left = await executions(project);
    const archive = (await download(`/project/${project}/export`)).body;
    assert.equal(Object.keys(unzip(archive)).filter((path) => /execution-/.test(path)).length, left.length);
    const target = await newProject(qd);
    if (left.length) assert.equal((await importArchive(qd, target, archive)).json.import_status, 'successful');
    assert.equal((await executions(target)).length, left.length);
    assert.ok(done.id);
  });

  it('holds what is asked for', async () => {
    const { project, good, bad } = await filledProject();
    const kinds = async (query) => [...new Set(Object.keys(await exported(project, query)).filter((path) => !path.endsWith('/') && !path.startsWith('META')).map((path) => path.split('/')[1]))].sort();
    assert.deepEqual(await kinds({ exportJobs: true }), ['jobs']);
    assert.deepEqual(await kinds({ exportAll: false, exportExecutions: true }), ['executions', 'reports']);
    assert.deepEqual(await kinds({ exportConfigs: true, exportAll: false }), ['files']);
    assert.deepEqual(await kinds({ exportAll: false }), []);
    assert.deepEqual(await kinds({ exportAll: true }), ['executions', 'files', 'jobs', 'reports', 'webhooks.yaml']);
    const some = Object.keys(await exported(project, { executionIds: `${good.id}` })).filter((path) => /execution-/.test(path));
    assert.deepEqual(some, [`rundeck-${project}/executions/execution-${good.id}.xml`]);
    const sent = await qd.api('POST', `/project/${project}/export`, { form: { executionIds: [good.id, bad.id] } });
    assert.equal(Object.keys(unzip(sent.body)).filter((path) => /execution-/.test(path)).length, 2);
    await qd.fails(400, null, 'GET', `/project/${project}/export`, { query: { executionIds: '1,x' } });
  });

  it('takes webhooks along, with their tokens only when asked, and gives new ones where they are taken', async () => {
    const { project } = await filledProject();
    const hook = { project, name: 'deploys', user: 'admin', roles: 'admin', enabled: true, eventPlugin: 'log-webhook-event', config: {} };
    await qd.ok('POST', `/project/${project}/webhook`, { json: hook });
    const [made] = await qd.ok('GET', `/project/${project}/webhooks`);
    const yaml = async (query) => `${(await exported(project, { exportAll: false, exportWebhooks: true, ...query }))[`rundeck-${project}/webhooks.yaml`]}`;
    assert.match(await yaml({}), /name: deploys/);
    assert.ok(!(await yaml({})).includes(made.authToken), 'a token that nobody asked for');
    assert.ok((await yaml({ whkIncludeAuthTokens: true })).includes(made.authToken));
    const archive = (await download(`/project/${project}/export`)).body;
    const target = await newProject(qd);
    assert.equal((await importArchive(qd, target, archive, { query: { jobUuidOption: 'remove' } })).json.import_status, 'successful');
    assert.deepEqual(await qd.ok('GET', `/project/${target}/webhooks`), [], 'webhooks come only when they are asked for');
    assert.equal((await importArchive(qd, target, archive, { query: { jobUuidOption: 'remove', importWebhooks: true, whkRegenUuid: true } })).json.import_status, 'successful');
    const [copy] = await qd.ok('GET', `/project/${target}/webhooks`);
    assert.equal(copy.name, 'deploys');
    assert.notEqual(copy.authToken, made.authToken);
  });

  it('goes on in the background, and is fetched by its token', async () => {
    const { project } = await filledProject();
    const begun = await qd.ok('GET', `/project/${project}/export/async`);
    assert.deepEqual(Object.keys(begun), ['token', 'ready', 'percentage']);
    const done = await until(async () => {
      const status = await qd.ok('GET', `/project/${project}/export/status/${begun.token}`);
      return status.ready && status;
    }, { what: 'the export' });
    assert.equal(done.percentage, 100);
    const files = unzip((await download(`/project/${project}/export/download/${begun.token}`)).body);
    assert.ok(files[`rundeck-${project}/files/readme.md`]);
    const unknown = await qd.fails(404, 'api.error.item.doesnotexist', 'GET', `/project/${project}/export/status/${'0'.repeat(8)}`);
    assert.equal(unknown.message, 'Export Request Token does not exist: 00000000');
    const other = await newProject(qd);
    await qd.fails(404, null, 'GET', `/project/${other}/export/download/${begun.token}`);
  });
});

describe('an import', () => {
  it('gives another project what was exported', async () => {
    const { project, job: id, good, bad } = await filledProject();
    const archive = (await download(`/project/${project}/export`)).body;
    const target = await newProject(qd, { 'resources.source.1.type': 'local' });
    const answer = await importArchive(qd, target, archive, { query: { jobUuidOption: 'remove', importConfig: true, importACL: true, importNodesSources: true } });
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(answer.json, { import_status: 'successful', successful: true });
    const [copy] = await qd.ok('GET', `/project/${target}/jobs`);
    assert.equal(copy.group, 'a/b');
    assert.notEqual(copy.id, id);
    const found = await executions(target);
    assert.equal(found.length, 2);
    const ran = found.find((one) => one.job);
    assert.equal(ran.job.id, copy.id);
    assert.ok(ran.id > bad.id, 'new ids');
    assert.equal(ran.status, 'succeeded');
    assert.equal(ran.argstring, '-who Bob');
    assert.equal(ran['date-started'].date, good['date-started'].date);
    assert.deepEqual(await lines(qd, ran.id), ['hello Bob']);
    const state = await qd.ok('GET', `/execution/${ran.id}/state`);
    assert.equal(state.executionState, 'SUCCEEDED');
    assert.equal(state.executionId, ran.id);
    const command = found.find((one) => !one.job);
    assert.equal(command.status, 'failed');
    assert.deepEqual(await lines(qd, command.id), await lines(qd, bad.id));
    const config = await qd.ok('GET', `/project/${target}/config`);
    assert.equal(config['project.label'], 'From');
    assert.equal(config['project.name'], target);
    assert.equal(config['resources.source.1.type'], 'stub');
    assert.equal((await qd.ok('GET', `/project/${target}/readme.md`)).contents, '# Read me');
    assert.equal((await qd.ok('GET', `/project/${target}/acl/r.aclpolicy`)).contents, POLICY);
  });

  it('leaves out by default what must be asked for', async () => {
    const { project } = await filledProject();
    const archive = (await download(`/project/${project}/export`)).body;
    const target = await newProject(qd, { 'project.label': 'Target' });
    assert.equal((await importArchive(qd, target, archive, { query: { jobUuidOption: 'remove', importExecutions: false } })).json.import_status, 'successful');
    assert.equal((await qd.ok('GET', `/project/${target}/jobs`)).length, 1);
    assert.deepEqual(await executions(target), []);
    assert.equal((await qd.ok('GET', `/project/${target}/config`))['project.label'], 'Target');
    assert.deepEqual((await qd.ok('GET', `/project/${target}/acl/`)).resources, []);
    await qd.fails(404, null, 'GET', `/project/${target}/readme.md`);
  });

  it('takes configuration without the sources of nodes, and these without it', async () => {
    const { project } = await filledProject();
    const archive = (await download(`/project/${project}/export`, { exportConfigs: true })).body;
    const [a, b] = [await newProject(qd, { x: '1', 'resources.source.1.type': 'local' }), await newProject(qd, { x: '1', 'resources.source.1.type': 'local' })];
    assert.equal((await importArchive(qd, a, archive, { query: { importConfig: true } })).status, 200);
    const first = await qd.ok('GET', `/project/${a}/config`);
    assert.deepEqual([first.x, first['project.label'], first['resources.source.1.type']], [undefined, 'From', 'local']);
    assert.equal((await importArchive(qd, b, archive, { query: { importNodesSources: true } })).status, 200);
    const second = await qd.ok('GET', `/project/${b}/config`);
    assert.deepEqual([second.x, second['project.label'], second['resources.source.1.type']], ['1', undefined, 'stub']);
  });

  it('keeps the ids of jobs, and fails those that another project has', async () => {
    const [one, two] = [await newProject(qd), await newProject(qd)];
    const uuid = unique('job');
    const archive = { [`jobs/job-${uuid}.xml`]: jobXml({ uuid, name: 'kept' }), 'executions/execution-7.xml': executionXml({ id: 7, jobId: uuid, outputfilepath: null }), 'jobs/job-free.xml': jobXml({ name: 'free' }) };
    const first = await importArchive(qd, one, archive);
    assert.equal(first.json.import_status, 'successful');
    assert.equal((await qd.ok('GET', `/job/${uuid}/info`)).project, one);
    const again = await importArchive(qd, one, archive);
    assert.equal(again.json.import_status, 'successful', 'it updates its own');
    const taken = await importArchive(qd, two, archive);
    assert.equal(taken.status, 200);
    assert.equal(taken.json.import_status, 'failed');
    assert.equal(taken.json.errors.length, 1);
    assert.match(taken.json.errors[0], new RegExp(`"kept" \\(${uuid}\\).*already exists`));
    assert.deepEqual((await qd.ok('GET', `/project/${two}/jobs`)).map((found) => found.name), ['free']);
    assert.deepEqual(await executions(two), [], 'no executions of a job that was refused');
    assert.equal((await importArchive(qd, two, archive, { query: { jobUuidOption: 'remove' } })).json.import_status, 'successful');
    assert.equal((await executions(two)).length, 1);
    await qd.fails(400, null, 'PUT', `/project/${two}/import`, { query: { jobUuidOption: 'other' }, body: zip({ x: '' }), type: 'application/zip' });
  });

  it('takes what a real Rundeck wrote', async () => {
    const project = await newProject(qd);
    const uuid = unique('job');
    const archive = {
      [`jobs/job-${uuid}.xml`]: jobXml({ uuid, name: 'deploy', group: 'web' }),
      'executions/execution-11.xml': executionXml({ id: 11, jobId: uuid, succeededNodeList: 'web1,web2', argString: "-version 1.2 -note 'two words'", doNodedispatch: true, nodefilters: '\n      <dispatch>\n        <threadcount>2</threadcount>\n        <keepgoing>true</keepgoing>\n        <excludePrecedence>true</excludePrecedence>\n        <rankOrder>ascending</rankOrder>\n      </dispatch>\n      <filter>tags: web</filter>\n    ' }),
      'executions/output-11.rdlog': rdlog('first', 'second'),
      'executions/state-11.state.json': JSON.stringify({ executionState: 'SUCCEEDED', completed: true, allNodes: ['web1'], steps: [] }),
      'executions/execution-12.xml': executionXml({ id: 12, jobId: uuid, dateStarted: '2024-03-02T10:00:00Z', status: 'failed', cancelled: true, abortedby: 'bob' }),
      'executions/output-12.rdlog': rdlog('killed'),
      'executions/execution-13.xml': executionXml({ id: 13, jobId: uuid, dateStarted: '2024-03-03T10:00:00Z', dateCompleted: null, status: null }),
      'executions/output-13.rdlog': '^text/x-rundeck-log-v2.0^\n^2024-03-03T10:00:01Z|||{step=1|stepctx=1|node=web1}|half^\n',
      'executions/state-13.state.json': JSON.stringify({ executionState: 'RUNNING', completed: false, steps: [] }),
      'executions/execution-14.xml': executionXml({ id: 14, jobId: uuid, dateStarted: '2024-03-04T10:00:00Z', status: 'failed', timedOut: true, outputfilepath: 'ext:14:project/from/14', retryAttempt: 0, retryExecutionId: 15, willRetry: true }),
      'executions/execution-15.xml': executionXml({ id: 15, jobId: uuid, dateStarted: '2024-03-05T10:00:00Z', status: 'custom outcome', outputfilepath: null, retryAttempt: 1, retryOriginalId: 14, retryPrevId: 14 }),
      'executions/execution-16.xml': executionXml({ id: 16, jobId: 'gone', dateStarted: '2024-03-06T10:00:00Z', outputfilepath: null, workflow: '<command><script><![CDATA[echo a\necho b]]></script><scriptargs /></command>' }),
      'reports/report-3.xml': "<report>\n  <node>1/0/1</node>\n  <title>x</title>\n  <status>succeed</status>\n  <reportId>web/deploy</reportId>\n  <executionId>11</executionId>\n  <jobId>4</jobId>\n</report>",
      'files/motd.md': 'hello',
    };
    const answer = await importArchive(qd, project, archive, { query: { importConfig: true } });
    assert.equal(answer.json.import_status, 'successful', answer.text);
    assert.deepEqual(answer.json.execution_errors?.length, 1, answer.text);
    assert.match(answer.json.execution_errors[0], /execution-14.xml.*log storage/);
    const found = (await executions(project, { max: 20 })).reverse();
    assert.deepEqual(found.map((one) => one.status), ['succeeded', 'aborted', 'aborted', 'failed-with-retry', 'other', 'succeeded']);
    const [first, killed, running, retried, last, old] = found;
    assert.equal(first['date-started'].date, '2024-03-01T10:00:00Z');
    assert.equal(first['date-ended'].date, '2024-03-01T10:00:05Z');
    assert.equal(first.user, 'ann');
    assert.equal(first.argstring, "-version 1.2 -note 'two words'");
    assert.deepEqual(first.job.options, { version: '1.2', note: 'two words' });
    assert.deepEqual(first.successfulNodes, ['web1', 'web2']);
    assert.deepEqual(await lines(qd, first.id), ['first', 'second']);
    assert.equal((await qd.ok('GET', `/execution/${first.id}/state`)).executionState, 'SUCCEEDED');
    assert.equal(killed.abortedby, 'bob');
    assert.equal(running.abortedby, 'system');
    assert.deepEqual(await lines(qd, running.id), ['half']);
    const state = await qd.ok('GET', `/execution/${running.id}/state`);
    assert.deepEqual([state.executionState, state.completed], ['ABORTED', true]);
    assert.equal((await qd.ok('GET', `/execution/${running.id}/output`)).completed, true);
    assert.equal(retried.retriedExecution.id, last.id);
    assert.equal(last.customStatus, 'custom outcome');
    assert.equal(old.job, undefined, 'its job is not there');
    assert.equal((await qd.ok('GET', `/project/${project}/motd.md`)).contents, 'hello');
  });

  it('tells what is wrong with parts of it, and takes the rest', async () => {
    const project = await newProject(qd);
    const answer = await importArchive(qd, project, {
      'jobs/job-a.xml': jobXml({ uuid: unique('a'), name: 'good' }),
      'jobs/job-b.xml': '<joblist><job><name>broken</name>',
      'executions/execution-1.xml': '<executions><execution id="1"><dateStarted>yesterday</dateStarted></execution></executions>',
      'executions/execution-2.xml': executionXml({ id: 2, outputfilepath: null }),
      'executions/execution-3.xml': executionXml({ id: 3 }),
      'files/acls/bad.aclpolicy': 'description: nothing',
      'files/acls/good.aclpolicy': POLICY,
    }, { query: { importACL: true, 'importComponents.tours-manager': true } });
    assert.equal(answer.status, 200);
    assert.equal(answer.json.import_status, 'failed');
    assert.equal(answer.json.errors.length, 1);
    assert.match(answer.json.errors[0], /job-b.xml/);
    assert.deepEqual(answer.json.execution_errors.map((text) => /execution-\d/.exec(text)[0]), ['execution-1', 'execution-3']);
    assert.ok(answer.json.acl_errors.length >= 1 && answer.json.acl_errors.every((text) => text.startsWith('files/acls/bad.aclpolicy')), answer.text);
    assert.match(answer.json.other_errors[0], /^tours-manager/);
    assert.equal((await executions(project)).length, 2);
    assert.deepEqual((await qd.ok('GET', `/project/${project}/acl/`)).resources.map((one) => one.name), ['good.aclpolicy']);
  });

  it('brings calendars and schedules, and the jobs that they are for', async () => {
    const from = await newProject(qd);
    const id = await newJob(qd, from, { name: 'nightly', group: 'ops' });
    const calendar = { name: 'weekends', calendarType: 'blackout', dateType: 'weekly', dateDefinition: ['SAT', 'SUN'], objects: [{ uuid: id }] };
    await qd.ok('POST', `/project/${from}/calendars`, { json: calendar });
    await qd.ok('POST', `/project/${from}/calendars`, { json: { ...calendar, name: 'all', objects: undefined, allReference: true, enable: false } });
    const schedule = await qd.ok('POST', `/project/${from}/schedules`, { json: { name: 'noon', type: 'CRON', crontabString: '0 0 12 ? * * *', timeZone: 'UTC', missedFires: 'once' } });
    await qd.ok('PUT', `/project/${from}/schedules/${schedule.id}/jobs/${id}`, { json: { argString: '-a b' } });
    const archive = (await qd.api('GET', `/project/${from}/export`)).body;

    const to = await newProject(qd);
    const components = { 'importComponents.calendars': true, 'importComponents.Schedule Definitions': true };
    const done = await importArchive(qd, to, archive, { query: { jobUuidOption: 'remove', ...components } });
    assert.equal(done.json.import_status, 'successful', done.text);
    const [copy] = await qd.ok('GET', `/project/${to}/jobs`);
    assert.notEqual(copy.id, id);
    const calendars = await qd.ok('GET', `/project/${to}/calendars`);
    assert.deepEqual(calendars.map(({ name, enable, allReference, objects }) => [name, enable, allReference, objects]), [
      ['all', false, true, null],
      ['weekends', true, false, [{ uuid: copy.id, name: 'ops/nightly' }]],
    ]);
    const schedules = await qd.ok('GET', `/project/${to}/schedules`);
    assert.deepEqual(schedules.map(({ name, crontabString, missedFires, jobs }) => [name, crontabString, missedFires, jobs.map((job) => [job.id, job.argString])]), [
      ['noon', '0 0 12 ? * * *', 'once', [[copy.id, '-a b']]],
    ]);
    assert.equal(copy.scheduled, true);

    const again = await importArchive(qd, to, archive, { query: { jobUuidOption: 'remove', ...components } });
    assert.equal(again.json.import_status, 'successful', again.text);
    assert.equal((await qd.ok('GET', `/project/${to}/calendars`)).length, 2);
    assert.equal((await qd.ok('GET', `/project/${to}/schedules`)).length, 1);

    const plain = await newProject(qd);
    await importArchive(qd, plain, archive, { query: { jobUuidOption: 'remove' } });
    assert.deepEqual(await qd.ok('GET', `/project/${plain}/calendars`), []);
    assert.deepEqual(await qd.ok('GET', `/project/${plain}/schedules`), []);

    const jobless = await importArchive(qd, plain, { 'calendars.json': JSON.stringify([calendar, { name: 'x' }]) }, { query: components });
    assert.match(jobless.json.other_errors.join(), /has no job .*calendar does not hold for it.*dateType/s, jobless.text);
    assert.deepEqual((await qd.ok('GET', `/project/${plain}/calendars`)).map(({ name, objects }) => [name, objects]), [['weekends', null]]);
  });

  it('goes on in the background, and tells how it went', async () => {
    const project = await newProject(qd);
    await qd.fails(404, 'api.error.async.import.status.file.retrieval.error', 'GET', `/project/${project}/import/status`);
    const files = { 'jobs/job-a.xml': jobXml({ uuid: unique('a'), name: 'one' }) };
    for (let id = 1; id <= 50; id += 1) Object.assign(files, { [`executions/execution-${id}.xml`]: executionXml({ id }), [`executions/output-${id}.rdlog`]: rdlog(`run ${id}`) });
    const begun = await importArchive(qd, project, files, { query: { asyncImport: true } });
    assert.deepEqual(begun.json, { import_status: 'successful', successful: true });
    const status = await until(async () => {
      const now = await qd.ok('GET', `/project/${project}/import/status`);
      return now.completed && now;
    }, { what: 'the import' });
    assert.equal(status.errors, 'No errors.', JSON.stringify(status));
    assert.equal(typeof status.lastUpdate, 'string');
    assert.ok(Math.abs(Date.parse(status.lastUpdated) - Date.now()) < 60_000);
    assert.equal(status.successful, true);
    const found = await executions(project, { max: 100 });
    assert.equal(found.length, 50);
    assert.equal(new Set(await Promise.all(found.map(async (one) => (await lines(qd, one.id))[0]))).size, 50);
  });

  it('is refused what is no archive, or nothing of one', async () => {
    const project = await newProject(qd);
    for (const [body, type, status] of [['no zip', 'application/zip', 400], [zip({}), 'application/zip', 400], [zip({ 'a/b/c.txt': 'x' }), 'application/zip', 400], [undefined, 'application/zip', 400], ['<x/>', 'text/xml', 415]]) {
      const answer = await qd.api('PUT', `/project/${project}/import`, { body, type });
      assert.equal(answer.status, status, `${type} ${answer.text}`);
      assert.equal(answer.json.errorCode, 'api.error.invalid.request');
    }
    assert.equal((await qd.api('PUT', '/project/no-such/import', { body: zip({ a: '' }), type: 'application/zip' })).status, 404);
    assert.equal((await qd.api('GET', `/project/${project}/import`)).status, 405);
  });
});
