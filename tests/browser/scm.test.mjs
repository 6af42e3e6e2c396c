// Jobs in git repositories: set up, committed, pushed, pulled and imported, on the pages.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { Repository } from '../support/git.mjs';
import { importJobs, job, newProject } from '../support/scenario.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/wait.mjs';
import { launch, Visitor } from './support.mjs';

let qd, browser;
before(async () => {
  qd = await startServer();
  await qd.ok('POST', '/user/info', { json: { firstName: 'Ada', lastName: 'Lovelace', email: 'ada@example.org' } });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await qd?.stop();
});

const row = (page, name) => page.locator('.job-row').filter({ has: page.getByRole('link', { name, exact: true }) });
const item = (page, name) => page.locator('.item').filter({ hasText: name });
const source = (page, name) => page.getByRole('region', { name });
async function submit(page, name, message) {
  if (message) await page.getByLabel(/^Commit Message/).fill(message);
  await page.getByRole('button', { name, exact: true }).click();
}

// The action is done: its page leads back.
const left = (page) => page.waitForURL((url) => !url.pathname.endsWith('/performAction'));

test('an export is set up; jobs are committed and pushed from the list and from their page', async () => {
  const project = await newProject(qd);
  const made = await importJobs(qd, project, [job({ name: 'backup', group: 'ops', steps: ['echo one'] }), job({ name: 'report' })]);
  const backup = made.succeeded.find((one) => one.name === 'backup').id;
  const repository = new Repository();
  const visitor = await Visitor.come(browser, qd, { expected: ['400 (Bad Request)'] });
  const page = await visitor.open(`/project/${project}/scm`);
  await page.waitForURL(`**/project/${project}/configure/scm`);
  const out = source(page, 'Export to git');
  await out.getByRole('button', { name: 'Set up: Git Export' }).click();
  await out.getByRole('button', { name: 'Save and connect' }).click();
  await out.getByText('Enter a value.').waitFor();
  await out.getByLabel(/^Git URL/).fill('nonsense');
  await out.getByRole('button', { name: 'Save and connect' }).click();
  await out.getByText('Some input values were not valid.').waitFor();
  await out.locator('.field').filter({ hasText: 'Git URL' }).locator('.error').getByText(/^Invalid value/).waitFor();
  await visitor.picture('scm-setup');
  await page.reload();
  await out.getByRole('button', { name: 'Set up: Git Export' }).click();
  assert.equal(await out.getByLabel(/^Git URL/).inputValue(), 'nonsense', 'the draft');
  await out.getByLabel(/^Git URL/).fill(repository.url);
  await out.getByLabel(/^File Path Template/).fill('${job.group}${job.name}.${config.format}');
  await out.getByLabel(/^Format/).selectOption('yaml');
  await out.getByRole('button', { name: 'Save and connect' }).click();
  await out.getByText('On', { exact: true }).waitFor();
  await out.locator('[data-scm="EXPORT_NEEDED"]').waitFor();
  await visitor.picture('scm-settings');

  await page.getByRole('link', { name: 'Jobs', exact: true }).click();
  await row(page, 'backup').locator('[data-scm="CREATE_NEEDED"]').waitFor();
  await row(page, 'report').locator('[data-scm="CREATE_NEEDED"]').waitFor();
  await visitor.picture('scm-jobs', { fullPage: false });
  await page.getByRole('region', { name: 'Source control' }).getByRole('link', { name: 'Commit' }).click();
  await item(page, 'ops/backup').waitFor();
  await page.getByText('2 of 2 selected').waitFor();
  await page.getByLabel('Select report').uncheck();
  await submit(page, 'Commit', 'Add the backup');
  await page.getByText('Commit: done.').waitFor();
  await left(page);
  assert.deepEqual(repository.files(), ['ops/backup.yaml']);
  assert.match(repository.git('log', '-1', '--format=%an <%ae> %s', 'master'), /^Ada Lovelace <ada@example.org> Add the backup$/);
  await row(page, 'report').locator('[data-scm="CREATE_NEEDED"]').waitFor();
  assert.equal(await row(page, 'backup').locator('[data-scm]').count(), 0);

  const [definition] = await qd.ok('GET', `/job/${backup}`);
  definition.sequence.commands = [{ exec: 'echo two' }];
  await qd.ok('PUT', `/job/${backup}`, { json: [definition] });
  await page.reload();
  await row(page, 'backup').locator('[data-scm="EXPORT_NEEDED"]').click();
  await page.getByRole('tab', { name: 'SCM', selected: true }).waitFor();
  const state = source(page, 'Export to git');
  await state.getByText('Add the backup').waitFor();
  const diff = state.locator('.diff');
  await diff.locator('.removed').getByText('echo one').waitFor();
  await diff.locator('.added').getByText('echo two').waitFor();
  await visitor.picture('scm-job');
  await state.getByRole('link', { name: 'Commit' }).click();
  await page.getByRole('button', { name: 'Changes of ops/backup' }).click();
  await page.locator('.diff .added').getByText('echo two').waitFor();
  await submit(page, 'Commit');
  await page.getByText('Enter a value.').waitFor();
  await visitor.picture('scm-commit');
  await submit(page, 'Commit', 'Say two');
  await left(page);
  assert.match(repository.text('ops/backup.yaml'), /echo two/);
  await state.locator('[data-scm="CLEAN"]').waitFor();

  await qd.ok('DELETE', `/job/${backup}`);
  await visitor.open(`/project/${project}/scm/export/performAction?actionId=project-commit`);
  await item(page, 'Deleted here').waitFor();
  await submit(page, 'Commit', 'Remove it, and add the report');
  await left(page);
  assert.deepEqual(repository.files(), ['report.yaml']);
  await source(page, 'Source control').locator('[data-scm="CLEAN"]').waitFor();

  await visitor.open(`/project/${project}/configure/scm`);
  await out.getByRole('button', { name: 'Switch off' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Switch off' }).click();
  await out.getByText('Off', { exact: true }).waitFor();
  assert.equal((await qd.ok('GET', `/project/${project}/scm/export/config`)).enabled, false);
  await visitor.open(`/project/${project}/jobs`);
  await row(page, 'report').waitFor();
  assert.equal(await page.getByRole('region', { name: 'Source control' }).count(), 0);
  await visitor.leave();
});

const yaml = (id, name, command) => `- uuid: ${id}\n  id: ${id}\n  name: ${name}\n  loglevel: INFO\n  sequence:\n    keepgoing: false\n    strategy: node-first\n    commands:\n    - exec: ${command}\n`;
const IDS = ['0b7f1a34-52e1-4c11-9d7a-6f0a51a0c001', '0b7f1a34-52e1-4c11-9d7a-6f0a51a0c002'];

test('an import takes jobs from a repository, what changes there, and what goes there', async () => {
  const project = await newProject(qd);
  const repository = new Repository();
  repository.push({ 'one.yaml': yaml(IDS[0], 'one', 'echo first'), 'two.yaml': yaml(IDS[1], 'two', 'echo second') });
  const visitor = await Visitor.come(browser, qd);
  const page = await visitor.open(`/project/${project}/configure/scm`);
  const into = source(page, 'Import from git');
  await into.getByRole('button', { name: 'Set up: Git Import' }).click();
  await into.getByLabel(/^Git URL/).fill(repository.url);
  await into.getByLabel(/^File Path Template/).fill('${job.name}.${config.format}');
  await into.getByLabel(/^Format/).selectOption('yaml');
  await into.getByLabel(/^Regular Expression/).fill('.*\\.yaml');
  await into.getByRole('button', { name: 'Save and connect' }).click();
  await into.getByText('On', { exact: true }).waitFor();
  await into.getByRole('link', { name: 'Import' }).click();
  await page.getByText('2 of 2 selected').waitFor();
  await visitor.picture('scm-import');
  await submit(page, 'Import');
  await left(page);
  await row(page, 'one').waitFor();
  await row(page, 'two').waitFor();

  repository.push({ 'one.yaml': yaml(IDS[0], 'one', 'echo changed'), 'two.yaml': null }, 'Change one, drop two');
  const names = async () => (await qd.ok('GET', `/project/${project}/jobs`)).map((one) => one.name).sort();
  const [one] = (await qd.ok('GET', `/project/${project}/jobs`)).filter((found) => found.name === 'one');
  await until(async () => {
    await page.getByRole('button', { name: 'Look again: Import from git' }).click();
    return row(page, 'one').locator('[data-scm="IMPORT_NEEDED"]').waitFor({ timeout: 2000 }).then(() => true, () => false);
  }, { what: 'the change to be seen', timeout: 30_000 });
  await row(page, 'two').locator('[data-scm="DELETE_NEEDED"]').waitFor();
  await row(page, 'one').locator('[data-scm]').click();
  await source(page, 'Import from git').getByText('Change one, drop two').waitFor();
  await source(page, 'Import from git').locator('.diff').getByText('echo changed').waitFor();
  await page.getByRole('link', { name: 'Jobs', exact: true }).first().click();
  await source(page, 'Source control').getByRole('link', { name: 'Import' }).click();
  await page.getByText('1 of 2 selected').waitFor();
  assert.equal(await page.getByLabel('Select two').isChecked(), false, 'a job is deleted only when one wants it');
  await page.getByLabel('Select two').check();
  await submit(page, 'Import');
  await left(page);
  await until(async () => (await names()).join() === 'one', { what: 'two to be gone' });
  assert.equal((await qd.ok('GET', `/job/${one.id}`))[0].sequence.commands[0].exec, 'echo changed');
  await visitor.leave();
});

test('a project without source control shows nothing of it, and a repository that is lost is said to be', async () => {
  const project = await newProject(qd);
  await importJobs(qd, project, [job({ name: 'lonely' })]);
  const visitor = await Visitor.come(browser, qd);
  const page = await visitor.open(`/project/${project}/jobs`);
  await row(page, 'lonely').waitFor();
  assert.equal(await source(page, 'Source control').count(), 0);
  await row(page, 'lonely').getByRole('link', { name: 'lonely', exact: true }).click();
  await page.getByRole('tab', { name: 'Definition' }).waitFor();
  assert.equal(await page.getByRole('tab', { name: 'SCM' }).count(), 0);

  const repository = new Repository();
  const config = { dir: '/ignored', url: repository.url, branch: 'master', pathTemplate: '${job.name}.${config.format}', format: 'yaml', strictHostKeyChecking: 'yes', committerName: 'Ada', committerEmail: 'ada@example.org' };
  await qd.ok('POST', `/project/${project}/scm/export/plugin/git-export/setup`, { json: { config } });
  rmSync(repository.path, { recursive: true });
  await visitor.open(`/project/${project}/scm/export/performAction?actionId=project-commit`);
  visitor.expected.push('400 (Bad Request)');
  await submit(page, 'Commit', 'To nowhere');
  await page.getByRole('alert').getByText(/repository|remote|push/i).first().waitFor();
  assert.equal(await page.getByLabel(/^Commit Message/).inputValue(), 'To nowhere', 'what was entered stays');
  // No page waits for the repository: the look that starts a fetch shows the one before.
  const told = source(page, 'Source control').getByText(/^The repository gives no answer: Failed to get/);
  await until(async () => {
    await visitor.open(`/project/${project}/jobs`);
    await source(page, 'Source control').waitFor();
    return told.isVisible();
  }, { what: 'the lost repository to be told' });
  await visitor.picture('scm-lost', { fullPage: false });
  await visitor.leave();
});
