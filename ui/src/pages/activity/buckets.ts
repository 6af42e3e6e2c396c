// Executions as the series of charts: how many ended how in each stretch of time, and how long each took.
import type { Execution } from '@/api/executions';
import { toneOf } from '@/lib/status';

export interface Outcomes {
  times: number[]; // seconds, the begin of each stretch
  ok: number[];
  fail: number[];
  other: number[];
}

const MINUTE = 60;
const WIDTHS = [5 * MINUTE, 15 * MINUTE, 60 * MINUTE, 6 * 60 * MINUTE, 24 * 60 * MINUTE, 7 * 24 * 60 * MINUTE, 30 * 24 * 60 * MINUTE];
const MOST = 48; // stretches

const endOf = (one: Execution) => (one['date-ended'] ? Math.floor(one['date-ended'].unixtime / 1000) : undefined);

export function outcomes(executions: readonly Execution[]): Outcomes {
  const ends = executions.flatMap((one) => endOf(one) ?? []);
  if (!ends.length) return { times: [], ok: [], fail: [], other: [] };
  const first = ends.reduce((a, b) => Math.min(a, b));
  const last = ends.reduce((a, b) => Math.max(a, b));
  const width = WIDTHS.find((one) => (last - first) / one < MOST) ?? WIDTHS.at(-1)!;
  const start = Math.floor(first / width) * width;
  const count = Math.floor((last - start) / width) + 1;
  const zeros = () => new Array<number>(count).fill(0);
  const result: Outcomes = { times: Array.from({ length: count }, (_, i) => start + i * width), ok: zeros(), fail: zeros(), other: zeros() };
  for (const one of executions) {
    const end = endOf(one);
    if (end === undefined) continue;
    const tone = toneOf(one.status);
    const series = tone === 'ok' ? result.ok : tone === 'fail' ? result.fail : result.other;
    series[Math.floor((end - start) / width)]! += 1;
  }
  return result;
}

// By end, in seconds; failed ones in a series of their own.
export function durations(executions: readonly Execution[]): { times: number[]; ok: (number | null)[]; fail: (number | null)[] } {
  const ended = executions
    .flatMap((one) => (one['date-started'] && one['date-ended'] ? [{ at: endOf(one)!, took: (one['date-ended'].unixtime - one['date-started'].unixtime) / 1000, good: toneOf(one.status) === 'ok' }] : []))
    .sort((a, b) => a.at - b.at);
  return { times: ended.map((one) => one.at), ok: ended.map((one) => (one.good ? one.took : null)), fail: ended.map((one) => (one.good ? null : one.took)) };
}
