// Logging in, the home page, and a first project.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ADMIN_PASSWORD, startServer } from '../support/server.mjs';
import { launch, Visitor } from './support.mjs';

let qd, browser;
before(async () => {
  qd = await startServer({
    config: {
      'rundeck.gui.title': 'Night Desk',
      'rundeck.gui.instanceName': 'Staging',
      'rundeck.gui.instanceNameLabelColor': '#7a1f5c',
      'rundeck.gui.login.welcomeHtml': '<b id="hello">Welcome</b><script>window.evil = 1</script><img src=x onerror="window.evil = 2">',
      'rundeck.gui.login.disclaimer': 'For <em>staff</em> only.',
      'rundeck.sso.loginButton.enabled': 'true',
      'rundeck.sso.loginButton.title': 'Log in with Corp',
      'rundeck.sso.loginButton.url': 'oauth/corp',
    },
  });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await qd?.stop();
});

test('the login page says what is configured, refuses a wrong password, and leads to where one wanted to go', async () => {
  const visitor = await Visitor.come(browser, qd, { login: false, expected: ['401 (Unauthorized)', '404 (Not Found)', 'Executing inline event handler violates'] });
  const page = await visitor.open('/project/none/jobs?jobFilter=a');
  await page.getByRole('heading', { name: 'Night Desk' }).waitFor();
  await page.getByText('Welcome').waitFor();
  assert.equal(await page.evaluate(() => window.evil), undefined);
  assert.equal(await page.getByRole('link', { name: 'Log in with Corp' }).getAttribute('href'), '/oauth/corp');
  await visitor.picture('login');

  await page.getByLabel('Username').fill('admin');
  await page.getByLabel('Password').fill('wrong');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('alert').getByText('Username or password is wrong').waitFor();
  await page.getByLabel('Password').fill(ADMIN_PASSWORD);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.waitForURL('**/project/none/jobs?jobFilter=a');
  await visitor.leave();
});

test('a project is created with a draft that survives a reload, and home shows it', async () => {
  const visitor = await Visitor.come(browser, qd, { expected: ['404 (Not Found)', 'Executing inline event handler violates'] });
  const page = await visitor.open('/');
  await page.getByText('There is no project yet.').waitFor();
  await visitor.picture('home-empty');
  await page.getByRole('link', { name: 'Create project' }).or(page.getByRole('link', { name: 'New project' })).first().click();
  await page.getByRole('button', { name: 'Create project' }).click();
  await page.getByText('Give the project a name.').waitFor();
  await page.getByLabel('Name', { exact: true }).fill('web-shop');
  await page.getByLabel('Description').fill('The shop and all that belongs to it');
  await page.waitForFunction(() => sessionStorage.getItem('qd.draft.create-project')?.includes('belongs'));
  await page.reload();
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'web-shop');
  await visitor.picture('create-project');
  await page.getByRole('button', { name: 'Create project' }).click();
  await page.waitForURL('**/project/web-shop/jobs');
  assert.equal((await qd.ok('GET', '/project/web-shop')).description, 'The shop and all that belongs to it');
  assert.equal(await page.evaluate(() => sessionStorage.getItem('qd.draft.create-project')), null);

  await qd.ok('PUT', '/project/web-shop/readme.md', { json: { contents: '# Shop\nCall **Ada** first. [Wiki](https://wiki.example.com) <script>window.evil = 3</script>' } });
  await qd.ok('PUT', '/project/web-shop/motd.md', { json: { contents: 'Freeze until *Monday*.' } });
  await qd.ok('POST', '/project/web-shop/run/command', { form: { exec: 'true' } });
  const { execution } = await qd.ok('POST', '/project/web-shop/run/command', { form: { exec: 'exit 3' } });
  await visitor.open('/');
  await page.getByRole('link', { name: new RegExp(`#${execution.id}`) }).waitFor();
  await visitor.picture('home');
  await visitor.open('/project/web-shop/home');
  await page.getByText('Call Ada first.').waitFor();
  await page.getByText('Freeze until Monday.').waitFor();
  assert.equal(await page.evaluate(() => window.evil), undefined);
  await visitor.picture('project');
  await visitor.leave();
});

test('a session that ends keeps the page and what was typed', async () => {
  const visitor = await Visitor.come(browser, qd, { expected: ['403 (Forbidden)', '404 (Not Found)'] });
  const page = await visitor.open('/resources/createProject');
  await page.getByLabel('Name', { exact: true }).fill('later');
  await visitor.context.clearCookies();
  await page.getByRole('button', { name: 'Create project' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Your session has ended.').waitFor();
  await visitor.picture('relogin', { axe: false });
  await dialog.getByLabel('Password').fill(ADMIN_PASSWORD);
  await dialog.getByRole('button', { name: 'Log in' }).click();
  await page.waitForURL('**/project/later/jobs');
  await visitor.leave();
});

test('theme and time zone are remembered, and the project chooser leads on', async () => {
  const visitor = await Visitor.come(browser, qd, { expected: ['readme.md', 'motd.md', 'Executing inline event handler violates'] });
  const page = await visitor.open('/project/web-shop/home');
  await page.getByRole('button', { name: /^Account/ }).click();
  await page.getByText('Dark', { exact: true }).click();
  await page.getByLabel('Time zone').selectOption('Asia/Tokyo');
  await visitor.picture('account', { axe: false, fullPage: false });
  await page.reload();
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
  await page.getByRole('button', { name: 'web-shop' }).click();
  await page.getByLabel('Find a project').fill('lat');
  await page.getByRole('link', { name: 'later' }).click();
  await page.waitForURL('**/project/later/home');
  await page.getByRole('button', { name: /^Account/ }).click();
  assert.equal(await page.getByLabel('Time zone').inputValue(), 'Asia/Tokyo');
  await page.getByRole('link', { name: 'Log out' }).click();
  await page.getByText('You are logged out.').waitFor();
  await visitor.leave();
});
