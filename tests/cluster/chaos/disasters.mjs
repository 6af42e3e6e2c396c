// What befalls a cluster while clients work with it. Each takes a run {cluster, random, say, kills, outages}, mends what
// it broke, and notes when that was: kills are {port, at, gone}, outages of the database {from, to}.
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../support/wait.mjs';
import { restart } from './faults.mjs';

export const DISASTERS = {
  async kill({ cluster, random, say, kills }) {
    const member = random.pick(cluster.members);
    const away = random.between(0.5, 8);
    say(`${member.name}: kill -9, for ${away.toFixed(1)} s`);
    const kill = { port: member.port, at: Date.now(), gone: Infinity };
    kills.push(kill);
    await member.kill();
    kill.gone = Date.now();
    await pause(away * 1000);
    await restart(member);
  },
  async database({ cluster, random, say, outages }) {
    const away = random.between(0, 3);
    say(`the database crashes, for ${away.toFixed(1)} s`);
    const outage = { from: Date.now(), to: Infinity };
    outages.push(outage);
    await cluster.database.server.crash();
    await pause(away * 1000);
    await cluster.database.server.start();
    outage.to = Date.now();
    say(`the database answers again, after ${((outage.to - outage.from) / 1000).toFixed(1)} s`);
  },
  // The primary dies, its replica is promoted, and a new replica is made.
  async failover({ cluster, say, outages }) {
    const outage = { from: Date.now(), to: Infinity };
    outages.push(outage);
    const took = await cluster.database.server.failOver();
    outage.to = Date.now();
    say(`the primary was killed; its replica took over within ${took} ms`);
    await cluster.database.server.replace();
  },
};

// Waits until all members know each other again.
export const mended = (cluster) => until(() => cluster.settled().then(() => true), { timeout: 60_000, what: 'the members to see each other again' });
