// The figures that Quarterdeck promises, measured on this machine in one run.
//
//   node bench/run.mjs [FIGURE…]        names are those of FIGURES below; default: all of them
//
// QD_BINARY names the server (default build/release/quarterdeck). QD_BENCH_RUNS and QD_BENCH_ROUNDS set how many
// executions the rates are measured over, and how often. Ends with 1 when a target is missed.
import { cpus, loadavg } from 'node:os';
import * as access from './access.mjs';
import { balanced } from './balanced.mjs';
import { dispatch } from './dispatch.mjs';
import * as figures from './figures.mjs';
import { nodes } from './nodes.mjs';
import * as logs from './logs.mjs';
import { pages } from './pages.mjs';
import * as schedules from './schedules.mjs';
import { Table, noise, spread } from './tools.mjs';

const FIGURES = {
  start: figures.start,
  idle: figures.idle,
  sqlite: figures.throughputSqlite,
  postgresql: figures.throughputPostgres,
  output: figures.output,
  sleep: figures.manySleeping,
  list: figures.listSqlite,
  listpg: figures.listPostgres,
  bursts: schedules.bursts,
  many: schedules.many,
  nodes,
  tail: logs.tail,
  parts: logs.parts,
  watchers: logs.watchers,
  checkpoints: logs.checkpoints,
  dispatch,
  decisions: access.decisions,
  acl: access.filteredList,
  guessing: access.guessing,
  busylogins: access.busyLogins,
  sessions: access.sessions,
  balanced,
  pages,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in FIGURES));
if (unknown.length) {
  console.error(`no such figure: ${unknown.join(', ')}; there are ${Object.keys(FIGURES).join(', ')}`);
  process.exit(2);
}

const options = { runs: Number(process.env.QD_BENCH_RUNS ?? 2000), rounds: Number(process.env.QD_BENCH_ROUNDS ?? 3) };
const table = new Table();
const before = noise();
let broken = 0;
for (const [name, measure] of Object.entries(FIGURES)) {
  if (wanted.length && !wanted.includes(name)) continue;
  console.error(`# ${name}`);
  try {
    await measure(table, options);
  } catch (error) {
    broken += 1;
    table.add(name, 'failed', '', false, error.message.slice(0, 200));
  }
}
const after = noise();

console.log(`\n${table}\n`);
console.log(`machine: ${cpus().length} x ${cpus()[0].model.trim()}, load ${loadavg().map((value) => value.toFixed(1)).join(' ')}`);
console.log(`noise: the same loop took min/median/max ${spread(before, 0)} ms before and ${spread(after, 0)} ms after the run`);
process.exitCode = table.missed || broken ? 1 : 0;
