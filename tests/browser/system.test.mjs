// The pages of the system but for the cluster's.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeAtExit } from '../support/cleanup.mjs';
import { ended, newProject } from '../support/scenario.mjs';
import { startServer } from '../support/server.mjs';
import { launch, pasteOver, Visitor } from './support.mjs';

let qd, browser, project;
before(async () => {
  qd = await startServer({ config: { 'grails.mail.password': 'hush' } });
  project = await newProject(qd);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await qd?.stop();
});

test('report, metrics, log storage, keys, plugins, configuration and audit trail are shown', async () => {
  const visitor = await Visitor.come(browser, qd, { expected: ['404 (Not Found)'] });
  const page = await visitor.open('/menu/systemInfo');
  await page.getByText((await qd.ok('GET', '/system/info')).system.rundeck.serverUUID).waitFor();
  await page.getByText('Healthy').first().waitFor();
  await visitor.picture('system-report');
  await page.getByRole('link', { name: 'Metrics' }).click();
  await page.getByText('quarterdeck_http_requests_total').waitFor();
  await page.locator('.chart canvas').nth(5).waitFor();
  await visitor.picture('system-metrics');
  await page.getByRole('link', { name: 'Log storage' }).click();
  await page.getByRole('heading', { name: 'Log storage' }).waitFor();
  await page.getByText(/No log store is configured|Not stored yet/).first().waitFor();
  await visitor.picture('system-logstorage');
  await page.getByRole('link', { name: 'Plugins' }).click();
  await page.getByText(/^\d+ plugins$/).waitFor();
  await page.getByLabel('Find a plugin').fill('mask-passwords');
  await page.getByText('mask-passwords').first().click();
  await page.getByText('Shown instead').waitFor();
  await visitor.picture('system-plugins');
  await page.getByRole('link', { name: 'Configuration' }).click();
  await page.getByText('rundeck.clusterMode.enabled', { exact: true }).waitFor();
  await visitor.picture('system-config', { fullPage: false });
  await page.getByLabel('Find a key').fill('mail password');
  await page.getByText('grails.mail.password', { exact: true }).waitFor();
  await page.getByText('hidden', { exact: true }).waitFor();
  assert.equal(await page.getByText('rundeck.clusterMode.enabled', { exact: true }).count(), 0);
  await page.getByRole('link', { name: 'Audit trail' }).click();
  await page.getByRole('cell', { name: /project/ }).first().waitFor();
  await page.getByLabel('Kind of thing').fill('project');
  await page.getByRole('button', { name: 'Filter' }).click();
  await page.waitForURL('**/menu/audit?resourceType=project');
  await page.getByRole('cell', { name: project }).first().waitFor();
  await visitor.picture('system-audit');
  await visitor.leave();
});

test('a key is made and deleted', async () => {
  const visitor = await Visitor.come(browser, qd, { expected: ['404 (Not Found)'] });
  const page = await visitor.open('/menu/storage');
  await page.getByRole('button', { name: 'New key' }).click();
  await page.getByLabel('Name', { exact: true }).fill('web/db');
  await page.getByLabel('Password', { exact: true }).fill('s3cret');
  await page.getByRole('button', { name: 'Save key' }).click();
  await page.getByRole('button', { name: 'web' }).click();
  await page.getByText('db', { exact: true }).waitFor();
  await visitor.picture('system-keys');
  await page.getByRole('button', { name: 'Delete: db' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('Nothing is kept here.').waitFor();
  assert.equal((await qd.api('GET', '/storage/keys/web/db')).status, 404);
  await visitor.leave();
});

test('a policy with a flaw is refused with its reason, mended, tried and saved', async () => {
  const visitor = await Visitor.come(browser, qd, { expected: ['400 (Bad Request)'] });
  const page = await visitor.open('/menu/acls');
  await page.getByRole('button', { name: 'New policy' }).click();
  await page.getByLabel('Name', { exact: true }).fill('ops');
  const editor = page.locator('.cm-content');
  await editor.waitFor();
  await page.getByText('The policy is valid.').waitFor();
  const good = await editor.evaluate((node) => node.innerText);
  await pasteOver(editor, good.replace('group: some-role', 'grup: ops'));
  await page.getByText(/The policy has .*flaw.* and cannot be saved/).waitFor();
  await visitor.picture('acl-flaw');
  await page.getByRole('button', { name: 'Save policy' }).click();
  assert.equal((await qd.api('GET', '/system/acl/ops.aclpolicy')).status, 404);

  await pasteOver(editor, `description: Operators run jobs
context:
  project: '.*'
for:
  job:
    - allow: [read, run]
by:
  group: ops
`);
  await page.getByText('The policy is valid.').waitFor();
  const tester = page.getByRole('region', { name: 'Test access' });
  await tester.getByLabel('User').fill('ada');
  await tester.getByLabel('Roles').fill('ops');
  await tester.getByLabel('Project').fill(project);
  for (const action of ['read', 'run', 'delete']) await tester.getByLabel(action, { exact: true }).setChecked(true);
  await tester.getByRole('button', { name: 'May they?' }).click();
  await tester.locator('[data-action="run"]').getByText('Allowed').waitFor();
  await tester.locator('[data-action="delete"]').getByText('Refused').waitFor();
  await visitor.picture('acl-edit');
  await page.getByRole('button', { name: 'Save policy' }).click();
  await page.getByRole('button', { name: 'Edit ops.aclpolicy' }).waitFor();
  assert.match((await qd.ok('GET', '/system/acl/ops.aclpolicy')).contents, /Operators run jobs/);
  await visitor.picture('acl-list');

  await page.getByRole('tab', { name: 'Test access' }).click();
  await page.getByLabel('Project').fill(project);
  await page.getByRole('button', { name: 'Who may?' }).click();
  await page.getByText('group ops').first().waitFor();
  await visitor.leave();
});

test('a user of the database is made, locked and deleted', async () => {
  const visitor = await Visitor.come(browser, qd);
  const page = await visitor.open('/menu/users');
  await page.getByRole('button', { name: 'New user' }).click();
  await page.getByLabel('Login').fill('ada');
  await page.getByLabel('Password').fill('quite long enough');
  await page.getByLabel('Roles').fill('ops, user');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Edit: ada' }).click();
  await page.getByLabel('May log in').uncheck();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Locked').waitFor();
  assert.deepEqual((({ roles, enabled }) => ({ roles, enabled }))(await qd.ok('GET', '/user/local/ada')), { roles: ['ops', 'user'], enabled: false });
  await visitor.picture('system-users');
  await page.getByRole('button', { name: 'Delete: ada' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('There is no user in the database.').waitFor();
  await page.getByRole('tab', { name: 'All tokens' }).click();
  await page.locator('[data-token]').first().waitFor();
  await visitor.picture('system-tokens');
  await visitor.leave();
});

test('a calendar of the system is made', async () => {
  const visitor = await Visitor.come(browser, qd);
  const page = await visitor.open('/menu/calendars');
  await page.getByRole('button', { name: 'New calendar' }).click();
  await page.getByLabel('Name').fill('Weekends');
  await page.getByLabel('When').selectOption('weekly');
  await page.getByLabel('Sat').check();
  await page.getByLabel('Sun').check();
  await visitor.picture('system-calendar-edit');
  await page.getByRole('button', { name: 'Save calendar' }).click();
  await page.getByRole('heading', { name: 'Weekends' }).waitFor();
  await page.getByText('Sat, Sun').waitFor();
  assert.deepEqual((await qd.ok('GET', '/system/calendars')).map((one) => [one.name, one.dateType]), [['Weekends', 'weekly']]);
  await visitor.leave();
});

test('what the log store could not take is listed with its problem, and tried again', async () => {
  const folder = removeAtExit(mkdtempSync(join(tmpdir(), 'qd-shared-')));
  const gone = join(folder, 'gone');
  const storing = await startServer({
    config: { 'rundeck.execution.logs.fileStoragePlugin': 'filesystem', 'rundeck.execution.logs.fileStorage.storageRetryDelay': '3600' },
    framework: { 'framework.plugin.ExecutionFileStorage.filesystem.directory': gone },
  });
  try {
    rmdirSync(gone);
    writeFileSync(gone, 'no folder');
    const { execution } = await storing.ok('POST', `/project/${await newProject(storing)}/run/command`, { form: { exec: 'echo kept' } });
    await ended(storing, execution.id);
    const visitor = await Visitor.come(browser, storing);
    const page = await visitor.open('/menu/logStorage');
    const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: `#${execution.id}` }) });
    await row.getByText(/gone|folder|directory/i).waitFor();
    await visitor.picture('system-logstorage-waiting');
    rmSync(gone);
    mkdirSync(gone);
    await page.getByRole('button', { name: 'Try all again now' }).click();
    await page.getByText('Everything is stored.').waitFor();
    assert.equal((await storing.ok('GET', '/system/logstorage')).succeededCount, 1);
    await visitor.leave();
  } finally {
    await storing.stop();
  }
});
