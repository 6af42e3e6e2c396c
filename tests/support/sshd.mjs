// Real SSH servers on addresses of the loopback: see sshd-nodes, which says what accounts and keys there are.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ended, removeAtExit } from './cleanup.mjs';
import { within } from './wait.mjs';

const SCRIPT = join(dirname(fileURLToPath(import.meta.url)), 'sshd-nodes');

export class SshNodes {
  static async start(count, lines = []) {
    const nodes = new SshNodes();
    nodes.folder = removeAtExit(mkdtempSync(join(tmpdir(), 'qd-sshd-')), (folder) => readFileSync(join(folder, 'sshd.log'), 'utf8'));
    // It ends by itself when this process does: its standard input closes.
    nodes.child = spawn(SCRIPT, [nodes.folder, String(count), ...lines], { stdio: ['pipe', 'pipe', 'inherit'] });
    nodes.child.unref();
    const answers = createInterface({ input: nodes.child.stdout });
    const first = await within(answers[Symbol.asyncIterator]().next(), 60_000, 'sshd to come up');
    const [, port, user] = /^ready (\d+) (\S+)$/.exec(first.value ?? '') ?? [];
    if (!port) throw new Error(`sshd did not come up; see ${nodes.folder}`);
    nodes.child.stdin.unref();
    nodes.child.stdout.unref();
    nodes.port = Number(port);
    nodes.user = user;
    nodes.hosts = nodes.text('hosts.txt').trim().split('\n');
    return nodes;
  }

  // Has an account with a password, which may use sudo.
  get hasAccounts() {
    return this.user === 'qdnode';
  }

  file(name) {
    return join(this.folder, name);
  }

  text(name) {
    return readFileSync(this.file(name), 'utf8');
  }

  // The attributes of a node at the address.
  node(index, extra = {}) {
    return { hostname: `${this.hosts[index]}:${this.port}`, username: this.user, 'ssh-keypath': this.file('id_ed25519'), osFamily: 'unix', ...extra };
  }

  // A resources file of these nodes {name: attributes}; its path.
  resources(nodes, name = 'resources.json') {
    writeFileSync(this.file(name), JSON.stringify(Object.fromEntries(Object.entries(nodes).map(([key, node]) => [key, { nodename: key, ...node }]))));
    return this.file(name);
  }

  async stop() {
    this.child.stdin.end();
    await ended(this.child);
  }
}
