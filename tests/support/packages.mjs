// Packages of npm that a helper of the tests needs, installed once for this checkout, however many files ask at once.
import { execFileSync } from 'node:child_process';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

// `folder` is relative to the checkout: tests/support/s3.
export function installPackages(folder) {
  execFileSync(join(ROOT, 'tools/npm-packages'), [folder], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'], timeout: 900_000 });
}
