// Workflows: order, failures, error handlers, references, timeouts, retries, limits.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { startServer } from '../support/server.mjs';
import { ended, execution, lines, newJob, newProject, output, run, runToEnd, trial, unique } from '../support/scenario.mjs';
import { until } from '../support/wait.mjs';

let qd, project;
before(async () => {
  qd = await startServer();
  project = await newProject(qd);
});
after(() => qd?.stop());

// Status and what the steps themselves printed ("> …" lines).
async function outcome(fields, body) {
  const { execution: done, lines: text } = await trial(qd, project, fields, body);
  return [done.status, ...text.filter((line) => line.startsWith('> '))];
}

const fail = { exec: 'echo "> failing"; exit 7' };

describe('steps', () => {
  for (const strategy of ['node-first', 'sequential', 'step-first']) {
    it(`run in order (${strategy})`, async () => {
      assert.deepEqual(await outcome({ strategy, steps: ['echo "> 1"', 'echo "> 2"', 'echo "> 3"'] }), ['succeeded', '> 1', '> 2', '> 3']);
    });
    it(`stop at a failure (${strategy})`, async () => {
      assert.deepEqual(await outcome({ strategy, steps: ['echo "> 1"', fail, 'echo "> 3"'] }), ['failed', '> 1', '> failing']);
    });
    it(`go on with keepgoing, and fail in the end (${strategy})`, async () => {
      assert.deepEqual(await outcome({ strategy, keepgoing: true, steps: [fail, 'echo "> 2"'] }), ['failed', '> failing', '> 2']);
    });
  }
  it('run side by side with the parallel strategy', async () => {
    const [status, ...text] = await outcome({ strategy: 'parallel', steps: Array.from({ length: 4 }, (_, i) => `sleep 1; echo "> ${i}"`) });
    assert.equal(status, 'succeeded');
    assert.deepEqual(text.sort(), ['> 0', '> 1', '> 2', '> 3']);
  });
  it('of unknown plugins fail, and say so', async () => {
    const { execution: done, lines: text } = await trial(qd, project, { steps: [{ type: 'no-such-plugin', nodeStep: true, configuration: {} }] });
    assert.equal(done.status, 'failed');
    assert.match(text.join('\n'), /no-such-plugin/);
  });
  it('that are killed fail', async () => {
    assert.deepEqual(await outcome({ steps: ['echo "> alive"; kill -9 $$'] }), ['failed', '> alive']);
  });
  it('that do not exist as programs fail', async () => {
    assert.deepEqual(await outcome({ steps: ['/no/such/program'] }), ['failed']);
  });
});

describe('error handlers', () => {
  const handled = (handler, more = {}) => ({ ...fail, errorhandler: { exec: handler, ...more } });

  it('that succeed, without going on', async () => {
    assert.deepEqual(await outcome({ steps: [handled('echo "> handled"'), 'echo "> next"'] }), ['failed', '> failing', '> handled']);
  });
  it('that succeed, with keepgoingOnSuccess', async () => {
    assert.deepEqual(await outcome({ steps: [handled('echo "> handled"', { keepgoingOnSuccess: true }), 'echo "> next"'] }), ['succeeded', '> failing', '> handled', '> next']);
  });
  it('that succeed, when the workflow keeps going', async () => {
    assert.deepEqual(await outcome({ keepgoing: true, steps: [handled('echo "> handled"'), 'echo "> next"'] }), ['succeeded', '> failing', '> handled', '> next']);
  });
  it('that fail', async () => {
    assert.deepEqual(await outcome({ steps: [handled('echo "> handled"; exit 1', { keepgoingOnSuccess: true }), 'echo "> next"'] }), ['failed', '> failing', '> handled']);
  });
  it('do not run when nothing failed', async () => {
    assert.deepEqual(await outcome({ steps: [{ exec: 'echo "> ok"', errorhandler: { exec: 'echo "> handled"' } }] }), ['succeeded', '> ok']);
  });
  it('know why', async () => {
    const why = 'echo "> ${result.reason} ${result.resultCode} $RD_RESULT_RESULTCODE"';
    assert.deepEqual(await outcome({ steps: [handled(why)] }), ['failed', '> failing', '> NonZeroResultCode 7 7']);
  });
  it('may be scripts and job references', async () => {
    const name = unique('rescue');
    await newJob(qd, project, { name, options: [{ name: 'o' }], steps: ['echo "> rescued ${option.o}"'] });
    const byJob = { ...fail, errorhandler: { jobref: { name, group: '', args: '-o x', nodeStep: 'true' }, keepgoingOnSuccess: true } };
    assert.deepEqual(await outcome({ steps: [byJob, 'echo "> next"'] }), ['succeeded', '> failing', '> rescued x', '> next']);
    const byScript = { ...fail, errorhandler: { script: '#!/bin/sh\necho "> script $1"\n', args: 'a', keepgoingOnSuccess: true } };
    assert.deepEqual(await outcome({ steps: [byScript] }), ['succeeded', '> failing', '> script a']);
  });
});

describe('job references', () => {
  const inner = { options: [{ name: 'a', value: 'default' }, { name: 'b' }], steps: ['echo "> inner ${option.a} ${option.b}"'] };

  it('by name and group, with arguments', async () => {
    const name = unique('inner');
    await newJob(qd, project, { ...inner, name, group: 'g/h' });
    const steps = [{ jobref: { name, group: 'g/h', args: '-b "${option.x} y"' } }, 'echo "> after"'];
    assert.deepEqual(await outcome({ options: [{ name: 'x' }], steps }, { options: { x: 'X' } }), ['succeeded', '> inner default X y', '> after']);
  });
  it('by uuid', async () => {
    const uuid = await newJob(qd, project, inner);
    assert.deepEqual(await outcome({ steps: [{ jobref: { uuid, args: '-a 1' } }] }), ['succeeded', '> inner 1 ']);
  });
  it('in another project', async () => {
    const name = unique('inner');
    const other = await newProject(qd);
    await newJob(qd, other, { ...inner, name });
    assert.deepEqual(await outcome({ steps: [{ jobref: { name, group: '', project: other } }] }), ['succeeded', '> inner default ']);
  });
  it('that take over all options', async () => {
    const name = unique('inner');
    await newJob(qd, project, { ...inner, name });
    const steps = [{ jobref: { name, group: '', importOptions: true } }];
    assert.deepEqual(await outcome({ options: [{ name: 'a' }, { name: 'b' }], steps }, { options: { a: '1', b: '2' } }), ['succeeded', '> inner 1 2']);
  });
  it('to a job that fails', async () => {
    const name = unique('inner');
    await newJob(qd, project, { name, steps: [fail] });
    assert.deepEqual(await outcome({ steps: [{ jobref: { name, group: '' } }, 'echo "> next"'] }), ['failed', '> failing']);
  });
  it('to no job', async () => {
    const { execution: done, lines: text } = await trial(qd, project, { steps: [{ jobref: { name: 'no such job', group: 'at/all' } }] });
    assert.equal(done.status, 'failed');
    assert.match(text.join('\n'), /at\/all\/no such job/);
  });
  it('without a required option', async () => {
    const name = unique('inner');
    await newJob(qd, project, { name, options: [{ name: 'must', required: true }], steps: ['echo "> ran"'] });
    assert.deepEqual(await outcome({ steps: [{ jobref: { name, group: '' } }] }), ['failed']);
  });
  it('to itself end', async () => {
    const name = unique('ouroboros');
    const id = await newJob(qd, project, { name, steps: ['echo "> round"', { jobref: { name, group: '' } }] });
    assert.equal((await runToEnd(qd, id, {}, 60_000)).status, 'failed');
    assert.ok((await lines(qd, (await qd.ok('GET', `/job/${id}/executions`)).executions[0].id)).filter((line) => line === '> round').length < 1000);
  });
  it('nested', async () => {
    const names = [unique('n0'), unique('n1'), unique('n2')];
    await newJob(qd, project, { name: names[2], steps: ['echo "> deep"'] });
    await newJob(qd, project, { name: names[1], steps: [{ jobref: { name: names[2], group: '' } }, 'echo "> middle"'] });
    await newJob(qd, project, { name: names[0], steps: [{ jobref: { name: names[1], group: '' } }, 'echo "> top"'] });
    assert.deepEqual(await outcome({ steps: [{ jobref: { name: names[0], group: '' } }] }), ['succeeded', '> deep', '> middle', '> top']);
  });
});

describe('a timeout', () => {
  it('ends the execution and all of its processes', async () => {
    const { execution: done, lines: text } = await trial(qd, project, { timeout: '2s', steps: ['sleep 301 & echo $!; echo $$; sleep 301', 'echo never'] });
    assert.equal(done.status, 'timedout');
    const took = done['date-ended'].unixtime - done['date-started'].unixtime;
    assert.ok(took >= 1500 && took < 300_000, `${took} ms`);
    const pids = text.filter((line) => /^\d+$/.test(line));
    assert.equal(pids.length, 2);
    for (const pid of pids) await until(() => !existsSync(`/proc/${pid}`), { what: `process ${pid} to end` });
    assert.ok(!text.includes('never'));
  });
  it('kills what ignores a polite signal', async () => {
    const { execution: done, lines: [pid] } = await trial(qd, project, { timeout: '1s', steps: ['echo $$; trap "" TERM INT HUP; while :; do sleep 1; done'] });
    assert.equal(done.status, 'timedout');
    await until(() => !existsSync(`/proc/${pid}`), { what: `process ${pid} to end` });
  });
  it('may come from an option', async () => {
    const { execution: done } = await trial(qd, project, { timeout: '${option.t}', options: [{ name: 't' }], steps: ['sleep 60'] }, { options: { t: '1s' } });
    assert.equal(done.status, 'timedout');
  });
  it('that is not reached changes nothing', async () => {
    assert.deepEqual(await outcome({ timeout: '1h', steps: ['echo "> ok"'] }), ['succeeded', '> ok']);
  });
});

describe('retries', () => {
  // The whole chain, from the first execution on.
  async function chain(first) {
    const all = [];
    for (let id = first; id; ) {
      const now = await ended(qd, id);
      all.push(now);
      id = now.status === 'failed-with-retry' ? (await until(async () => (await execution(qd, id)).retriedExecution?.id, { what: 'the retry to be named' })) : undefined;
    }
    return all;
  }

  it('repeat a failed job, and the last one does not', async () => {
    const id = await newJob(qd, project, { retry: '2', options: [{ name: 'o' }], steps: ['echo "${job.retryAttempt} ${job.wasRetry} ${option.o}"; exit 1'] });
    const all = await chain((await run(qd, id, { options: { o: 'kept' } })).id);
    assert.deepEqual(all.map((one) => one.status), ['failed-with-retry', 'failed-with-retry', 'failed']);
    assert.equal(all[2].retriedExecution, undefined);
    assert.deepEqual(all.map((one) => one.retryAttempt ?? 0), [0, 1, 2]);
    const text = [];
    for (const one of all) text.push((await lines(qd, one.id))[0]);
    assert.deepEqual(text, ['0 false kept', '1 true kept', '2 true kept']);
  });
  it('stop at the first success', async () => {
    const id = await newJob(qd, project, { retry: '5', steps: ['test "${job.retryAttempt}" = 1'] });
    assert.deepEqual((await chain((await run(qd, id)).id)).map((one) => one.status), ['failed-with-retry', 'succeeded']);
  });
  it('wait before they start', async () => {
    const id = await newJob(qd, project, { retry: { retry: '1', delay: '2s' }, steps: ['exit 1'] });
    const [first, second] = await chain((await run(qd, id)).id);
    assert.deepEqual([first.status, second.status], ['failed-with-retry', 'failed']);
    const pause = second['date-started'].unixtime - first['date-ended'].unixtime;
    assert.ok(pause >= 1500, `${pause} ms`);
  });
  it('take count and delay from options', async () => {
    const id = await newJob(qd, project, { retry: { retry: '${option.n}', delay: '${option.d}' }, options: [{ name: 'n' }, { name: 'd' }], steps: ['exit 1'] });
    assert.equal((await chain((await run(qd, id, { options: { n: '1', d: '1s' } })).id)).length, 2);
  });
  it('follow a timeout too', async () => {
    const id = await newJob(qd, project, { retry: '1', timeout: '1s', steps: ['sleep 60'] });
    assert.deepEqual((await chain((await run(qd, id)).id)).map((one) => one.status), ['failed-with-retry', 'timedout']);
  });
  it('do not follow an abort', async () => {
    const id = await newJob(qd, project, { retry: '3', steps: ['sleep 60'] });
    const started = await run(qd, id);
    await qd.ok('GET', `/execution/${started.id}/abort`);
    assert.equal((await ended(qd, started.id)).status, 'aborted');
    assert.equal((await qd.ok('GET', `/job/${id}/executions`)).paging.total, 1);
  });

  it('are made by hand from a failed execution', async () => {
    const id = await newJob(qd, project, { options: [{ name: 'a' }, { name: 'b' }], steps: ['echo "> ${option.a} ${option.b}"; exit 1'] });
    const first = await runToEnd(qd, id, { options: { a: '1', b: '2' } });
    const again = await qd.ok('POST', `/job/${id}/retry/${first.id}`, { json: { options: { b: '3' } } });
    assert.notEqual(again.id, first.id);
    await ended(qd, again.id);
    assert.equal((await lines(qd, again.id))[0], '> 1 3');
    const plain = await qd.ok('POST', `/job/${id}/retry/${first.id}`, { query: { failedNodes: 'false' } });
    await ended(qd, plain.id);
    assert.equal((await lines(qd, plain.id))[0], '> 1 2');
    await qd.fails(404, 'api.error.item.doesnotexist', 'POST', `/job/${id}/retry/999999999`);
  });
});

describe('a log limit', () => {
  const noisy = ['i=0; while [ $i -lt 2000 ]; do echo "line $i"; i=$((i+1)); done; echo end; sleep 1', 'echo "> second"'];

  it('halts, and fails', async () => {
    const { execution: done, lines: text } = await trial(qd, project, { loglimit: '100', steps: noisy });
    assert.equal(done.status, 'failed');
    assert.ok(text.length <= 200, `${text.length} lines`);
    assert.ok(!text.includes('> second'));
  });
  it('halts with a status of its own', async () => {
    const { execution: done } = await trial(qd, project, { loglimit: '100', loglimitAction: 'halt', loglimitStatus: 'too-much', steps: noisy });
    assert.equal(done.status, 'other');
    assert.equal(done.customStatus, 'too-much');
    const found = await qd.ok('GET', `/project/${project}/executions`, { query: { statusFilter: 'too-much' } });
    assert.deepEqual(found.executions.map((one) => one.id), [done.id]);
  });
  it('halts as aborted', async () => {
    const { execution: done } = await trial(qd, project, { loglimit: '1KB', loglimitAction: 'halt', loglimitStatus: 'aborted', steps: noisy });
    assert.equal(done.status, 'aborted');
  });
  it('cuts off, and goes on', async () => {
    const { execution: done, lines: text } = await trial(qd, project, { loglimit: '50', loglimitAction: 'truncate', steps: noisy });
    assert.equal(done.status, 'succeeded');
    assert.ok(text.length >= 50 && text.length <= 60, `${text.length} lines`);
  });
  it('of lines per node', async () => {
    const { execution: done, lines: text } = await trial(qd, project, { loglimit: '40/node', loglimitAction: 'truncate', steps: noisy });
    assert.equal(done.status, 'succeeded');
    assert.ok(text.length >= 40 && text.length <= 50, `${text.length} lines`);
  });
  it('that is not reached changes nothing', async () => {
    const { execution: done } = await trial(qd, project, { loglimit: '10MB', steps: noisy });
    assert.equal(done.status, 'succeeded');
    assert.equal((await output(qd, done.id)).entries.length, 2002);
  });
});
