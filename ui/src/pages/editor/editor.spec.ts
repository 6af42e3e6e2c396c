import { describe, expect, it } from 'vitest';
import { readCron, startForm, writeCron, type CronForm } from './cron';
import { cleaned, copyOf, emptyJob, entriesOf, expressionOf, kindOf, move, newStep, optionKind, sameJob, titleOf } from './job';

describe('cron in words', () => {
  const forms: CronForm[] = [
    { kind: 'minutes', every: 5 },
    { kind: 'hourly', minute: 17 },
    { kind: 'daily', time: '09:05' },
    { kind: 'weekly', time: '22:00', days: ['MON', 'WED', 'SUN'] },
    { kind: 'monthly', time: '00:30', day: 'L' },
    { kind: 'monthly', time: '12:00', day: '31' },
  ];
  it('is written and read back', () => {
    for (const form of forms) expect(readCron(writeCron(form))).toEqual(form);
  });
  it('reads what others write', () => {
    expect(readCron('0 0 8 ? * MON-FRI')).toEqual({ kind: 'weekly', time: '08:00', days: ['MON', 'TUE', 'WED', 'THU', 'FRI'] });
    expect(readCron('0 0 8 ? * 1,7 *')).toEqual({ kind: 'weekly', time: '08:00', days: ['SAT', 'SUN'] });
    expect(readCron('0 */10 * * * ?')).toEqual({ kind: 'minutes', every: 10 });
    expect(readCron('0 15 3 * * ? *')).toEqual({ kind: 'daily', time: '03:15' });
  });
  it('keeps what it cannot say', () => {
    for (const text of ['0 0 0 ? * MON#2 *', '30 0 0 * * ?', '0 0 1/3 ? * * *', '0 0 0 1 JAN ? *', '0 0 0 ? * * 2030', '', 'x']) expect(readCron(text)).toEqual({ kind: 'custom', text });
  });
  it('keeps the time when the kind changes', () => {
    expect(startForm('weekly', '0 30 4 ? * * *')).toMatchObject({ time: '04:30' });
  });
});

describe('a job that is edited', () => {
  it('knows its kinds of steps and what they are called', () => {
    for (const kind of ['exec', 'script', 'scriptfile', 'scripturl', 'jobref', 'plugin'] as const) expect(kindOf(newStep(kind))).toBe(kind);
    expect(titleOf({ script: '#!/bin/sh\n\necho hi\n' })).toBe('echo hi');
    expect(titleOf({ jobref: { group: 'a/b', name: 'c' } })).toBe('a/b/c');
    expect(titleOf({ exec: 'ls', description: 'List' })).toBe('List');
  });
  it('knows the kinds of options', () => {
    expect([{}, { type: 'file' }, { isDate: true }, { secure: true }, { secure: true, valueExposed: true }, { type: 'own-plugin' }].map((one) => optionKind({ name: 'x', ...one }))).toEqual(['text', 'file', 'date', 'secure', 'exposed', 'own-plugin']);
  });
  it('moves within bounds', () => {
    const list = [1, 2, 3];
    expect([move(list, 0, 2), [...list]]).toEqual([true, [2, 3, 1]]);
    expect([move(list, 0, 3), move(list, -1, 0), move(list, 1, 1), list]).toEqual([false, false, false, [2, 3, 1]]);
  });
  it('is the same whatever the order of its keys, and without what was emptied', () => {
    const job = emptyJob();
    const other = { ...copyOf(job), timeout: undefined, options: [], notification: { onsuccess: [] } };
    expect(sameJob(job, other)).toBe(true);
    expect(cleaned(other)).not.toHaveProperty('options');
    expect(sameJob(job, { ...job, name: 'x' })).toBe(false);
    const mail = { email: { recipients: 'a@example.com' } };
    expect(sameJob({ ...job, notification: { onfailure: mail } }, { ...job, notification: { onfailure: [mail], onsuccess: [] } })).toBe(true);
    expect(cleaned({ ...job, notification: { onfailure: { plugin: [{ type: 'a' }, { type: 'b' }] } } }).notification).toEqual({ onfailure: [{ plugin: { type: 'a' } }, { plugin: { type: 'b' } }] });
  });
  it('reads both forms of schedules and notifications', () => {
    expect(expressionOf({ time: { hour: '05', minute: '01', seconds: '0' }, month: '*', weekday: { day: 'FRI,MON' }, year: '*' })).toBe('0 01 05 ? * FRI,MON *');
    expect(expressionOf({ time: { hour: '*/6', minute: '30' }, dayofmonth: { day: '1,15' }, month: 'JAN-MAR' })).toBe('0 30 */6 1,15 JAN-MAR ? *');
    expect(expressionOf({ crontab: '0 0 0 * * ?' })).toBe('0 0 0 * * ?');
    expect(entriesOf({ email: { recipients: 'a' } })).toHaveLength(1);
    expect(entriesOf(undefined)).toEqual([]);
  });
});
