// Jobs: the list of ten thousand, a run with options, editing and saving, an import.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newProject } from '../support/scenario.mjs';
import { startServer } from '../support/server.mjs';
import { launch, Visitor } from './support.mjs';

let qd, browser, project, deploy;
const importJobs = (to, jobs) => qd.ok('POST', `/project/${to}/jobs/import`, { json: jobs, query: { dupeOption: 'update' } });
const command = (exec) => ({ commands: [{ exec }], keepgoing: false, strategy: 'node-first' });

before(async () => {
  qd = await startServer();
  project = await newProject(qd, { name: 'shop' });
  const result = await importJobs(project, [
    {
      name: 'deploy', group: 'web/front', uuid: 'deploy-1', description: 'Deploys the shop\n\nAsk **Ada** <img src=x onerror=alert(1)> first.', loglevel: 'INFO', executionEnabled: true,
      options: [
        { name: 'env', label: 'Environment', values: ['dev', 'prod'], enforced: true, required: true, description: 'Where it *goes*' },
        { name: 'parts', label: 'Parts', multivalued: true, values: ['api', 'ui'], value: 'api', delimiter: ',' },
        { name: 'version', label: 'Version', regex: '^v\\d+$', value: 'v1' },
        { name: 'day', label: 'Day', isDate: true, dateFormat: 'YYYY-MM-DD' },
        { name: 'secret', label: 'Secret', secure: true, valueExposed: true },
      ],
      nodefilters: { filter: '.*', dispatch: { threadcount: '1' } }, nodeFilterEditable: true,
      sequence: { keepgoing: false, strategy: 'node-first', commands: [{ exec: 'echo ${option.env} ${option.parts} ${option.version}' }, { exec: 'true', description: 'Check' }, { script: '#!/bin/sh\necho done\n' }] },
    },
    { name: 'nightly', group: 'db', uuid: 'nightly-1', description: 'Dumps the database', schedule: { crontab: '0 30 2 ? * * *' }, timeZone: 'Europe/Vienna', sequence: command('true') },
    { name: 'broken', uuid: 'broken-1', sequence: command('exit 3') },
  ]);
  assert.deepEqual(result.failed, []);
  deploy = 'deploy-1';
  await qd.ok('POST', '/job/broken-1/run', { json: {} });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await qd?.stop();
});

test('the list shows how each job stands, finds jobs, and acts on many', async () => {
  const visitor = await Visitor.come(browser, qd);
  const asked = [];
  visitor.page.on('request', (request) => request.url().endsWith(`/api/59/project/${project}/jobs/brief`) && asked.push(request.frame().url()));
  const page = await visitor.open(`/project/${project}/jobs`);
  await page.getByRole('link', { name: 'deploy', exact: true }).waitFor();
  assert.equal(asked.length, 1, 'what theme.js asked for early is asked for again');
  await page.getByText('Failed').waitFor();
  await page.getByText(/^in \d+ (hour|minute|second)s?$|^tomorrow$|^now$/).first().waitFor();
  await visitor.picture('jobs');

  await page.getByLabel('Name, group, description or uuid').fill('dumps');
  await page.getByText('1 of 3 jobs').waitFor();
  await page.waitForURL('**/jobs?jobFilter=dumps');
  await page.getByLabel('Name, group, description or uuid').fill('');
  await page.getByRole('button', { name: 'web', exact: false }).first().click();
  await page.getByRole('link', { name: 'deploy', exact: true }).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'web', exact: false }).first().click();

  await page.getByRole('button', { name: 'Select', exact: true }).click();
  await page.getByLabel('Select broken').check();
  await page.getByLabel('Select nightly').check();
  await visitor.picture('jobs-select');
  await page.getByRole('button', { name: 'Execution off' }).click();
  await page.getByText('Done for 2 jobs.').waitFor();
  assert.deepEqual((await qd.ok('GET', `/project/${project}/jobs`)).map((one) => [one.name, one.enabled]).sort(), [['broken', false], ['deploy', true], ['nightly', false]]);
  await visitor.leave();
});

test('ten thousand jobs are listed and searched without delay', async () => {
  const many = await newProject(qd, { name: 'many' });
  for (let part = 0; part < 5; part += 1) {
    await importJobs(many, Array.from({ length: 2000 }, (_, n) => ({ name: part * 2000 + n === 7777 ? 'needle' : `job ${part * 2000 + n}`, group: `team ${n % 40}/area ${n % 7}`, sequence: command('true') })));
  }
  const visitor = await Visitor.come(browser, qd);
  const page = await visitor.open(`/project/${many}/jobs`);
  await page.getByText('10,000 jobs').waitFor();
  assert.ok((await page.locator('.virtual li').count()) < 100, 'only rows in sight are drawn');
  const took = await page.evaluate(async () => {
    const box = document.querySelector('input[type=search]');
    const start = performance.now();
    box.value = 'needle';
    box.dispatchEvent(new Event('input', { bubbles: true }));
    while (!document.body.textContent.includes('1 of 10,000 jobs') && performance.now() < start + 10_000) await new Promise((resolve) => requestAnimationFrame(resolve));
    return performance.now() - start;
  });
  console.log(`searching 10,000 jobs took ${Math.round(took)} ms`);
  await page.getByRole('link', { name: 'needle', exact: true }).waitFor();
  await visitor.leave();
});

test('a run asks for its options, says what is missing, and starts', async () => {
  const visitor = await Visitor.come(browser, qd, { expected: ['400 (Bad Request)', '404 (Not Found)', 'Executing inline event handler violates'] });
  const page = await visitor.open(`/project/${project}/job/show/${deploy}`);
  await page.getByRole('heading', { name: 'deploy' }).waitFor();
  await page.getByText('1 node').waitFor();
  await visitor.picture('job');

  await page.getByRole('button', { name: 'Run now' }).click();
  await page.getByText('Give a value.').waitFor();
  await page.getByLabel(/^Environment/).selectOption('prod');
  await page.getByLabel('Version').fill('nonsense');
  await page.getByRole('button', { name: 'Run now' }).click();
  await page.getByRole('alert').filter({ hasText: 'version' }).first().waitFor();
  await visitor.picture('job-refused');
  await page.getByLabel('Version').fill('v7');
  await page.getByLabel('ui', { exact: true }).check();
  await page.getByLabel('Day', { exact: true }).fill('2026-11-29');
  await page.getByLabel('Secret').fill('tell nobody');
  await page.waitForFunction(() => Object.values(sessionStorage).some((text) => text.includes('v7')));
  assert.equal(await page.evaluate(() => Object.values(sessionStorage).some((text) => text.includes('tell nobody'))), false);
  await page.getByLabel('Follow the execution').uncheck();
  await page.getByRole('button', { name: 'Run now' }).click();
  await page.getByText(/Execution #\d+ was started/).waitFor();
  const { executions } = await qd.ok('GET', `/job/${deploy}/executions`);
  assert.equal(executions.length, 1);
  assert.deepEqual({ env: 'prod', parts: 'api,ui', version: 'v7', day: '2026-11-29' }, Object.fromEntries(Object.entries(executions[0].job.options).filter(([name]) => name !== 'secret')));

  await page.getByRole('tab', { name: 'History' }).click();
  await page.getByRole('link', { name: new RegExp(`#${executions[0].id}`) }).waitFor();
  await page.getByRole('tab', { name: 'Statistics' }).click();
  await page.getByText('The last 1 executions').waitFor();
  await visitor.picture('job-statistics');
  await page.getByRole('tab', { name: 'Definition' }).click();
  await page.getByText('Deploys the shop').nth(1).waitFor();
  await visitor.picture('job-definition');
  await qd.ok('POST', '/job/nightly-1/execution/enable');
  await visitor.open(`/project/${project}/job/show/nightly-1?tab=schedule`);
  await page.getByText("In the job’s zone, Europe/Vienna").waitFor();
  await visitor.leave();
});

test('a job is edited on all its tabs, reviewed and saved; a conflict is shown', async () => {
  const visitor = await Visitor.come(browser, qd, { expected: ['409 (Conflict)', 'Executing inline event handler violates'] });
  const page = await visitor.open(`/project/${project}/job/edit/${deploy}`);
  await page.getByLabel('Description').fill('Deploys the shop safely');
  await visitor.picture('editor-details');
  await page.getByRole('tab', { name: 'Workflow' }).click();
  await page.getByRole('button', { name: 'Edit step 2' }).focus();
  await page.keyboard.press('Alt+ArrowUp');
  await page.getByText('Step 2 is now step 1.').waitFor({ state: 'attached' });
  await page.locator('[data-step="0"] .grip').dragTo(page.locator('[data-step="2"]'));
  await page.getByRole('button', { name: 'Edit step 3: Check' }).click();
  await page.getByLabel('On error').selectOption('exec');
  await page.locator('.handler').getByLabel('Command').fill('echo rescue');
  await visitor.picture('editor-workflow');
  for (const [tab, name] of [['Options', 'editor-options'], ['Nodes', 'editor-nodes'], ['Schedule', 'editor-schedule'], ['Notifications', 'editor-notifications'], ['Other', 'editor-other']]) {
    await page.getByRole('tab', { name: tab }).click();
    if (tab === 'Options') {
      await page.getByRole('button', { name: 'Edit option env' }).click();
      await page.getByLabel('Default value').fill('dev'); // a scheduled job must not ask
    }
    if (tab === 'Nodes') await page.getByText('1 node', { exact: true }).waitFor();
    if (tab === 'Schedule') {
      await page.getByLabel('Run this job on a schedule').check();
      await page.getByLabel('How often').selectOption('weekly');
      await page.getByLabel('At', { exact: true }).fill('04:45');
      await page.getByLabel('Time zone').fill('Asia/Tokyo');
      await page.getByText('The next ten runs').waitFor();
    }
    if (tab === 'Notifications') await page.getByRole('group', { name: 'Add: When it fails', exact: true }).getByRole('button', { name: 'Mail' }).click();
    if (tab === 'Notifications') await page.getByLabel('To').fill('ops@example.com');
    await visitor.picture(name);
  }
  await page.getByRole('tab', { name: 'YAML' }).click();
  await page.locator('.cm-content').waitFor();
  await page.getByText('Deploys the shop safely').waitFor();
  await visitor.picture('editor-yaml');
  await page.reload();
  await page.getByText('What you had not saved yet is here again.').waitFor();
  const [stored] = await qd.ok('GET', `/job/${deploy}`, { query: { format: 'json' } });
  await qd.ok('PUT', `/job/${deploy}`, { json: [{ ...stored, timeout: '5m' }] });
  await page.getByRole('button', { name: 'Review and save' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('description: Deploys the shop safely').waitFor();
  await visitor.picture('editor-review');
  await dialog.getByRole('button', { name: 'Save', exact: true }).click();
  await dialog.getByText('Somebody else saved this job meanwhile').waitFor();
  await dialog.getByText('timeout: 5m').waitFor();
  await visitor.picture('editor-conflict');
  await dialog.getByRole('button', { name: 'Save mine over it' }).click();
  await page.waitForURL(`**/job/show/${deploy}`);
  const [saved] = await qd.ok('GET', `/job/${deploy}`, { query: { format: 'json' } });
  assert.equal(saved.description, 'Deploys the shop safely');
  assert.deepEqual(saved.sequence.commands.map((step) => step.description ?? step.exec ?? 'script'), ['echo ${option.env} ${option.parts} ${option.version}', 'script', 'Check']);
  assert.equal(saved.sequence.commands[2].errorhandler.exec, 'echo rescue');
  assert.equal(saved.schedule.crontab ?? '', '0 45 4 ? * MON,TUE,WED,THU,FRI *');
  assert.equal(saved.timeZone, 'Asia/Tokyo');
  assert.equal(saved.timeout, undefined);
  assert.match(JSON.stringify(saved.notification), /ops@example.com/);
  await page.getByRole('tab', { name: 'Changes' }).click();
  await page.getByRole('row', { name: /Version 1 / }).getByRole('button', { name: 'Compare with now' }).click();
  await page.locator('.diff').getByText('echo rescue').waitFor();
  await visitor.picture('job-changes');
  await visitor.leave();
});

test('a new job is made, and jobs are uploaded', async () => {
  const visitor = await Visitor.come(browser, qd, { expected: ['404 (Not Found)'] });
  const page = await visitor.open(`/project/${project}/job/create`);
  await page.getByLabel('Name', { exact: true }).fill('hello');
  await page.getByRole('tab', { name: 'Workflow' }).click();
  await page.getByRole('button', { name: 'Command', exact: true }).click();
  await page.getByLabel('Command', { exact: true }).fill('echo hello');
  await page.getByRole('button', { name: 'Add a log filter' }).first().click();
  await page.getByLabel('Kind of filter').selectOption({ label: 'Highlight Output' });
  await page.getByLabel('Pattern (required)').fill('hello');
  await page.getByLabel('Colour').selectOption('Red');
  await page.getByRole('button', { name: 'Plugin step', exact: true }).click();
  await page.getByLabel('Plugin', { exact: true }).selectOption({ label: 'HTTP Request Step' });
  await page.getByLabel('URL (required)').fill('https://example.com/hook');
  await page.getByLabel('Method (required)').selectOption('POST');
  await page.getByLabel("Check the server's certificate").uncheck();
  await visitor.picture('editor-plugins');
  await page.getByRole('button', { name: 'Review and save' }).click();
  await page.getByRole('button', { name: 'Create job' }).click();
  await page.getByRole('heading', { name: 'hello' }).waitFor();
  const [made] = await qd.ok('GET', `/job/${page.url().split('/').pop()}`, { query: { format: 'json' } });
  const [command, request] = made.sequence.commands;
  assert.deepEqual(command.plugins.LogFilter, [{ type: 'highlight-output', config: { fgcolor: 'red', regex: 'hello' } }]);
  assert.equal(request.type, 'edu.ohio.ais.rundeck.HttpWorkflowStepPlugin');
  assert.deepEqual(request.configuration, { method: 'POST', remoteUrl: 'https://example.com/hook', sslVerify: 'false' });
  assert.equal(String(request.nodeStep), 'false');

  await visitor.open(`/project/${project}/job/upload`);
  await page.getByLabel('Text of the file').fill('- name: from yaml\n  sequence:\n    commands:\n    - exec: "true"\n- name: bad\n');
  await visitor.picture('jobs-upload');
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  await page.getByText('1 saved').waitFor();
  await page.getByText('1 failed').waitFor();
  await page.getByRole('link', { name: 'from yaml' }).click();
  await page.getByRole('heading', { name: 'from yaml' }).waitFor();
  await visitor.leave();
});
