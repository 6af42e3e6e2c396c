// Exporting jobs: formats, and which jobs.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startServer } from '../support/server.mjs';
import { importJobs, job, newProject, unique } from '../support/scenario.mjs';

let qd, project;
const ids = {};
before(async () => {
  qd = await startServer();
  project = await newProject(qd);
  const jobs = [
    job({ name: 'alpha', description: 'first' }),
    job({ name: 'beta', group: 'apps' }),
    job({ name: 'gamma', group: 'apps/web' }),
    job({ name: 'delta', group: 'appsother' }),
    job({ name: 'alphabet', group: 'apps', scheduleEnabled: false, schedule: { crontab: '0 0 5 ? * MON *' } }),
  ];
  for (const item of (await importJobs(qd, project, jobs)).succeeded) ids[item.name] = item.id;
});
after(() => qd?.stop());

const path = () => `/project/${project}/jobs/export`;
const exported = async (query = {}) => (await qd.ok('GET', path(), { query })).map((item) => item.name).sort();

describe('formats', () => {
  it('JSON is the default', async () => {
    const answer = await qd.api('GET', path(), { accept: '*/*' });
    assert.equal(answer.type, 'application/json');
    assert.equal(answer.json.length, 5);
  });

  for (const [format, type, accept, mark] of [
    ['json', /^application\/json$/, 'application/json', /^\s*\[/],
    ['yaml', /^(text|application)\/(x-)?yaml$/, 'text/yaml', /^- \w+:/m],
    ['xml', /^(text|application)\/xml$/, 'application/xml', /<joblist>/],
  ]) {
    it(`${format}, by parameter`, async () => {
      const answer = await qd.api('GET', path(), { query: { format }, accept: '*/*' });
      assert.equal(answer.status, 200);
      assert.match(answer.type, type);
      assert.match(answer.text, mark);
    });
    it(`${format}, by Accept`, async () => {
      for (const where of [path(), `/job/${ids.alpha}`]) {
        const answer = await qd.api('GET', where, { accept });
        assert.equal(answer.status, 200, answer.text);
        assert.match(answer.type, type);
        assert.match(answer.text, mark);
      }
    });
  }

  it('one job, with its fields', async () => {
    const [only, ...others] = await qd.ok('GET', `/job/${ids.alpha}`);
    assert.equal(others.length, 0);
    assert.equal(only.name, 'alpha');
    assert.equal(only.description, 'first');
    assert.equal(only.uuid, ids.alpha);
    assert.equal(only.id, ids.alpha);
    assert.equal(only.loglevel, 'INFO');
    assert.equal(only.sequence.commands[0].exec, 'true');
    await qd.fails(415, 'api.error.item.unsupported-format', 'GET', `/job/${ids.alpha}`, { query: { format: 'csv' } });
  });

  it('a disabled schedule is exported', async () => {
    const [only] = await qd.ok('GET', `/job/${ids.alphabet}`);
    assert.ok(only.schedule, JSON.stringify(only));
    assert.equal(only.scheduleEnabled, false);
  });
});

describe('filters', () => {
  it('none', async () => assert.deepEqual(await exported(), ['alpha', 'alphabet', 'beta', 'delta', 'gamma']));
  it('idlist', async () => assert.deepEqual(await exported({ idlist: `${ids.alpha},${ids.gamma}` }), ['alpha', 'gamma']));
  it('idlist with an unknown id', async () => assert.deepEqual(await exported({ idlist: `${ids.alpha},${unique()}` }), ['alpha']));
  it('groupPath includes sub-groups, not neighbours', async () => assert.deepEqual(await exported({ groupPath: 'apps' }), ['alphabet', 'beta', 'gamma']));
  it('groupPath -', async () => assert.deepEqual(await exported({ groupPath: '-' }), ['alpha']));
  it('groupPathExact', async () => assert.deepEqual(await exported({ groupPathExact: 'apps' }), ['alphabet', 'beta']));
  it('jobFilter is a part of the name', async () => assert.deepEqual(await exported({ jobFilter: 'alpha' }), ['alpha', 'alphabet']));
  it('jobExactFilter is the name', async () => assert.deepEqual(await exported({ jobExactFilter: 'alpha' }), ['alpha']));
  it('two together', async () => assert.deepEqual(await exported({ jobFilter: 'alpha', groupPath: 'apps' }), ['alphabet']));
  it('letters with a meaning in SQL have none here', async () => {
    for (const jobFilter of ['%', '_', "'", '\\', 'al%a']) assert.deepEqual(await exported({ jobFilter }), [], jobFilter);
  });
});
