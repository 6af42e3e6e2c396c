import { expect, test } from 'vitest';
import type { Calendar } from '@/api/calendars';
import { calendarOf, describe as say, formOf, newForm } from './calendarForm';

const base: Calendar = { id: 3, name: 'x', description: 'd', calendarType: 'blackout', dateType: 'date', dateDefinition: ['2026/12/24', '2026/12/25'], recurrent: true, enable: true, allReference: true, objects: [] };

test.each<[string, Partial<Calendar>, string]>([
  ['dates', {}, '2026-12-24, 2026-12-25, every year'],
  ['a range', { dateType: 'range', dateDefinition: ['2026/12/24', '2027/01/02'], recurrent: false }, '2026-12-24 to 2027-01-02'],
  ['hours', { dateType: 'daily', dateDefinition: ['08:00', '17:30'], recurrent: false }, '08:00 to 17:30'],
  ['weekdays', { dateType: 'weekly', dateDefinition: ['SAT', 'SUN'], recurrent: false }, 'Sat, Sun'],
  ['days of the month', { dateType: 'monthly', dateDefinition: [1, 15], recurrent: false }, '1., 15.'],
  ['some jobs', { allReference: false, objects: [{ uuid: 'u1' }] }, '2026-12-24, 2026-12-25, every year'],
])('%s survive the form, and are told in a line', (_name, change, text) => {
  const calendar = { ...base, ...change };
  expect(calendarOf(formOf(calendar, true), true)).toEqual(calendar);
  expect(say(calendar)).toBe(text);
});

test('weekdays as numbers are read, and come in the order of the week', () => {
  const form = formOf({ ...base, dateType: 'weekly', dateDefinition: [1, 7, '2'] }, true);
  expect(form.weekdays).toEqual(['SUN', 'SAT', 'MON']);
  expect(calendarOf(form, true).dateDefinition).toEqual(['MON', 'SAT', 'SUN']);
  expect(say({ ...base, dateType: 'weekly', dateDefinition: [1, 7] })).toBe('Sat, Sun');
});

test('system calendars name projects, and only dates repeat every year', () => {
  const form = { ...newForm(), name: ' night ', dateType: 'daily' as const, from: '22:00', to: '06:00', recurrent: true, all: false, objects: ['web', ''] };
  expect(calendarOf(form, false)).toMatchObject({ name: 'night', recurrent: false, dateDefinition: ['22:00', '06:00'], objects: [{ name: 'web' }] });
});
