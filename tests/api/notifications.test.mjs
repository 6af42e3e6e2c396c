// Notifications: mails to a real mail server, webhooks and HTTP notifications to a real receiver; what became of each.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { certificate, startMailServer, startReceiver } from '../support/receivers.mjs';
import { startCluster } from '../support/cluster.mjs';
import { KIND } from '../support/databases.mjs';
import { freePort } from '../support/ports.mjs';
import { Server, startServer } from '../support/server.mjs';
import { ended, execution, newJob, newProject, run, runToEnd, unique } from '../support/scenario.mjs';
import { until } from '../support/wait.mjs';

const KEY = 'a secret key';
let qd;
let project;
let site;
let mail;

const deliveries = async (server, id) => (await server.ok('GET', `/execution/${id}/notifications`)).notifications;
// Those of an execution, once every one has ended.
const settled = (server, id, count = 1) => until(async () => {
  const all = await deliveries(server, id);
  return all.length >= count && all.every((one) => one.status !== 'waiting') && all;
}, { what: `the notifications of execution ${id} to end` });

before(async () => {
  site = await startReceiver({ answer: ({ path }) => (path === '/open' ? 'silence' : path === '/gone' ? { status: 410 } : {}) });
  mail = await startMailServer({ refuse: (to) => (to.startsWith('nobody@') ? '550 no such user' : undefined) });
  qd = await startServer({
    config: {
      'grails.mail.port': mail.port,
      'grails.mail.host': '127.0.0.1',
      'grails.mail.default.from': 'Ops <ops@example.com>',
      'rundeck.mail.failure.template.subject': 'Failed: ${job.name} ${option.o}',
      'rundeck.mail.failure.template.file': 'mail.md',
      'rundeck.mail.template.log.formatted': 'true',
      'rundeck.notification.webhookSecurityKey': KEY,
      'quarterdeck.notification.firstPause': '50ms',
      'quarterdeck.notification.longestPause': '300ms',
    },
  });
  writeFileSync(join(qd.base, 'mail.md'), '# ${notification.eventStatus}\n\n**${option.o}** by ${job.user.email}\n\n```\n${logoutput.data}\n```\n');
  project = await newProject(qd);
  await qd.ok('POST', '/user/info', { json: { email: 'admin@example.com' } });
});
after(async () => {
  await qd?.stop();
  await site?.close();
  mail?.close();
});

const telling = (notification, more = {}) => newJob(qd, project, { notification, ...more });

describe('webhooks', () => {
  it('post XML by default, with references in the URL and the headers', async () => {
    const id = await telling({ onsuccess: { urls: `${site.url}/xml?id=\${execution.id}&status=\${execution.status}&job=\${job.name}&t=\${notification.trigger}` } }, { name: 'a & b' });
    const done = await runToEnd(qd, id);
    const got = await site.at('/xml');
    assert.equal(got.method, 'POST');
    assert.deepEqual(got.query, { id: String(done.id), status: 'succeeded', job: 'a & b', t: 'success' });
    assert.match(got.headers['content-type'], /^text\/xml/);
    assert.match(got.body, new RegExp(`^<notification trigger='success' status='succeeded' executionId='${done.id}'>\\s*<executions count='1'>\\s*<execution id='${done.id}'`));
    assert.match(got.body, /<name>a &amp; b<\/name>/);
    assert.match(got.body, /<date-ended unixtime='\d+'>/);
    assert.equal(got.headers['x-rundeck-notification-trigger'], 'success');
    assert.equal(got.headers['x-rundeck-notification-execution-id'], String(done.id));
    assert.equal(got.headers['x-rundeck-notification-execution-status'], 'succeeded');
  });

  it('post JSON, signed, to each of several URLs', async () => {
    const id = await telling({ onfailure: { urls: `${site.url}/json1, ${site.url}/json2`, format: 'json', httpMethod: 'post' } }, { steps: ['false'] });
    const done = await runToEnd(qd, id);
    await site.at('/json2');
    const got = await site.at('/json1');
    const body = JSON.parse(got.body);
    assert.deepEqual([body.trigger, body.status, body.executionId], ['failure', 'failed', done.id]);
    assert.equal(body.execution.id, done.id);
    assert.equal(body.execution.status, 'failed');
    assert.equal(body.execution.job.id, id);
    assert.ok(body.execution['date-ended'].unixtime > 0);
    const signed = createHash('sha256').update(`${site.url}/json1failure${done.id}${KEY}`).digest('hex');
    assert.equal(got.headers['x-rundeck-notification-sha256-digest'], signed);
  });

  it('tell of the start while it runs, and of an end that is not success as failure', async () => {
    const id = await telling({ onstart: { urls: `${site.url}/start?s=\${execution.status}`, httpMethod: 'get' }, onfailure: { urls: `${site.url}/end?s=\${execution.status}` }, onsuccess: { urls: `${site.url}/never` } }, { steps: ['sleep 60'] });
    const started = await run(qd, id);
    const got = await site.at('/start');
    assert.equal(got.method, 'GET');
    assert.equal(got.query.s, 'running');
    assert.equal((await execution(qd, started.id)).status, 'running');
    await qd.ok('GET', `/execution/${started.id}/abort`);
    assert.equal((await site.at('/end')).query.s, 'aborted');
    assert.equal(site.count('/never'), 0);
  });

  it('tell of a failure that is tried again as retryable', async () => {
    const id = await telling({ onretryablefailure: { urls: `${site.url}/again`, format: 'json' }, onfailure: { urls: `${site.url}/final` } }, { steps: ['false'], retry: '1' });
    const first = await runToEnd(qd, id);
    const got = JSON.parse((await site.at('/again')).body);
    assert.equal(got.status, 'failed-with-retry');
    assert.equal(got.executionId, first.id);
    await site.at('/final', ({ headers }) => headers['x-rundeck-notification-execution-id'] === String(got.execution.retriedExecution.id));
    assert.equal(site.count('/again'), 1);
    assert.equal(site.count('/final'), 1);
  });

  it('tell once that a run takes long', async () => {
    const id = await telling({ onavgduration: { urls: `${site.url}/long?s=\${execution.status}` } }, { steps: ['sleep 60'], notifyAvgDurationThreshold: '${option.limit}', options: [{ name: 'limit', value: '1s' }] });
    const started = await run(qd, id);
    assert.equal((await site.at('/long')).query.s, 'running');
    await qd.ok('GET', `/execution/${started.id}/abort`);
    await ended(qd, started.id);
    assert.equal(site.count('/long'), 1);
  });

  it('take what steps exported', async () => {
    const id = await telling({ onsuccess: { urls: `${site.url}/export?x=\${export.found}` } }, { steps: [{ exec: 'echo key=va=lue', plugins: { LogFilter: [{ type: 'key-value-data', config: { regex: '^(key)\\s*=\\s*(.+)$' } }] } }, { type: 'export-var', nodeStep: false, configuration: { export: 'found', group: 'export', value: '${data.key*}' } }] });
    await runToEnd(qd, id);
    assert.equal((await site.at('/export')).query.x, 'va=lue');
  });

  it('never hold the value of a secure option', async () => {
    const id = await telling({ onsuccess: [{ urls: `${site.url}/secret?x=\${option.password}`, format: 'json' }, { plugin: { type: 'HttpNotification', configuration: { remoteUrl: `${site.url}/secret-plugin`, body: 'x\${option.password}x' } } }] }, { options: [{ name: 'password', secure: true, valueExposed: true }], steps: ['true'] });
    await runToEnd(qd, id, { options: { password: 'hunter-two' } });
    const seen = [await site.at('/secret'), await site.at('/secret-plugin')];
    assert.ok(!JSON.stringify(seen).includes('hunter-two'), JSON.stringify(seen));
  });

  it('are not held up by a receiver that leaves the connection open, and give up on one that refuses', async () => {
    const id = await telling({ onsuccess: { urls: `${site.url}/open,${site.url}/gone` } });
    const done = await runToEnd(qd, id);
    const [open, gone] = await settled(qd, done.id, 2);
    assert.deepEqual([open.status, open.attempts, open.message], ['sent', 1, 'HTTP status 200']);
    assert.deepEqual([gone.status, gone.attempts, gone.message], ['failed', 1, 'HTTP status 410']);
    assert.equal(gone.target, `${site.url}/gone`);
    await until(() => /webhook to '.*\/gone' about execution \d+ \(success\) is given up after 1 attempt: HTTP status 410/.test(qd.log()), { what: 'the line of it in the log' });
  });

  it('never reach blocked addresses', async () => {
    const id = await telling({ onsuccess: { urls: 'http://169.254.169.254/latest' } });
    const done = await runToEnd(qd, id);
    const [one] = await until(async () => {
      const all = await deliveries(qd, done.id);
      return all[0]?.attempts > 0 && all;
    });
    assert.match(one.message, /blocked/);
  });
});

describe('references to other jobs', () => {
  it('tell of them too, unless the step says otherwise', async () => {
    const inner = await telling({ onstart: { urls: `${site.url}/inner-start` }, onsuccess: { urls: `${site.url}/inner-end?id=\${execution.id}&job=\${job.id}` } });
    const steps = (quiet) => [{ jobref: { uuid: inner, name: 'x', ignoreNotifications: quiet } }];
    const quiet = await runToEnd(qd, await telling({ onsuccess: { urls: `${site.url}/outer` } }, { steps: steps(true) }));
    assert.equal((await settled(qd, quiet.id)).length, 1);
    const loud = await runToEnd(qd, await telling({}, { steps: steps(false) }));
    assert.deepEqual((await settled(qd, loud.id, 2)).map((one) => one.trigger), ['start', 'success']);
    assert.equal(site.count('/inner-start'), 1);
    assert.deepEqual((await site.at('/inner-end')).query, { id: String(loud.id), job: inner });
  });
});

describe('mails', () => {
  it('go to each recipient, with a subject and a body that name what happened', async () => {
    const id = await telling({ onsuccess: { email: { recipients: '${job.user.email},second@example.com' } } }, { name: 'deploy', group: 'web', options: [{ name: 'o', value: '<x>' }] });
    const done = await runToEnd(qd, id);
    const got = await mail.to('admin@example.com');
    await mail.to('second@example.com');
    assert.equal(got.from, 'ops@example.com');
    assert.equal(got.headers.from, '"Ops" <ops@example.com>');
    assert.equal(got.headers.subject, `SUCCESS [${project}] web/deploy -o <x>`);
    assert.match(got.parts[0].content, new RegExp(`<a href="${qd.url}/project/${project}/execution/show/${done.id}">#${done.id}</a>`));
    assert.match(got.parts[0].content, /-o &lt;x&gt;/);
    assert.equal((await settled(qd, done.id, 2))[0].message, `taken by 127.0.0.1:${mail.port}`);
  });

  it('use templates, with the log inside', async () => {
    const id = await telling({ onfailure: { email: { recipients: 'template@example.com', attachLog: 'true', attachLogInline: true } } }, { name: 'broken', steps: ['echo "<b>grüße</b>"; false'], options: [{ name: 'o', value: '1<2' }] });
    await runToEnd(qd, id);
    const got = await mail.to('template@example.com');
    assert.equal(got.headers.subject, 'Failed: broken 1<2');
    assert.match(got.parts[0].content, /^<h1>FAILURE<\/h1>\n<p><strong>1&lt;2<\/strong> by admin@example\.com\n<\/p>/);
    assert.match(got.parts[0].content, /\d\d:\d\d:\d\d \[admin@\S+ 1\]\[NORMAL\] &lt;b&gt;grüße&lt;\/b&gt;/);
    assert.equal(got.parts.length, 1);
  });

  it('carry the log as a file', async () => {
    const id = await telling({ onsuccess: { email: { recipients: 'file@example.com', subject: 'Fertig: ${job.name} ✓', attachLog: true } } }, { name: 'lines', steps: ["printf 'a\\n.\\n..b\\n'"] });
    const done = await runToEnd(qd, id);
    const got = await mail.to('file@example.com');
    assert.equal(got.headers.subject, 'Fertig: lines ✓');
    assert.match(got.parts[1].headers['content-disposition'], new RegExp(`filename="lines-${done.id}\\.log"`));
    assert.deepEqual(got.parts[1].content.trimEnd().split('\n').map((line) => line.replace(/^.*\] /, '')), ['a', '.', '..b']);
  });

  it('say why they were not sent', async () => {
    const id = await telling({ onsuccess: { email: { recipients: 'nobody@example.com,${globals.none}@x,plain' } } });
    const done = await runToEnd(qd, id);
    const [refused, empty, plain] = await settled(qd, done.id, 3);
    assert.equal(refused.status, 'failed');
    assert.match(refused.message, /550/);
    assert.match(empty.message, /has no value here/);
    assert.match(plain.message, /is no mail address/);
  });
});

describe('the HTTP notification plugin', () => {
  it('sends method, headers, type and body as they are set', async () => {
    const configuration = { remoteUrl: `${site.url}/plugin/\${execution.id}`, method: 'PUT', body: '{"job": "${job.name}"}', contentType: 'application/json', headers: 'X-One: first\nX-Two: "2"', authentication: 'Basic', username: 'u', password: 'p', timeout: '3000' };
    const id = await telling({ onsuccess: { plugin: { type: 'HttpNotification', configuration } } }, { name: 'told' });
    const done = await runToEnd(qd, id);
    const got = await site.at(`/plugin/${done.id}`);
    assert.equal(got.method, 'PUT');
    assert.equal(got.body, '{"job": "told"}');
    assert.equal(got.headers['content-type'], 'application/json');
    assert.deepEqual([got.headers['x-one'], got.headers['x-two']], ['first', '2']);
    assert.equal(got.headers.authorization, `Basic ${Buffer.from('u:p').toString('base64')}`);
  });

  it('takes its password from the key storage', async () => {
    await qd.ok('POST', '/storage/keys/notify', { body: 'stored pw', type: 'application/x-rundeck-data-password', status: 201 });
    const configuration = { remoteUrl: `${site.url}/keyed`, method: 'POST', authentication: 'Basic', username: 'u', password: 'keys/notify' };
    const done = await runToEnd(qd, await telling({ onsuccess: { plugin: { type: 'HttpNotification', configuration } } }));
    assert.equal((await site.at('/keyed')).headers.authorization, `Basic ${Buffer.from('u:stored pw').toString('base64')}`);
    assert.equal((await settled(qd, done.id))[0].status, 'sent');
  });

  it('an unknown plugin is named, with those that there are', async () => {
    const id = await telling({ onsuccess: { plugin: { type: 'NoSuchPlugin', configuration: {} } } });
    const done = await runToEnd(qd, id);
    const [one] = await settled(qd, done.id);
    assert.match(one.message, /no notification plugin 'NoSuchPlugin' on this server; there are: .*HttpNotification/);
  });
});

describe('delivery', () => {
  it('is tried again until the receiver is there, and then happens once', async () => {
    const port = await freePort();
    const id = await telling({ onsuccess: { urls: `http://127.0.0.1:${port}/late` } });
    const done = await runToEnd(qd, id);
    await until(async () => (await deliveries(qd, done.id))[0]?.attempts >= 2);
    const late = await startReceiver({ port });
    const [one] = await settled(qd, done.id);
    assert.equal(one.status, 'sent');
    assert.ok(one.attempts >= 3);
    assert.equal(late.count('/late'), 1);
    await late.close();
  });

  it('gives up in the end', async () => {
    const own = await startServer({ config: { 'quarterdeck.notification.firstPause': '20ms', 'quarterdeck.notification.giveUp': '3s' } });
    const port = await freePort();
    const here = await newProject(own);
    const done = await runToEnd(own, await newJob(own, here, { notification: { onsuccess: { urls: `http://127.0.0.1:${port}/x` } } }));
    const [one] = await settled(own, done.id);
    assert.equal(one.status, 'failed');
    assert.ok(one.attempts > 1);
    await until(() => /is given up after \d+ attempts/.test(own.log()), { what: 'the line of it in the log' });
    await own.stop();
  });

  it('survives the end of the server between the outcome and the delivery', async () => {
    const port = await freePort();
    const own = await startServer({ config: { 'quarterdeck.notification.firstPause': '100ms' } });
    const here = await newProject(own);
    const done = await runToEnd(own, await newJob(own, here, { notification: { onsuccess: { urls: `http://127.0.0.1:${port}/after` } } }));
    await until(async () => (await deliveries(own, done.id)).length === 1);
    await own.kill();
    const late = await startReceiver({ port });
    await own.start();
    await late.at('/after');
    assert.equal((await settled(own, done.id))[0].status, 'sent');
    assert.equal(late.count('/after'), 1);
    await own.stop();
    await late.close();
  });

  it('tells of executions that a dead server left behind', async () => {
    const late = await startReceiver();
    const own = await startServer();
    const here = await newProject(own);
    const started = await run(own, await newJob(own, here, { steps: ['sleep 60'], notification: { onfailure: { urls: `${late.url}/left?s=\${execution.status}` } } }));
    await until(async () => (await execution(own, started.id)).status === 'running');
    await own.kill();
    await own.start();
    assert.equal((await late.at('/left')).query.s, 'incomplete');
    await own.stop();
    await late.close();
  });

  it('needs the right to read the execution', async () => {
    const done = await runToEnd(qd, await telling({ onsuccess: { urls: `${site.url}/rights` } }));
    const { token } = await qd.ok('POST', '/tokens', { json: { user: unique(), roles: 'nothing' }, status: 201 });
    assert.equal((await qd.api('GET', `/execution/${done.id}/notifications`, { token })).status, 403);
  });
});

describe('two members of a cluster', { skip: KIND === 'sqlite' && 'needs a shared database' }, () => {
  it('deliver once', async () => {
    const cluster = await startCluster({ size: 2 });
    const late = await startReceiver();
    const [one, two] = cluster.members;
    const here = await newProject(one);
    const id = await newJob(one, here, { notification: { onsuccess: { urls: `${late.url}/once?id=\${execution.id}` } } });
    const runs = [];
    for (let i = 0; i < 10; i += 1) runs.push(await runToEnd(i % 2 ? two : one, id));
    for (const { id: execution } of runs) assert.equal((await settled(one, execution))[0].attempts, 1);
    assert.deepEqual(late.requests.map((request) => request.query.id).sort(), runs.map((each) => String(each.id)).sort());
    await cluster.stop();
    await late.close();
  });

  it('take over from each other', async (t) => {
    const cluster = await startCluster({ size: 2 });
    t.after(() => cluster.stop());
    const [one, two] = cluster.members;
    const here = await newProject(one);
    const port = await freePort();
    const done = await runToEnd(one, await newJob(one, here, { notification: { onsuccess: { urls: `http://127.0.0.1:${port}/over` } } }));
    // Between two attempts: what it is at when it dies stays its own for some minutes.
    await until(async () => (await deliveries(two, done.id))[0]?.message);
    await one.kill();
    const late = await startReceiver({ port });
    t.after(() => late.close());
    await late.at('/over');
    assert.equal((await settled(two, done.id))[0].status, 'sent');
    assert.equal(late.count('/over'), 1);
  });
});

describe('a mail server that wants a login over TLS', () => {
  it('gets it, and an untrusted one gets nothing', async () => {
    const secure = certificate();
    const guarded = await startMailServer({ secure, login: { user: 'qd', password: 'p w' } });
    const config = { 'grails.mail.host': '127.0.0.1', 'grails.mail.port': guarded.port, 'grails.mail.username': 'qd', 'grails.mail.password': 'p w', 'grails.mail.props.mail.smtp.auth': 'true', 'grails.mail.props.mail.smtp.starttls.enable': 'true', 'grails.mail.props.mail.smtp.starttls.required': 'true', 'quarterdeck.notification.giveUp': '0' };
    const notification = { onsuccess: { email: { recipients: 'tls@example.com' } } };
    for (const trust of [undefined, '*']) {
      const own = await startServer({ config: { ...config, ...(trust ? { 'grails.mail.props.mail.smtp.ssl.trust': trust } : {}) } });
      const done = await runToEnd(own, await newJob(own, await newProject(own), { notification }));
      const [one] = await settled(own, done.id);
      assert.equal(one.status, trust ? 'sent' : 'failed', one.message);
      if (!trust) assert.match(one.message, /certificate/i);
      assert.equal(guarded.mails.length, trust ? 1 : 0);
      await own.stop();
    }
    assert.deepEqual([guarded.mails[0].secure, guarded.mails[0].user, guarded.mails[0].to], [true, 'qd', 'tls@example.com']);
    guarded.close();
  });
});

describe('the configuration', () => {
  it('refuses values of mail properties that mean nothing', async () => {
    const own = new Server({ config: { 'grails.mail.props.mail.smtp.timeout': 'soon' } });
    await assert.rejects(own.start(), /grails\.mail\.props\.mail\.smtp\.timeout: 'soon': expected a number/);
  });
});
