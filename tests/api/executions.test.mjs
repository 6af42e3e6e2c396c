// Executions: lists and queries, abort, deletion.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { startServer } from '../support/server.mjs';
import { NOWHERE, adhoc, ended, execution, importJobs, job, lines, newJob, newProject, output, run, runToEnd } from '../support/scenario.mjs';
import { until } from '../support/wait.mjs';

let qd;
before(async () => {
  qd = await startServer();
});
after(() => qd?.stop());

const firstLine = (id) => until(async () => (await qd.ok('GET', `/execution/${id}/output`)).entries[0]?.log, { what: `the first line of execution ${id}` });

describe('queries', () => {
  let project;
  const job_ = {};
  const made = {};
  before(async () => {
    project = await newProject(qd);
    const jobs = [
      job({ name: 'good', group: 'a', steps: ['true'] }),
      job({ name: 'bad', group: 'a/b', steps: ['exit 1'] }),
      job({ name: 'slow', steps: ['sleep 100'] }),
      job({ name: 'goodness', group: 'ab', steps: ['true'] }),
    ];
    for (const item of (await importJobs(qd, project, jobs)).succeeded) job_[item.name] = item.id;
    for (const name of ['good', 'bad', 'goodness']) made[name] = (await runToEnd(qd, job_[name])).id;
    made.other = (await runToEnd(qd, job_.good, { asUser: 'someone' })).id;
    made.adhoc = await adhoc(qd, project, 'true');
    await ended(qd, made.adhoc);
    made.aborted = (await run(qd, job_.slow)).id;
    await qd.ok('GET', `/execution/${made.aborted}/abort`, { query: { asUser: 'stopper' } });
    await ended(qd, made.aborted);
    made.later = (await run(qd, job_.goodness, { runAtTime: new Date(Date.now() + 86_400_000).toISOString() })).id;
    made.running = (await run(qd, job_.slow)).id;
  });
  after(async () => {
    await qd.ok('GET', `/execution/${made.running}/abort`);
    await qd.ok('GET', `/execution/${made.later}/abort`);
  });

  const query = (parameters) => qd.ok('GET', `/project/${project}/executions`, { query: parameters });
  // Names of `made`, sorted, of what a query finds.
  const found = async (parameters) => {
    const names = Object.fromEntries(Object.entries(made).map(([name, id]) => [id, name]));
    return (await query({ max: 100, ...parameters })).executions.map((one) => names[one.id] ?? one.id).sort();
  };
  const finished = ['aborted', 'adhoc', 'bad', 'good', 'goodness', 'other'];
  const all = [...finished, 'running', 'later'].sort();

  it('none: all, newest first', async () => {
    const answer = await query();
    assert.deepEqual(answer.paging, { count: all.length, total: all.length, offset: 0, max: 20 });
    const ids = answer.executions.map((one) => one.id);
    assert.ok(ids.indexOf(made.running) < ids.indexOf(made.good));
    assert.ok(ids.indexOf(made.adhoc) < ids.indexOf(made.bad));
  });

  for (const [what, parameters, expected] of [
    ['statusFilter=succeeded', { statusFilter: 'succeeded' }, ['adhoc', 'good', 'goodness', 'other']],
    ['statusFilter=failed', { statusFilter: 'failed' }, ['bad']],
    ['statusFilter=aborted', { statusFilter: 'aborted' }, ['aborted']],
    ['statusFilter=running', { statusFilter: 'running' }, ['running']],
    ['statusFilter=scheduled', { statusFilter: 'scheduled' }, ['later']],
    ['an unknown status', { statusFilter: 'no-such-status' }, []],
    ['userFilter', { userFilter: 'someone' }, ['other']],
    ['abortedbyFilter', { abortedbyFilter: 'stopper' }, ['aborted']],
    ['recentFilter', { recentFilter: '1h', statusFilter: 'failed' }, ['bad']],
    ['olderFilter', { olderFilter: '1h' }, []],
    ['adhoc=true', { adhoc: 'true' }, ['adhoc']],
    ['adhoc=false', { adhoc: 'false', statusFilter: 'succeeded' }, ['good', 'goodness', 'other']],
    ['jobListFilter', { jobListFilter: ['a/good', 'a/b/bad'] }, ['bad', 'good', 'other']],
    ['excludeJobListFilter', { excludeJobListFilter: 'a/good', statusFilter: 'succeeded' }, ['goodness']],
    ['groupPath', { groupPath: 'a' }, ['bad', 'good', 'other']],
    ['groupPath -', { groupPath: '-', statusFilter: 'aborted' }, ['aborted']],
    ['groupPathExact', { groupPathExact: 'a' }, ['good', 'other']],
    ['groupPathExact -', { groupPathExact: '-' }, ['aborted', 'running']],
    ['excludeGroupPath', { excludeGroupPath: 'a', statusFilter: 'succeeded' }, ['goodness']],
    ['excludeGroupPathExact', { excludeGroupPathExact: 'a', statusFilter: 'failed' }, ['bad']],
    ['jobFilter', { jobFilter: 'good', statusFilter: 'succeeded' }, ['good', 'goodness', 'other']],
    ['excludeJobFilter', { excludeJobFilter: 'good', statusFilter: 'failed' }, ['bad']],
    ['jobExactFilter', { jobExactFilter: 'good' }, ['good', 'other']],
    ['excludeJobExactFilter drops ad-hoc ones too', { excludeJobExactFilter: 'good', statusFilter: 'succeeded' }, ['goodness']],
    ['executionTypeFilter=user-scheduled', { executionTypeFilter: 'user-scheduled' }, ['later']],
    ['executionTypeFilter=scheduled', { executionTypeFilter: 'scheduled' }, []],
    ['quotes in a filter', { jobFilter: "x' OR 1=1 --" }, []],
    ['wildcards in a filter', { jobExactFilter: 'g%' }, []],
  ]) {
    it(`by ${what}`, async () => assert.deepEqual(await found(parameters), expected));
  }

  it('by jobIdListFilter and excludeJobIdListFilter', async () => {
    assert.deepEqual(await found({ jobIdListFilter: [job_.bad, job_.goodness], statusFilter: 'failed' }), ['bad']);
    assert.deepEqual(await found({ jobIdListFilter: NOWHERE }), []);
    assert.deepEqual(await found({ excludeJobIdListFilter: [job_.good, job_.goodness], statusFilter: 'succeeded' }), []);
  });

  it('by begin and end, as text and in milliseconds', async () => {
    const done = await execution(qd, made.bad);
    const at = done['date-ended'].unixtime;
    assert.deepEqual(await found({ begin: at - 3_600_000, end: at + 3_600_000, statusFilter: 'failed' }), ['bad']);
    const text = (time) => new Date(time).toISOString().replace(/\.\d+/, '');
    assert.deepEqual(await found({ begin: text(at - 3_600_000), end: text(at + 3_600_000), statusFilter: 'failed' }), ['bad']);
    assert.deepEqual(await found({ begin: text(at + 3_600_000) }), []);
    assert.deepEqual(await found({ end: text(at - 3_600_000) }), []);
  });

  it('with a bad date', async () => {
    await qd.fails(400, 'api.error.history.date-relative-format', 'GET', `/project/${project}/executions`, { query: { olderFilter: 'soon' } });
    await qd.fails(400, 'api.error.history.date-format', 'GET', `/project/${project}/executions`, { query: { begin: 'x' } });
  });

  it('by pages', async () => {
    const whole = (await query({ statusFilter: 'succeeded' })).executions.map((one) => one.id);
    const pages = [];
    for (const offset of [0, 3]) {
      const page = await query({ statusFilter: 'succeeded', max: 3, offset });
      assert.equal(page.paging.total, 4);
      assert.equal(page.paging.offset, offset);
      assert.equal(page.paging.max, 3);
      assert.equal(page.paging.count, page.executions.length);
      pages.push(...page.executions.map((one) => one.id));
    }
    assert.deepEqual(pages, whole);
    assert.deepEqual((await query({ offset: 1000 })).executions, []);
  });

  it('of the running ones, of one project or all', async () => {
    const mine = await qd.ok('GET', `/project/${project}/executions/running`);
    assert.deepEqual(mine.executions.map((one) => one.id), [made.running]);
    assert.equal(mine.executions[0].status, 'running');
    const everywhere = await qd.ok('GET', '/project/*/executions/running');
    assert.ok(everywhere.executions.some((one) => one.id === made.running));
    const filtered = await qd.ok('GET', `/project/${project}/executions/running`, { query: { jobIdFilter: job_.good } });
    assert.deepEqual(filtered.executions, []);
  });

  it('of one job', async () => {
    const path = `/job/${job_.good}/executions`;
    assert.deepEqual((await qd.ok('GET', path)).executions.map((one) => one.id), [made.other, made.good]);
    assert.deepEqual((await qd.ok('GET', path, { query: { status: 'failed' } })).executions, []);
    const page = await qd.ok('GET', path, { query: { max: 1, offset: 1 } });
    assert.deepEqual(page.executions.map((one) => one.id), [made.good]);
    assert.equal(page.paging.total, 2);
  });

  it('metrics of a query', async () => {
    const path = `/project/${project}/executions/metrics`;
    const answer = await qd.ok('GET', path, { query: { statusFilter: 'succeeded' } });
    assert.equal(answer.total, 4);
    for (const key of ['average', 'min', 'max']) assert.match(answer.duration[key], /^\d+(ms|s|m)/);
    assert.ok((await qd.ok('GET', '/executions/metrics')).total >= 6);
  });

  it('an ad-hoc execution has no job', async () => {
    const one = await execution(qd, made.adhoc);
    assert.equal(one.job, undefined);
    assert.equal(one.description, 'true');
  });

  it('the history tells of what ended', async () => {
    const history = await qd.ok('GET', `/project/${project}/history`, { query: { max: 50 } });
    assert.ok(history.paging.total >= finished.length, JSON.stringify(history.paging));
    const event = history.events.find((one) => String(one.execution.id) === String(made.bad));
    assert.equal(event.status, 'failed');
    assert.equal(event.title, 'a/b/bad');
    assert.equal(event.user, 'admin');
    assert.equal(event.project, project);
    assert.equal(event.job.id, job_.bad);
    assert.deepEqual(event['node-summary'], { succeeded: 0, failed: 1, total: 1 });
    const failed = await qd.ok('GET', `/project/${project}/history`, { query: { statFilter: 'fail' } });
    assert.deepEqual(failed.events.map((one) => String(one.execution.id)), [String(made.bad)]);
  });
});

describe('an abort', () => {
  it('ends the whole group of processes', async () => {
    const project = await newProject(qd);
    const id = await newJob(qd, project, { steps: ['(sleep 302 & echo $!; exec sleep 302) & echo $!; sleep 302', 'echo never'] });
    const started = await run(qd, id);
    const pids = await until(async () => {
      const { entries } = await qd.ok('GET', `/execution/${started.id}/output`);
      return entries.length >= 2 && entries.map((entry) => entry.log);
    }, { what: 'two process ids' });
    const answer = await qd.ok('GET', `/execution/${started.id}/abort`);
    assert.equal(answer.abort.status, 'pending');
    assert.equal(answer.execution.id, String(started.id));
    assert.equal(answer.execution.status, 'running');
    assert.ok(answer.execution.href.endsWith(`/execution/${started.id}`));
    const done = await ended(qd, started.id);
    assert.equal(done.status, 'aborted');
    assert.equal(done.abortedby, 'admin');
    for (const pid of pids) await until(() => !existsSync(`/proc/${pid}`), { what: `process ${pid} to end` });
    assert.ok(!(await lines(qd, started.id)).includes('never'));
    assert.ok(done['date-ended'].unixtime - done['date-started'].unixtime < 300_000);
  });

  it('works with POST too, and again and again', async () => {
    const id = await adhoc(qd, await newProject(qd), 'trap "" TERM; sleep 60');
    await until(async () => (await execution(qd, id)).status === 'running', { what: 'the run' });
    for (let i = 0; i < 5; i += 1) assert.equal((await qd.api(i % 2 ? 'GET' : 'POST', `/execution/${id}/abort`)).status, 200);
    assert.equal((await ended(qd, id)).status, 'aborted');
  });

  it('of an execution that has ended fails, and changes nothing', async () => {
    const id = await adhoc(qd, await newProject(qd), 'true');
    await ended(qd, id);
    const answer = await qd.ok('GET', `/execution/${id}/abort`);
    assert.equal(answer.abort.status, 'failed');
    assert.ok(answer.abort.reason.length > 0);
    assert.equal((await execution(qd, id)).status, 'succeeded');
  });

  it('forced to incomplete', async () => {
    const id = await adhoc(qd, await newProject(qd), 'sleep 60');
    await qd.ok('GET', `/execution/${id}/abort`, { query: { forceIncomplete: 'true' } });
    assert.ok(['incomplete', 'aborted'].includes((await ended(qd, id)).status));
  });

  it('of many at once', async () => {
    const project = await newProject(qd);
    const ids = await Promise.all(Array.from({ length: 30 }, () => adhoc(qd, project, 'sleep 60')));
    await Promise.all(ids.map((id) => qd.ok('GET', `/execution/${id}/abort`)));
    for (const id of ids) assert.equal((await ended(qd, id)).status, 'aborted');
  });
});

describe('deletion', () => {
  it('of one execution takes its output too', async () => {
    const id = await adhoc(qd, await newProject(qd), 'echo x');
    await ended(qd, id);
    await output(qd, id);
    await qd.ok('DELETE', `/execution/${id}`, { status: 204 });
    for (const path of ['', '/output', '/state']) assert.equal((await qd.api('GET', `/execution/${id}${path}`)).status, 404, path);
    assert.equal((await qd.api('DELETE', `/execution/${id}`)).status, 404);
  });

  it('of a running execution is refused', async () => {
    const id = await adhoc(qd, await newProject(qd), 'echo up; sleep 60');
    await firstLine(id);
    const refused = await qd.api('DELETE', `/execution/${id}`);
    assert.ok(refused.status >= 400, refused.text);
    assert.equal(refused.json.errorCode, 'api.error.exec.delete.failed');
    const bulk = await qd.ok('POST', '/executions/delete', { json: [id] });
    assert.equal(bulk.allsuccessful, false);
    assert.equal((await execution(qd, id)).status, 'running');
    await qd.ok('GET', `/execution/${id}/abort`);
    await ended(qd, id);
  });

  it('of many, by every way to name them', async () => {
    const project = await newProject(qd);
    for (const options of [(ids) => ({ json: ids }), (ids) => ({ json: { ids } }), (ids) => ({ query: { ids: ids.join(',') } })]) {
      const ids = [await adhoc(qd, project, 'true'), await adhoc(qd, project, 'true')];
      for (const id of ids) await ended(qd, id);
      const answer = await qd.ok('POST', '/executions/delete', options([...ids, 999_999_999]));
      assert.deepEqual(answer, {
        requestCount: 3, successCount: 2, failedCount: 1, allsuccessful: false, failures: [{ id: '999999999', message: answer.failures[0].message }],
      });
      assert.match(answer.failures[0].message, /not found/i);
    }
    assert.equal((await qd.ok('GET', `/project/${project}/executions`)).paging.total, 0);
    await qd.fails(400, null, 'POST', '/executions/delete', { json: {} });
  });

  it('of all of a job', async () => {
    const project = await newProject(qd);
    const id = await newJob(qd, project, {});
    for (let i = 0; i < 3; i += 1) await runToEnd(qd, id);
    const answer = await qd.ok('DELETE', `/job/${id}/executions`);
    assert.equal(answer.successCount, 3);
    assert.equal(answer.allsuccessful, true);
    assert.deepEqual((await qd.ok('GET', `/job/${id}/executions`)).executions, []);
  });
});
