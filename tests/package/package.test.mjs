// The Debian package on a clean Debian: installed, started as its unit says, used, upgraded, removed, purged.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, describe, it } from 'node:test';
import { removeAtExit } from '../support/cleanup.mjs';
import { freePort } from '../support/ports.mjs';
import { DebianRoot, noRootHere } from '../support/debian-root.mjs';
import { Service, unitValues } from '../support/service.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const BUILT = join(ROOT, 'build/deb');
const found = existsSync(BUILT) ? readdirSync(BUILT).filter((name) => /^quarterdeck_.*\.deb$/.test(name)) : [];
const DEB = join(BUILT, found[0] ?? 'none');
const UNIT_FILE = '/lib/systemd/system/quarterdeck.service';
const TOKEN_FILE = '/etc/rundeck/initial-admin-password';

const has = (tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0;
const field = (name) => execFileSync('dpkg-deb', ['-f', DEB, name], { encoding: 'utf8' }).trim();

before(() => assert.equal(found.length, 1, `one package in build/deb, not [${found}]: ./dev package`));

describe('the package file', () => {
  let folder;
  before(() => {
    folder = removeAtExit(mkdtempSync(join(tmpdir(), 'qd-package-')));
    execFileSync('dpkg-deb', ['-R', DEB, folder]);
  });

  it('names what it needs', () => {
    const depends = field('Depends').split(', ').map((entry) => entry.split(' ')[0]);
    for (const name of ['adduser', 'tzdata', 'libc6', 'libpq5', 'libsqlite3-0', 'libmariadb3', 'libssl3', 'libboost-json1.81.0']) assert.ok(depends.includes(name), `${name} in ${depends}`);
  });
  it('is stripped, and hardened like other programs of Debian', { skip: has('readelf') ? false : 'no readelf' }, () => {
    for (const name of ['quarterdeck', 'qd']) {
      const program = join(folder, 'usr/bin', name);
      const sections = execFileSync('readelf', ['-SW', program], { encoding: 'utf8' });
      assert.doesNotMatch(sections, /\.symtab|\.debug_info/);
      assert.match(execFileSync('readelf', ['-hlW', program], { encoding: 'utf8' }), /DYN[^]*GNU_RELRO/);
    }
  });
  it('has no fault that lintian finds', { skip: has('lintian') ? false : 'no lintian' }, () => {
    const { stdout, stderr, status } = spawnSync('lintian', ['--allow-root', '--fail-on', 'error,warning', '--info', '--tag-display-limit', '0', DEB], { encoding: 'utf8', timeout: 300_000 });
    assert.equal(stdout, '');
    assert.equal(status, 0, stderr);
  });
  it('has a unit that systemd understands, closed as far as it says', { skip: has('systemd-analyze') ? false : 'no systemd-analyze' }, () => {
    const unit = join(folder, UNIT_FILE);
    const local = join(folder, 'quarterdeck.service');  // verify wants to see the program
    writeFileSync(local, readFileSync(unit, 'utf8').replaceAll('/usr/bin/quarterdeck', join(folder, 'usr/bin/quarterdeck')));
    assert.equal(spawnSync('systemd-analyze', ['verify', '--man=no', '--recursive-errors=no', local], { encoding: 'utf8' }).stderr, '');
    const security = spawnSync('systemd-analyze', ['security', '--offline=true', '--threshold=25', '--no-pager', local], { encoding: 'utf8' });
    assert.equal(security.status, 0, security.stdout + security.stderr);
  });
  it('has manual pages that render without a warning, and tell every option', { skip: has('man') ? false : 'no man' }, () => {
    for (const page of ['man8/quarterdeck.8.gz', 'man1/qd.1.gz']) {
      const { stdout, stderr } = spawnSync('man', ['--warnings=w', '-E', 'UTF-8', '-l', join(folder, 'usr/share/man', page)], { encoding: 'utf8', env: { ...process.env, MANWIDTH: '120', LC_ALL: 'C.UTF-8' } });
      assert.equal(stderr, '');
      const program = join(folder, 'usr/bin', page.split('/')[1].split('.')[0]);
      const help = ['', 'server', 'health', 'import-keys', 'hash-password'].map((verb) => spawnSync(program, [...(verb ? [verb] : []), '--help'], { encoding: 'utf8' }).stdout).join('');
      if (page.startsWith('man8')) for (const [option] of help.matchAll(/--[a-z-]+/g)) assert.ok(stdout.includes(option), `${option} in ${page}`);
      else for (const verb of ['jobs load', 'executions query', 'projects create', 'run']) assert.match(stdout, new RegExp(`qd ${verb} \\[OPTION`));
    }
  });
  for (const [shell, file] of [['bash', 'bash-completion/completions/qd'], ['zsh', 'zsh/vendor-completions/_qd'], ['fish', 'fish/vendor_completions.d/qd.fish']]) {
    it(`has completions that ${shell} reads`, { skip: has(shell) ? false : `no ${shell}` }, () => {
      const script = join(folder, 'usr/share', file);
      assert.match(readFileSync(script, 'utf8'), /executions/);
      execFileSync(shell, ['-n', script]);
    });
  }
});

const reason = noRootHere();
if (reason) console.log(`# the package is not installed here: ${reason}`);

describe('the package on a clean Debian', { skip: reason || false }, () => {
  let root, service, unit, port, clean;

  // Everything that could be left behind: files outside of the package manager's own books, and accounts.
  const state = () => root.run("find / -xdev -path /proc -prune -o -path /run -prune -o -path /var/cache -prune -o -path /var/lib/dpkg -prune -o -path /var/log -prune -o -path /var/lib/apt -prune -o -path /tmp -prune -o -path '/etc/*-' -o -printf '%p %y %m %u\\n' | sort; cat /etc/passwd /etc/group; ls /var/log");
  const qd = (command, options) => root.run(`qd ${command}`, { ...options, env: { RD_URL: `http://127.0.0.1:${port}`, RD_USER: 'admin', RD_PASSWORD: root.read(TOKEN_FILE).trim() } });
  const mode = (path) => root.run(`stat -c '%U:%G:%a' ${path}`).trim();
  const start = async () => {
    service = await Service.start(root, unit, { watchdog: 2000 });
    await service.hears(/^READY=1/);
  };

  before(async () => {
    root = DebianRoot.make(field('Depends'));
    port = await freePort();
    clean = state();
    copyFileSync(DEB, root.file('tmp/quarterdeck.deb'));
  });
  after(async () => { if (service?.child.exitCode === null) await service.stop(); });

  it('installs with what it depends on and nothing else', () => {
    const said = root.run('dpkg -i /tmp/quarterdeck.deb');
    assert.match(said, new RegExp(`log in as admin with the password in ${TOKEN_FILE}`));
    assert.ok(!said.includes(root.read(TOKEN_FILE).trim()), 'the password is told in no log');
    unit = root.read(UNIT_FILE);
  });

  it('gives secrets to the server and nobody else', () => {
    assert.equal(mode('/etc/rundeck'), 'root:rundeck:750');
    for (const name of ['rundeck-config.properties', 'framework.properties', 'realm.properties', 'admin.aclpolicy']) assert.equal(mode(`/etc/rundeck/${name}`), 'root:rundeck:640');
    assert.equal(mode(TOKEN_FILE), 'root:root:600');
    assert.equal(mode('/var/lib/rundeck'), 'rundeck:rundeck:750');
    assert.equal(mode('/var/lib/rundeck/.ssh'), 'rundeck:rundeck:700');
    assert.equal(mode('/var/log/rundeck'), 'rundeck:adm:2750');
    assert.match(root.run('getent passwd rundeck'), /:\/var\/lib\/rundeck:\/usr\/sbin\/nologin$/m);
  });

  it('starts as its unit says, and tells the service manager that it is ready and alive', async () => {
    root.run(`printf '\\nserver.port = ${port}\\nserver.address = 127.0.0.1\\n' >>/etc/rundeck/rundeck-config.properties`);
    assert.deepEqual(unitValues(unit, 'Type'), ['notify']);
    await start();
    await service.hears(/^WATCHDOG=1$/);
    await service.hears(/^WATCHDOG=1$/);
    assert.match(root.run(`quarterdeck health --url http://127.0.0.1:${port}`), /"status":"UP"/);
    assert.match(root.run('quarterdeck health', { env: { RDECK_CONFIG: '/etc/rundeck' } }), /"status":"UP"/);
    assert.match(root.read('/var/log/rundeck/service.log'), / info +cluster: /);
    assert.equal(mode('/var/log/rundeck/service.log'), 'rundeck:adm:640');
  });

  it('reads its configuration again', async () => {
    service.signal('SIGHUP');
    await service.hears(/^RELOADING=1 MONOTONIC_USEC=\d+/);
    await service.hears(/^READY=1/);
  });

  it('imports and runs a job', () => {
    qd('projects create -p demo');
    qd('jobs load -p demo -f /usr/share/doc/quarterdeck/examples/jobs/hello.yaml');
    const said = qd('run -p demo -j examples/hello -f -- -name Ada -mood friendly');
    assert.match(said, /Hello, Ada! This is a friendly greeting\./);
    assert.match(said, /See you, Ada!/);
  });

  it('does not let commands of jobs speak for the server', () => {
    assert.doesNotMatch(qd('adhoc -p demo -f -- env'), /NOTIFY_SOCKET|WATCHDOG/);
    assert.match(qd('adhoc -p demo -f -- id -un'), /^rundeck$/m);
  });

  it('stops when it is told to, and says so', async () => {
    assert.equal(await service.stop(), 0);
    assert.match(service.heard.join('\n'), /^STOPPING=1 .*EXTEND_TIMEOUT_USEC=\d{8}/m);
  });

  it('is upgraded: changed files stay, untouched ones are renewed, data is there', async () => {
    const folder = removeAtExit(mkdtempSync(join(tmpdir(), 'qd-package-')));
    execFileSync('dpkg-deb', ['-R', DEB, folder]);
    const edit = (name, change) => writeFileSync(join(folder, name), change(readFileSync(join(folder, name), 'utf8')));
    edit('DEBIAN/control', (text) => text.replace(/^(Version: .*)$/m, '$1+next'));
    for (const name of ['framework', 'rundeck-config']) edit(`etc/rundeck/${name}.properties`, (text) => `${text}# of the next version\n`);
    execFileSync('dpkg-deb', ['--root-owner-group', '-Zgzip', '-z1', '-b', folder, root.file('tmp/next.deb')]);
    const realm = root.read('/etc/rundeck/realm.properties');

    root.run('dpkg --force-confold -i /tmp/next.deb');
    assert.match(root.run('dpkg-query -W quarterdeck'), /\+next$/m);
    assert.match(root.read('/etc/rundeck/rundeck-config.properties'), new RegExp(`^server.port = ${port}$`, 'm'));
    assert.doesNotMatch(root.read('/etc/rundeck/rundeck-config.properties'), /of the next version/);
    assert.match(root.read('/etc/rundeck/framework.properties'), /of the next version/);
    assert.equal(mode('/etc/rundeck/framework.properties'), 'root:rundeck:640');
    assert.equal(root.read('/etc/rundeck/realm.properties'), realm);
    await start();
    assert.match(qd('executions query -p demo'), /examples\/hello/);
    assert.equal(await service.stop(), 0);
  });

  it('leaves configuration and data when it is removed', () => {
    root.run('dpkg -r quarterdeck');
    assert.ok(!root.exists('/usr/bin/quarterdeck'));
    assert.ok(!root.exists(UNIT_FILE));
    assert.ok(root.exists('/etc/rundeck/realm.properties'));
    assert.ok(statSync(root.file('/var/lib/rundeck/data')).isDirectory());
  });

  it('leaves nothing when it is purged', () => {
    root.run('dpkg -P quarterdeck');
    const [was, is] = [clean, state()].map((text) => text.split('\n'));
    assert.deepEqual({ left: is.filter((line) => !was.includes(line)), lost: was.filter((line) => !is.includes(line)) }, { left: [], lost: [] });
  });
});
