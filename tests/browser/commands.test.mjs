// Commands: the nodes that a filter meets, a run on them with its output by node, scripts, and running again.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startServer } from '../support/server.mjs';
import { ended, newProject, output } from '../support/scenario.mjs';
import { launch, Visitor } from './support.mjs';

let qd, browser, project;
before(async () => {
  qd = await startServer();
  browser = await launch();
  project = await newProject(qd, { 'resources.source.1.type': 'stub', 'resources.source.1.config.count': '4', 'resources.source.1.config.prefix': 'web', 'resources.source.1.config.tags': 'www', 'resources.source.1.config.attrs': 'node-executor=local,file-copier=local' });
});
after(async () => {
  await browser?.close();
  await qd?.stop();
});

test('a command runs on the nodes of a filter, and its output is shown by node', async () => {
  const visitor = await Visitor.come(browser, qd);
  const page = await visitor.open(`/project/${project}/command/run`);
  await page.getByText('No filter: this runs on the server itself.').waitFor();
  await page.getByRole('button', { name: 'Run on the server' }).click();
  await page.getByText('Enter what to run.').waitFor();
  await page.getByRole('button', { name: 'Tags' }).click();
  await page.getByRole('button', { name: /^www/ }).click();
  await page.keyboard.press('Escape');
  assert.equal(await page.getByLabel('Nodes', { exact: true }).inputValue(), 'tags: www');
  await page.getByText('4 nodes', { exact: true }).waitFor();
  await page.getByLabel('Threads').fill('2');
  await page.getByLabel('Command', { exact: true }).fill('echo "hello from ${node.name}"');
  await page.getByRole('button', { name: 'Run on 4 nodes' }).click();
  await page.getByText('4 of 4 done').waitFor();
  await page.locator('section [data-status="succeeded"]').first().waitFor();
  const id = page.url().match(/run=(\d+)/)[1];
  const entries = (await output(qd, id)).entries;
  assert.equal(new Set(entries.map((one) => one.node)).size, 4);
  const node = entries[2].node;
  await page.getByRole('group', { name: 'Output by node' }).getByRole('button', { name: new RegExp(`^${node}:`) }).click();
  await page.getByText('1 of 4 lines').waitFor();
  await page.getByText(`hello from ${node}`, { exact: true }).waitFor();
  await visitor.picture('commands');
  await page.reload();
  await page.getByText('4 of 4 done').waitFor();
  const ran = await qd.ok('GET', `/execution/${id}/workflow`);
  assert.deepEqual(ran.nodes, { filter: 'tags: www', threadcount: '2', keepgoing: true });
  await visitor.leave();
});

test('a script runs with its arguments, and fills the form again', async () => {
  const visitor = await Visitor.come(browser, qd);
  const page = await visitor.open(`/project/${project}/command/run?filter=tags:%20www%20name:%20.*1.*`);
  await page.getByRole('tab', { name: 'Script', exact: true }).click();
  await page.getByLabel('Script', { exact: true }).fill('#!/bin/bash\necho "first $1"\nexit 3\n');
  await page.getByLabel('Arguments').fill('argument');
  await page.getByRole('button', { name: 'Run on 1 node' }).click();
  await page.getByText('first argument', { exact: true }).waitFor();
  await page.locator('section [data-status="failed"]').first().waitFor();
  await visitor.picture('commands-script');
  const id = page.url().match(/run=(\d+)/)[1];
  assert.equal((await ended(qd, id)).status, 'failed');
  await page.evaluate(() => sessionStorage.clear());
  await visitor.open(`/project/${project}/command/run?from=${id}`);
  await page.waitForFunction(() => document.querySelector('textarea')?.value.includes('exit 3'));
  assert.equal(await page.getByLabel('Arguments').inputValue(), 'argument');
  assert.equal(await page.getByLabel('Nodes', { exact: true }).inputValue(), 'tags: www name: .*1.*');
  await visitor.leave();
});
