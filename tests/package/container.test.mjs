// The steps of packaging/container/Containerfile, one by one, in a root made by debootstrap: no container engine is needed. What only
// an engine does (layers, volumes, the signal) is not tested here.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, describe, it } from 'node:test';
import { ended } from '../support/cleanup.mjs';
import { freePort } from '../support/ports.mjs';
import { DebianRoot, childOf, noRootHere } from '../support/debian-root.mjs';
import { until, within } from '../support/wait.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const BUILT = join(ROOT, 'build/deb');
const packages = existsSync(BUILT) ? readdirSync(BUILT).filter((name) => /^quarterdeck_.*\.deb$/.test(name)) : [];
const reason = packages.length ? noRootHere() : 'there is no package in build/deb';
if (reason) console.log(`# the container file is not executed here: ${reason}`);

// [instruction, rest] of each step; lines that end with a backslash go on.
const steps = readFileSync(join(ROOT, 'packaging/container/Containerfile'), 'utf8').split('\n').filter((line) => !line.startsWith('#')).join('\n')
  .replaceAll('\\\n', ' ').split('\n').filter(Boolean).map((line) => /^(\S+) (.*)$/.exec(line).slice(1));
const value = (name) => steps.filter(([instruction]) => instruction === name).map(([, rest]) => rest).at(-1);
const words = (name) => JSON.parse(value(name)).map((word) => `'${word}'`).join(' ');
const environment = Object.fromEntries(value('ENV').split(' ').map((pair) => pair.split('=')));


describe('the container file', { skip: reason || false }, () => {
  let root, env, child, output = '';
  const as = (command) => `cd ${value('WORKDIR')} && exec setpriv --reuid 1000 --regid 0 --clear-groups ${command}`;

  before(async () => {
    // The root of the package's test, which has what the package depends on: one debootstrap serves both.
    root = DebianRoot.make(execFileSync('dpkg-deb', ['-f', join(BUILT, packages[0]), 'Depends'], { encoding: 'utf8' }).trim());
    env = { ...environment, HOME: '/home/rundeck', SERVER_PORT: `${await freePort()}`, QD_ADMIN_PASSWORD: 'of the container' };
  });
  after(async () => {
    if (!child || child.exitCode !== null) return;
    process.kill(childOf(child), 'SIGKILL');
    await ended(child);
  });

  it('starts from what this root is, and knows no step that this test does not', () => {
    assert.equal(steps[0].join(' '), 'FROM debian:bookworm-slim');
    assert.deepEqual(steps.map(([name]) => name).filter((name) => !/^(FROM|COPY|RUN|ENV|USER|WORKDIR|VOLUME|EXPOSE|STOPSIGNAL|HEALTHCHECK|ENTRYPOINT|CMD)$/.test(name)), []);
    assert.equal(value('USER'), '1000:0');
  });

  it('is built by its steps, with nothing in it that opens another container', () => {
    for (const [name, rest] of steps) {
      if (name === 'COPY') {
        assert.equal(rest, 'quarterdeck_*.deb /tmp/');
        for (const file of packages) copyFileSync(join(BUILT, file), root.file(`tmp/${file}`));
      } else if (name === 'RUN') {
        root.run(rest);
      }
    }
    assert.equal(root.run('ls -A /etc/rundeck /var/lib/apt/lists /tmp').match(/properties|password|deb/), null);
  });

  it('is well as its user, by its own health check', async () => {
    child = root.start(as(`${words('ENTRYPOINT')} ${words('CMD')}`), { env });
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => { output += text; });
    const check = JSON.parse(/CMD (\[.*\])$/.exec(value('HEALTHCHECK'))[1]).join(' ');
    await until(() => root.try(as(check), { env }).code === 0, { interval: 300, what: `the health check; the server said: ${output}` });
    assert.ok(existsSync(root.file('home/rundeck/server/data')));
    assert.match(root.run(as('qd system info'), { env: { ...env, RD_URL: `http://127.0.0.1:${env.SERVER_PORT}`, RD_USER: 'admin', RD_PASSWORD: env.QD_ADMIN_PASSWORD } }), /version/);
  });

  it('stops when it is told to, and is not well then', async () => {
    process.kill(childOf(child), value('STOPSIGNAL'));
    await within(ended(child), 30_000, 'the container to end');
    assert.equal(child.exitCode, 0, output);
    assert.equal(root.try(as('quarterdeck health'), { env }).code, 1);
  });
});
