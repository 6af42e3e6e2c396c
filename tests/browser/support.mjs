// Debian's Chromium against a real server: pages that fail a test on every console error, and pictures of what they show.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { ADMIN_PASSWORD } from '../support/server.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const PICTURES = resolve(process.env.QD_SCREENSHOTS ?? join(HERE, '../../build/screenshots'));
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

// In another theme only the colours are others.
const EVERY_RULE = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'];

export const WIDE = { width: 1280, height: 800 };
export const NARROW = { width: 390, height: 844 };

// One browser for a test file; close it in after().
export const launch = () => chromium.launch({ executablePath: process.env.QD_CHROMIUM ?? '/usr/bin/chromium', args: FLAGS, timeout: 60_000 });

// A visitor with a session of his own. `expected` are texts that may stand in the console.
export class Visitor {
  static async come(browser, server, { user = 'admin', password = ADMIN_PASSWORD, login = true, viewport = WIDE, phone = false, expected = [] } = {}) {
    const context = await browser.newContext({ viewport: phone ? NARROW : viewport, hasTouch: phone, isMobile: phone, baseURL: server.url, locale: 'en-GB', timezoneId: 'UTC', reducedMotion: 'reduce' });
    context.setDefaultTimeout(60_000);
    const visitor = new Visitor();
    Object.assign(visitor, { server, context, expected, complaints: [], page: await context.newPage() });
    visitor.#listen();
    if (login) await visitor.logIn(user, password);
    return visitor;
  }

  #listen() {
    this.page.on('console', (message) => message.type() === 'error' && this.complaints.push(`console: ${message.text()} (${message.location().url})`));
    this.page.on('pageerror', (error) => this.complaints.push(`page: ${error.message}`));
  }

  async logIn(user, password) {
    const answer = await this.context.request.post(`${this.server.url}/j_security_check`, { form: { j_username: user, j_password: password }, headers: { Accept: 'application/json' }, timeout: 180_000 });
    assert.equal(answer.status(), 204, `login of ${user}: ${await answer.text()}`);
  }

  // Goes to a path of the server.
  async open(path) {
    await this.page.goto(this.server.url + path);
    return this.page;
  }

  // Nothing in the console but what was expected.
  checkConsole() {
    const surprises = this.complaints.filter((text) => !this.expected.some((known) => text.includes(known)));
    this.complaints.length = 0;
    assert.deepEqual(surprises, [], 'errors in the browser console');
  }

  // Pictures in both themes and widths; checks that nothing sticks out and that axe finds nothing serious. QD_PICTURES=no
  // leaves them out, while one writes a test.
  async picture(name, { axe = true, fullPage = true } = {}) {
    if (process.env.QD_PICTURES === 'no') return;
    mkdirSync(PICTURES, { recursive: true });
    for (const [size, viewport] of [['1280', WIDE], ['390', NARROW]]) {
      await this.page.setViewportSize(viewport);
      for (const theme of ['light', 'dark']) {
        await this.page.evaluate((wanted) => (document.documentElement.dataset.theme = wanted), theme);
        await this.page.screenshot({ path: join(PICTURES, `${name}-${theme}-${size}.png`), fullPage, animations: 'disabled' });
        if (axe && size === '1280') await this.#checkAccess(`${name}, ${theme}, ${size}`, theme === 'light' ? EVERY_RULE : ['color-contrast']);
      }
      const excess = await this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(excess <= 0, `${name} at ${size} px is ${excess} px too wide`);
    }
    await this.page.setViewportSize(WIDE);
    await this.page.evaluate(() => (document.documentElement.dataset.theme = 'light'));
  }

  async #checkAccess(where, rules) {
    // Evaluated in the page by the debugger, which no Content-Security-Policy binds; once for a document.
    if (!(await this.page.evaluate(() => 'axe' in window))) await this.page.evaluate(AXE);
    const { violations } = await this.page.evaluate((runOnly) => window.axe.run(document, { resultTypes: ['violations'], runOnly }), rules);
    const serious = violations.filter((one) => ['serious', 'critical'].includes(one.impact));
    const told = serious.map((one) => `${one.id}: ${one.help}\n${one.nodes.slice(0, 4).map((node) => `    ${node.html.slice(0, 160)}  ${node.failureSummary?.split('\n').slice(1, 3).join(' ')}`).join('\n')}`);
    assert.deepEqual(told, [], `accessibility of ${where}`);
  }

  async leave() {
    this.checkConsole();
    await this.context.close();
  }
}

// Can a person see it where it is, without scrolling anything?
export const inSight = (locator) =>
  locator.evaluate((node) => {
    const { left, top, width, height } = node.getBoundingClientRect();
    const seen = document.elementFromPoint(left + width / 2, top + height / 2);
    return !!seen && (node.contains(seen) || seen.contains(node));
  });

// Replaces the text of a CodeMirror editor as a paste does. Playwright's fill() lets the browser insert styled elements,
// which the Content-Security-Policy refuses.
export async function pasteOver(editor, text) {
  await editor.press('Control+a');
  await editor.evaluate((node, pasted) => {
    const data = new DataTransfer();
    data.setData('text/plain', pasted);
    node.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  }, text);
}
