// Long answers are packed for clients that can unpack them: what several of them make of it, and what stays as it is.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { startBalancer } from '../support/balancer.mjs';
import { importJobs, job, newProject } from '../support/scenario.mjs';
import { startServer } from '../support/server.mjs';

let qd, project, path, plain;
before(async () => {
  qd = await startServer();
  project = await newProject(qd);
  await importJobs(qd, project, Array.from({ length: 100 }, (_, n) => job({ name: `job ${n}`, description: `Läuft ${n}` })));
  path = `/api/59/project/${project}/jobs`;
  plain = (await qd.raw('GET', path, { accept: 'application/json' })).text;
  assert.equal(JSON.parse(plain).length, 100);
});
after(() => qd?.stop());

const token = () => ({ 'X-Rundeck-Auth-Token': qd.token });
const packed = (options = {}) => qd.raw('GET', path, { accept: 'application/json', headers: { 'Accept-Encoding': 'gzip', ...options.headers }, ...options.more });

describe('compressed answers', () => {
  it('come to those who ask for them, with lengths and Vary that are right, for HEAD too', async () => {
    const answer = await packed();
    assert.equal(answer.headers['content-encoding'], 'gzip');
    assert.equal(answer.headers.vary, 'Accept-Encoding');
    assert.equal(Number(answer.headers['content-length']), answer.body.length);
    assert.ok(answer.body.length * 4 < Buffer.byteLength(plain), `${answer.body.length} of ${plain.length}`);
    assert.equal(gunzipSync(answer.body).toString(), plain);
    const head = await qd.raw('HEAD', path, { accept: 'application/json', headers: { 'Accept-Encoding': 'gzip' } });
    assert.equal(head.headers['content-length'], answer.headers['content-length']);
    const without = await qd.raw('GET', path, { accept: 'application/json' });
    assert.equal(without.headers['content-encoding'], undefined);
    assert.equal(without.headers.vary, 'Accept-Encoding');
  });

  it('are read by fetch and curl', async () => {
    const fetched = await fetch(qd.url + path, { headers: { ...token(), Accept: 'application/json' } });
    assert.equal(fetched.headers.get('content-encoding'), 'gzip');
    assert.equal(await fetched.text(), plain);
    const curl = (...more) => promisify(execFile)('curl', ['-sS', '--max-time', '30', '-H', `X-Rundeck-Auth-Token: ${qd.token}`, ...more, qd.url + path], { encoding: 'buffer', maxBuffer: 1 << 24 });
    assert.equal((await curl('--compressed')).stdout.toString(), plain);
    assert.equal((await curl()).stdout.toString(), plain);
  });

  it('go through HAProxy', async () => {
    const balancer = await startBalancer('haproxy', [{ port: new URL(qd.url).port }]);
    try {
      const fetched = await fetch(balancer.url + path, { headers: { ...token(), Accept: 'application/json' } });
      assert.equal(fetched.headers.get('content-encoding'), 'gzip');
      assert.equal(await fetched.text(), plain);
    } finally {
      await balancer.stop();
    }
  });

  it('are not short ones, nor definitions whose tag names their bytes, nor asked for by another site', async () => {
    const [{ id }] = JSON.parse(plain);
    const short = await qd.raw('GET', '/api/59/system/info/nothing', { headers: { 'Accept-Encoding': 'gzip' } });
    assert.equal(short.headers['content-encoding'], undefined);
    const definition = await qd.raw('GET', `/api/59/job/${id}`, { headers: { 'Accept-Encoding': 'gzip' }, accept: 'application/json' });
    assert.match(definition.headers.etag, /^"/);
    assert.equal(definition.headers['content-encoding'], undefined);
    assert.equal((await packed({ headers: { 'Sec-Fetch-Site': 'cross-site' } })).text, plain);
  });
});

describe('server.compression.enabled', () => {
  it('off leaves all answers as they are', async () => {
    const bare = await startServer({ config: { 'server.compression.enabled': 'false' } });
    try {
      const own = await newProject(bare);
      await importJobs(bare, own, Array.from({ length: 50 }, (_, n) => job({ name: `job ${n}` })));
      const answer = await bare.raw('GET', `/api/59/project/${own}/jobs`, { headers: { 'Accept-Encoding': 'gzip' }, accept: 'application/json' });
      assert.equal(answer.json.length, 50);
      assert.equal(answer.headers.vary, undefined);
    } finally {
      await bare.stop();
    }
  });
});
