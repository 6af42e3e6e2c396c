import { describe, expect, it } from 'vitest';
import type { JobSummary } from '@/api/jobs';
import { depthOf, filterJobs, groupsOf, inOrder, isGroup, treeRows, type JobFilter, type Row } from './tree';

const job = (name: string, group: string | null, more: Partial<JobSummary> = {}): JobSummary => ({
  id: `id-${name}`, name, group, description: '', project: 'p', scheduled: false, scheduleEnabled: true, enabled: true, ...more,
});
const jobs = [job('backup', 'db', { scheduled: true, description: 'Nightly dump' }), job('check', 'web'), job('deploy', 'web/front'), job('job 9', null), job('job 10', null)];
const shown = (rows: Row[]) => rows.map((row) => (isGroup(row) ? `${'  '.repeat(row.depth)}${row.name}/ ${row.jobs}${row.open ? '' : ' shut'}` : `${'  '.repeat(depthOf(row))}${row.name}`));

describe('rows of jobs', () => {
  it('as a tree, groups first, numbers in order', () => {
    expect(shown(treeRows(jobs, new Set()))).toEqual(['db/ 1', '  backup', 'web/ 2', '  front/ 1', '    deploy', '  check', 'job 9', 'job 10']);
  });
  it('a shut group hides what is below, unless a search shows all', () => {
    expect(shown(treeRows(jobs, new Set(['web'])))).toEqual(['db/ 1', '  backup', 'web/ 2 shut', 'job 9', 'job 10']);
    expect(treeRows(jobs, new Set(['web']), true)).toHaveLength(8);
  });
  it('reads what it filters by once, not for every job: a reactive filter costs more than the search', () => {
    const read: string[] = [];
    const watched = new Proxy<JobFilter>({ text: 'front', state: '', group: '' }, { get: (filter, key: keyof JobFilter) => (read.push(key), filter[key]) });
    expect(filterJobs(jobs, watched, new Set()).map((one) => one.name)).toEqual(['deploy']);
    expect(read.sort()).toEqual(['group', 'state', 'text']);
  });
  it('filters by words in name, group, description and uuid, by state and group', () => {
    const names = (filter: Partial<Parameters<typeof filterJobs>[1]>, stars: string[] = []) =>
      filterJobs(jobs, { text: '', state: '', group: '', ...filter }, new Set(stars)).map((one) => one.name);
    expect(names({ text: 'DUMP night' })).toEqual(['backup']);
    expect(names({ text: 'front' })).toEqual(['deploy']);
    expect(names({ text: 'id-check' })).toEqual(['check']);
    expect(names({ group: 'web' })).toEqual(['check', 'deploy']);
    expect(names({ state: 'scheduled' })).toEqual(['backup']);
    expect(names({ state: 'favourite' }, ['id-check'])).toEqual(['check']);
  });
  it('names every group and those above', () => {
    expect(groupsOf(jobs)).toEqual(['db', 'web', 'web/front']);
  });
  it('orders names with letters of all kinds; plain ones come in order', () => {
    const names = (list: JobSummary[]) => inOrder(list).map((one) => one.name);
    expect(inOrder(jobs)).toBe(jobs);
    expect(names([job('zoo', null), job('Über 10', null), job('über 9', null)])).toEqual(['über 9', 'Über 10', 'zoo']);
  });
  it('takes 10,000 jobs in the time of a frame or so', () => {
    const many = Array.from({ length: 10_000 }, (_, n) => job(`job ${n}`, `g${n % 50}/s${n % 7}`));
    expect(treeRows(many, new Set())).toHaveLength(10_000 + 50 + 350);
  });
});
