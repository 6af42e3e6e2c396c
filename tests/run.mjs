// Runs the black-box tests on one or more databases, each with one database server for all files.
//
//   node tests/run.mjs [--db sqlite,postgresql,mariadb] [--at-once N] [FILE…]      default: SQLite, every file in tests/api
//
// Tests mostly wait, so several files run at once: twice as many as there are processors, unless --at-once says so.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startDatabaseServer } from './support/databases.mjs';

// A file that takes longer than this, in ms, hangs: it is ended, and fails.
const FILE_LIMIT = 1_200_000 * Number(process.env.QD_TEST_SLOW ?? 1);

const here = dirname(fileURLToPath(import.meta.url));
const args = process.argv.slice(2);
function option(name) {
  const at = args.indexOf(name);
  return at < 0 ? undefined : args.splice(at, 2)[1];
}
const kinds = option('--db')?.split(',') ?? [process.env.QD_TEST_DB ?? 'sqlite'];
const atOnce = option('--at-once') ?? 2 * availableParallelism();
const files = args.length ? args : readdirSync(join(here, 'api')).filter((name) => name.endsWith('.test.mjs')).sort().map((name) => join(here, 'api', name));

function runFiles(kind, handle) {
  const env = { ...process.env, QD_TEST_DB: kind };
  if (handle) env.QD_TEST_DB_SERVER = JSON.stringify(handle);
  const child = spawn(process.execPath, ['--test', `--test-concurrency=${atOnce}`, `--test-timeout=${FILE_LIMIT}`, ...files], { env, stdio: 'inherit' });
  const pass = (signal) => child.kill(signal);
  process.once('SIGINT', pass);
  process.once('SIGTERM', pass);
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}

let worst = 0;
for (const kind of kinds) {
  console.log(`# black-box tests on ${kind}`);
  const server = kind === 'sqlite' ? undefined : await startDatabaseServer(kind);
  worst = Math.max(worst, await runFiles(kind, server?.handle()));
  await server?.stop();
}
process.exitCode = worst;
