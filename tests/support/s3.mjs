// A real S3 server for tests, and a way to it that a test can make slow, refusing, full, or cut.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, statSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { once } from 'node:events';
import { endAtExit, ended, removeAtExit } from './cleanup.mjs';
import { installPackages } from './packages.mjs';
import { until, within } from './wait.mjs';

const home = join(dirname(fileURLToPath(import.meta.url)), 's3');
export const BUCKET = 'test-logs';
export const KEY = 'S3RVER';

class S3 {
  constructor() {
    this.folder = removeAtExit(mkdtempSync(join(tmpdir(), 'qd-s3-')));
    this.port = 0;
  }
  async start() {
    this.child = endAtExit(spawn(process.execPath, [join(home, 'server.mjs'), this.folder, BUCKET, String(this.port)], { stdio: ['ignore', 'pipe', 'inherit'] }));
    let text = '';
    this.child.stdout.on('data', (data) => (text += data));
    this.port = await until(() => Number(/^port (\d+)$/m.exec(text)?.[1]), { what: 'the S3 server' });
    this.child.stdout.unref?.();
    return this;
  }
  async stop() {
    this.child.kill('SIGTERM');
    await within(ended(this.child), 10_000, 'the S3 server to end');
  }
  get endpoint() {
    return `http://127.0.0.1:${this.port}`;
  }

  // Keys of the objects in the bucket, sorted.
  keys() {
    const root = join(this.folder, BUCKET);
    return readdirSync(root, { recursive: true })
      .map(String)
      .filter((name) => name.endsWith('._S3rver_object'))
      .map((name) => name.replace('._S3rver_object', ''))
      .sort();
  }
  file(key) {
    return join(this.folder, BUCKET, `${key}._S3rver_object`);
  }
  read(key) {
    return readFileSync(this.file(key));
  }
  size(key) {
    return statSync(this.file(key)).size;
  }
  metadata(key) {
    return JSON.parse(readFileSync(join(this.folder, BUCKET, `${key}._S3rver_metadata.json`), 'utf8'));
  }
}

export async function startS3() {
  installPackages('tests/support/s3');
  return new S3().start();
}

// framework.* settings of a member that uses it.
export function s3Settings(endpoint, { provider = 'org.rundeck.amazon-s3', secret = KEY, ...more } = {}) {
  const settings = { AWSAccessKeyId: KEY, AWSSecretKey: secret, bucket: BUCKET, endpoint, pathStyle: 'true', path: 'logs/${job.project}/${job.execid}', ...more };
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [`framework.plugin.ExecutionFileStorage.${provider}.${key}`, value]));
}

// Between a member and the S3 server. `fault` decides on each request: {status, code} answers so, {cutAfter} ends the
// connection after so many bytes of the answer (or of the request, when it has a body), {pause} holds it for milliseconds.
export class FaultyWay {
  fault = undefined;
  seen = [];
  bytesUp = 0;

  constructor(target) {
    this.target = target;
    this.server = http.createServer((request, response) => this.#handle(request, response));
  }
  async start() {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.server.unref();
    this.endpoint = `http://127.0.0.1:${this.server.address().port}`;
    return this;
  }
  async #handle(request, response) {
    const fault = this.fault?.(request);
    this.seen.push(`${request.method} ${request.url}`);
    request.on('error', () => {});
    response.on('error', () => {});
    if (fault?.status) {
      request.resume();
      await once(request, 'end').catch(() => {});
      response.writeHead(fault.status, { 'content-type': 'application/xml' });
      return response.end(`<?xml version="1.0"?><Error><Code>${fault.code}</Code><Message>as the test wants it</Message></Error>`);
    }
    if (fault?.pause) await new Promise((resolve) => setTimeout(resolve, fault.pause));
    const upstream = http.request({ host: '127.0.0.1', port: this.target, method: request.method, path: request.url, headers: request.headers });
    let sent = 0;
    let got = 0;
    upstream.on('error', () => response.destroy());
    request.on('data', (data) => {
      sent += data.length;
      this.bytesUp += data.length;
      if (fault?.cutAfter && request.method === 'PUT' && sent > fault.cutAfter) {
        upstream.destroy();
        return request.socket.destroy();
      }
      upstream.write(data);
    });
    request.on('end', () => upstream.end());
    upstream.on('response', (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.on('data', (data) => {
        got += data.length;
        if (fault?.cutAfter && got > fault.cutAfter) {
          const kept = data.subarray(0, Math.max(0, data.length - (got - fault.cutAfter)));
          response.write(kept, () => request.socket.destroy());
          return upstream.destroy();
        }
        response.write(data);
      });
      answer.on('end', () => response.end());
    });
  }
  close() {
    this.server.closeAllConnections();
    this.server.close();
  }
}
