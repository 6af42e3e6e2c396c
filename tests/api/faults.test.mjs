// What survives a crash: of the server, of its database, of a run.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { removeAtExit } from '../support/cleanup.mjs';
import { KIND, freshDatabase } from '../support/databases.mjs';
import { BINARY, startServer } from '../support/server.mjs';
import { adhoc, ended, execution, gate, job, lines, newJob, newProject, output, run } from '../support/scenario.mjs';
import { until, within } from '../support/wait.mjs';

const firstLine = (qd, id) => until(async () => (await qd.ok('GET', `/execution/${id}/output`)).entries[0]?.log, { what: `the first line of execution ${id}` });

async function withServer(use, options) {
  const qd = await startServer(options);
  try {
    await use(qd);
  } finally {
    if (qd.alive) await qd.stop();
  }
}

const gone = (pid) => until(() => !existsSync(`/proc/${pid}`), { what: `process ${pid} to end` });

describe('SIGTERM', () => {
  it('ends an idle server, with exit status 0', () => withServer((qd) => qd.stop()));

  it('ends running executions and their processes, and says how they ended', () => withServer(async (qd) => {
    const project = await newProject(qd);
    const id = await adhoc(qd, project, 'echo $$; sleep 303');
    const pid = await firstLine(qd, id);
    await qd.stop();
    await gone(pid);
    await qd.start();
    const done = await ended(qd, id);
    assert.ok(['aborted', 'incomplete', 'failed'].includes(done.status), done.status);
    assert.ok(done['date-ended']);
    assert.ok((await lines(qd, id)).includes(pid), 'output from before is lost');
  }));

  it('with open event streams does not wait for them', () => withServer(async (qd) => {
    const id = await adhoc(qd, await newProject(qd), 'echo up; sleep 304');
    await firstLine(qd, id);
    const followers = Array.from({ length: 5 }, async () => {
      try {
        for await (const event of qd.events(`/execution/${id}/events`)) if (event.event === 'end') break;
      } catch {
        // a stream may also break off
      }
    });
    await qd.stop();
    await within(Promise.all(followers), 60_000, 'the followers to end');
  }));
});

describe('kill -9', () => {
  it('closes orphaned executions as incomplete, keeps their output, and leaves no process behind', () => withServer(async (qd) => {
    const project = await newProject(qd);
    const id = await newJob(qd, project, { multipleExecutions: false, steps: ['echo $$; sleep 305'] });
    const started = await run(qd, id);
    const pid = await firstLine(qd, started.id);
    const before = await adhoc(qd, project, 'echo done before');
    await ended(qd, before);
    await output(qd, before);
    await qd.kill();
    await qd.start();
    const done = await ended(qd, started.id);
    assert.equal(done.status, 'incomplete');
    assert.ok(done['date-ended']);
    assert.deepEqual((await output(qd, started.id)).entries.map((entry) => entry.log), [pid]);
    assert.equal((await execution(qd, before)).status, 'succeeded');
    assert.deepEqual(await lines(qd, before), ['done before']);
    assert.deepEqual((await qd.ok('GET', `/project/${project}/executions/running`)).executions, []);
    await gone(pid);
    const again = await run(qd, id);
    assert.ok(again.id > started.id, 'the job may run again');
    await qd.ok('GET', `/execution/${again.id}/abort`);
    await ended(qd, again.id);
  }));

  it('under load loses nothing that was acknowledged', () => withServer(async (qd) => {
    const project = await newProject(qd);
    const id = await newJob(qd, project, { multipleExecutions: true, steps: ['echo x'] });
    const { acknowledged, stop } = load(qd, project, id);
    await until(() => acknowledged.executions.size >= 50, { what: '50 executions' });
    await qd.kill();
    await stop();
    await qd.start();
    await checkAcknowledged(qd, acknowledged);
  }));
});

// Clients that run jobs and import others until stop(); errors are expected, wrong answers are not.
function load(qd, project, id, clients = 6) {
  const acknowledged = { executions: new Set(), jobs: new Set(), errors: 0 };
  let going = true;
  const client = async () => {
    while (going) {
      try {
        const answer = await qd.api('POST', `/job/${id}/run`, { json: {}, timeout: 20_000 });
        if (answer.status === 200) acknowledged.executions.add(answer.json.id);
        else acknowledged.errors += 1;
        const imported = await qd.api('POST', `/project/${project}/jobs/import`, { json: [job()], timeout: 20_000 });
        if (imported.status === 200) for (const item of imported.json.succeeded) acknowledged.jobs.add(item.id);
        else acknowledged.errors += 1;
      } catch {
        acknowledged.errors += 1;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  };
  const running = Array.from({ length: clients }, client);
  return { acknowledged, stop: async () => { going = false; await Promise.all(running); } };
}

async function checkAcknowledged(qd, { executions, jobs }) {
  for (const one of executions) {
    const done = await ended(qd, one);
    assert.ok(['succeeded', 'failed', 'incomplete', 'aborted'].includes(done.status), done.status);
  }
  for (const one of jobs) assert.equal((await qd.api('GET', `/job/${one}/info`)).status, 200, `job ${one}`);
}

describe('the database', { skip: KIND === 'sqlite' && 'SQLite has no server that could end' }, () => {
  it('crashing and coming back under load costs errors, nothing else', async () => {
    const database = await freshDatabase({ exclusive: true });
    await withServer(async (qd) => {
      const project = await newProject(qd);
      const id = await newJob(qd, project, { multipleExecutions: true, steps: ['echo x'] });
      const { acknowledged, stop } = load(qd, project, id);
      for (let round = 1; round <= 3; round += 1) {
        const goal = acknowledged.executions.size + 30;
        await until(() => acknowledged.executions.size >= goal, { what: `round ${round} to run` });
        await database.server.restart();
        assert.ok(qd.alive, `the server died: ${qd.log().slice(-2000)}`);
      }
      const goal = acknowledged.executions.size + 30;
      await until(() => acknowledged.executions.size >= goal, { timeout: 60_000, what: 'work to go on afterwards' });
      await stop();
      await checkAcknowledged(qd, acknowledged);
    }, { database });
    await database.server.stop();
  });

  it('being away is told in /health and as an error, and ends when it is back', async () => {
    const database = await freshDatabase({ exclusive: true });
    await withServer(async (qd) => {
      await database.server.crash();
      const answer = await qd.api('GET', '/projects', { timeout: 40_000 });
      assert.ok([500, 503].includes(answer.status), `${answer.status}: ${answer.text}`);
      assert.equal(answer.json.error, true);
      const health = await qd.raw('GET', '/health', { timeout: 40_000 });
      assert.equal(health.status, 503, health.text);
      await database.server.start();
      await until(async () => (await qd.api('GET', '/projects')).status === 200, { what: 'the server to recover' });
      await until(async () => (await qd.raw('GET', '/health')).status === 200, { what: '/health to recover' });
    }, { database });
    await database.server.stop();
  });

  it('being away while an execution runs does not lose its end', async () => {
    const database = await freshDatabase({ exclusive: true });
    await withServer(async (qd) => {
      const id = await adhoc(qd, await newProject(qd), 'echo $$; sleep 3; echo down');
      const pid = await firstLine(qd, id);
      await database.server.crash();
      await gone(pid);
      await database.server.start();
      const done = await ended(qd, id);
      assert.equal(done.status, 'succeeded');
      assert.deepEqual(await lines(qd, id), [pid, 'down']);
    }, { database });
    await database.server.stop();
  });

  it('that is not there at start is named, and the start fails', async () => {
    const database = await freshDatabase({ exclusive: true });
    await database.server.stop();
    await assert.rejects(startServer({ database }), (error) => {
      assert.match(error.message, /127\.0\.0\.1|connect|refused/i);
      assert.ok(!error.message.includes(database.password || '\0'));
      return true;
    });
  });
});

describe('a second start', () => {
  it('of the same folder keeps everything', () => withServer(async (qd) => {
    const project = await newProject(qd, { a: 'b' });
    const id = await newJob(qd, project, { name: 'kept' });
    await qd.stop();
    await qd.start();
    assert.equal((await qd.ok('GET', `/project/${project}/config`)).a, 'b');
    assert.equal((await qd.ok('GET', `/job/${id}/info`)).name, 'kept');
  }));
});

describe('a full disk', { skip: KIND !== 'sqlite' && 'the database is elsewhere' }, () => {
  const namespaces = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;
  it('is named while it lasts, and forgotten once there is room', { skip: !namespaces && 'no mount namespaces here' }, async () => {
    const [base, outside] = [1, 2].map(() => removeAtExit(mkdtempSync(join(tmpdir(), 'quarterdeck-'))));
    const binary = join(outside, 'on-small-disk');
    writeFileSync(binary, `#!/bin/sh\nexec unshare -m sh -c 'mount -t tmpfs -o size=16m tmpfs "$0" && exec "$@"' '${base}' '${BINARY}' "$@"\n`, { mode: 0o755 });
    await withServer(async (qd) => {
      const project = await newProject(qd);
      const { wait, open } = gate();
      const filler = await adhoc(qd, project, `dd if=/dev/zero of=${base}/filler bs=4k 2>/dev/null; touch ${outside}/full; ${wait}; rm ${base}/filler`);
      await until(() => existsSync(join(outside, 'full')), { what: 'the disk to be full' });
      const refused = await until(async () => {
        const answer = await qd.api('PUT', `/project/${project}/readme.md`, { json: { contents: 'x'.repeat(100_000) } });
        return answer.status !== 200 && answer;
      }, { what: 'a write that finds no room' });
      assert.equal(refused.status, 503, refused.text);
      assert.match(refused.json.message, /its disk is full/);
      assert.equal((await qd.api('GET', '/projects')).status, 200);
      open();
      assert.equal((await ended(qd, filler)).status, 'succeeded');
      await qd.ok('PUT', `/project/${project}/readme.md`, { json: { contents: 'room again' } });
    }, { base, binary });
  });
});
