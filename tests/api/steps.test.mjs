// any database
// Steps beyond commands: rule sets, data between steps, flow control, conditional and HTTP steps, in real job files.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { startServer } from '../support/server.mjs';
import { newProject, trial } from '../support/scenario.mjs';

let qd, project;
before(async () => {
  qd = await startServer();
  project = await newProject(qd, { 'project.globals.place': 'north' });
});
after(() => qd?.stop());

// Status and what the steps themselves printed ("> …" lines).
async function outcome(fields, body) {
  const { execution: done, lines: text } = await trial(qd, project, fields, body);
  return [done.status, ...text.filter((line) => line.startsWith('> '))];
}

const filter = (type, config = {}) => ({ plugins: { LogFilter: [{ type, config }] } });
const plugin = (type, configuration, nodeStep = false) => ({ type, configuration, nodeStep });

describe('the rule set strategy', () => {
  const commands = [1, 2, 3].map((i) => ({ exec: `echo "> ${i}"`, description: `step ${i}` }));
  const fields = (rules) => ({
    sequence: { keepgoing: false, strategy: 'ruleset', pluginConfig: { WorkflowStrategy: { ruleset: { rules } } }, commands },
    options: [{ name: 'env', value: 'QA' }],
  });
  it('orders steps by their rules', async () => {
    assert.deepEqual(await outcome(fields('[1] run-after:3\n[2] "run-after:step 1"')), ['succeeded', '> 3', '> 1', '> 2']);
  });
  it('skips steps whose conditions do not hold', async () => {
    assert.deepEqual(await outcome(fields('[*] run-in-sequence\n[2] if:option.env==PROD\n[3] unless:option.env==PROD')), ['succeeded', '> 1', '> 3']);
  });
  it('says which line cannot be read', async () => {
    const { execution: done, lines: text } = await trial(qd, project, fields('[1] run-at-start\n[9] run-at-start'));
    assert.equal(done.status, 'failed');
    assert.match(text.join('\n'), /Line 2 of the workflow's rules.*no step '9'/);
  });
});

describe('data', () => {
  it('goes from log filters, globals and exports to later steps', async () => {
    assert.deepEqual(
      await outcome({
        steps: [
          { exec: 'echo "RUNDECK:DATA:color = dark blue"', ...filter('key-value-data') },
          plugin('export-var', { group: 'export', export: 'all', value: '${data.color*}, ${globals.place}' }),
          'echo "> ${data.color}" "| ${export.all} | ${1:exec.exitCode}"',
          { script: 'echo "> @data.color@ $RD_EXPORT_ALL"' },
        ],
      }),
      ['succeeded', '> dark blue | dark blue, north | 0', '> dark blue dark blue, north'],
    );
  });
  it('may hold what a shell would run, and is not run', async () => {
    assert.deepEqual(
      await outcome({ steps: [{ exec: `echo 'RUNDECK:DATA:x=$(echo bad) ; echo bad'`, ...filter('key-value-data') }, `echo "> "\${data.x}`] }),
      ['succeeded', '> $(echo bad) ; echo bad'],
    );
  });
});

describe('flow control', () => {
  it('ends an execution with a status of its own', async () => {
    const steps = [plugin('flow-control', { halt: 'true', status: 'nothing to do' }), 'echo "> never"'];
    const { execution: done, lines: text } = await trial(qd, project, { steps });
    assert.deepEqual([done.status, done.customStatus], ['other', 'nothing to do']);
    assert.ok(!text.includes('> never'));
    const list = await qd.ok('GET', `/project/${project}/executions?statusFilter=${encodeURIComponent('nothing to do')}`);
    assert.equal(list.executions.length, 1);
  });
});

describe('conditional steps', () => {
  it('run under their condition, and survive import and export', async () => {
    const fields = {
      options: [{ name: 'env' }],
      steps: [
        {
          type: 'conditional',
          nodeStep: true,
          conditionGroups: [[{ key: 'option.env', operator: '==', value: 'QA' }], [{ key: 'option.env', operator: 'contains', value: 'test' }]],
          subSteps: [{ exec: 'echo "> inside ${option.env}"' }],
        },
        'echo "> end"',
      ],
    };
    assert.deepEqual(await outcome(fields, { options: { env: 'QA' } }), ['succeeded', '> inside QA', '> end']);
    assert.deepEqual(await outcome(fields, { options: { env: 'my test' } }), ['succeeded', '> inside my test', '> end']);
    assert.deepEqual(await outcome(fields, { options: { env: 'PROD' } }), ['succeeded', '> end']);
  });
});

describe('HTTP steps', () => {
  const requests = [];
  let receiver, url;
  before(async () => {
    receiver = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += chunk));
      request.on('end', () => {
        requests.push({ method: request.method, url: request.url, headers: request.headers, body });
        if (request.url === '/token') return response.end('{"access_token": "t0ken", "token_type": "Bearer"}');
        response.statusCode = Number(request.url.slice(1)) || 200;
        response.end('> line 1\n> line 2\n');
      });
    });
    await new Promise((listening) => receiver.listen(0, '127.0.0.1', listening));
    url = `http://127.0.0.1:${receiver.address().port}`;
  });
  after(() => receiver?.close());
  const http = (config) => outcome({ options: [{ name: 'who', value: 'me' }], steps: [plugin('edu.ohio.ais.rundeck.HttpWorkflowStepPlugin', { method: 'GET', ...config })] });

  it('send method, headers and body, and print the answer', async () => {
    const printed = await http({ remoteUrl: `${url}/?who=\${option.who}`, method: 'PUT', headers: '- name: X-Who\n  value: ${option.who}', body: 'hello ${option.who}', printResponse: 'true' });
    assert.deepEqual(printed, ['succeeded', '> line 1', '> line 2']);
    const { method, url: path, headers, body } = requests.at(-1);
    assert.deepEqual([method, path, headers['x-who'], body], ['PUT', '/?who=me', 'me', 'hello me']);
  });
  it('fail on errors, unless the code is the expected one', async () => {
    assert.equal((await http({ remoteUrl: `${url}/500` }))[0], 'failed');
    assert.equal((await http({ remoteUrl: `${url}/500`, checkResponseCode: 'true', responseCode: '500' }))[0], 'succeeded');
    assert.equal((await http({ remoteUrl: `${url}/200`, checkResponseCode: 'true', responseCode: '204' }))[0], 'failed');
  });
  it('get a token first with OAuth 2.0', async () => {
    assert.equal((await http({ remoteUrl: `${url}/`, authentication: 'OAuth 2.0', username: 'client', oauthTokenEndpoint: `${url}/token` }))[0], 'succeeded');
    assert.equal(requests.at(-1).headers.authorization, 'Bearer t0ken');
    assert.equal(requests.at(-2).body, 'grant_type=client_credentials');
  });
  it('run once for each node as node steps', async () => {
    const before = requests.length;
    const node = plugin('edu.ohio.ais.rundeck.HttpWorkflowNodeStepPlugin', { remoteUrl: `${url}/\${node.name}`, method: 'GET' }, true);
    assert.equal((await outcome({ steps: [node] }))[0], 'succeeded');
    assert.equal(requests.length, before + 1);
  });
});
