// Processes that outlive the command that started them, remembered in a file by pid and start time, so that nothing
// else is ever ended for having got the number of one that is gone.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export async function until(check, what, ms = 120_000) {
  const end = Date.now() + ms;
  for (;;) {
    const value = await check();
    if (value) return value;
    if (Date.now() > end) throw new Error(`${what} did not happen within ${ms / 1000} s`);
    await pause(50);
  }
}

// [state, start time in ticks] of a process, or nothing.
function look(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ');
    return fields[0] === 'Z' ? undefined : { state: fields[0], since: fields[19] };
  } catch {
    return undefined;
  }
}

export class Processes {
  constructor(folder) {
    this.folder = folder;
    this.file = join(folder, 'state.json');
    this.state = { processes: {} };
    this.load();
  }

  // What other commands wrote meanwhile; the object stays the same.
  load() {
    if (existsSync(this.file)) Object.assign(this.state, JSON.parse(readFileSync(this.file, 'utf8')));
  }

  save() {
    mkdirSync(dirname(this.file), { recursive: true });
    writeFileSync(`${this.file}.new`, JSON.stringify(this.state, undefined, 2), { mode: 0o600 });
    renameSync(`${this.file}.new`, this.file);
  }

  // Runs `act` while no other command of this kind does. The lock of one that was killed is taken over.
  async alone(act) {
    const file = join(this.folder, 'up.lock');
    const holder = () => existsSync(file) && JSON.parse(readFileSync(file, 'utf8') || '{}');
    const known = holder();
    if (known && look(known.pid)?.since !== known.since) rmSync(file, { force: true });
    try {
      closeSync(openSync(file, 'wx', 0o600));
    } catch {
      throw new Error(`another ./dev cluster up is at work (process ${holder()?.pid ?? 'unknown'})`);
    }
    writeFileSync(file, JSON.stringify({ pid: process.pid, since: look(process.pid).since }));
    try {
      return await act();
    } finally {
      rmSync(file, { force: true });
    }
  }

  // 'running', 'paused', or 'gone'.
  how(name) {
    const known = this.state.processes[name];
    const seen = known && look(known.pid);
    if (!seen || seen.since !== known.since) return 'gone';
    return seen.state === 'T' ? 'paused' : 'running';
  }

  pid(name) {
    return this.how(name) === 'gone' ? undefined : this.state.processes[name].pid;
  }

  start(name, [program, ...args], options = {}) {
    const log = join(this.folder, `${name}.log`);
    const before = existsSync(log) ? statSync(log).size : 0;
    const out = openSync(log, 'a', 0o600);
    const child = spawn(program, args, { cwd: this.folder, detached: true, stdio: ['ignore', out, out], ...options });
    child.on('error', () => {});
    child.unref();
    if (!child.pid) throw new Error(`${program} cannot be started`);
    closeSync(out);
    this.state.processes[name] = { pid: child.pid, since: look(child.pid)?.since, log: before };
    this.save();
  }

  signal(name, signal) {
    const pid = this.pid(name);
    if (pid) process.kill(pid, signal);
    return Boolean(pid);
  }

  // Asks with `signal`, and insists after `ms`.
  async end(name, signal = 'SIGTERM', ms = 20_000) {
    if (!this.signal(name, signal)) return;
    this.signal(name, 'SIGCONT');
    const end = Date.now() + ms;
    while (this.how(name) !== 'gone' && Date.now() < end) await pause(50);
    if (this.signal(name, 'SIGKILL')) await until(() => this.how(name) === 'gone', `the end of ${name}`);
  }

  // The last lines of what it printed since its start.
  tail(name, lines = 12) {
    const file = join(this.folder, `${name}.log`);
    if (!existsSync(file)) return '';
    return readFileSync(file).subarray(this.state.processes[name]?.log ?? 0).toString('utf8').trimEnd().split('\n').slice(-lines).join('\n');
  }
}
