// What the figures share: statistics, the C programs of this folder, the table.
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { removeAlways, removeAtExit } from '../tests/support/cleanup.mjs';

export const MEGABYTE = 1e6;
const here = dirname(fileURLToPath(import.meta.url));
removeAlways();
export const folder = removeAtExit(mkdtempSync(join(tmpdir(), 'qd-bench-')));

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

// "min / median / max"
export function spread(values, digits = 1) {
  return [Math.min(...values), median(values), Math.max(...values)].map((value) => value.toFixed(digits)).join(' / ');
}

// Compiles a program of this folder; returns its path.
export function compile(name, ...flags) {
  const program = join(folder, name);
  execFileSync(process.env.CC ?? 'cc', ['-O2', '-o', program, join(here, `${name}.c`), ...flags, '-lpthread'], { stdio: ['ignore', 'inherit', 'inherit'] });
  return program;
}

// Runs a program to its end, without blocking; returns its numbers.
export async function numbers(program, args) {
  const { stdout } = await promisify(execFile)(program, args.map(String), { maxBuffer: 1 << 20 });
  return stdout.trim().split(/\s+/).map(Number);
}

// How long the same work takes, several times over: what this machine's figures are worth.
export function noise(rounds = 9) {
  const times = [];
  for (let round = 0; round < rounds; round += 1) {
    const start = process.hrtime.bigint();
    let sum = 0;
    for (let i = 0; i < 3e7; i += 1) sum = (sum * 31 + i) | 0;
    times.push(Number(process.hrtime.bigint() - start) / 1e6 + (sum === 7 ? 1e-9 : 0));
  }
  return times;
}

export class Table {
  rows = [];
  // `holds` is undefined for what has no target.
  add(figure, value, target = '', holds, detail = '') {
    const verdict = holds === undefined ? '' : holds ? 'PASS' : 'MISS';
    this.rows.push([figure, value, target, verdict, detail]);
    console.error(`  ${figure}: ${value} ${target && `(${target})`} ${verdict} ${detail}`);
  }
  get missed() {
    return this.rows.filter((row) => row[3] === 'MISS').length;
  }
  toString() {
    const all = [['figure', 'measured', 'target', '', 'detail'], ...this.rows];
    const widths = all[0].map((_, column) => Math.max(...all.map((row) => row[column].length)));
    return all.map((row) => row.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd()).join('\n');
  }
}
