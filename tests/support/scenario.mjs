// The steps that most tests begin with: a project, jobs in it, a run to its end, its output.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeAtExit } from './cleanup.mjs';
import { until } from './wait.mjs';

export const unique = (prefix = 'p') => `${prefix}-${randomBytes(5).toString('hex')}`;

export async function newProject(server, config = {}) {
  const name = unique();
  await server.ok('POST', '/projects', { json: { name, config }, status: 201 });
  return name;
}

export const exec = (line, extra = {}) => ({ exec: line, ...extra });
export const script = (text, extra = {}) => ({ script: text, ...extra });

// For commands that go on when the test lets them: `wait` is shell text that ends after open().
export function gate() {
  const file = join(removeAtExit(mkdtempSync(join(tmpdir(), 'qd-gate-'))), 'open');
  return { wait: `while [ ! -e ${file} ]; do sleep 0.1; done`, open: () => writeFileSync(file, '') };
}

// A job in JSON form. `steps` is a list of steps or command lines; the rest is taken as it is.
export function job({ steps = ['true'], keepgoing = false, strategy = 'node-first', ...fields } = {}) {
  const commands = steps.map((step) => (typeof step === 'string' ? exec(step) : step));
  return { name: unique('job'), description: '', loglevel: 'INFO', sequence: { keepgoing, strategy, commands }, ...fields };
}

// Imports and returns the whole answer {succeeded, failed, skipped}.
export function importJobs(server, project, jobs, query = {}) {
  return server.ok('POST', `/project/${project}/jobs/import`, { json: jobs, query, status: 200 });
}

// Creates one job and returns its id.
export async function newJob(server, project, fields) {
  const answer = await importJobs(server, project, [job(fields)]);
  assert.equal(answer.succeeded.length, 1, `the job was not imported: ${JSON.stringify(answer)}`);
  return answer.succeeded[0].id;
}

// Starts a job; returns the execution as the API answers it.
export function run(server, id, body = {}) {
  return server.ok('POST', `/job/${id}/run`, { json: body, status: 200 });
}

export const execution = (server, id) => server.ok('GET', `/execution/${id}`);

const PENDING = new Set(['running', 'queued', 'scheduled']);

// The execution once it has ended.
export function ended(server, id, timeout = 90_000) {
  return until(async () => {
    const now = await execution(server, id);
    return !PENDING.has(now.status) && now;
  }, { timeout, what: `execution ${id} to end` });
}

export async function runToEnd(server, id, body, timeout) {
  const started = await run(server, id, body);
  return ended(server, started.id, timeout);
}

// The output answer, once all of an ended execution's output is there.
export function output(server, id, query = {}) {
  return until(async () => {
    const answer = await server.ok('GET', `/execution/${id}/output`, { query });
    return answer.execCompleted && answer.completed && answer;
  }, { what: `the whole output of execution ${id}` });
}

// The lines of an execution's output.
export async function lines(server, id, query) {
  return (await output(server, id, query)).entries.map((entry) => entry.log);
}

// Runs steps as a new job and returns {execution, lines}.
export async function trial(server, project, fields, body) {
  const id = await newJob(server, project, fields);
  const done = await runToEnd(server, id, body);
  return { job: id, execution: done, lines: await lines(server, done.id) };
}

// Runs a command line without a job; returns the execution's id.
export async function adhoc(server, project, line, extra = {}) {
  const answer = await server.ok('POST', `/project/${project}/run/command`, { json: { project, exec: line, ...extra }, status: 200 });
  return answer.execution.id;
}

export const NOWHERE = '00000000-0000-4000-8000-000000000000';
