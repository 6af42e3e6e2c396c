// Output of executions, read on members that did not run them: while they run, after their member died, from a log store.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startBalancer } from '../support/balancer.mjs';
import { startCluster } from '../support/cluster.mjs';
import { events } from '../support/http.mjs';
import { FaultyWay, s3Settings, startS3 } from '../support/s3.mjs';
import { VERSION } from '../support/server.mjs';
import { adhoc, ended, execution, newProject, output } from '../support/scenario.mjs';
import { until } from '../support/wait.mjs';

const STORAGE = 'rundeck.execution.logs.fileStorage';
const S3 = 'org.rundeck.amazon-s3';
const STORED = { [`${STORAGE}Plugin`]: S3, [`${STORAGE}.storageRetryDelay`]: 1, [`${STORAGE}.retrievalRetryDelay`]: 1, [`${STORAGE}.remotePendingDelay`]: 3, [`${STORAGE}.checkpoint.time.interval`]: 1, [`${STORAGE}.checkpoint.time.minimum`]: 1 };
const logs = (answer) => answer.entries.map((entry) => entry.log);
const follow = (member, id) => events(member.url, `/api/${VERSION}/execution/${id}/events`, { headers: { 'X-Rundeck-Auth-Token': member.token } });
const reading = async (member, id, query) => member.ok('GET', `/execution/${id}/output`, { query });
const waitStored = (member, id) => until(async () => member.cluster.number(`SELECT COUNT(*) FROM log_storage WHERE execution_id = ${id} AND state = 'stored'`) === 1, { what: `execution ${id} to be stored` });

// Prints a numbered line every fifth of a second until the file is there.
const ticking = (flag) => `i=0; while [ ! -e ${flag} ]; do i=$((i+1)); echo tick $i; sleep 0.2; done; echo last`;

describe('members without a log store', () => {
  let cluster, m1, m2, project;
  before(async () => {
    cluster = await startCluster({ size: 2 });
    [m1, m2] = cluster.members;
    project = await newProject(m1);
  });
  after(() => cluster?.stop());

  it('show what runs on another one while it runs', async () => {
    const flag = join(m1.base, 'flag-1');
    const id = await adhoc(m1, project, ticking(flag));
    const delays = [];
    const seen = [];
    const stream = follow(m2, id);
    for await (const event of stream) {
      if (event.event === 'output') {
        for (const entry of JSON.parse(event.data)) {
          seen.push(entry.log);
          delays.push(Date.now() - Date.parse(entry.absolute_time));
        }
        if (seen.length >= 12) writeFileSync(flag, '');
      }
      if (event.event === 'end') {
        assert.deepEqual(JSON.parse(event.data), { status: 'succeeded' });
        break;
      }
    }
    assert.deepEqual(seen.slice(0, 3), ['tick 1', 'tick 2', 'tick 3']);
    assert.equal(seen.at(-1), 'last');
    assert.equal(new Set(seen).size, seen.length, 'a line came twice');
    // That it is live shows in its end: the flag that ends it is set when lines are here. A machine may stand still for a
    // second; half of the lines do not come late. Times in the log are whole seconds.
    delays.sort((a, b) => a - b);
    assert.ok(delays[delays.length >> 1] < 3000, `delays ${delays}`);
  });

  it('show what has ended, with every filter', async () => {
    const id = await adhoc(m1, project, 'seq 1 3000; echo done');
    await ended(m2, id);
    const answer = await output(m2, id);
    assert.equal(answer.entries.length, 3001);
    assert.deepEqual(logs(await reading(m2, id, { lastlines: 2 })), ['3000', 'done']);
    assert.equal(answer.clusterExec, true);
    assert.equal(answer.serverNodeUUID, m1.uuid);
    assert.deepEqual(answer.entries, (await output(m1, id)).entries);
    assert.equal(answer.totalSize, (await output(m1, id)).totalSize);
  });

  it('wait for a member that hangs, and go on', async () => {
    const flag = join(m1.base, 'flag-2');
    const id = await adhoc(m1, project, `echo before; while [ ! -e ${flag} ]; do sleep 0.1; done; echo after`);
    await until(async () => logs(await reading(m2, id)).includes('before'), { what: 'the first line' });
    m1.suspend();
    const answer = await reading(m2, id);
    assert.deepEqual([logs(answer), answer.completed], [['before'], false]);
    m1.resume();
    writeFileSync(flag, '');
    assert.deepEqual(logs(await output(m2, id)), ['before', 'after']);
  });
});

describe('members with a log store', () => {
  let s3, way, cluster, m1, m2, m3, project;
  before(async () => {
    s3 = await startS3();
    way = await new FaultyWay(s3.port).start();
    cluster = await startCluster({ size: 3, settings: STORED, framework: s3Settings(way.endpoint) });
    for (const member of cluster.members) member.cluster = cluster;
    [m1, m2, m3] = cluster.members;
    project = await newProject(m2);
  });
  after(async () => {
    await cluster?.stop();
    way?.close();
    await s3?.stop();
  });

  it('read what another stored when that one is gone', async () => {
    const id = await adhoc(m1, project, 'echo stored');
    await waitStored(m1, id);
    await m1.kill();
    assert.deepEqual(logs(await output(m2, id)), ['stored']);
    assert.deepEqual(logs(await output(m3, id)), ['stored']);
    await m1.again();
    await cluster.settled();
  });

  it('show a killed one\'s output up to the last checkpoint, and say that the rest is gone', async () => {
    const flag = join(m1.base, 'never');
    const id = await adhoc(m1, project, ticking(flag));
    const pieces = () => s3.keys().filter((key) => key.includes(`/${id}.rdlog.partial.`));
    const listed = () => JSON.parse(cluster.rows(`SELECT part_list FROM log_storage WHERE execution_id = ${id}`)[0]?.[0] ?? '[]');
    await until(() => listed().length >= 2, { what: 'two checkpoints' });
    await m1.kill();
    const key = pieces()[0].replace(/\d+$/, '');
    const kept = Buffer.concat(listed().map(([number]) => s3.read(`${key}${number}`)));
    const answer = await until(async () => {
      const now = await reading(m2, id);
      return now.partial && now;
    }, { what: 'what is left' });
    assert.equal(answer.execState, 'incomplete');
    assert.equal(answer.completed, true);
    assert.match(answer.message, /up to the last checkpoint, \d+ bytes; the rest is gone/);
    const lines = logs(answer);
    assert.equal(lines[0], 'tick 1');
    assert.equal(lines.length, kept.toString().match(/\|tick \d+\^/g).length);
    const stream = follow(m3, id);
    let last;
    for await (const event of stream) {
      last = event;
      if (event.event === 'end') break;
    }
    assert.equal(JSON.parse(last.data).partial, true);
    const text = await m3.api('GET', `/execution/${id}/output`, { query: { format: 'text' } });
    assert.match(text.headers['x-rundeck-execoutput-message'], /the rest is gone/);
    // It returns, and with it all that it had written.
    const before = lines.length;
    await m1.again();
    await waitStored(m1, id);
    const whole = await until(async () => {
      const now = await reading(m2, id);
      return now.completed && !now.partial && now;
    }, { what: 'the whole output' });
    assert.ok(logs(whole).length >= before);
    await until(() => pieces().length === 0, { what: 'the pieces to go' });
    await cluster.settled();
  });

  it('show it live through the load balancer, and go on to its end when the one that runs it is killed', async () => {
    const balancer = await startBalancer('haproxy', [m2, m3].map((member) => ({ port: Number(new URL(member.url).port) })), { sticky: false });
    const flag = join(m1.base, 'never');
    const id = await adhoc(m1, project, `i=0; while [ ! -e ${flag} ]; do i=$((i+1)); echo "$i $(date +%s%3N)"; sleep 0.2; done`);
    const delays = [];
    const seen = [];
    let killed = false;
    let end;
    for await (const { event, data } of events(balancer.url, `/api/${VERSION}/execution/${id}/events`, { headers: { 'X-Rundeck-Auth-Token': m2.token } })) {
      if (event === 'output') {
        for (const { log } of JSON.parse(data)) {
          const [number, printed] = log.split(' ').map(Number);
          seen.push(number);
          delays.push(Date.now() - printed);
        }
        const pieces = Number(cluster.rows(`SELECT COUNT(*) FROM log_storage WHERE execution_id = ${id} AND part_list <> '[]'`)[0]?.[0] ?? 0);
        if (seen.length >= 15 && pieces > 0 && !killed) await m1.kill();
        killed ||= seen.length >= 15 && pieces > 0;
      }
      if (event === 'end') {
        end = JSON.parse(data);
        break;
      }
    }
    await balancer.stop();
    assert.deepEqual(seen, Array.from({ length: seen.length }, (_, i) => i + 1), 'each line once, in order');
    assert.ok(seen.length >= 15);
    delays.sort((a, b) => a - b);
    assert.ok(delays[delays.length >> 1] < 3000, `delays ${delays}`);
    assert.deepEqual([end.status, end.partial], ['incomplete', true]);
    assert.match(end.message, /up to the last checkpoint, \d+ bytes; the rest is gone/);
    await m1.again();
    await cluster.settled();
  });

  it('store what one had finished and not stored when it returns', async () => {
    way.fault = (request) => (request.method === 'PUT' ? { status: 503, code: 'SlowDown' } : undefined);
    const id = await adhoc(m1, project, 'echo finished');
    await ended(m2, id);
    await until(async () => (await m2.ok('GET', '/system/logstorage/incomplete')).executions.some((one) => one.id === id), { what: 'it to be queued' });
    await m1.kill();
    way.fault = undefined;
    const answer = await until(async () => {
      const now = await reading(m2, id);
      return now.empty && now.completed && now;
    }, { what: 'it to be missing' });
    assert.match(answer.error, /could not be found. It is still on the member .* which cannot be reached/);
    await m1.again();
    await waitStored(m1, id);
    await until(async () => logs(await reading(m2, id)).includes('finished'), { what: 'the output' });
  });
});

it('a member stores what a dead one left in a shared folder', async () => {
  const s3 = await startS3();
  const way = await new FaultyWay(s3.port).start();
  const cluster = await startCluster({ size: 2, sharedLogs: true, settings: STORED, framework: s3Settings(way.endpoint) });
  for (const member of cluster.members) member.cluster = cluster;
  const [m1, m2] = cluster.members;
  const flag = join(m1.base, 'flag');
  const running = await adhoc(m1, await newProject(m1), ticking(flag));
  const seen = [];
  for await (const event of follow(m2, running)) {
    if (event.event === 'output') seen.push(...JSON.parse(event.data).map((entry) => entry.log));
    if (seen.length >= 5) writeFileSync(flag, '');
    if (event.event === 'end') break;
  }
  assert.deepEqual([seen[0], seen.at(-1)], ['tick 1', 'last']);
  way.fault = (request) => (request.method === 'PUT' ? { status: 503, code: 'SlowDown' } : undefined);
  const id = await adhoc(m1, await newProject(m1), 'echo left behind');
  await ended(m1, id);
  await until(async () => (await m2.ok('GET', '/system/logstorage/incomplete')).executions.some((one) => one.id === id && one.storage.localFilesPresent), { what: 'it to be queued' });
  await m1.kill();
  way.fault = undefined;
  await waitStored(m2, id);
  assert.match(s3.read(s3.keys().find((key) => key.endsWith(`/${id}.rdlog`))).toString(), /\|left behind\^/);
  assert.equal((await execution(m2, id)).status, 'succeeded');
  await cluster.stop();
  way.close();
  await s3.stop();
});
