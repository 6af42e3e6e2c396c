// README.md as a reader types it: its code blocks, by section, and a shell that runs them.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endAtExit } from '../support/cleanup.mjs';
import { SLOW } from '../support/wait.mjs';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

// [{section, language, text}], in order.
export function blocks(folder = ROOT) {
  const found = [];
  let section = '', block;
  for (const line of readFileSync(join(folder, 'README.md'), 'utf8').split('\n')) {
    const fence = /^```(\w*)$/.exec(line);
    if (fence && block) block = undefined;
    else if (fence) found.push(block = { section, language: fence[1], text: '' });
    else if (block) block.text += `${line}\n`;
    else if (line.startsWith('## ')) section = line.slice(3);
  }
  return found;
}

export const shellBlocks = (section, folder) => blocks(folder).filter((block) => block.section === section && block.language === 'sh').map((block) => block.text);

// Runs commands in one shell that stops at the first failure; `input` is what somebody types. The output of both streams.
export function shell(commands, { cwd = ROOT, env = {}, input = '', timeout = 120_000 } = {}) {
  const kept = Object.entries(process.env).filter(([name]) => !/^(RD_|RDECK_|QD_(ADMIN|BASE)|NODE_)/.test(name));
  const child = endAtExit(spawn('bash', ['-euo', 'pipefail', '-c', commands], { cwd, env: { ...Object.fromEntries(kept), ...env } }));
  child.ref();
  let out = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => { out += text; });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return new Promise((done, fail) => {
    const late = setTimeout(() => child.kill('SIGKILL'), timeout * SLOW);
    child.on('error', fail);
    child.on('close', (code, signal) => {
      clearTimeout(late);
      if (code === 0) done(out);
      else fail(new Error(`${commands}\nended with ${code ?? signal}:\n${out.slice(-3000)}`));
    });
  });
}

// Starts a command as in a terminal of its own. stop() is Ctrl-C.
export class Terminal {
  constructor(command, { cwd, env = {} }) {
    const kept = Object.entries(process.env).filter(([name]) => !/^(RD_|RDECK_|QD_|NODE_)/.test(name));
    this.child = spawn('bash', ['-c', command], { cwd, env: { ...Object.fromEntries(kept), ...env }, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    process.once('exit', () => this.#signal('SIGKILL'));
    this.output = '';
    for (const stream of [this.child.stdout, this.child.stderr]) stream.setEncoding('utf8').on('data', (text) => { this.output += text; });
    this.ended = new Promise((done) => this.child.once('close', done));
  }

  get gone() {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  #signal(name) {
    try {
      if (!this.gone) process.kill(-this.child.pid, name);
    } catch { /* it went meanwhile */ }
  }

  async stop() {
    this.#signal('SIGINT');
    await this.ended;
  }
}
