// ./dev cluster: PostgreSQL, an S3 server, three members and HAProxy on the loopback, all state in one folder.
import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { chooseMembers, configureMember, copyBinaries, nameOf, seed, seenMembers, startMember } from './members.mjs';
import { ROOT, makeFolder, place } from './place.mjs';
import { Processes } from './processes.mjs';
import { startHaproxy, startPostgreSql, startS3 } from './services.mjs';

const MEMBERS = 3;
const HELP = `./dev cluster [COMMAND]

  (nothing)        start everything, and stop it with Ctrl-C
  up               start everything, or what is missing of it, and come back
  status           processes, and the members as the cluster sees them
  kill MEMBER      kill -9 a member; MEMBER is 1, 2 or 3
  pause MEMBER     stop its process, as a host that hangs would; resume MEMBER goes on
  start MEMBER     start a member that is gone
  stop MEMBER      stop a member cleanly
  down             stop everything; what it kept is there at the next up
  remove           the same, and remove the folder

Environment: QD_CLUSTER_DIR (default .cluster), QD_BUILD (default build/release), QD_ADMIN_PASSWORD (at the first up).`;

const { folder, user } = place();
const processes = new Processes(folder);
const { state } = processes;
const members = () => Object.keys(state.members ?? {}).map(Number);
const url = () => `http://127.0.0.1:${state.balancer}`;

function numberOf(text) {
  const number = Number(String(text ?? '').replace(/^member/, ''));
  if (members().includes(number)) return number;
  throw new Error(members().length ? `which member? ${members().join(', ')}, not '${text ?? ''}'` : 'there is no cluster: ./dev cluster up');
}

async function up() {
  makeFolder(folder, user);
  state.secrets ??= { admin: process.env.QD_ADMIN_PASSWORD || randomBytes(9).toString('base64url'), storage: randomBytes(24).toString('hex') };
  await chooseMembers(state, MEMBERS);
  processes.save();
  console.error('starting PostgreSQL and an S3 server');
  await Promise.all([startPostgreSql(processes, user), startS3(processes, user)]);
  copyBinaries(processes, user, process.env.QD_BUILD ?? join(ROOT, 'build/release'));
  await startHaproxy(processes, user);
  for (const number of members()) {
    console.error(`starting ${nameOf(number)}`);
    configureMember(processes, user, number);
    await startMember(processes, user, number);
  }
  if (!state.seeded) {
    await seed(state, readFileSync(join(ROOT, 'examples/cluster/jobs.yaml'), 'utf8'));
    state.seeded = true;
  }
  processes.save();
  console.log(`\nThe cluster is at ${url()}   user admin, password ${state.secrets.admin}`);
  console.log(`Its schedules run in project demo. Watch them move: open ${url()}/system/cluster, then ./dev cluster kill 2`);
}

async function down() {
  processes.reload();
  await processes.end('haproxy', 'SIGUSR1', 2000);
  await Promise.all(members().map((number) => processes.end(nameOf(number))));
  await Promise.all([processes.end('s3'), processes.end('postgresql', 'SIGINT')]);
}

async function status() {
  if (!members().length) {
    console.log('There is no cluster here: ./dev cluster up');
    return;
  }
  console.log(`folder ${folder}\nurl    ${url()}   user admin, password ${state.secrets.admin}\n`);
  for (const name of ['postgresql', 's3', 'haproxy', ...members().map(nameOf)]) {
    console.log(`${name.padEnd(11)} ${processes.how(name).padEnd(8)} ${processes.pid(name) ?? ''}`);
  }
  const seen = await seenMembers(state);
  if (!seen) return;
  console.log('\nas the cluster sees them:');
  for (const member of seen.json().members) {
    console.log(`${member.name.padEnd(11)} ${member.state.padEnd(8)} ${member.executionMode.padEnd(8)} ${member.schedules} schedules, ${member.vitals.runningExecutions} running, last beat ${(member.lastBeatAge / 1000).toFixed(1)} s ago`);
  }
}

async function foreground() {
  const stopped = new Promise((resolve) => ['SIGINT', 'SIGTERM', 'SIGHUP'].forEach((signal) => process.once(signal, resolve)));
  const keep = setInterval(() => {}, 60_000);
  try {
    await Promise.race([up().then(() => console.log('Ctrl-C stops it. In another terminal: ./dev cluster status|kill 2|start 2|pause 3|resume 3')), stopped]);
    await stopped;
  } finally {
    clearInterval(keep);
    console.error('\nstopping');
    await down();
  }
}

const signalled = (signal, done) => (member) => {
  const name = nameOf(numberOf(member));
  if (!processes.signal(name, signal)) throw new Error(`${name} does not run: ./dev cluster start ${member}`);
  console.log(`${name} is ${done}`);
};

const commands = {
  '': foreground,
  up,
  down,
  status,
  remove: async () => {
    await down();
    rmSync(folder, { recursive: true, force: true });
  },
  kill: signalled('SIGKILL', 'killed'),
  pause: signalled('SIGSTOP', 'paused'),
  resume: signalled('SIGCONT', 'going on'),
  start: async (member) => startMember(processes, user, numberOf(member)),
  stop: async (member) => processes.end(nameOf(numberOf(member))),
  help: () => console.log(HELP),
};

const [name = '', argument] = process.argv.slice(2);
const command = commands[name.replace(/^(-h|--help)$/, 'help')];
if (!command) {
  console.error(`no command '${name}'\n\n${HELP}`);
  process.exit(2);
}
try {
  await command(argument);
} catch (error) {
  console.error(`cluster: ${error.message}`);
  process.exitCode = 1;
}
