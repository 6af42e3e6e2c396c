// Verbs that rd has and qd spells the same: scheduler, metrics, files of jobs.
import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { removeAtExit } from '../support/cleanup.mjs';
import { qd as cli } from '../support/cli.mjs';
import { startServer } from '../support/server.mjs';
import { newJob, newProject } from '../support/scenario.mjs';

let server, project, folder;
before(async () => {
  server = await startServer();
  project = await newProject(server);
  folder = removeAtExit(mkdtempSync(join(tmpdir(), 'qd-cli-')));
});
after(() => server?.stop());

async function good(...args) {
  const result = await cli(server, args);
  assert.equal(result.code, 0, `${args.join(' ')}: ${result.err}${result.out}`);
  return result.out;
}

it('scheduler jobs lists what a member owns', async () => {
  const id = await newJob(server, project, { name: 'nightly', schedule: { time: { hour: '3', minute: '0', seconds: '0' } } });
  const uuid = (await server.ok('GET', '/system/info')).system.rundeck.serverUUID;
  assert.match(await good('scheduler', 'jobs'), new RegExp(`${id} nightly`));
  assert.equal((await good('scheduler', 'jobs', '-u', uuid, '-%', '%name')).trim(), 'nightly');
  assert.deepEqual(JSON.parse(await good('scheduler', 'jobs', '-o', 'json')).map((job) => job.id), [id]);
});

it('scheduler takeover does not ask', async () => {
  assert.match(await good('scheduler', 'takeover', '-a', '-p', project), /^# /);
  const { code, err } = await cli(server, ['scheduler', 'takeover']);
  assert.equal(code, 2);
  assert.match(err, /--uuid/);
});

it('metrics shows endpoints, checks, figures, threads', async () => {
  assert.match(await good('metrics', 'list'), /^metrics http/m);
  assert.match(await good('metrics', 'healthcheck', '--fail'), /^HEALTHY +dataSource/m);
  assert.doesNotMatch(await good('metrics', 'healthcheck', '-u'), /^HEALTHY/m);
  assert.match(await good('metrics', 'data', '-c'), /quarterdeck_http_requests_total/);
  assert.deepEqual(Object.keys(JSON.parse(await good('metrics', 'data', '-t', '-o', 'json'))), ['timers']);
  assert.match(await good('metrics', 'data', '--summary'), /# Found \d+ gauges/);
  assert.match(await good('metrics', 'ping'), /pong/);
  assert.ok((await good('metrics', 'threads')).length > 20);
});

it('jobs files loads a file for an option, and lists and shows it', async () => {
  const id = await newJob(server, project, { options: [{ name: 'data', type: 'file' }], steps: ['cat "$RD_FILE_DATA"'] });
  writeFileSync(join(folder, 'x.csv'), 'a,b\n');
  const loaded = await good('jobs', 'files', 'load', '-i', id, '-o', 'data', '-f', join(folder, 'x.csv'));
  const key = loaded.trim().split('\n').at(-1);
  assert.match(await good('jobs', 'files', 'list', '-j', id), new RegExp(`${key} data x.csv 4 bytes temp`));
  assert.match(await good('jobs', 'files', 'info', key), /fileName: x\.csv/);
  assert.match(await good('run', '-i', id, '-f', '--', '-data', key), /a,b/);
  assert.equal((await good('jobs', 'files', 'list', '-j', id, '-s', 'retained', '-%', '%id')).trim(), key);
  const { code, err } = await cli(server, ['jobs', 'files', 'list']);
  assert.equal(code, 2);
  assert.match(err, /-j JOB or -e EXECUTION/);
});

it('every group of verbs says what it is for', async () => {
  const help = await good('--help');
  const commands = help.slice(help.indexOf('Commands:'), help.indexOf('Help on each')).split('\n').slice(1).filter((line) => line.trim());
  for (const line of commands) assert.match(line, /^ {2}\w+ +\S/);
});
