// The output and the state of executions, while they run and afterwards.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startServer } from '../support/server.mjs';
import { adhoc, ended, execution, gate, lines, newJob, newProject, output, run, runToEnd } from '../support/scenario.mjs';
import { until } from '../support/wait.mjs';

let qd, project, node;
before(async () => {
  qd = await startServer();
  project = await newProject(qd);
  node = (await qd.ok('GET', '/system/info')).system.rundeck.node;
});
after(() => qd?.stop());

const get = (id, query, path = '') => qd.ok('GET', `/execution/${id}/output${path}`, { query });
const logs = (answer) => answer.entries.map((entry) => entry.log);

describe('output as JSON', () => {
  let id;
  before(async () => {
    id = (await runToEnd(qd, await newJob(qd, project, { steps: ['echo one; echo two', { script: '#!/bin/sh\necho three\necho\necho "  five"\n' }] }))).id;
    await output(qd, id);
  });

  it('tells of the execution', async () => {
    const answer = await get(id);
    assert.equal(answer.id, String(id));
    assert.equal(typeof answer.offset, 'string');
    assert.equal(answer.completed, true);
    assert.equal(answer.execCompleted, true);
    assert.equal(answer.hasFailedNodes, false);
    assert.equal(answer.execState, 'succeeded');
    assert.ok(Math.abs(Number(answer.lastModified) - Date.now()) < 120_000, answer.lastModified);
    assert.equal(typeof answer.execDuration, 'number');
    assert.ok(answer.totalSize > 0);
    assert.equal(answer.percentLoaded, 100);
  });

  it('holds every line, with its place', async () => {
    const { entries } = await get(id);
    assert.deepEqual(entries.map((entry) => [entry.log, entry.stepctx]), [['one', '1'], ['two', '1'], ['three', '2'], ['', '2'], ['  five', '2']]);
    for (const entry of entries) {
      assert.equal(entry.level, 'NORMAL');
      assert.equal(entry.node, node);
      assert.equal(typeof entry.user, 'string');
      assert.match(entry.time, /^\d\d:\d\d:\d\d$/);
      assert.match(entry.absolute_time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/);
      assert.equal(entry.metadata.stepctx, entry.stepctx);
    }
  });

  it('is the same after a restart', async () => {
    const before = await get(id);
    await qd.stop();
    await qd.start();
    const now = await get(id);
    assert.deepEqual(now.entries, before.entries);
    assert.equal(now.offset, before.offset);
  });

  it('goes on from an offset', async () => {
    const seen = [];
    for (let offset = '0', rounds = 0; ; rounds += 1) {
      assert.ok(rounds < 20);
      const answer = await get(id, { offset, maxlines: 1 });
      seen.push(...logs(answer));
      if (answer.completed) break;
      assert.ok(Number(answer.offset) > Number(offset));
      offset = answer.offset;
    }
    assert.deepEqual(seen, ['one', 'two', 'three', '', '  five']);
  });

  it('gives the last lines', async () => {
    assert.deepEqual(logs(await get(id, { lastlines: 2 })), ['', '  five']);
    assert.deepEqual(logs(await get(id, { lastlines: 100 })).length, 5);
  });

  it('gives at most maxlines', async () => assert.deepEqual(logs(await get(id, { maxlines: 2 })), ['one', 'two']));

  it('says that nothing changed', async () => {
    const all = await get(id);
    const again = await get(id, { offset: all.offset, lastmod: all.lastModified });
    assert.equal(again.unmodified, true);
    assert.deepEqual(again.entries, []);
    assert.equal(again.offset, all.offset);
    const earlier = await get(id, { offset: 0, lastmod: Number(all.lastModified) - 10_000 });
    assert.notEqual(earlier.unmodified, true);
    assert.equal(earlier.entries.length, 5);
  });

  it('of one step, of one node, of both', async () => {
    assert.deepEqual(logs(await get(id, {}, '/step/1')), ['one', 'two']);
    assert.deepEqual(logs(await get(id, {}, '/step/2')), ['three', '', '  five']);
    assert.deepEqual(logs(await get(id, {}, '/step/3')), []);
    assert.equal(logs(await get(id, {}, `/node/${node}`)).length, 5);
    assert.deepEqual(logs(await get(id, {}, '/node/other')), []);
    const both = await get(id, {}, `/node/${node}/step/2`);
    assert.deepEqual(logs(both), ['three', '', '  five']);
    assert.deepEqual(both.filter, { nodename: node, stepctx: '2' });
  });

  for (const version of [58, 59]) {
    it(`in compacted form, version ${version}`, async () => {
      const answer = await qd.ok('GET', `/execution/${id}/output`, { query: { compacted: 'true' }, version });
      assert.equal(String(answer.compacted), 'true');
      assert.equal(answer.compactedAttr, 'log');
      assert.equal(answer.entries[0].log, 'one');
      let last = {};
      const full = answer.entries.map((entry) => (last = typeof entry === 'string' ? { ...last, log: entry } : { ...last, ...entry }));
      assert.deepEqual(full.map((entry) => [entry.log, entry.stepctx]), (await get(id)).entries.map((entry) => [entry.log, entry.stepctx]));
      assert.equal('stepctx' in Object(answer.entries[3]), false, 'the fourth entry repeats the third one\'s step');
      if (version >= 59) assert.ok(answer.entries.every((entry) => typeof entry === 'object'), 'version 59 has objects only');
    });
  }

  it('with the state changes', async () => {
    const answer = await get(id, {}, '/state');
    const kinds = answer.entries.map((entry) => entry.type);
    for (const kind of ['stepbegin', 'nodebegin', 'log', 'nodeend', 'stepend']) assert.ok(kinds.includes(kind), `${kind} in ${kinds}`);
    assert.deepEqual(answer.entries.filter((entry) => entry.type === 'log').map((entry) => entry.log), ['one', 'two', 'three', '', '  five']);
    assert.ok(kinds.indexOf('stepbegin') < kinds.indexOf('log') && kinds.indexOf('log') < kinds.indexOf('stepend'));
    const only = await get(id, { stateOnly: 'true' }, '/state');
    assert.ok(only.entries.length >= 8 && only.entries.every((entry) => entry.type !== 'log'));
  });

  it('with bad parameters', async () => {
    for (const query of [{ offset: 'x' }, { offset: -1 }, { lastmod: 'x' }]) {
      assert.equal((await qd.api('GET', `/execution/${id}/output`, { query })).status, 400, JSON.stringify(query));
    }
    for (const query of [{ offset: 10 ** 12 }, { lastlines: 10 ** 9 }, { maxlines: 10 ** 9 }]) {
      assert.equal((await qd.api('GET', `/execution/${id}/output`, { query })).status, 200, JSON.stringify(query));
    }
    assert.equal((await qd.api('GET', `/execution/${id}/output/step/x`)).status, 400);
  });
});

describe('a large log', () => {
  let big;
  before(async () => {
    big = await adhoc(qd, project, 'seq 1 200000 | sed "s/^/a line of some length, with the number /"');
    await ended(qd, big);
  });
  const of = (query, path = '') => qd.ok('GET', `/execution/${big}/output${path}`, { query });

  it('is read from any line on', async () => {
    for (const line of [1, 2, 31_415, 190_000, 200_000]) {
      const answer = await of({ line, maxlines: 1 });
      assert.deepEqual(logs(answer), [`a line of some length, with the number ${line}`]);
    }
    const rest = await of({ line: 199_999 });
    assert.equal(rest.entries.length, 2);
    assert.equal(rest.completed, true);
    assert.deepEqual((await of({ line: 200_001 })).entries, []);
    for (const line of [0, -1, 'x']) assert.equal((await qd.api('GET', `/execution/${big}/output`, { query: { line } })).status, 400);
  });

  it('goes on behind a line by its offset', async () => {
    const first = await of({ line: 100, maxlines: 3 });
    const next = await of({ offset: first.offset, maxlines: 1 });
    assert.deepEqual(logs(next), ['a line of some length, with the number 103']);
  });
});

describe('output as text', () => {
  it('is exact to the newline, with its headers', async () => {
    const id = await adhoc(qd, project, 'printf "a\\n\\n  b\\nlast without newline"');
    await ended(qd, id);
    await output(qd, id);
    for (const options of [{ query: { format: 'text' } }, { accept: 'text/plain' }]) {
      const answer = await qd.api('GET', `/execution/${id}/output`, options);
      assert.equal(answer.type, 'text/plain');
      assert.equal(answer.text, 'a\n\n  b\nlast without newline\n');
      const { headers } = answer;
      assert.ok(Number(headers['x-rundeck-execoutput-offset']) > 0);
      assert.ok(Number(headers['x-rundeck-execoutput-lastmodifed']) > 0);
      assert.equal(headers['x-rundeck-execoutput-completed'], 'true');
      assert.equal(headers['x-rundeck-exec-completed'], 'true');
      assert.equal(headers['x-rundeck-exec-state'], 'succeeded');
      assert.ok(Number(headers['x-rundeck-execoutput-totalsize']) > 0);
    }
    const extension = await qd.api('GET', `/execution/${id}/output.text`);
    assert.equal(extension.text, 'a\n\n  b\nlast without newline\n');
    assert.equal((await qd.api('GET', `/execution/${id}/output.json`, { accept: '*/*' })).json.entries.length, 4);
    const { headers } = await qd.api('GET', `/execution/${id}/output`, { accept: 'text/plain' });
    const again = await qd.api('GET', `/execution/${id}/output`, {
      accept: 'text/plain', query: { offset: headers['x-rundeck-execoutput-offset'], lastmod: headers['x-rundeck-execoutput-lastmodifed'] },
    });
    assert.equal(again.text, '');
    assert.equal(again.headers['x-rundeck-execoutput-unmodified'], 'true');
  });
});

describe('any bytes', () => {
  it('of every letter', async () => {
    const text = 'ünïcödé ☃ 𝄞 "quotes" \\ back <b> & ^ tab\there';
    const { id } = await runToEnd(qd, await newJob(qd, project, { steps: [{ script: `#!/bin/sh\ncat <<'END'\n${text}\nEND\n` }] }));
    assert.deepEqual(await lines(qd, id), [text]);
  });
  it('that are not UTF-8 do no harm', async () => {
    const id = await adhoc(qd, project, 'printf "ok \\377\\376 bytes\\n\\200\\nafter\\n"');
    await ended(qd, id);
    const text = await lines(qd, id);
    assert.equal(text.length, 3);
    assert.match(text[0], /^ok .* bytes$/);
    assert.equal(text[2], 'after');
  });
  it('with NUL and escape sequences', async () => {
    const id = await adhoc(qd, project, 'printf "a\\000b\\n\\033[31mred\\033[0m\\n"');
    await ended(qd, id);
    const text = await lines(qd, id);
    assert.equal(text.length, 2);
    assert.match(text[1], /red/);
  });
  it('in lines that never end', async () => {
    const id = await adhoc(qd, project, 'head -c 5000000 /dev/zero | tr "\\0" x; echo; echo end');
    await ended(qd, id);
    const text = await lines(qd, id);
    assert.equal(text.at(-1), 'end');
    assert.equal(text.slice(0, -1).join('').length, 5_000_000);
  });
  it('that look like the log file itself', async () => {
    const tricky = ['^text/x-rundeck-log-v2.0^', '^2020-01-01T00:00:00Z|log|ERROR|{}|fake^', '^END^', '\\^', '^', '|', '{', ''];
    const { id } = await runToEnd(qd, await newJob(qd, project, { steps: [{ script: `#!/bin/sh\ncat <<'END_OF_IT'\n${tricky.join('\n')}\nEND_OF_IT\n` }] }));
    assert.deepEqual(await lines(qd, id), tricky);
  });
});

describe('while it runs', () => {
  it('output is there at once, and can be followed', async () => {
    const rest = gate();  // opens when the first lines are here
    const id = await adhoc(qd, project, `for i in 1 2; do echo "line $i"; done; ${rest.wait}; for i in 3 4 5; do echo "line $i"; done`);
    const seen = [];
    let offset = '0';
    await until(async () => {
      const answer = await get(id, { offset });
      seen.push(...logs(answer));
      ({ offset } = answer);
      if (seen.length === 2) rest.open();
      return answer.completed && answer.execCompleted;
    }, { what: 'the end of the output' });
    assert.deepEqual(seen, ['line 1', 'line 2', 'line 3', 'line 4', 'line 5']);
  });

  it('completed is false until it has ended', async () => {
    const id = await adhoc(qd, project, 'echo up; sleep 60');
    const answer = await until(async () => {
      const now = await get(id);
      return now.entries.length === 1 && now;
    }, { what: 'the first line' });
    assert.equal(answer.execCompleted, false);
    assert.equal(answer.completed, false);
    assert.equal(answer.execState, 'running');
    await qd.ok('GET', `/execution/${id}/abort`);
    await ended(qd, id);
    assert.equal((await output(qd, id)).execState, 'aborted');
  });
});

describe('the state', () => {
  it('of steps and nodes', async () => {
    const inner = await newJob(qd, project, { steps: ['true', 'true'] });
    const id = await newJob(qd, project, { steps: ['true', { jobref: { uuid: inner, nodeStep: 'false' } }, 'exit 5', 'true'] });
    const done = await runToEnd(qd, id);
    const state = await qd.ok('GET', `/execution/${done.id}/state`);
    assert.equal(state.executionId, done.id);
    assert.equal(state.completed, true);
    assert.equal(state.executionState, 'FAILED');
    assert.equal(state.serverNode, node);
    assert.equal(state.stepCount, 4);
    assert.deepEqual(state.allNodes, [node]);
    assert.deepEqual(state.targetNodes, [node]);
    for (const key of ['startTime', 'endTime', 'updateTime']) assert.match(state[key], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, key);
    assert.deepEqual(state.steps.map((step) => [step.id, step.executionState, step.nodeStep]), [
      ['1', 'SUCCEEDED', true], ['2', 'SUCCEEDED', false], ['3', 'FAILED', true], ['4', state.steps[3].executionState, true],
    ]);
    assert.ok(['NOT_STARTED', 'WAITING'].includes(state.steps[3].executionState), state.steps[3].executionState);
    assert.equal(state.steps[0].nodeStates[node].executionState, 'SUCCEEDED');
    assert.equal(state.steps[2].nodeStates[node].executionState, 'FAILED');
    assert.equal(state.steps[1].hasSubworkflow, true);
    assert.equal(state.steps[1].workflow.stepCount, 2);
    assert.deepEqual(state.steps[1].workflow.steps.map((step) => step.executionState), ['SUCCEEDED', 'SUCCEEDED']);
    const contexts = Object.fromEntries(state.nodes[node].map((entry) => [entry.stepctx, entry.executionState]));
    assert.equal(contexts['1'], 'SUCCEEDED');
    assert.equal(contexts['2/1'], 'SUCCEEDED');
    assert.equal(contexts['3'], 'FAILED');
  });

  it('while it runs', async () => {
    const id = await newJob(qd, project, { steps: ['true', 'sleep 60', 'true'] });
    const started = await run(qd, id);
    const state = await until(async () => {
      const now = await qd.ok('GET', `/execution/${started.id}/state`);
      return now.steps?.[1]?.executionState === 'RUNNING' && now;
    }, { what: 'step 2 to run' });
    assert.equal(state.completed, false);
    assert.equal(state.executionState, 'RUNNING');
    assert.deepEqual(state.steps.map((step) => step.executionState), ['SUCCEEDED', 'RUNNING', 'WAITING']);
    await qd.ok('GET', `/execution/${started.id}/abort`);
    await ended(qd, started.id);
    assert.equal((await qd.ok('GET', `/execution/${started.id}/state`)).executionState, 'ABORTED');
    assert.equal((await execution(qd, started.id)).status, 'aborted');
  });

  it('of an execution that waits for its time', async () => {
    const id = await newJob(qd, project, {});
    const started = await run(qd, id, { runAtTime: new Date(Date.now() + 3_600_000).toISOString() });
    assert.ok((await qd.api('GET', `/execution/${started.id}/state`)).status < 500);
    assert.equal((await get(started.id)).execCompleted, false);
    await qd.ok('GET', `/execution/${started.id}/abort`);
  });
});
