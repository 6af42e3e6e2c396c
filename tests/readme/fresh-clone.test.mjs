// README.md from a fresh clone, as somebody does it on his first day: `./dev test readme --long`. It builds everything, and needs
// port 4440.
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { removeAtExit } from '../support/cleanup.mjs';
import { GiveUp, until } from '../support/wait.mjs';
import { ROOT, Terminal, shell, shellBlocks } from './readme.mjs';

const BUILD_LIMIT = 45 * 60_000;
const free = (port) => new Promise((done) => createServer().once('error', () => done(false)).listen(port, '127.0.0.1', function listening() { this.close(() => done(true)); }));

describe('README.md in a fresh clone', { skip: process.env.QD_README_LONG ? false : 'only with --long' }, () => {
  let clone, terminal;

  const open = async (command, pattern, timeout) => {
    terminal = new Terminal(command, { cwd: clone, env: { RD_CONF: '/dev/null' } });
    return until(() => {
      if (terminal.gone) throw new GiveUp(`${command} ended: ${terminal.output.slice(-3000)}`);
      return pattern.exec(terminal.output);
    }, { timeout, interval: 500, what: `${pattern} from ${command}; it said: ${terminal.output.slice(-3000)}` });
  };

  before(async () => {
    const folder = removeAtExit(mkdtempSync(join(tmpdir(), 'quarterdeck-readme-')));
    chmodSync(folder, 0o755);  // the cluster's processes run as another user
    clone = join(folder, 'clone');
    await shell(`git clone -q "${ROOT}" "${clone}"`);
  });
  after(() => terminal?.stop());

  it('starts with one command, and its walk-through works', async () => {
    assert.ok(await free(4440), 'something else listens on port 4440');
    const [start] = shellBlocks('Start it', clone);
    const [, password] = await open(start, /is ready at http:\/\/127\.0\.0\.1:4440[^]*Log in as admin with password (\S+)/, BUILD_LIMIT);
    const said = await shell(shellBlocks('Import a job, run it, follow it', clone).join(''), { cwd: clone, env: { RD_CONF: '/dev/null' }, input: `${password}\n` });
    assert.match(said, /Hello, Ada! This is a friendly greeting\./);
    assert.match(said, /"name": ?"hello"/);
    assert.match(said, /^event: /m);
    await terminal.stop();
  });

  it('starts a cluster, which loses a member and gets it back', async () => {
    const [start, tour] = shellBlocks('Break a cluster', clone);
    await open(start, /The cluster is at http:\S+ +user admin, password \S+/, BUILD_LIMIT);
    const said = await shell(`${tour}./dev cluster resume 1\n./dev cluster status\n`, { cwd: clone, env: { RD_CONF: '/dev/null' }, timeout: 300_000 });
    assert.match(said, /member2/);
    await terminal.stop();
    assert.doesNotMatch(await shell('./dev cluster status || true', { cwd: clone }), /running/);
  });
});
