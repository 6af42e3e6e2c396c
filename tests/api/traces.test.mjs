// Spans of requests, executions, steps and fires, at a collector of OpenTelemetry's.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startCollector } from '../support/collector.mjs';
import { ended, newJob, newProject, run, runToEnd } from '../support/scenario.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/wait.mjs';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';

let collector, qd, project;
before(async () => {
  collector = await startCollector();
  qd = await startServer({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_EXPORTER_OTLP_HEADERS: 'x-key=a%20b' } });
  project = await newProject(qd);
});
after(async () => {
  await qd?.stop();
  await collector?.stop();
});

describe('traces', () => {
  it('join a request, its execution and the steps of it, within the trace of the client', async () => {
    const id = await newJob(qd, project, { steps: ['true', 'false'] });
    const started = await qd.api('POST', `/job/${id}/run`, { json: {}, headers: { traceparent: `00-${TRACE}-${CALLER}-01` } });
    const { id: number } = started.json;
    await ended(qd, number);
    const ours = (fits) => (one) => one.traceId === TRACE && fits(one);
    const request = await collector.span(ours((one) => one.name === 'POST /api/V/job/{id}/run'));
    const execution = await collector.span(ours((one) => one.name === 'execution'));
    const steps = [await collector.span(ours((one) => one.name === 'step 1')), await collector.span(ours((one) => one.name === 'step 2'))];
    assert.equal(request.parentSpanId, CALLER);
    assert.equal(request.kind, 2);
    assert.equal(request.attributes['http.response.status_code'], 200);
    assert.equal(request.attributes['enduser.id'], 'admin');
    assert.equal(execution.parentSpanId, request.spanId);
    assert.equal(execution.attributes['quarterdeck.execution.id'], number);
    assert.equal(execution.attributes['quarterdeck.execution.status'], 'failed');
    assert.equal(execution.status.code, 2);
    for (const step of steps) assert.equal(step.parentSpanId, execution.spanId);
    assert.equal(steps[0].status, undefined);
    assert.equal(steps[1].status.code, 2);
    assert.ok(BigInt(execution.startTimeUnixNano) <= BigInt(steps[0].startTimeUnixNano) && BigInt(steps[1].endTimeUnixNano) <= BigInt(execution.endTimeUnixNano));
    assert.equal(request.resource['service.name'], 'quarterdeck');
    assert.ok(request.resource['service.instance.id']);
    assert.equal(collector.headers['x-key'], 'a b');
  });

  it('give every fire of a schedule a trace of its own', async () => {
    const id = await newJob(qd, project, { steps: ['true'], schedule: { crontab: '* * * ? * * *' } });
    const fires = await until(() => {
      const found = collector.spans.filter((one) => one.name === 'schedule.fire' && one.attributes['quarterdeck.job.id'] === id);
      return found.length >= 2 && found;
    }, { what: 'two fires' });
    assert.notEqual(fires[0].traceId, fires[1].traceId);
    const execution = await collector.span((one) => one.name === 'execution' && one.traceId === fires[0].traceId);
    assert.equal(execution.parentSpanId, fires[0].spanId);
    await qd.ok('POST', `/job/${id}/schedule/disable`);
  });

  it('hold nothing up when the collector refuses or is silent, and are counted when they are dropped', async () => {
    const id = await newJob(qd, project, { steps: ['true'] });
    const dropped = async () => Number(/^quarterdeck_traces_dropped_total\{reason="not_taken"\} (\S+)$/m.exec((await qd.raw('GET', '/metrics', { token: null })).text)[1]);
    const before = await dropped();
    collector.status = 503;
    assert.equal((await runToEnd(qd, id)).status, 'succeeded');
    await until(async () => (await dropped()) > before, { what: 'spans to be dropped' });
    collector.status = 0;
    assert.equal((await runToEnd(qd, id)).status, 'succeeded');
    collector.status = 200;
    collector.server.closeAllConnections();
    const started = await run(qd, id);
    await collector.span((one) => one.name === 'execution' && one.attributes['quarterdeck.execution.id'] === started.id);
    for (const line of [/telemetry: traces do not arrive and are dropped: the collector answers 503/, /telemetry: traces arrive again/]) await until(() => line.test(qd.log()), { what: `${line} in the log` });
  });
});
