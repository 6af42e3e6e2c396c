// The table at the end of a run with clients, and the promises that it shows to be broken.
import { IN_FLIGHT, AWAY, OK, OTHER, RETRIED, counted, longestGap } from './requests.mjs';

const text = (pairs) => pairs.map(([key, count]) => `${count} ${key}`).join(', ') || 'none';
const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

// How long before `at`, or before the end of that gap, something was broken.
function sinceFault(run, { at, ms }) {
  const last = Math.max(0, ...[...run.kills.map((kill) => kill.at), ...run.outages.map((outage) => outage.from)].filter((one) => one <= at + ms));
  return last ? `, from ${((at - last) / 1000).toFixed(1)} s after a fault` : '';
}

// What the database knows of the executions that clients were promised.
function promised(cluster, accepted) {
  if (!accepted.size) return { missing: [], statuses: [] };
  const rows = new Map(cluster.rows(`SELECT id, status FROM execution WHERE id IN (${[...accepted].join(',')})`).map(([id, status]) => [Number(id), status]));
  return { missing: [...accepted].filter((id) => !rows.has(id)), statuses: counted(rows.values()) };
}

// {table: Markdown, broken: texts}
export function report({ cluster, clients, fires, judged, run }) {
  const of = (outcome) => judged.filter((one) => one.outcome === outcome);
  const turnedAway = judged.filter((one) => (one.kind === 'session' || one.kind === 'page') && /^status (401|403|302)/.test(one.why ?? ''));
  const lostSessions = [...clients.sessions.lost, ...turnedAway.map((one) => `${one.kind}: ${one.why}`)];
  const runs = promised(cluster, clients.accepted);
  const gap = longestGap(judged, clients.stopped);
  const rows = [
    ['faults', `${run.kills.length} kills of a member; ${run.outages.length} of the database${run.outages.length ? `, away for ${run.outages.map(({ from, to }) => seconds(to - from)).join(', ')}` : ''}`],
    ['requests', `${judged.length}: ${text(counted(judged.map((one) => one.kind)))}`],
    ...[OK, RETRIED, IN_FLIGHT, AWAY, OTHER].map((outcome) => [outcome, `${of(outcome).length}${outcome === OK ? '' : `: ${text(counted(of(outcome).map((one) => one.kind)))}`}`]),
    ['longest gap without a good answer', `${seconds(gap.ms)}${sinceFault(run, gap)}`],
    ['longest wait for a good answer', seconds(Math.max(0, ...judged.filter((one) => one.good && one.kind !== 'live log').map((one) => one.ended - one.begun)))],
    ['sessions', `${clients.sessions.begun}, lost ${lostSessions.length}`],
    ['live logs', `${clients.logs.whole} whole, ${clients.logs.resumed} of all resumed after a cut, ${clients.logs.cut} cut short as their execution's member died, ${clients.logs.damaged.length} with lines lost or doubled`],
    ['executions that clients were promised', `${clients.accepted.size}: ${text(runs.statuses)}; without a trace ${runs.missing.length}`],
    ['fires that were due', `${fires.due}`],
    ['fires by outcome', text(Object.entries(fires.states))],
    ['why not', text(Object.entries(fires.reasons))],
    ['fires doubled', `${fires.doubled}`],
    ['fires lost', `${fires.lost}`],
    ['scheduled and other executions', text(Object.entries(fires.statuses))],
    ['longest gap of a job', seconds(fires.longest.ms)],
  ];
  const broken = [
    ...of(OTHER).map((one) => `${one.kind} ${one.probe} failed for no good reason after ${one.ended - one.begun} ms: ${one.why}`),
    ...lostSessions.map((why) => `a session was lost: ${why}`),
    ...clients.logs.damaged.map((what) => `a live log was damaged: ${what}`),
    ...runs.missing.map((id) => `execution ${id} was promised to a client and is nowhere`),
    ...(fires.statuses.failed ? [`${fires.statuses.failed} executions failed, of commands that cannot fail`] : []),
    ...(of(OK).length < 100 ? [`only ${of(OK).length} requests went well: nothing was shown`] : []),
  ];
  return { table: `| what | seen |\n|---|---|\n${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}`, broken };
}
