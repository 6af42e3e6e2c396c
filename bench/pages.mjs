// The first screen on a slow laptop: Chromium with a processor four times slower and nothing in its cache. How long until a
// page shows what one came for, how much of it is script, and how lists of ten thousand jobs feel.
import { ended, importJobs, job, newJob, newProject, run, script } from '../tests/support/scenario.mjs';
import { startServer } from '../tests/support/server.mjs';
import { median, spread } from './tools.mjs';

const SLOWER = Number(process.env.QD_BENCH_SLOWER ?? 4);
const JOBS = 10_000;
const SCRIPT_LIMIT = 250_000; // bytes, compressed
const SOON = 1_000; // ms
const NODES = { 'resources.source.1.type': 'stub', 'resources.source.1.config.count': '200', 'resources.source.1.config.prefix': 'web', 'resources.source.1.config.attrs': 'node-executor=local,file-copier=local' };

async function furnish(qd) {
  const project = await newProject(qd, NODES);
  for (let at = 0; at < JOBS; at += 500) await importJobs(qd, project, Array.from({ length: 500 }, (_, n) => job({ name: `job ${at + n}`, group: `team ${(at + n) % 40}/service ${(at + n) % 7}`, description: `What job ${at + n} does` })));
  const breaking = script('case @node.name@ in *17) echo "cannot open /etc/shop.conf" >&2; exit 4;; esac');
  const failing = await newJob(qd, project, { name: 'deploy', steps: [breaking], nodefilters: { filter: 'name: web.*', dispatch: { threadcount: '20', keepgoing: true } } });
  const failed = await ended(qd, (await run(qd, failing)).id, 120_000);
  return { project, failing, failed };
}

// In the page, before its own scripts: notes when something that matches is drawn.
const watchFor = ({ selector, text }) => {
  const look = () => {
    const found = [...document.querySelectorAll(selector)].some((node) => node.getClientRects().length && (!text || node.textContent.includes(text)));
    if (found) requestAnimationFrame(() => setTimeout(() => (window.usableAt = performance.now())));
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
};

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
    await visitor.open(path);
    const usable = await (await visitor.page.waitForFunction(() => window.usableAt, undefined, { timeout: 60_000 })).jsonValue();
    const { metrics } = await session.send('Performance.getMetrics');
    const work = 1000 * metrics.find((one) => one.name === 'TaskDuration').value;
    const scripts = await visitor.page.evaluate(() => performance.getEntriesByType('resource').filter((one) => /\.js$/.test(new URL(one.name).pathname)).reduce((sum, one) => sum + one.encodedBodySize, 0));
    const more = await then(visitor.page);
    await visitor.context.close();
    return { usable, work, scripts, more };
  }
}

// From a key in the search field to the frame that shows what it finds; the slowest of a word.
async function typing(page) {
  const field = page.getByRole('searchbox', { name: 'Name, group, description or uuid' });
  const times = [];
  for (const letter of 'job 99') {
    const before = await page.evaluate(() => performance.now());
    await field.press(letter === ' ' ? 'Space' : letter);
    times.push(await page.evaluate((from) => new Promise((resolve) => requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - from)))), before));
  }
  return Math.max(...times);
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
    table.add(`first screen: ${screen.name}`, `${usable.toFixed(0)} ms`, `< ${SOON} ms`, usable < SOON, `cold cache, CPU ${SLOWER} times slower: ${spread(visits.map((one) => one.usable), 0)}; its thread was busy for ${median(visits.map((one) => one.work)).toFixed(0)} ms, the slowing included`);
    table.add(`its scripts: ${screen.name}`, `${(scripts / 1000).toFixed(0)} kB`, `<= ${SCRIPT_LIMIT / 1000} kB`, scripts <= SCRIPT_LIMIT, 'compressed');
    if (screen.then) {
      const slowest = median(visits.map((one) => one.more));
      table.add(`a letter in the search of ${JOBS} jobs`, `${slowest.toFixed(0)} ms`, '< 200 ms', slowest < 200, 'until the frame with what it finds; the slowest letter');
    }
  }
  await browser.close();
  await qd.stop();
}
