// quarterdeck import: what a Rundeck's base folder and archives become, and what it says of the rest.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { executionXml, jobXml, rdlog } from '../support/archives.mjs';
import { removeAtExit } from '../support/cleanup.mjs';
import { request } from '../support/http.mjs';
import { lines, unique } from '../support/scenario.mjs';
import { ADMIN_PASSWORD, BINARY, Server } from '../support/server.mjs';
import { zip } from '../support/zip.mjs';

const policy = (description, group) => JSON.stringify({ description, context: { application: 'rundeck' }, by: { group }, for: { resource: [{ allow: 'read' }] } });
const inProject = JSON.stringify({ description: 'of the project', by: { group: 'ops' }, for: { job: [{ allow: 'read' }] } });
const quarterdeck = (args, env = {}) => new Promise((resolve) => {
  execFile(BINARY, args, { env: { PATH: process.env.PATH, HOME: tmpdir(), QD_ADMIN_PASSWORD: ADMIN_PASSWORD, ...env }, timeout: 60_000 }, (error, out, err) => resolve({ code: error?.code ?? 0, out, err }));
});

let rundeck, server, base, first;
const uuid = unique('job');
before(async () => {
  rundeck = removeAtExit(mkdtempSync(join(tmpdir(), 'qd-rundeck-')));
  base = removeAtExit(mkdtempSync(join(tmpdir(), 'quarterdeck-')));
  const archive = join(rundeck, 'shop.jar');
  const files = {
    'etc/framework.properties': 'framework.server.name=old-name\nframework.projects.dir=/var/rundeck/projects\n',
    'etc/ops.aclpolicy': policy('ops', 'ops'),
    'etc/broken.aclpolicy': 'description: only this',
    'server/config/rundeck-config.properties': 'dataSource.url=jdbc:h2:file:/x\nrundeck.gui.title=Our Rundeck\nrundeck.web.jetty.servlet.initParams.x=1\nserver.port=4441\n',
    'server/config/realm.properties': 'admin:secret,user,admin\nann:MD5:5ebe2294ecd0e0f08eab7690d2a6ee69,user,ops\n',
    'server/config/jaas-ldap.conf': 'ldap {\n};\n',
    'projects/shop/etc/project.properties': `project.name=shop\nproject.label=The shop\nresources.source.1.type=file\nresources.source.1.config.file=${rundeck}/projects/shop/etc/resources.yaml\nresources.source.1.config.format=resourceyaml\n`,
    'projects/shop/etc/resources.yaml': 'db1:\n  nodename: db1\n  hostname: db1.example.com\n',
    'projects/shop/acls/own.aclpolicy': inProject,
    'projects/shop/etc/scm-export.properties': 'scm.export.type=git-export\nscm.export.enabled=true\nscm.export.username=ann\nscm.export.roles.count=1\nscm.export.roles.0=ops\nscm.export.config.dir=/x\nscm.export.config.url=https://git.example.com/shop.git\nscm.export.config.branch=main\n',
    'projects/shop/etc/scm-import.properties': 'scm.import.enabled=true\n',
    'projects/shop/readme.md': '# The shop',
    'var/storage/content/keys/web/pass': 'the password',
    'var/storage/meta/keys/web/pass': JSON.stringify({ 'Rundeck-content-type': 'application/x-rundeck-data-password', 'Rundeck-data-type': 'password' }),
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(rundeck, path)), { recursive: true });
    writeFileSync(join(rundeck, path), text);
  }
  writeFileSync(archive, zip({ 'META-INF/MANIFEST.MF': 'Manifest-Version: 1.0\r\nRundeck-Archive-Project-Name: shop\r\n', 'rundeck-shop/jobs/job-1.xml': jobXml({ uuid, name: 'deploy' }), 'rundeck-shop/executions/execution-5.xml': executionXml({ id: 5, jobId: uuid }), 'rundeck-shop/executions/output-5.rdlog': rdlog('from before'), 'rundeck-shop/jobs/job-2.xml': '<broken' }));
  first = await quarterdeck(['import', '--base', base, '--from', rundeck, '--archive', archive]);
  server = new Server({ base });
  await server.start();
  await server.authorize();
});
after(() => server?.stop());

const row = (text, pattern) => assert.match(text, new RegExp(`^${pattern}`, 'm'));

describe('quarterdeck import', () => {
  it('says what it took, and what it did not', () => {
    assert.equal(first.code, 1, first.err + first.out);
    row(first.out, 'taken +user +ann$');
    row(first.out, 'there already +user +admin');
    row(first.out, 'taken +policy +ops.aclpolicy');
    row(first.out, 'NOT TAKEN +policy +broken.aclpolicy +it does not hold until');
    row(first.out, 'taken +setting +rundeck.gui.title');
    row(first.out, 'NOT TAKEN +setting +dataSource.url');
    row(first.out, 'NOT TAKEN +setting +server.port');
    row(first.out, 'NOT TAKEN +setting +rundeck.web.jetty.servlet.initParams.x +has no effect');
    row(first.out, 'taken +logins +jaas-ldap.conf +set loginmodule.conf.name=jaas-ldap.conf');
    row(first.out, 'taken +project +shop');
    row(first.out, 'taken +file +shop/etc/resources.yaml');
    row(first.out, 'taken +policy +shop/own.aclpolicy');
    row(first.out, 'taken +scm +shop +export, git-export');
    row(first.out, 'NOT TAKEN +scm +shop +etc/scm-import.properties: There is no scm.import.type');
    row(first.out, 'taken +key +keys/web/pass');
    row(first.out, 'taken +archive +.*shop.jar +into project shop: 1 jobs, 1 executions');
    row(first.out, 'NOT TAKEN +job +shop +jobs/job-2.xml');
    row(first.out, '\\d+ taken, \\d+ there already, \\d+ not taken');
    assert.ok(!first.out.includes('the password') && !first.out.includes('MD5:'), 'no secret is shown');
  });

  it('lets a server go on with it', async () => {
    const project = await server.ok('GET', '/project/shop');
    assert.equal(project.config['project.label'], 'The shop');
    const scm = await server.ok('GET', '/project/shop/scm/export/config');
    assert.deepEqual([scm.type, scm.enabled, scm.config.url], ['git-export', true, 'https://git.example.com/shop.git']);
    assert.equal(project.config['resources.source.1.config.file'], join(base, 'projects/shop/etc/resources.yaml'));
    assert.ok((await server.ok('GET', '/project/shop/resources')).db1);
    assert.equal((await server.ok('GET', '/project/shop/readme.md')).contents, '# The shop');
    assert.deepEqual((await server.ok('GET', '/project/shop/acl/')).resources.map((one) => one.name), ['own.aclpolicy']);
    assert.equal((await server.ok('GET', `/job/${uuid}/info`)).name, 'deploy');
    const [ran] = (await server.ok('GET', '/project/shop/executions')).executions;
    assert.deepEqual(await lines(server, ran.id), ['from before']);
    assert.equal((await server.ok('GET', '/storage/keys/web/pass')).meta['Rundeck-data-type'], 'password');
    const login = await request(server.url, 'POST', '/j_security_check', { form: { j_username: 'ann', j_password: 'secret' } });
    assert.ok(![401, 403].includes(login.status) && !/user\/error/.test(login.headers.location ?? ''), `${login.status} ${login.headers.location}`);
    assert.match(readFileSync(join(base, 'server/config/rundeck-config.properties'), 'utf8'), /^rundeck.gui.title=Our Rundeck$/m);
    assert.equal(statSync(join(base, 'server/config/jaas-ldap.conf')).mode & 0o077, 0);
  });

  it('can be repeated, and refuses to run beside a server', async () => {
    const beside = await quarterdeck(['import', '--base', base, '--from', rundeck]);
    assert.notEqual(beside.code, 0);
    assert.match(beside.err, /cannot start/);
    await server.stop();
    const again = await quarterdeck(['import', '--base', base, '--from', rundeck]);
    row(again.out, 'there already +user +ann');
    row(again.out, 'there already +project +shop');
    row(again.out, 'there already +key +keys/web/pass');
    row(again.out, 'there already +setting +rundeck.gui.title');
    await server.start();
  });

  it('puts what it takes over the defaults of a folder that it makes itself', async () => {
    const from = removeAtExit(mkdtempSync(join(tmpdir(), 'qd-rundeck-')));
    const to = removeAtExit(mkdtempSync(join(tmpdir(), 'quarterdeck-')));
    const own = policy('admins of ours', 'admin');
    const files = {
      'etc/framework.properties': 'framework.server.name=old-name\n',
      'etc/admin.aclpolicy': own,
      'server/config/rundeck-config.properties': 'rundeck.api.tokens.duration.max=7d\n',
      'server/config/realm.properties': 'admin:MD5:5ebe2294ecd0e0f08eab7690d2a6ee69,user,admin\n',
    };
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(from, path)), { recursive: true });
      writeFileSync(join(from, path), text);
    }
    const made = await quarterdeck(['import', '--base', to, '--from', from], { QD_ADMIN_PASSWORD: '' });
    assert.equal(made.code, 0, made.err + made.out);
    row(made.out, 'taken +user +admin$');
    row(made.out, 'taken +policy +admin.aclpolicy');
    row(made.out, 'taken +setting +rundeck.api.tokens.duration.max');
    row(made.out, 'there already +setting +framework.server.name');
    assert.doesNotMatch(made.out, /with password/);
    assert.equal(readFileSync(join(to, 'etc/admin.aclpolicy'), 'utf8'), own);
    assert.match(readFileSync(join(to, 'server/config/realm.properties'), 'utf8'), /^admin=MD5\\?:5ebe/m);
    const settings = readFileSync(join(to, 'server/config/rundeck-config.properties'), 'utf8');
    assert.deepEqual(settings.match(/^rundeck\.api\.tokens\.duration\.max.*$/gm), ['rundeck.api.tokens.duration.max=7d']);
    const again = await quarterdeck(['import', '--base', to, '--from', from], { QD_ADMIN_PASSWORD: '' });
    row(again.out, 'there already +user +admin');
    row(again.out, 'there already +policy +admin.aclpolicy');
  });

  it('needs something to import', async () => {
    assert.equal((await quarterdeck(['import', '--base', base])).code, 2);
  });
});
