// qd projects archives, with the options of rd.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { executionXml, jobXml } from '../support/archives.mjs';
import { removeAtExit } from '../support/cleanup.mjs';
import { qd as cli } from '../support/cli.mjs';
import { newJob, newProject, runToEnd, unique } from '../support/scenario.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/wait.mjs';
import { unzip, zip } from '../support/zip.mjs';

let server, project, done, folder;
before(async () => {
  server = await startServer();
  project = await newProject(server, { 'project.label': 'From' });
  done = await runToEnd(server, await newJob(server, project, { name: 'one' }));
  folder = removeAtExit(mkdtempSync(join(tmpdir(), 'qd-cli-')));
});
after(() => server?.stop());

const qd = (...args) => cli(server, ['projects', 'archives', ...args]);
async function good(...args) {
  const result = await qd(...args);
  assert.equal(result.code, 0, `${args.join(' ')}: ${result.err}${result.out}`);
  return result.out;
}
const file = (name) => join(folder, name);
const count = async (name) => (await server.ok('GET', `/project/${name}/executions`)).paging.total;

describe('qd projects archives', () => {
  it('exports everything, parts, or some executions', async () => {
    const out = await good('export', '-p', project, '-f', file('all.jar'));
    assert.match(out, /Wrote \d+ bytes to file/);
    const all = Object.keys(unzip(readFileSync(file('all.jar'))));
    assert.ok(all.some((path) => /jobs\/job-/.test(path)) && all.some((path) => path.endsWith('project.properties')));
    await good('export', '-p', project, '-f', file('jobs.jar'), '-i', 'jobs', 'configs');
    assert.ok(!Object.keys(unzip(readFileSync(file('jobs.jar')))).some((path) => /execution-/.test(path)));
    await good('export', '-p', project, '-f', file('some.jar'), '-e', String(done.id));
    assert.ok(!Object.keys(unzip(readFileSync(file('some.jar')))).some((path) => /jobs\/job-/.test(path)));
    const bad = await qd('export', '-p', project, '-f', file('x.jar'), '-i', 'nonsense');
    assert.notEqual(bad.code, 0);
    assert.match(bad.err, /nonsense/);
    assert.notEqual((await qd('export', '-p', 'no-such', '-f', file('no.jar'))).code, 0);
    assert.ok(!existsSync(file('no.jar')) && !existsSync(file('no.jar.part')));
  });

  it('imports at once, and followed in the background', async () => {
    await good('export', '-p', project, '-f', file('all.jar'));
    const [one, two, three] = [await newProject(server), await newProject(server), await newProject(server)];
    assert.match(await good('import', '-p', one, '-f', file('all.jar'), '-r', '-c'), /Jobs imported successfully/);
    assert.equal(await count(one), 1);
    assert.equal((await server.ok('GET', `/project/${one}/config`))['project.label'], 'From');
    assert.match(await good('import', '-p', two, '-f', file('all.jar'), '-r', '-x', '--follow'), /100%[^]*imported successfully/);
    assert.equal(await count(two), 0);
    assert.match(await good('import', '-p', three, '-f', file('all.jar'), '-r', '-i'), /async-import-status/);
    await until(async () => /"?completed"?\S* true/.test(await good('async-import-status', '-p', three)), { what: 'the import' });
    assert.equal(await count(three), 1);
  });

  it('tells what failed, by its exit status too', async () => {
    await good('export', '-p', project, '-f', file('all.jar'));
    const target = await newProject(server);
    for (const more of [[], ['--follow']]) {
      const taken = await qd('import', '-p', target, '-f', file('all.jar'), ...more);
      assert.equal(taken.code, 1, taken.out);
      assert.match(taken.err, /Some imported Jobs failed:[^]*already exists/);
    }
    writeFileSync(file('half.jar'), zip({ 'rundeck-x/jobs/job-1.xml': jobXml({ name: unique('j') }), 'rundeck-x/executions/execution-1.xml': executionXml({ id: 1 }) }));
    assert.equal((await qd('import', '-p', target, '-f', file('half.jar'))).code, 0);
    const strict = await qd('import', '-p', target, '-f', file('half.jar'), '--strict');
    assert.equal(strict.code, 1);
    assert.match(strict.err, /Some imported executions failed:/);
    writeFileSync(file('no.zip'), 'no zip');
    const broken = await qd('import', '-p', target, '-f', file('no.zip'));
    assert.notEqual(broken.code, 0);
    assert.match(broken.err, /no zip file/);
    assert.match((await qd('import', '-p', target, '-f', file('gone.zip'))).err, /gone.zip/);
  });
});
