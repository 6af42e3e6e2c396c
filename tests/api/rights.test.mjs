// Every route of the API x who asks: no login, no rights, a reader, a runner, an admin. The routes come from the binary,
// so that a new one is tested, and fails here when it lets somebody do what he may not.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { BINARY, startServer } from '../support/server.mjs';
import { NOWHERE, adhoc, ended, job, newJob, newProject, runToEnd, unique } from '../support/scenario.mjs';
import { until } from '../support/wait.mjs';

const routes = JSON.parse(execFileSync(BINARY, ['routes'], { encoding: 'utf8' }));
const PEOPLE = ['nobody', 'reader', 'runner', 'admin'];

// What policies give to whom, as the decisions that routes name.
const READS = ['project read', 'job read', 'job view', 'execution read', 'event read', 'node read'];
const RUNS = [...READS, 'job run', 'execution kill', 'adhoc run'];
const GRANTS = { nobody: [], reader: READS, runner: RUNS };

// Answer 200 to whoever is logged in, and show or change only what he may; the tests below look at what.
const FILTERED = new Set(['GET project/{project}/jobs', 'GET project/{project}/jobs/export', 'GET project/{project}/jobs/brief', 'GET project/{project}/jobs/glance', 'GET project/{project}/jobs/browse', 'POST project/{project}/jobs/browse', 'GET project/{project}/jobTags/query', 'POST project/{project}/jobs/import', 'GET scheduler/jobs', 'GET scheduler/server/{uuid}/jobs', 'DELETE jobs/delete', 'POST jobs/delete', 'POST jobs/execution/enable', 'POST jobs/execution/disable', 'POST jobs/schedule/enable', 'POST jobs/schedule/disable', 'POST executions/delete']);

let qd;
let project;
let ids;
const tokens = {};

before(async () => {
  qd = await startServer();
  project = await newProject(qd);
  const stored = await newJob(qd, project);
  const done = await runToEnd(qd, stored);
  const command = await ended(qd, await adhoc(qd, project, 'true'));
  ids = { job: stored, execution: done.id, command: command.id };
  const inProject = (group, rules) => ({ description: group, context: { project }, for: rules, by: { group } });
  const reads = { resource: [{ equals: { kind: 'event' }, allow: 'read' }, { equals: { kind: 'node' }, allow: 'read' }], job: [{ allow: 'read' }], adhoc: [{ allow: 'read' }], node: [{ allow: 'read' }] };
  const runs = { ...reads, job: [{ allow: ['read', 'run', 'kill'] }], adhoc: [{ allow: ['read', 'run', 'kill'] }], node: [{ allow: ['read', 'run'] }] };
  const see = { description: 's', context: { application: 'rundeck' }, for: { project: [{ equals: { name: project }, allow: 'read' }] }, by: { group: ['reader', 'runner'] } };
  const text = [inProject('reader', reads), inProject('runner', runs), see].map((one) => JSON.stringify(one)).join('\n---\n');
  await qd.ok('POST', '/system/acl/people.aclpolicy', { json: { contents: text }, status: 201 });
  for (const who of PEOPLE) tokens[who] = (await qd.ok('POST', '/tokens', { json: { user: unique(who), roles: who }, status: 201 })).token;
});
after(() => qd?.stop());

// The path with real things in it. An admin's writes go to things that do not exist: he must not be refused, and change nothing.
function pathOf(route, who) {
  const unreal = who === 'admin' && route.method !== 'GET';
  const id = route.path.startsWith('execution/') ? ids.execution : ids.job;
  const values = { project: unreal ? 'no-such-project' : project, id: unreal ? (route.path.startsWith('execution/') ? '987654321' : NOWHERE) : id, execution: ids.execution, name: 'x.aclpolicy', key: 'k', user: 'somebody', login: 'somebody', uuid: NOWHERE, integration: 'export', type: 'git-export', action: 'project-commit' };
  return `/${route.path.replace(/\{([a-z_]+)\*?\}/gi, (_, name) => encodeURIComponent(values[name] ?? '1'))}`;
}

function ask(route, who) {
  const target = who === 'admin' ? NOWHERE : ids.job;
  const json = /jobs\/import$/.test(route.path) ? [job()] : { ids: [target], idlist: target, resource: { type: 'adhoc' }, action: 'run', actions: 'run', contents: 'x', exec: 'true', script: 'true', url: 'http://127.0.0.1:9/', scriptURL: 'http://127.0.0.1:9/' };
  const body = route.method === 'GET' || route.method === 'DELETE' ? {} : { json };
  const query = { exec: 'true', scriptURL: 'http://127.0.0.1:9/', optionName: 'f', uuid: NOWHERE, idlist: target, key: 'k' };
  return qd.api(route.method, pathOf(route, who), { token: tokens[who] ?? null, query, ...body });
}

const named = (route) => `${route.method} ${route.path}`;
const granted = (route, who) => GRANTS[who].includes(`${route.resource} ${route.action}`);

describe('every route', () => {
  it('is in the list of the binary, with its decision', () => {
    assert.ok(routes.length > 100, `${routes.length} routes`);
    for (const route of routes) assert.match(route.method, /^(GET|POST|PUT|DELETE)$/, JSON.stringify(route));
  });

  it('refuses who is not logged in', async () => {
    for (const route of routes) {
      const answer = await ask(route, 'anonymous');
      assert.equal(answer.status, 403, `${named(route)}: ${answer.text.slice(0, 300)}`);
      assert.equal(answer.json.errorCode, 'unauthorized', named(route));
    }
  });

  for (const who of ['nobody', 'reader', 'runner']) {
    it(`lets a ${who} do what policies allow, and nothing else`, async () => {
      const wrong = [];
      for (const route of routes.filter((one) => one.action && !FILTERED.has(named(one)))) {
        const answer = await ask(route, who);
        const refused = answer.status === 403 || (answer.status === 404 && !granted(route, who));
        if (refused === granted(route, who)) wrong.push(`${named(route)} (${route.resource} ${route.action}): ${answer.status} ${answer.text.slice(0, 160)}`);
      }
      assert.deepEqual(wrong, []);
    });
  }

  it('refuses an admin nothing', async () => {
    // A webhook's login is the token in its path: whoever else asks counts for nothing.
    for (const route of routes.filter((one) => !['POST system/executions/disable', 'POST config/restart', 'POST webhook/{token}'].includes(named(one)))) {
      const answer = await ask(route, 'admin');
      assert.notEqual(answer.status, 403, `${named(route)}: ${answer.text.slice(0, 300)}`);
      assert.ok(answer.status < 500 || answer.status === 503, `${named(route)}: ${answer.status} ${answer.text.slice(0, 300)}`);
    }
  });
});

describe('lists and bulk calls', () => {
  it('show and change only what one may', async () => {
    const as = (who) => ({ token: tokens[who] });
    assert.deepEqual(await qd.ok('GET', '/projects', as('nobody')), []);
    assert.deepEqual((await qd.ok('GET', '/projects', as('reader'))).map((one) => one.name), [project]);
    assert.deepEqual(await qd.ok('GET', `/project/${project}/jobs`, as('nobody')), []);
    assert.equal((await qd.ok('GET', `/project/${project}/jobs`, as('reader'))).length, 1);
    assert.deepEqual(await qd.ok('GET', `/project/${project}/jobs/brief`, as('nobody')), { groups: [], jobs: [] });
    assert.equal((await qd.ok('GET', `/project/${project}/jobs/brief`, as('reader'))).jobs.length, 1);
    assert.deepEqual((await qd.ok('GET', `/project/${project}/jobs/browse`, as('nobody'))).items, []);
    assert.equal((await qd.ok('GET', `/project/${project}/jobs/browse`, as('reader'))).items.length, 1);
    assert.deepEqual(await qd.ok('GET', `/project/${project}/jobs/export`, { ...as('nobody'), query: { format: 'json' } }), []);
    const imported = await qd.ok('POST', `/project/${project}/jobs/import`, { ...as('reader'), json: [job()] });
    assert.match(imported.failed[0].error, /^Unauthorized: Create Job /);
    const update = await qd.ok('POST', `/project/${project}/jobs/import`, { ...as('reader'), json: [{ ...job(), uuid: ids.job }], query: { dupeOption: 'update' } });
    assert.match(update.failed[0].error, /^Unauthorized: Update Job /);
    for (const who of ['nobody', 'reader', 'runner']) {
      for (const path of ['/jobs/delete', '/jobs/execution/disable']) {
        const bulk = await qd.ok('POST', path, { ...as(who), json: { idlist: [ids.job], ids: [ids.job] } });
        assert.equal(bulk.failed[0].errorCode, 'unauthorized', `${who} ${path}: ${JSON.stringify(bulk)}`);
      }
      const removed = await qd.ok('POST', '/executions/delete', { ...as(who), json: { ids: [ids.execution] } });
      assert.equal(removed.failedCount, 1, JSON.stringify(removed));
    }
    assert.equal((await qd.ok('GET', `/job/${ids.job}/info`)).enabled, true);
  });

  it('hide executions of jobs that one may not see', async () => {
    const group = unique('g');
    const contents = JSON.stringify({ description: 'd', context: { project }, for: { resource: [{ equals: { kind: 'event' }, allow: 'read' }], adhoc: [{ allow: 'read' }] }, by: { group } });
    await qd.ok('POST', '/system/acl/events-only.aclpolicy', { json: { contents }, status: 201 });
    const { token } = await qd.ok('POST', '/tokens', { json: { user: unique('u'), roles: group }, status: 201 });
    const seen = await qd.ok('GET', `/project/${project}/executions`, { token });
    assert.ok(seen.executions.some((one) => one.id === ids.command) && !seen.executions.some((one) => one.id === ids.execution), JSON.stringify(seen));
    const history = await qd.ok('GET', `/project/${project}/history`, { token });
    assert.ok(!JSON.stringify(history.events).includes(ids.job), 'history tells of the job');
  });
});

describe('an execution', () => {
  it('runs on nodes that its starter may run on, and jobs that he may run', async () => {
    const group = unique('g');
    const open = await newJob(qd, project, { name: unique('open') });
    const closed = await newJob(qd, project, { name: unique('closed') });
    const caller = await newJob(qd, project, { steps: [{ jobref: { uuid: closed } }] });
    const contents = (nodes) => JSON.stringify({ description: 'd', context: { project }, for: { job: [{ allow: ['run', 'read'] }, { deny: 'run', equals: { uuid: closed } }], node: [nodes], resource: [{ equals: { kind: 'event' }, allow: 'read' }] }, by: { group } });
    const { token } = await qd.ok('POST', '/tokens', { json: { user: unique('u'), roles: group }, status: 201 });
    const started = async (id) => ended(qd, (await qd.ok('POST', `/job/${id}/run`, { token, json: {} })).id);
    await qd.ok('POST', '/system/acl/nodes.aclpolicy', { json: { contents: contents({ allow: ['read', 'run'], equals: { rundeck_server: 'false' } }) }, status: 201 });
    assert.equal((await started(open)).status, 'failed', 'ran on the server node');
    await qd.ok('PUT', '/system/acl/nodes.aclpolicy', { json: { contents: contents({ allow: ['read', 'run'], equals: { rundeck_server: 'true' } }) }, status: 200 });
    assert.equal((await started(open)).status, 'succeeded');
    assert.equal((await started(caller)).status, 'failed', 'ran a job as a step that its starter may not run');
    assert.equal((await runToEnd(qd, caller)).status, 'succeeded', 'an admin may');
  });
});

describe('a scheduled execution', () => {
  it('runs where whoever saved the job may run, as policies are when it runs', async () => {
    const group = unique('g');
    const contents = (server) => JSON.stringify({ description: 'd', context: { project }, by: { group }, for: { job: [{ allow: '*' }], node: [{ allow: ['read', 'run'], equals: { rundeck_server: server } }], resource: [{ allow: '*' }] } });
    await qd.ok('POST', '/system/acl/savers.aclpolicy', { json: { contents: contents('false') }, status: 201 });
    const see = { description: 's', context: { application: 'rundeck' }, by: { group }, for: { project: [{ equals: { name: project }, allow: 'read' }] } };
    await qd.ok('POST', '/system/acl/savers-see.aclpolicy', { json: { contents: JSON.stringify(see) }, status: 201 });
    const user = unique('saver');
    const { token } = await qd.ok('POST', '/tokens', { json: { user, roles: group }, status: 201 });
    const one = { ...job({ name: unique('every') }), scheduleEnabled: true, schedule: { crontab: '* * * * * ? *' }, multipleExecutions: true };
    const saved = await qd.ok('POST', `/project/${project}/jobs/import`, { token, json: [one] });
    assert.equal(saved.succeeded.length, 1, JSON.stringify(saved));
    const { id } = saved.succeeded[0];
    const runs = async (status) => (await qd.ok('GET', `/job/${id}/executions`, { query: { status, max: 5 } })).executions;
    const [failed] = await until(async () => { const found = await runs('failed'); return found.length && found; }, { what: 'a fire that finds no node' });
    assert.equal(failed.user, user);
    assert.equal((await runs('succeeded')).length, 0, 'it ran on the server node');
    await qd.ok('PUT', '/system/acl/savers.aclpolicy', { json: { contents: contents('true') }, status: 200 });
    await until(async () => (await runs('succeeded')).length > 0, { what: 'a fire after the policy allows it' });
    await qd.ok('DELETE', `/job/${id}`).catch(() => qd.ok('POST', `/job/${id}/schedule/disable`));
  });
});

describe('attacks of the kinds that were published', () => {
  it('an id of one project does not open another by its path', async () => {
    const secret = await newProject(qd);
    const hidden = await newJob(qd, secret);
    const done = await runToEnd(qd, hidden);
    const as = { token: tokens.runner };
    for (const path of [`/job/${hidden}`, `/job/${hidden}/info`, `/job/${hidden}/workflow`, `/job/${hidden}/meta`, `/job/${hidden}/tags`, `/job/${hidden}/executions`, `/job/${hidden}/forecast`, `/job/${hidden}/fires`, `/job/${hidden}/input/files`, `/execution/${done.id}`, `/execution/${done.id}/state`, `/execution/${done.id}/workflow`, `/execution/${done.id}/output`, `/execution/${done.id}/output/state`, `/execution/${done.id}/events`, `/execution/${done.id}/input/files`, `/project/${secret}`, `/project/${secret}/executions`, `/project/${secret}/history`, `/project/${secret}/config`]) {
      const answer = await qd.api('GET', path, as);
      assert.equal(answer.status, 403, `${path}: ${answer.status} ${answer.text.slice(0, 200)}`);
    }
    for (const path of [`/job/${hidden}/run`, `/job/${hidden}/retry/${done.id}`, `/job/${ids.job}/retry/${done.id}`, `/execution/${done.id}/abort`]) {
      const answer = await qd.api('POST', path, { ...as, json: {} });
      assert.ok([403, 404].includes(answer.status), `${path}: ${answer.status} ${answer.text.slice(0, 200)}`);
    }
    const listed = await qd.ok('GET', `/project/${project}/jobs`, { ...as, query: { idlist: hidden } });
    assert.deepEqual(listed, []);
    const taken = await qd.ok('POST', `/project/${project}/jobs/import`, { json: [{ ...job(), uuid: hidden }], query: { dupeOption: 'update' } });
    assert.equal(taken.failed.length, 1, 'an import into one project took over a job of another');
  });

  it('nobody acts in another name without the right to', async () => {
    for (const [path, json] of [[`/job/${ids.job}/run`, { asUser: 'admin' }], [`/project/${project}/run/command`, { exec: 'true', asUser: 'admin' }]]) {
      const answer = await qd.api('POST', path, { token: tokens.runner, json });
      assert.equal(answer.status, 403, `${path}: ${answer.text}`);
    }
  });

  it('a path leads out of no folder', async () => {
    for (const bad of ['..%2F..%2Fetc%2Fpasswd', '..%2fx.aclpolicy', '%2e%2e%2fadmin.aclpolicy', '.%2Fx.aclpolicy', 'a%5C..%5Cx']) {
      for (const path of [`/system/acl/${bad}`, `/project/${project}/acl/${bad}`]) {
        const answer = await qd.api('GET', path);
        assert.ok([400, 404].includes(answer.status), `${path}: ${answer.status}`);
        assert.ok(!/root:|group: admin/.test(answer.text), path);
      }
    }
  });

  it('a value of an option cannot become a command', async () => {
    const id = await newJob(qd, project, { steps: ['echo "[${option.who}]"'.replaceAll('"', '')], options: [{ name: 'who' }] });
    const done = await runToEnd(qd, id, { options: { who: 'x; echo hacked $(id) `id` && echo ${globals.x}' } });
    const text = (await qd.api('GET', `/execution/${done.id}/output`, { query: { format: 'text' } })).text;
    assert.ok(!/^hacked/m.test(text) && !/uid=/.test(text), text);
  });

  it('names are text, not markup, and pages take no script', async () => {
    const evil = '<script>alert(1)</script>"\'>';
    const id = await newJob(qd, project, { name: evil.replaceAll('/', ''), description: evil });
    const info = await qd.api('GET', `/job/${id}/info`);
    assert.equal(info.type, 'application/json');
    assert.equal(info.headers['x-content-type-options'], 'nosniff');
    assert.match(info.headers['content-security-policy'], /default-src 'self'/);
    assert.equal((await qd.api('POST', '/projects', { json: { name: evil } })).status, 400);
    const page = await qd.raw('GET', `/user/login?x=${encodeURIComponent(evil)}`, { token: null, accept: 'text/html' });
    assert.ok(!page.text.includes('<script>alert'));
  });

  it('a token never carries more than its maker has', async () => {
    for (const roles of ['admin', ['reader', 'admin'], ['runner']]) {
      const answer = await qd.api('POST', '/tokens', { token: tokens.reader, json: { user: 'admin', roles } });
      assert.ok(answer.status === 403 || answer.status === 400, `${roles}: ${answer.status} ${answer.text}`);
    }
  });
});
