// any database
// Logins at a real directory (slapd), as JAAS files say.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ADMIN_PASSWORD, Server } from '../support/server.mjs';
import { freshDatabase } from '../support/databases.mjs';
import { MANAGER, Slapd, SUFFIX } from '../support/slapd.mjs';

const entry = (dn, attributes) => [`dn: ${dn}${dn ? ',' : ''}${SUFFIX}`, ...Object.entries(attributes).flatMap(([name, values]) => [values].flat().map((value) => `${name}: ${value}`))].join('\n');
const person = (uid, password, more = {}) => entry(`uid=${uid},ou=People`, { objectClass: 'inetOrgPerson', uid, cn: `${uid} Person`, sn: 'Person', userPassword: password, ...more });
const group = (cn, members) => entry(`cn=${cn},ou=Groups`, { objectClass: 'groupOfUniqueNames', cn, uniqueMember: members.map((member) => `${member},${SUFFIX}`) });
const user = (uid) => `uid=${uid},ou=People`;
const groupDn = (cn) => `cn=${cn},ou=Groups`;

const LDIF = [
  `dn: ${SUFFIX}\nobjectClass: dcObject\nobjectClass: organization\ndc: example\no: Example`,
  entry('ou=People', { objectClass: 'organizationalUnit', ou: 'People' }),
  entry('ou=Groups', { objectClass: 'organizationalUnit', ou: 'Groups' }),
  person('ann', 'ann secret', { givenName: 'Ann', mail: 'ann@example.com' }),
  person('bob', '{MD5}oCnQ34TrVUnGQeBKnvOJ5Q=='),
  person('root.two', 'many'),
  group('qd_ops', [user('ann')]),
  group('platform', [groupDn('qd_ops')]),
  group('company', [groupDn('platform'), groupDn('company')]),
  ...Array.from({ length: 12 }, (_, at) => group(`many-${at}`, [user('root.two')])),
  entry('cn=posix,ou=Groups', { objectClass: 'posixGroup', cn: 'posix', gidNumber: '5000', memberUid: 'ann' }),
].join('\n\n') + '\n';

let ldap;
before(async () => {
  ldap = await new Slapd(LDIF, { tls: true }).start();
});
after(() => ldap?.stop());

const options = (more = {}) => Object.entries({
  debug: 'true', contextFactory: 'com.sun.jndi.ldap.LdapCtxFactory', providerUrl: ldap.url, bindDn: MANAGER.dn, bindPassword: MANAGER.password,
  authenticationMethod: 'simple', forceBindingLogin: 'true', userBaseDn: `ou=People,${SUFFIX}`, userRdnAttribute: 'uid', userIdAttribute: 'uid',
  userObjectClass: 'inetOrgPerson', roleBaseDn: `ou=Groups,${SUFFIX}`, roleNameAttribute: 'cn', roleMemberAttribute: 'uniqueMember', roleObjectClass: 'groupOfUniqueNames', ...more,
}).filter(([, value]) => value !== undefined).map(([key, value]) => `    ${key}="${value}"`).join('\n');
const module = (name, flag, more) => `  com.dtolabs.rundeck.jetty.jaas.${name} ${flag}\n${options(more)};\n`;
const realm = '  org.rundeck.jaas.jetty.ReloadablePropertyFileLoginModule sufficient;\n';

// A server whose JAAS file holds these modules, then the realm file.
async function serverWith(modules, config = {}) {
  const server = new Server({ database: await freshDatabase(), config: { 'loginmodule.name': 'ldap', ...config } });
  const file = join(server.base, 'server/config/jaas-loginmodule.conf');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `ldap {\n${modules}};\n`);
  return server;
}
async function started(modules, config) {
  const server = await (await serverWith(modules, config)).start();
  return server.authorize();
}

async function rolesOf(server, login, password) {
  const { cookies, answer } = await server.login(login, password);
  if (/j_security_check/.test(answer.text)) return undefined;
  const roles = await server.api('GET', '/user/roles', { cookies, token: null });
  assert.equal(roles.status, 200, roles.text);
  return [...roles.json.roles].sort();
}

describe('logins at a directory', () => {
  let qd;
  before(async () => {
    qd = await started(module('JettyCachingLdapLoginModule', 'sufficient', { rolePrefix: 'qd_', nestedGroups: 'true', supplementalRoles: 'user, all', rolesPerPage: '4', cacheDurationMillis: '600000' }) + realm,
      { 'rundeck.security.syncLdapUser': 'true' });
  });
  after(() => qd?.stop());

  it('give the roles of groups, nested ones too, without prefix, and supplemental ones', async () => {
    assert.deepEqual(await rolesOf(qd, 'ann', 'ann secret'), ['all', 'company', 'ops', 'platform', 'user']);
  });

  it('page through more groups than the directory gives at once', async () => {
    assert.equal((await rolesOf(qd, 'root.two', 'many')).filter((role) => role.startsWith('many-')).length, 12);
  });

  it('refuse wrong and empty passwords, unknown users and filters', async () => {
    for (const [name, password] of [['ann', 'wrong'], ['ann', ''], ['nobody', 'x'], ['*', 'ann secret'], ['ann)(uid=*', 'ann secret'], ['', 'x']]) {
      assert.equal(await rolesOf(qd, name, password), undefined, `${name} / ${password}`);
    }
  });

  it('bring names and addresses into the profile', async () => {
    await rolesOf(qd, 'ann', 'ann secret');
    const profile = await qd.ok('GET', '/user/info/ann');
    assert.equal(profile.firstName, 'Ann');
    assert.equal(profile.lastName, 'Person');
    assert.equal(profile.email, 'ann@example.com');
  });

  it('fall back to the next module', async () => {
    assert.deepEqual(await rolesOf(qd, 'admin', ADMIN_PASSWORD), ['admin', 'user']);
  });

  it('are remembered for a while, when the directory is away, for the same password only', async () => {
    await rolesOf(qd, 'bob', 'mypass');
    await ldap.stop();
    try {
      assert.ok(await rolesOf(qd, 'bob', 'mypass'));
      assert.equal(await rolesOf(qd, 'bob', 'another'), undefined);
      assert.deepEqual(await rolesOf(qd, 'admin', ADMIN_PASSWORD), ['admin', 'user']);
    } finally {
      await ldap.start();
    }
    assert.doesNotMatch(qd.log(), /manager secret|ann secret/);
  });
});

describe('the directory', () => {
  it('is asked by ldaps and StartTLS, and its certificate is checked', async () => {
    const good = { caFile: ldap.caFile };
    const modules = module('JettyCachingLdapLoginModule', 'sufficient', { ...good, providerUrl: ldap.tlsUrl, supplementalRoles: 'by-ldaps' });
    const qd = await started(modules + realm);
    assert.ok((await rolesOf(qd, 'ann', 'ann secret')).includes('by-ldaps'));
    await qd.stop();

    const starttls = await started(module('JettyCachingLdapLoginModule', 'sufficient', { ...good, startTls: 'true', supplementalRoles: 'by-starttls' }) + realm);
    assert.ok((await rolesOf(starttls, 'ann', 'ann secret')).includes('by-starttls'));
    await starttls.stop();

    const distrusted = await started(module('JettyCachingLdapLoginModule', 'sufficient', { providerUrl: ldap.tlsUrl }) + realm);
    assert.equal(await rolesOf(distrusted, 'ann', 'ann secret'), undefined);
    await distrusted.stop();
  });

  it('checks by hash, by members\' names, and hands roles to a file', async () => {
    const roles = 'ldap-roles.properties';
    const modules = module('JettyCombinedLdapLoginModule', 'requisite', { forceBindingLogin: 'false', ignoreRoles: 'true', storePass: 'true', bindPassword: '${BIND}' })
      + `  org.rundeck.jaas.jetty.JettyRolePropertyFileLoginModule required useFirstPass="true" file="\${rdeck.base}/${roles}";\n`;
    const server = new Server({ database: await freshDatabase(), env: { JAAS_CONF: '', BIND: MANAGER.password, RDECK_JVM_OPTS: '-Dloginmodule.name=ldap -Dloginmodule.conf.name=mine.conf' } });
    mkdirSync(join(server.base, 'server/config'), { recursive: true });
    writeFileSync(join(server.base, 'server/config/mine.conf'), `ldap {\n${modules}};\n`);
    writeFileSync(join(server.base, roles), 'bob: -,from-file\n');
    await server.start();
    assert.deepEqual(await rolesOf(server, 'bob', 'mypass'), ['from-file']);
    assert.equal(await rolesOf(server, 'bob', 'other'), undefined);
    await server.stop();

    const posix = await started(module('JettyCachingLdapLoginModule', 'sufficient', { roleUsernameMemberAttribute: 'memberUid', roleObjectClass: 'posixGroup' }) + realm);
    assert.deepEqual(await rolesOf(posix, 'ann', 'ann secret'), ['posix']);
    await posix.stop();
  });

  it('keeps a server with a wrong JAAS file from starting, with file and line', async () => {
    const server = await serverWith('  com.dtolabs.rundeck.jetty.jaas.JettyCachingLdapLoginModule sufficient\n    providerUrl="ldap://x";\n');
    await assert.rejects(server.start(), /jaas-loginmodule\.conf:2: JettyCachingLdapLoginModule: needs the option userBaseDn/);
  });
});
