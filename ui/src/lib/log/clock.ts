// The time of a log line: "10:05:44" in the zone of the preferences, quick enough for every line in sight.
import { shownZone } from '@/lib/preferences';

let zone = '';
let format: Intl.DateTimeFormat | undefined;

export function clockTime(ms: number): string {
  if (!format || zone !== shownZone()) {
    zone = shownZone();
    format = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit', timeZone: zone });
  }
  return format.format(ms);
}
