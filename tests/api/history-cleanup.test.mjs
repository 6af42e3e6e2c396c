// Cleaning the history of a project on its schedule.
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { startServer } from '../support/server.mjs';
import { adhoc, ended, newProject } from '../support/scenario.mjs';
import { until } from '../support/wait.mjs';

const KEY = 'project.execution.history.cleanup';
let qd;
before(async () => (qd = await startServer()));
after(() => qd?.stop());

const rules = (more = {}) => Object.fromEntries(Object.entries({ enabled: true, 'retention.days': 0, 'retention.minimum': 2, schedule: '* * * * * ? *', ...more }).map(([key, value]) => [`${KEY}.${key}`, String(value)]));
const idsOf = async (project) => (await qd.ok('GET', `/project/${project}/executions`, { query: { max: 100 } })).executions.map((one) => one.id);
const settled = (project, wanted) => until(async () => JSON.stringify(await idsOf(project)) === JSON.stringify(wanted), { what: `executions ${wanted}` });

it('keeps so many, deletes the oldest with their logs, and touches nothing that runs', async () => {
  const project = await newProject(qd);
  const running = await adhoc(qd, project, 'sleep 300');
  const ids = [];
  for (let i = 0; i < 6; i += 1) {
    ids.push(await adhoc(qd, project, `echo ${i}`));
    await ended(qd, ids.at(-1));
  }
  const logs = () => readdirSync(join(qd.base, 'var/logs/rundeck'), { recursive: true }).map(String).filter((name) => name.endsWith('.rdlog')).length;
  await qd.ok('PUT', `/project/${project}/config`, { json: rules() });
  await settled(project, [ids[5], ids[4], running]);
  await until(() => logs() === 3, { what: 'the logs to go, too' });
  assert.equal((await qd.ok('GET', `/execution/${running}`)).status, 'running');
  await qd.ok('PUT', `/project/${project}/config`, { json: rules({ 'retention.minimum': 0, batch: 1 }) });
  await settled(project, [running]);
  await qd.ok('PUT', `/project/${project}/config`, { json: {} });
  await qd.ok('POST', `/execution/${running}/abort`);
  assert.ok(existsSync(qd.base));
});

it('leaves what is young, and projects that do not ask for it', async () => {
  const [quiet, young, asking] = [await newProject(qd), await newProject(qd), await newProject(qd)];
  await qd.ok('PUT', `/project/${quiet}/config`, { json: rules({ enabled: false }) });
  await qd.ok('PUT', `/project/${young}/config`, { json: rules({ 'retention.days': 1, 'retention.minimum': 0 }) });
  const kept = [];
  for (const project of [quiet, young]) {
    kept.push(await adhoc(qd, project, 'true'));
    await ended(qd, kept.at(-1));
  }
  const gone = await adhoc(qd, asking, 'true');
  await ended(qd, gone);
  await qd.ok('PUT', `/project/${asking}/config`, { json: rules({ 'retention.minimum': 0 }) });
  await settled(asking, []);
  assert.deepEqual([await idsOf(quiet), await idsOf(young)], [[kept[0]], [kept[1]]]);
});
