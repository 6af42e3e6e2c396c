// The time of day with seconds, in the zone of the preferences: "10:05:44". `at` is in seconds.
import { shownZone } from './preferences';

let known: { zone: string; format: Intl.DateTimeFormat } | undefined;

export function clock(at: number): string {
  const zone = shownZone();
  if (known?.zone !== zone) known = { zone, format: new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit', timeZone: zone }) };
  return known.format.format(new Date(at * 1000));
}
