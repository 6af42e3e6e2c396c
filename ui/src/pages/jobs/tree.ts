// The rows of the list of jobs: groups that open and close, and the jobs in them. Pure.
import type { JobSummary } from '@/api/jobs';

export interface GroupRow {
  kind: 'group';
  path: string; // "web/front"
  name: string; // "front"
  depth: number;
  open: boolean;
  jobs: number; // in it and below
}
export interface JobRow {
  kind: 'job';
  job: JobSummary;
  depth: number;
}
export type Row = GroupRow | JobRow;

interface Group {
  name: string;
  path: string;
  groups: Map<string, Group>;
  jobs: JobSummary[];
  count: number;
}

const emptyGroup = (name: string, path: string): Group => ({ name, path, groups: new Map(), jobs: [], count: 0 });
const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'base' }).compare;

// The same order for ten thousand names, several times as fast: keys that compare as plain texts.
const PLAIN = /^[\x20-\x7e]*$/;
const plainKey = (name: string) => name.toLowerCase().replace(/\d+/g, (digits) => digits.padStart(12, '0'));

// By name, then by group. What is filtered out of a sorted list is sorted, too: once for all searches.
export function sortedJobs(jobs: readonly JobSummary[]): JobSummary[] {
  if (!jobs.every((job) => PLAIN.test(job.name))) return [...jobs].sort((a, b) => byName(a.name, b.name) || byName(a.group ?? '', b.group ?? ''));
  const keyed = jobs.map((job) => ({ job, key: plainKey(job.name) }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : byName(a.job.group ?? '', b.job.group ?? ''))).map(({ job }) => job);
}

function grow(jobs: JobSummary[]): Group {
  const root = emptyGroup('', '');
  const ways = new Map<string, Group[]>(); // from the root to each group
  const wayTo = (path: string): Group[] => {
    const way = [root];
    for (const name of path.split('/').filter(Boolean)) {
      const at = way.at(-1)!;
      if (!at.groups.has(name)) at.groups.set(name, emptyGroup(name, at.path ? `${at.path}/${name}` : name));
      way.push(at.groups.get(name)!);
    }
    return way;
  };
  for (const job of jobs) {
    const path = job.group ?? '';
    let way = ways.get(path);
    if (!way) ways.set(path, (way = wayTo(path)));
    for (const group of way) group.count += 1;
    way.at(-1)!.jobs.push(job);
  }
  return root;
}

// Of sorted jobs. `closed` names the groups that are shut; with `all` open whatever it says (a search shows its hits).
export function treeRows(jobs: JobSummary[], closed: ReadonlySet<string>, all = false): Row[] {
  const rows: Row[] = [];
  const visit = (group: Group, depth: number) => {
    for (const child of [...group.groups.values()].sort((a, b) => byName(a.name, b.name))) {
      const open = all || !closed.has(child.path);
      rows.push({ kind: 'group', path: child.path, name: child.name, depth, open, jobs: child.count });
      if (open) visit(child, depth + 1);
    }
    for (const job of group.jobs) rows.push({ kind: 'job', job, depth });
  };
  visit(grow(jobs), 0);
  return rows;
}

export const listRows = (jobs: JobSummary[]): Row[] => jobs.map((job) => ({ kind: 'job', job, depth: 0 }));

export type StateFilter = '' | 'scheduled' | 'unscheduled' | 'disabled' | 'paused' | 'favourite';

export interface JobFilter {
  text: string;
  state: StateFilter;
  group: string; // "" is all
}

// What a search looks at, put together once for each job.
const searched = new WeakMap<JobSummary, string>();
export function searchText(job: JobSummary): string {
  let text = searched.get(job);
  if (text === undefined) searched.set(job, (text = `${job.name}\n${job.group ?? ''}\n${job.description}\n${job.id}`.toLowerCase()));
  return text;
}

// Every word must be in name, group, description or uuid.
export function filterJobs(jobs: JobSummary[], filter: JobFilter, favourites: ReadonlySet<string>): JobSummary[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length && !filter.state && !filter.group) return jobs;
  return jobs.filter((job) => {
    if (filter.group && job.group !== filter.group && !job.group?.startsWith(`${filter.group}/`)) return false;
    if (filter.state === 'scheduled' && !job.scheduled) return false;
    if (filter.state === 'unscheduled' && job.scheduled) return false;
    if (filter.state === 'disabled' && job.enabled) return false;
    if (filter.state === 'paused' && (!job.scheduled || job.scheduleEnabled)) return false;
    if (filter.state === 'favourite' && !favourites.has(job.id)) return false;
    if (!words.length) return true;
    const text = searchText(job);
    return words.every((word) => text.includes(word));
  });
}

export const groupsOf = (jobs: JobSummary[]): string[] => {
  const found = new Set<string>();
  for (const group of new Set(jobs.map((job) => job.group ?? ''))) {
    const names = group.split('/').filter(Boolean);
    for (let n = 1; n <= names.length; n += 1) found.add(names.slice(0, n).join('/'));
  }
  return [...found].sort(byName);
};
