import { expect, it } from 'vitest';
import { axisTimes } from './chartTime';

it('tells the date once a day, and nothing but dates over weeks', () => {
  const at = (text: string) => Date.parse(text) / 1000;
  expect(axisTimes([at('2026-11-29T22:00:00Z'), at('2026-11-29T23:00:00Z'), at('2026-11-30T00:00:00Z')], 'UTC')).toEqual(['22:00\n29 Nov', '23:00', '00:00\n30 Nov']);
  expect(axisTimes([at('2026-11-29T00:00:00Z'), at('2026-11-30T00:00:00Z')], 'UTC')).toEqual(['29 Nov', '30 Nov']);
  expect(axisTimes([at('2026-11-29T23:30:00Z')], 'Asia/Tokyo')).toEqual(['08:30\n30 Nov']);
});
