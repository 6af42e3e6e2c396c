// The end of a run: no more fires, and nothing of what was started is left.
import { processesOf } from '../../support/cluster.mjs';
import { until } from '../../support/wait.mjs';

// Every schedule is off, everything that ran has ended. The database's time just before.
export async function quiet(cluster, jobs) {
  await cluster.settled();
  const now = () => cluster.number('SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)');
  await until(() => cluster.number(`SELECT COUNT(*) FROM schedule WHERE next_ms < ${now()} - 3000`) === 0, { timeout: 60_000, what: 'the schedules to catch up' });
  const at = now();
  await cluster.members[0].ok('POST', '/jobs/schedule/disable', { json: { ids: jobs.map((job) => job.id) } });
  await until(() => cluster.number("SELECT COUNT(*) FROM execution WHERE status IN ('running', 'queued', 'scheduled')") === 0, { timeout: 90_000, what: 'everything that runs to end' });
  return at;
}

export function noProcessLeft(cluster) {
  return until(() => cluster.members.every((one) => processesOf(one).length === 0), { timeout: 20_000, what: 'no process of an execution to be left' });
}
