// Clustered Quartz on a PostgreSQL server, as the measure of our own bursts: Debian's jars, a program of this folder.
import { execFileSync, spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ended, endAtExit } from '../tests/support/cleanup.mjs';
import { until } from '../tests/support/wait.mjs';
import { folder } from './tools.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const JARS = ['quartz2', 'slf4j-api', 'slf4j-nop', 'HikariCP', 'postgresql'].map((name) => `/usr/share/java/${name}.jar`);
const classes = [folder, ...JARS].join(':');
let compiled = false;

class Instance {
  scheduled = new Set();
  fires = new Map();  // the moments of each burst's fires
  ready = false;

  constructor(name, url, batch) {
    this.child = endAtExit(spawn('java', ['-Xmx512m', '-cp', classes, 'QuartzBurst', name, url, String(batch)], { stdio: ['pipe', 'pipe', 'inherit'] }));
    createInterface({ input: this.child.stdout }).on('line', (line) => this.hear(line.split(' ')));
  }
  hear([word, name, due, now]) {
    if (word === 'ready') this.ready = true;
    if (word === 'scheduled') this.scheduled.add(name);
    if (word === 'fired') this.fires.set(name, [...(this.fires.get(name) ?? []), Number(now) - Number(due)]);
  }
}

// `count` instances on a fresh database of the server.
export async function startQuartz(server, { name, count, batch }) {
  if (!compiled) execFileSync('javac', ['-cp', classes, '-d', folder, join(here, 'QuartzBurst.java')], { stdio: 'inherit' });
  compiled = true;
  const { url } = server.database(name);
  server.sql(execFileSync('java', ['-cp', classes, 'QuartzBurst', 'tables'], { encoding: 'utf8' }), name);
  const instances = [];
  for (let i = 0; i < count; i += 1) instances.push(new Instance(`n${i}`, url, batch));
  await until(() => instances.every((instance) => instance.ready), { timeout: 120_000, what: 'Quartz to start' });
  let bursts = 0;
  let lead = 10_000;  // for it to write its triggers before they are due

  // Fires per second from the moment that all are due to the last one's start, and by how many instances.
  const burst = async (fires) => {
    bursts += 1;
    const label = `b${bursts}`;
    const begin = Date.now();
    const due = begin + lead;
    instances[0].child.stdin.write(`burst ${label} ${fires} ${due}\n`);
    await until(() => instances[0].scheduled.has(label), { timeout: 300_000, what: 'Quartz to have its triggers' });
    const took = Date.now() - begin;
    const all = () => instances.flatMap((instance) => instance.fires.get(label) ?? []);
    await until(() => all().length >= fires, { timeout: 300_000, what: `${fires} fires of Quartz` });
    const late = took >= lead;
    lead = Math.max(4_000, 3 * took);
    if (late) return burst(fires);
    return { rate: fires / (Math.max(...all()) / 1000), started: all(), members: instances.filter((instance) => instance.fires.has(label)).length };
  };
  const stop = async () => {
    for (const { child } of instances) child.stdin.end();
    for (const { child } of instances) await ended(child);
  };
  return { burst, stop };
}
