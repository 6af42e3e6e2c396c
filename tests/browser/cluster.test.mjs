// The Cluster Manager on two real members.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startCluster } from '../support/cluster.mjs';
import { importJobs, job, newProject } from '../support/scenario.mjs';
import { until } from '../support/wait.mjs';
import { launch, Visitor } from './support.mjs';

const daily = { schedule: { crontab: '0 30 5 ? * * *' } };
let cluster, m1, m2, browser, project;
before(async () => {
  cluster = await startCluster({ size: 2, tags: ['worker,linux', 'reports'], settings: { 'autotakeover.enabled': false } });
  [m1, m2] = cluster.members;
  project = await newProject(m1);
  await importJobs(m1, project, [job({ ...daily, name: 'home-backup' })]);
  await importJobs(m2, project, ['nightly-report', 'rotate-logs', 'sync-stock'].map((name) => job({ ...daily, name, group: 'ops' })));
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await cluster?.stop();
});

const card = (page, name) => page.getByRole('article', { name, exact: true });

test('a member is made passive and active again, and the timeline tells it', async () => {
  const visitor = await Visitor.come(browser, m1);
  const page = await visitor.open('/menu/system');
  await page.waitForURL('**/menu/cluster');
  await card(page, 'm2').getByText('3 schedules').waitFor();
  await card(page, 'm2').getByRole('button', { name: 'Make m2 passive' }).click();
  const question = page.getByRole('alertdialog');
  await question.getByText('m2 will start no executions').waitFor();
  await question.getByRole('button', { name: 'Make passive' }).click();
  await page.locator('[data-member="m2"][data-mode="passive"]').waitFor();
  assert.equal((await m2.ok('GET', '/system/executions/status')).executionMode, 'passive');
  await page.locator('[data-kind="mode.changed"]').first().waitFor();
  await visitor.picture('cluster');

  await page.getByRole('button', { name: 'Make m2 active' }).click();
  await page.locator('[data-member="m2"][data-mode="active"]').waitFor();
  assert.equal((await m2.ok('GET', '/system/executions/status')).executionMode, 'active');
  await visitor.leave();
});

test('the whole cluster is made passive, and active again', async () => {
  const visitor = await Visitor.come(browser, m1);
  const page = await visitor.open('/menu/cluster');
  await page.getByRole('button', { name: 'Make all passive' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Make all passive' }).click();
  for (const name of ['m1', 'm2']) await page.locator(`[data-member="${name}"][data-mode="passive"]`).waitFor();
  await page.getByRole('button', { name: 'Make all active' }).click();
  for (const name of ['m1', 'm2']) await page.locator(`[data-member="${name}"][data-mode="active"]`).waitFor();
  await visitor.leave();
});

test('a killed member is seen dead; some of its schedules are taken over, then the rest', async () => {
  const visitor = await Visitor.come(browser, m1);
  const page = await visitor.open('/menu/cluster');
  await page.locator('[data-member="m2"][data-state="active"]').waitFor();
  await m2.kill();
  await page.locator('[data-member="m2"][data-state="dead"]').waitFor();
  const alarm = page.getByRole('alert').filter({ hasText: 'm2 is gone and owns 3 schedules' });
  await alarm.waitFor();
  await visitor.picture('cluster-dead');

  await alarm.getByRole('button', { name: 'Take over' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('3 of 3 selected').waitFor();
  await visitor.picture('cluster-takeover', { fullPage: false });
  await dialog.getByRole('button', { name: 'Select none' }).click();
  await dialog.getByRole('checkbox', { name: 'ops/rotate-logs' }).check();
  await dialog.getByRole('button', { name: 'Take over 1 to m1' }).click();
  await until(async () => (await m1.owns()).length === 2, { what: 'one schedule to move' });
  await page.getByRole('alert').filter({ hasText: 'm2 is gone and owns 2 schedules' }).getByRole('button').click();
  await dialog.getByRole('button', { name: 'Take over 2 to m1' }).click();
  await until(async () => (await m1.owns()).length === 4, { what: 'all schedules to move' });
  await page.locator('[data-kind="takeover.manual"]').nth(1).waitFor();
  await card(page, 'm1').getByText('4 schedules').waitFor();
  assert.equal(await alarm.count(), 0);
  await card(page, 'm1').getByText('4 schedules').click();
  await dialog.getByRole('link', { name: 'ops/nightly-report' }).waitFor();
  await visitor.leave();
});
