// Activity: what runs, filters in the address, charts, saved filters, deleting many.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startServer } from '../support/server.mjs';
import { adhoc, ended, newJob, newProject, run, runToEnd } from '../support/scenario.mjs';
import { launch, Visitor } from './support.mjs';

let qd, browser, project, failedIds;
before(async () => {
  qd = await startServer();
  browser = await launch();
  project = await newProject(qd);
  const good = await newJob(qd, project, { name: 'backup', group: 'nightly' });
  const bad = await newJob(qd, project, { name: 'import', steps: ['exit 2'] });
  for (let i = 0; i < 3; i += 1) await runToEnd(qd, good);
  failedIds = [];
  for (let i = 0; i < 2; i += 1) failedIds.push((await runToEnd(qd, bad)).id);
  await ended(qd, await adhoc(qd, project, 'uptime'));
});
after(async () => {
  await browser?.close();
  await qd?.stop();
});

const rows = (page) => page.locator('.card.flush').last().locator('.entry');

test('shows what runs and what ended, by filters that the address carries', async () => {
  const slow = await newJob(qd, project, { name: 'slow', steps: ['sleep 60'] });
  const { id: running } = await run(qd, slow);
  const visitor = await Visitor.come(browser, qd);
  const page = await visitor.open(`/project/${project}/activity`);
  await page.getByRole('heading', { name: 'Running now' }).waitFor();
  await page.getByRole('link', { name: new RegExp(`slow #${running}`) }).waitFor();
  await page.getByRole('link', { name: /nightly\/backup/ }).first().waitFor();
  assert.equal(await rows(page).count(), 6);
  await page.getByRole('button', { name: 'Charts' }).click();
  await page.getByText('% succeeded').waitFor();
  await page.locator('.uplot canvas').nth(1).waitFor();
  await visitor.picture('activity');
  await qd.ok('POST', `/execution/${running}/abort`);
  await page.getByRole('heading', { name: 'Running now' }).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Charts' }).click();

  await page.getByLabel('Outcome').selectOption('failed');
  await page.waitForURL('**/activity?statusFilter=failed');
  await page.waitForFunction(() => document.querySelectorAll('.entry').length === 2);
  await page.getByRole('button', { name: 'Save this filter' }).click();
  await page.getByLabel('Name of the filter').fill('broken');
  await page.getByRole('button', { name: 'Save this filter' }).click();
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.waitForFunction(() => document.querySelectorAll('.entry').length === 7);
  await page.reload();
  await page.getByRole('button', { name: 'broken', exact: true }).click();
  await page.waitForURL('**/activity?statusFilter=failed');
  await visitor.open(`/project/${project}/activity?jobFilter=back&recentFilter=1d`);
  await page.getByRole('link', { name: /nightly\/backup/ }).first().waitFor();
  assert.equal(await rows(page).count(), 3);
  await page.getByRole('button', { name: 'More filters' }).click();
  await page.getByLabel('What').selectOption('adhoc');
  await page.getByText('No execution matches.').waitFor();
  await page.getByLabel('When').selectOption('range');
  await page.getByLabel('From').fill('2020-01-01T00:00');
  await page.waitForURL(/begin=2020-01-01T00/);
  await visitor.picture('activity-filters');
  await visitor.leave();
});

test('deletes many at once', async () => {
  const visitor = await Visitor.come(browser, qd);
  const page = await visitor.open(`/project/${project}/activity?statusFilter=failed`);
  await page.getByRole('button', { name: 'Select', exact: true }).click();
  await page.getByRole('button', { name: 'Select all shown' }).click();
  await page.getByText('2 selected').waitFor();
  await visitor.picture('activity-select');
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('No execution matches.').waitFor();
  for (const id of failedIds) await qd.fails(404, null, 'GET', `/execution/${id}`);
  await visitor.leave();
});
