// The webhooks of a project: made and changed on their pages, posted to, and what was posted.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ended, importJobs, job, newProject } from '../support/scenario.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/wait.mjs';
import { launch, Visitor } from './support.mjs';

let qd, browser, project;
before(async () => {
  qd = await startServer();
  project = await newProject(qd);
  await importJobs(qd, project, [job({ name: 'deploy', group: 'ops', options: [{ name: 'tag' }], multipleExecutions: true })]);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await qd?.stop();
});
const hooks = () => qd.ok('GET', `/project/${project}/webhooks`);

test('a webhook is made, its URL runs the job, and the delivery is shown', async () => {
  const visitor = await Visitor.come(browser, qd, { expected: ['400 (Bad Request)'] });
  const page = await visitor.open(`/project/${project}/jobs`);
  await page.getByRole('link', { name: 'Webhooks' }).click();
  await page.getByText('There is no webhook yet.').waitFor();
  await page.getByRole('link', { name: 'New webhook' }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Give it a name.').waitFor();
  await page.getByLabel('Name', { exact: true }).fill('On release');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('jobId : required').waitFor();
  await page.getByLabel('Job', { exact: true }).selectOption({ label: 'ops/deploy' });
  await page.getByLabel('Options', { exact: true }).fill('-tag ${data.tag}');
  await page.getByLabel('The sender must send the header Authorization').check();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Authorization string, shown only now').waitFor();
  const secret = await page.locator('.notice.ok code').textContent();
  const url = await page.getByRole('region', { name: 'Post URL' }).locator('code').textContent();
  assert.match(url, /\/api\/\d+\/webhook\/[A-Za-z0-9]{32}#On%20release$/);

  const answer = await fetch(url, { method: 'POST', headers: { Authorization: secret, 'Content-Type': 'application/json' }, body: '{"tag": "v1 \\" -tag v2"}' });
  const { executionId } = await answer.json();
  assert.equal((await ended(qd, executionId)).job.options.tag, 'v1 " -tag v2');
  await fetch(url, { method: 'POST', body: '{}' });
  await page.getByRole('link', { name: `#${executionId}` }).waitFor();
  await page.getByText('Failed webhook authorization').waitFor();
  await page.getByText('What was posted').click();
  await page.getByText('"v1 \\" -tag v2"').waitFor();
  await visitor.picture('webhook');

  await page.getByRole('button', { name: 'New URL' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'New URL' }).click();
  await page.getByText('The webhook has a new URL.').waitFor();
  assert.equal((await fetch(url, { method: 'POST', body: '{}' })).status, 403);

  await page.getByRole('link', { name: 'All webhooks' }).click();
  await page.getByRole('button', { name: 'Disable: On release' }).click();
  await page.getByRole('button', { name: 'Enable: On release' }).waitFor();
  assert.equal((await hooks())[0].enabled, false);
  await visitor.picture('webhooks');
  await visitor.leave();
});

test('rules are written by form, kept, and deleted', async () => {
  const visitor = await Visitor.come(browser, qd);
  const page = await visitor.open(`/project/${project}/webhooks/new`);
  await page.getByLabel('Name', { exact: true }).fill('Routes');
  await page.getByLabel('Handler').selectOption('advanced-run-job');
  await page.getByLabel('Batch key').fill('$.items');
  await page.getByRole('button', { name: 'Add an action' }).click();
  const action = page.getByRole('region', { name: 'Action 1' });
  await action.getByLabel('Job', { exact: true }).selectOption({ label: 'ops/deploy' });
  await action.getByRole('button', { name: 'Add a condition' }).click();
  await action.getByLabel('Event field, as JSON path').fill('$.kind');
  await action.getByLabel('Value', { exact: true }).fill('release');
  await action.getByRole('button', { name: 'Add an option' }).click();
  await action.getByLabel('Option', { exact: true }).fill('tag');
  await action.getByLabel('Value: a JSON path').fill('$.tag');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'Webhook Routes' }).waitFor();
  await visitor.picture('webhook-rules');
  const hook = await until(async () => (await hooks()).find((one) => one.name === 'Routes'), { what: 'the webhook' });
  assert.equal(hook.config.batchKey, '$.items');
  assert.deepEqual(hook.config.rules[0].conditions, [{ path: '$.kind', condition: 'equals', value: 'release' }]);
  assert.deepEqual(hook.config.rules[0].jobOptions, [{ name: 'tag', value: '$.tag' }]);
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('Routes is deleted.').waitFor();
  await until(async () => !(await hooks()).some((one) => one.name === 'Routes'), { what: 'the webhook to go' });
  await visitor.leave();
});
