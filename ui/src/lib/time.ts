// Times and durations as people read them, in the zone of the preferences.
import { preferences, shownZone } from './preferences';

const formats = new Map<string, Intl.DateTimeFormat>();

function format(options: Intl.DateTimeFormatOptions, zone = shownZone()): Intl.DateTimeFormat {
  const key = `${zone}|${JSON.stringify(options)}`;
  let known = formats.get(key);
  if (!known) {
    known = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone });
    formats.set(key, known);
  }
  return known;
}

// Zones to choose from. The browser's list leaves out the most common one.
export const allZones = () => ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];

// The zone, if this browser can show times in it: it knows more names than it lists, but not all that a job may have.
export function knownZone(zone: string | undefined): string | undefined {
  try {
    return zone ? format({ timeStyle: 'short' }, zone).resolvedOptions().timeZone && zone : undefined;
  } catch {
    return undefined;
  }
}

export type Moment = Date | string | number;
const dateOf = (moment: Moment) => (moment instanceof Date ? moment : new Date(moment));

// "29 Nov 2026, 10:05:44"
export function fullTime(moment: Moment, zone?: string): string {
  void preferences.timeZone;
  return format({ dateStyle: 'medium', timeStyle: 'medium' }, zone).format(dateOf(moment));
}

// "Sun, 29 Nov 2026, 10:05:44": for what is planned.
export function dayTime(moment: Moment, zone?: string): string {
  void preferences.timeZone;
  return format({ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit' }, zone).format(dateOf(moment));
}

// "10:05" today, "28 Nov, 10:05" this year, else with the year.
export function shortTime(moment: Moment, now = new Date(), zone?: string): string {
  const date = dateOf(moment);
  const day = format({ year: 'numeric', month: 'numeric', day: 'numeric' }, zone);
  const time: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit' };
  if (day.format(date) === day.format(now)) return format(time, zone).format(date);
  const sameYear = format({ year: 'numeric' }, zone).format(date) === format({ year: 'numeric' }, zone).format(now);
  return format({ day: 'numeric', month: 'short', ...(sameYear ? {} : { year: 'numeric' }), ...time }, zone).format(date);
}

const UNITS: [limit: number, seconds: number, unit: Intl.RelativeTimeFormatUnit][] = [
  [60, 1, 'second'],
  [3600, 60, 'minute'],
  [86_400, 3600, 'hour'],
  [86_400 * 30, 86_400, 'day'],
  [86_400 * 365, 86_400 * 30, 'month'],
  [Infinity, 86_400 * 365, 'year'],
];
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

// "3 minutes ago", "in 2 hours"
export function fromNow(moment: Moment, now: number = Date.now()): string {
  const seconds = (dateOf(moment).getTime() - now) / 1000;
  const size = Math.abs(seconds);
  const [, length, unit] = UNITS.find(([limit]) => size < limit)!;
  return relative.format(Math.round(seconds / length), unit);
}

// Milliseconds as "40ms", "0.4s", "12s", "3m 05s", "2h 07m", "3d 4h".
export function duration(ms: number): string {
  if (!Number.isFinite(ms) || ms < 0) return '';
  if (ms < 100) return `${Math.round(ms)}ms`;
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)}s`;
  const s = Math.round(ms / 1000);
  const pad = (n: number) => String(n).padStart(2, '0');
  if (s < 60) return `${s}s`;
  if (s < 3600) return `${Math.floor(s / 60)}m ${pad(s % 60)}s`;
  if (s < 86_400) return `${Math.floor(s / 3600)}h ${pad(Math.floor((s % 3600) / 60))}m`;
  return `${Math.floor(s / 86_400)}d ${Math.floor((s % 86_400) / 3600)}h`;
}
