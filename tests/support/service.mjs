// Starts what a systemd unit says, as its user, in a Debian root without systemd; and hears what it tells the service manager.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { endAtExit, ended } from './cleanup.mjs';
import { childOf } from './debian-root.mjs';
import { GiveUp, until, within } from './wait.mjs';

const LISTENER = fileURLToPath(new URL('notify-socket.pl', import.meta.url));
const SOCKET = '/run/qd-notify';

// Every value of a key of the unit, in order.
export const unitValues = (unit, key) => [...unit.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value]) => value);

const assignments = (text) => Object.fromEntries(text.split('\n').filter((line) => /^[A-Z_]+=/.test(line)).map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));

export class Service {
  // `watchdog` is its period in ms.
  static async start(root, unit, { watchdog }) {
    const service = new Service();
    await service.#listen(root);
    const files = unitValues(unit, 'EnvironmentFile').map((name) => name.replace(/^-/, '')).filter((name) => root.exists(name));
    const env = Object.assign({}, ...unitValues(unit, 'Environment').map(assignments), ...files.map((name) => assignments(root.read(name))),
      { NOTIFY_SOCKET: SOCKET, WATCHDOG_USEC: `${watchdog * 1000}` });
    const [user] = unitValues(unit, 'User');
    const [group] = unitValues(unit, 'Group');
    const command = `cd ${unitValues(unit, 'WorkingDirectory')[0]}; umask ${unitValues(unit, 'UMask')[0]}; exec setpriv --reuid ${user} --regid ${group} --init-groups --no-new-privs ${unitValues(unit, 'ExecStart')[0]}`;
    service.child = root.start(command, { env });
    for (const stream of [service.child.stdout, service.child.stderr]) stream.setEncoding('utf8').on('data', (text) => { service.output += text; });
    return service;
  }

  output = '';
  heard = [];

  async #listen(root) {
    this.listener = endAtExit(spawn('perl', [LISTENER, root.file(SOCKET)], { stdio: ['ignore', 'pipe', 'inherit'] }));
    createInterface({ input: this.listener.stdout }).on('line', (line) => this.heard.push(line));
    await until(() => this.heard.shift() === 'listening', { what: 'the notify socket' });
  }

  // The next message like this; earlier ones are forgotten.
  async hears(pattern) {
    return until(() => {
      const at = this.heard.findIndex((line) => pattern.test(line));
      if (at >= 0) return this.heard.splice(0, at + 1).at(-1);
      if (this.child.exitCode !== null) throw new GiveUp(`the service ended with ${this.child.exitCode}: ${this.output.slice(-2000)}`);
      return undefined;
    }, { timeout: 30_000, what: `${pattern} from the service; it said: ${this.output.slice(-2000)}` });
  }

  // SIGTERM or another, to the server itself.
  signal(name) {
    process.kill(childOf(this.child), name);
  }

  // Ends it as systemd does; its exit code.
  async stop() {
    this.signal('SIGTERM');
    await within(ended(this.child), 30_000, 'the service to end after SIGTERM');
    this.listener.kill();
    return this.child.exitCode;
  }
}
