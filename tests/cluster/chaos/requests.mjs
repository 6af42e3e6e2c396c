// What clients asked for through the balancer, and what became of it.
import { request } from '../../support/http.mjs';

// How long after a fault is mended what it caused may still be felt, in ms.
const ECHO = 5000;

export const OK = 'ok';
export const RETRIED = 'ok, after the balancer had tried again';
export const IN_FLIGHT = 'failed: in flight on the killed member';
export const AWAY = 'failed: while the database was away';
export const OTHER = 'failed: for no such reason';

export class Requests {
  list = [];  // {probe, kind, begun, ended, good, why}

  constructor(url) {
    this.url = url;
  }

  // Notes a request that `send(headers)` makes; its answer is good when `send` returns. Returns what it returned, or undefined.
  async note(kind, send) {
    const entry = { probe: `p${this.list.length}`, kind, begun: Date.now() };
    this.list.push(entry);
    try {
      const answer = await send({ 'X-Probe': entry.probe });
      entry.good = true;
      return answer;
    } catch (error) {
      entry.why = error.message;
      return undefined;
    } finally {
      entry.ended = Date.now();
    }
  }

  // One request with one answer, of the status that is expected.
  ask(kind, method, path, { status = 200, headers, ...options } = {}) {
    return this.note(kind, async (probe) => {
      const answer = await request(this.url, method, path, { accept: 'application/json', timeout: 30_000, ...options, headers: { ...headers, ...probe } });
      if (answer.status !== status) throw new Error(`status ${answer.status}: ${answer.text.slice(0, 200)}`);
      return answer;
    });
  }

  // `kills`: {port, at, gone}; `outages`: {from, to} of the database. All in this process' milliseconds.
  judged(passed, kills, outages) {
    return this.list.map((entry) => ({ ...entry, outcome: outcome(entry, passed.get(entry.probe), kills, outages) }));
  }
}

// Of a request that HAProxy sent over a connection that was in use before, and whose member broke it off, HAProxy says
// nothing: it closes the client's connection, as HTTP has it, and keeps no record.
function outcome(entry, seen, kills, outages) {
  if (entry.good) return seen?.retried ? RETRIED : OK;
  if (kills.some((kill) => (!seen || seen.ports.at(-1) === kill.port) && entry.begun <= kill.gone && entry.ended >= kill.at)) return IN_FLIGHT;
  if (outages.some(({ from, to }) => entry.begun <= to + ECHO && entry.ended >= from)) return AWAY;
  return OTHER;
}

// {text: how often}, most frequent first.
export function counted(texts) {
  const counts = new Map();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}

// The longest time until `end` in which no client had a good answer, in ms, and when it began.
export function longestGap(judged, end) {
  const ends = judged.filter((one) => one.good && one.ended <= end).map((one) => one.ended).sort((a, b) => a - b);
  let longest = { ms: 0, at: 0 };
  for (let index = 1; index < ends.length; index += 1) {
    const ms = ends[index] - ends[index - 1];
    if (ms > longest.ms) longest = { ms, at: ends[index - 1] };
  }
  return longest;
}
