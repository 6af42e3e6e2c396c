// qd, the command line client, against a server.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, describe, it } from 'node:test';
import { removeAtExit } from '../support/cleanup.mjs';
import { qd as cli } from '../support/cli.mjs';
import { ADMIN_PASSWORD, startServer } from '../support/server.mjs';
import { adhoc, ended, gate, importJobs, job, newJob, newProject, unique } from '../support/scenario.mjs';

const files = join(dirname(fileURLToPath(import.meta.url)), '../files');
let server, project, folder;
before(async () => {
  server = await startServer();
  project = await newProject(server);
  folder = removeAtExit(mkdtempSync(join(tmpdir(), 'qd-cli-')));
});
after(() => server?.stop());

const qd = (args, options) => cli(server, args, options);
async function good(args, options) {
  const result = await qd(args, options);
  assert.equal(result.code, 0, `qd ${args.join(' ')}: ${result.err}${result.out}`);
  return result.out;
}

describe('qd itself', () => {
  it('tells its version and its verbs, and asks no server for it', async () => {
    assert.match(await good(['--version'], { env: { RD_URL: 'http://127.0.0.1:1' } }), /\d+\.\d+/);
    const help = await good(['--help']);
    for (const verb of ['projects', 'jobs', 'run', 'adhoc', 'executions', 'system', 'tokens']) assert.match(help, new RegExp(`\\b${verb}\\b`));
  });
  for (const args of [['jobs', 'load'], ['run'], ['executions', 'query'], ['projects', 'create'], ['adhoc']]) {
    it(`explains ${args.join(' ')}, with an example`, async () => {
      const help = await good([...args, '--help']);
      assert.ok(help.includes(`qd ${args.join(' ')}`), help);
    });
  }
  it('uses no colour but on a terminal', async () => {
    assert.ok(!(await good(['projects', 'list'])).includes('\x1b'));
  });
  it('says what is wrong with a command', async () => {
    for (const args of [['nonsense'], ['jobs', 'nonsense'], ['run', '--nonsense'], ['jobs', 'load', '-p', project]]) {
      const { code, err, out } = await qd(args);
      assert.notEqual(code, 0, args.join(' '));
      assert.ok((err + out).trim().length > 10, args.join(' '));
    }
  });
});

describe('logging in', () => {
  it('with a name and a password', async () => {
    assert.match(await good(['projects', 'list'], { env: { RD_TOKEN: undefined, RD_USER: 'admin', RD_PASSWORD: ADMIN_PASSWORD } }), new RegExp(project));
  });
  it('with a bad token', async () => {
    const { code, err } = await qd(['projects', 'list'], { env: { RD_TOKEN: 'invalidtoken' } });
    assert.notEqual(code, 0);
    assert.match(err, /token|authori[sz]ed/i);
    assert.ok(!err.includes('invalidtoken'), err);
  });
  it('with a bad password', async () => {
    const { code, err } = await qd(['projects', 'list'], { env: { RD_TOKEN: undefined, RD_USER: 'admin', RD_PASSWORD: 'wrong-password' } });
    assert.notEqual(code, 0);
    assert.ok(err.trim().length > 10 && !err.includes('wrong-password'), err);
  });
  it('with nothing', async () => {
    const { code, err } = await qd(['projects', 'list'], { env: { RD_TOKEN: undefined, RD_AUTH_PROMPT: 'false' } });
    assert.notEqual(code, 0);
    assert.match(err, /RD_TOKEN|RD_USER/);
  });
  it('to a server that is not there', async () => {
    const { code, err } = await qd(['projects', 'list'], { env: { RD_URL: 'http://127.0.0.1:1', RD_CONNECT_RETRY: 'false' } });
    assert.notEqual(code, 0);
    assert.match(err, /127\.0\.0\.1:1/);
  });
  it('to an address with an API version', async () => {
    assert.match(await good(['projects', 'list'], { env: { RD_URL: `${server.url}/api/40` } }), new RegExp(project));
  });
});

describe('projects', () => {
  it('are created with settings, listed, told and deleted', async () => {
    const name = unique();
    await good(['projects', 'create', '-p', name, '--', '--some.key=a value']);
    assert.equal((await server.ok('GET', `/project/${name}/config`))['some.key'], 'a value');
    assert.match(await good(['projects', 'list']), new RegExp(name));
    assert.match(await good(['projects', 'info', '-p', name]), new RegExp(name));
    await good(['projects', 'delete', '-p', name, '-y']);
    await server.fails(404, 'api.error.project.missing', 'GET', `/project/${name}`);
  });
  it('that exist cannot be created', async () => {
    const { code, err } = await qd(['projects', 'create', '-p', project]);
    assert.notEqual(code, 0);
    assert.match(err, /exists/);
  });
});

describe('jobs', () => {
  for (const format of ['json', 'yaml', 'xml']) {
    it(`are loaded from ${format}, and listed`, async () => {
      const into = await newProject(server);
      const out = await good(['jobs', 'load', '-p', into, '-f', join(files, `full.${format}`), '-F', format, '-r']);
      for (const name of ['all settings', 'all steps']) assert.ok(out.includes(name), out);
      assert.equal((await server.ok('GET', `/project/${into}/jobs`)).length, 3);
      const list = await good(['jobs', 'list', '-p', into]);
      assert.ok(list.includes('round/trip/all steps'), list);
      const saved = join(folder, `saved.${format}`);
      await good(['jobs', 'list', '-p', into, '-f', saved, '-F', format]);
      assert.equal(readFileSync(saved, 'utf8').trim(), (await server.api('GET', `/project/${into}/jobs/export`, { query: { format }, accept: '*/*' })).text.trim());
    });
  }

  it('that are bad make the load fail', async () => {
    const file = join(folder, 'bad.json');
    writeFileSync(file, JSON.stringify([job({ name: 'fine' }), { ...job({ name: 'broken' }), sequence: { commands: [] } }]));
    const { code, err, out } = await qd(['jobs', 'load', '-p', project, '-f', file, '-F', 'json']);
    assert.notEqual(code, 0);
    assert.match(out + err, /broken/);
    assert.match(out + err, /fine/);
  });

  it('are loaded again by -d', async () => {
    const into = await newProject(server);
    const file = join(folder, 'dupe.json');
    writeFileSync(file, JSON.stringify([{ ...job({ name: 'twice' }), uuid: unique() }]));
    await good(['jobs', 'load', '-p', into, '-f', file, '-F', 'json']);
    await good(['jobs', 'load', '-p', into, '-f', file, '-F', 'json', '-d', 'update']);
    assert.match(await good(['jobs', 'load', '-p', into, '-f', file, '-F', 'json', '-d', 'skip']), /skip/i);
    assert.equal((await server.ok('GET', `/project/${into}/jobs`)).length, 1);
  });

  it('are told, formatted, switched and purged', async () => {
    const into = await newProject(server);
    const { succeeded: [one, two] } = await importJobs(server, into, [job({ name: 'one', group: 'g' }), job({ name: 'two', schedule: { crontab: '0 0 5 ? * * *' } })]);
    assert.match(await good(['jobs', 'info', '-i', one.id]), /one/);
    assert.deepEqual((await good(['jobs', 'list', '-p', into, '-%', '%id|%name'])).trim().split('\n').sort(), [`${one.id}|one`, `${two.id}|two`].sort());
    await good(['jobs', 'disable', '-i', one.id]);
    assert.equal((await server.ok('GET', `/job/${one.id}/info`)).enabled, false);
    await good(['jobs', 'enable', '-i', one.id]);
    assert.equal((await server.ok('GET', `/job/${one.id}/info`)).enabled, true);
    await good(['jobs', 'unschedule', '-i', two.id]);
    assert.equal((await server.ok('GET', `/job/${two.id}/info`)).scheduleEnabled, false);
    await good(['jobs', 'reschedule', '-i', two.id]);
    await good(['jobs', 'purge', '-p', into, '-g', 'g', '-y']);
    assert.deepEqual((await server.ok('GET', `/project/${into}/jobs`)).map((item) => item.name), ['two']);
  });

  it('as JSON, with RD_FORMAT', async () => {
    const into = await newProject(server);
    const id = await newJob(server, into, { name: 'shown' });
    const list = JSON.parse(await good(['jobs', 'list', '-p', into, '-v'], { env: { RD_FORMAT: 'json' } }));
    assert.equal(list[0].id, id);
  });
});

describe('run', () => {
  it('starts a job by group and name', async () => {
    await newJob(server, project, { name: 'by name', group: 'some/group', steps: ['true'] });
    const out = await good(['run', '-p', project, '-j', 'some/group/by name']);
    assert.match(out, /\d+/);
  });

  it('-f prints the output as it comes, and ends with 0 on success', async () => {
    const rest = gate();  // opens when the first line is there
    const id = await newJob(server, project, { options: [{ name: 'who' }], steps: [`echo "hello \${option.who}"; ${rest.wait}; echo "  two  spaces"; echo üñ`] });
    const { code, out, err } = await qd(['run', '-f', '-i', id, '--', '-who', 'a b'], { heard: (text) => text.includes('hello a b') && rest.open() });
    assert.equal(code, 0, err);
    assert.ok(out.includes('hello a b\n  two  spaces\nüñ\n'), out);
  });

  for (const [what, fields, status] of [
    ['fails', { steps: ['echo before; exit 3'] }, 'failed'],
    ['times out', { timeout: '1s', steps: ['sleep 60'] }, 'timedout'],
  ]) {
    it(`-f ends with another status when the job ${what}`, async () => {
      const id = await newJob(server, project, fields);
      const { code, out, err } = await qd(['run', '-f', '-i', id]);
      assert.notEqual(code, 0);
      assert.equal(typeof code, 'number');
      assert.match(out + err, new RegExp(status, 'i'));
    });
  }

  it('-q prints nothing, and still tells by its status', async () => {
    const id = await newJob(server, project, { multipleExecutions: true, options: [{ name: 'n' }], steps: ['echo noise; exit ${option.n}'] });
    const fine = await qd(['run', '-q', '-f', '-i', id, '--', '-n', '0']);
    assert.deepEqual([fine.code, fine.out.includes('noise')], [0, false]);
    assert.notEqual((await qd(['run', '-q', '-f', '-i', id, '--', '-n', '1'])).code, 0);
  });

  it('with bad options says which', async () => {
    const id = await newJob(server, project, { options: [{ name: 'must', required: true }] });
    const { code, err } = await qd(['run', '-i', id]);
    assert.notEqual(code, 0);
    assert.match(err, /'must' is required/);
  });

  it('of an unknown job', async () => {
    const { code, err } = await qd(['run', '-p', project, '-j', 'no/such job']);
    assert.notEqual(code, 0);
    assert.match(err, /no\/such job/);
  });

  it('-f follows 100,000 lines without losing one', async () => {
    const id = await newJob(server, project, { steps: ['seq 1 100000'] });
    const { code, out } = await qd(['run', '-f', '-i', id]);
    assert.equal(code, 0);
    const numbers = out.split('\n').filter((line) => /^\d+$/.test(line));
    assert.equal(numbers.at(-1), '100000');
    assert.ok(numbers.length >= 100_000);
  });
});

describe('adhoc', () => {
  it('runs a command, and follows it', async () => {
    const { code, out, err } = await qd(['adhoc', '-p', project, '-f', '--', 'echo', 'from', 'adhoc']);
    assert.equal(code, 0, err);
    assert.match(out, /from adhoc/);
    assert.notEqual((await qd(['adhoc', '-p', project, '-f', '--', 'exit 4'])).code, 0);
  });
  it('runs a script file, and standard input', async () => {
    const file = join(folder, 'x.sh');
    writeFileSync(file, '#!/bin/sh\necho "script $1"\n');
    assert.match(await good(['adhoc', '-p', project, '-f', '-s', file, '--', 'arg']), /script arg/);
    assert.match(await good(['adhoc', '-p', project, '-f', '-S'], { input: '#!/bin/sh\necho from stdin\n' }), /from stdin/);
  });
});

describe('executions', () => {
  it('are listed, queried, told, followed, killed and deleted', async () => {
    const into = await newProject(server);
    const done = await adhoc(server, into, 'echo done');
    await ended(server, done);
    const failed = await adhoc(server, into, 'exit 1');
    await ended(server, failed);
    const running = await adhoc(server, into, 'sleep 120');
    assert.match(await good(['executions', 'list', '-p', into]), new RegExp(`\\b${running}\\b`));
    const all = (await good(['executions', 'query', '-p', into, '-%', '%id %status'])).trim().split('\n');
    assert.ok(all.includes(`${done} succeeded`) && all.includes(`${failed} failed`), all.join('|'));
    assert.deepEqual((await good(['executions', 'query', '-p', into, '-s', 'failed', '-%', '%id'])).trim().split('\n').filter((line) => /^\d+$/.test(line)), [String(failed)]);
    assert.match(await good(['executions', 'info', '-e', String(done)]), /succeeded/);
    assert.match(await good(['executions', 'follow', '-e', String(done), '-t']), /done/);
    assert.match(await good(['executions', 'state', '-e', String(done)]), /SUCCEEDED/);
    await good(['executions', 'kill', '-e', String(running)]);
    assert.equal((await ended(server, running)).status, 'aborted');
    await good(['executions', 'delete', '-e', String(done)]);
    assert.equal((await server.api('GET', `/execution/${done}`)).status, 404);
    const { code, err } = await qd(['executions', 'info', '-e', '999999999']);
    assert.notEqual(code, 0);
    assert.match(err, /999999999/);
  });
});

describe('system and tokens', () => {
  it('info', async () => {
    const out = await good(['system', 'info']);
    assert.ok(out.includes(server.base), out);
  });
  it('mode', async () => {
    assert.match(await good(['system', 'mode', 'info']), /active/i);
  });
  it('tokens', async () => {
    const user = unique('user');
    await good(['tokens', 'create', '-u', user, '-r', 'admin', '-d', '1d']);
    const [token] = await server.ok('GET', `/tokens/${user}`);
    assert.ok((await good(['tokens', 'list', '-u', user])).includes(token.id));
    await good(['tokens', 'delete', '-i', token.id]);
    assert.deepEqual(await server.ok('GET', `/tokens/${user}`), []);
  });
});
