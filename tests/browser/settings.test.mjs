// The settings of a project, by form and as they are stored.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { importJobs, job, newProject } from '../support/scenario.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/wait.mjs';
import { launch, pasteOver, Visitor } from './support.mjs';

let qd, browser, project, at;
before(async () => {
  qd = await startServer();
  project = await newProject(qd, { 'project.description': 'A shop', 'custom.key': 'stays' });
  at = `/project/${project}/configure`;
  await importJobs(qd, project, [job({ name: 'backup', group: 'ops' }), job({ name: 'report' })]);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await qd?.stop();
});
const config = () => qd.ok('GET', `/project/${project}/config`);

test('label and description are changed, unsaved changes are asked about, and the switches work at once', async () => {
  const visitor = await Visitor.come(browser, qd);
  const page = await visitor.open(at);
  assert.equal(await page.getByLabel('Description').inputValue(), 'A shop');
  await page.getByLabel('Label').fill('Web shop');
  await page.getByText('Not saved yet').waitFor();
  await page.getByRole('link', { name: 'Global variables' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await until(async () => (await config())['project.label'] === 'Web shop', { what: 'the label' });
  assert.equal((await config())['custom.key'], 'stays');

  await page.getByLabel('Description').fill('Not saved yet, and not lost');
  await page.getByRole('button', { name: 'Turn off Executions' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Turn off' }).click();
  await page.getByText('Nothing in this project starts').waitFor();
  assert.equal((await config())['project.disable.executions'], 'true');
  assert.equal(await page.getByLabel('Description').inputValue(), 'Not saved yet, and not lost');
  await page.getByRole('button', { name: 'Discard' }).click();
  assert.equal(await page.getByLabel('Description').inputValue(), 'A shop');
  await visitor.picture('settings-general');
  await page.getByRole('button', { name: 'Turn on Executions' }).click();
  await page.getByText('Jobs and commands of this project may run.').waitFor();
  await page.getByRole('button', { name: 'Turn off Schedules' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Turn off' }).click();
  await page.getByText('No schedule of this project fires.').waitFor();
  await page.getByRole('button', { name: 'Turn on Schedules' }).click();
  await page.getByText('Schedules of this project fire.').waitFor();
  assert.deepEqual([(await config())['project.disable.executions'], (await config())['project.disable.schedule']], ['false', 'false']);
  await visitor.leave();
});

test('a source is added and its nodes are edited in place', async () => {
  const visitor = await Visitor.come(browser, qd, { expected: ['400 (Bad Request)'] });
  const page = await visitor.open(`${at}/nodes`);
  await page.getByLabel('Add a source').selectOption('stub');
  await page.getByLabel('How many').fill('3');
  await page.getByLabel('Name starts with').fill('db-');
  await page.getByLabel('Add a source').selectOption('stored');
  await page.getByLabel('Name of the document').fill('etc/resources.yaml');
  await page.getByRole('region', { name: /^2\./ }).getByRole('button', { name: 'Move up' }).click();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await until(async () => (await config())['resources.source.1.type'] === 'stored', { what: 'the sources' });
  const edit = page.getByRole('link', { name: 'Edit nodes' });
  await edit.waitFor();
  await visitor.picture('settings-sources');
  await edit.click();
  const editor = page.locator('.cm-content');
  await pasteOver(editor, 'web1:\n  nodename: [broken\n');
  await page.getByRole('button', { name: 'Save nodes' }).click();
  await page.getByRole('alert').first().waitFor();
  await visitor.picture('settings-source-flaw');
  await pasteOver(editor, 'web1:\n  nodename: web1\n  hostname: web1.example.com\n  tags: web\n');
  await page.getByRole('button', { name: 'Save nodes' }).click();
  await page.getByText('The nodes are saved.').waitFor();
  const nodes = await until(async () => {
    const found = Object.keys(await qd.ok('GET', `/project/${project}/resources`));
    return found.includes('web1') && found;
  }, { what: 'the node' });
  assert.equal(nodes.filter((name) => name.startsWith('db-')).length, 3, nodes.join());
  await visitor.leave();
});

test('executors, globals and all properties', async () => {
  const visitor = await Visitor.come(browser, qd);
  const page = await visitor.open(`${at}/executors`);
  await page.getByLabel('Commands on other nodes').selectOption('script-exec');
  await page.getByLabel(/^Command \(required/).fill('/opt/run ${node.hostname} ${exec.command}');
  await visitor.picture('settings-executors');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await until(async () => (await config())['service.NodeExecutor.default.provider'] === 'script-exec', { what: 'the executor' });
  assert.equal((await config())['plugin.script-exec.default.command'], '/opt/run ${node.hostname} ${exec.command}');

  await page.getByRole('link', { name: 'Global variables' }).click();
  await page.getByRole('button', { name: 'Add a variable' }).click();
  await page.getByLabel('Name', { exact: true }).fill('region');
  await page.getByLabel('Value of region').fill('eu-west');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await until(async () => (await config())['project.globals.region'] === 'eu-west', { what: 'the variable' });
  await visitor.picture('settings-globals');

  await page.getByRole('link', { name: 'All properties' }).click();
  const editor = page.locator('.cm-content');
  await editor.waitFor();
  const before = await editor.evaluate((node) => node.innerText);
  assert.match(before, /project\.globals\.region=eu-west/);
  await visitor.picture('settings-properties');
  await pasteOver(editor, `${before.trimEnd()}\nmade.by=hand\n`);
  await qd.ok('PUT', `/project/${project}/config/somebody`, { json: { value: 'else' } });
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Somebody else changed the configuration meanwhile').waitFor();
  assert.equal((await config())['made.by'], undefined);
  await page.getByRole('button', { name: 'Load it again' }).click();
  await until(async () => (await editor.evaluate((node) => node.innerText)).includes('somebody'), { what: 'the new text' });
  await pasteOver(editor, `${(await editor.evaluate((node) => node.innerText)).trimEnd()}\nmade.by=hand\n`);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await until(async () => (await config())['made.by'] === 'hand', { what: 'the property' });
  assert.equal((await config()).somebody, 'else');
  await visitor.leave();
});

test('the message of the day is written with a preview, as a draft that survives a reload', async () => {
  const visitor = await Visitor.come(browser, qd, { expected: ['404 (Not Found)'] });
  const page = await visitor.open(`${at}/texts`);
  const motd = page.getByRole('form', { name: 'Message of the day' });
  await motd.getByLabel('Text (Markdown)').fill('Freeze until **Monday**. <script>window.evil = 1</script>');
  await motd.locator('strong').getByText('Monday').waitFor();
  await page.waitForFunction(() => Object.keys(sessionStorage).some((key) => key.includes('motd.md') && sessionStorage[key].includes('Freeze')));
  await page.reload();
  await motd.locator('strong').getByText('Monday').waitFor();
  await visitor.picture('settings-texts');
  await motd.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved.').first().waitFor();
  assert.match((await qd.ok('GET', `/project/${project}/motd.md`)).contents, /Freeze until/);
  assert.equal(await page.evaluate(() => window.evil), undefined);
  await visitor.leave();
});

test('a policy of the project, a schedule with a job, and a calendar', async () => {
  const visitor = await Visitor.come(browser, qd, { expected: ['400 (Bad Request)'] });
  const page = await visitor.open(`${at}/acls`);
  await page.getByRole('button', { name: 'New policy' }).click();
  await page.getByLabel('Name', { exact: true }).fill('team');
  const editor = page.locator('.cm-content');
  await editor.waitFor();
  await page.getByText('The policy is valid.').waitFor();
  await page.getByRole('button', { name: 'Save policy' }).click();
  await page.getByRole('button', { name: 'Edit team.aclpolicy' }).waitFor();
  assert.equal((await qd.api('GET', `/project/${project}/acl/team.aclpolicy`)).status, 200);
  await visitor.picture('settings-acls');

  await page.getByRole('link', { name: 'Schedules', exact: true }).click();
  await page.getByRole('button', { name: 'New schedule' }).click();
  await page.getByLabel('Name', { exact: true }).fill('night');
  await page.getByLabel('When, as cron expression').fill('0 0 99 * * ?');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('alert').first().waitFor();
  await page.getByLabel('When, as cron expression').fill('0 30 2 ? * MON-FRI');
  await page.locator('.p-multiselect').click();
  await page.getByRole('option', { name: 'ops/backup' }).click();
  await page.keyboard.press('Escape');
  await page.getByLabel(/^Options of/).fill('-env prod');
  await visitor.picture('settings-schedule-edit');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'night' }).waitFor();
  const [stored] = await qd.ok('GET', `/project/${project}/schedules`);
  assert.deepEqual([stored.name, stored.jobs.map((one) => one.argString)], ['night', ['-env prod']]);
  await visitor.picture('settings-schedules');

  await page.getByRole('link', { name: 'Calendars' }).click();
  await page.getByRole('button', { name: 'New calendar' }).click();
  await page.getByLabel('Name').fill('Holidays');
  await page.getByLabel('Dates', { exact: true }).fill('2026-12-24\n2026-12-25');
  await page.getByRole('button', { name: 'Save calendar' }).click();
  await page.getByText('2026-12-24, 2026-12-25').waitFor();
  assert.equal((await qd.ok('GET', `/project/${project}/calendars`)).length, 1);
  await visitor.picture('settings-calendars');
  await visitor.leave();
});

test('a project is deleted once its name is typed', async () => {
  const visitor = await Visitor.come(browser, qd, { expected: ['404 (Not Found)'] });
  const doomed = await newProject(qd);
  const page = await visitor.open(`/project/${doomed}/configure/danger`);
  const button = page.getByRole('button', { name: 'Delete the project' });
  await page.getByLabel(`Type ${doomed} to confirm`).fill('something');
  assert.equal(await button.isDisabled(), true);
  await visitor.picture('settings-danger');
  await page.getByLabel(`Type ${doomed} to confirm`).fill(doomed);
  await button.click();
  await page.getByText(`${doomed} is deleted.`).waitFor();
  assert.equal((await qd.api('GET', `/project/${doomed}`)).status, 404);
  await visitor.leave();
});
