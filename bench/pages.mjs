// The first screen on a slow laptop: Chromium with a processor four times slower and nothing in its cache. How long until a
// page shows what one came for, how much of it is script, and how lists of ten thousand jobs feel. The network is the loopback;
// the server is not slowed. On a busy machine only "its thread was busy for" says something.
import { ended, importJobs, job, newJob, newProject, run, script } from '../tests/support/scenario.mjs';
import { startServer } from '../tests/support/server.mjs';
import { median, noise, spread } from './tools.mjs';

const SLOWER = Number(process.env.QD_BENCH_SLOWER ?? 4);
const JOBS = 10_000;
const SCRIPT_LIMIT = 250_000; // bytes, compressed
const SOON = 1_000; // ms
const LETTER = 100;
const NODES = { 'resources.source.1.type': 'stub', 'resources.source.1.config.count': '200', 'resources.source.1.config.prefix': 'web', 'resources.source.1.config.attrs': 'node-executor=local,file-copier=local' };

async function furnish(qd) {
  const project = await newProject(qd, NODES);
  for (let at = 0; at < JOBS; at += 500) await importJobs(qd, project, Array.from({ length: 500 }, (_, n) => job({ name: `job ${at + n}`, group: `team ${(at + n) % 40}/service ${(at + n) % 7}`, description: `What job ${at + n} does` })));
  const breaking = script('case @node.name@ in *17) echo "cannot open /etc/shop.conf" >&2; exit 4;; esac');
  const failing = await newJob(qd, project, { name: 'deploy', steps: [breaking], nodefilters: { filter: 'name: web.*', dispatch: { threadcount: '20', keepgoing: true } } });
  const failed = await ended(qd, (await run(qd, failing)).id, 120_000);
  return { project, failing, failed };
}

// In the page, before its own scripts: tells when something that matches is drawn and the page's thread is free again, and
// notes which tasks keep it busy for more than 50 ms. It tells by the console: to ask from outside puts a script into the
// page, which takes it 30 ms at the worst moment.
const watchFor = ({ selector, text }) => {
  window.tasks = [];
  new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map(({ startTime, duration }) => ({ start: startTime, duration })))).observe({ type: 'longtask', buffered: true });
  const drawn = (node) => (!text || node.textContent.includes(text)) && node.getClientRects().length > 0;
  const changes = new MutationObserver(() => {
    if (![...document.querySelectorAll(selector)].some(drawn)) return;
    changes.disconnect();
    requestAnimationFrame(() => setTimeout(() => console.info(`usable at ${performance.now()}`)));
  });
  changes.observe(document, { childList: true, subtree: true, characterData: true });
};
const SETTLED = 600; // ms in which what comes after the first screen has begun

// The longest task that begins after a moment.
async function longestSince(page, moment) {
  await new Promise((resolve) => setTimeout(resolve, SETTLED));
  return page.evaluate((from) => Math.max(0, ...window.tasks.filter(({ start }) => start >= from).map(({ duration }) => duration)), moment);
}

class SlowLaptop {
  constructor(browser, qd) {
    Object.assign(this, { browser, qd });
  }

  // A browser that was never here; `login` gives it a session.
  async visit({ path, selector, text, login = true }, then = async () => undefined) {
    const { Visitor } = await import('../tests/browser/support.mjs');
    const visitor = await Visitor.come(this.browser, this.qd, { login });
    const session = await visitor.context.newCDPSession(visitor.page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    await visitor.page.addInitScript(watchFor, { selector, text });
    const told = visitor.page.waitForEvent('console', { predicate: (one) => one.text().startsWith('usable at '), timeout: 60_000 });
    await visitor.open(path);
    const usable = Number((await told).text().split(' ')[2]);
    const { metrics } = await session.send('Performance.getMetrics');
    const work = 1000 * metrics.find((one) => one.name === 'TaskDuration').value;
    const scripts = await visitor.page.evaluate(() => performance.getEntriesByType('resource').filter((one) => /\.js$/.test(new URL(one.name).pathname)).reduce((sum, one) => sum + one.encodedBodySize, 0));
    const after = await longestSince(visitor.page, usable);
    const more = await then(visitor.page);
    await visitor.context.close();
    return { usable, work, scripts, after, more };
  }
}

// From a key in the search field to the frame that shows what it finds, as the browser itself times it (shorter than 16 ms
// is not told); the slowest of a word. And the longest task after the word, when its address is written.
async function typing(page) {
  const field = page.getByRole('searchbox', { name: 'Name, group, description or uuid' });
  await field.focus();
  await page.evaluate(() => {
    window.keys = [];
    new PerformanceObserver((list) => window.keys.push(...list.getEntries().filter(({ name }) => /^(keydown|keypress|input)$/.test(name)).map(({ duration }) => duration))).observe({ type: 'event', durationThreshold: 16 });
  });
  for (const letter of 'job 99') {
    await field.press(letter === ' ' ? 'Space' : letter);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
  }
  const end = await page.evaluate(() => performance.now());
  const after = await longestSince(page, end);
  return { letter: Math.max(16, ...(await page.evaluate(() => window.keys))), after };
}

export async function pages(table, { rounds }) {
  const { launch } = await import('../tests/browser/support.mjs');
  const qd = await startServer();
  const { project, failing, failed } = await furnish(qd);
  const browser = await launch();
  const laptop = new SlowLaptop(browser, qd);
  const at = `/project/${project}`;
  const screens = [
    { name: 'login', path: '/user/login', selector: 'input[type=password]', login: false },
    { name: 'home', path: '/', selector: '.line .badge', text: 'Failed' },
    { name: `${JOBS} jobs`, path: `${at}/jobs`, selector: '.list li', text: 'job ', then: typing },
    { name: 'a job', path: `${at}/job/show/${failing}`, selector: 'button', text: 'Run now' },
    { name: 'a failed run', path: `${at}/execution/show/${failed.id}`, selector: '.failures .log-tail', text: 'cannot open' },
  ];
  for (const screen of screens) {
    const visits = [];
    for (let round = 0; round < rounds + 1; round += 1) visits.push(await laptop.visit(screen, screen.then));
    visits.shift(); // the server's first answer
    const usable = median(visits.map((one) => one.usable));
    const scripts = Math.max(...visits.map((one) => one.scripts));
    const busy = median(visits.map((one) => one.work)).toFixed(0);
    const after = Math.max(...visits.map((one) => one.after)).toFixed(0);
    table.add(`first screen: ${screen.name}`, `${usable.toFixed(0)} ms`, `< ${SOON} ms`, usable < SOON, `content drawn and the thread free; cold cache, CPU ${SLOWER} times slower: ${spread(visits.map((one) => one.usable), 0)}; its thread was busy for ${busy} ms, the slowing included, and then at most ${after} ms at a time; this machine's loop: ${median(noise(3)).toFixed(0)} ms`);
    table.add(`its scripts: ${screen.name}`, `${(scripts / 1000).toFixed(0)} kB`, `<= ${SCRIPT_LIMIT / 1000} kB`, scripts <= SCRIPT_LIMIT, 'compressed');
    if (screen.then) {
      const slowest = median(visits.map((one) => one.more.letter));
      table.add(`a letter in the search of ${JOBS} jobs`, `${slowest.toFixed(0)} ms`, `< ${LETTER} ms`, slowest < LETTER, `until the frame with what it finds; the slowest letter; after the word a task of ${Math.max(...visits.map((one) => one.more.after)).toFixed(0)} ms`);
    }
  }
  await browser.close();
  await qd.stop();
}
