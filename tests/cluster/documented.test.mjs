// The configuration that docs/cluster.md shows for the six parts of a cluster, as it stands in examples/cluster/member: three
// members start on those files, with nothing changed but addresses and secrets, and each part does what it is for.
import assert from 'node:assert/strict';
import http from 'node:http';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { freshDatabase } from '../support/databases.mjs';
import { adhoc, ended, job, newProject, output, importJobs } from '../support/scenario.mjs';
import { BUCKET, KEY, startS3 } from '../support/s3.mjs';
import { Server } from '../support/server.mjs';
import { MANAGER, Slapd, SUFFIX } from '../support/slapd.mjs';
import { uuidOf } from '../support/cluster.mjs';
import { until } from '../support/wait.mjs';

const FOLDER = new URL('../../examples/cluster/member/', import.meta.url);
const entry = (dn, attributes) => [`dn: ${dn},${SUFFIX}`, ...Object.entries(attributes).map(([name, value]) => `${name}: ${value}`)].join('\n');
const LDIF = [
  `dn: ${SUFFIX}\nobjectClass: dcObject\nobjectClass: organization\ndc: example\no: Example`,
  entry('ou=People', { objectClass: 'organizationalUnit', ou: 'People' }),
  entry('ou=Groups', { objectClass: 'organizationalUnit', ou: 'Groups' }),
  entry('uid=ann,ou=People', { objectClass: 'inetOrgPerson', uid: 'ann', cn: 'Ann', sn: 'Ann', userPassword: 'ann secret' }),
  entry('cn=admin,ou=Groups', { objectClass: 'groupOfUniqueNames', cn: 'admin', uniqueMember: `uid=ann,ou=People,${SUFFIX}` }),
].join('\n\n') + '\n';

// The file with other addresses; each must be in it.
function file(name, changes) {
  let text = readFileSync(new URL(name, FOLDER), 'utf8');
  for (const [from, to] of Object.entries(changes)) {
    assert.ok(text.includes(from), `${name} does not hold "${from}"`);
    text = text.replaceAll(from, to);
  }
  return text;
}

let database, s3, ldap, inventory, project;
const members = [];

async function addMember(index) {
  const server = new Server({
    env: {
      QD_DATABASE_PASSWORD: database.password ?? '', QD_STORAGE_PASSWORD: 'one for all members', QD_LDAP_PASSWORD: MANAGER.password,
      AWS_ACCESS_KEY_ID: KEY, AWS_SECRET_ACCESS_KEY: KEY,
    },
  });
  const write = (path, text) => {
    mkdirSync(join(server.base, path, '..'), { recursive: true });
    writeFileSync(join(server.base, path), text);
  };
  const provider = 'framework.plugin.ExecutionFileStorage.com.rundeck.rundeckpro.amazon-s3';
  write('server/config/rundeck-config.properties', file('rundeck-config.properties', {
    'jdbc:postgresql://db.example.com:5432/quarterdeck': database.url,
    'dataSource.username = quarterdeck': `dataSource.username = ${database.username}`,
  }));
  write('etc/framework.properties', file('framework.properties', {
    member1: `member${index}`, '11111111-0000-4000-8000-000000000000': uuidOf(index), 'quarterdeck-logs': BUCKET, 'eu-central-1': 'us-east-1',
  }) + `${provider}.endpoint = ${s3.endpoint}\n${provider}.pathStyle = true\n`);
  write('server/config/jaas-loginmodule.conf', file('jaas-loginmodule.conf', { 'ldap://ldap.example.com:389': ldap.url }));
  await server.start();
  server.uuid = uuidOf(index);
  members.push(server);
}

before(async () => {
  database = await freshDatabase({ kind: 'postgresql' });
  [s3, ldap] = [await startS3(), await new Slapd(LDIF).start()];
  inventory = http.createServer((_, response) => response.setHeader('Content-Type', 'text/yaml').end('web1:\n  hostname: web1.example.com\n  tags: web\n'));
  await new Promise((resolve) => inventory.listen(0, '127.0.0.1', resolve));
  for (const index of [1, 2, 3]) await addMember(index);
  await members[0].authorize();
  for (const one of members) one.token = members[0].token;
  await until(async () => (await members[0].ok('GET', '/cluster/members')).members.filter((one) => one.state === 'active').length === 3, { what: 'three active members' });
  const nodes = Object.fromEntries(file('project.properties', { 'https://inventory.example.com/nodes.yaml': `http://127.0.0.1:${inventory.address().port}/nodes.yaml` }).split('\n').filter((line) => line.includes(' = ')).map((line) => line.split(' = ')));
  project = await newProject(members[0], nodes);
});
after(async () => {
  for (const one of members) if (one.alive) await one.stop();
  await s3?.stop();
  await ldap?.stop();
  inventory?.close();
});

describe('members that are configured as docs/cluster.md shows', () => {
  it('1: share a database: what one writes the others have', async () => {
    for (const one of members) assert.equal((await one.ok('GET', `/project/${project}`)).name, project);
    await members[1].ok('POST', '/storage/keys/shared', { body: 'secret', type: 'application/x-rundeck-data-password', status: 201 });
    assert.equal((await members[2].ok('GET', '/storage/keys/shared')).path, 'keys/shared');
  });

  it('2: name the balancer in links', async () => {
    for (const one of members) assert.match((await one.ok('GET', `/project/${project}`)).url, /^https:\/\/quarterdeck\.example\.com\//);
  });

  it('3: store logs where all members read them', async () => {
    const id = await adhoc(members[0], project, 'echo to be stored');
    await ended(members[0], id);
    await until(() => s3.keys().some((key) => key === `logs/${project}/${id}.rdlog`), { timeout: 60_000, what: 'the log in the bucket' });
    for (const one of members) assert.deepEqual((await output(one, id)).entries.map((entry) => entry.log), ['to be stored']);
  });

  it('4: know the same people', async () => {
    for (const one of members) {
      const { cookies } = await one.login('ann', 'ann secret');
      assert.deepEqual((await one.raw('GET', '/api/59/user/roles', { cookies, token: null })).json.roles, ['admin']);
      assert.match((await one.login('ann', 'wrong')).answer.text, /j_security_check/);
    }
  });

  it('5: see the same nodes', async () => {
    await members[0].ok('POST', `/project/${project}/source/2/resources`, { body: 'db1:\n  hostname: db1.example.com\n', type: 'text/yaml' });
    for (const one of members) {
      await until(async () => {
        const names = Object.keys(await one.ok('GET', `/project/${project}/resources`));
        return names.includes('web1') && names.includes('db1');
      }, { what: 'both nodes' });
    }
  });

  it('6: take over what a dead one owned', async () => {
    const [id] = (await importJobs(members[2], project, [job({ steps: ['true'], schedule: { crontab: '0 30 5 ? * * *' } })])).succeeded.map((one) => one.id);
    const owners = async () => (await members[0].ok('GET', `/scheduler/server/${members[2].uuid}/jobs`)).map((one) => one.id);
    assert.deepEqual(await owners(), [id]);
    await members[2].kill();
    await until(async () => (await owners()).length === 0, { what: 'the takeover' });
    const kinds = (await members[0].ok('GET', '/cluster/events')).events.map((one) => one.kind);
    assert.ok(kinds.includes('takeover.done'), kinds.join(' '));
  });
});
