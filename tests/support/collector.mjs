// An OpenTelemetry collector for tests: takes OTLP over HTTP in JSON and keeps the spans.
import assert from 'node:assert/strict';
import http from 'node:http';
import { until } from './wait.mjs';

export class Collector {
  spans = [];
  requests = 0;
  status = 200;  // of answers from now on; 0: no answer at all

  async start() {
    this.server = http.createServer((request, response) => {
      const chunks = [];
      request.on('data', (chunk) => chunks.push(chunk)).on('end', () => {
        this.requests += 1;
        if (this.status === 0) return;  // held for ever
        if (this.status === 200) this.#take(request, Buffer.concat(chunks).toString());
        response.writeHead(this.status, { 'Content-Type': 'application/json' }).end('{}');
      });
    });
    await new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${this.server.address().port}`;
    return this;
  }

  // One span as {traceId, spanId, parentSpanId, name, kind, attributes: {}, status, resource: {}}.
  #take(request, body) {
    assert.equal(`${request.method} ${request.url}`, 'POST /v1/traces');
    assert.equal(request.headers['content-type'], 'application/json');
    this.headers = request.headers;
    const plain = (attributes) => Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue)]));
    for (const { resource, scopeSpans } of JSON.parse(body).resourceSpans) {
      for (const { spans } of scopeSpans) this.spans.push(...spans.map((span) => ({ ...span, attributes: plain(span.attributes), resource: plain(resource.attributes) })));
    }
  }

  // The first span that fits, once it is there.
  span(fits, timeout = 60_000) {
    return until(() => this.spans.find(fits), { timeout, what: `a span ${fits}; there are ${this.spans.map((one) => one.name)}` });
  }

  stop() {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }
}

export const startCollector = () => new Collector().start();
