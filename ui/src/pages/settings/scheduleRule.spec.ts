import { expect, test } from 'vitest';
import { assignmentChange, ruleOf } from './scheduleRule';

const simple = (schedule: { hour: string; minute: string; dayOfWeek: string; month: string }) => ruleOf({ name: 'x', description: '', timeZone: '', type: 'SIMPLE', schedule });

test('simple schedules read as cron expressions', () => {
  expect(simple({ hour: '2', minute: '30', dayOfWeek: '*', month: '*' })).toBe('0 30 2 * * ?');
  expect(simple({ hour: '2', minute: '30', dayOfWeek: 'MON-FRI', month: '1,6' })).toBe('0 30 2 ? 1,6 MON-FRI');
  expect(ruleOf({ name: 'x', description: '', timeZone: '', type: 'CRON', crontabString: '0 0 1 * * ? *' })).toBe('0 0 1 * * ? *');
});

test('only what changes is assigned or taken away', () => {
  expect(assignmentChange(['a', 'b'], ['b', 'c'])).toEqual({ add: ['c'], drop: ['a'] });
});
