// Script plugins: found in the folder of plugins as they come and go, and run for steps, nodes, notifications and options.
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, describe, it } from 'node:test';
import { qd as cli } from '../support/cli.mjs';
import { startServer } from '../support/server.mjs';
import { lines, newJob, newProject, run, runToEnd, ended, trial } from '../support/scenario.mjs';
import { until } from '../support/wait.mjs';
import { zip } from '../support/zip.mjs';

const EXAMPLES = join(dirname(fileURLToPath(import.meta.url)), '../files/plugins/examples');
let qd;
let project;
const libext = () => join(qd.base, 'libext');
const step = (type, configuration = {}, nodeStep = true) => ({ type, configuration, nodeStep });
const option = (value = 'a word; "quoted"') => [{ name: 'word', value }];

before(async () => {
  qd = await startServer({
    framework: { 'framework.plugin.WorkflowNodeStep.example-node-step.of-framework': 'by framework' },
    config: { 'quarterdeck.notification.firstPause': '50ms', 'quarterdeck.notification.longestPause': '100ms' },
  });
  mkdirSync(libext(), { recursive: true });
  cpSync(EXAMPLES, join(libext(), 'examples'), { recursive: true });
  project = await newProject(qd, { 'project.plugin.WorkflowNodeStep.example-node-step.of-project': 'by project' });
});
after(() => qd?.stop());

describe('the list of plugins', () => {
  it('has those that are installed and those that are built in, as the peer answers it', async () => {
    const all = await qd.ok('GET', '/plugin/list');
    const { id, ...rest } = all.find((one) => one.name === 'example-node-step');
    assert.match(id, /^[0-9a-f]{12}$/);
    assert.deepEqual(rest, { artifactName: 'examples', author: 'Quarterdeck', builtin: false, description: 'Prints its surroundings, on the server.', name: 'example-node-step', pluginVersion: '1.2', service: 'WorkflowNodeStep', title: 'Example node step', iconUrl: null, providerMetadata: { faicon: 'bolt' } });
    assert.equal(all.find((one) => one.name === 'HttpNotification').builtin, true);
    const old = await qd.ok('GET', '/plugin/list', { version: 33 });
    assert.ok(!('providerMetadata' in old[0]));
    assert.equal((await qd.api('GET', '/plugin/list', { version: 32 })).status, 400);
  });

  it('tells the settings of one', async () => {
    const { props } = await qd.ok('GET', '/plugin/detail/WorkflowNodeStep/example-node-step');
    assert.deepEqual(props[2], { name: 'colour', title: '', desc: '', type: 'Select', required: false, defaultValue: 'red', allowed: ['red', 'green'], selectLabels: null, scope: 'Instance', options: {} });
    await qd.fails(404, null, 'GET', '/plugin/detail/WorkflowNodeStep/nothing');
  });

  it('tells the settings of what is built in, and under which keys a project keeps them', async () => {
    const detail = (service, name) => qd.ok('GET', `/plugin/detail/${service}/${name}`);
    const { props } = await detail('LogFilter', 'highlight-output');
    assert.deepEqual(props.map((one) => one.name), ['regex', 'fgcolor', 'bgcolor', 'mode']);
    assert.equal(props[0].required, true);
    assert.equal(props[1].selectLabels.red, 'Red');
    const ssh = await detail('NodeExecutor', 'sshj-ssh');
    assert.equal(ssh.projectMapping.keystoragepath, 'project.ssh-key-storage-path');
    assert.equal(ssh.props.find((one) => one.name === 'keystoragepath').options.selectionAccessor, 'STORAGE_PATH');
    const all = await qd.ok('GET', '/plugin/list');
    const names = (service) => all.filter((one) => one.service === service && one.builtin).map((one) => one.name);
    assert.deepEqual(names('NodeExecutor'), ['jsch-ssh', 'local', 'newlocal', 'script-exec', 'ssh-exec', 'sshj-ssh', 'stub']);
    assert.deepEqual(names('FileCopier'), ['jsch-scp', 'local', 'script-copy', 'ssh-copier', 'sshj-scp', 'stub']);
  });

  it('is there on the command line', async () => {
    const { out: stdout } = await cli(qd, ['plugins', 'list', '--installed', '-%', '%service %name']);
    assert.ok(stdout.split('\n').includes('Notification example-notification'), stdout);
  });
});

describe('plugins come and go without a restart', () => {
  const manifest = (version) => `{name: packed, version: '${version}', rundeckPluginVersion: 1.2, providers: [{name: packed-step, service: WorkflowNodeStep, plugin-type: script, script-file: say.sh}]}`;
  const file = () => join(libext(), 'packed-plugin.zip');
  const put = (version) => writeFileSync(file(), zip({ 'packed-plugin/plugin.yaml': manifest(version), 'packed-plugin/contents/say.sh': `#!/bin/sh\necho version ${version}\n` }));

  it('as zip files', async () => {
    const id = await newJob(qd, project, { steps: [step('packed-step')] });
    const before = await runToEnd(qd, id);
    assert.equal(before.status, 'failed');
    assert.match((await lines(qd, before.id)).join('\n'), /There is no step plugin 'packed-step' on this server\. There are: .*example-node-step.*localexec/);
    put('1.0');
    const first = await runToEnd(qd, id);
    assert.deepEqual([first.status, await lines(qd, first.id)], ['succeeded', ['version 1.0']]);
    put('1.1-longer');
    await qd.ok('GET', '/plugin/list');
    const second = await runToEnd(qd, id);
    assert.deepEqual(await lines(qd, second.id), ['version 1.1-longer']);
    rmSync(file());
    await qd.ok('GET', '/plugin/list');
    assert.equal((await runToEnd(qd, id)).status, 'failed');
  });

  it('and those that are no good are left out, with a reason', async () => {
    writeFileSync(join(libext(), 'evil-plugin.zip'), zip({ 'evil-plugin/plugin.yaml': manifest('1'), '../../evil.sh': 'x' }));
    writeFileSync(join(libext(), 'half-plugin.zip'), zip({ 'half-plugin/plugin.yaml': manifest('1') }).subarray(0, 60));
    const troubles = await qd.ok('GET', '/plugin/troubles');
    const of = (name) => troubles.find((one) => one.file.endsWith(name))?.message;
    assert.match(of('evil-plugin.zip'), /'\.\.\/\.\.\/evil\.sh' would lie outside of the archive/);
    assert.match(of('half-plugin.zip'), /no zip file that can be read|there is no half-plugin/);
    assert.ok(!existsSync(join(qd.base, 'evil.sh')));
    for (const name of ['evil-plugin.zip', 'half-plugin.zip']) rmSync(join(libext(), name));
  });
});

describe('node steps', () => {
  it('run on the server, with arguments, settings of every scope and the context', async () => {
    const { execution, lines: said } = await trial(qd, project, { name: 'tools', options: option(), steps: [step('example-node-step', { greeting: 'to ${node.name}', colour: 'green' })] });
    assert.equal(execution.status, 'succeeded');
    const node = /node=(\S+)/.exec(said.join('\n'))[1];
    assert.deepEqual(said.slice(0, 3), [`argument=${node}`, `argument=to ${node}`, 'argument=a word; "quoted"']);
    assert.ok(said.includes(`config=to ${node}/green/by project/by framework/`), said.join('\n'));
    assert.ok(said.some((line) => line.startsWith(`node=${node} tags=`) && line.endsWith(`job=tools option=a word; "quoted" project=${project}`)), said.join('\n'));
    assert.ok(said.includes(`base=${libext()}/examples/contents script=${libext()}/examples/contents/node-step.sh`), said.join('\n'));
    assert.ok(said.includes('vardir=kept') && said.includes('complaint'));
  });

  it('fail with their exit code, and with settings that do not fit', async () => {
    const failed = await trial(qd, project, { options: option(), steps: [step('example-node-step', { code: '7' })] });
    assert.equal(failed.execution.status, 'failed');
    assert.ok(failed.lines.includes('Failed: NonZeroResultCode: Result code was 7'), failed.lines.join('\n'));
    const wrong = await trial(qd, project, { options: option(), steps: [step('example-node-step', { colour: 'blue' })] });
    assert.match(wrong.lines.join('\n'), /ConfigurationFailure: WorkflowNodeStep 'example-node-step': property 'colour': 'blue' is none of red, green/);
  });

  it('get secure options where they ask for them, and the log does not', async () => {
    const options = [...option(), { name: 'pass', secure: true }];
    const id = await newJob(qd, project, { options, steps: [step('example-node-step', { hidden: 'option.pass' })] });
    const done = await runToEnd(qd, id, { options: { pass: 'hunter-two' } });
    const said = await lines(qd, done.id);
    assert.ok(said.some((line) => line.endsWith('/by framework/*****')), said.join('\n'));
  });

  it('get keys of the storage, in the name of who runs them, and the log does not', async () => {
    await qd.ok('POST', '/storage/keys/plugins/secret', { body: 'hunter-three', type: 'application/x-rundeck-data-password', status: 201 });
    const said = async (key) => (await trial(qd, project, { options: option(), steps: [step('example-node-step', { key })] })).lines;
    const found = await said('keys/plugins/secret');
    assert.ok(found.includes('key=***** of 12 letters'), found.join('\n'));
    assert.match((await said('keys/plugins/gone')).join('\n'), /ConfigurationFailure: WorkflowNodeStep 'example-node-step': property 'key': .*keys\/plugins\/gone/);
  });

  it('get the server\'s environment, or nothing but the context', async () => {
    const bare = await trial(qd, project, { steps: [step('example-bare-step')] });
    assert.match(bare.lines[0], /^home=none node=\S+$/);
  });

  it('get script and arguments as one word where the interpreter wants that', async () => {
    const quoted = await trial(qd, project, { options: option("it's; $(id)"), steps: [step('example-quoted-step')] });
    assert.deepEqual(quoted.lines, ["first=it's; $(id) second=second"]);
  });

  it('end with their execution', async () => {
    mkdirSync(join(libext(), 'slow/contents'), { recursive: true });
    writeFileSync(join(libext(), 'slow/plugin.yaml'), '{name: slow, version: 1, rundeckPluginVersion: 1.2, providers: [{name: slow, service: WorkflowNodeStep, plugin-type: script, script-file: s.sh}]}');
    writeFileSync(join(libext(), 'slow/contents/s.sh'), '#!/bin/sh\necho begun $$\nsleep 600\n');
    const started = await run(qd, await newJob(qd, project, { steps: [step('slow')] }));
    const pid = await until(async () => /begun (\d+)/.exec((await qd.ok('GET', `/execution/${started.id}/output`)).entries.map((one) => one.log).join('\n'))?.[1]);
    await qd.ok('GET', `/execution/${started.id}/abort`);
    assert.equal((await ended(qd, started.id)).status, 'aborted');
    assert.ok(!existsSync(`/proc/${pid}`));
  });
});

describe('other steps', () => {
  it('run once for the workflow', async () => {
    const { lines: said } = await trial(qd, project, { name: 'single', steps: [step('example-step', {}, false)] });
    assert.deepEqual(said, ['once for single']);
    const unknown = await trial(qd, project, { steps: [step('nothing', {}, false)] });
    assert.match(unknown.lines.join('\n'), /There is no step plugin 'nothing' on this server\. There are: .*example-step, export-var, flow-control/);
  });

  it('bring their script to the node', async () => {
    const { lines: said } = await trial(qd, project, { steps: [step('example-remote-step')] });
    assert.match(said[0], /^from .*\.sh$/);
    assert.ok(!said[0].includes(libext()), said[0]);
    assert.equal(said[2], 'argument=a "b" c');
    assert.equal(said[3], 'config=a "b" c');
  });
});

describe('nodes', () => {
  it('come from a plugin, with the settings of the source', async () => {
    const own = await newProject(qd, { 'resources.source.1.type': 'example-nodes', 'resources.source.1.config.count': '3' });
    const nodes = await until(async () => {
      const found = await qd.ok('GET', `/project/${own}/resources`, { query: { format: 'json' } });
      return Object.keys(found).length >= 3 && found;
    });
    assert.deepEqual(Object.keys(nodes).filter((name) => name.startsWith('made-')).sort(), ['made-1', 'made-2', 'made-3']);
    assert.equal(nodes['made-2'].project, own);
  });

  it('and a source says what is wrong', async () => {
    const errors = async (config) => {
      const own = await newProject(qd, Object.fromEntries(Object.entries(config).map(([key, value]) => [`resources.source.1.${key}`, value])));
      return until(async () => (await qd.ok('GET', `/project/${own}/sources`))[0].errors);
    };
    assert.match(await errors({ type: 'example-nodes' }), /property 'count' is required/);
    assert.match(await errors({ type: 'nothing' }), /type "nothing" is not known; use file, .*or one of these plugins: example-nodes/);
  });
});

describe('executors and file copiers', () => {
  let remote;
  const settings = { count: '2', executor: 'example-executor', copier: 'example-copier' };
  const onNodes = (fields) => newJob(qd, remote, { nodefilters: { filter: 'made-.*', dispatch: { threadcount: '2', keepgoing: true } }, nodesSelectedByDefault: true, ...fields });
  before(async () => {
    remote = await newProject(qd, { 'resources.source.1.type': 'example-nodes', ...Object.fromEntries(Object.entries(settings).map(([key, value]) => [`resources.source.1.config.${key}`, value])) });
    await until(async () => Object.keys(await qd.ok('GET', `/project/${remote}/resources`, { query: { format: 'json', filter: 'made-.*' } })).length === 2);
  });

  it('run commands, with settings of the node and secure options', async () => {
    const id = await onNodes({ steps: ['echo "it\'s ${node.name}"; exit ${option.code}'], options: [{ name: 'code', value: '0' }, { name: 'pass', secure: true }] });
    const done = await runToEnd(qd, id, { options: { pass: 'hunter-two' } });
    assert.equal(done.status, 'succeeded');
    const of = async (node) => (await lines(qd, done.id, { node }));
    const entries = (await qd.ok('GET', `/execution/${done.id}/output`)).entries;
    assert.deepEqual(entries.filter((one) => one.node === 'made-2').map((one) => one.log), ['on made-2: hello 2, private known', "it's made-2"], await of('made-2'));
    const failed = await runToEnd(qd, id, { options: { code: '4' } });
    assert.equal(failed.status, 'failed');
    assert.ok((await lines(qd, failed.id)).includes('Failed: NonZeroResultCode: Result code was 4'));
  });

  it('bring scripts to the nodes and run them', async () => {
    const done = await runToEnd(qd, await onNodes({ steps: [{ script: '#!/bin/sh\necho "$0 $1"\n', args: 'one' }] }));
    const said = await lines(qd, done.id);
    assert.equal(done.status, 'succeeded', said.join('\n'));
    assert.ok(said.includes('copied for made-1'), said.join('\n'));
    assert.equal(said.filter((line) => /\.copied one$/.test(line)).length, 2, said.join('\n'));
  });
});

describe('notifications', () => {
  it('go to a plugin, with settings, context and the whole of it as JSON', async () => {
    const file = join(qd.base, 'told');
    const id = await newJob(qd, project, { name: 'teller', options: option('w'), notification: { onsuccess: { plugin: { type: 'example-notification', configuration: { file, text: '${job.name} did ${option.word}' } } } } });
    const done = await runToEnd(qd, id);
    await until(async () => (await qd.ok('GET', `/execution/${done.id}/notifications`)).notifications[0]?.status === 'sent', { what: 'the plugin to end' });
    const [first, ...json] = readFileSync(file, 'utf8').split('\n');
    assert.equal(first, 'trigger=success status=succeeded job=teller text=teller did w option=w');
    const data = JSON.parse(json.join('\n'));
    assert.equal(data.executionId, done.id);
    assert.equal(data.execution.context.option.word, 'w');
  });

  it('are tried again when it fails, and say why', async () => {
    const id = await newJob(qd, project, { notification: { onsuccess: { plugin: { type: 'example-notification', configuration: { file: join(qd.base, 'never'), text: 'fail' } } } } });
    const done = await runToEnd(qd, id);
    const one = await until(async () => {
      const [found] = (await qd.ok('GET', `/execution/${done.id}/notifications`)).notifications;
      return found?.attempts >= 2 && found;
    });
    assert.equal(one.message, 'exit code 3: no line to the pager');
  });
});

describe('option values', () => {
  it('come from a plugin, and bind those who run the job', async () => {
    const options = [{ name: 'region', value: 'eu' }, { name: 'o', optionValuesPluginType: 'example-values', enforced: true, required: true }];
    const id = await newJob(qd, project, { options });
    const { values } = await qd.ok('GET', `/job/${id}/option/o/values`, { query: { 'option.region': 'eu' } });
    assert.deepEqual(values.map(({ name, value }) => [name, value]).slice(0, 1), [['First one', '1']]);
    const refused = await qd.api('POST', `/job/${id}/run`, { json: { options: { o: '9' } } });
    assert.equal(refused.status, 400, refused.text);
    assert.equal((await runToEnd(qd, id, { options: { o: '2' } })).status, 'succeeded');
  });
});
