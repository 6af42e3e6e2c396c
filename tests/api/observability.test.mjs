// What one sees of a server from outside: metrics, ids of requests, its log as lines for people or machines.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startServer } from '../support/server.mjs';
import { newJob, newProject, runToEnd } from '../support/scenario.mjs';
import { until } from '../support/wait.mjs';

let qd, project;
before(async () => {
  qd = await startServer({ config: { 'quarterdeck.log.format': 'json', 'quarterdeck.log.requests': 'true', 'quarterdeck.log.level': 'debug' } });
  project = await newProject(qd);
});
after(() => qd?.stop());

const logLines = () => qd.log().split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));

// {name{labels}: value} of the page for Prometheus.
async function metrics() {
  const page = await qd.raw('GET', '/metrics', { token: null });
  assert.equal(page.status, 200);
  return new Map(page.text.split('\n').filter((line) => line && !line.startsWith('#')).map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]));
}

describe('metrics', () => {
  it('keep to the rules of Prometheus', async () => {
    const { text } = await qd.raw('GET', '/metrics', { token: null });
    const types = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name, type]));
    for (const [name, type] of types) {
      assert.match(name, /^(quarterdeck|process)_[a-z0-9_]+$/);
      assert.equal(name.endsWith('_total'), type === 'counter', name);
      assert.match(text, new RegExp(`^# HELP ${name} \\S`, 'm'));
    }
    for (const line of text.trim().split('\n').filter((one) => !one.startsWith('#'))) {
      const [, name] = /^([a-z0-9_]+)(?:\{.*\})? \S+$/.exec(line) ?? assert.fail(line);
      assert.ok(types.has(name) || types.get(name.replace(/_(bucket|sum|count)$/, '')) === 'histogram', line);
    }
    assert.equal(new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name)).size, text.match(/^# TYPE/gm).length);
  });

  it('count executions by outcome, with their durations', async () => {
    const before = await metrics();
    const good = await newJob(qd, project, { steps: ['true'] });
    const bad = await newJob(qd, project, { steps: ['false'] });
    for (const id of [good, good, bad]) await runToEnd(qd, id);
    let now;
    const grown = (name) => now.get(name) - (before.get(name) ?? 0);
    // They are counted once their end is written, which others may see before.
    await until(async () => {
      now = await metrics();
      return grown('quarterdeck_execution_duration_seconds_count') >= 3;
    }, { what: 'three ends to be counted' });
    assert.equal(grown('quarterdeck_executions_ended_total{status="succeeded"}'), 2);
    assert.equal(grown('quarterdeck_executions_ended_total{status="failed"}'), 1);
    assert.equal(grown('quarterdeck_executions_started_total{type="user"}'), 3);
    assert.equal(grown('quarterdeck_execution_duration_seconds_count'), 3);
    assert.equal(grown('quarterdeck_execution_duration_seconds_bucket{le="+Inf"}'), 3);
  });

  it('count requests by route and class of status, never by what clients send', async () => {
    const before = await metrics();
    await qd.ok('GET', `/project/${project}/jobs`);
    await qd.api('GET', '/project/no-such-project-here/jobs');
    await qd.raw('GET', '/api/59/nothing/of/this/kind');
    await qd.raw('GET', '/menu/home/and/more', { token: null });
    const now = await metrics();
    const grown = (name) => now.get(name) - (before.get(name) ?? 0);
    assert.equal(grown('quarterdeck_http_requests_total{method="GET",route="/api/V/project/{project}/jobs",status="2xx"}'), 1);
    assert.equal(grown('quarterdeck_http_requests_total{method="GET",route="/api/V/project/{project}/jobs",status="4xx"}'), 1);
    assert.equal(grown('quarterdeck_http_requests_total{method="GET",route="none",status="4xx"}'), 1);
    assert.equal(grown('quarterdeck_http_request_duration_seconds_count{route="/api/V/project/{project}/jobs"}'), 2);
    for (const name of now.keys()) assert.doesNotMatch(name, /no-such-project|and\/more|of\/this/);
  });

  it('count fires of schedules and how late they were', async () => {
    await newJob(qd, project, { steps: ['true'], schedule: { crontab: '* * * ? * * *' } });
    const now = await until(async () => {
      const seen = await metrics();
      return seen.get('quarterdeck_schedule_fires_total{state="fired"}') >= 2 && seen;
    }, { what: 'fires in the metrics' });
    assert.ok(now.get('quarterdeck_schedule_fire_lag_seconds_count') >= 2);
    assert.equal([...now].filter(([name]) => name.startsWith('quarterdeck_schedules_owned')).reduce((sum, [, count]) => sum + count, 0), 1);
  });

  it('tell of members, the database and what waits', async () => {
    const now = await metrics();
    const member = [...now].find(([name, value]) => name.startsWith('quarterdeck_member_state') && name.includes('state="active"') && value === 1);
    assert.ok(member, 'no member is active');
    assert.equal(now.get('quarterdeck_database_up'), 1);
    for (const name of ['quarterdeck_executions_queued', 'quarterdeck_executions_forwarded', 'quarterdeck_notifications_waiting', 'quarterdeck_log_storage_queued', 'quarterdeck_messages_waiting']) {
      assert.equal(now.get(name), 0, name);
      assert.equal(now.get(`${name}_oldest_seconds`), 0, name);
    }
  });

  it('are told in the form of the peer, too', async () => {
    const told = await qd.ok('GET', '/metrics/metrics');
    assert.deepEqual(Object.keys(told), ['version', 'gauges', 'counters', 'histograms', 'meters', 'timers']);
    assert.ok(told.timers['rundeck.api.requests.requestTimer'].count > 5);
    assert.ok(told.timers['rundeck.quartzjobs.ExecutionJob.executionTimer'].count >= 3);
    assert.ok(told.meters['rundeck.services.ExecutionService.executionStartMeter'].count >= 3);
    assert.equal(typeof told.gauges['dataSource.connection.pingTime'].value, 'number');
    assert.equal(told.counters['rundeck.scheduler.quartz.scheduledJobs'].count, 1);
  });

  it('are told without a version to monitoring that has a session', async () => {
    const { cookies } = await qd.login();
    const told = await qd.raw('GET', '/metrics/metrics?pretty=true', { token: null, cookies, accept: '*/*' });
    assert.equal(told.status, 200);
    assert.deepEqual(Object.keys(told.json), ['version', 'gauges', 'counters', 'histograms', 'meters', 'timers']);
    assert.equal((await qd.raw('GET', '/metrics/ping', { token: null, cookies, accept: '*/*' })).text, 'pong\n');
    assert.equal((await qd.raw('GET', '/metrics/healthcheck', { token: null, cookies })).json['dataSource.connection.time'].healthy, true);
    const stranger = await qd.raw('GET', '/metrics/metrics', { token: null });
    assert.equal(stranger.status, 403);
    assert.match(stranger.json.message, /not authorized for: \/metrics\/metrics/);
  });

  it('name the threads', async () => {
    const { text } = await qd.api('GET', '/metrics/threads', { accept: 'text/plain' });
    assert.match(text, /^engine id=\d+ state=\w[\w ]* cpu=\d+\.\d\ds$/m);
  });

  it('can be switched off', async () => {
    const other = await startServer({ config: { 'rundeck.metrics.enabled': 'false', 'rundeck.metrics.api.threads.enabled': 'false' } });
    try {
      assert.notEqual((await other.raw('GET', '/metrics', { token: null })).status, 200);
      assert.equal((await other.api('GET', '/metrics/threads')).status, 404);
      assert.deepEqual(Object.keys((await other.ok('GET', '/metrics'))._links).sort(), ['healthcheck', 'metrics', 'ping']);
    } finally {
      await other.stop();
    }
  });
});

describe('the id of a request', () => {
  it('is the client\'s when it is plain, and is in every answer', async () => {
    const given = await qd.api('GET', '/projects', { headers: { 'X-Request-Id': 'abc-123_x.y' } });
    assert.equal(given.headers['x-request-id'], 'abc-123_x.y');
    for (const id of [undefined, '', 'a b', 'x'.repeat(65), 'a"b']) {
      const made = await qd.api('GET', '/projects', id === undefined ? {} : { headers: { 'X-Request-Id': id } });
      assert.match(made.headers['x-request-id'], /^[A-Za-z0-9]{16}$/);
    }
    assert.ok((await qd.raw('GET', '/health', { token: null })).headers['x-request-id']);
  });

  it('is in the lines of the request, and of the execution that it starts', async () => {
    const id = await newJob(qd, project, { steps: ['true'] });
    const started = await qd.api('POST', `/job/${id}/run`, { json: {}, headers: { 'X-Request-Id': 'run-it-now' } });
    const execution = started.json.id;
    const line = await until(() => logLines().find((one) => one.request === 'run-it-now' && one.part === 'request'), { what: 'the line of the request' });
    assert.equal(line.route, '/api/V/job/{id}/run');
    await until(async () => (await qd.ok('GET', `/execution/${execution}`)).status === 'succeeded', { what: 'the execution to end' });
    const lines = await until(() => {
      const found = logLines().filter((one) => one.execution === execution);
      return found.some((one) => one.message.includes('ended')) && found;
    }, { what: 'the line of its end' });
    for (const one of lines) assert.equal(one.request, 'run-it-now', JSON.stringify(one));
    assert.ok(lines.some((one) => one.message.includes('began')), JSON.stringify(lines));
  });
});

describe('the log of requests', () => {
  it('says who asked for what and how it went, and nothing that was sent', async () => {
    await qd.api('GET', '/project/p-secret/jobs', { query: { jobFilter: 'hush-hush' }, headers: { 'X-Request-Id': 'quiet' } });
    const line = await until(() => logLines().find((one) => one.request === 'quiet' && one.part === 'request'), { what: 'its line' });
    assert.deepEqual([line.method, line.route, line.status, line.user, line.level], ['GET', '/api/V/project/{project}/jobs', 404, 'admin', 'info']);
    assert.equal(typeof line.ms, 'number');
    assert.ok(line.bytes > 20);
    assert.ok(Math.abs(Date.parse(line.time) - Date.now()) < 60_000);
    assert.doesNotMatch(qd.log(), /hush-hush/);
  });

  it('is text for people unless it says otherwise', async () => {
    const other = await startServer({ config: { 'quarterdeck.log.requests': 'true' } });
    try {
      await other.api('GET', '/projects', { headers: { 'X-Request-Id': 'plain' } });
      await until(() => /^\S+Z info {2}request: GET \/api\/V\/projects 200 \d+ ms \d+ bytes admin \[request plain\]$/m.test(other.log()), { what: 'the line of the request' });
    } finally {
      await other.stop();
    }
  });
});
