// The rows of the list of jobs: groups that open and close, and the jobs in them. Pure.
import type { JobSummary } from '@/api/jobs';

export interface GroupRow {
  path: string; // "web/front"
  name: string; // "front"
  depth: number;
  open: boolean;
  jobs: number; // in it and below
}
// Jobs are rows as they are: ten thousand wrappers for each letter of a search would be felt.
export type Row = GroupRow | JobSummary;
export const isGroup = (row: Row): row is GroupRow => 'open' in row;

interface Group {
  name: string;
  path: string;
  groups: Map<string, Group>;
  jobs: JobSummary[];
}

const emptyGroup = (name: string, path: string): Group => ({ name, path, groups: new Map(), jobs: [] });
const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'base' }).compare;

// By name as people read it, then by group. So the server sends them, but it knows no letters beyond ASCII.
const PLAIN = /^[\x20-\x7e]*$/;
export function inOrder(jobs: JobSummary[]): JobSummary[] {
  if (jobs.every((job) => PLAIN.test(job.name))) return jobs;
  return [...jobs].sort((a, b) => byName(a.name, b.name) || byName(a.group ?? '', b.group ?? ''));
}

function grow(jobs: readonly JobSummary[]): Group {
  const root = emptyGroup('', '');
  const known = new Map<string, Group>([['', root]]);
  const plant = (path: string): Group => {
    let at = root;
    for (const name of path.split('/').filter(Boolean)) {
      let next = at.groups.get(name);
      if (!next) at.groups.set(name, (next = emptyGroup(name, at.path ? `${at.path}/${name}` : name)));
      at = next;
    }
    known.set(path, at);
    return at;
  };
  for (const job of jobs) {
    const path = job.group ?? '';
    (known.get(path) ?? plant(path)).jobs.push(job);
  }
  return root;
}

const countOf = (group: Group): number => {
  let count = group.jobs.length;
  for (const child of group.groups.values()) count += countOf(child);
  return count;
};

// Of jobs in order. `closed` names the groups that are shut; with `all` open whatever it says (a search shows its hits).
export function treeRows(jobs: readonly JobSummary[], closed: ReadonlySet<string>, all = false): Row[] {
  const rows: Row[] = [];
  const visit = (group: Group, depth: number) => {
    for (const child of [...group.groups.values()].sort((a, b) => byName(a.name, b.name))) {
      const open = all || !closed.has(child.path);
      rows.push({ path: child.path, name: child.name, depth, open, jobs: countOf(child) });
      if (open) visit(child, depth + 1);
    }
    for (const job of group.jobs) rows.push(job);
  };
  visit(grow(jobs), 0);
  return rows;
}

export const depthOf = (job: JobSummary) => (job.group ?? '').split('/').filter(Boolean).length;

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

function isInState(job: JobSummary, state: StateFilter, favourites: ReadonlySet<string>): boolean {
  switch (state) {
    case 'scheduled':
      return job.scheduled;
    case 'unscheduled':
      return !job.scheduled;
    case 'disabled':
      return !job.enabled;
    case 'paused':
      return job.scheduled && !job.scheduleEnabled;
    case 'favourite':
      return favourites.has(job.id);
    default:
      return true;
  }
}

// Every word must be in name, group, description or uuid.
export function filterJobs(jobs: JobSummary[], filter: JobFilter, favourites: ReadonlySet<string>): JobSummary[] {
  const { text, state, group } = filter; // read once: it may be reactive, and there are many jobs
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length && !state && !group) return jobs;
  const below = `${group}/`;
  return jobs.filter((job) => {
    if (group && job.group !== group && !job.group?.startsWith(below)) return false;
    if (state && !isInState(job, state, favourites)) return false;
    if (!words.length) return true;
    const found = searchText(job);
    return words.every((word) => found.includes(word));
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
