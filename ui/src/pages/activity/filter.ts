// What the activity page is asked for: as a form, as the query of its address, and as the API's parameters.
import type { Query } from '@/api/client';
import { utcOf } from '@/lib/zoned';

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

export function queryOf(filter: ActivityFilter, zone: string): Query {
  const { begin, end, ...rest } = addressOf(filter);
  return { ...rest, begin: begin && utcOf(begin, zone), end: end && utcOf(end, zone) };
}

export const isFiltered = (filter: ActivityFilter) => Object.values(addressOf(filter)).some(Boolean);
