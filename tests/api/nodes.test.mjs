// any database
// Nodes of projects: every kind of source, how they are put together, formats, filters, and jobs that run on them.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { removeAtExit } from '../support/cleanup.mjs';
import { startServer } from '../support/server.mjs';
import { lines, newJob, newProject, runToEnd } from '../support/scenario.mjs';
import { until } from '../support/wait.mjs';

let qd;
let folder;
let own; // the server node's name
before(async () => {
  qd = await startServer();
  folder = removeAtExit(mkdtempSync(join(tmpdir(), 'qd-nodes-')));
  [own] = Object.keys(await qd.ok('GET', `/project/${await newProject(qd)}/resources`));
});
after(() => qd?.stop());

let files = 0;
function file(content, extension = 'yaml') {
  const path = join(folder, `resources-${(files += 1)}.${extension}`);
  if (content !== undefined) writeFileSync(path, content);
  return path;
}

// [{type, …config}] as project properties.
function sources(list, more = {}) {
  const config = { ...more };
  list.forEach(({ type, ...settings }, at) => {
    config[`resources.source.${at + 1}.type`] = type;
    for (const [key, value] of Object.entries(settings)) config[`resources.source.${at + 1}.config.${key}`] = String(value);
  });
  return config;
}
const projectWith = (list, more) => newProject(qd, sources(list, more));
const resources = (project, query = {}, options = {}) => qd.ok('GET', `/project/${project}/resources`, { query, ...options });
const names = async (project, query) => Object.keys(await resources(project, query)).filter((name) => name !== own);

const WEB = 'web1:\n  hostname: w1\n  username: deploy\n  tags: www, prod\n  osFamily: unix\nweb2:\n  hostname: w2\n  tags: [www, test]\ndb1:\n  hostname: d1\n  tags: db,prod\n  osFamily: windows\n';

describe('a file source', () => {
  it('gives its nodes beside the server node, in every format', async () => {
    const project = await projectWith([{ type: 'file', file: file(WEB) }]);
    const all = await resources(project);
    assert.deepEqual(Object.keys(all).sort(), [own, 'db1', 'web1', 'web2'].sort());
    assert.deepEqual(all.web1, { nodename: 'web1', hostname: 'w1', username: 'deploy', osFamily: 'unix', tags: 'prod, www' });
    assert.equal(all[own].osFamily, 'unix');

    const yaml = await qd.api('GET', `/project/${project}/resource/web1`, { query: { format: 'yaml' } });
    assert.equal(yaml.type, 'text/yaml');
    assert.equal(yaml.text, 'web1:\n  nodename: web1\n  hostname: w1\n  osFamily: unix\n  username: deploy\n  tags: \'prod, www\'\n');
    const xml = await qd.api('GET', `/project/${project}/resources`, { query: { filter: 'web1' }, accept: 'application/xml' });
    assert.equal(xml.type, 'text/xml');
    assert.match(xml.text, /<project>\s*<node name="web1" description="" tags="prod, www" hostname="w1"/);
    const old = await qd.api('GET', `/project/${project}/resource/web1`, { version: 22, accept: '*/*' });
    assert.equal(old.type, 'text/xml');
    assert.equal((await qd.api('GET', `/project/${project}/resource/web1`, { accept: '*/*' })).type, 'application/json');
    const other = await qd.fails(415, 'api.error.resource.format.unsupported', 'GET', `/project/${project}/resources`, { query: { format: 'other' } });
    assert.equal(other.message, 'The format specified is unsupported: other');
    const missing = await qd.fails(404, 'api.error.item.doesnotexist', 'GET', `/project/${project}/resource/nobody`);
    assert.equal(missing.message, 'Node Name does not exist: nobody');
    await qd.fails(404, 'api.error.project.missing', 'GET', '/project/nowhere-at-all/resources');
  });

  it('is read again when it changes, and keeps its nodes when it breaks', async () => {
    const path = file(WEB);
    const project = await projectWith([{ type: 'file', file: path }]);
    assert.equal((await names(project)).length, 3);
    writeFileSync(path, 'one:\n  hostname: x\n');
    await until(async () => (await names(project)).join() === 'one', { what: 'the new file' });
    writeFileSync(path, 'one:\n  hostname: x\ntwo: 7\n');
    const source = await until(async () => {
      const [found] = await qd.ok('GET', `/project/${project}/sources`);
      return found.errors && found;
    }, { what: 'the error' });
    assert.match(source.errors, /node 2 \("two"\) line 3/);
    assert.deepEqual(await names(project), ['one']);
    rmSync(path);
    await until(async () => (await names(project)).length === 0, { what: 'the file to be gone' });
    assert.equal((await qd.ok('GET', `/project/${project}/source/1`)).errors, undefined);
  });

  it('can be made, required and written', async () => {
    const made = join(folder, 'deep/er', 'resources.xml');
    const project = await projectWith([
      { type: 'file', file: made, generateFileAutomatically: true, includeServerNode: true, writeable: true },
      { type: 'file', file: file(undefined), requireFileExists: true },
      { type: 'file', file: join(folder, 'plain.txt'), format: 'resourceyaml' },
    ]);
    assert.deepEqual(await resources(project, {}).then(Object.keys), [own]);
    assert.ok(readFileSync(made, 'utf8').includes(`<node name="${own}"`));
    const list = await qd.ok('GET', `/project/${project}/sources`);
    assert.deepEqual(list.map(({ index, type }) => [index, type]), [[1, 'file'], [2, 'file'], [3, 'file']]);
    assert.match(list[0].resources.href, new RegExp(`/api/59/project/${project}/source/1/resources$`));
    assert.deepEqual([list[0].resources.writeable, list[0].resources.description, list[0].resources.empty, list[0].resources.syntaxMimeType], [true, made, false, 'text/xml']);
    assert.match(list[1].errors, /File does not exist/);
    assert.equal(list[1].resources.writeable, false);

    const path = `/project/${project}/source/1/resources`;
    const put = await qd.ok('POST', path, { json: { n1: { hostname: 'h', tags: 'a,b' } } });
    assert.deepEqual(Object.keys(put).sort(), ['n1', own].sort());
    assert.match(readFileSync(made, 'utf8'), /<node name="n1"/);
    const text = '<project><!-- kept --><node name="n2" hostname="h"/></project>';
    await qd.ok('POST', path, { body: text, type: 'text/xml' });
    assert.equal(readFileSync(made, 'utf8'), text);
    assert.ok((await names(project)).includes('n2'));
    assert.deepEqual(Object.keys(await qd.ok('GET', path)).sort(), ['n2', own].sort());

    const bad = await qd.fails(400, 'api.error.resource.format.failure', 'POST', path, { body: 'a: 1\n', type: 'text/yaml' });
    assert.match(bad.message, /^The resource data format was invalid: node 1 \("a"\) line 1/);
    assert.equal(readFileSync(made, 'utf8'), text);
    await qd.fails(415, 'api.error.resource.format.unsupported', 'POST', path, { body: 'x', type: 'text/csv' });
    const readonly = await qd.fails(405, 'api.error.invalid.request', 'POST', `/project/${project}/source/2/resources`, { json: {} });
    assert.equal(readonly.message, 'Invalid API Request: POST to readonly project source index 2');
    for (const index of ['0', '4', 'x']) await qd.fails(404, 'api.error.item.doesnotexist', 'GET', `/project/${project}/source/${index}`);
  });
});

describe('other sources', () => {
  it('directory: all its documents, good ones beside a broken one', async () => {
    const path = join(folder, 'many');
    mkdirSync(path);
    writeFileSync(join(path, 'a.yaml'), 'a:\n  hostname: a\n');
    writeFileSync(join(path, 'b.json'), '{"b":{"hostname":"b"}}');
    writeFileSync(join(path, 'c.xml'), '<project><node/></project>');
    writeFileSync(join(path, 'note.txt'), 'nothing');
    const project = await projectWith([{ type: 'directory', directory: path }]);
    assert.deepEqual(await names(project), ['a', 'b']);
    assert.match((await qd.ok('GET', `/project/${project}/source/1`)).errors, /c\.xml.*needs a 'name'/);
    writeFileSync(join(path, 'c.xml'), '<project><node name="c"/></project>');
    await until(async () => (await names(project)).length === 3, { what: 'the mended file' });
  });

  it('script: interpreter and arguments; what went wrong is told', async () => {
    const path = file('#!/bin/sh\necho "$1:"\necho "  hostname: $2"\necho "  project: $RD_CONTEXT_PROJECT"\n', 'sh');
    const broken = file('echo oh no >&2; exit 3\n', 'sh');
    const project = await projectWith([
      { type: 'script', file: path, interpreter: 'sh', args: 'n1 "two words"', format: 'resourceyaml' },
      { type: 'script', file: path, interpreter: 'sh -c', args: 'n2', argsQuoted: true, format: 'resourceyaml' },
      { type: 'script', file: broken, interpreter: 'sh', format: 'resourceyaml' },
      { type: 'script', file: path },
    ]);
    await until(async () => (await names(project)).includes('n1'), { what: 'the script' });
    assert.deepEqual((await resources(project)).n1, { nodename: 'n1', hostname: 'two words', project });
    const list = await until(async () => {
      const found = await qd.ok('GET', `/project/${project}/sources`);
      return found[1].errors && found[2].errors && found;
    }, { what: 'the errors' });
    assert.match(list[1].errors, /result: 126|Permission denied/);
    assert.match(list[2].errors, /result: 3\. It said: oh no/);
    assert.equal(list[3].errors, 'format is required');
  });

  it('url: read again only when changed; the last good nodes while it is away', async () => {
    const state = { body: '{"u1":{"hostname":"u"}}', tag: '"1"', status: 200, asked: [] };
    const server = http.createServer((request, response) => {
      state.asked.push(request.headers['if-none-match']);
      const same = request.headers['if-none-match'] === state.tag;
      response.writeHead(state.status !== 200 ? state.status : same ? 304 : 200, { 'Content-Type': 'application/json', ETag: state.tag });
      response.end(same || state.status !== 200 ? '' : state.body);
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const url = `http://127.0.0.1:${server.address().port}/nodes`;
      const project = await projectWith([{ type: 'url', url, timeout: 5 }], { 'project.nodeCache.delay': '0' });
      await until(async () => (await names(project)).join() === 'u1', { what: 'the first answer' });
      await until(async () => (await names(project)) && state.asked.includes('"1"'), { what: 'a conditional request' });
      assert.deepEqual(await names(project), ['u1']);
      Object.assign(state, { body: '{"u2":{"hostname":"u"}}', tag: '"2"' });
      await until(async () => (await names(project)).join() === 'u2', { what: 'the second answer' });
      state.status = 500;
      const source = await until(async () => {
        const [found] = await qd.ok('GET', `/project/${project}/sources`);
        return found.errors && found;
      }, { what: 'the error' });
      assert.match(source.errors, /status 500.*last good/);
      assert.deepEqual(await names(project), ['u2']);
    } finally {
      server.closeAllConnections();
      server.close();
    }
    const plain = await projectWith([{ type: 'url', url: `file://${file(WEB)}` }, { type: 'url', url: 'ftp://x/y' }]);
    assert.equal((await names(plain)).length, 3);
    assert.match((await qd.ok('GET', `/project/${plain}/source/2`)).errors, /protocol not allowed: ftp/);
  });

  it('a source that hangs holds up nobody', async () => {
    let release;
    const asked = new Promise((resolve) => { release = resolve; });
    const held = [];
    const server = http.createServer((request, response) => {
      held.push(response);
      release();
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const url = `http://127.0.0.1:${server.address().port}/nodes.json`;
      const project = await projectWith([{ type: 'url', url }, { type: 'file', file: file(WEB) }], { 'project.nodeCache.firstLoadSynch': 'false' });
      assert.equal((await names(project)).length, 3);
      await asked;
      assert.equal((await names(project)).length, 3);
      assert.equal(held.length, 1);
      held[0].writeHead(200, { 'Content-Type': 'application/json' }).end('{"late":{"hostname":"l"}}');
      await until(async () => (await names(project)).includes('late'), { what: 'the late answer' });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('local and stub', async () => {
    const project = await projectWith([
      { type: 'local', description: 'me', attributes: 'rack=a1\ntags=here, there' },
      { type: 'stub', count: 3, prefix: 's', suffix: '.x', tags: 'made,up', attrs: 'k=v,hostname=h' },
      { type: 'nonsense' },
    ]);
    const all = await resources(project);
    assert.deepEqual([all[own].description, all[own].rack, all[own].tags], ['me', 'a1', 'here, there']);
    assert.deepEqual(all['s-2.x'], { nodename: 's-2.x', hostname: 'h', username: 'suser.x', 'node-executor': 'stub', 'file-copier': 'stub', k: 'v', tags: 'made, up' });
    assert.deepEqual(await qd.ok('GET', `/project/${project}/nodes/tags`).then(({ tags }) => tags), [
      { name: 'here', nodeCount: 1 }, { name: 'made', nodeCount: 3 }, { name: 'there', nodeCount: 1 }, { name: 'up', nodeCount: 3 }]);
    assert.match((await qd.ok('GET', `/project/${project}/source/3`)).errors, /"nonsense" is not known/);
  });

  it('stored: a document in the database', async () => {
    const project = await projectWith([{ type: 'stored' }]);
    const [source] = await qd.ok('GET', `/project/${project}/sources`);
    assert.deepEqual([source.resources.writeable, source.resources.empty], [true, true]);
    await qd.ok('POST', `/project/${project}/source/1/resources`, { body: WEB, type: 'application/yaml' });
    assert.deepEqual(await names(project), ['db1', 'web1', 'web2']);
  });
});

describe('sources together', () => {
  const first = 'a:\n  hostname: one\n  x: 1\n  tags: t1\n';
  const second = 'a:\n  hostname: two\n  y: 2\n  tags: t2\n';

  it('later attributes win and tags join, or a later node replaces', async () => {
    const list = [{ type: 'file', file: file(first) }, { type: 'file', file: file(second) }];
    const merged = await projectWith(list);
    assert.deepEqual((await resources(merged)).a, { nodename: 'a', hostname: 'two', x: '1', y: '2', tags: 't1, t2' });
    const replaced = await projectWith(list, { 'project.resources.mergeNodeAttributes': 'false' });
    assert.deepEqual((await resources(replaced)).a, { nodename: 'a', hostname: 'two', y: '2', tags: 't2' });
  });

  it('follow a change of the configuration at once', async () => {
    const project = await projectWith([{ type: 'file', file: file(first) }]);
    assert.deepEqual(await names(project), ['a']);
    await qd.ok('POST', `/project/${project}/config`, { json: sources([{ type: 'stub', count: 2, prefix: 'n' }]) });
    assert.deepEqual(await names(project), ['n-0', 'n-1']);
  });

  it('enhancers add attributes, tags and icons', async () => {
    const project = await projectWith([{ type: 'file', file: file(WEB) }], {
      'nodes.plugin.1.type': 'attributeMatch',
      'nodes.plugin.1.config.match': 'nodename=~web.*\nosFamily!!',
      'nodes.plugin.1.config.add': 'node-executor=special\nk=v',
      'nodes.plugin.1.config.addTags': 'extra, more',
      'nodes.plugin.2.type': 'icon',
      'nodes.plugin.2.config.attributeName': 'k',
      'nodes.plugin.2.config.iconName': 'fa-server',
      'nodes.plugin.2.config.iconBadges': 'fa-a,nothing,glyphicon-b',
    });
    const { web1, web2 } = await resources(project);
    assert.equal(web1['node-executor'], undefined);
    assert.deepEqual([web2['node-executor'], web2.tags, web2['ui:icon:name'], web2['ui:badges']], ['special', 'extra, more, test, www', 'fa-server', 'fa-a,glyphicon-b']);
  });
});

describe('filters', () => {
  let project;
  before(async () => {
    project = await projectWith([{ type: 'file', file: file(WEB) }]);
  });

  it('select as the documentation says', async () => {
    for (const [query, expected] of [
      [{ filter: 'tags: www+prod hostname: w1,w2' }, 'web1'],
      [{ filter: 'web1 web2' }, 'web1,web2'],
      [{ filter: 'web.* !nodename: web2' }, 'web1'],
      [{ filter: '/w.b1/' }, 'web1'],
      [{ filter: 'tags: www+prod,db' }, 'db1,web1'],
      [{ filter: 'osFamily: windows' }, 'db1'],
      [{ tags: 'prod' }, 'db1,web1'],
      [{ 'os-family': 'unix', name: 'web1' }, 'web1'],
      [{ tags: 'www', 'exclude-hostname': 'w2' }, 'web1'],
      [{ tags: 'www', 'exclude-name': 'web1,db1', 'exclude-precedence': 'true' }, 'web2'],
      [{ filter: 'nobody' }, ''],
    ]) assert.equal((await names(project, query)).join(), expected, JSON.stringify(query));
    // An include wins over an exclude that both match; and who is not excluded is taken.
    assert.equal((await names(project, { name: 'web1', 'exclude-tags': 'www', 'exclude-precedence': 'false' })).join(), 'db1,web1');
  });

  it('jobs run on the nodes that the project has', async () => {
    const id = await newJob(qd, project, {
      steps: ['echo on ${node.name} as ${node.role}'],
      nodefilters: { filter: 'tags: role', dispatch: { threadcount: 1, keepgoing: true, rankOrder: 'ascending' } },
    });
    await qd.ok('POST', `/project/${project}/config`, { json: sources([{ type: 'local', attributes: 'tags=role\nrole=server' }]) });
    const ended = await runToEnd(qd, id);
    assert.equal(ended.status, 'succeeded');
    assert.deepEqual(ended.successfulNodes, [own]);
    assert.deepEqual(await lines(qd, ended.id), [`on ${own} as server`]);
  });
});
