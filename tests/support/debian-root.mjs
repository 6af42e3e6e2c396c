// A clean Debian 12 in a folder, made by debootstrap from the mirror that apt uses here, and commands in it: each in a PID and
// mount namespace of its own, so that nothing survives the test. Needs root.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endAtExit, removeAtExit } from './cleanup.mjs';

const CODENAME = 'bookworm';
const CACHE = join(resolve(dirname(fileURLToPath(import.meta.url)), '../..'), 'build/debian-root');
const LIMIT = 600_000;
const PROXIES = Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(https?|no)_proxy$/i.test(name)));

// What apt of this machine reads, as lines `deb URI SUITE COMPONENT`.
function sources() {
  const targets = spawnSync('apt-get', ['indextargets', '--format', '$(SITE) $(CODENAME) $(COMPONENT)', 'Identifier: Packages'], { encoding: 'utf8' });
  const lines = (targets.stdout ?? '').split('\n').filter((line) => / bookworm/.test(line));
  return [...new Set(lines)].map((line) => `deb ${line}`);
}
const mirror = () => sources().map((line) => line.split(' ')).find(([, , suite]) => suite === CODENAME)?.[1];

// Why there can be no such root on this machine; '' when there can.
export function noRootHere() {
  if (process.getuid() !== 0) return 'debootstrap and chroot need root';
  for (const tool of ['debootstrap', 'dpkg-deb', 'perl']) {
    if (spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0) return `there is no ${tool}`;
  }
  if (!mirror()) return `apt has no source of ${CODENAME} here, or was never updated`;
  if (spawnSync('unshare', ['--mount', '--pid', '--fork', 'true']).status !== 0) return 'this machine allows no mount and PID namespaces';
  return '';
}

export class DebianRoot {
  // A fresh copy, with `depends` (as a control file has it) installed. `describe`: see removeAtExit.
  static make(depends) {
    const path = removeAtExit(mkdtempSync(join(tmpdir(), 'quarterdeck-root-')));
    chmodSync(path, 0o755);
    execFileSync('tar', ['-C', path, '-xf', archive(depends)], { timeout: LIMIT });
    return new DebianRoot(path);
  }

  constructor(path) {
    this.path = path;
  }

  file(name) {
    return join(this.path, name);
  }

  read(name) {
    return readFileSync(this.file(name), 'utf8');
  }

  exists(name) {
    return existsSync(this.file(name));
  }

  // Runs a command to its end: {code, out}, with both outputs in one.
  try(command, { input = '', env = {} } = {}) {
    const result = spawnSync('unshare', this.#inside(command, env), { input, encoding: 'utf8', timeout: LIMIT, maxBuffer: 64 << 20 });
    if (result.error) throw result.error;
    return { code: result.status, out: result.stdout + result.stderr };
  }

  // The same, which must succeed; its output.
  run(command, options) {
    const { code, out } = this.try(command, options);
    if (code !== 0) throw new Error(`in the Debian root, ${command} ended with ${code}:\n${out.slice(-4000)}`);
    return out;
  }

  // Starts a command; its output is the child's. childOf() tells its process id outside.
  start(command, { env = {} } = {}) {
    return endAtExit(spawn('unshare', this.#inside(command, env), { stdio: ['ignore', 'pipe', 'pipe'] }));
  }

  #inside(command, env) {
    const all = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', LANG: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive', ...PROXIES, ...env };
    const pairs = Object.entries(all).map(([name, value]) => `${name}=${value}`);
    return ['--mount', '--pid', '--fork', '--kill-child', `--mount-proc=${this.file('proc')}`, 'chroot', this.path, 'env', '-i', ...pairs, 'sh', '-c', command];
  }
}

// The process that `unshare` runs, as this machine counts it.
export function childOf(child) {
  return Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ')[0]);
}

// One archive for each set of dependencies, made once.
function archive(depends) {
  const key = createHash('sha256').update(`${CODENAME} ${depends}`).digest('hex').slice(0, 12);
  const file = join(CACHE, `${CODENAME}-${key}.tar`);
  if (existsSync(file)) return file;
  const folder = join(CACHE, `making-${process.pid}`);
  mkdirSync(CACHE, { recursive: true });
  try {
    execFileSync('debootstrap', ['--variant=minbase', '--include=ca-certificates', CODENAME, folder, mirror()], { timeout: LIMIT, stdio: ['ignore', 'ignore', 'inherit'] });
    prepareApt(folder);
    const root = new DebianRoot(folder);
    root.run('apt-get -qq update');
    root.run(`apt-get -qq -y --no-install-recommends satisfy '${depends}'`);
    root.run('apt-get clean; rm -rf /var/lib/apt/lists/*');
    execFileSync('tar', ['-C', folder, '-cf', `${file}.new`, '.'], { timeout: LIMIT });
    renameSync(`${file}.new`, file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return file;
}

// The root asks the same mirrors, the same way.
function prepareApt(folder) {
  writeFileSync(join(folder, 'etc/apt/sources.list'), `${sources().join('\n')}\n`);
  writeFileSync(join(folder, 'etc/dpkg/dpkg.cfg.d/quick'), 'force-unsafe-io\n');  // what is thrown away need not reach the disk
  copyFileSync('/etc/resolv.conf', join(folder, 'etc/resolv.conf'));
  const settings = spawnSync('apt-config', ['dump'], { encoding: 'utf8' }).stdout ?? '';
  for (const line of settings.split('\n').filter((text) => /^Acquire::.*proxy/i.test(text))) {
    appendFileSync(join(folder, 'etc/apt/apt.conf.d/99host'), `${line}\n`);
  }
}
