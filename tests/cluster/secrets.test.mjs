// Secure option values that go to another member: they arrive, and nowhere in the database can they be read.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { after, before, it } from 'node:test';
import { startCluster } from '../support/cluster.mjs';
import { ended, execution, newJob, newProject, run } from '../support/scenario.mjs';
import { until } from '../support/wait.mjs';

const secret = 'correct-horse-battery-9471';
const sha = createHash('sha256').update(secret).digest('hex');
const checking = {
  options: [{ name: 'opt', secure: true, valueExposed: true }, { name: 'open' }],
  steps: [`test "$(printf %s "$RD_OPTION_OPT" | sha256sum | cut -d' ' -f1)" = ${sha}`, 'test "$RD_OPTION_OPEN" = visible'],
  multipleExecutions: true,
};

// Everything that the database holds, as text.
function dump({ database }) {
  const { server } = database;
  return execFileSync('pg_dump', ['-h', '127.0.0.1', '-p', String(server.port), '-U', 'postgres', '--inserts', database.name], { encoding: 'latin1', maxBuffer: 1 << 28 });
}

let cluster;
let m1, m2;
const forward = () => ({ 'remoteExecution.policy': 'Preset', 'remoteExecution.config.uuid': m2.uuid });
before(async () => {
  cluster = await startCluster({ size: 2 });
  [m1, m2] = cluster.members;
  await cluster.policy(forward());
});
after(() => cluster?.stop());

it('arrive, sealed', async () => {
  const id = await newJob(m1, await newProject(m1), checking);
  const started = await run(m1, id, { options: { opt: secret, open: 'visible' } });
  const done = await ended(m1, started.id);
  assert.equal(done.status, 'succeeded');
  assert.equal(done.serverUUID, m2.uuid);
  const kept = dump(cluster);
  assert.ok(kept.includes('visible'), 'the plain option is there: the search finds what it looks for');
  assert.ok(kept.includes('INSERT INTO public.message'));
  for (const form of [secret, Buffer.from(secret).toString('base64').slice(0, 24), Buffer.from(secret).toString('hex')]) assert.equal(kept.includes(form), false, form);
});

// The first member gives runs to the second again, which it may have held for dead until just now.
async function reachable() {
  const id = await newJob(m1, await newProject(m1), { steps: ['true'] });
  const started = await until(async () => {
    const answer = await m1.api('POST', `/job/${id}/run`, { json: {} });
    return answer.status === 200 && answer.json;
  }, { what: 'a run that is given to the second member' });
  await ended(m1, started.id);
}

it('are not in the database while the execution waits for a member that hangs, and come back with it', async () => {
  const id = await newJob(m1, await newProject(m1), checking);
  m2.suspend();
  const started = await run(m1, id, { options: { opt: secret, open: 'visible' } });
  assert.equal((await execution(m1, started.id)).status, 'queued');
  assert.equal(dump(cluster).includes(secret), false);
  const done = await ended(m1, started.id);
  assert.equal(done.status, 'succeeded');
  assert.equal(done.serverUUID, m1.uuid);
  m2.resume();
  await cluster.settled();
});

it('come back when the member that they went to dies', async () => {
  const id = await newJob(m1, await newProject(m1), checking);
  await reachable();
  m2.suspend();
  const started = await run(m1, id, { options: { opt: secret, open: 'visible' } });
  await m2.kill();
  const done = await ended(m1, started.id);
  assert.equal(done.status, 'succeeded', JSON.stringify(done));
  await m2.again();
  await cluster.settled();
});

it('without encryption, such executions stay where they are', async () => {
  const plain = await startCluster({ size: 2, settings: { 'messaging.encryption.enabled': false } });
  try {
    const [first, second] = plain.members;
    await plain.policy({ 'messaging.encryption.enabled': false, ...forward() });
    const project = await newProject(first);
    const secure = await run(first, await newJob(first, project, checking), { options: { opt: secret, open: 'visible' } });
    assert.equal((await ended(first, secure.id)).serverUUID, first.uuid);
    const open = await run(first, await newJob(first, project, { steps: ['true'] }));
    assert.equal((await ended(first, open.id)).serverUUID, second.uuid);
    assert.equal(dump(plain).includes(secret), false);
  } finally {
    await plain.stop();
  }
});

it('a sender that dies does not leave the execution waiting for ever', async () => {
  await reachable();
  const id = await newJob(m1, await newProject(m1), { ...checking, steps: ['true'] });
  m2.suspend();
  const started = await run(m1, id, { options: { opt: secret, open: 'x' } });
  await m1.kill();
  m2.resume();
  await until(async () => !['queued', 'running'].includes((await execution(m2, started.id)).status), { what: 'the execution to end' });
  assert.equal((await execution(m2, started.id)).status, 'succeeded', 'its message was sent before');
  await m1.again();
});
