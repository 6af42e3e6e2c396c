// The live event stream: GET /api/V/execution/ID/events.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startServer } from '../support/server.mjs';
import { adhoc, ended, gate, newJob, newProject, run } from '../support/scenario.mjs';
import { until } from '../support/wait.mjs';

let qd, project;
before(async () => {
  qd = await startServer();
  project = await newProject(qd);
});
after(() => qd?.stop());

// Everything until `end`: {entries, states, end, offsets}. `heard` is told the entries, each time when there are more,
// `heardState` each state.
async function follow(id, { heard, heardState, ...options } = {}) {
  const seen = { entries: [], states: [], offsets: [] };
  for await (const { event, data, id: offset } of qd.events(`/execution/${id}/events`, options)) {
    if (event === 'output') {
      const entries = JSON.parse(data);
      assert.ok(Array.isArray(entries), data);
      seen.entries.push(...entries);
      seen.offsets.push(Number(offset));
      heard?.(seen.entries);
    } else if (event === 'state') {
      seen.states.push(JSON.parse(data));
      heardState?.(seen.states.at(-1));
    } else if (event === 'end') {
      seen.end = JSON.parse(data);
      break;
    }
  }
  assert.ok(seen.end, 'the stream ended without an event "end"');
  return seen;
}

const logs = (seen) => seen.entries.map((entry) => entry.log);

describe('a running execution', () => {
  it('sends its output as it comes, its state, and its end', async () => {
    const rest = gate();  // opens when the first lines are here
    const id = await newJob(qd, project, { steps: [`for i in 1 2; do echo "line $i"; done; ${rest.wait}; for i in 3 4; do echo "line $i"; done`, 'echo last'] });
    const started = await run(qd, id);
    const seen = await follow(started.id, { heard: (entries) => entries.length === 2 && rest.open() });
    assert.deepEqual(logs(seen), ['line 1', 'line 2', 'line 3', 'line 4', 'last']);
    assert.deepEqual(seen.offsets, [...seen.offsets].sort((a, b) => a - b));
    assert.ok(seen.states.length >= 1);
    assert.equal(seen.states.at(-1).executionState, 'SUCCEEDED');
    assert.equal((await ended(qd, started.id)).status, 'succeeded');
    const page = await qd.ok('GET', `/execution/${started.id}/output`);
    assert.deepEqual(logs(seen), page.entries.map((entry) => entry.log));
  });

  it('tells only what changed of its state to whoever knows the rest', async () => {
    const nodes = { 'resources.source.1.type': 'stub', 'resources.source.1.config.count': '8', 'resources.source.1.config.prefix': 'n', 'resources.source.1.config.attrs': 'node-executor=local,file-copier=local' };
    const many = await newProject(qd, nodes);
    const [others, last] = [gate(), gate()];  // open when the first node was seen to end, and when a change was told
    const id = await newJob(qd, many, { steps: [`test \${node.name} = n-0 || { ${others.wait}; }; test \${node.name} != n-7 || { ${last.wait}; }`, 'true'], nodefilters: { filter: 'name: n.*', dispatch: { threadcount: '1', rankOrder: 'ascending' } } });
    const { id: execution } = await run(qd, id);
    const state = (since) => qd.ok('GET', `/execution/${execution}/state`, { query: { since } });
    const whole = await until(async () => {
      const now = await state(0);
      return now.steps.length === 2 && Object.values(now.steps[0].nodeStates).some((one) => one.executionState === 'SUCCEEDED') && now;
    }, { what: 'the first node to end' });
    assert.equal(Object.keys(whole.steps[0].nodeStates).length, 8);
    assert.equal(whole.allNodes.length, 8);
    assert.ok(!('nodes' in whole), 'what the steps say is not said twice');
    others.open();
    const seen = await follow(execution, { query: { stateSince: whole.asOf }, heardState: (one) => one.since && last.open() });
    const changes = seen.states.filter((one) => one.since);
    assert.ok(changes.length >= 1, JSON.stringify(seen.states));
    assert.ok(Object.keys(changes[0].steps[0].nodeStates ?? {}).length < 8, JSON.stringify(changes[0]));
    assert.equal(seen.states.at(-1).executionState, 'SUCCEEDED');
    // Put together they are what happened.
    const known = Object.assign({}, whole.steps[1].nodeStates, ...seen.states.map((one) => one.steps[1]?.nodeStates ?? {}));
    assert.deepEqual(Object.values(known).map((one) => one.executionState), Array(8).fill('SUCCEEDED'));
    const after = await state(whole.asOf);
    assert.ok(!('since' in after), 'of what is over, all is told');
    await qd.fails(400, null, 'GET', `/execution/${execution}/state`, { query: { since: 'yesterday' } });
  });

  it('can be followed by many', async () => {
    const id = await adhoc(qd, project, 'sleep 1; seq 1 200');
    const all = await Promise.all(Array.from({ length: 40 }, () => follow(id)));
    const expected = Array.from({ length: 200 }, (_, i) => String(i + 1));
    for (const seen of all) assert.deepEqual(logs(seen), expected);
  });

  // A watcher that drains just as its follower begins to wait for that must not be forgotten.
  it('reaches its end for each of many fast watchers of much output', async () => {
    const id = await adhoc(qd, project, 'seq 1 60000');
    await ended(qd, id);
    const watch = async () => {
      const answer = await fetch(`${qd.url}/api/59/execution/${id}/events`, { headers: { 'X-Rundeck-Auth-Token': qd.token }, signal: AbortSignal.timeout(60_000) });
      let tail = '';
      for await (const bytes of answer.body) tail = (tail + Buffer.from(bytes).toString('latin1')).slice(-200);
      assert.match(tail, /event: end\ndata: \{"status":"succeeded"\}/);
    };
    for (let round = 0; round < 4; ++round) await Promise.all(Array.from({ length: 6 }, watch));
  });

  it('loses nothing of a lot of output', async () => {
    const id = await adhoc(qd, project, 'seq 1 100000');
    const seen = await follow(id, { timeout: 60_000 });
    assert.equal(seen.entries.length, 100_000);
    for (const [i, line] of logs(seen).entries()) assert.equal(line, String(i + 1));
  });

  it('tells a follower of its abort', async () => {
    const id = await adhoc(qd, project, 'echo up; sleep 60');
    const seen = follow(id);
    await qd.ok('GET', `/execution/${id}/abort`);
    const { end } = await seen;
    assert.match(JSON.stringify(end), /aborted/i);
  });

  it('does not mind a follower that leaves', async () => {
    const id = await adhoc(qd, project, 'for i in $(seq 1 30); do echo $i; sleep 0.05; done');
    for await (const { event } of qd.events(`/execution/${id}/events`)) if (event === 'output') break;
    assert.equal((await ended(qd, id)).status, 'succeeded');
    assert.equal((await qd.ok('GET', `/execution/${id}/output`)).entries.length, 30);
  });
});

describe('an execution that has ended', () => {
  let id;
  before(async () => {
    id = await adhoc(qd, project, 'seq 1 10; exit 3');
    await ended(qd, id);
  });

  it('sends everything at once', async () => {
    const seen = await follow(id);
    assert.equal(seen.entries.filter((entry) => /^\d+$/.test(entry.log)).length, 10);
    assert.match(JSON.stringify(seen.end), /failed/i);
  });

  it('goes on from an offset', async () => {
    const all = await follow(id);
    const half = await qd.ok('GET', `/execution/${id}/output`, { query: { maxlines: 4 } });
    const rest = await follow(id, { query: { offset: half.offset } });
    assert.deepEqual(logs(rest), logs(all).slice(4));
  });
});

it('needs a login and an execution', async () => {
  const bare = await qd.raw('GET', '/api/59/execution/1/events', { token: null, accept: 'text/event-stream' });
  assert.equal(bare.status, 403);
  assert.equal((await qd.api('GET', '/execution/999999999/events', { accept: 'text/event-stream' })).status, 404);
});
