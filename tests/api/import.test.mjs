// Importing job files: every way to send them, every option, every kind of failure.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startServer } from '../support/server.mjs';
import { importJobs, job, newProject, runToEnd, unique } from '../support/scenario.mjs';

let qd, project;
before(async () => {
  qd = await startServer();
  project = await newProject(qd);
});
after(() => qd?.stop());

const yaml = (name) => `- name: ${name}\n  description: ''\n  loglevel: INFO\n  sequence:\n    keepgoing: false\n    strategy: node-first\n    commands:\n    - exec: echo from yaml\n`;
const xml = (name) => `<joblist><job><name>${name}</name><description/><loglevel>INFO</loglevel><context><project>ignored</project></context><sequence keepgoing='false' strategy='node-first'><command><exec>echo from xml</exec></command></sequence></job></joblist>`;
const json = (name) => JSON.stringify([job({ name, steps: ['echo from json'] })]);
const FILES = { xml, yaml, json };

const path = () => `/project/${project}/jobs/import`;
const names = (list) => list.map((item) => item.name);

async function assertImported(answer, name, format) {
  assert.deepEqual(names(answer.succeeded), [name], JSON.stringify(answer));
  assert.deepEqual(answer.failed, []);
  assert.deepEqual(answer.skipped, []);
  const [{ id }] = answer.succeeded;
  const done = await runToEnd(qd, id);
  assert.equal(done.status, 'succeeded');
  assert.equal((await qd.ok('GET', `/execution/${done.id}/output`)).entries[0].log, `from ${format}`);
}

for (const [format, file] of Object.entries(FILES)) {
  describe(`a ${format} file`, () => {
    const types = { xml: ['application/xml', 'text/xml'], yaml: ['application/yaml', 'text/yaml', 'application/x-yaml'], json: ['application/json'] }[format];
    for (const type of types) {
      it(`is taken as the body, as ${type}`, async () => {
        const name = unique();
        await assertImported(await qd.ok('POST', path(), { body: file(name), type }), name, format);
      });
    }
    it('is taken as a form field', async () => {
      const name = unique();
      await assertImported(await qd.ok('POST', path(), { form: { xmlBatch: file(name), fileformat: format } }), name, format);
    });
    it('is taken as a form field, with the format in the URL', async () => {
      const name = unique();
      await assertImported(await qd.ok('POST', path(), { form: { xmlBatch: file(name) }, query: { fileformat: format } }), name, format);
    });
    it('is taken as an upload', async () => {
      const name = unique();
      const parts = [{ name: 'xmlBatch', filename: `jobs.${format}`, type: 'application/octet-stream', content: file(name) }];
      await assertImported(await qd.ok('POST', path(), { parts, query: { fileformat: format } }), name, format);
    });
    it('is taken as an upload, with the format as a part', async () => {
      const name = unique();
      const parts = [{ name: 'fileformat', content: format }, { name: 'xmlBatch', filename: 'x', content: file(name) }];
      await assertImported(await qd.ok('POST', path(), { parts }), name, format);
    });
  });
}

describe('the answer', () => {
  it('names each job with its addresses', async () => {
    const name = unique();
    const { succeeded: [item] } = await importJobs(qd, project, [job({ name, group: 'a/b' })]);
    assert.equal(item.name, name);
    assert.equal(item.group, 'a/b');
    assert.equal(item.project, project);
    assert.equal(item.index, 1);
    assert.equal(item.href, `${qd.url}/api/59/job/${item.id}`);
    assert.equal(item.permalink, `${qd.url}/project/${project}/job/show/${item.id}`);
  });

  it('keeps the order of the file', async () => {
    const jobs = Array.from({ length: 12 }, (_, i) => job({ name: `${'zyxwvutsrqpo'[i]}-${unique()}` }));
    const answer = await importJobs(qd, project, jobs);
    assert.deepEqual(names(answer.succeeded), names(jobs));
    assert.deepEqual(answer.succeeded.map((item) => item.index), jobs.map((_, i) => i + 1));
  });

  it('tells good jobs from bad ones, and imports the good', async () => {
    const [first, third] = [job(), job()];
    const bad = { ...job(), sequence: { keepgoing: false, strategy: 'node-first', commands: [] } };
    const answer = await importJobs(qd, project, [first, bad, third]);
    assert.deepEqual(names(answer.succeeded), [first.name, third.name]);
    assert.deepEqual(names(answer.failed), [bad.name]);
    assert.ok(answer.failed[0].error?.length > 0, JSON.stringify(answer.failed));
    assert.equal(answer.failed[0].index, 2);
    const listed = names(await qd.ok('GET', `/project/${project}/jobs`));
    assert.ok(listed.includes(first.name) && listed.includes(third.name) && !listed.includes(bad.name));
  });
});

describe('the project and identity of a job', () => {
  it('the project in the file is ignored', async () => {
    const name = unique();
    const answer = await qd.ok('POST', path(), { body: xml(name), type: 'application/xml' });
    assert.equal(answer.succeeded[0].project, project);
  });

  it('a uuid of the file is kept, and need not be a UUID', async () => {
    const uuid = unique('r2d2');
    const { succeeded: [item] } = await importJobs(qd, project, [job({ uuid })]);
    assert.equal(item.id, uuid);
    assert.equal((await qd.ok('GET', `/job/${uuid}/info`)).id, uuid);
  });

  it('uuidOption=remove gives a new one', async () => {
    const uuid = unique('r2d2');
    const { succeeded: [item] } = await importJobs(qd, project, [job({ uuid })], { uuidOption: 'remove' });
    assert.notEqual(item.id, uuid);
    assert.match(item.id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  it('dupeOption=create with a uuid that is taken fails that job', async () => {
    const uuid = unique();
    await importJobs(qd, project, [job({ uuid })]);
    const answer = await importJobs(qd, project, [job({ uuid })], { dupeOption: 'create' });
    assert.equal(answer.failed.length, 1, JSON.stringify(answer));
  });

  it('a uuid taken in another project fails that job', async () => {
    const uuid = unique();
    await importJobs(qd, await newProject(qd), [job({ uuid })]);
    for (const dupeOption of ['create', 'update', 'skip']) {
      const answer = await importJobs(qd, project, [job({ uuid })], { dupeOption });
      assert.equal(answer.succeeded.length, 0, `${dupeOption}: ${JSON.stringify(answer)}`);
    }
  });

  it('dupeOption=create without uuid makes a second job of the same name', async () => {
    const same = job({ group: 'twins' });
    const one = await importJobs(qd, project, [same]);
    const two = await importJobs(qd, project, [same], { dupeOption: 'create' });
    assert.notEqual(one.succeeded[0].id, two.succeeded[0].id);
  });

  it('dupeOption=update matches by name and group, and keeps id and history', async () => {
    const before = job({ group: 'upd', steps: ['echo one'] });
    const { succeeded: [{ id }] } = await importJobs(qd, project, [before]);
    const done = await runToEnd(qd, id);
    const answer = await importJobs(qd, project, [{ ...before, sequence: job({ steps: ['echo two'] }).sequence }], { dupeOption: 'update' });
    assert.equal(answer.succeeded[0].id, id);
    const executions = await qd.ok('GET', `/job/${id}/executions`);
    assert.equal(executions.executions[0].id, done.id);
    assert.equal((await qd.ok('GET', `/job/${id}`))[0].sequence.commands[0].exec, 'echo two');
  });

  it('dupeOption=update matches by uuid, and may rename', async () => {
    const uuid = unique();
    await importJobs(qd, project, [job({ uuid, name: unique('old') })]);
    const name = unique('new');
    const answer = await importJobs(qd, project, [job({ uuid, name, group: 'moved' })], { dupeOption: 'update' });
    assert.equal(answer.succeeded[0].id, uuid);
    const info = await qd.ok('GET', `/job/${uuid}/info`);
    assert.deepEqual([info.name, info.group], [name, 'moved']);
  });

  it('dupeOption=skip leaves what is there', async () => {
    const before = job({ steps: ['echo one'] });
    const { succeeded: [{ id }] } = await importJobs(qd, project, [before]);
    const other = job();
    const answer = await importJobs(qd, project, [{ ...before, sequence: job({ steps: ['echo two'] }).sequence }, other], { dupeOption: 'skip' });
    assert.deepEqual(names(answer.skipped), [before.name]);
    assert.deepEqual(names(answer.succeeded), [other.name]);
    assert.equal((await qd.ok('GET', `/job/${id}`))[0].sequence.commands[0].exec, 'echo one');
  });
});

describe('references to jobs', () => {
  const ref = (name, group) => ({ jobref: { name, group, nodeStep: 'true' } });

  it('resolve within one file, forward too', async () => {
    const later = job({ group: 'refs' });
    const first = job({ steps: [ref(later.name, 'refs')] });
    const answer = await importJobs(qd, project, [first, later], { validateJobref: 'true' });
    assert.deepEqual(names(answer.succeeded), [first.name, later.name], JSON.stringify(answer));
  });

  it('that lead nowhere fail the job when they are validated, and only then', async () => {
    const lost = job({ steps: [ref('no such job', 'nowhere')] });
    const strict = await importJobs(qd, project, [lost], { validateJobref: 'true' });
    assert.deepEqual(names(strict.failed), [lost.name], JSON.stringify(strict));
    const lenient = await importJobs(qd, project, [lost]);
    assert.deepEqual(names(lenient.succeeded), [lost.name], JSON.stringify(lenient));
  });
});

describe('a bad file', () => {
  it('of an unknown format', async () => {
    const envelope = await qd.fails(415, 'api.error.jobs.import.format.unsupported', 'POST', path(), { form: { xmlBatch: 'x', fileformat: 'toml' } });
    assert.equal(envelope.message, 'The specified format is not supported: toml');
  });

  for (const [what, type, body] of [
    ['XML', 'application/xml', '<joblist><job>'],
    ['XML with the wrong root', 'application/xml', '<jobs/>'],
    ['YAML', 'application/yaml', '- name: "x\n  : ['],
    ['YAML that is no list', 'application/yaml', 'just a text'],
    ['JSON', 'application/json', '[{"name": '],
    ['JSON that is no list', 'application/json', '"text"'],
  ]) {
    it(`of broken ${what}`, async () => {
      const before = (await qd.ok('GET', `/project/${project}/jobs`)).length;
      const envelope = await qd.fails(400, null, 'POST', path(), { body, type });
      assert.ok(envelope.message.length > 10, envelope.message);
      assert.equal((await qd.ok('GET', `/project/${project}/jobs`)).length, before);
    });
  }

  it('names the job, the field and the line', async () => {
    const text = `${yaml('good-one-here')}- name: bad-one-here\n  loglevel: INFO\n  options:\n  - name: o\n    regex: '['\n  sequence:\n    commands:\n    - exec: true\n`;
    const answer = await qd.ok('POST', path(), { body: text, type: 'application/yaml' });
    assert.deepEqual(names(answer.failed), ['bad-one-here'], JSON.stringify(answer));
    assert.match(answer.failed[0].error, /regex/i);
    assert.match(answer.failed[0].error, /line \d+/i);
  });

  for (const [what, fields] of [
    ['no name', { name: undefined }],
    ['an empty name', { name: '' }],
    ['a name with a slash', { name: 'a/b' }],
    ['no steps', { sequence: { keepgoing: false, strategy: 'node-first', commands: [] } }],
    ['no sequence', { sequence: undefined }],
    ['a step that is nothing', { sequence: { keepgoing: false, strategy: 'node-first', commands: [{ description: 'x' }] } }],
    ['an option without name', { options: [{ value: 'x' }] }],
    ['two options of one name', { options: [{ name: 'a' }, { name: 'a' }] }],
    ['a bad option name', { options: [{ name: 'a b' }] }],
    ['a bad schedule', { schedule: { crontab: 'every now and then' } }],
    ['a schedule on a day that does not exist', { schedule: { crontab: '0 0 2 30 FEB ?' } }],
    ['a schedule whose years are over', { schedule: { crontab: '0 0 2 * * ? 2020' } }],
    ['an unknown time zone', { schedule: { crontab: '0 0 2 * * ?' }, timeZone: 'Mars/Olympus' }],
    ['a bad regular expression', { options: [{ name: 'a', regex: '(' }] }],
    ['an enforced option without values', { options: [{ name: 'a', enforced: true }] }],
  ]) {
    it(`with ${what} fails that job`, async () => {
      const answer = await importJobs(qd, project, [{ ...job(), ...fields }]);
      assert.equal(answer.failed.length, 1, JSON.stringify(answer));
      assert.equal(answer.succeeded.length, 0);
    });
  }

  it('with nothing in it', async () => {
    const answer = await qd.api('POST', path(), { body: '', type: 'application/yaml' });
    assert.ok(answer.status === 400 || (answer.status === 200 && answer.json.succeeded.length === 0), answer.text);
  });
});
