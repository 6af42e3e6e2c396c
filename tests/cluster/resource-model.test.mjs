// One resource model for all members: nodes from a shared file, a script and a URL are the same everywhere, while they
// change and while the URL is away.
import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { removeAtExit } from '../support/cleanup.mjs';
import { startCluster } from '../support/cluster.mjs';
import { lines, newJob, newProject, runToEnd } from '../support/scenario.mjs';
import { until } from '../support/wait.mjs';

// The inventory that the members read: answers with `nodes`, or with 503 while it is away.
async function startInventory() {
  const inventory = { nodes: {}, away: false, asked: 0 };
  const server = http.createServer((_, answer) => {
    inventory.asked += 1;
    if (inventory.away) return answer.writeHead(503).end('away');
    return answer.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(inventory.nodes));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  inventory.url = `http://127.0.0.1:${server.address().port}/nodes`;
  inventory.close = () => server.close();
  return inventory;
}

describe('nodes of a shared resource model', () => {
  let cluster, inventory, project, folder;
  const file = () => join(folder, 'shared.yaml');
  // As an operator should: never half a file.
  const write = (name, text) => {
    writeFileSync(join(folder, `${name}.new`), text, { mode: 0o755 });
    renameSync(join(folder, `${name}.new`), join(folder, name));
  };
  const yaml = (name, tag) => `${name}:\n  hostname: localhost\n  node-executor: local\n  tags: ${tag}\n`;
  const remote = (...list) => Object.fromEntries(list.map((name) => [name, { nodename: name, hostname: 'localhost', 'node-executor': 'local', tags: 'remote' }]));
  const inventoryScript = (name) => `#!/bin/sh\nprintf '${yaml(name, 'scripted').replaceAll('\n', '\\n')}'\n`;
  // Nodes as a member shows them, all the attributes, without the members themselves.
  const seen = async (member) => Object.fromEntries(Object.entries(await member.ok('GET', `/project/${project}/resources`)).filter(([name]) => !/^m\d$/.test(name)));
  const names = async (member) => Object.keys(await seen(member)).sort().join();
  const allSee = (expected) => Promise.all(cluster.members.map((member) => until(async () => (await names(member)) === expected, { what: `${member.name} to see ${expected}` })));

  before(async () => {
    folder = removeAtExit(mkdtempSync(join(tmpdir(), 'qd-model-')));
    inventory = await startInventory();
    inventory.nodes = remote('url1');
    write('shared.yaml', yaml('file1', 'shared'));
    write('inventory', inventoryScript('script1'));
    cluster = await startCluster({ size: 3 });
    project = await newProject(cluster.members[0], {
      'project.nodeCache.delay': '1',
      'resources.source.1.type': 'file', 'resources.source.1.config.file': file(),
      'resources.source.2.type': 'script', 'resources.source.2.config.file': join(folder, 'inventory'), 'resources.source.2.config.format': 'resourceyaml',
      'resources.source.3.type': 'url', 'resources.source.3.config.url': inventory.url,
    });
  });
  after(async () => {
    await cluster?.stop();
    inventory?.close();
  });

  it('are the same on all members', async () => {
    await allSee('file1,script1,url1');
    const [first, ...others] = await Promise.all(cluster.members.map(seen));
    for (const other of others) assert.deepEqual(other, first);
    assert.equal(first.url1.tags, 'remote');
  });

  it('change everywhere when a source changes', async () => {
    write('shared.yaml', yaml('file2', 'shared'));
    await allSee('file2,script1,url1');
    write('inventory', inventoryScript('script2'));
    await allSee('file2,script2,url1');
    inventory.nodes = remote('url2', 'url3');
    await allSee('file2,script2,url2,url3');
    const [first, ...others] = await Promise.all(cluster.members.map(seen));
    for (const other of others) assert.deepEqual(other, first);
  });

  it('are those of before on every member while the URL is away, and after a restart meanwhile', { timeout: 240_000 }, async () => {
    inventory.away = true;
    const asked = inventory.asked;
    await until(async () => {
      for (const member of cluster.members) await names(member);
      return inventory.asked >= asked + 6;
    }, { what: 'the members to ask in vain' });
    await allSee('file2,script2,url2,url3');
    for (const member of cluster.members) {
      const [, , source] = await member.ok('GET', `/project/${project}/sources`);
      assert.match(source.errors, /503.*last good/, `${member.name} tells what is wrong`);
    }
    const [, m2] = cluster.members;
    await m2.terminate();
    await m2.again();
    await cluster.settled();
    await allSee('file2,script2,url2,url3');
    inventory.away = false;
    inventory.nodes = remote('url4');
    await allSee('file2,script2,url4');
  });

  it('are where jobs run, whichever member runs them', async () => {
    const id = await newJob(cluster.members[0], project, {
      steps: ['echo on ${node.name}'], multipleExecutions: true, nodefilters: { filter: 'tags: shared,remote' },
    });
    for (const member of cluster.members) {
      const done = await runToEnd(member, id);
      assert.deepEqual([done.serverUUID, done.status], [member.uuid, 'succeeded'], (await lines(member, done.id)).join('\n'));
      assert.deepEqual((await lines(member, done.id)).filter((line) => /^on /.test(line)).sort(), ['on file2', 'on url4']);
    }
  });
});
