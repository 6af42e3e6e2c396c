// A trace goes on where an execution is forwarded to.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startCluster } from '../support/cluster.mjs';
import { startCollector } from '../support/collector.mjs';
import { ended, newJob, newProject } from '../support/scenario.mjs';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

let collector, cluster;
before(async () => {
  collector = await startCollector();
  cluster = await startCluster({ size: 2, settings: { 'quarterdeck.traces.endpoint': collector.url, 'remoteExecution.policy': 'Random', 'remoteExecution.config.allowed': 'Other' } });
});
after(async () => {
  await cluster?.stop();
  await collector?.stop();
});

describe('a forwarded execution', () => {
  it('is in the trace of the request that started it, on the member that runs it', async () => {
    const [m1, m2] = cluster.members;
    const project = await newProject(m1);
    const id = await newJob(m1, project, { steps: ['true'] });
    const started = await m1.api('POST', `/job/${id}/run`, { json: {}, headers: { traceparent: `00-${TRACE}-00f067aa0ba902b7-01` } });
    assert.equal((await ended(m1, started.json.id)).serverUUID, m2.uuid);
    const request = await collector.span((one) => one.traceId === TRACE && one.name === 'POST /api/V/job/{id}/run');
    const execution = await collector.span((one) => one.traceId === TRACE && one.name === 'execution');
    assert.equal(request.resource['service.instance.id'], m1.uuid);
    assert.equal(execution.resource['service.instance.id'], m2.uuid);
    assert.equal(execution.parentSpanId, request.spanId);
    assert.equal(execution.kind, 5);
  });
});
