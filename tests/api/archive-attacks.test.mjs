// Archives that somebody made to do harm: they lead out of their folder, grow, nest, or carry in what their sender may
// not write himself.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { startServer } from '../support/server.mjs';
import { ended, importJobs, job, newJob, newProject, runToEnd, unique } from '../support/scenario.mjs';
import { executionXml, importArchive, jobXml, rdlog } from '../support/archives.mjs';
import { upload } from '../support/http.mjs';
import { unzip, zip } from '../support/zip.mjs';

const MiB = 1 << 20;
let qd;
const tokens = {};
let project;
before(async () => {
  qd = await startServer({ config: { 'quarterdeck.archive.maxSize': '2M', 'quarterdeck.archive.maxUnpacked': '20M' } });
  project = await newProject(qd);
  const application = (group, allow, more = {}) => ({ description: group, context: { application: 'rundeck' }, by: { group }, for: { project: [{ equals: { name: project }, allow }], ...more } });
  const inside = (group, rules) => ({ description: group, context: { project }, by: { group }, for: rules });
  const policies = [
    application('importer', ['read', 'import']),
    application('exporter', ['read', 'export']),
    application('configurer', ['read', 'import', 'configure']),
    application('creator', ['read', 'import'], { project_acl: [{ equals: { name: project }, allow: ['read', 'create'] }] }),
    inside('creator', { resource: [{ equals: { kind: 'job' }, allow: 'create' }], job: [{ match: { name: 'mine.*' }, allow: ['create', 'update', 'read'] }] }),
    application('reader', ['read']),
  ];
  await qd.ok('POST', '/system/acl/people.aclpolicy', { json: { contents: policies.map((one) => JSON.stringify(one)).join('\n---\n') }, status: 201 });
  for (const who of ['importer', 'exporter', 'configurer', 'creator', 'reader']) tokens[who] = (await qd.ok('POST', '/tokens', { json: { user: who, roles: [who] }, status: 201 })).token;
});
after(() => qd?.stop());

const archivesFolder = () => join(qd.base, 'var/archives');
const refused = async (files, options = {}) => {
  const archive = Buffer.isBuffer(files) ? files : zip(files, options);
  const answer = await importArchive(qd, project, archive, { query: { importConfig: true, importACL: true } });
  assert.equal(answer.status, 400, answer.text);
  return answer.json.message;
};
const jobs = async () => (await qd.ok('GET', `/project/${project}/jobs`)).map((one) => one.name);

describe('an archive', () => {
  for (const name of ['../../evil.xml', 'rundeck-x/../../../evil', '/tmp/qd-evil-archive', 'rundeck-x\\..\\..\\evil', 'rundeck-x/jobs/../../../job-evil.xml', '..']) {
    it(`with the name ${JSON.stringify(name)} is refused whole`, async () => {
      const message = await refused({ 'rundeck-x/jobs/job-good.xml': jobXml({ name: 'before-evil' }), [name]: jobXml({ name: 'evil' }) });
      assert.match(message, /would lie outside of the archive/);
      assert.deepEqual((await jobs()).filter((one) => /evil/.test(one)), [], 'nothing of it was taken');
      assert.ok(!existsSync('/tmp/qd-evil-archive'));
      assert.deepEqual(readdirSync(archivesFolder()), [], 'nothing is left of it');
    });
  }

  it('with a link is refused', async () => {
    const archive = zip({ 'rundeck-x/files/readme.md': '/etc/passwd' });
    const at = archive.lastIndexOf(Buffer.from([0x50, 0x4b, 1, 2]));
    archive.writeUInt16LE(0x031e, at + 4);  // made on Unix
    archive.writeUInt32LE(0o120777 * 65536, at + 38);
    assert.match(await refused(archive), /neither file nor folder/);
  });

  it('that is small, and large unpacked, is refused', async () => {
    const bomb = zip({ 'rundeck-x/executions/execution-1.xml': executionXml({ id: 1 }), 'rundeck-x/executions/output-1.rdlog': Buffer.alloc(30 * MiB, 0x61) }, { deflate: true });
    assert.ok(bomb.length < MiB, `${bomb.length}`);
    assert.match(await refused(bomb), /larger than the \d+ bytes/);
    const many = {};
    for (let i = 0; i < 12; i += 1) many[`rundeck-x/executions/output-${i}.rdlog`] = Buffer.alloc(2 * MiB, 0x61);
    assert.match(await refused(many, { deflate: true }), /unpacked it is larger than the \d+ bytes/);
    assert.deepEqual(readdirSync(archivesFolder()), []);
    assert.equal((await qd.ok('GET', `/project/${project}/executions`)).paging.total, 0);
  });

  it('costs nothing for what is not wanted', async () => {
    const ignored = zip({ 'rundeck-x/other/zeros': Buffer.alloc(30 * MiB), 'rundeck-x/jobs/job-1.xml': jobXml({ name: 'beside zeros' }) }, { deflate: true });
    assert.equal((await importArchive(qd, project, ignored)).json.import_status, 'successful');
  });

  it('larger than an upload may be is refused before it is read', async () => {
    const answer = await upload(qd.url, 'PUT', `/api/59/project/${project}/import`, { headers: { 'X-Rundeck-Auth-Token': qd.token ?? (await qd.ok('POST', '/tokens', { json: { user: 'admin', roles: ['admin'] }, status: 201 })).token, 'Content-Type': 'application/zip' }, size: 3 * MiB, chunk: () => Buffer.alloc(64 << 10) });
    assert.equal(answer.status, 413, answer.text);
  });

  it('is not read from whoever may not import', async () => {
    for (const token of ['nonsense', tokens.reader]) {
      let sent = 0;
      const answer = await upload(qd.url, 'PUT', `/api/59/project/${project}/import`, { headers: { 'X-Rundeck-Auth-Token': token, 'Content-Type': 'application/zip' }, size: 2 * MiB - 10, chunk: () => { sent += 1; return Buffer.alloc(16 << 10); } });
      assert.equal(answer.status, 403, answer.text);
    }
    assert.deepEqual(readdirSync(archivesFolder()), []);
  });

  for (const [what, xml] of [
    ['a document type', '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><executions><execution id="1"><user>&b;</user></execution></executions>'],
    ['a file that an entity names', '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><executions><execution id="1"><user>&a;</user></execution></executions>'],
    ['an entity of its own', '<executions><execution id="1"><dateCompleted>2024-03-01T10:00:05Z</dateCompleted><user>&unknown;</user></execution></executions>'],
    ['elements without end', `<executions><execution id="1">${'<a>'.repeat(20_000)}${'</a>'.repeat(20_000)}</execution></executions>`],
  ]) {
    it(`with ${what} in its XML brings that execution in to nobody`, async () => {
      const answer = await importArchive(qd, project, { 'executions/execution-1.xml': xml, 'jobs/job-1.xml': xml.replace('executions', 'joblist') });
      assert.equal(answer.status, 200, answer.text);
      assert.equal(answer.json.execution_errors.length, 1);
      assert.equal(answer.json.errors.length, 1);
      assert.equal((await qd.ok('GET', `/project/${project}/executions`)).paging.total, 0);
      assert.ok(!answer.text.includes('root:'), answer.text);
    });
  }

  it('names no log but its own', async () => {
    const other = await newProject(qd);
    const done = await runToEnd(qd, await newJob(qd, other, { steps: ['echo the other project'] }));
    assert.ok(done.id);
    const target = await newProject(qd);
    const paths = ['../../../../etc/passwd', '/etc/passwd', `../${other}/run/logs/x.rdlog`, 'execution-1.xml', 'output-2.rdlog'];
    const files = {};
    paths.forEach((outputfilepath, index) => { files[`executions/execution-${index + 1}.xml`] = executionXml({ id: index + 1, outputfilepath }); });
    files['executions/output-2.rdlog'] = rdlog('of the second');
    const answer = await importArchive(qd, target, files);
    const found = (await qd.ok('GET', `/project/${target}/executions`)).executions;
    assert.equal(found.length, paths.length, answer.text);
    const texts = await Promise.all(found.map(async (one) => (await qd.api('GET', `/execution/${one.id}/output.text`)).text));
    assert.equal(texts.filter((text) => /of the second/.test(text)).length, 1);
    assert.ok(texts.every((text) => !/root:|the other project|<execution/.test(text)), texts.join('\n'));
  });
});

describe('the rights of who imports', () => {
  const send = (who, files, query = {}) => importArchive(qd, project, files, { token: tokens[who], query });
  const files = () => ({ 'jobs/job-x.xml': jobXml({ name: 'not mine' }), 'executions/execution-1.xml': executionXml({ id: 1, outputfilepath: null }), 'files/etc/project.properties': 'project.label=taken\nresources.source.9.type=script\nresources.source.9.config.file=/bin/evil\n', 'files/readme.md': 'taken', 'files/acls/evil.aclpolicy': JSON.stringify({ description: 'all', by: { group: 'importer' }, for: { job: [{ allow: '*' }] } }) });

  it('are needed to import and to export at all', async () => {
    for (const who of ['reader', 'exporter']) assert.equal((await send(who, files())).status, 403);
    for (const path of ['export', 'export/async', 'export/status/x', 'export/download/x']) {
      const answer = await qd.api('GET', `/project/${project}/${path}`, { token: tokens.importer });
      assert.equal(answer.status, 403, path);
    }
    assert.equal((await qd.api('GET', `/project/${project}/import/status`, { token: tokens.reader })).status, 403);
  });

  it('bring in no job that he may not create', async () => {
    const answer = await send('importer', { 'jobs/job-x.xml': jobXml({ name: 'not mine' }) });
    assert.equal(answer.json.import_status, 'failed');
    assert.match(answer.json.errors[0], /Unauthorized: Create Job not mine/);
    const some = await send('creator', { 'jobs/job-1.xml': jobXml({ name: 'mine too' }), 'jobs/job-2.xml': jobXml({ name: 'not mine' }) });
    assert.equal(some.json.errors.length, 1, some.text);
    assert.deepEqual((await jobs()).filter((one) => /mine/.test(one)), ['mine too']);
  });

  it('change no job that he may not update', async () => {
    const id = (await importJobs(qd, project, [job({ name: 'of the admin', steps: ['true'] })])).succeeded[0].id;
    const answer = await send('creator', { 'jobs/job-1.xml': jobXml({ uuid: id, name: 'of the admin', command: 'evil' }) });
    assert.equal(answer.json.import_status, 'failed');
    assert.ok(!(await qd.api('GET', `/job/${id}`, { query: { format: 'json' } })).text.includes('evil'));
  });

  it('bring in no configuration, readme, source of nodes or policy', async () => {
    for (const query of [{ importConfig: true }, { importNodesSources: true }, { importScm: true }]) {
      const answer = await send('importer', files(), query);
      assert.equal(answer.status, 403, JSON.stringify(query));
      assert.match(answer.json.message, new RegExp(`Not authorized for action "configure" for Project ${project}`));
    }
    for (const who of ['importer', 'configurer']) {
      const answer = await send(who, files(), { importACL: true });
      assert.equal(answer.status, 403);
      assert.match(answer.json.message, new RegExp(`Not authorized for action "create" for ACL for Project ${project}`));
    }
    const config = await qd.ok('GET', `/project/${project}/config`);
    assert.equal(config['project.label'], undefined);
    assert.equal(config['resources.source.9.type'], undefined);
    await qd.fails(404, null, 'GET', `/project/${project}/readme.md`);
    assert.deepEqual((await qd.ok('GET', `/project/${project}/acl/`)).resources, []);
  });

  it('replace no policy that he may only add to', async () => {
    const policy = (description) => JSON.stringify({ description, by: { group: 'x' }, for: { job: [{ allow: 'read' }] } });
    await qd.ok('POST', `/project/${project}/acl/there.aclpolicy`, { json: { contents: policy('first') }, status: 201 });
    const answer = await send('creator', { 'files/acls/there.aclpolicy': policy('second'), 'files/acls/new.aclpolicy': policy('new') }, { importACL: true });
    assert.equal(answer.json.acl_errors.length, 1, answer.text);
    assert.match((await qd.ok('GET', `/project/${project}/acl/there.aclpolicy`)).contents, /first/);
    assert.match((await qd.ok('GET', `/project/${project}/acl/new.aclpolicy`)).contents, /new/);
  });

  it('go with an import in the background, too', async () => {
    const answer = await send('importer', files(), { asyncImport: true, importACL: true });
    assert.equal(answer.status, 403);
    await qd.fails(404, null, 'GET', `/project/${project}/import/status`);
  });

  it('give no execution of a job other steps than its own', async () => {
    const id = (await importJobs(qd, project, [job({ name: 'honest', steps: ['echo honest'] })])).succeeded[0].id;
    await send('importer', { 'executions/execution-9.xml': executionXml({ id: 9, jobId: id, status: 'failed', failedNodeList: 'web1', outputfilepath: null, workflow: '<command><exec>echo evil</exec></command>' }) });
    const [forged] = (await qd.ok('GET', `/job/${id}/executions`)).executions;
    const again = await qd.ok('POST', `/job/${id}/retry/${forged.id}`, { json: { failedNodes: 'false' } });
    const done = await ended(qd, again.id);
    const text = (await qd.api('GET', `/execution/${done.id}/output.text`)).text;
    assert.match(text, /honest/);
    assert.doesNotMatch(text, /evil/);
  });

  it('take executions into no job of another project', async () => {
    const other = await newProject(qd);
    const id = await newJob(qd, other);
    await send('importer', { 'executions/execution-9.xml': executionXml({ id: 9, jobId: id, outputfilepath: null, user: unique('forger') }) });
    assert.deepEqual((await qd.ok('GET', `/job/${id}/executions`)).executions, []);
    assert.equal((await qd.ok('GET', `/project/${other}/executions`)).paging.total, 0);
  });

  it('let nobody fetch what another exports, or its policies without the right to them', async () => {
    const begun = await qd.ok('GET', `/project/${project}/export/async`);
    for (const what of ['status', 'download']) assert.equal((await qd.api('GET', `/project/${project}/export/${what}/${begun.token}`, { token: tokens.exporter })).status, 404, what);
    const answer = await qd.api('GET', `/project/${project}/export`, { token: tokens.exporter });
    assert.equal(answer.status, 200);
    assert.ok(Object.keys(unzip(answer.body)).every((path) => !path.includes('aclpolicy')), 'policies');
  });
});
