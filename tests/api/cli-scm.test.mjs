// qd projects scm, with the options of rd.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { removeAtExit } from '../support/cleanup.mjs';
import { qd as cli } from '../support/cli.mjs';
import { Repository } from '../support/git.mjs';
import { newJob, newProject } from '../support/scenario.mjs';
import { startServer } from '../support/server.mjs';

let server, folder, repository;
before(async () => {
  server = await startServer();
  folder = removeAtExit(mkdtempSync(join(tmpdir(), 'qd-cli-')));
  repository = new Repository();
});
after(() => server?.stop());

const run = (...args) => cli(server, ['projects', 'scm', ...args]);
async function good(...args) {
  const result = await run(...args);
  assert.equal(result.code, 0, `${args.join(' ')}: ${result.err}${result.out}`);
  return result.out;
}
const CONFIG = { dir: 'x', branch: 'master', pathTemplate: '${job.name}.${config.format}', format: 'json', strictHostKeyChecking: 'no' };
function configFile(name, config) {
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify({ config: { ...CONFIG, url: repository.url, ...config } }));
  return file;
}

describe('qd projects scm', () => {
  it('sets up, commits, and imports into another project', async () => {
    const from = await newProject(server);
    await newJob(server, from, { name: 'one' });
    const doomed = await newJob(server, from, { name: 'two' });
    const exporting = ['-p', from, '-i', 'export'];
    assert.match(await good('plugins', ...exporting), /git-export/);
    assert.match(await good('setupinputs', ...exporting, '-t', 'git-export'), /pathTemplate/);
    const wrong = await run('setup', ...exporting, '-t', 'git-export', '-f', configFile('wrong.json', { format: 'toml' }));
    assert.equal(wrong.code, 1);
    assert.match(wrong.err + wrong.out, /Some input values were not valid[^]*format/);
    assert.match(await good('setup', ...exporting, '-t', 'git-export', '-f', configFile('export.json', { committerName: 'A', committerEmail: 'a@example.org' })), /Setup was successful[^]*SCM Plugin Setup Complete/);
    const kept = join(folder, 'kept.json');
    assert.match(await good('config', ...exporting, '-f', kept), /Wrote config to file/);
    assert.equal(JSON.parse(readFileSync(kept, 'utf8')).config.url, repository.url);
    const needed = await run('status', ...exporting);
    assert.equal(needed.code, 1);
    assert.match(needed.out, /EXPORT_NEEDED/);
    assert.match(await good('inputs', ...exporting, '-a', 'project-commit'), /Commit Changes to Git: [^]*Fields:[^]*message[^]*Items:[^]*one\.json/);
    const empty = await run('perform', ...exporting, '-a', 'project-commit', '-A');
    assert.equal(empty.code, 2);
    assert.match(empty.err + empty.out, /message[^]*required/);
    assert.match(await good('perform', ...exporting, '-a', 'project-commit', '-f', 'message=By qd', 'push=true', '-A'), /was successful/);
    assert.deepEqual(repository.files(), ['one.json', 'two.json']);
    assert.match(await good('status', ...exporting), /CLEAN/);

    const to = await newProject(server);
    const importing = ['-p', to, '-i', 'import'];
    assert.match(await good('setup', ...importing, '-t', 'git-import', '-f', configFile('import.json', { useFilePattern: 'false', importUuidBehavior: 'remove' })), /Next Action: initialize-tracking/);
    await good('perform', ...importing, '-a', 'initialize-tracking', '-I', 'one.json', 'two.json');
    await good('perform', ...importing, '-a', 'import-jobs', '-U');
    assert.deepEqual((await server.ok('GET', `/project/${to}/jobs`)).map((one) => one.name).sort(), ['one', 'two']);

    await server.ok('DELETE', `/job/${doomed}`, { status: 204 });
    await good('perform', ...exporting, '-a', 'project-commit', '-f', 'message=Gone', 'push=true', '-D');
    assert.deepEqual(repository.files(), ['one.json']);
    const gone = await run('status', ...importing);
    assert.match(gone.out, /DELETE_NEEDED/);
    await good('perform', ...importing, '-a', 'import-jobs', '-A');
    assert.deepEqual((await server.ok('GET', `/project/${to}/jobs`)).map((one) => one.name), ['one']);
    await good('disable', ...importing, '-t', 'git-import');
    assert.notEqual((await run('status', ...importing)).code, 0);
    await good('enable', ...importing, '-t', 'git-import');
    assert.equal(JSON.parse(await good('status', ...importing, '--output', 'json')).synchState, 'CLEAN');
  });

  it('says what is missing', async () => {
    const project = await newProject(server);
    assert.match((await run('status', '-p', project)).err, /--integration/);
    assert.match((await run('status', '-p', project, '-i', 'sideways')).err, /import.*export|sideways/);
    const none = await run('perform', '-p', project, '-i', 'export', '-a', 'project-commit', '-f', 'message=x');
    assert.equal(none.code, 2);
    assert.match(none.err, /No export plugin configured/);
    assert.match((await run('perform', '-p', project, '-i', 'export', '-a', 'project-commit', '-f', 'nonsense')).err, /NAME=VALUE/);
  });
});
