// What those see who may not do everything, and pages of things with odd names.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { adhoc, ended, newProject, run, runToEnd } from '../support/scenario.mjs';
import { startServer } from '../support/server.mjs';
import { launch, Visitor } from './support.mjs';

const PASSWORD = 'a long enough password 1';
const LONG = 'n'.repeat(240);
let qd, browser, project;
const command = (...lines) => ({ commands: lines.map((exec) => ({ exec })), keepgoing: false, strategy: 'node-first' });

before(async () => {
  qd = await startServer();
  project = await newProject(qd, { name: 'shop' });
  const { failed } = await qd.ok('POST', `/project/${project}/jobs/import`, { json: [
    { name: 'broken', uuid: 'broken-1', sequence: command('exit 3') },
    { name: 'slow', uuid: 'slow-1', sequence: command('sleep 600') },
    { name: LONG, uuid: 'long-1', description: 'd'.repeat(500), options: [{ name: 'parts', multivalued: true, delimiter: ',', required: true, label: 'Parts' }, { name: 'lines', type: 'multiline', value: 'one\ntwo', required: true }], sequence: command('echo ${option.parts}') },
  ] });
  assert.deepEqual(failed, []);
  const see = { resource: [{ equals: { kind: 'event' }, allow: ['read'] }, { equals: { kind: 'node' }, allow: ['read'] }], node: [{ allow: ['read', 'run'] }], adhoc: [{ allow: ['read'] }] };
  const policy = (username, job) => [
    { description: username, context: { project: '.*' }, by: { username }, for: { ...see, job: [{ allow: job }] } },
    { description: username, context: { application: 'rundeck' }, by: { username }, for: { project: [{ allow: ['read'] }] } },
  ];
  const contents = [...policy('viewer', ['read', 'view']), ...policy('runner', ['read', 'view', 'run', 'kill'])].map((one) => JSON.stringify(one)).join('\n---\n');
  await qd.ok('POST', '/system/acl/few.aclpolicy', { json: { contents } });
  for (const login of ['viewer', 'runner']) await qd.ok('POST', '/user/local', { json: { login, password: PASSWORD, roles: ['user'] } });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await qd?.stop();
});

const expected = ['403 (Forbidden)']; // names of members are asked for, and go without saying
const come = (user) => Visitor.come(browser, qd, { user, password: PASSWORD, expected });
const buttons = (page) => page.locator('main .page-header').locator('button, a.btn').allInnerTexts();

test('an execution offers only what its reader may do', async () => {
  const failed = (await runToEnd(qd, 'broken-1')).id;
  const running = (await run(qd, 'slow-1')).id;
  const viewer = await come('viewer');
  for (const id of [failed, running]) {
    const page = await viewer.open(`/project/${project}/execution/show/${id}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.locator('main .page-header .buttons').locator('button, a').first().waitFor({ state: 'detached' });
    assert.deepEqual(await buttons(page), []);
  }
  await viewer.leave();
  const runner = await come('runner');
  const page = await runner.open(`/project/${project}/execution/show/${failed}`);
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('link', { name: 'Change and run' }).waitFor();
  await page.getByRole('button', { name: 'Delete', exact: true }).waitFor({ state: 'detached' });
  await runner.open(`/project/${project}/execution/show/${running}`);
  await page.getByRole('button', { name: 'Abort' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Abort' }).click();
  assert.equal((await ended(qd, running)).status, 'aborted');
  await runner.leave();
});

test('who may not save or run is told before any work', async () => {
  const viewer = await come('viewer');
  const page = await viewer.open(`/project/${project}/job/edit/broken-1`);
  await page.getByText('You may not change this job.').waitFor();
  await page.getByLabel('Description').fill('changed');
  assert.equal(await page.getByRole('button', { name: 'Review and save' }).isDisabled(), true);
  await viewer.open(`/project/${project}/job/create`);
  await page.getByText('You may not make jobs in this project.').waitFor();
  await adhoc(qd, project, 'true');
  await viewer.open(`/project/${project}/command/run`);
  await page.getByText('You may not run commands in this project.').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Run on the server' }).isDisabled(), true);
  await viewer.picture('commands-viewer');
  await viewer.leave();
});

test('very long names stay within their pages, and what was typed into a list of values counts', async () => {
  const visitor = await Visitor.come(browser, qd);
  const page = await visitor.open(`/project/${project}/job/show/long-1`);
  await page.getByLabel('Parts: Other value').fill('typed, not added');
  await visitor.picture('job-long-name');
  await page.getByRole('button', { name: 'Run now' }).click();
  await page.waitForURL('**/execution/show/*');
  const [{ id, job }] = (await qd.ok('GET', '/job/long-1/executions')).executions;
  assert.deepEqual(job.options, { lines: 'one\ntwo', parts: 'typed, not added' });
  await ended(qd, id);
  await page.getByText('Succeeded').first().waitFor();
  await visitor.picture('execution-long-name');
  await visitor.open(`/project/${project}/job/edit/long-1?tab=options`);
  await page.getByRole('button', { name: 'Edit option lines' }).click();
  assert.equal(await page.getByLabel('Default value').inputValue(), 'one\ntwo');
  await page.getByRole('button', { name: 'Move lines up' }).click();
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'lines');
  await visitor.picture('editor-options-long-name');
  await page.getByRole('tab', { name: 'YAML' }).click();
  await page.locator('.cm-content').waitFor();
  await visitor.leave();
});

test('a run with an uploaded file asks for a file again; an empty page of activity gives way', async () => {
  await qd.ok('POST', `/project/${project}/jobs/import`, { json: [{ name: 'reads', uuid: 'reads-1', options: [{ name: 'list', type: 'file', required: true }], sequence: command('cat ${file.list}') }] });
  const visitor = await Visitor.come(browser, qd);
  const page = await visitor.open(`/project/${project}/job/show/reads-1`);
  await page.getByLabel(/^list/).setInputFiles({ name: 'list.txt', mimeType: 'text/plain', buffer: Buffer.from('from a file\n') });
  await page.getByText('list.txt').waitFor();
  await page.getByRole('button', { name: 'Run now' }).click();
  await page.getByText('from a file').waitFor();
  await page.getByRole('button', { name: 'Run again' }).click();
  await page.waitForURL('**/job/show/reads-1*');
  await page.getByRole('button', { name: 'Run now' }).click();
  await page.getByText('Give a value.').waitFor();
  await visitor.open(`/project/${project}/activity?offset=300`);
  await page.waitForURL((url) => !url.searchParams.has('offset'));
  await page.getByText('reads').first().waitFor();
  await visitor.leave();
});
