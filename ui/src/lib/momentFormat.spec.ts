import { expect, it } from 'vitest';
import { formatMoment } from './momentFormat';

it('writes dates as options want them', () => {
  const date = new Date(2026, 10, 9, 15, 4, 7);
  expect(formatMoment(date, 'MM/DD/YYYY hh:mm a')).toBe('11/09/2026 03:04 pm');
  expect(formatMoment(date, 'YYYY-MM-DD[T]HH:mm:ss')).toBe('2026-11-09T15:04:07');
  expect(formatMoment(date, 'ddd D MMM YY, H:m A')).toBe('Mon 9 Nov 26, 15:4 PM');
  expect(formatMoment(new Date(2026, 0, 1, 0, 30), 'hh:mm a')).toBe('12:30 am');
});
