// README.md against the build at hand: every block is known here, and those that need nothing but a server are run.
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { removeAtExit } from '../support/cleanup.mjs';
import { request } from '../support/http.mjs';
import { ADMIN_PASSWORD, BINARY, startServer } from '../support/server.mjs';
import { until } from '../support/wait.mjs';
import { ROOT, Terminal, blocks, shell, shellBlocks } from './readme.mjs';

// Which blocks there are, and what runs them. A block that is added or removed is put here, too.
const KNOWN = {
  'Start it': ['sh'],                              // fresh-clone.test.mjs
  'Import a job, run it, follow it': ['sh', 'sh'],  // this file, and fresh-clone.test.mjs
  'Break a cluster': ['sh', 'sh'],                 // fresh-clone.test.mjs
  'Install it': ['sh'],                            // tests/package
  'Test it': ['sh'],                               // CI's first step
  'Configure it': ['sh', 'properties'],            // this file
};

const PATH = `export PATH=${dirname(BINARY)}:$PATH\n`;

describe('README.md', () => {
  let server;
  before(async () => { server = await startServer(); });
  after(() => server?.stop());

  it('holds the blocks that tests know', () => {
    const there = {};
    for (const { section, language } of blocks()) (there[section] ??= []).push(language);
    assert.deepEqual(there, KNOWN);
  });

  it('names only commands that there are', async () => {
    const text = blocks().filter(({ language }) => language === 'sh').map((block) => block.text).join('');
    const help = await shell('./dev help');
    for (const [, verb] of text.matchAll(/^\.\/dev (\w+)/gm)) assert.match(help, new RegExp(`^  ${verb} `, 'm'));
    const targets = await readFile(join(ROOT, 'Makefile'), 'utf8');
    for (const [, target] of text.matchAll(/^make (\w+)/gm)) assert.match(targets, new RegExp(`^${target}:`, 'm'));
  });

  it('imports a job, runs it and follows it', async () => {
    const here = shellBlocks('Import a job, run it, follow it').join('').replaceAll('http://127.0.0.1:4440', server.url);
    const said = await shell(here, { env: { RD_CONF: '/dev/null' }, input: `${ADMIN_PASSWORD}\n` });
    assert.match(said, /Hello, Ada! This is a friendly greeting\./);
    assert.match(said, /"name": ?"hello"/);
    assert.match(said, /^event: /m);
  });

  it('configures a server', async () => {
    const base = join(removeAtExit(mkdtempSync(join(tmpdir(), 'quarterdeck-readme-'))), 'base');
    const [line, list] = shellBlocks('Configure it')[0].trim().split('\n');
    assert.match(line, /^quarterdeck server --base \/srv\/quarterdeck --address 0\.0\.0\.0 --port 4440 /);
    const terminal = new Terminal(`${PATH}exec ${line.replace('/srv/quarterdeck', base).replace('0.0.0.0', '127.0.0.1').replace('4440', '0')}`, { cwd: ROOT });
    const url = await until(() => /is ready at (http:\S+) .*links name it https:\/\/ops\.example\.com/.exec(terminal.output)?.[1], { what: `the server: ${terminal.output}` });
    assert.equal((await request(url, 'GET', '/health')).status, 200);
    await terminal.stop();
    assert.equal(terminal.child.exitCode, 0, terminal.output);

    assert.match(list, /^quarterdeck config\b/);
    const keys = await shell(PATH + list);
    const properties = blocks().find(({ language }) => language === 'properties').text;
    for (const [, key] of properties.matchAll(/^(\S+?)=/gm)) assert.ok(keys.includes(key), `${key} in quarterdeck config`);
  });
});
