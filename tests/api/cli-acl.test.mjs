// any database
// qd acl, qd system acls and qd projects acls.
import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { removeAtExit } from '../support/cleanup.mjs';
import { qd as cli } from '../support/cli.mjs';
import { startServer } from '../support/server.mjs';
import { newProject } from '../support/scenario.mjs';

let server;
let folder;
before(async () => {
  server = await startServer();
  folder = removeAtExit(mkdtempSync(join(tmpdir(), 'qd-acl-')));
});
after(() => server?.stop());
const qd = (...args) => cli(server, args);

describe('qd acl', () => {
  const job = ['-c', 'project', '-p', 'ops', '-g', 'deploy', '-j', 'web/restart'];

  it('writes a policy that passes its own checks and allows what was asked for', async () => {
    const made = await qd('acl', 'create', ...job, '-a', 'run,view');
    assert.equal(made.code, 0, made.err);
    writeFileSync(join(folder, 'made.aclpolicy'), made.out);
    assert.match((await qd('acl', 'validate', '-d', folder)).out, /The validation passed/);
    const yes = await qd('acl', 'test', '-d', folder, ...job, '-a', 'run');
    assert.equal(yes.code, 0, yes.out + yes.err);
    assert.match(yes.out, /The result was: allowed/);
    const no = await qd('acl', 'test', '-v', '-d', folder, ...job, '-a', 'delete');
    assert.equal(no.code, 2, no.out + no.err);
    assert.match(no.out, /- delete: Job "web\/restart" \[REJECTED\][^]*The result was: not allowed[^]*allow: delete/);
  });

  it('lists the access of a group', async () => {
    const { out, code } = await qd('acl', 'list', '-d', folder, '-g', 'deploy', '-p', 'ops', '-j', 'web/restart');
    assert.equal(code, 0);
    assert.match(out, /# Application Context access for group deploy[^]*# Project "ops" access for group deploy/);
    assert.match(out, /^\+ run: Job "web\/restart"$/m);
    assert.match(out, /^- delete: Job "web\/restart" \[REJECTED\]$/m);
  });

  it('tells what is wrong with a file', async () => {
    const file = join(folder, 'broken.txt');
    writeFileSync(file, 'description: x\n');
    const { out, code } = await qd('acl', 'validate', '-f', file);
    assert.equal(code, 2);
    assert.match(out, /broken\.txt\[1\]:\n\tRequired 'context:' section/);
  });
});

describe('policies that the server keeps', () => {
  it('are made, shown, replaced and deleted, of the system and of a project', async () => {
    const project = await newProject(server);
    const rules = 'for: {job: [{allow: run}]}\nby: {group: g}\ndescription: d\n';
    for (const [noun, context] of [[['system'], 'context: {project: a}\n'], [['projects', '-p', project], '']]) {
      const [word, ...owner] = noun;
      const file = join(folder, `${word}.txt`);
      writeFileSync(file, rules + context);
      const verb = (name, ...args) => qd(word, 'acls', name, ...owner, ...args);
      assert.equal((await verb('create', '-n', 'deploy', '-f', file)).code, 0);
      assert.match((await verb('list')).out, /^deploy\.aclpolicy$/m);
      assert.equal((await verb('get', '-n', 'deploy')).out.trim(), (rules + context).trim());
      writeFileSync(file, `# new\n${rules}${context}`);
      assert.match((await verb('upload', '-n', 'deploy', '-f', file)).out, /# new/);
      writeFileSync(file, 'description: x\n');
      assert.notEqual((await verb('upload', '-n', 'deploy', '-f', file)).code, 0);
      assert.equal((await verb('delete', '-n', 'deploy')).code, 0);
      assert.doesNotMatch((await verb('list')).out, /deploy/);
    }
  });
});
