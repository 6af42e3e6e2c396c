// What was published against systems of this kind, tried here: ids of one project used in another, ways around a check by
// a side door, paths that lead out, texts that become commands or markup. See rights.test.mjs for the table of every route.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { startServer } from '../support/server.mjs';
import { NOWHERE, adhoc, ended, importJobs, job, newJob, newProject, runToEnd, unique } from '../support/scenario.mjs';

let qd;
let mine;
let secret;
let token;  // of somebody who may do everything in `mine`, and nothing in `secret`
let hidden;  // a job there, with a file option

before(async () => {
  qd = await startServer();
  [mine, secret] = [await newProject(qd), await newProject(qd)];
  const all = { description: 'all of mine', context: { project: mine }, by: { group: 'owner' }, for: Object.fromEntries(['resource', 'adhoc', 'job', 'node'].map((type) => [type, [{ allow: '*' }]])) };
  const own = { description: 'mine', context: { application: 'rundeck' }, by: { group: 'owner' }, for: { project: [{ equals: { name: mine }, allow: '*' }], resource: [{ equals: { kind: 'apitoken' }, allow: 'generate_user_token' }] } };
  await qd.ok('POST', '/system/acl/owner.aclpolicy', { json: { contents: [all, own].map((one) => JSON.stringify(one)).join('\n---\n') }, status: 201 });
  ({ token } = await qd.ok('POST', '/tokens', { json: { user: 'owner', roles: ['owner'] }, status: 201 }));
  hidden = await newJob(qd, secret, { options: [{ name: 'f', type: 'file' }], steps: ['true'] });
});
after(() => qd?.stop());

const as = (method, path, options = {}) => qd.api(method, path, { token, ...options });
const refused = (answer, what) => assert.ok([400, 403, 404].includes(answer.status), `${what}: ${answer.status} ${answer.text.slice(0, 300)}`);

describe('an id of another project', () => {
  it('of a file opens it to nobody, and gives it to no other job', async () => {
    const sent = await qd.ok('POST', `/job/${hidden}/input/file`, { query: { optionName: 'f', fileName: 'a.txt' }, body: 'the secret file', type: 'application/octet-stream' });
    const key = sent.options.f;
    refused(await as('GET', `/jobs/file/${key}`), 'its facts');
    const thief = await newJob(qd, mine, { options: [{ name: 'f', type: 'file' }], steps: ['cat ${file.f}'] });
    const run = await as('POST', `/job/${thief}/run`, { json: { options: { f: key } } });
    if (run.status === 200) {
      const done = await ended(qd, run.json.id);
      const text = (await qd.api('GET', `/execution/${done.id}/output.text`)).text;
      assert.ok(!text.includes('the secret file'), text);
    } else refused(run, 'a run with it');
    assert.equal((await qd.ok('GET', `/jobs/file/${key}`)).fileState, 'temp', 'it still waits for its own job');
  });

  it('of a calendar changes and removes nothing there', async () => {
    const calendar = { name: 'holidays', calendarType: 'blackout', dateType: 'weekly', dateDefinition: ['SUN'], allReference: true };
    const made = await qd.ok('POST', `/project/${secret}/calendars`, { json: calendar });
    refused(await as('DELETE', `/project/${mine}/calendars/${made.id}`), 'a delete');
    await as('POST', `/project/${mine}/calendars`, { json: { ...calendar, id: made.id, name: 'taken' } });
    const left = await qd.ok('GET', `/project/${secret}/calendars`);
    assert.deepEqual(left.map((one) => [one.id, one.name]), [[made.id, 'holidays']]);
    refused(await as('GET', `/project/${secret}/calendars`), 'the list');
  });

  it('of a job is not scheduled, exported, listed or referred to from here', async () => {
    const schedule = await qd.ok('POST', `/project/${mine}/schedules`, { json: { name: unique('s'), type: 'CRON', crontabString: '0 0 5 ? * * *', timeZone: 'UTC' }, status: 201 });
    const path = `/project/${mine}/schedules/${schedule.id}`;
    const [own] = (await importJobs(qd, mine, [job()])).succeeded;
    assert.equal((await as('PUT', `${path}/jobs/${own.id}`, { json: {} })).status, 200, 'a job of the project');
    refused(await as('PUT', `${path}/jobs/${hidden}`, { json: {} }), 'a job of another');
    assert.ok(!JSON.stringify(await qd.ok('GET', path)).includes(hidden), 'the schedule took the job');
    const theirs = await qd.ok('POST', `/project/${secret}/schedules`, { json: { name: unique('s'), type: 'CRON', crontabString: '0 0 5 ? * * *', timeZone: 'UTC' }, status: 201 });
    for (const [method, json] of [['GET'], ['PUT', { name: 'x', type: 'CRON', crontabString: '0 0 6 ? * * *' }], ['DELETE']]) refused(await as(method, `/project/${mine}/schedules/${theirs.id}`, { json }), method);
    assert.equal((await qd.ok('GET', `/project/${secret}/schedules/${theirs.id}`)).crontabString, '0 0 5 ? * * *');
    assert.equal((await qd.ok('GET', `/job/${hidden}/info`)).scheduled, false);
    assert.ok(!(await as('GET', `/project/${mine}/jobs/export`, { query: { idlist: hidden, format: 'json' } })).text.includes(hidden));
    assert.ok(!(await as('GET', `/project/${mine}/jobs`, { query: { idlist: hidden } })).text.includes(hidden));
    const done = await runToEnd(qd, await newJob(qd, secret));
    for (const query of [{ jobIdListFilter: hidden }, { excludeJobFilter: 'x' }, { userFilter: 'admin' }]) {
      const seen = (await as('GET', `/project/${mine}/executions`, { query })).json;
      assert.ok(!(seen.executions ?? []).some((one) => one.id === done.id), JSON.stringify(query));
    }
    const caller = await importJobs(qd, mine, [job({ steps: [{ jobref: { uuid: hidden } }] })]);
    const answer = await as('POST', `/job/${caller.succeeded[0].id}/run`, { json: {} });
    assert.equal((await ended(qd, answer.json.id)).status, 'failed', 'it ran as a step');
  });

  it('of a token, or a token itself, is nobody else\'s', async () => {
    const other = await qd.ok('POST', '/tokens', { json: { user: 'admin', roles: ['admin'] }, status: 201 });
    for (const [method, path] of [['GET', ''], ['DELETE', ''], ['POST', '/rotate']]) {
      const answer = await as(method, `/token/${other.id}${path}`);
      assert.equal(answer.status, 404, `${method} ${path}: ${answer.text}`);
    }
    refused(await as('GET', '/tokens/admin'), 'the list of another user');
    refused(await as('GET', '/tokens'), 'the list of all');
    assert.equal((await qd.api('GET', '/projects', { token: other.token })).status, 200);
  });
});

describe('a path', () => {
  it('in a name of a project, a job, a group or a file leads out of no folder', async () => {
    for (const name of ['..', '.', 'a/b', '../x', 'a\\b', 'a\u0000b', '%2e%2e']) await qd.fails(400, null, 'POST', '/projects', { json: { name } });
    const outside = join(qd.base, '..', `qd-evil-${process.pid}`);
    const evil = [job({ name: 'x', group: '../../..' }), job({ uuid: `../../../../../../..${outside}` }), job({ uuid: '..' }), job({ name: '..', group: '..' })];
    const answer = await importJobs(qd, mine, evil);
    for (const one of answer.succeeded) {
      const run = await qd.api('POST', `/job/${encodeURIComponent(one.id)}/run`, { json: {} });
      if (run.status !== 200) continue;
      const done = await ended(qd, run.json.id);
      assert.equal((await qd.api('GET', `/execution/${done.id}/output.text`)).status, 200);
    }
    assert.ok(!existsSync(outside));
    const strange = readdirSync(qd.base, { recursive: true }).filter((name) => /qd-evil/.test(name));
    assert.deepEqual(strange.filter((name) => !name.startsWith('var/')), []);
  });

  it('in the name of an uploaded file stays a name', async () => {
    const id = await newJob(qd, mine, { options: [{ name: 'f', type: 'file' }], steps: ['echo path=${file.f}', 'cat ${file.f}'] });
    const sent = await qd.ok('POST', `/job/${id}/input/file`, { query: { optionName: 'f', fileName: '../../../../etc/cron.d/evil' }, body: 'content', type: 'application/octet-stream' });
    const done = await runToEnd(qd, id, { options: { f: sent.options.f } });
    const text = (await qd.api('GET', `/execution/${done.id}/output.text`)).text;
    const path = /path=(.*)/.exec(text)[1];
    assert.ok(path.startsWith(qd.base) && !path.includes('..') && !path.includes('cron.d'), text);
    assert.match(text, /^content$/m);
  });

  it('of a request cannot climb, however it is spelt', async () => {
    for (const path of ['/../../etc/passwd', '/..%2f..%2fetc%2fpasswd', '/%2e%2e/%2e%2e/etc/passwd', '/static/../../etc/passwd', '/api/59/project/x/../../../../etc/passwd', '/user/..%5c..%5cetc%5cpasswd', '//etc/passwd']) {
      const answer = await qd.raw('GET', path, { token: null });
      assert.ok(!answer.text.includes('root:'), path);
      assert.notEqual(answer.status, 200, path);
    }
  });
});

describe('a text that somebody chooses', () => {
  const run = async (fields, body) => {
    const id = await newJob(qd, mine, fields);
    const done = await runToEnd(qd, id, body);
    return (await qd.api('GET', `/execution/${done.id}/output.text`)).text;
  };

  it('does not become a command: values of options in arguments of scripts', async () => {
    const text = await run({ options: [{ name: 'who' }], steps: [{ script: '#!/bin/sh\nfor one in "$@"; do echo "[$one]"; done', args: '-w ${option.who}' }] }, { options: { who: 'a b; touch /tmp/x $(id) `id`' } });
    assert.match(text, /\[-w\]/);
    assert.ok(!/uid=/.test(text), text);
  });

  it('is not looked through for references a second time', async () => {
    const fields = { options: [{ name: 'a' }, { name: 'b', secure: true, valueExposed: true }], steps: ['echo [${option.a}]'] };
    const text = await run(fields, { options: { a: '${option.b} ${globals.x} ${job.id} ${DATA.x}', b: 'hunter2' } });
    assert.ok(!text.includes('hunter2'), text);
    assert.match(text, /\$\{globals\.x\} \$\{job\.id\} \$\{DATA\.x\}/);
  });

  it('does not become another option of a job that is called', async () => {
    const called = await newJob(qd, mine, { options: [{ name: 'who' }, { name: 'admin', value: 'no' }], steps: ['echo [${option.who}] admin=${option.admin}'] });
    const text = await run({ options: [{ name: 'who' }], steps: [{ jobref: { uuid: called, args: '-who ${option.who}' } }] }, { options: { who: 'x -admin yes' } });
    assert.match(text, /admin=no/, text);
  });

  it('does not become a command as the name of a user', async () => {
    const { token: odd } = await qd.ok('POST', '/tokens', { json: { user: '$(id);id', roles: ['admin'] }, status: 201 });
    const id = await newJob(qd, mine, { steps: ['echo user=${job.username}'] });
    const started = await qd.ok('POST', `/job/${id}/run`, { token: odd, json: {} });
    const done = await ended(qd, started.id);
    const text = (await qd.api('GET', `/execution/${done.id}/output.text`)).text;
    assert.ok(!/uid=/.test(text), text);
  });

  it('does not become markup: every answer says what it is, and that it is nothing else', async () => {
    const evil = '<img src=x onerror=alert(1)>';
    const id = await newJob(qd, mine, { name: evil.replaceAll('/', ''), group: 'a<b>', description: `${evil}\n\n${evil}`, options: [{ name: 'o', value: evil, description: evil }], steps: [`echo '${evil}'`] });
    const done = await runToEnd(qd, id);
    await qd.ok('PUT', `/project/${mine}/readme.md`, { json: { contents: evil } });
    const paths = [
      `/job/${id}`, `/job/${id}/info`, `/job/${id}/meta`, `/job/${id}/workflow`, `/job/${id}/executions`, `/job/${id}/forecast`, `/project/${mine}/jobs`, `/project/${mine}/jobs/export`, `/project/${mine}/executions`, `/project/${mine}/history`,
      `/execution/${done.id}`, `/execution/${done.id}/state`, `/execution/${done.id}/output`, `/execution/${done.id}/output.text`, `/project/${mine}/readme.md`, `/project/${mine}/config`, `/project/${mine}/resources`, `/job/${NOWHERE}${encodeURIComponent(evil)}`, `/${encodeURIComponent(evil)}`,
    ];
    for (const path of paths) {
      for (const accept of ['text/html', 'application/json', 'text/plain', 'application/xml', '*/*']) {
        const answer = await qd.api('GET', path, { accept });
        const where = `${path} as ${accept}: ${answer.type}`;
        assert.notEqual(answer.type, 'text/html', where);
        assert.ok(['application/json', 'text/plain', 'application/xml', 'text/xml', 'text/yaml', 'application/yaml', 'text/x-yaml'].includes(answer.type), where);
        assert.equal(answer.headers['x-content-type-options'], 'nosniff', where);
        assert.match(answer.headers['content-security-policy'], /default-src 'self'/, where);
      }
    }
    const xml = (await qd.api('GET', `/job/${id}`, { query: { format: 'xml' } })).text;
    assert.ok(!xml.replace(/<!\[CDATA\[.*?\]\]>/gs, '').includes('<img'), xml);
  });

  it('does not become a header', async () => {
    const evil = 'x\r\nX-Evil: 1\r\n\r\n<script>';
    const answer = await importJobs(qd, mine, [job({ name: evil })]);
    for (const one of answer.succeeded) {
      for (const path of [`/job/${one.id}`, `/job/${one.id}/info`]) assert.equal((await qd.api('GET', path)).headers['x-evil'], undefined);
    }
    for (const path of [`/user/info/${encodeURIComponent(evil)}`, `/project/${encodeURIComponent(evil)}`, `/job/${encodeURIComponent(evil)}`]) {
      const bad = await qd.api('GET', path);
      assert.equal(bad.headers['x-evil'], undefined);
      assert.ok(bad.status >= 400 && bad.status < 500, `${path}: ${bad.status}`);
    }
    const page = await qd.raw('GET', `/oauth/${encodeURIComponent(evil)}`, { token: null });
    assert.equal(page.headers['x-evil'], undefined);
  });
});

describe('an ad-hoc command', () => {
  it('is seen by nobody of another project', async () => {
    const id = await adhoc(qd, secret, 'echo of the secret project');
    await ended(qd, id);
    for (const path of [`/execution/${id}`, `/execution/${id}/output`, `/execution/${id}/output.text`, `/execution/${id}/state`, `/execution/${id}/output/state`]) refused(await as('GET', path), path);
    refused(await as('POST', `/execution/${id}/abort`), 'abort');
    refused(await as('DELETE', `/execution/${id}`), 'delete');
    assert.equal((await qd.ok('GET', `/execution/${id}`)).status, 'succeeded');
  });
});
