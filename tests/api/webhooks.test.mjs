// Incoming webhooks: made and changed by those who may, posted to by whoever has the URL.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ended, execution, lines, newJob, newProject, unique } from '../support/scenario.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/wait.mjs';

const PASSWORD = 'application/x-rundeck-data-password';
let qd;
let project;
let shows;
before(async () => {
  qd = await startServer();
  project = await newProject(qd);
  shows = await newJob(qd, project, { steps: ['echo one=${option.one}'], options: [{ name: 'one', value: 'default' }], multipleExecutions: true });
});
after(() => qd?.stop());

// Makes a webhook, and returns it as the API shows it.
async function newHook(fields = {}, options = {}) {
  const json = { project, name: unique('hook'), user: 'admin', roles: 'admin', eventPlugin: 'webhook-run-job', enabled: true, config: { jobId: shows }, ...fields };
  const saved = await qd.ok('POST', `/project/${json.project}/webhook`, { json, ...options });
  assert.equal(saved.msg, 'Saved webhook');
  return { ...(await qd.ok('GET', `/project/${json.project}/webhook/${saved.id}`)), secret: saved.generatedSecurityString };
}
const change = (hook, fields, options = {}) => qd.api('POST', `/project/${hook.project}/webhook/${hook.id}`, { json: { project: hook.project, ...fields }, ...options });
// Nobody is logged in: the token in the path is the login.
const post = (hook, json = {}, options = {}) => qd.api('POST', `/webhook/${hook.authToken}`, { token: null, json, ...options });
const runOf = async (answer) => {
  assert.equal(answer.status, 200, answer.text);
  return ended(qd, answer.json.executionId);
};
const deliveries = (hook, options) => qd.ok('GET', `/project/${hook.project}/webhook/${hook.id}/deliveries`, options);

// A user with a token of his own, and the rights on webhooks in the project.
async function person(actions, { application = [{ equals: { kind: 'apitoken' }, allow: 'generate_user_token' }], job = ['read', 'run'] } = {}) {
  const group = unique('g');
  const policies = [
    { description: 'p', context: { project }, by: { group }, for: { resource: [{ equals: { kind: 'webhook' }, allow: actions }, { equals: { kind: 'event' }, allow: 'read' }], job: [{ allow: job }], node: [{ allow: ['read', 'run'] }] } },
    { description: 'a', context: { application: 'rundeck' }, by: { group }, for: { project: [{ equals: { name: project }, allow: 'read' }], resource: application } },
  ];
  await qd.ok('POST', `/system/acl/${group}.aclpolicy`, { json: { contents: policies.map((one) => JSON.stringify(one)).join('\n---\n') }, status: 201 });
  const user = unique('u');
  const { token } = await qd.ok('POST', '/tokens', { json: { user, roles: group }, status: 201 });
  return { user, group, token };
}

describe('webhooks', () => {
  it('are made, shown, changed and deleted as the peer answers it', async () => {
    const hook = await newHook({ name: 'Add Me', roles: 'webhook,admin,user', config: { jobId: shows, argString: '-payload ${raw}' } });
    const { id, uuid, authToken, secret, ...rest } = hook;
    assert.equal(typeof id, 'number');
    assert.match(uuid, /^[0-9a-f-]{36}$/);
    assert.match(authToken, /^[A-Za-z0-9]{32}$/);
    assert.equal(secret, undefined);
    assert.deepEqual(rest, { name: 'Add Me', project, enabled: true, user: 'admin', creator: 'admin', roles: 'webhook,admin,user', useAuth: false, regenAuth: false, eventPlugin: 'webhook-run-job', config: { jobId: shows, argString: '-payload ${raw}' } });
    assert.ok((await qd.ok('GET', `/project/${project}/webhooks`)).some((one) => one.id === id && one.authToken === authToken));

    const changed = await change(hook, { id, roles: 'admin', name: 'Other', user: 'somebody', authToken: 'x'.repeat(32) });
    assert.deepEqual([changed.status, changed.json.msg, changed.json.uuid], [200, 'Saved webhook', uuid]);
    const now = await qd.ok('GET', `/project/${project}/webhook/${id}`);
    assert.deepEqual([now.name, now.roles, now.user, now.authToken, now.config.argString], ['Other', 'admin', 'admin', authToken, '-payload ${raw}']);

    assert.deepEqual(await qd.ok('DELETE', `/project/${project}/webhook/${id}`), { msg: 'Deleted Other webhook' });
    const gone = await qd.api('GET', `/project/${project}/webhook/${id}`);
    assert.deepEqual([gone.status, gone.json.err], [404, 'Webhook not found']);
    assert.equal((await post(hook)).status, 403);
  });

  it('are refused with what is wrong', async () => {
    const at = `/project/${project}/webhook`;
    await qd.fails(400, 'api.error.parameter.required', 'POST', at, { json: { name: 'x' } });
    const wrong = { name: 'x', project, eventPlugin: 'webhook-run-job', user: 'admin', roles: 'admin', config: { jobId: 'j' } };
    for (const [fields, why] of [[{ eventPlugin: 'nothing' }, /^Plugin does not exist: nothing/], [{ config: {} }, /^Invalid plugin configuration: jobId : required/], [{ name: ' ' }, /'name' is required/], [{ user: unique('stranger') }, /^Webhook user '.*' not found/], [{ config: 'no json' }, /'config' must be/], [{ project: 'another' }, /is not that of the URL/], [{ name: 'x'.repeat(300) }, /'name' must be/], [{ eventPlugin: 'advanced-run-job', config: { rules: [{ jobId: 'j', conditions: [{ path: '$.a', condition: 'like' }] }] } }, /rule 1: there is no condition "like"/]]) {
      const answer = await qd.api('POST', at, { json: { ...wrong, ...fields } });
      assert.equal(answer.status, 400, answer.text);
      assert.match(answer.json.err, why);
    }
    assert.equal((await qd.api('GET', '/project/nowhere/webhooks')).status, 404);
  });
});

describe('a post', () => {
  it('runs the job with options from what was posted, and says which execution', async () => {
    const hook = await newHook({ config: { jobId: shows, argString: '-one ${data.sub1.list[1].subfield} -raw ${raw} -at ${webhook.timestamp} -from ${webhook.sender}', nodeFilter: '.*' } });
    const body = { sub1: { list: [{}, { subfield: 'sub val' }] } };
    const answer = await post(hook, body);
    assert.deepEqual(Object.keys(answer.json).sort(), ['executionId', 'jobId']);
    assert.equal(answer.json.jobId, shows);
    assert.equal(typeof answer.json.executionId, 'string');
    const done = await runOf(answer);
    assert.equal(done.status, 'succeeded');
    assert.equal(done.user, 'admin');
    assert.equal(done.job.options.one, 'sub val');
    assert.equal(done.job.options.raw, JSON.stringify(body));
    assert.equal(done.job.options.from, '127.0.0.1');
    assert.ok(Math.abs(Number(done.job.options.at) - Date.now()) < 60_000);
    assert.deepEqual((await lines(qd, done.id)), ['one=sub val']);
    // Without a body, and with the name behind the token.
    const bare = await newHook();
    assert.equal((await qd.raw('POST', `/api/59/webhook/${bare.authToken}%23${encodeURIComponent(bare.name)}`, { token: null })).status, 200);
    assert.equal((await qd.raw('POST', `/api/40/webhook/${bare.authToken}`, { token: null, body: '{"a":1}', type: 'text/plain' })).status, 200);
  });

  it('cannot break out of the options with what it holds', async () => {
    const hook = await newHook({ config: { jobId: shows, argString: '-one ${data.x} -two "a ${data.x} b" ${data.x} -three safe' } });
    for (const x of ['" -three evil "', "' -three evil '", '-three', 'v -three evil', '\n-three\tevil', '"" -three evil', '${data.secret} ${KS:keys/x} $(id)', '\\" -three evil', '-three evil']) {
      const done = await runOf(await post(hook, { x, secret: 'no' }));
      assert.deepEqual(done.job.options, { one: x, two: `a ${x} b`, three: 'safe' }, x);
    }
    const done = await runOf(await post(hook, { x: '$(touch /tmp/never) `id`; echo pwned' }));
    assert.deepEqual(await lines(qd, done.id), ['one=$(touch /tmp/never) `id`; echo pwned']);
    const nul = await qd.api('POST', `/webhook/${hook.authToken}`, { token: null, body: '{"x":"a\\u0000b"}', type: 'application/json' });
    assert.equal(nul.status, 400, nul.text);
  });

  it('says what is wrong', async () => {
    const broken = await post(await newHook(), undefined, { json: undefined, body: '{"a":', type: 'application/json' });
    assert.equal(broken.status, 400, broken.text);
    assert.match(broken.json.err, /^Unable to parse posted JSON data/);
    const missing = await post(await newHook({ config: { jobId: '${data.job}' } }), { job: 'nothing-here' });
    assert.equal(missing.status, 400);
    assert.match(missing.json.err, new RegExp(`^Cannot run job, not found: nothing-here in project ${project}`));
    const elsewhere = await newJob(qd, await newProject(qd));
    assert.match((await post(await newHook({ config: { jobId: '${data.job}' } }), { job: elsewhere })).json.err, /^Cannot run job, not found/);
    const unknown = await post(await newHook({ config: { jobId: shows, argString: '-one ${System.exit(0)}' } }));
    assert.match(unknown.json.err, /^Failed to substitute data: \$\{System\.exit\(0\)\}/);
    const large = await qd.api('POST', `/webhook/${(await newHook()).authToken}`, { token: null, body: `"${'x'.repeat(3 << 20)}"`, type: 'application/json' });
    assert.equal(large.status, 413);
  });

  it('is not taken when the webhook, its job, the project or the member takes none', async () => {
    const hook = await newHook();
    assert.equal((await change(hook, { enabled: false })).status, 200);
    const off = await post(hook);
    assert.deepEqual([off.status, off.json.err], [404, 'Webhook not enabled']);
    assert.equal((await change(hook, { enabled: true })).status, 200);
    await runOf(await post(hook));

    const stopped = await newJob(qd, project, { executionEnabled: false });
    const toStopped = await post(await newHook({ config: { jobId: stopped } }));
    assert.equal(toStopped.status, 400);
    assert.match(toStopped.json.err, /Job execution is disabled/);

    await qd.ok('POST', '/system/executions/disable');
    try {
      const passive = await post(hook);
      assert.equal(passive.status, 400);
      assert.match(passive.json.err, /Executions are disabled/);
    } finally {
      await qd.ok('POST', '/system/executions/enable');
    }
    await runOf(await post(hook));
  });

  it('needs the Authorization string where the webhook has one', async () => {
    const hook = await newHook({ useAuth: true, regenAuth: true });
    assert.match(hook.secret, /^[A-Za-z0-9]{32}$/);
    assert.equal(hook.useAuth, true);
    for (const headers of [{}, { Authorization: 'wrong' }, { Authorization: '' }]) {
      const refused = await post(hook, {}, { headers });
      assert.deepEqual([refused.status, refused.json.err], [400, 'Failed webhook authorization']);
    }
    await runOf(await post(hook, {}, { headers: { Authorization: hook.secret } }));
    // Saved again without a new one, it stays; a new one takes its place.
    assert.equal((await change(hook, { useAuth: true, regenAuth: false })).json.generatedSecurityString, undefined);
    await runOf(await post(hook, {}, { headers: { Authorization: hook.secret } }));
    const renewed = (await change(hook, { useAuth: true, regenAuth: true })).json.generatedSecurityString;
    assert.equal((await post(hook, {}, { headers: { Authorization: hook.secret } })).status, 400);
    await runOf(await post(hook, {}, { headers: { Authorization: renewed } }));
    await change(hook, { useAuth: false });
    await runOf(await post(hook));
  });

  it('is void with an old token, and a token opens nothing else', async () => {
    const hook = await newHook();
    for (const [method, path] of [['GET', '/projects'], ['GET', `/project/${project}/webhooks`], ['POST', `/job/${shows}/run`]]) {
      assert.equal((await qd.api(method, path, { token: hook.authToken, ...(method === 'POST' ? { json: {} } : {}) })).status, 403, path);
    }
    assert.equal((await qd.api('GET', `/webhook/${hook.authToken}`, { token: null })).status, 405);
    // Another login beside the token counts for nothing.
    const { token } = await qd.ok('POST', '/tokens', { json: { user: 'admin', roles: 'admin' }, status: 201 });
    const strange = await qd.api('POST', '/webhook/0123456789abcdef', { token, json: {} });
    assert.equal(strange.status, 403);
    assert.ok(!strange.text.includes('0123456789abcdef'), strange.text);
    await change(hook, { regenToken: true });
    const now = await qd.ok('GET', `/project/${project}/webhook/${hook.id}`);
    assert.notEqual(now.authToken, hook.authToken);
    assert.equal((await post(hook)).status, 403);
    await runOf(await post(now));
  });

  it('goes to the log, whatever it holds', async () => {
    const hook = await newHook({ eventPlugin: 'log-webhook-event', config: {} });
    const word = unique('posted');
    const answer = await qd.api('POST', `/webhook/${hook.authToken}`, { token: null, body: `${word}\n2026 fake line`, type: 'text/plain' });
    assert.deepEqual([answer.status, answer.text.trim()], [200, 'ok']);
    const line = await until(() => qd.log().split('\n').find((one) => one.includes(word)), { what: 'the event in the log' });
    assert.match(line, /2026 fake line/);
    assert.match(line, /contentType: text\/plain/);
  });

  it('is in the list of deliveries, in the audit trail, and with its execution', async () => {
    const hook = await newHook();
    const { executionId } = (await post(hook, { why: 'deploy' })).json;
    await change(hook, { enabled: false });
    await post(hook);
    const [refused, taken] = await deliveries(hook);
    assert.deepEqual([refused.outcome, refused.message, refused.payload], ['refused', 'Webhook not enabled', '']);
    assert.deepEqual([taken.outcome, taken.executions[0].id, taken.payload, taken.sender], ['ok', Number(executionId), '{"why":"deploy"}', '127.0.0.1']);
    const [debug] = (await qd.ok('GET', `/enterprise/project/${project}/webhooks/${hook.id}/debug-events`)).filter((one) => one.id === taken.id);
    assert.deepEqual(debug.event, { why: 'deploy' });
    const { events } = await qd.ok('GET', '/audit/events', { query: { resourceType: 'webhook', project } });
    const told = events.filter((one) => one.resourceName.includes(hook.uuid));
    assert.ok(told.some((one) => one.action === 'run' && one.detail.includes(`execution ${executionId}`) && one.address === '127.0.0.1'), JSON.stringify(told));
    assert.ok(told.some((one) => one.action === 'create') && told.some((one) => one.action === 'update'));
    const ran = (await qd.ok('GET', '/audit/events', { query: { resourceType: 'job', project } })).events.find((one) => one.resourceName.endsWith(`:${executionId}`));
    assert.equal(ran.tokenId, hook.uuid);
    assert.deepEqual([(await execution(qd, executionId)).meta.webhookName, (await execution(qd, executionId)).meta.webhookDelivery], [hook.name, taken.id]);
  });
});

describe('rights', () => {
  it('make, change and read webhooks, each by its own', async () => {
    const hook = await newHook();
    const at = `/project/${project}/webhook`;
    const json = { project, name: 'n', eventPlugin: 'log-webhook-event', config: {}, enabled: true };
    const calls = { read: ['GET', `${at}s`], create: ['POST', at, json], update: ['POST', `${at}/${hook.id}`, { project, name: hook.name }], delete: ['DELETE', `${at}/987654`] };
    for (const granted of [...Object.keys(calls), 'post']) {
      const who = await person([granted]);
      for (const [action, [method, path, body]] of Object.entries(calls)) {
        const answer = await qd.api(method, path, { token: who.token, ...(body ? { json: body } : {}) });
        assert.equal(answer.status === 403, action !== granted, `${granted}: ${action}: ${answer.text}`);
      }
    }
  });

  it('of a webhook never exceed those of whoever makes or changes it', async () => {
    const who = await person(['read', 'create', 'update', 'post']);
    const as = { token: who.token };
    const json = { project, name: 'n', eventPlugin: 'webhook-run-job', config: { jobId: shows }, user: who.user };
    for (const fields of [{ roles: 'admin' }, { roles: `${who.group},admin` }, { user: 'admin', roles: who.group }]) {
      const refused = await qd.api('POST', `/project/${project}/webhook`, { json: { ...json, ...fields }, ...as });
      assert.equal(refused.status, 403, JSON.stringify(fields));
      assert.match(refused.json.err, /^Failed to create associated Auth Token/);
    }
    const mine = await newHook({ user: who.user, roles: who.group }, as);
    assert.equal((await change(mine, { roles: 'admin' }, as)).status, 403);
    const done = await runOf(await post(mine));
    assert.equal(done.user, who.user);
    // An admin's webhook: its name, but not what it does, nor its URL.
    const theirs = await newHook();
    for (const fields of [{ config: { jobId: 'mine' } }, { eventPlugin: 'log-webhook-event' }, { useAuth: false }, { regenToken: true }]) assert.equal((await change(theirs, fields, as)).status, 403, JSON.stringify(fields));
    assert.equal((await change(theirs, { name: 'renamed' }, as)).status, 200);
    // Without the right to make tokens there is no webhook either.
    const none = await person(['create'], { application: [{ equals: { kind: 'system' }, allow: 'read' }] });
    assert.equal((await qd.api('POST', `/project/${project}/webhook`, { json: { ...json, user: none.user, roles: none.group }, token: none.token })).status, 403);
  });

  it('of the webhook’s own user decide what a post may do', async () => {
    const noPost = await person(['read'], { job: ['read', 'run'] });
    const refused = await post(await newHook({ user: noPost.user, roles: noPost.group }));
    assert.deepEqual([refused.status, refused.json.err], [400, 'You are not authorized to perform this action']);
    const noRun = await person(['post'], { job: ['read'] });
    assert.match((await post(await newHook({ user: noRun.user, roles: noRun.group }))).json.err, /Not authorized for action "run"/);
    const blind = await person(['post'], { job: ['run'] });
    assert.match((await post(await newHook({ user: blind.user, roles: blind.group }))).json.err, /^Cannot run job, not found/);
    const other = await person(['post']);
    assert.match((await post(await newHook({ user: other.user, roles: other.group, config: { jobId: shows, asUser: 'admin' } }))).json.err, /Not authorized for action "runAs"/);
    const done = await runOf(await post(await newHook({ config: { jobId: shows, asUser: '${data.who}' } }), { who: 'bob' }));
    assert.equal(done.user, 'bob');
  });

  it('show what was posted to admins of webhooks alone', async () => {
    const hook = await newHook();
    await post(hook, { secret: 'word' });
    const reader = await person(['read']);
    const [seen] = await deliveries(hook, { token: reader.token });
    assert.deepEqual([seen.outcome, seen.payload], ['ok', '']);
    assert.equal((await qd.api('GET', `/enterprise/project/${project}/webhooks/${hook.id}/debug-events`, { token: reader.token })).status, 403);
  });

  it('end with the user', async () => {
    const login = unique('leaver');
    await qd.ok('POST', '/user/local', { json: { login, password: 'a long password 42', roles: ['admin'] }, status: 201 });
    const hook = await newHook({ user: login });
    await runOf(await post(hook));
    await qd.ok('POST', `/user/local/${login}`, { json: { enabled: false } });
    assert.match((await post(hook)).json.err, /is disabled/);
    await qd.ok('POST', `/user/local/${login}`, { json: { enabled: true } });
    await runOf(await post(hook));
    await qd.api('DELETE', `/user/local/${login}`);
    assert.deepEqual([(await post(hook)).status, (await qd.ok('GET', `/project/${project}/webhook/${hook.id}`)).enabled], [404, false]);
  });

  it('and webhooks go with their project', async () => {
    const other = await newProject(qd);
    const id = await newJob(qd, other);
    const hook = await newHook({ project: other, config: { jobId: id } });
    await runOf(await post(hook));
    await qd.api('DELETE', `/project/${other}`);
    assert.equal((await post(hook)).status, 403);
  });
});

describe('rules', () => {
  const rule = (fields) => ({ name: 'r', enabled: true, policy: 'all', jobId: shows, conditions: [], jobOptions: [], ...fields });
  const routed = (rules, more = {}) => newHook({ eventPlugin: 'advanced-run-job', config: { rules, returnProcessingInfo: true, ...more } });
  const statuses = (answer) => answer.json.results.map((one) => one.ruleRoutingResults.map((two) => two.jobRunStatus));

  it('run jobs whose conditions hold, with options from paths and templates', async () => {
    const hook = await routed([
      rule({ conditions: [{ path: '$.type', condition: 'equals', value: 'deploy' }], jobOptions: [{ name: 'one', value: '$.list[*].id' }, { name: 'two', value: 'v ${data.type} ${path(\'$.list[0].id\')}' }, { name: 'gone', value: '$.nowhere' }, { name: 'all', value: '$' }] }),
      rule({ enabled: false }),
      rule({ policy: 'any', conditions: [{ path: '$.type', condition: 'contains', value: 'ploy' }, { path: '$.nowhere', condition: 'exists', value: '' }] }),
      rule({ conditions: [{ path: '$.list', condition: 'isA', value: 'map' }] }),
      rule({ jobId: 'no-such-job' }),
    ]);
    const body = { type: 'deploy', list: [{ id: 7 }, { id: 8 }] };
    const answer = await post(hook, body);
    assert.equal(answer.json.msg, 'ok');
    assert.deepEqual(statuses(answer), [['STARTED', 'STARTED', 'NOT_STARTED', 'NOT_FOUND']]);
    const done = await ended(qd, answer.json.results[0].ruleRoutingResults[0].executionId);
    assert.deepEqual(done.job.options, { one: '[7,8]', two: 'v deploy 7', all: JSON.stringify(body) });
    const [delivery] = await deliveries(hook);
    assert.deepEqual([delivery.outcome, delivery.executions.length], ['ok', 2]);
    assert.match(delivery.message, /no-such-job/);
    const quiet = await newHook({ eventPlugin: 'advanced-run-job', config: { rules: [] } });
    assert.deepEqual((await post(quiet)).json, { msg: 'ok' });
  });

  it('take each item of a batch for itself', async () => {
    const hook = await routed([rule({ conditions: [{ path: '$.msg', condition: 'equals', value: 'run' }], jobOptions: [{ name: 'one', value: '$.msg' }] })], { batchKey: '$.messages[*].alerts', eventIdKey: '$.id' });
    const answer = await post(hook, { messages: [{ alerts: [{ id: 'a', msg: 'run' }, { id: 'b', msg: 'no' }] }, { alerts: [[{ id: 'c', msg: 'run' }]] }] });
    assert.deepEqual(statuses(answer), [['STARTED'], ['NOT_STARTED'], ['STARTED']]);
    assert.deepEqual(answer.json.results.map((one) => one.event.meta.id), ['a', 'b', 'c']);
    assert.match((await post(await routed([rule()], { batchKey: '$.none' }), {})).json.err, /^batch key: /);
    const many = await post(hook, { messages: [{ alerts: Array.from({ length: 101 }, () => ({ msg: 'no' })) }] });
    assert.match(many.json.err, /more than 100 events/);
  });
});

describe('senders that sign', () => {
  const sign = (secret, text) => createHmac('sha256', secret).update(text).digest('hex');

  it('are GitHub, whose pings run nothing', async () => {
    const word = unique('secret');
    await qd.ok('POST', '/storage/keys/hooks/github', { body: word, type: PASSWORD, status: 201 });
    const hook = await newHook({ eventPlugin: 'github-webhook', config: { jobId: shows, secret: 'keys/hooks/github', argString: "-one ${data.action} -event ${webhook['X-GitHub-Event']}" } });
    const body = '{"action": "created"}';
    const send = (headers) => qd.api('POST', `/webhook/${hook.authToken}`, { token: null, body, type: 'application/json', headers: { 'X-GitHub-Event': 'issues', ...headers } });
    for (const headers of [{}, { 'X-Hub-Signature-256': 'sha256=00' }, { 'X-Hub-Signature-256': `sha256=${sign('other', body)}` }, { 'X-Hub-Signature-256': sign(word, body) }]) assert.equal((await send(headers)).status, 400);
    const right = { 'X-Hub-Signature-256': `sha256=${sign(word, body)}` };
    assert.equal((await send({ ...right, 'X-GitHub-Event': 'ping' })).text.trim(), 'ok');
    const done = await runOf(await send(right));
    assert.deepEqual(done.job.options, { one: 'created', event: 'issues' });
    assert.equal((await qd.api('POST', `/project/${project}/webhook`, { json: { project, name: 'n', eventPlugin: 'github-webhook', roles: 'admin', config: { jobId: shows, secret: word } } })).status, 400);
  });

  it('are PagerDuty, in both of its versions', async () => {
    const rules = [{ jobId: shows, conditions: [{ path: '$.event', condition: 'equals', value: 'incident.trigger' }], jobOptions: [{ name: 'one', value: '$.incident.id' }] }];
    const v2 = await newHook({ eventPlugin: 'pagerduty-run-job', config: { rules } });
    assert.deepEqual((await post(v2, { messages: [{ event: 'incident.trigger', incident: { id: 'P1' } }, { event: 'incident.resolve' }] })).json, { msg: 'ok' });
    const [delivery] = await deliveries(v2);
    assert.equal((await ended(qd, delivery.executions[0].id)).job.options.one, 'P1');
    assert.equal(delivery.executions.length, 1);
    await qd.ok('POST', '/storage/keys/hooks/pd', { body: 'pd-secret', type: PASSWORD, status: 201 });
    const v3 = await newHook({ eventPlugin: 'pagerduty-v3-run-job', config: { secret: 'keys/hooks/pd', rules: [{ jobId: shows }] } });
    const send = (signature) => qd.api('POST', `/webhook/${v3.authToken}`, { token: null, body: '{"event":{}}', type: 'application/json', headers: { 'X-PagerDuty-Signature': signature } });
    assert.equal((await send('v1=00')).status, 400);
    assert.equal((await send(`v1=00,v1=${sign('pd-secret', '{"event":{}}')}`)).status, 200);
  });
});

describe('script plugins', () => {
  it('take events, and what they print is the answer', async () => {
    const folder = join(qd.base, 'libext', 'hooks');
    mkdirSync(join(folder, 'contents'), { recursive: true });
    writeFileSync(join(folder, 'contents', 'take.sh'), '#!/bin/bash\n[ "$RD_CONFIG_MODE" = fail ] && { echo broken >&2; exit 3; }\nread -r line\necho "{\\"got\\": $line, \\"project\\": \\"$RD_WEBHOOK_PROJECT\\"}"\n');
    writeFileSync(join(folder, 'plugin.yaml'), 'name: hooks\nversion: 1.0\nrundeckPluginVersion: 1.2\nproviders:\n  - name: take-event\n    service: WebhookEvent\n    plugin-type: script\n    script-interpreter: /bin/bash\n    script-file: take.sh\n    config:\n      - {name: mode, type: String}\n');
    const hook = await newHook({ eventPlugin: 'take-event', config: { mode: 'good' } });
    assert.deepEqual((await post(hook, { a: 1 })).json, { got: { a: 1 }, project });
    const bad = await post(await newHook({ eventPlugin: 'take-event', config: { mode: 'fail' } }), {});
    assert.equal(bad.status, 400);
    assert.match(bad.json.err, /broken/);
  });
});

describe('tokens', () => {
  it('rest sealed: neither the database nor a log shows one', async () => {
    const hook = await newHook({ useAuth: true, regenAuth: true });
    await post(hook, {}, { headers: { Authorization: hook.secret } });
    const files = (folder) => readdirSync(folder).flatMap((name) => { const path = join(folder, name); const found = statSync(path, { throwIfNoEntry: false }); return found?.isDirectory() ? files(path) : found?.isFile() ? [path] : []; });
    const all = files(qd.base);
    assert.ok(all.length > 3);
    for (const path of all) {
      const content = readFileSync(path, 'latin1');
      assert.ok(!content.includes(hook.authToken), `the token is in ${path}`);
      assert.ok(!content.includes(hook.secret), `the Authorization string is in ${path}`);
    }
  });
});

describe('a server without the feature', () => {
  it('knows no webhooks', async () => {
    const off = await startServer({ config: { 'rundeck.feature.webhooks.enabled': 'false' } });
    try {
      const there = await newProject(off);
      assert.equal((await off.api('GET', `/project/${there}/webhooks`)).status, 404);
      assert.equal((await off.api('POST', '/webhook/0123456789abcdef', { json: {} })).status, 404);
    } finally {
      await off.stop();
    }
  });
});
