import { expect, test } from 'vitest';
import { durationOf, validDuration } from './tokenDuration';

test('durations are numbers with units', () => {
  expect(['12h', '1d12h', ' 45d '].every(validDuration)).toBe(true);
  expect(['', '12', 'h', '1x', '-1d', '1 d'].some(validDuration)).toBe(false);
});

test('what is typed counts when it is asked for', () => {
  expect(durationOf('other', ' 3h ')).toBe('3h');
  expect(durationOf('7d', '3h')).toBe('7d');
  expect(durationOf('', '')).toBe('');
});
