// ./dev cluster as its operators use it: up, twice, a kill, a pause, a port that somebody took, the end of the command itself.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ended, endAtExit, removeAtExit } from '../support/cleanup.mjs';
import { BINARY } from '../support/server.mjs';
import { until } from '../support/wait.mjs';

const TOOL = resolve(dirname(fileURLToPath(import.meta.url)), '../../tools/cluster/cluster.mjs');
const folder = removeAtExit(mkdtempSync(join(tmpdir(), 'qd-tool-')));
const env = { ...process.env, QD_CLUSTER_DIR: folder, QD_BUILD: dirname(BINARY), QD_ADMIN_PASSWORD: 'of the tool' };

// What it printed; fails as the command does.
async function cluster(...args) {
  const { stdout } = await promisify(execFile)(process.execPath, [TOOL, ...args], { env, timeout: 240_000 });
  return stdout;
}
const fails = (pattern, ...args) => assert.rejects(cluster(...args), (error) => error.code === 1 && pattern.test(error.stderr));
const state = () => JSON.parse(readFileSync(join(folder, 'state.json'), 'utf8'));
const runs = (pid) => existsSync(`/proc/${pid}/status`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
const running = () => Object.entries(state().processes).filter(([, { pid }]) => runs(pid)).map(([name]) => name).sort();
const ALL = ['haproxy', 'member1', 'member2', 'member3', 'postgresql', 's3'];
// "member1  active  active  2 schedules …" of the cluster's own view, by name.
async function seen() {
  const [, view] = (await cluster('status')).split('as the cluster sees them:\n');
  return Object.fromEntries(view.trim().split('\n').map((line) => [line.split(' ')[0], { state: line.split(/ +/)[1], schedules: Number(/(\d+) schedules/.exec(line)[1]) }]));
}

describe('./dev cluster', { timeout: 600_000 }, () => {
  after(() => cluster('down').catch(() => {}));

  it('starts everything, with schedules on every member', async () => {
    assert.match(await cluster('status'), /There is no cluster here/);
    await fails(/there is no cluster/, 'kill', '2');
    const said = await cluster('up');
    const [, url] = /at (http:\S+) +user admin, password of the tool/.exec(said);
    assert.equal((await fetch(`${url}/health`)).status, 200);
    assert.deepEqual(running(), ALL);
    const members = await seen();
    assert.deepEqual(Object.values(members).map((one) => [one.state, one.schedules > 0]), Array(3).fill(['active', true]), JSON.stringify(members));
  });

  it('starts nothing a second time', async () => {
    const before = state().processes;
    await cluster('up');
    assert.deepEqual(state().processes, before);
  });

  it('shows how the schedules of a killed member move, and starts it again', async () => {
    assert.match(await cluster('kill', '2'), /member2 is killed/);
    await until(async () => {
      const { member1, member2, member3 } = await seen();
      return member2.state === 'dead' && member2.schedules === 0 && member1.schedules + member3.schedules === 4;
    }, { timeout: 180_000, what: 'the others to own its schedules' });
    await fails(/member2 does not run: .*start 2/, 'kill', '2');
    await cluster('start', '2');
    assert.match(await cluster('start', '2'), /runs already/);
    await fails(/which member\? 1, 2, 3, not '7'/, 'stop', '7');
  });

  it('lets a paused member go on', async () => {
    await cluster('pause', '3');
    assert.match(await cluster('status'), /member3 +paused/);
    await cluster('up');
    assert.match(await cluster('status'), /member3 +running/);
  });

  it('chooses other ports when its own were taken meanwhile', async () => {
    await cluster('down');
    assert.deepEqual(running(), []);
    await cluster('down');
    const { members: { 2: { port } } } = state();
    const taken = net.createServer((socket) => socket.destroy()).listen(port, '127.0.0.1');
    try {
      await cluster('up');
    } finally {
      taken.close();
    }
    assert.notEqual(state().members[2].port, port);
    await until(async () => Object.values(await seen()).every((one) => one.state === 'active'), { timeout: 180_000, what: 'all members' });
  });

  it('ends all that other commands started, too, when it runs in the foreground', async () => {
    await cluster('down');
    const start = () => {
      const child = endAtExit(spawn(process.execPath, [TOOL], { env, stdio: ['ignore', 'pipe', 'ignore'] }));
      let text = '';
      child.stdout.on('data', (data) => (text += data));
      return { child, ready: () => until(() => /Ctrl-C stops it/.test(text), { timeout: 180_000, what: 'the cluster' }) };
    };
    const first = start();
    await first.ready();
    first.child.kill('SIGKILL');
    await ended(first.child);
    assert.deepEqual(running(), ALL, 'what it started goes on');
    const second = start();
    await second.ready();
    await cluster('kill', '1');
    await cluster('start', '1');
    second.child.kill('SIGINT');
    await ended(second.child);
    assert.deepEqual(running(), []);
  });

  it('removes its folder', async () => {
    await cluster('remove');
    assert.ok(!existsSync(folder));
    assert.match(await cluster('status'), /There is no cluster here/);
  });
});
