// Running jobs: how options, log level, user, nodes and time are given, and what is refused.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startServer } from '../support/server.mjs';
import { ended, execution, importJobs, job, lines, newJob, newProject, output, run, runToEnd, trial } from '../support/scenario.mjs';
import { until } from '../support/wait.mjs';

let qd, project;
before(async () => {
  qd = await startServer();
  project = await newProject(qd);
});
after(() => qd?.stop());

const iso = (offset) => new Date(Date.now() + offset).toISOString();

describe('a run', () => {
  it('answers the execution itself', async () => {
    const id = await newJob(qd, project, { name: 'shown', group: 'g', description: 'd', options: [{ name: 'a', value: 'x' }], steps: ['echo hi', 'true'] });
    const started = await run(qd, id);
    assert.equal(typeof started.id, 'number');
    assert.equal(started.href, `${qd.url}/api/59/execution/${started.id}`);
    assert.equal(started.permalink, `${qd.url}/project/${project}/execution/show/${started.id}`);
    assert.ok(['running', 'succeeded'].includes(started.status), started.status);
    assert.equal(started.project, project);
    assert.equal(started.executionType, 'user');
    assert.equal(started.user, 'admin');
    assert.ok(Math.abs(started['date-started'].unixtime - Date.now()) < 60_000);
    assert.match(started['date-started'].date, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.deepEqual(
      { ...started.job, averageDuration: undefined },
      {
        id, averageDuration: undefined, name: 'shown', group: 'g', project, description: 'd', options: { a: 'x' },
        href: `${qd.url}/api/59/job/${id}`, permalink: `${qd.url}/project/${project}/job/show/${id}`,
      },
    );
    assert.match(started.description, /echo hi/);
    assert.equal(started.argstring, '-a x');
    const done = await ended(qd, started.id);
    assert.equal(done.status, 'succeeded');
    assert.ok(done['date-ended'].unixtime >= done['date-started'].unixtime);
    assert.deepEqual(done.successfulNodes, [(await qd.ok('GET', '/system/info')).system.rundeck.node]);
    assert.equal(done.failedNodes, undefined);
  });

  it('that fails says on which node', async () => {
    const { execution: done } = await trial(qd, project, { steps: ['exit 3'] });
    assert.equal(done.status, 'failed');
    assert.equal(done.failedNodes.length, 1);
    assert.equal(done.successfulNodes, undefined);
  });

  it('may be started at /executions too', async () => {
    const id = await newJob(qd, project, {});
    const started = await qd.ok('POST', `/job/${id}/executions`, { json: {} });
    assert.equal((await ended(qd, started.id)).status, 'succeeded');
  });

  it('needs no body', async () => {
    const id = await newJob(qd, project, {});
    const started = await qd.ok('POST', `/job/${id}/run`);
    assert.equal((await ended(qd, started.id)).status, 'succeeded');
  });

  it('gets ever greater ids', async () => {
    const id = await newJob(qd, project, { multipleExecutions: true });
    const ids = [];
    for (let i = 0; i < 5; i += 1) ids.push((await run(qd, id)).id);
    assert.deepEqual(ids, [...ids].sort((a, b) => a - b));
    assert.equal(new Set(ids).size, 5);
  });
});

describe('a job that runs over and over', () => {
  const said = async (id) => lines(qd, (await runToEnd(qd, id)).id);
  const saying = (word, more = {}) => job({ name: 'often', multipleExecutions: true, steps: [`echo ${word}`], ...more });

  it('runs as it was saved last', async () => {
    const [{ id }] = (await importJobs(qd, project, [saying('one')])).succeeded;
    assert.deepEqual(await said(id), ['one']);
    assert.deepEqual(await said(id), ['one']);
    await importJobs(qd, project, [saying('two', { uuid: id })], { dupeOption: 'update' });
    assert.deepEqual(await said(id), ['two']);
  });

  it('runs anew when it was deleted and made again by its uuid', async () => {
    const [{ id }] = (await importJobs(qd, project, [saying('first', { name: 'again' })])).succeeded;
    assert.deepEqual(await said(id), ['first']);
    await qd.ok('DELETE', `/job/${id}`);
    await importJobs(qd, project, [saying('second', { name: 'again', uuid: id })], { uuidOption: 'preserve' });
    assert.deepEqual(await said(id), ['second']);
  });

  it('is refused when it, its project or the right to it is gone', async () => {
    const own = await newProject(qd);
    const [{ id }] = (await importJobs(qd, own, [saying('here')])).succeeded;
    assert.deepEqual(await said(id), ['here']);
    await qd.ok('PUT', `/project/${own}/config/project.disable.executions`, { json: { value: 'true' } });
    await qd.fails(400, 'api.error.job.disabled', 'POST', `/job/${id}/run`);
    await qd.ok('PUT', `/project/${own}/config/project.disable.executions`, { json: { value: 'false' } });
    assert.deepEqual(await said(id), ['here']);
    await qd.ok('DELETE', `/job/${id}`);
    await qd.fails(404, 'api.error.item.doesnotexist', 'POST', `/job/${id}/run`);
  });
});

describe('options are given', () => {
  let id;
  before(async () => {
    id = await newJob(qd, project, {
      multipleExecutions: true,
      options: [{ name: 'one', value: 'default' }, { name: 'two' }],
      steps: ['echo "[${option.one}] [${option.two}]"'],
    });
  });
  const outcome = async (started) => {
    await ended(qd, started.id);
    return (await lines(qd, started.id))[0];
  };

  it('as argString in JSON', async () => assert.equal(await outcome(await run(qd, id, { argString: '-one 1 -two "a b"' })), '[1] [a b]'));
  it('as argString with single quotes', async () => assert.equal(await outcome(await run(qd, id, { argString: "-one 'x y' -two z" })), '[x y] [z]'));
  it('as options in JSON', async () => assert.equal(await outcome(await run(qd, id, { options: { one: 'x', two: 'y' } })), '[x] [y]'));
  it('as options, which win over argString', async () => assert.equal(await outcome(await run(qd, id, { argString: '-one 1', options: { one: '2' } })), '[2] []'));
  it('as parameters of the URL', async () => {
    assert.equal(await outcome(await qd.ok('POST', `/job/${id}/run`, { query: { 'option.one': 'u', 'option.two': 'v & w' } })), '[u] [v & w]');
  });
  it('as fields of a form', async () => {
    assert.equal(await outcome(await qd.ok('POST', `/job/${id}/run`, { form: { 'option.one': 'f', 'option.two': 'ü' } })), '[f] [ü]');
  });
  it('as argString of the URL', async () => assert.equal(await outcome(await qd.ok('POST', `/job/${id}/run`, { query: { argString: '-two t' } })), '[default] [t]'));
  it('not at all: the defaults', async () => assert.equal(await outcome(await run(qd, id)), '[default] []'));
  it('as numbers and booleans', async () => assert.equal(await outcome(await run(qd, id, { options: { one: 5, two: true } })), '[5] [true]'));

  it('undeclared ones too', async () => {
    const started = await run(qd, id, { argString: '-one 1 -stranger x' });
    assert.equal(await outcome(started), '[1] []');
  });

  it('and argstring follows the order of definition', async () => {
    const started = await run(qd, id, { options: { two: 'b', one: 'a' } });
    assert.equal(started.argstring, '-one a -two b');
    assert.deepEqual(started.job.options, { one: 'a', two: 'b' });
    const quoted = await run(qd, id, { options: { one: 'a b', two: 'c' } });
    assert.equal(quoted.argstring, '-one "a b" -two c');
  });
});

describe('other settings', () => {
  it('loglevel decides whether verbose output is kept', async () => {
    const id = await newJob(qd, project, { multipleExecutions: true, steps: ['echo ${job.loglevel}'] });
    for (const [loglevel, shown] of [['DEBUG', 'DEBUG'], ['INFO', 'INFO'], ['ERROR', 'ERROR']]) {
      const done = await runToEnd(qd, id, { loglevel });
      const text = await lines(qd, done.id);
      if (loglevel !== 'ERROR') assert.ok(text.includes(shown), `${loglevel}: ${text}`);
    }
    const done = await ended(qd, (await qd.ok('POST', `/job/${id}/run`, { query: { loglevel: 'WARN' } })).id);
    assert.equal(done.status, 'succeeded');
  });

  it('asUser names another user', async () => {
    const id = await newJob(qd, project, { steps: ['echo ${job.username} $RD_JOB_USERNAME'] });
    const done = await runToEnd(qd, id, { asUser: 'someone' });
    assert.equal(done.user, 'someone');
    assert.deepEqual(await lines(qd, done.id), ['someone someone']);
  });

  it('filter picks nodes', async () => {
    const node = (await qd.ok('GET', '/system/info')).system.rundeck.node;
    const id = await newJob(qd, project, { multipleExecutions: true, nodefilters: { filter: '.*', dispatch: { threadcount: 1, keepgoing: true } }, steps: ['echo on ${node.name}'] });
    assert.deepEqual(await lines(qd, (await runToEnd(qd, id, { filter: `name: ${node}` })).id), [`on ${node}`]);
    assert.equal((await runToEnd(qd, id, { filter: 'name: no-such-node' })).status, 'failed');
  });

  it('nodesSelectedByDefault=false without a filter is accepted, and fails', async () => {
    const id = await newJob(qd, project, { nodesSelectedByDefault: false, nodefilters: { filter: '.*', dispatch: { threadcount: 1 } } });
    assert.equal((await runToEnd(qd, id)).status, 'failed');
  });
});

describe('runAtTime', () => {
  it('lets an execution wait, and start in time', async () => {
    const id = await newJob(qd, project, { steps: ['echo ran'] });
    const at = Date.now() + 5000;
    const started = await run(qd, id, { runAtTime: new Date(at).toISOString() });
    assert.equal(started.status, 'scheduled');
    assert.equal(started.executionType, 'user-scheduled');
    assert.equal((await execution(qd, started.id)).status, 'scheduled');
    const done = await ended(qd, started.id);
    assert.equal(done.status, 'succeeded');
    const late = done['date-started'].unixtime - at;
    assert.ok(late > -1000 && late < 60_000, `${late} ms late`);
    assert.deepEqual(await lines(qd, started.id), ['ran']);
  });

  for (const [what, form] of [
    ['an offset', (date) => date.replace('Z', '+0000')],
    ['an offset with a colon', (date) => date.replace('Z', '+00:00')],
    ['no milliseconds', (date) => date.replace(/\.\d+/, '')],
    ['milliseconds', (date) => date],
  ]) {
    it(`takes a date with ${what}`, async () => {
      const id = await newJob(qd, project, {});
      const started = await qd.ok('POST', `/job/${id}/run`, { query: { runAtTime: form(iso(3_600_000)) } });
      assert.equal(started.status, 'scheduled');
      const { abort } = await qd.ok('GET', `/execution/${started.id}/abort`);
      assert.equal(abort.status, 'aborted');
      assert.equal((await ended(qd, started.id)).status, 'aborted');
    });
  }

  it('outlives a restart', async () => {
    const id = await newJob(qd, project, { steps: ['echo later'] });
    const started = await run(qd, id, { runAtTime: iso(6000) });
    await qd.stop();
    await qd.start();
    assert.equal((await ended(qd, started.id)).status, 'succeeded');
    assert.deepEqual(await lines(qd, started.id), ['later']);
  });

  it('refuses the past and what is no date', async () => {
    const id = await newJob(qd, project, {});
    const past = await qd.fails(400, 'api.error.execution.failed', 'POST', `/job/${id}/run`, { json: { runAtTime: iso(-3_600_000) } });
    assert.equal(past.message, 'Execution failed: A job cannot be scheduled for a time in the past');
    for (const runAtTime of ['tomorrow', '2040-13-45T99:00:00Z', '2040-01-01']) {
      const bad = await qd.fails(400, 'api.error.execution.failed', 'POST', `/job/${id}/run`, { json: { runAtTime } });
      assert.equal(bad.message, 'Execution failed: Invalid date/time format, only ISO 8601 is supported');
    }
    assert.equal((await qd.ok('GET', `/job/${id}/executions`)).paging.total, 0);
  });
});

describe('many at once', () => {
  it('a job runs once at a time unless it says otherwise', async () => {
    const id = await newJob(qd, project, { steps: ['sleep 60'] });
    const first = await run(qd, id);
    const refused = await qd.fails(409, 'api.error.execution.conflict', 'POST', `/job/${id}/run`);
    assert.match(refused.message, /^Execution had a conflict: /);
    await qd.ok('GET', `/execution/${first.id}/abort`);
    await ended(qd, first.id);
    const again = await until(async () => (await qd.api('POST', `/job/${id}/run`)).json.id, { what: 'the job to be free again' });
    await qd.ok('GET', `/execution/${again}/abort`);
    assert.equal((await ended(qd, again)).status, 'aborted');
  });

  it('of many runs at the same moment exactly one starts', async () => {
    const id = await newJob(qd, project, { steps: ['sleep 60'] });
    const answers = await Promise.all(Array.from({ length: 12 }, () => qd.api('POST', `/job/${id}/run`)));
    assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, ...Array(11).fill(409)]);
    const { id: started } = answers.find((answer) => answer.status === 200).json;
    await qd.ok('GET', `/execution/${started}/abort`);
    await ended(qd, started);
  });

  it('multipleExecutions lets them run side by side, up to maxMultipleExecutions', async () => {
    const id = await newJob(qd, project, { multipleExecutions: true, maxMultipleExecutions: '2', steps: ['sleep 60'] });
    const answers = await Promise.all(Array.from({ length: 5 }, () => qd.api('POST', `/job/${id}/run`)));
    const started = answers.filter((answer) => answer.status === 200).map((answer) => answer.json.id);
    assert.equal(started.length, 2, answers.map((answer) => answer.status).join());
    for (const one of started) await qd.ok('GET', `/execution/${one}/abort`);
    for (const one of started) await ended(qd, one);
  });

  it('a hundred runs all end, each with its own output', async () => {
    const id = await newJob(qd, project, { multipleExecutions: true, options: [{ name: 'n' }], steps: ['echo line ${option.n}'] });
    const started = await Promise.all(Array.from({ length: 100 }, (_, n) => run(qd, id, { options: { n: String(n) } })));
    for (const [n, { id: one }] of started.entries()) {
      assert.equal((await ended(qd, one)).status, 'succeeded');
      const answer = await output(qd, one);
      assert.deepEqual(answer.entries.map((entry) => entry.log), [`line ${n}`]);
    }
  });
});
