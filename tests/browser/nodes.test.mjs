// Nodes: filters by text and tags, details, saved filters, sources with errors.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startServer } from '../support/server.mjs';
import { newProject } from '../support/scenario.mjs';
import { launch, Visitor } from './support.mjs';

let qd, browser, project;
before(async () => {
  qd = await startServer();
  browser = await launch();
  project = await newProject(qd, {
    'resources.source.1.type': 'stub', 'resources.source.1.config.count': '2000', 'resources.source.1.config.prefix': 'web', 'resources.source.1.config.tags': 'www,prod', 'resources.source.1.config.attrs': 'osFamily=unix,rack=r7',
    'resources.source.2.type': 'stub', 'resources.source.2.config.count': '3', 'resources.source.2.config.prefix': 'db', 'resources.source.2.config.tags': 'prod', 'resources.source.2.config.attrs': 'osFamily=unix,rack=r9',
    'resources.source.3.type': 'file', 'resources.source.3.config.file': '/nowhere/nodes.yaml', 'resources.source.3.config.requireFileExists': 'true',
  });
});
after(async () => {
  await browser?.close();
  await qd?.stop();
});

test('nodes are filtered, looked at, and lead to a command', async () => {
  const visitor = await Visitor.come(browser, qd);
  const page = await visitor.open(`/project/${project}/nodes`);
  await page.getByText('2004 nodes').waitFor();
  assert.ok((await page.locator('.list .line').count()) < 60, 'only rows in sight are drawn');
  await page.getByRole('group', { name: 'Tags' }).getByRole('button', { name: /^prod 2003/ }).click();
  await page.getByText('2003 nodes').waitFor();
  await page.waitForURL(/filter=tags/);
  await page.getByLabel('Node filter').fill('tags: prod !name: web.*');
  await page.getByText('3 nodes', { exact: true }).waitFor();
  await page.getByRole('button', { name: /^db.*1/ }).click();
  await page.getByText('rack', { exact: true }).waitFor();
  await visitor.picture('nodes');
  await page.getByRole('button', { name: 'r9', exact: true }).click();
  await page.waitForURL(/filter=rack/);
  await page.getByText('3 nodes', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Saved filters' }).click();
  await page.getByLabel('Name of the filter').fill('databases');
  await page.getByRole('button', { name: 'Save this filter' }).click();
  await page.keyboard.press('Escape');
  await visitor.open(`/project/${project}/nodes`);
  await page.getByText('2004 nodes').waitFor();
  await page.getByRole('button', { name: 'Saved filters' }).click();
  await page.getByRole('button', { name: 'databases', exact: true }).click();
  await page.getByText('3 nodes', { exact: true }).waitFor();
  await page.getByRole('link', { name: 'Run a command', exact: true }).click();
  await page.waitForURL(/command\/run\?filter=rack/);
  await page.getByRole('button', { name: 'Run on 3 nodes' }).waitFor();
  await visitor.leave();
});

test('a source that fails says why', async () => {
  const visitor = await Visitor.come(browser, qd);
  const page = await visitor.open(`/project/${project}/nodes?filter=name:%20none`);
  await page.getByText('This project has no nodes that match.').waitFor();
  await page.getByText('1 source has errors').waitFor();
  await page.getByText('/nowhere/nodes.yaml').waitFor();
  await visitor.picture('nodes-sources');
  await visitor.leave();
});
