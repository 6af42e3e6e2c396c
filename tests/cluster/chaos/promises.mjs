// The table of promises of the cluster, checked from the database and from the files that the jobs wrote.
const STARTED = new Set(['fired', 'late']);

// Rows of the ledger by job, earliest first.
function ledger(cluster) {
  const rows = cluster.rows('SELECT job_uuid, due_ms, state, fires, claimed_ms, server_uuid, incarnation, execution_id, reason FROM fire ORDER BY job_uuid, due_ms');
  const byJob = new Map();
  for (const [job, due, state, fires, claimed, server, incarnation, execution, reason] of rows) {
    if (!byJob.has(job)) byJob.set(job, []);
    byJob.get(job).push({ due: Number(due), state, fires: Number(fires), claimed: Number(claimed), server, incarnation: Number(incarnation), execution: execution ? Number(execution) : undefined, reason });
  }
  return byJob;
}

function executions(cluster) {
  const rows = cluster.rows("SELECT id, job_uuid, status, kind, COALESCE(retry_of, 0), COALESCE(retried_as, 0), COALESCE(started_ms, 0), COALESCE(ended_ms, 0), retry_attempt FROM execution");
  return new Map(rows.map(([id, job, status, type, retryOf, retriedAs, started, ended, attempt]) => [Number(id), { id: Number(id), job, status, type, retryOf: Number(retryOf), retriedAs: Number(retriedAs), started: Number(started), ended: Number(ended), attempt: Number(attempt) }]));
}

class Findings {
  problems = [];
  counts = { lost: 0, doubled: 0 };  // fires: neither run nor recorded; run more than once
  // `kind` is 'lost' or 'doubled', when that is what it is.
  expect(truth, text, kind) {
    if (truth) return;
    this.problems.push(text);
    if (kind) this.counts[kind] += 1;
  }
}

// Every due time of the job has exactly one row, or is counted by one.
function checkTiling(job, rows, until, findings) {
  for (const [index, row] of rows.entries()) {
    const next = rows[index + 1];
    const covered = row.due + row.fires * job.step;
    if (next) findings.expect(next.due === covered, `${job.document.name}: after the fire of ${row.due} (${row.state} × ${row.fires}) comes ${next.due}: ${next.due > covered ? 'unaccounted for' : 'counted twice'}`, next.due > covered ? 'lost' : 'doubled');
    else findings.expect(covered + job.step > until, `${job.document.name}: nothing after the fire of ${row.due}, until ${until}`, 'lost');
  }
  findings.expect(rows.length > 0, `${job.document.name}: no fire at all`);
}

function checkStarts(job, rows, runs, files, findings) {
  for (const row of rows) {
    if (!STARTED.has(row.state)) continue;
    const run = runs.get(row.execution);
    findings.expect(run, `${job.document.name}: the fire of ${row.due} is ${row.state} but has no execution`);
    if (!run) continue;
    run.fires = (run.fires ?? 0) + 1;
    if (job.kind.startsWith('quick')) {
      const wrote = files.quick.get(run.id) ?? 0;
      findings.expect(wrote <= 1, `${job.document.name}: execution ${run.id} of the fire of ${row.due} ran ${wrote} times`, 'doubled');
      findings.expect(run.status !== 'succeeded' || wrote === 1, `${job.document.name}: execution ${run.id} succeeded and wrote ${wrote} lines`);
    }
  }
}

function checkRuns(workload, runs, files, closed, findings) {
  const kinds = new Map(workload.jobs.map((job) => [job.id, job]));
  const byJob = new Map();
  for (const run of runs.values()) {
    const job = kinds.get(run.job);
    if (!job) continue;
    const name = `${job.document.name}: execution ${run.id}`;
    findings.expect(!['running', 'queued', 'scheduled'].includes(run.status), `${name} is still ${run.status}`);
    if (run.status !== 'missed' && !run.retryOf && run.type === 'scheduled') findings.expect(run.fires === 1, `${name} (${run.status}) belongs to ${run.fires ?? 0} fires`, run.fires ? 'doubled' : undefined);
    if (closed.has(run.id)) findings.expect(run.status === 'incomplete', `${name} was closed as incomplete and is ${run.status} now: a zombie wrote`);
    if (job.kind === 'slow') {
      const wrote = files.slow.get(run.id) ?? { begins: 0, ends: 0 };
      findings.expect(wrote.begins <= 1 && wrote.ends <= 1, `${name} ran ${wrote.begins} times`, 'doubled');
      findings.expect(run.status !== 'succeeded' || wrote.ends === 1, `${name} succeeded and did not end`);
      if (run.status === 'incomplete' && run.attempt < 3) findings.expect(run.retriedAs > 0, `${name} is incomplete, has retries left and was not retried`);
    }
    if (run.retriedAs) findings.expect(runs.get(run.retriedAs)?.retryOf === run.id, `${name}: its retry ${run.retriedAs} is not linked`);
    if (job.kind === 'single' && run.started && run.status !== 'missed') {
      if (!byJob.has(job.id)) byJob.set(job.id, []);
      byJob.get(job.id).push(run);
    }
  }
  for (const [id, list] of byJob) {
    list.sort((a, b) => a.started - b.started);
    // Times are rounded and taken on different members.
    for (let index = 1; index < list.length; index += 1) findings.expect(list[index].started >= list[index - 1].ended - 1500, `${kinds.get(id).document.name}: executions ${list[index - 1].id} and ${list[index].id} ran at once`);
  }
}

const count = (counts, key, by = 1) => counts.set(key, (counts.get(key) ?? 0) + by);

// {problems, table}: the table counts fires by state, by reason where none started, those lost or doubled, and executions
// by status.
export function checkPromises({ cluster, workload, until }) {
  const findings = new Findings();
  const rows = ledger(cluster);
  const runs = executions(cluster);
  const files = { quick: workload.quick(), slow: workload.slow() };
  const closed = new Set(cluster.rows("SELECT detail FROM cluster_event WHERE kind = 'recovery.closed'").map(([detail]) => JSON.parse(detail).execution));
  const states = new Map();
  const reasons = new Map();
  const statuses = new Map();
  let due = 0;
  let longest = { ms: 0 };
  for (const job of workload.jobs) {
    const own = rows.get(job.id) ?? [];
    checkTiling(job, own, until, findings);
    checkStarts(job, own, runs, files, findings);
    let last;
    for (const row of own) {
      due += row.fires;
      count(states, row.state, row.fires);
      if (row.state === 'missed' || row.state === 'skipped') count(reasons, `${row.state}: ${row.reason || 'no reason'}`, row.fires);
      if (!STARTED.has(row.state)) continue;
      if (last && row.claimed - last > longest.ms) longest = { ms: row.claimed - last, job: job.document.name, at: row.due };
      last = row.claimed;
    }
  }
  checkRuns(workload, runs, files, closed, findings);
  const known = new Set(runs.keys());
  for (const id of files.quick.keys()) findings.expect(known.has(id), `execution ${id} wrote a line and has no row`, 'doubled');
  for (const run of runs.values()) count(statuses, run.status);
  return { problems: findings.problems, table: { due, states: Object.fromEntries(states), reasons: Object.fromEntries(reasons), ...findings.counts, statuses: Object.fromEntries(statuses), lines: files.quick.size, longest, closed: closed.size } };
}
