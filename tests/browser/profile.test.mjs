// Who am I, tokens that work and cease to, and preferences.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startServer } from '../support/server.mjs';
import { launch, Visitor } from './support.mjs';

let qd, browser;
before(async () => {
  qd = await startServer();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await qd?.stop();
});
const statusWith = async (token) => (await qd.raw('GET', '/api/59/user/info', { token, accept: 'application/json' })).status;

test('a token is made with a role and a life, shown once, renewed and revoked', async () => {
  const visitor = await Visitor.come(browser, qd);
  await visitor.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const page = await visitor.open('/user/profile');
  await page.getByRole('button', { name: 'New token' }).click();
  await page.getByLabel('Name', { exact: true }).fill('nightly script');
  await page.getByLabel('All my roles').uncheck();
  await page.getByRole('button', { name: 'Make token' }).click();
  await page.getByText('Choose at least one role.').waitFor();
  await page.getByRole('group', { name: 'Roles' }).getByLabel('user', { exact: true }).check();
  await page.getByLabel('Lives for').selectOption('1d');
  await visitor.picture('token-new');
  await page.getByRole('button', { name: 'Make token' }).click();
  const secret = page.locator('[data-secret]');
  await secret.waitFor();
  const first = await secret.innerText();
  await page.getByRole('button', { name: 'Copy' }).click();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), first);
  assert.equal(await statusWith(first), 200);
  const [made] = (await qd.ok('GET', '/tokens/admin')).filter((one) => one.name === 'nightly script');
  assert.deepEqual(made.roles, ['user']);
  assert.ok(Math.abs(new Date(made.expiration) - Date.now() - 86_400_000) < 120_000, made.expiration);
  await visitor.picture('profile');

  await page.reload();
  await page.getByText('nightly script').waitFor();
  assert.equal(await secret.count(), 0);
  assert.ok(!(await page.content()).includes(first));

  await page.getByRole('button', { name: 'Renew nightly script' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Renew' }).click();
  await secret.waitFor();
  const second = await secret.innerText();
  assert.equal(await statusWith(first), 403);
  assert.equal(await statusWith(second), 200);
  await page.getByRole('button', { name: 'Revoke nightly script' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke' }).click();
  await page.getByText('nightly script is revoked.').waitFor();
  assert.equal(await statusWith(second), 403);
  await visitor.leave();
});

test('the profile and the preferences are kept', async () => {
  const visitor = await Visitor.come(browser, qd);
  const page = await visitor.open('/user/profile');
  const who = page.getByRole('region', { name: 'Who I am' });
  await who.getByText('admin', { exact: true }).first().waitFor();
  await who.getByLabel('First name').fill('Ada');
  await who.getByLabel('Mail address').fill('ada@example.com');
  await who.getByRole('button', { name: 'Save profile' }).click();
  await page.getByText('Your profile is saved.').waitFor();
  assert.equal((await qd.ok('GET', '/user/info')).email, 'ada@example.com');
  await page.getByLabel('Theme').selectOption('dark');
  await page.getByLabel('Time zone').selectOption('Asia/Tokyo');
  await page.getByLabel('Rows of long lists').selectOption('100');
  await page.reload();
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
  assert.equal(await page.getByLabel('Rows of long lists').inputValue(), '100');
  assert.equal(await who.getByLabel('First name').inputValue(), 'Ada');
  await visitor.leave();
});
