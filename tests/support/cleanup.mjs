// What a test process leaves behind: its children are ended by their process id, its folders removed, unless a test failed.
import { rmSync } from 'node:fs';
import { basename } from 'node:path';

const children = new Set();
const folders = new Map();
let installed = false;
let keep = true;

function install() {
  if (installed) return;
  installed = true;
  process.on('exit', () => {
    for (const child of children) {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    }
    for (const [folder, describe] of folders) {
      if (process.env.QD_KEEP || (keep && process.exitCode)) {
        process.stderr.write(`# kept after a failure: ${folder}\n${describe?.(folder) ?? ''}`);
      } else {
        rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
      }
    }
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));
}

// The child does not keep the test process alive.
export function endAtExit(child) {
  install();
  children.add(child);
  child.once('exit', () => children.delete(child));
  child.unref();
  return child;
}

// `describe` gives lines for the terminal when the folder is kept.
export function removeAtExit(folder, describe) {
  if (!/^(qd|quarterdeck)-/.test(basename(folder))) throw new Error(`not a folder of ours: ${folder}`);
  install();
  folders.set(folder, describe);
  return folder;
}

// For programs whose exit status says something else than "a test failed".
export function removeAlways() {
  keep = false;
}

// Resolves once the child is gone.
export function ended(child) {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  child.ref();
  return new Promise((resolve) => child.once('exit', resolve));
}
