// The members of a local cluster: their configuration, as a cluster on real hosts has it, and their processes.
import { randomUUID } from 'node:crypto';
import { cpSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { giveTo, makeFolder } from './place.mjs';
import { until } from './processes.mjs';
import { portFor } from './services.mjs';

export const nameOf = (number) => `member${number}`;

// The six parts of a cluster: database, balancer, log storage, authentication, resource model, takeover. The first and the
// last three live in the database that all members share.
function configuration(state, secrets) {
  return `# Written by ./dev cluster.
rundeck.clusterMode.enabled = true
grails.serverURL = http://127.0.0.1:${state.balancer}

dataSource.url = jdbc:postgresql://127.0.0.1:${state.postgresql}/quarterdeck
dataSource.username = postgres

rundeck.execution.logs.fileStoragePlugin = org.rundeck.amazon-s3
rundeck.execution.logs.fileStorage.checkpoint.time.minimum = 2s
rundeck.execution.logs.fileStorage.checkpoint.time.interval = 2s
quarterdeck.storage.password = ${secrets.storage}

rundeck.clusterMode.heartbeat.interval = 1
rundeck.clusterMode.heartbeat.delay = 0.1
rundeck.clusterMode.heartbeat.considerInactive = 5
rundeck.clusterMode.heartbeat.considerDead = 10
rundeck.clusterMode.autotakeover.enabled = true
rundeck.clusterMode.autotakeover.delay = 0
rundeck.clusterMode.autotakeover.sleep = 2
rundeck.clusterMode.recoverExecutions.delay = 0
rundeck.clusterMode.remoteExecution.policy = RoundRobin
`;
}

function framework(state, number) {
  const s3 = 'framework.plugin.ExecutionFileStorage.org.rundeck.amazon-s3';
  return `# Written by ./dev cluster.
framework.server.name = ${nameOf(number)}
rundeck.server.uuid = ${state.members[number].uuid}
${s3}.endpoint = http://127.0.0.1:${state.s3}
${s3}.pathStyle = true
${s3}.bucket = logs
${s3}.region = us-east-1
${s3}.AWSAccessKeyId = S3RVER
${s3}.AWSSecretKey = S3RVER
`;
}

export async function chooseMembers(processes, count) {
  const { state } = processes;
  state.members ??= {};
  for (let number = 1; number <= count; number += 1) {
    const known = state.members[number] ?? { uuid: `${String(number).repeat(8)}${randomUUID().slice(8)}` };
    state.members[number] = { ...known, port: await portFor(processes, nameOf(number), known.port) };
  }
}

export function configureMember(processes, user, number) {
  const { state, folder } = processes;
  const base = makeFolder(join(folder, nameOf(number)), user);
  for (const part of ['etc', 'server', 'server/config']) makeFolder(join(base, part), user);
  writeFileSync(join(base, 'server/config/rundeck-config.properties'), configuration(state, state.secrets), { mode: 0o600 });
  writeFileSync(join(base, 'etc/framework.properties'), framework(state, number), { mode: 0o600 });
  giveTo(user, base);
}

// The binary is copied, so that a build does not change what runs, and a closed checkout does not matter.
export function copyBinaries(processes, user, build) {
  for (const name of ['quarterdeck', 'qd']) {
    const target = join(processes.folder, name);
    cpSync(join(build, name), `${target}.new`);
    renameSync(`${target}.new`, target);
  }
  giveTo(user, processes.folder);
}

export async function startMember(processes, user, number) {
  const { state, folder } = processes;
  if (processes.how(nameOf(number)) !== 'gone') return;
  const args = ['server', '--base', join(folder, nameOf(number)), '--address', '127.0.0.1', '--port', `${state.members[number].port}`];
  const environment = { PATH: process.env.PATH, LANG: 'C.UTF-8', HOME: folder, QD_ADMIN_PASSWORD: state.secrets.admin };
  processes.start(nameOf(number), [join(folder, 'quarterdeck'), ...args], { ...user, env: environment });
  await until(async () => {
    if (processes.how(nameOf(number)) === 'gone') throw new Error(`${nameOf(number)} ended at its start:\n${processes.tail(nameOf(number))}`);
    return healthy(state.members[number].port);
  }, `the first answer of ${nameOf(number)} (${folder}/${nameOf(number)}.log)`);
}

async function healthy(port) {
  const answer = await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(5000) }).catch(() => undefined);
  await answer?.arrayBuffer();
  return answer?.status === 200;
}

// Members as the cluster sees them, asked of one that answers; undefined when none does.
export async function seenMembers(state) {
  for (const { port } of Object.values(state.members)) {
    if (!(await healthy(port))) continue;
    const answer = await ask(state, port, 'GET', '/api/59/cluster/members').catch(() => undefined);
    if (answer) return answer;
  }
  return undefined;
}

// A request as admin; logs in first.
async function ask(state, port, method, path, body, type = 'application/json') {
  const origin = `http://127.0.0.1:${port}`;
  const signal = AbortSignal.timeout(60_000);
  const form = new URLSearchParams({ j_username: 'admin', j_password: state.secrets.admin });
  const login = await fetch(`${origin}/j_security_check`, { method: 'POST', body: form, redirect: 'manual', signal });
  const cookie = login.headers.getSetCookie().find((text) => text.startsWith('JSESSIONID='))?.split(';')[0];
  if (!cookie) throw new Error(`login as admin failed with ${login.status}`);
  const headers = { Cookie: cookie, Origin: origin, Accept: 'application/json', ...(body ? { 'Content-Type': type } : {}) };
  const answer = await fetch(`${origin}${path}`, { method, headers, body, signal });
  const text = await answer.text();
  await fetch(`${origin}/user/logout`, { headers: { Cookie: cookie }, redirect: 'manual', signal });
  return { status: answer.status, text, json: () => JSON.parse(text) };
}

export async function seed(state, jobs) {
  const ports = Object.values(state.members).map((member) => member.port);
  const [port] = ports;
  const made = await ask(state, port, 'POST', '/api/59/projects', JSON.stringify({ name: 'demo', description: 'What make cluster made' }));
  if (made.status !== 201 && made.status !== 409) throw new Error(`the project cannot be made: ${made.text}`);
  const loaded = await ask(state, port, 'POST', '/api/59/project/demo/jobs/import?fileformat=yaml&dupeOption=update', jobs, 'application/yaml');
  const failed = loaded.status === 200 ? loaded.json().failed : [loaded.text];
  if (failed.length) throw new Error(`the jobs cannot be loaded: ${JSON.stringify(failed)}`);
  // Each member owns some.
  const scheduled = (await ask(state, port, 'GET', '/api/59/scheduler/jobs')).json();
  for (const [index, { id }] of scheduled.entries()) {
    await ask(state, ports[index % ports.length], 'PUT', '/api/59/scheduler/takeover', JSON.stringify({ server: { all: true }, jobs: [{ id }] }));
  }
}
