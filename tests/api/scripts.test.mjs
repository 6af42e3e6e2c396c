// Steps and what they see: script kinds, interpreters, variables, tokens, line ends.
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { removeAtExit } from '../support/cleanup.mjs';
import { startServer } from '../support/server.mjs';
import { ended, execution, lines, newJob, newProject, run, script, trial, unique } from '../support/scenario.mjs';

let qd, project, node, web, folder;
before(async () => {
  qd = await startServer();
  project = await newProject(qd, { 'project.globals.env': 'test', 'project.globals.with.dots': 'g' });
  node = (await qd.ok('GET', '/system/info')).system.rundeck.node;
  folder = removeAtExit(mkdtempSync(join(tmpdir(), 'qd-scripts-')));
  chmodSync(folder, 0o755);
  web = http.createServer((request, answer) => {
    if (request.url.startsWith('/missing')) return answer.writeHead(404).end('no');
    answer.writeHead(200, { 'Content-Type': 'text/plain' });
    return answer.end(`#!/bin/sh\necho "from the web: $*, ${request.url}"\n`);
  });
  await new Promise((resolve) => web.listen(0, '127.0.0.1', resolve));
});
after(async () => {
  web.close();
  await qd?.stop();
});

const output = async (fields, body) => (await trial(qd, project, fields, body)).lines;

describe('commands', () => {
  it('are run by a shell', async () => {
    assert.deepEqual(await output({ steps: ['for i in 1 2 3; do echo "n $i"; done | tail -n 2'] }), ['n 2', 'n 3']);
  });
  it('keep quotes, backslashes and dollars for the shell', async () => {
    assert.deepEqual(await output({ steps: [`x="a  b"; printf '%s %s %s %s\\n' "$x" 'c  $x' "d\\\\e" \\$x`] }), ['a  b c  $x d\\e $x']);
  });
  it('of several lines', async () => {
    assert.deepEqual(await output({ steps: ['echo one\necho two\n'] }), ['one', 'two']);
  });
  it('write standard output and error', async () => {
    const { execution: done } = await trial(qd, project, { steps: ['echo out; echo err >&2'] });
    const { entries } = await qd.ok('GET', `/execution/${done.id}/output`);
    assert.deepEqual(entries.map((entry) => [entry.log, entry.level]).sort(), [['err', 'ERROR'], ['out', 'NORMAL']]);
  });
  it('have no standard input', async () => {
    assert.deepEqual(await output({ steps: ['cat; echo end'] }), ['end']);
  });
  it('do not inherit what the server has open, nor its secrets', async () => {
    const [count, ...rest] = await output({ steps: ['ls /proc/self/fd | wc -l', 'env | grep -c QD_ADMIN_PASSWORD || true'] });
    assert.ok(Number(count) <= 5, `${count} open files`);
    assert.deepEqual(rest, ['0']);
  });
});

describe('variables', () => {
  it('are expanded in commands', async () => {
    const name = unique('named');
    const { execution: done, job, lines: text } = await trial(
      qd, project,
      { name, group: 'some/group', options: [{ name: 'o' }], steps: ['echo "${job.name}|${job.group}|${job.id}|${job.execid}|${job.project}|${job.username}|${job.loglevel}|${node.name}|${globals.env}|${option.o}"'] },
      { options: { o: 'v' } },
    );
    assert.deepEqual(text, [[name, 'some/group', job, done.id, project, 'admin', 'INFO', node, 'test', 'v'].join('|')]);
  });

  it('of names and users with dots', async () => {
    assert.deepEqual(await output({ steps: ['echo ${job.user.name} ${globals.with.dots} ${job.retryAttempt} ${job.wasRetry} ${job.executionType}'] }), ['admin g 0 false user']);
  });

  it('that do not exist are empty', async () => {
    assert.deepEqual(await output({ steps: ['echo "[${option.nothing}]"'] }), ['[]']);
  });

  it('of the shell are not ours', async () => {
    assert.deepEqual(await output({ steps: ['x=1; y=; echo ${x} ${y:-two} ${#x} $((1+1))'] }), ['1 two 1 2']);
  });

  it('are in the environment', async () => {
    const name = unique('named');
    const steps = ['env | grep ^RD_ | sort'];
    const { execution: done, job, lines: text } = await trial(qd, project, { name, group: 'g', steps, options: [{ name: 'my-opt.x' }, { name: 'plain' }] }, { options: { 'my-opt.x': 'a b', plain: 'p' } });
    const seen = Object.fromEntries(text.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
    const expected = {
      RD_JOB_NAME: name, RD_JOB_GROUP: 'g', RD_JOB_ID: job, RD_JOB_EXECID: String(done.id), RD_JOB_PROJECT: project, RD_JOB_USERNAME: 'admin',
      RD_JOB_LOGLEVEL: 'INFO', RD_JOB_WASRETRY: 'false', RD_JOB_RETRYATTEMPT: '0', RD_NODE_NAME: node, RD_OPTION_MY_OPT_X: 'a b', RD_OPTION_PLAIN: 'p', RD_GLOBALS_ENV: 'test',
    };
    for (const [key, value] of Object.entries(expected)) assert.equal(seen[key], value, key);
    assert.ok(seen.RD_NODE_HOSTNAME);
    assert.ok(seen.RD_JOB_URL?.includes(String(done.id)), seen.RD_JOB_URL);
  });
});

describe('scripts', () => {
  it('run with their own interpreter line', async () => {
    assert.deepEqual(await output({ steps: [script('#!/usr/bin/awk -f\nBEGIN { print "awk", 6 * 7 }\n')] }), ['awk 42']);
  });
  it('without one are shell scripts', async () => {
    assert.deepEqual(await output({ steps: [script('echo plain\n')] }), ['plain']);
  });
  it('take arguments', async () => {
    assert.deepEqual(await output({ steps: [script('#!/bin/sh\nfor a; do echo "[$a]"; done\n', { args: `one "two words" 'three more' \${job.project}` })] }), ['[one]', '[two words]', '[three more]', `[${project}]`]);
  });
  it('have tokens replaced', async () => {
    const text = '#!/bin/sh\necho "@option.o@ @job.name@ @node.name@ [@option.none@]"\necho "mail user@example.org and @ @ alone"\necho "esc @@option.o@ user@@mail.@option.o@"\n';
    const { execution: done, lines: shown } = await trial(qd, project, { options: [{ name: 'o' }], steps: [script(text)] }, { options: { o: 'v' } });
    assert.deepEqual(shown, [`v ${done.job.name} ${node} []`, 'mail user@example.org and @ @ alone', 'esc @option.o@ user@mail.v']);
  });
  it('with CRLF line ends are converted', async () => {
    assert.deepEqual(await output({ steps: [script('#!/bin/sh\r\necho one\r\nif true; then\r\n  echo two\r\nfi\r\n')] }), ['one', 'two']);
  });
  it('are given to an interpreter', async () => {
    assert.deepEqual(await output({ steps: [script('print "perl @ARGV\\n"', { scriptInterpreter: 'perl -w', args: 'a b' }) ] }), ['perl a b']);
  });
  it('are quoted as one argument when asked', async () => {
    const steps = [script('#!/bin/sh\necho "$# $1 $2"\n', { scriptInterpreter: 'sh -c', interpreterArgsQuoted: true, args: 'x y' })];
    assert.deepEqual(await output({ steps }), ['2 x y']);
  });
  it('have the file extension that is asked for', async () => {
    const [line] = await output({ steps: [script('#!/bin/sh\necho "$0"\n', { fileExtension: '.xyz' })] });
    assert.match(line, /\.xyz$/);
  });
  it('leave no file behind', async () => {
    const [file] = await output({ steps: [script('#!/bin/sh\necho "$0"\n')] });
    assert.deepEqual(await output({ steps: [`test -e '${file}' && echo there || echo gone`] }), ['gone']);
  });
  it('may be long', async () => {
    const text = `#!/bin/sh\n${'# a line of comment that only fills the script\n'.repeat(20_000)}echo end\n`;
    assert.deepEqual(await output({ steps: [script(text)] }), ['end']);
  });
});

describe('script files', () => {
  const file = (name, text, mode = 0o755) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  };
  it('run with arguments, unchanged', async () => {
    const scriptfile = file('plain.sh', '#!/bin/sh\necho "file $1 @option.o@"\n');
    assert.deepEqual(await output({ options: [{ name: 'o' }], steps: [{ scriptfile, args: '${option.o}' }] }, { options: { o: 'v' } }), ['file v @option.o@']);
  });
  it('have tokens replaced when asked', async () => {
    const scriptfile = file('tokens.sh', '#!/bin/sh\necho "@option.o@"\n');
    assert.deepEqual(await output({ options: [{ name: 'o' }], steps: [{ scriptfile, expandTokenInScriptFile: true }] }, { options: { o: 'v' } }), ['v']);
  });
  it('need not be executable', async () => {
    assert.deepEqual(await output({ steps: [{ scriptfile: file('data.sh', '#!/bin/sh\necho ok\n', 0o644) }] }), ['ok']);
  });
  it('that do not exist fail the step', async () => {
    const { execution: done, lines: text } = await trial(qd, project, { steps: [{ scriptfile: join(folder, 'none.sh') }] });
    assert.equal(done.status, 'failed');
    assert.ok(text.join('\n').includes('none.sh'), text.join('\n'));
  });
});

describe('script URLs', () => {
  const at = (path) => `http://127.0.0.1:${web.address().port}${path}`;
  it('are fetched and run', async () => {
    assert.deepEqual(await output({ steps: [{ scripturl: at('/x.sh'), args: 'a b' }] }), ['from the web: a b, /x.sh']);
  });
  it('have variables expanded', async () => {
    const steps = [{ scripturl: `${at('/')}\${option.o}?p=\${job.project}` }];
    assert.deepEqual(await output({ options: [{ name: 'o' }], steps }, { options: { o: 'a&b' } }), [`from the web: , /a%26b?p=${project}`]);
  });
  it('that are missing or closed fail the step', async () => {
    for (const scripturl of [at('/missing'), 'http://127.0.0.1:1/x']) {
      const { execution: done } = await trial(qd, project, { steps: [{ scripturl }] });
      assert.equal(done.status, 'failed', scripturl);
    }
  });
});

it('children end with their step', async () => {
  const id = await newJob(qd, project, { steps: ['echo $$; sleep 300 & echo $!; exit 1'] });
  const started = await run(qd, id);
  await ended(qd, started.id);
  assert.equal((await execution(qd, started.id)).status, 'failed');
  assert.ok((await lines(qd, started.id)).length >= 2);
});
