// A project is written to an archive, and another one takes it in, on the pages.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { newJob, newProject, runToEnd } from '../support/scenario.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/wait.mjs';
import { unzip } from '../support/zip.mjs';
import { launch, Visitor } from './support.mjs';

let qd, browser, from, to, folder;
before(async () => {
  qd = await startServer();
  [from, to] = [await newProject(qd, { 'project.label': 'Shop' }), await newProject(qd)];
  await runToEnd(qd, await newJob(qd, from, { name: 'backup', steps: ['echo saved'] }));
  folder = mkdtempSync(join(tmpdir(), 'qd-archive-'));
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await qd?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

test('an archive is made, downloaded, and taken in by another project', async () => {
  // Nothing was ever imported: the page asks, and is told so.
  const visitor = await Visitor.come(browser, qd, { expected: ['404 (Not Found)'] });
  const page = await visitor.open(`/project/${from}/export`);
  await page.getByRole('button', { name: 'Make an archive' }).click();
  await page.getByText('The archive is ready.').waitFor();
  await visitor.picture('settings-archive');
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download' }).click()]);
  assert.match(download.suggestedFilename(), /\.rdproject\.jar$/);
  const file = join(folder, 'shop.jar');
  await download.saveAs(file);
  assert.ok(Object.keys(unzip(readFileSync(file))).some((path) => /execution-\d+\.xml$/.test(path)));

  await visitor.open(`/project/${to}/configure/archive`);
  await page.getByLabel('Archive', { exact: true }).setInputFiles(file);
  await page.getByLabel('IDs of jobs').selectOption('remove');
  await page.getByLabel('Configuration and readme').check();
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await page.getByText('The archive was imported.').waitFor();
  await visitor.picture('settings-archive-imported');
  assert.equal((await qd.ok('GET', `/project/${to}/jobs`))[0].name, 'backup');
  assert.equal((await qd.ok('GET', `/project/${to}/config`))['project.label'], 'Shop');
  await until(async () => (await qd.ok('GET', `/project/${to}/executions`)).paging.total === 1, { what: 'the execution' });

  // The same ids again are those of the first project's jobs.
  await page.reload();
  await page.getByLabel('Archive', { exact: true }).setInputFiles(file);
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await page.getByText('Not all of the archive was imported.').waitFor();
  await page.getByText(/backup.*already exists/).waitFor();
  await visitor.leave();
});
