// Import → export → import is the identity, in each format and across formats.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, describe, it } from 'node:test';
import { startServer } from '../support/server.mjs';
import { job, newProject } from '../support/scenario.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const files = join(here, '../files');
const FORMATS = ['json', 'yaml', 'xml'];
const TYPES = { json: 'application/json', yaml: 'application/yaml', xml: 'application/xml' };

let qd;
before(async () => {
  qd = await startServer();
});
after(() => qd?.stop());

// Imports a file into a project of its own, calls `use` with the project, and removes it again, as uuids are unique.
async function imported(text, format, use) {
  const project = await newProject(qd);
  const answer = await qd.ok('POST', `/project/${project}/jobs/import`, { body: text, type: TYPES[format] });
  try {
    assert.deepEqual(answer.failed, [], `importing ${format}`);
    assert.deepEqual(answer.skipped, []);
    return await use(project, answer);
  } finally {
    await qd.ok('DELETE', `/project/${project}`, { query: { deferred: 'false' } });
  }
}

async function exports(project) {
  const all = {};
  for (const format of FORMATS) all[format] = (await qd.api('GET', `/project/${project}/jobs/export`, { query: { format }, accept: '*/*' })).text;
  return all;
}

// Every value of `part`, found at its place in `whole`.
function assertContains(whole, part, path = '') {
  if (Array.isArray(part)) {
    assert.ok(Array.isArray(whole), `${path}: ${JSON.stringify(whole)} is no list`);
    assert.equal(whole.length, part.length, `${path}: ${JSON.stringify(whole)}`);
    part.forEach((value, i) => assertContains(whole[i], value, `${path}[${i}]`));
  } else if (part && typeof part === 'object') {
    assert.ok(whole && typeof whole === 'object', `${path}: ${JSON.stringify(whole)} is no object`);
    for (const [key, value] of Object.entries(part)) assertContains(whole[key], value, `${path}.${key}`);
  } else {
    assert.equal(String(whole), String(part), path);
  }
}

const byUuid = (jobs) => [...jobs].sort((a, b) => (a.uuid < b.uuid ? -1 : 1));

// QD_JOB_FILES names a folder with more job files to try.
const examples = [join(here, '../../examples/jobs'), join(here, '../golden/jobs'), files, process.env.QD_JOB_FILES ?? '']
  .filter((folder) => existsSync(folder))
  .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
  .filter((file) => /\.(json|yaml|yml|xml)$/.test(file));

for (const file of examples) {
  const format = extname(file).slice(1).replace('yml', 'yaml');
  describe(file.slice(file.lastIndexOf('/') + 1), () => {
    const text = readFileSync(file, 'utf8');
    let first;
    before(async () => {
      first = await imported(text, format, exports);
    });

    for (const through of FORMATS) {
      it(`is the same after a trip through ${through}`, async () => {
        const again = await imported(first[through], through, exports);
        assert.deepEqual(JSON.parse(again.json), JSON.parse(first.json));
        for (const other of FORMATS) assert.equal(again[other], first[other], `exported as ${other}`);
      });
    }

    // Other files may be written in forms that are read, though never written.
    if (file.endsWith('/full.json')) {
      it('is what the file says', () => assertContains(byUuid(JSON.parse(first.json)), byUuid(JSON.parse(text))));
    }
  });
}

describe('the same jobs in three formats', () => {
  it('are the same jobs', async () => {
    const read = (format) => imported(readFileSync(join(files, `full.${format}`), 'utf8'), format, exports);
    const json = byUuid(JSON.parse((await read('json')).json));
    for (const format of ['yaml', 'xml']) assert.deepEqual(byUuid(JSON.parse((await read(format)).json)), json, format);
  });
});

describe('forms that are only read', () => {
  it('become what is written today', async () => {
    const text = readFileSync(join(files, 'lenient.yaml'), 'utf8');
    const [only] = JSON.parse((await imported(text, 'yaml', exports)).json);
    assert.equal(only.group, 'outer/slashes');
    assert.equal(only.loglevel, 'INFO');
    assert.equal(only.multipleExecutions, true);
    assert.deepEqual(only.options.map((option) => option.name), ['first', 'second']);
    assert.equal(only.options[0].required, true);
    assert.deepEqual(only.options[0].values, ['a', '1', 'true']);
    assert.match(only.nodefilters.filter, /tags: web/);
    assert.match(only.nodefilters.filter, /name: web-\.\*/);
    assert.match(only.nodefilters.filter, /!(os-family|osFamily): windows/);
    assert.equal(String(only.retry.retry ?? only.retry), '2');
    assert.equal(String(only.timeout), '60');
    assert.equal(String(only.sequence.commands[1].args), '1');
    assert.equal(only.sequence.keepgoing, true);
    const success = [only.notification.onsuccess].flat();
    assert.ok(success.some((one) => one.urls === 'http://example.com/callback'));
    assert.ok(success.some((one) => one.email?.recipients === 'tom@example.com'));
    const [failure] = [only.notification.onfailure].flat();
    assert.equal([failure.plugin].flat()[0].type, 'my-plugin');
  });
});

describe('what no format knows', () => {
  it('is kept in JSON and YAML', async () => {
    const odd = { ...job({ name: 'odd' }), uuid: 'odd-1', somethingNew: { a: ['x', { b: 'c' }] }, sequence: { commands: [{ exec: 'true', futureKey: 'kept' }], keepgoing: false, strategy: 'node-first', other: '1' } };
    for (const through of ['json', 'yaml']) {
      const first = await imported(JSON.stringify([odd]), 'json', exports);
      const [again] = JSON.parse((await imported(first[through], through, exports)).json);
      assertContains(again, odd);
    }
  });
});

describe('single jobs', () => {
  it('are exported as in the whole', async () => {
    await imported(readFileSync(join(files, 'full.json'), 'utf8'), 'json', async (project, { succeeded }) => {
      const whole = await qd.ok('GET', `/project/${project}/jobs/export`);
      for (const { id } of succeeded) assert.deepEqual(await qd.ok('GET', `/job/${id}`), whole.filter((one) => one.uuid === id));
    });
  });

  it('hold texts that YAML would misread', async () => {
    await imported(readFileSync(join(files, 'full.json'), 'utf8'), 'json', async () => {
      const { text } = await qd.api('GET', '/job/r2d2', { query: { format: 'yaml' }, accept: '*/*' });
      for (const value of ['no', '012', 'null', '~', '2001-01-01', '1:30:00', '0x1F', '.5', '+1']) {
        const quoted = new RegExp(`['"]${value.replace(/[.+]/g, '\\$&')}['"]`);
        assert.match(text, quoted, `${value} must be quoted`);
      }
    });
  });
});
