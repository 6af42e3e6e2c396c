// How long a killed member's schedules stand still, from the ledger: kill -9 to the first fire that another member claims.
import { until } from '../../support/wait.mjs';

const NOW = 'SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)';

// Kills each member once, while all is calm. Milliseconds, in order.
export async function measureFailover(cluster, say) {
  const times = [];
  for (const victim of cluster.members) {
    await cluster.settled();
    const asked = cluster.members.find((one) => one !== victim);
    await victim.ok('PUT', '/scheduler/takeover', { json: { server: { all: true } } });
    const owned = cluster.number(NOW);
    await until(() => cluster.number(`SELECT COUNT(*) FROM fire WHERE server_uuid = '${victim.uuid}' AND claimed_ms > ${owned}`) > 0, { timeout: 60_000, what: `a fire on ${victim.name}` });
    const at = cluster.number(NOW);
    await victim.kill();
    const first = await until(() => {
      const [[claimed]] = cluster.rows(`SELECT MIN(claimed_ms) FROM fire WHERE server_uuid <> '${victim.uuid}' AND claimed_ms >= ${at}`);
      return claimed && Number(claimed);
    }, { timeout: 60_000, interval: 50, what: `a fire elsewhere after ${victim.name} was killed` });
    say(`${victim.name} was killed: the first fire on another member came ${first - at} ms later`);
    times.push(first - at);
    await asked.event({ kind: 'takeover.done' }, (one) => one.target?.uuid === victim.uuid);
    await victim.again();
  }
  await cluster.settled();
  return times;
}
