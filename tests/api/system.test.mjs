// System info, health, metrics, execution mode, and the HTTP manners of the server.
import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import { after, before, describe, it } from 'node:test';
import { startServer } from '../support/server.mjs';
import { ended, newJob, newProject, run } from '../support/scenario.mjs';
import { within } from '../support/wait.mjs';

let qd;
before(async () => {
  qd = await startServer();
});
after(() => qd?.stop());

describe('system info', () => {
  it('has the documented parts', async () => {
    const { system } = await qd.ok('GET', '/system/info');
    assert.ok(Math.abs(system.timestamp.epoch - Date.now()) < 60_000);
    assert.equal(system.timestamp.unit, 'ms');
    assert.match(system.timestamp.datetime, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.equal(system.rundeck.apiversion, 59);
    assert.equal(system.rundeck.base, qd.base);
    for (const key of ['version', 'build', 'node']) assert.ok(system.rundeck[key], `rundeck.${key}`);
    assert.deepEqual(system.executions, { active: true, executionMode: 'active' });
    assert.equal(system.os.name, 'Linux');
    assert.ok(system.os.arch && system.os.version);
    assert.ok(system.stats.uptime.duration > 0);
    assert.equal(system.stats.uptime.unit, 'ms');
    assert.ok(system.stats.uptime.since.epoch <= Date.now());
    assert.ok(system.stats.cpu.processors >= 1);
    assert.equal(typeof system.stats.cpu.loadAverage.average, 'number');
    for (const key of ['max', 'free', 'total']) assert.equal(typeof system.stats.memory[key], 'number');
    assert.equal(system.stats.scheduler.running, 0);
    assert.ok(system.stats.threads.active >= 1);
    assert.ok(system.metrics.href.startsWith(qd.url));
    assert.ok(system.ping.href.endsWith('/metrics/ping'));
  });
});

describe('health and metrics', () => {
  it('GET /health needs no login', async () => {
    const answer = await qd.raw('GET', '/health', { token: null });
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(answer.json, { status: 'UP', components: { database: { status: 'UP' }, executions: { status: 'UP' } } });
  });

  it('GET /health tells balancers that a passive member takes no executions, if they ask', async () => {
    const health = (query) => qd.raw('GET', '/health', { token: null, query });
    await qd.ok('POST', '/system/executions/disable');
    try {
      const plain = await health();
      assert.deepEqual([plain.status, plain.json.status, plain.json.components.executions.status], [200, 'UP', 'OUT_OF_SERVICE']);
      const asked = await health({ passiveAs503: true });
      assert.deepEqual([asked.status, asked.json.status], [503, 'OUT_OF_SERVICE']);
    } finally {
      await qd.ok('POST', '/system/executions/enable');
    }
    assert.equal((await health({ passiveAs503: true })).status, 200);
  });

  it('lists its endpoints', async () => {
    const { _links } = await qd.ok('GET', '/metrics');
    assert.deepEqual(Object.keys(_links).sort(), ['healthcheck', 'metrics', 'ping', 'threads']);
    assert.ok(_links.metrics.href.endsWith('/metrics/metrics'));
  });

  it('ping answers pong', async () => {
    const answer = await qd.api('GET', '/metrics/ping', { accept: 'text/plain' });
    assert.equal(answer.status, 200);
    assert.equal(answer.type, 'text/plain');
    assert.equal(answer.text.trim(), 'pong');
  });

  it('the health check speaks of the database', async () => {
    const checks = await qd.ok('GET', '/metrics/healthcheck');
    assert.ok(Object.keys(checks).length > 0);
    assert.equal(checks['dataSource.connection.time'].healthy, true);
  });

  it('Prometheus can read the metrics', async () => {
    const pages = await Promise.all(['/metrics', '/monitoring/prometheus'].map((path) => qd.raw('GET', path, { accept: 'text/plain' })));
    const page = pages.find((answer) => answer.status === 200 && answer.type === 'text/plain');
    assert.ok(page, 'no page for Prometheus at /metrics or /monitoring/prometheus');
    for (const line of page.text.trim().split('\n')) assert.match(line, /^(#.*|[a-zA-Z_:][\w:]*(\{.*\})? \S+( \d+)?)$/);
    assert.match(page.text, /^# TYPE \S+ (counter|gauge|histogram)$/m);
  });
});

describe('execution mode', () => {
  it('passive stops new executions, active lets them run', async () => {
    const project = await newProject(qd);
    const job = await newJob(qd, project, {});
    assert.deepEqual(await qd.ok('GET', '/system/executions/status'), { executionMode: 'active' });
    assert.deepEqual(await qd.ok('POST', '/system/executions/disable'), { executionMode: 'passive' });
    try {
      assert.equal((await qd.api('GET', '/system/executions/status')).status, 200);
      assert.equal((await qd.api('GET', '/system/executions/status', { query: { passiveAs503: 'true' } })).status, 503);
      assert.equal((await qd.api('GET', '/system/executions/status', { version: 35 })).status, 503);
      assert.equal((await qd.ok('GET', '/system/info')).system.executions.active, false);
      assert.equal((await qd.api('POST', `/job/${job}/run`)).status, 400);
      assert.equal((await qd.api('POST', `/project/${project}/run/command`, { json: { exec: 'true' } })).status, 400);
    } finally {
      assert.deepEqual(await qd.ok('POST', '/system/executions/enable'), { executionMode: 'active' });
    }
    assert.equal((await ended(qd, (await run(qd, job)).id)).status, 'succeeded');
  });
});

describe('HTTP', () => {
  it('security headers are on pages and API answers', async () => {
    for (const path of ['/api/59/projects', '/api/59/nothing', '/user/login']) {
      const { headers } = await qd.raw('GET', path);
      assert.ok(headers['content-security-policy'], path);
      assert.equal(headers['x-content-type-options'], 'nosniff', path);
      assert.equal(headers['x-frame-options']?.toLowerCase(), 'deny', path);
      assert.ok(headers['referrer-policy'], path);
      assert.ok(headers['permissions-policy'], path);
    }
  });

  it('header names have their usual capitals', async () => {
    const answer = await qd.raw('GET', '/api/59/projects');
    assert.equal(answer.httpVersion, '1.1');
    assert.ok(answer.rawHeaders.includes('Content-Type'), answer.rawHeaders.join(' '));
    assert.match(answer.headers['content-type'], /^application\/json/);
  });

  it('a trailing ? or ?&& is harmless', async () => {
    for (const tail of ['?', '?&&', '?&']) assert.equal((await qd.raw('GET', `/api/59/projects${tail}`)).status, 200, tail);
  });

  it('JSON bodies are read leniently', async () => {
    for (const body of ['{"name":"NAME",}', '{"name":"NAME"} junk', '{"name":"NAME","config":{"a":"b",},}\n\n}']) {
      const name = `lenient-${Math.random().toString(36).slice(2)}`;
      const answer = await qd.api('POST', '/projects', { body: body.replace('NAME', name), type: 'application/json' });
      assert.equal(answer.status, 201, `${body}: ${answer.text}`);
    }
    assert.equal((await qd.api('POST', '/projects', { body: '{"name":', type: 'application/json' })).status, 400);
  });

  it('the configuration in force is told with its sources, and secrets are not', async () => {
    const secret = 'h1dden-from-all';
    const own = await startServer({ config: { 'quarterdeck.storage.password': secret, 'rundeck.gui.title': 'Night Desk', 'rundeck.clusterMode.remoteExecution.config.allowed': 'Self' } });
    try {
      const answer = await own.api('GET', '/system/config');
      assert.ok(!answer.text.includes(secret), 'the secret is told');
      const key = (name) => answer.json.keys.find((one) => one.key === name);
      assert.equal(key('quarterdeck.storage.password').value, null);
      assert.match(key('quarterdeck.storage.password').source, /rundeck-config\.properties:\d+$/);
      assert.equal(key('rundeck.gui.title').value, 'Night Desk');
      assert.deepEqual([key('quarterdeck.server.idleTimeout').source, key('quarterdeck.server.idleTimeout').default], ['default', '60s']);
      assert.equal(key('rundeck.clusterMode.remoteExecution.config.allowed').value, 'Self');
      own.writeConfig({ 'quarterdeck.storage.password': secret, 'rundeck.gui.title': 'Changed', 'rundeck.clusterMode.remoteExecution.policy': 'Random' });
      await own.ok('POST', '/config/refresh');
      const now = (await own.ok('GET', '/system/config')).keys;
      const value = (name) => now.find((one) => one.key === name)?.value;
      assert.deepEqual(['rundeck.clusterMode.remoteExecution.policy', 'rundeck.clusterMode.remoteExecution.config.allowed', 'rundeck.gui.title'].map(value), ['Random', undefined, 'Night Desk']);
      assert.equal(new Set(now.map((one) => one.key)).size, now.length);
    } finally {
      await own.stop();
    }
  });

  it('one connection serves many requests', async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    let sockets = 0;
    agent.createConnection = function connect(...args) {
      sockets += 1;
      return net.createConnection(...args);
    };
    for (let i = 0; i < 20; i += 1) assert.equal((await qd.raw('GET', '/api/59/projects', { agent })).status, 200);
    agent.destroy();
    assert.equal(sockets, 1);
  });

  const talk = (text) => within(new Promise((resolve, reject) => {
    const target = new URL(qd.url);
    const socket = net.connect(target.port, target.hostname, () => socket.write(text));
    let answer = '';
    socket.on('data', (chunk) => { answer += chunk; });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  }), 20_000, 'an answer and the end of the connection');

  it('what is not HTTP is turned away', async () => {
    const answer = await talk('this is not HTTP at all\r\n\r\n');
    assert.ok(answer === '' || /^HTTP\/1\.1 400 /.test(answer), answer);
  });

  it('endless headers are turned away', async () => {
    const answer = await talk(`GET / HTTP/1.1\r\nHost: x\r\n${`X-Fill: ${'a'.repeat(1000)}\r\n`.repeat(200)}\r\n`).catch((error) => error.code);
    assert.match(answer, /^(HTTP\/1\.1 (400|413|431) |ECONNRESET|EPIPE|$)/);
  });

  it('paths cannot leave the folder of static files', async () => {
    for (const path of ['/../../etc/passwd', '/assets/../../../../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/assets/..%2f..%2fetc/passwd']) {
      const answer = await qd.raw('GET', path);
      assert.ok(!answer.text.includes('root:'), path);
    }
  });
});
