// npm packages of helpers, installed once for this checkout.
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

// `folder` is below the root of the checkout, and has a package-lock.json.
export function installPackages(folder) {
  execFileSync(join(root, 'tools/npm-packages'), [folder], { stdio: ['ignore', 'ignore', 'inherit'], timeout: 600_000 });
}
