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

function grow(jobs: JobSummary[]): Group {
  const root = emptyGroup('', '');
  for (const job of jobs) {
    let at = root;
    at.count += 1;
    for (const name of (job.group ?? '').split('/').filter(Boolean)) {
      let next = at.groups.get(name);
      if (!next) at.groups.set(name, (next = emptyGroup(name, at.path ? `${at.path}/${name}` : name)));
      at = next;
      at.count += 1;
    }
    at.jobs.push(job);
  }
  return root;
}

// `closed` names the groups that are shut; with `all` open whatever it says (a search shows its hits).
export function treeRows(jobs: JobSummary[], closed: ReadonlySet<string>, all = false): Row[] {
  const rows: Row[] = [];
  const visit = (group: Group, depth: number) => {
    for (const child of [...group.groups.values()].sort((a, b) => byName(a.name, b.name))) {
      const open = all || !closed.has(child.path);
      rows.push({ kind: 'group', path: child.path, name: child.name, depth, open, jobs: child.count });
      if (open) visit(child, depth + 1);
    }
    for (const job of [...group.jobs].sort((a, b) => byName(a.name, b.name))) rows.push({ kind: 'job', job, depth });
  };
  visit(grow(jobs), 0);
  return rows;
}

export const listRows = (jobs: JobSummary[]): Row[] =>
  [...jobs].sort((a, b) => byName(a.name, b.name) || byName(a.group ?? '', b.group ?? '')).map((job) => ({ kind: 'job', job, depth: 0 }));

export type StateFilter = '' | 'scheduled' | 'unscheduled' | 'disabled' | 'paused' | 'favourite';

export interface JobFilter {
  text: string;
  state: StateFilter;
  group: string; // "" is all
}

// Every word must be in name, group, description or uuid.
export function filterJobs(jobs: JobSummary[], filter: JobFilter, favourites: ReadonlySet<string>): JobSummary[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  return jobs.filter((job) => {
    if (filter.group && job.group !== filter.group && !job.group?.startsWith(`${filter.group}/`)) return false;
    if (filter.state === 'scheduled' && !job.scheduled) return false;
    if (filter.state === 'unscheduled' && job.scheduled) return false;
    if (filter.state === 'disabled' && job.enabled) return false;
    if (filter.state === 'paused' && (!job.scheduled || job.scheduleEnabled)) return false;
    if (filter.state === 'favourite' && !favourites.has(job.id)) return false;
    if (!words.length) return true;
    const text = `${job.name}\n${job.group ?? ''}\n${job.description}\n${job.id}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

export const groupsOf = (jobs: JobSummary[]): string[] => {
  const found = new Set<string>();
  for (const { group } of jobs) {
    const names = (group ?? '').split('/').filter(Boolean);
    for (let n = 1; n <= names.length; n += 1) found.add(names.slice(0, n).join('/'));
  }
  return [...found].sort(byName);
};
