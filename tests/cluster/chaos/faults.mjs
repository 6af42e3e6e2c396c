// Everything that the chaos run does to members and their database. A fault that broke something mends it before it
// returns, so that a schedule of faults can go on for ever.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { Member, skewed } from '../../support/cluster.mjs';
import { SLOW, until } from '../../support/wait.mjs';

// A member may be refused by its own killed predecessor's session for a moment, or by a database that is away.
export async function restart(member, env) {
  for (const end = Date.now() + 60_000 * SLOW; ;) {
    try {
      return await member.again(env);
    } catch (error) {
      if (Date.now() > end) throw error;
      await pause(500);
    }
  }
}

// Each takes ({cluster, member, random, say}) and runs while the others go on. `whole`: nothing else may run then.
export const FAULTS = {
  async kill({ member, random, say }) {
    const away = random.between(0.5, 5);
    say(`kill -9, for ${away.toFixed(1)} s`);
    await member.kill();
    await pause(away * 1000);
    await restart(member);
  },
  async hang({ member, random, say }) {
    const away = random.between(0.3, 9);
    say(`SIGSTOP, for ${away.toFixed(1)} s`);
    member.suspend();
    await pause(away * 1000);
    member.resume();
  },
  async refuse({ member, random, say }) {
    const away = random.between(0.3, 8);
    say(`its connections to the database are cut, for ${away.toFixed(1)} s`);
    await member.proxy.refuse();
    await pause(away * 1000);
    await member.proxy.heal();
  },
  async freeze({ member, random, say }) {
    const away = random.between(0.3, 8);
    say(`packets to the database vanish, for ${away.toFixed(1)} s`);
    await member.proxy.freeze();
    await pause(away * 1000);
    await member.proxy.heal();
  },
  async skew({ member, random, say }) {
    const by = Math.round(random.between(-7200, 7200));
    say(`restarts with a clock that is off by ${by} s`);
    await member.terminate();
    await restart(member, skewed(`${by >= 0 ? '+' : ''}${by}s`));
  },
  async stop({ member, random, say }) {
    const away = random.between(0, 3);
    say(`SIGTERM, for ${away.toFixed(1)} s`);
    await member.terminate();
    await pause(away * 1000);
    await restart(member, {});
  },
};

export const WHOLE = {
  async database({ cluster, random, say }) {
    const away = random.between(0, 2);
    say(`the database crashes, for ${away.toFixed(1)} s`);
    await cluster.database.server.crash();
    await pause(away * 1000);
    await cluster.database.server.start();
  },
  async rolling({ cluster, say }) {
    say('every member restarts, one after the other');
    for (const member of cluster.members) {
      await member.terminate();
      await restart(member, {});
    }
  },
  async twin({ cluster, member, say }) {
    say('a second process with its uuid starts');
    await until(async () => (await member.sees(member)).state === 'active', { what: `${member.name} to be well` });
    const twin = new Member({ database: cluster.database, uuid: member.uuid, name: 'twin', settings: member.settings });
    await assert.rejects(twin.start(), /the server ended at start/, 'a second process with the uuid of a living member started');
    assert.match(twin.log(), /Another process runs as member/);
  },
  async takeover({ member, say }) {
    say('takes all schedules over');
    await until(() => member.ok('PUT', '/scheduler/takeover', { json: { server: { all: true } } }), { what: `${member.name} to take over` });
  },
};
