import { expect, test } from 'vitest';
import type { ClusterEvent, Member, MemberList } from '@/api/cluster';
import { destinations, membersToSwitch, nameOf, sortMembers, strandedOwners, toneOfEvent } from './clusterView';

const member = (name: string, rest: Partial<Member> = {}): Member => ({
  uuid: `${name}-uuid`, self: false, name, host: 'h', url: '', tags: [], version: '1', incarnation: 1, state: 'active', reason: '',
  started: '', lastBeat: '', lastBeatAge: 0, executionMode: 'active', requestedMode: null, requestedBy: null, schedules: 0,
  vitals: { runningExecutions: 0, threadRatio: 0, cpuPercent: 0, loadAverage: 0, memoryBytes: 0 }, ...rest,
});
const list = (members: Member[], orphaned: MemberList['orphaned'] = []): MemberList => ({ self: 'm1-uuid', clusterMode: true, now: '', members, orphaned });

test('schedules of the dead, the stopped and the unknown are stranded; those of the slow are not', () => {
  const found = strandedOwners(list(
    [member('m1', { schedules: 4 }), member('m2', { state: 'dead', schedules: 7 }), member('m3', { state: 'dead' }), member('m4', { state: 'inactive', schedules: 2 }), member('m5', { state: 'stopped', schedules: 1 })],
    [{ uuid: 'aaaa-bbbb', schedules: 3 }],
  ));
  expect(found.map((one) => [one.name, one.schedules])).toEqual([['m2', 7], ['m5', 1], ['aaaa', 3]]);
});

test('a switch of all leaves the dead and those that are asked already', () => {
  const members = [member('m1'), member('m2', { executionMode: 'passive' }), member('m3', { requestedMode: 'passive' }), member('m4', { state: 'dead' })];
  expect(membersToSwitch(list(members), false).map((one) => one.name)).toEqual(['m1']);
  expect(membersToSwitch(list(members), true).map((one) => one.name)).toEqual(['m2', 'm3']);
});

test('a takeover tells where the schedules went, by name', () => {
  const event = { kind: 'takeover.done', detail: { 'm2-uuid': 1, 'm3-uuid': 5, note: 'x' } } as unknown as ClusterEvent;
  expect(destinations(event, [member('m2')])).toEqual([{ uuid: 'm3-uuid', name: 'm3', schedules: 5 }, { uuid: 'm2-uuid', name: 'm2', schedules: 1 }]);
  expect(destinations({ ...event, kind: 'takeover.manual' }, [])).toEqual([]);
  expect(nameOf('12345678-0000', [])).toBe('12345678');
});

test('trouble comes first, and numbers in names count as numbers', () => {
  const sorted = sortMembers([member('m10'), member('m2'), member('m9', { state: 'stopped' }), member('m3', { state: 'dead' })]);
  expect(sorted.map((one) => one.name)).toEqual(['m3', 'm2', 'm10', 'm9']);
});

test('events have tones, unknown ones too', () => {
  expect(['takeover.done', 'takeover.refused', 'member.dead', 'mode.changed', 'something.new'].map(toneOfEvent)).toEqual(['ok', 'warn', 'fail', 'run', 'off']);
});
