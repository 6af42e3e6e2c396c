// What the activity page is asked for: as a form, as the query of its address, and as the API's parameters.
import type { Query } from '@/api/client';

export interface ActivityFilter {
  job: string;
  status: string;
  user: string;
  kind: '' | 'job' | 'adhoc';
  when: string; // "", "1h", "1d"…, or "range"
  from: string; // as <input type="datetime-local"> has it
  to: string;
}

export const NO_FILTER: ActivityFilter = { job: '', status: '', user: '', kind: '', when: '', from: '', to: '' };

type Address = Record<string, unknown>;
const text = (value: unknown) => (typeof value === 'string' ? value : '');

export function filterOfAddress(query: Address): ActivityFilter {
  const ranged = !!(text(query.begin) || text(query.end));
  const adhoc = text(query.adhoc);
  return {
    job: text(query.jobFilter),
    status: text(query.statusFilter),
    user: text(query.userFilter),
    kind: adhoc === 'true' ? 'adhoc' : adhoc === 'false' ? 'job' : '',
    when: ranged ? 'range' : text(query.recentFilter),
    from: text(query.begin),
    to: text(query.end),
  };
}

const orNothing = (value: string) => value || undefined;

export function addressOf(filter: ActivityFilter): Record<string, string | undefined> {
  const ranged = filter.when === 'range';
  return {
    jobFilter: orNothing(filter.job),
    statusFilter: orNothing(filter.status),
    userFilter: orNothing(filter.user),
    adhoc: filter.kind ? String(filter.kind === 'adhoc') : undefined,
    recentFilter: ranged ? undefined : orNothing(filter.when),
    begin: ranged ? orNothing(filter.from) : undefined,
    end: ranged ? orNothing(filter.to) : undefined,
  };
}

// The form has local times of the zone in which times are shown; the API takes UTC.
export function utcOf(local: string, zone: string): string | undefined {
  const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)/.exec(local);
  if (!parts) return undefined;
  const [year, month, day, hour, minute] = parts.slice(1).map(Number) as [number, number, number, number, number];
  const wanted = Date.UTC(year, month - 1, day, hour, minute);
  let guess = wanted;
  for (let round = 0; round < 2; round += 1) guess += wanted - shownAs(guess, zone); // twice: the first guess may be across a change of clocks
  return new Date(guess).toISOString();
}

function shownAs(ms: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' }).formatToParts(ms);
  const number = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  return Date.UTC(number('year'), number('month') - 1, number('day'), number('hour'), number('minute'));
}

// The other way round, for a first value of the form.
export const localOf = (ms: number, zone: string) => new Date(shownAs(ms, zone)).toISOString().slice(0, 16);

export function queryOf(filter: ActivityFilter, zone: string): Query {
  const { begin, end, ...rest } = addressOf(filter);
  return { ...rest, begin: begin && utcOf(begin, zone), end: end && utcOf(end, zone) };
}

export const isFiltered = (filter: ActivityFilter) => Object.values(addressOf(filter)).some(Boolean);
