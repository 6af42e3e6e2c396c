// Runs the command line client as a person would, with no configuration but what the test gives.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endAtExit, removeAtExit } from './cleanup.mjs';
import { CLI } from './server.mjs';
import { SLOW } from './wait.mjs';

let home;

// {code, out, err} once it has ended. `heard` is told all that it has printed, each time when there is more.
export function qd(server, args, { env = {}, input = '', timeout = 120_000, heard } = {}) {
  if (!existsSync(CLI)) throw new Error(`no client at ${CLI}: build it, or name it in QD_CLI`);
  home ??= removeAtExit(mkdtempSync(join(tmpdir(), 'qd-home-')));
  const full = { PATH: process.env.PATH, HOME: home, LANG: 'C.UTF-8', RD_URL: server.url, RD_TOKEN: server.token, ...env };
  for (const [name, value] of Object.entries(full)) if (value === undefined) delete full[name];
  return new Promise((resolve, reject) => {
    const child = endAtExit(spawn(CLI, args, { env: full, cwd: home, stdio: 'pipe' }));
    child.ref();
    const late = setTimeout(() => child.kill('SIGKILL'), timeout * SLOW);
    const result = { out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (text) => {
      result.out += text;
      heard?.(result.out);
    });
    child.stderr.setEncoding('utf8').on('data', (text) => { result.err += text; });
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(late);
      resolve({ ...result, code: code ?? signal });
    });
  });
}
