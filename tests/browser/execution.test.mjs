// Executions: watching live, what failed, permalinks, abort, running again, a cut stream, a long log.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startServer } from '../support/server.mjs';
import { ended, gate, newJob, newProject, output, run, script } from '../support/scenario.mjs';
import { until } from '../support/wait.mjs';
import { inSight, launch, NARROW, Visitor } from './support.mjs';

const NODES = { 'resources.source.1.type': 'stub', 'resources.source.1.config.count': '6', 'resources.source.1.config.prefix': 'web', 'resources.source.1.config.attrs': 'node-executor=local,file-copier=local' };
const ON_WEB = { nodefilters: { filter: 'name: web.*', dispatch: { threadcount: '6', keepgoing: true } } };

let qd, browser, project;
before(async () => {
  qd = await startServer();
  browser = await launch();
  project = await newProject(qd, NODES);
});
after(async () => {
  await browser?.close();
  await qd?.stop();
});

const show = (id, more = '') => `/project/${project}/execution/show/${id}${more}`;
const lineAt = (page, number) => page.locator(`[data-line="${number}"] .text`);
const agree = (page, label) => page.getByRole('alertdialog').getByRole('button', { name: label, exact: true }).click();

test('a run is watched live and aborted', async () => {
  const id = await newJob(qd, project, { name: 'slow', steps: ['for i in $(seq 1 600); do echo "line $i"; sleep 0.2; done'] });
  const { id: execution } = await run(qd, id);
  const visitor = await Visitor.come(browser, qd);
  const page = await visitor.open(show(execution));
  await page.getByText('Live', { exact: true }).waitFor();
  const before = Number(await page.locator('[data-line]').last().getAttribute('data-line'));
  await lineAt(page, before + 3).getByText(`line ${before + 3}`, { exact: true }).waitFor();
  await page.getByText(/^Running for/).waitFor();
  await visitor.picture('execution-live', { fullPage: false });
  await page.getByRole('button', { name: 'Abort' }).click();
  await agree(page, 'Abort');
  await page.locator('[data-status="aborted"]').waitFor();
  assert.equal((await ended(qd, execution)).abortedby, 'admin');
  await page.getByText('Aborted by', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Run again' }).waitFor();
  await visitor.leave();
});

test('what failed is there at once on a phone, and runs again on the nodes that failed', async () => {
  const restart = { ...script('echo "restarting on @node.name@"\ncase @node.name@ in *2|*5) printf "\\033[31mcannot open /etc/shop.conf\\033[0m\\n" >&2; exit 4;; esac'), description: 'Restart the shop' };
  const id = await newJob(qd, project, { name: 'deploy', group: 'ops', options: [{ name: 'version', value: '4.2' }], steps: ['echo "version ${option.version}"', restart, 'echo done'], ...ON_WEB });
  const failed = await ended(qd, (await run(qd, id)).id);
  assert.equal(failed.status, 'failed');
  const [first, second] = [...failed.failedNodes].sort();
  const visitor = await Visitor.come(browser, qd);
  await visitor.page.setViewportSize(NARROW);
  const page = await visitor.open(show(failed.id));
  const box = page.locator('.failures');
  await box.getByText('cannot open /etc/shop.conf').first().waitFor();
  await box.getByText('2. Restart the shop').first().waitFor();
  await box.getByRole('button', { name: new RegExp(second) }).click();
  await box.locator('.log-tail').nth(1).getByText('cannot open /etc/shop.conf').waitFor();
  await visitor.picture('execution-failed');
  await box.getByRole('button', { name: 'Open in the log' }).first().click();
  await page.waitForURL(new RegExp(`node=${first}&step=2|step=2&node=${first}`));
  assert.equal(await page.getByLabel('Step', { exact: true }).inputValue(), '2');

  await page.getByRole('link', { name: 'Nodes and steps' }).click();
  await page.getByRole('button', { name: `Log of ${first}` }).waitFor();
  assert.equal(await page.locator('.matrix .row-line').count(), 6);
  await visitor.picture('execution-nodes');
  await page.getByRole('link', { name: 'Details' }).click();
  await page.getByText('name: web.*').waitFor();
  await visitor.picture('execution-details');

  await page.getByRole('button', { name: 'Retry failed nodes (2)' }).click();
  await agree(page, 'Retry failed nodes (2)');
  await page.waitForURL((url) => /execution\/show\/\d+$/.test(url.pathname) && !url.pathname.endsWith(`/${failed.id}`));
  const retried = await ended(qd, page.url().match(/(\d+)$/)[1]);
  assert.deepEqual([...retried.failedNodes].sort(), [first, second]);
  assert.deepEqual(retried.job.options, { version: '4.2' });
  await page.getByRole('button', { name: 'Run again' }).click();
  await agree(page, 'Run again');
  await page.waitForURL((url) => !url.pathname.endsWith(`/${retried.id}`));
  await visitor.leave();
});

test('at three in the morning, on a phone: the last lines of a failed node in two taps, and it runs again in two more', async () => {
  const noise = script('case @node.name@ in *2|*5) for i in $(seq 1 60); do echo "waiting for the lock, attempt $i"; done; echo "disk full on @node.name@" >&2; exit 4;; esac');
  const id = await newJob(qd, project, { name: 'nightly backup', group: 'ops', options: [{ name: 'target', value: 'vault-7' }], steps: ['echo "to ${option.target}"', noise], ...ON_WEB });
  const failed = await ended(qd, (await run(qd, id, { options: { target: 'vault-9' } })).id);
  const [first, second] = [...failed.failedNodes].sort();
  const visitor = await Visitor.come(browser, qd, { phone: true });
  const page = await visitor.open('/');
  const tap = async (target) => {
    await target.waitFor();
    await until(() => inSight(target), { what: `${target} to be in sight` });
    await target.tap();
  };
  const sees = async (text) => {
    const line = page.locator('.failures .log-tail').getByText(text, { exact: true });
    await line.waitFor();
    await until(() => inSight(line), { what: `'${text}' to be in sight` });
  };
  await tap(page.getByRole('link', { name: /nightly backup/ }).first());
  await page.waitForURL(`**${show(failed.id)}`);
  await sees(`disk full on ${first}`);
  await visitor.picture('execution-phone', { fullPage: false });
  await page.setViewportSize(NARROW);
  await tap(page.locator('.failures').getByRole('button', { name: new RegExp(second) }));
  await page.locator('.failures .log-tail').getByText(`disk full on ${second}`, { exact: true }).waitFor();

  await page.evaluate(() => window.scrollTo(0, 0));
  await tap(page.getByRole('button', { name: 'Run again' }));
  await tap(page.getByRole('alertdialog').getByRole('button', { name: 'Run again' }));
  await page.waitForURL((url) => /execution\/show\/\d+$/.test(url.pathname) && !url.pathname.endsWith(`/${failed.id}`));
  const again = await ended(qd, page.url().match(/(\d+)$/)[1]);
  assert.deepEqual(again.job.options, { target: 'vault-9' });
  assert.deepEqual([...again.failedNodes].sort(), [first, second]);
  await visitor.leave();
});

test('steps are called as they were when it ran, after the job was edited', async () => {
  const steps = (label) => [{ exec: 'echo one', description: `Drain ${label}` }, { exec: 'echo two', description: `Fill ${label}` }];
  const id = await newJob(qd, project, { name: 'edited', steps: steps('the queue') });
  const { id: execution } = await ended(qd, (await run(qd, id)).id);
  const [definition] = await qd.ok('GET', `/job/${id}`);
  definition.sequence.commands = [{ exec: 'echo three', description: 'Something else' }];
  await qd.ok('PUT', `/job/${id}`, { json: [definition] });
  const visitor = await Visitor.come(browser, qd);
  const page = await visitor.open(show(execution, '?view=details'));
  await page.getByRole('listitem').filter({ hasText: 'Drain the queue' }).waitFor();
  await page.getByRole('listitem').filter({ hasText: 'Fill the queue' }).waitFor();
  assert.equal(await page.getByText('Something else').count(), 0);
  await visitor.leave();
});

test('a line has a permalink; filters, search and the download find it', async () => {
  const id = await newJob(qd, project, { name: 'talk', steps: ['for i in $(seq 1 3000); do echo "row $i on ${node.name}"; done'], nodefilters: { filter: 'name: web-0,web-1,web0,web1' } });
  const { id: execution, status } = await ended(qd, (await run(qd, id)).id);
  assert.equal(status, 'succeeded');
  const entries = (await output(qd, execution)).entries;
  const visitor = await Visitor.come(browser, qd);
  const page = await visitor.open(show(execution, '#L4321'));
  await page.locator('[data-line="4321"].picked').waitFor();
  assert.equal(await lineAt(page, 4321).innerText(), entries[4320].log);
  await page.locator('[data-line="4325"]').getByRole('link', { name: 'Link to line 4325' }).click();
  await page.waitForURL('**#L4325');
  await page.getByLabel('Node', { exact: true }).selectOption(entries[0].node);
  await page.getByText('3,000 of 6,000 lines').waitFor();
  await page.getByLabel('Search the log').fill('row 2999 on');
  await page.getByText('1/1', { exact: true }).waitFor();
  await page.getByText(`row 2999 on ${entries[0].node}`).waitFor();
  await visitor.picture('execution-log', { fullPage: false });
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download' }).click()]);
  assert.equal(download.suggestedFilename(), `execution-${execution}-${entries[0].node}.log`);
  const { readFileSync } = await import('node:fs');
  assert.equal(readFileSync(await download.path(), 'utf8'), entries.filter((one) => one.node === entries[0].node).map((one) => `${one.log}\n`).join(''));
  await visitor.leave();
});

test('a stream that is cut comes back at its offset', async () => {
  const rest = gate();  // opens after the cut
  const id = await newJob(qd, project, { name: 'long', steps: [`for i in $(seq 1 100); do echo "line $i"; done; ${rest.wait}; for i in $(seq 101 200); do echo "line $i"; done`] });
  const { id: execution } = await run(qd, id);
  const visitor = await Visitor.come(browser, qd, { expected: ['ERR_INTERNET_DISCONNECTED', 'ERR_NETWORK_CHANGED', 'network error'] });
  const page = await visitor.open(show(execution));
  await page.locator('[data-line]').first().waitFor();
  assert.equal((await qd.ok('GET', `/execution/${execution}`)).status, 'running');
  await visitor.context.setOffline(true);
  await page.evaluate(() => window.dispatchEvent(new Event('offline')));
  rest.open();
  await ended(qd, execution);
  await visitor.context.setOffline(false);
  await page.locator('[data-status="succeeded"]').waitFor();
  await page.getByText('200 lines', { exact: true }).waitFor();
  assert.equal(await lineAt(page, 200).innerText(), 'line 200');
  await visitor.leave();
});

test('a scheduled run says by which schedule, and output that is a document is shown as one', async () => {
  const table = { exec: 'printf "name,size\\n\\"a, b\\",12\\n"', plugins: { LogFilter: [{ type: 'render-datatype', config: { datatype: 'csv' } }] } };
  const id = await newJob(qd, project, { name: 'report', steps: ['echo plain', table], schedule: { crontab: '* * * * * ? *' } });
  const first = await until(async () => (await qd.ok('GET', `/job/${id}/executions`)).executions.find((one) => one.status === 'succeeded'), { what: 'a scheduled run' });
  await qd.ok('POST', `/job/${id}/schedule/disable`);
  const visitor = await Visitor.come(browser, qd);
  const page = await visitor.open(show(first.id));
  await page.getByText('Schedule of the job').waitFor();
  await page.getByText(/^due /).waitFor();
  await page.getByRole('button', { name: 'Show as text/csv' }).click();
  await page.getByRole('dialog').getByRole('cell', { name: 'a, b' }).waitFor();
  await visitor.picture('execution-document', { fullPage: false });
  await visitor.leave();
});
