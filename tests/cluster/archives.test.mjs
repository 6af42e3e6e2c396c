// Archives in a cluster: any member tells how far an export or import is, and hands out what another one made.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startCluster } from '../support/cluster.mjs';
import { importArchive } from '../support/archives.mjs';
import { adhoc, ended, lines, newProject } from '../support/scenario.mjs';
import { until } from '../support/wait.mjs';
import { unzip } from '../support/zip.mjs';

describe('an archive', () => {
  let cluster, m1, m2, project;
  before(async () => {
    cluster = await startCluster({ size: 2 });
    [m1, m2] = cluster.members;
    project = await newProject(m1);
    for (const member of [m1, m2]) await ended(member, await adhoc(member, project, `echo on ${member === m1 ? 'one' : 'two'}`));
  });
  after(() => cluster?.stop());

  it('made by one member is fetched from another, with the logs of both, and its import is seen by all', async () => {
    const { token } = await m1.ok('GET', `/project/${project}/export/async`);
    await until(async () => (await m2.ok('GET', `/project/${project}/export/status/${token}`)).ready, { what: 'the export' });
    const answer = await m2.api('GET', `/project/${project}/export/download/${token}`);
    assert.equal(answer.status, 200, answer.text.slice(0, 300));
    const logs = Object.entries(unzip(answer.body)).filter(([path]) => path.endsWith('.rdlog')).map(([, text]) => text.toString());
    assert.equal(logs.length, 2);
    assert.ok(['on one', 'on two'].every((line) => logs.some((log) => log.includes(line))), logs.join('\n'));

    const target = await newProject(m1);
    assert.equal((await importArchive(m2, target, answer.body, { query: { asyncImport: true } })).status, 200);
    await until(async () => (await m1.ok('GET', `/project/${target}/import/status`)).completed, { what: 'the import' });
    const { executions } = await m1.ok('GET', `/project/${target}/executions`);
    assert.equal(executions.length, 2);
    const texts = await Promise.all(executions.map((one) => until(async () => (await lines(m1, one.id))[0], { what: 'the log of another member' })));
    assert.deepEqual(texts.sort(), ['on one', 'on two']);
  });
});
