import { describe, expect, it } from 'vitest';
import type { Execution } from '@/api/executions';
import { durations, outcomes } from './buckets';
import { localOf, utcOf } from '@/lib/zoned';
import { NO_FILTER, addressOf, filterOfAddress, isFiltered, queryOf } from './filter';

describe('the filter of activity', () => {
  it('is what the address says', () => {
    const filter = { ...NO_FILTER, job: 'deploy', status: 'failed', when: '1d', kind: 'job' as const };
    expect(filterOfAddress(addressOf(filter))).toEqual(filter);
    expect(filterOfAddress({ statusFilter: 'failed', recentFilter: '1d' })).toEqual({ ...NO_FILTER, status: 'failed', when: '1d' });
    expect(filterOfAddress({ adhoc: 'true', jobFilter: ['a', 'b'] })).toEqual({ ...NO_FILTER, kind: 'adhoc' });
    expect(isFiltered(NO_FILTER)).toBe(false);
    expect(isFiltered({ ...NO_FILTER, user: 'ada' })).toBe(true);
  });

  it('asks for a range in UTC', () => {
    const range = { ...NO_FILTER, when: 'range', from: '2026-07-01T10:00', to: '2026-12-01T10:00' };
    expect(filterOfAddress(addressOf(range))).toEqual(range);
    expect(queryOf(range, 'Europe/Berlin')).toMatchObject({ begin: '2026-07-01T08:00:00.000Z', end: '2026-12-01T09:00:00.000Z', recentFilter: undefined });
    expect(utcOf('2026-03-29T03:30', 'Europe/Berlin')).toBe('2026-03-29T01:30:00.000Z');
    expect(utcOf('2026-03-29T00:30', 'Asia/Tokyo')).toBe('2026-03-28T15:30:00.000Z');
    expect(localOf(Date.parse('2026-07-01T08:00:00Z'), 'Europe/Berlin')).toBe('2026-07-01T10:00');
    expect(utcOf('nonsense', 'UTC')).toBeUndefined();
  });
});

describe('charts of activity', () => {
  const one = (status: string, started: number, took: number) =>
    ({ status, 'date-started': { unixtime: started * 1000, date: '' }, 'date-ended': { unixtime: (started + took) * 1000, date: '' } }) as unknown as Execution;

  it('count outcomes in stretches of time', () => {
    const hour = 3600;
    const { times, ok, fail, other } = outcomes([one('succeeded', 0, 10), one('failed', 100, 10), one('aborted', 200, 10), one('succeeded', 30 * hour, 60), { status: 'running' } as Execution]);
    expect(times.length).toBe(31);
    expect([ok[0], fail[0], other[0]]).toEqual([1, 1, 1]);
    expect(ok[30]).toBe(1);
    expect(ok.reduce((a, b) => a + b)).toBe(2);
    expect(outcomes([]).times).toEqual([]);
  });

  it('show how long each took, in the order of time', () => {
    expect(durations([one('failed', 100, 5), one('succeeded', 0, 10)])).toEqual({ times: [10, 105], ok: [10, null], fail: [null, 5] });
  });
});
