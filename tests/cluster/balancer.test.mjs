// Members behind HAProxy and nginx, with the packaged configurations: what clients see while members die and come back.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startBalancer } from '../support/balancer.mjs';
import { Cluster } from '../support/cluster.mjs';
import { freshDatabase } from '../support/databases.mjs';
import { freePort } from '../support/ports.mjs';
import { Cookies, events, request } from '../support/http.mjs';
import { ended, gate, newJob, newProject, run } from '../support/scenario.mjs';
import { ADMIN_PASSWORD } from '../support/server.mjs';
import { until } from '../support/wait.mjs';

const CLIENTS = 8;
// Who upgrades members one by one gives the balancer the time of a check to see the last one again.
const seenAgain = () => new Promise((resolve) => setTimeout(resolve, 1500));

let cluster;
let project;
before(async () => {
  cluster = new Cluster(await freshDatabase({ kind: 'postgresql' }), { sharedLogs: true });
  for (let i = 0; i < 3; i += 1) await cluster.add({ port: await freePort() });
  await cluster.settled();
  project = await newProject(cluster.members[0]);
});
after(() => cluster?.stop());

const token = () => ({ 'X-Rundeck-Auth-Token': cluster.members[0].token });

async function login(url) {
  const cookies = new Cookies();
  const form = { j_username: 'admin', j_password: ADMIN_PASSWORD };
  const answer = await request(url, 'POST', '/j_security_check', { form, cookies });
  assert.equal(answer.status, 302, answer.text);
  return cookies;
}

const whoami = (url, cookies) => request(url, 'GET', '/api/59/user/info', { cookies, accept: 'application/json' });

// Clients that read until stopped; every answer that is no 200 is kept with its time.
function readers(url) {
  let going = true;
  const failures = [];
  let good = 0;
  const clients = Array.from({ length: CLIENTS }, async () => {
    while (going) {
      const why = await request(url, 'GET', `/api/59/project/${project}/executions`, { headers: token(), accept: 'application/json', timeout: 20_000 })
        .then((answer) => (answer.status === 200 ? undefined : `status ${answer.status}`), (error) => error.message);
      if (why) failures.push(why);
      else good += 1;
    }
  });
  return {
    failures,
    good: () => good,
    async stop() {
      going = false;
      await Promise.all(clients);
    },
  };
}

for (const kind of ['haproxy', 'nginx']) {
  describe(kind, () => {
    let balancer;
    before(async () => (balancer = await startBalancer(kind, cluster.members)));
    after(() => balancer?.stop());

    it('passes on logins, sessions and pages', async () => {
      const cookies = await login(balancer.url);
      for (let i = 0; i < 10; i += 1) assert.equal((await whoami(balancer.url, cookies)).json.login, 'admin');
      const page = await request(balancer.url, 'GET', '/menu/home', { cookies, accept: 'text/html' });
      assert.equal(page.status, 200);
      assert.match(page.type, /html/);
    });

    it('passes on the live log of an execution while it runs', async () => {
      const rest = gate();  // opens when the first line is here
      const id = await newJob(cluster.members[0], project, { steps: [`echo line 1; ${rest.wait}; for i in 2 3 4; do echo line $i; done`], multipleExecutions: true });
      const started = await run(cluster.members[1], id);
      const seen = [];
      for await (const { event, data } of events(balancer.url, `/api/59/execution/${started.id}/events`, { headers: token() })) {
        if (event !== 'output') continue;
        for (const entry of [JSON.parse(data)].flat()) if (/^line/.test(entry.log ?? '')) seen.push(entry.log);
        if (seen.length === 1) rest.open();
        if (seen.length === 4) break;
      }
      assert.deepEqual(seen, ['line 1', 'line 2', 'line 3', 'line 4']);
      await ended(cluster.members[0], started.id);
    });

    it('hides members that die and return, one by one', { timeout: 400_000 }, async (t) => {
      const cookies = await login(balancer.url);
      const clients = readers(balancer.url);
      t.after(() => clients.stop());
      for (const member of cluster.members) {
        const before = clients.failures.length;
        await member.kill();
        // Whoever has a session goes on, at another member.
        await until(async () => (await whoami(balancer.url, cookies).catch(() => undefined))?.status === 200, { what: 'the session at another member' });
        await member.again();
        await cluster.settled();
        await seenAgain();
        const lost = clients.failures.slice(before);
        assert.ok(lost.length <= CLIENTS, `more requests failed than were under way on ${member.name}: ${lost}`);
      }
      await clients.stop();
      assert.ok(clients.good() > 50);
      assert.equal((await whoami(balancer.url, cookies)).status, 200);
    });

    it('needs no stickiness', async () => {
      const loose = await startBalancer(kind, cluster.members, { sticky: false });
      try {
        const cookies = await login(loose.url);
        const places = new Set();
        for (let i = 0; i < 30; i += 1) {
          assert.equal((await whoami(loose.url, cookies)).status, 200);
          const info = await request(loose.url, 'GET', '/api/59/system/info', { cookies, accept: 'application/json' });
          places.add(info.json.system.rundeck.serverUUID);
        }
        assert.equal(places.size, 3, 'all members answered');
      } finally {
        await loose.stop();
      }
    });

    it('loses no request when members are stopped and started for an upgrade', { timeout: 400_000 }, async (t) => {
      const clients = readers(balancer.url);
      t.after(() => clients.stop());
      for (const member of cluster.members) {
        await member.terminate();
        await member.again();
        await cluster.settled();
        await seenAgain();
      }
      await clients.stop();
      assert.deepEqual(clients.failures, []);
    });

    it('sends what starts executions past a passive member', { skip: kind === 'nginx' && 'nginx makes no health checks' }, async () => {
      const id = await newJob(cluster.members[0], project, { multipleExecutions: true });
      const passive = cluster.members[1];
      const places = async () => {
        const seen = new Set();
        for (let i = 0; i < 9; i += 1) {
          const started = await request(balancer.url, 'POST', `/api/59/job/${id}/run`, { headers: token(), json: {}, accept: 'application/json' });
          assert.equal(started.status, 200, started.text);
          seen.add((await ended(cluster.members[0], started.json.id)).serverUUID);
        }
        return seen;
      };
      const seesPassive = async () => (await balancer.tell('show servers state active_members')).split('\n').some((line) => / member2 /.test(line) && line.split(' ')[5] === '0');
      await passive.ok('POST', '/system/executions/disable');
      try {
        await until(seesPassive, { what: 'HAProxy to see it as passive' });
        assert.ok(!(await places()).has(passive.uuid));
        const answered = new Set();
        for (let i = 0; i < 9; i += 1) answered.add((await request(balancer.url, 'GET', '/api/59/system/info', { headers: token(), accept: 'application/json' })).json.system.rundeck.serverUUID);
        assert.ok(answered.has(passive.uuid), 'it serves everything else');
      } finally {
        await passive.ok('POST', '/system/executions/enable');
      }
      await until(async () => !(await seesPassive()), { what: 'HAProxy to see it as active' });
      assert.ok((await places()).has(passive.uuid));
    });
  });
}
