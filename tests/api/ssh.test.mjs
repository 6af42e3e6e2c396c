// any database
// Steps on other machines: SSH with real sshd, its failures, scripts and copies, and the providers that nodes and projects choose.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startServer } from '../support/server.mjs';
import { ended, exec, lines, newJob, newProject, run, runToEnd, script, trial } from '../support/scenario.mjs';
import { SshNodes } from '../support/sshd.mjs';
import { until } from '../support/wait.mjs';

const COUNT = 40;

let qd;
let farm;
let mute; // accepts connections and says nothing
let all;
before(async () => {
  [qd, farm] = await Promise.all([startServer(), SshNodes.start(COUNT)]);
  mute = net.createServer(() => {}).listen(0, '127.0.0.2');
  await new Promise((resolve) => mute.once('listening', resolve));
  mute.unref();
  all = await project(Object.fromEntries(farm.hosts.map((_, index) => [`n${index}`, farm.node(index)])));
});
after(async () => {
  mute?.close();
  await qd?.stop();
  await farm?.stop();
});

let files = 0;
const strict = () => ({ 'project.ssh-config-UserKnownHostsFile': farm.file('known_hosts'), 'project.ssh-config-StrictHostKeyChecking': 'yes' });
const project = (nodes, config = {}) => newProject(qd, {
  ...strict(), 'resources.source.1.type': 'file', 'resources.source.1.config.file': farm.resources(nodes, `resources-${(files += 1)}.json`), 'resources.source.1.config.format': 'resourcejson', ...config,
});

const on = (filter, more = {}) => ({ nodefilters: { filter, dispatch: { threadcount: '50', keepgoing: true, ...more } } });
const state = (id) => qd.ok('GET', `/execution/${id}/state`);
const nodeStep = async (id, node) => (await state(id)).steps[0].nodeStates[node];

// Runs one step on one node; {execution, lines, state of the step on that node}.
async function onNode(where, node, step, fields = {}, body = {}) {
  const done = await trial(qd, where, { steps: [step], ...on(`name: ${node}`), ...fields }, body);
  return { ...done, state: await nodeStep(done.execution.id, node) };
}

describe('a command', () => {
  it('runs on every node, and its output is told by node', async () => {
    const id = await newJob(qd, all, { steps: ['echo "$SSH_CONNECTION ${node.name}"', 'echo second'], ...on('name: n.*'), strategy: 'sequential' });
    const done = await runToEnd(qd, id);
    assert.equal(done.status, 'succeeded', (await lines(qd, done.id)).join('\n'));
    assert.equal(done.successfulNodes.length, COUNT);
    const { entries } = await qd.ok('GET', `/execution/${done.id}/output`);
    const first = entries.filter((entry) => entry.stepctx === '1');
    assert.equal(first.length, COUNT);
    for (const entry of first) {
      assert.ok(entry.log.endsWith(` ${entry.node}`), entry.log);
      assert.ok(entry.log.includes(` ${farm.hosts[Number(entry.node.slice(1))]} `), entry.log);
    }
    assert.equal(entries.filter((entry) => entry.log === 'second').length, COUNT);
  });

  it('keeps its connection for the next step', async () => {
    const done = await trial(qd, all, { steps: ['echo $SSH_CONNECTION', 'echo $SSH_CONNECTION'], ...on('name: n0') });
    assert.equal(done.lines[0], done.lines[1]);
  });

  it('hands over values that look like shell text unchanged', async () => {
    const odd = `a'b "c" $(id) \`id\` ; exit 3`;
    const done = await onNode(all, 'n1', 'printf %s ${option.x}', { options: [{ name: 'x' }] }, { options: { x: odd } });
    assert.equal(done.execution.status, 'succeeded');
    assert.deepEqual(done.lines, [odd]);
  });

  it('that fails tells its exit code', async () => {
    const done = await onNode(all, 'n2', 'exit 7');
    assert.equal(done.execution.status, 'failed');
    assert.equal(done.state.executionState, 'FAILED');
    const step = (await state(done.execution.id)).steps[0];
    const [n2] = [step.stepTargetNodes, done.execution.failedNodes].map(([name]) => name);
    assert.equal(n2, 'n2');
    assert.ok(done.lines.some((line) => line.includes('NonZeroResultCode') && line.includes('exit status 7')), done.lines.join('\n'));
  });
});

describe('a failure has a reason and a sentence that helps', () => {
  const cases = {
    'a wrong key': [() => ({ 'ssh-keypath': farm.file('host_ed25519') }), 'AuthenticationFailure', /did not let user/],
    'no such key': [() => ({ 'ssh-keypath': '/nowhere' }), 'ConfigurationFailure', /ssh-keypath/],
    'a locked key': [() => ({ 'ssh-keypath': farm.file('id_locked') }), 'AuthenticationFailure', /passphrase/],
    'a closed port': [() => ({ hostname: '127.0.1.1:1' }), 'ConnectionFailure', /refused/],
    'a host that hangs': [() => ({ hostname: `127.0.0.2:${mute.address().port}`, 'ssh-connection-timeout': '700' }), 'ConnectionTimeout', /700ms/],
    'a name that nobody has': [() => ({ hostname: 'no-such-host.invalid' }), 'HostNotFound', /no-such-host\.invalid/],
    'another host key': [() => ({ 'ssh-config-UserKnownHostsFile': otherHosts() }), 'ConnectionFailure', /not the one in/],
    'an unknown host key': [() => ({ 'ssh-config-UserKnownHostsFile': '/dev/null' }), 'ConnectionFailure', /StrictHostKeyChecking/],
    'an unknown executor': [() => ({ 'node-executor': 'pigeon' }), 'ConfigurationFailure', /no node executor 'pigeon'/],
    'a limit on the command': [() => ({ 'ssh-command-timeout': '300' }), 'ConnectionTimeout', /300ms/, 'sleep 600'],
    'a node that dies': [() => ({}), 'ConnectionFailure', /while the command ran/, 'sleep 0.2; kill -9 $PPID; sleep 60'],
  };
  const otherHosts = () => {
    writeFileSync(farm.file('other_hosts'), farm.hosts.map((host) => `[${host}]:${farm.port} ${farm.text('other_host.pub')}`).join(''));
    return farm.file('other_hosts');
  };

  it('in the state and in the log', async () => {
    const nodes = Object.fromEntries(Object.entries(cases).map(([what, [extra]], index) => [what.replaceAll(' ', '-'), farm.node(index, { what, ...extra() })]));
    const where = await project(nodes);
    await Promise.all(Object.entries(cases).map(async ([what, [, reason, words, command = 'true']]) => {
      const name = what.replaceAll(' ', '-');
      const done = await trial(qd, where, { steps: [command], ...on(`name: ${name}`) });
      assert.equal(done.execution.status, 'failed', what);
      const full = await qd.ok('GET', `/execution/${done.execution.id}/state`);
      const step = full.steps[0];
      const found = JSON.stringify(full);
      assert.ok(found.includes(`"failureReason":"${reason}"`), `${what}: ${found}`);
      assert.equal(step.nodeStates[name].executionState, 'FAILED', what);
      const log = done.lines.join('\n');
      assert.match(log, new RegExp(`Failed: ${reason}: `), what);
      assert.match(log, words, what);
    }));
  });
});

describe('logging in', () => {
  it('takes passwords and passphrases from secure options', async (t) => {
    const where = await project({
      locked: farm.node(0, { 'ssh-keypath': farm.file('id_locked'), 'ssh-key-passphrase-option': 'option.phrase' }),
      word: farm.node(1, { 'ssh-authentication': 'password' }),
    });
    const secret = (name) => ({ options: [{ name, secure: true, valueExposed: false }] });
    const phrase = await onNode(where, 'locked', 'echo in', secret('phrase'), { options: { phrase: 'open sesame' } });
    assert.equal(phrase.execution.status, 'succeeded', phrase.lines.join('\n'));
    if (!farm.hasAccounts) return t.skip('no account with a password here');
    const word = await onNode(where, 'word', 'echo in', secret('sshPassword'), { options: { sshPassword: 'node pass' } });
    assert.equal(word.execution.status, 'succeeded', word.lines.join('\n'));
    const wrong = await onNode(where, 'word', 'echo in', secret('sshPassword'), { options: { sshPassword: 'other' } });
    assert.match(wrong.lines.join('\n'), /AuthenticationFailure/);
    assert.doesNotMatch(wrong.lines.join('\n'), /other/);
  });

  it('takes keys and passwords from Key Storage, and shows none', async (t) => {
    const put = (name, body, type) => qd.ok('POST', `/storage/keys/ssh-test/${name}`, { body, type, status: 201 });
    await put('node.pem', farm.text('id_locked'), 'application/octet-stream');
    await put('phrase', 'open sesame', 'application/x-rundeck-data-password');
    const where = await project(
      { key: farm.node(0), word: farm.node(1, { 'ssh-authentication': 'password', 'ssh-password-storage-path': 'keys/ssh-test/${node.name}' }), lost: farm.node(2, { 'ssh-key-storage-path': 'keys/ssh-test/none' }) },
      { 'project.ssh-key-storage-path': 'keys/ssh-test/node.pem', 'project.ssh-key-passphrase-storage-path': 'keys/ssh-test/phrase' },
    );
    const key = await onNode(where, 'key', "echo 'open sesame'");
    assert.equal(key.execution.status, 'succeeded', key.lines.join('\n'));
    assert.deepEqual(key.lines, ['*****']);
    const lost = await onNode(where, 'lost', 'true');
    assert.match(lost.lines.join('\n'), /ConfigurationFailure: .*keys\/ssh-test\/none/);
    if (!farm.hasAccounts) return t.skip('no account with a password here');
    await put('word', 'node pass', 'application/x-rundeck-data-password');
    const word = await onNode(where, 'word', 'echo in');
    assert.equal(word.execution.status, 'succeeded', word.lines.join('\n'));
  });

  it('answers the prompt of sudo', async (t) => {
    if (!farm.hasAccounts) return t.skip('no account that may use sudo here');
    const where = await project({ n: farm.node(0, { 'sudo-command-enabled': 'true' }) });
    const options = [{ name: 'sudoPassword', secure: true, valueExposed: false }];
    const done = await onNode(where, 'n', 'sudo id -un', { options }, { options: { sudoPassword: 'node pass' } });
    assert.equal(done.execution.status, 'succeeded', done.lines.join('\n'));
    assert.ok(done.lines.includes('root'), done.lines.join('\n'));
  });
});

describe('a script', () => {
  const left = () => readdirSync(farm.file('home')).filter((name) => name.includes('dispatch-script'));

  it('is copied, run with its arguments, and removed', async () => {
    const where = await project({ n: farm.node(0, { 'file-copy-destination-dir': farm.file('home') }) });
    const done = await onNode(where, 'n', script('#!/bin/sh\necho "$0 $1|$2|@node.name@"; stat -c %a "$0"', { args: '"a b" ${option.x}' }), { options: [{ name: 'x' }] }, { options: { x: "it's" } });
    assert.equal(done.execution.status, 'succeeded', done.lines.join('\n'));
    const [path, ...rest] = done.lines[0].split(' ');
    assert.ok(path.startsWith(farm.file('home/')) && path.endsWith('.sh'), path);
    assert.equal(rest.join(' '), "a b|it's|n");
    assert.equal(done.lines[1], '700');
    assert.deepEqual(left(), []);
  });

  it('may be a file of the server, with an interpreter', async () => {
    const path = farm.file('prog');
    writeFileSync(path, 'echo file $1');
    const done = await onNode(all, 'n3', { scriptfile: path, args: 'x', scriptInterpreter: '/bin/sh -e', fileExtension: 'mine' });
    assert.equal(done.execution.status, 'succeeded', done.lines.join('\n'));
    assert.deepEqual(done.lines, ['file x']);
  });
});

describe('the step copyfile', () => {
  const copy = (configuration) => ({ type: 'copyfile', nodeStep: true, configuration });

  it('copies a file, a folder and what matches', async () => {
    const from = farm.file('from');
    for (const folder of ['', 'sub', 'sub/deep']) mkdirSync(join(from, folder), { recursive: true });
    for (const name of ['a.txt', 'b.log', 'sub/c.txt', 'sub/deep/d.txt']) writeFileSync(join(from, name), `content of ${name}`);
    const home = farm.file('home');
    const one = await onNode(all, 'n0', copy({ sourcePath: `${from}/a.txt`, destinationPath: `${home}/` }));
    assert.equal(one.execution.status, 'succeeded', one.lines.join('\n'));
    assert.equal(readFileSync(`${home}/a.txt`, 'utf8'), 'content of a.txt');
    assert.ok(one.lines.includes(`Copied: ${home}/a.txt`), one.lines.join('\n'));
    const whole = await onNode(all, 'n0', copy({ sourcePath: from, destinationPath: `${home}/whole`, recursive: 'true', echo: 'false' }));
    assert.equal(whole.execution.status, 'succeeded', whole.lines.join('\n'));
    assert.deepEqual(whole.lines, []);
    assert.equal(readFileSync(`${home}/whole/sub/deep/d.txt`, 'utf8'), 'content of sub/deep/d.txt');
    const some = await onNode(all, 'n0', copy({ sourcePath: from, destinationPath: `${home}/some`, pattern: '**/*.txt' }));
    assert.equal(some.execution.status, 'succeeded', some.lines.join('\n'));
    assert.ok(existsSync(`${home}/some/sub/deep/d.txt`) && !existsSync(`${home}/some/b.log`));
  });

  it('tells what it cannot copy', async () => {
    const missing = await onNode(all, 'n0', copy({ sourcePath: '/nowhere/x', destinationPath: '/tmp/' }));
    assert.match(missing.lines.join('\n'), /CopyFileFailed: .*\/nowhere\/x/);
    const denied = await onNode(all, 'n0', copy({ sourcePath: farm.file('hosts.txt'), destinationPath: '/nowhere/x' }));
    assert.match(denied.lines.join('\n'), /CopyFileFailed: .*\/nowhere\/x/);
    const file = await onNode(all, 'n0', copy({ sourcePath: farm.file('hosts.txt'), destinationPath: '/tmp/x', recursive: 'true' }));
    assert.match(file.lines.join('\n'), /WrongParameter: /);
  });
});

describe('a provider', () => {
  it('is chosen by the node, else by the project', async () => {
    const where = await project(
      { far: farm.node(0), near: { hostname: 'unused', 'node-executor': 'local' }, scripted: { hostname: 'h1', 'node-executor': 'script-exec', 'script-exec': '/bin/echo ${node.hostname} ${exec.command}' } },
      { 'service.NodeExecutor.default.provider': 'stub' },
    );
    const answer = async (node) => (await onNode(where, node, 'echo $((1 + 1))')).lines;
    assert.deepEqual(await answer('far'), ['[stub] execute command on node far: echo $((1 + 1))']);
    assert.deepEqual(await answer('near'), ['2']);
    assert.deepEqual(await answer('scripted'), ['h1 echo $((1 + 1))']);
  });

  it('of scripts by commands copies, runs and removes', async () => {
    const home = farm.file('home');
    chmodSync(home, 0o777);
    const where = await project({ "it's": { hostname: "x'; touch /tmp/broken-out; '", target: home } }, {
      'service.NodeExecutor.default.provider': 'script-exec',
      'service.FileCopier.default.provider': 'script-copy',
      'plugin.script-exec.default.command': 'test -n ${node.hostname} && sh -c ${exec.command}',
      'plugin.script-exec.default.shell': '/bin/sh -c',
      'plugin.script-copy.default.command': 'cp ${file-copy.file} ${file-copy.destination} && echo ${file-copy.destination}',
      'plugin.script-copy.default.shell': '/bin/sh -c',
      'plugin.script-copy.default.remote-filepath': '${node.target}/${file-copy.filename}',
    });
    const done = await onNode(where, "it's", script('#!/bin/sh\necho "$0 $1"', { args: 'arg' }));
    assert.equal(done.execution.status, 'succeeded', done.lines.join('\n'));
    assert.ok(done.lines[0].startsWith(`${home}/`) && done.lines[0].endsWith('.sh arg'), done.lines[0]);
    assert.ok(!existsSync(done.lines[0].split(' ')[0]));
    assert.ok(!existsSync('/tmp/broken-out'));
    const unset = await project({ n: { hostname: 'h', 'node-executor': 'script-exec' } });
    assert.match((await onNode(unset, 'n', 'true')).lines.join('\n'), /ConfigurationFailure: .*script-exec/);
  });

  it('may be the programs ssh and scp', async () => {
    const where = await project({ n: farm.node(0, { 'ssh-options': '-o LogLevel=ERROR', 'file-copy-destination-dir': farm.file('home') }) }, { 'service.NodeExecutor.default.provider': 'ssh-exec', 'service.FileCopier.default.provider': 'ssh-copier' });
    const done = await onNode(where, 'n', script('#!/bin/sh\necho "$0 $SSH_CONNECTION"'));
    assert.equal(done.execution.status, 'succeeded', done.lines.join('\n'));
    assert.match(done.lines[0], new RegExp(`^${farm.file('home')}/.*\\.sh .* ${farm.hosts[0]} `));
    const refused = await onNode(await project({ n: farm.node(0, { hostname: '127.0.1.1:1', 'node-executor': 'ssh-exec' }) }), 'n', 'true');
    assert.match(refused.lines.join('\n'), /ConnectionFailure/);
  });

  it('named stub drives many nodes that are not there', async () => {
    const where = await project(Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`s${index}`, { hostname: 'none', 'node-executor': 'stub' }])));
    const id = await newJob(qd, where, { steps: ['echo ${node.name}', script('true')], ...on('s.*') });
    const done = await runToEnd(qd, id, {}, 60_000);
    assert.equal(done.status, 'succeeded');
    assert.equal(done.successfulNodes.length, 2_000);
  });
});

describe('aborting in the middle of many nodes', () => {
  const processes = (mark) => {
    try {
      return execFileSync('pgrep', ['-f', mark], { encoding: 'utf8' }).trim().split('\n').filter(Boolean);
    } catch {
      return [];
    }
  };

  it('leaves no process behind', async () => {
    const mark = `8${String(Date.now()).slice(-7)}`;
    const id = await newJob(qd, all, { steps: [`sleep ${mark}`], ...on('name: n.*') });
    const started = await run(qd, id);
    await until(() => processes(`sleep ${mark}`).length >= COUNT, { timeout: 60_000, what: `${COUNT} commands to run` });
    await qd.ok('POST', `/execution/${started.id}/abort`);
    await until(() => processes(`sleep ${mark}`).length === 0, { what: 'every command to end' });
    const done = await ended(qd, started.id);
    assert.equal(done.status, 'aborted');
    const states = Object.values((await state(started.id)).steps[0].nodeStates).map((node) => node.executionState);
    assert.equal(states.filter((one) => one === 'ABORTED').length, COUNT, states.join(' '));
  });
});
