import { expect, test } from 'vitest';
import { columns, keep, MOST_SAMPLES, sampleOf, type Sample } from './samples';

const sample = (at: number, values: Record<string, number>): Sample => ({ at, values });

test('gauges and counters of an answer become one sample', () => {
  expect(sampleOf({ gauges: { a: { value: 2 } }, counters: { b: { count: 7 } } }, 10)).toEqual(sample(10, { a: 2, b: 7 }));
});

test('counters are shown as growth a second, and not across a restart', () => {
  const samples = [sample(0, { n: 100 }), sample(5, { n: 150 }), sample(10, { n: 3 }), sample(12, { n: 7 })];
  expect(columns(samples, [{ name: 'n', label: '', rate: true }])).toEqual([[0, 5, 10, 12], [null, 10, null, 2]]);
});

test('gauges are scaled, and what is unknown is a gap', () => {
  const samples = [sample(0, { m: 2048 }), sample(5, {})];
  expect(columns(samples, [{ name: 'm', label: '', scale: 1024 }])).toEqual([[0, 5], [2, null]]);
});

test('an hour is kept', () => {
  let samples: Sample[] = [];
  for (let at = 0; at < MOST_SAMPLES + 3; at += 1) samples = keep(samples, sample(at, {}));
  expect(samples.length).toBe(MOST_SAMPLES);
  expect(samples[0]?.at).toBe(3);
});
