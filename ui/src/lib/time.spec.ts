import { describe, expect, it } from 'vitest';
import { allZones, dayTime, duration, fromNow, fullTime, knownZone, shortTime } from './time';

describe('times', () => {
  it('durations', () => {
    expect([0, 42, 400, 12_000, 185_000, 7_620_000, 273_600_000].map(duration)).toEqual(['0ms', '42ms', '0.4s', '12s', '3m 05s', '2h 07m', '3d 4h']);
    expect(duration(-1)).toBe('');
    expect(duration(Number.NaN)).toBe('');
  });
  it('distances', () => {
    const now = Date.UTC(2026, 10, 29, 12);
    expect(fromNow(now - 180_000, now)).toBe('3 minutes ago');
    expect(fromNow(now + 7_200_000, now)).toBe('in 2 hours');
    expect(fromNow(now - 86_400_000, now)).toBe('yesterday');
  });
  it('zones that the browser knows, and those that it only lists', () => {
    expect(['UTC', 'Asia/Kolkata', 'US/Eastern', 'No/Such', 'GMT+2:00x', '', undefined].map(knownZone)).toEqual(['UTC', 'Asia/Kolkata', 'US/Eastern', undefined, undefined, undefined, undefined]);
    expect(allZones().filter((zone) => zone === 'UTC')).toHaveLength(1);
  });
  it('moments in a zone', () => {
    const at = Date.UTC(2026, 10, 29, 23, 5, 44);
    expect(fullTime(at, 'Asia/Tokyo')).toBe('30 Nov 2026, 08:05:44');
    expect(dayTime(at, 'Asia/Tokyo')).toBe('Mon, 30 Nov 2026, 08:05:44');
    expect(shortTime(at, new Date(at + 60_000), 'UTC')).toBe('23:05');
    expect(shortTime(at, new Date(Date.UTC(2026, 11, 24)), 'UTC')).toBe('29 Nov, 23:05');
    expect(shortTime(at, new Date(Date.UTC(2027, 0, 1)), 'UTC')).toBe('29 Nov 2026, 23:05');
  });
});
