// What the Cluster Manager makes of what the API tells: tones, alarms, and sentences' parts. No looks, no requests.
import type { ClusterEvent, Member, MemberList, MemberState } from '@/api/cluster';
import type { Tone } from '@/lib/status';

const STATES: Record<MemberState, Tone> = { active: 'ok', inactive: 'warn', dead: 'fail', leaving: 'warn', stopped: 'off' };
export const toneOfState = (state: MemberState): Tone => STATES[state] ?? 'warn';

const EVENTS: [start: string, tone: Tone][] = [
  ['takeover.done', 'ok'],
  ['takeover.manual', 'ok'],
  ['takeover.proposed', 'run'],
  ['takeover.adopted', 'run'],
  ['takeover', 'warn'],
  ['recovery.done', 'ok'],
  ['recovery.proposed', 'run'],
  ['recovery', 'warn'],
  ['member.started', 'ok'],
  ['member.returned', 'ok'],
  ['member.leaving', 'off'],
  ['member.stopped', 'off'],
  ['member.dead', 'fail'],
  ['member', 'warn'],
  ['message.refused', 'fail'],
  ['mode', 'run'],
];
export const toneOfEvent = (kind: string): Tone => EVENTS.find(([start]) => kind === start || kind.startsWith(`${start}.`))?.[1] ?? 'off';

// "m2" for a uuid whose name somebody knows, else its first part.
export function nameOf(uuid: string, members: readonly Member[]): string {
  return members.find((one) => one.uuid === uuid)?.name || uuid.split('-')[0] || uuid;
}

// Where the schedules of a takeover went, most first.
export function destinations(event: ClusterEvent, members: readonly Member[]): { uuid: string; name: string; schedules: number }[] {
  if (event.kind !== 'takeover.done') return [];
  return Object.entries(event.detail ?? {})
    .filter((entry): entry is [string, number] => typeof entry[1] === 'number')
    .map(([uuid, schedules]) => ({ uuid, name: nameOf(uuid, members), schedules }))
    .sort((a, b) => b.schedules - a.schedules);
}

export interface Owner {
  uuid: string;
  name: string;
  schedules: number;
}

// Whose schedules fire nowhere until somebody takes them over.
export function strandedOwners(list: MemberList): Owner[] {
  const gone = list.members
    .filter((one) => (one.state === 'dead' || one.state === 'stopped') && one.schedules > 0)
    .map(({ uuid, name, schedules }) => ({ uuid, name, schedules }));
  const unknown = list.orphaned.map(({ uuid, schedules }) => ({ uuid, name: nameOf(uuid, list.members), schedules }));
  return [...gone, ...unknown];
}

// Members that a switch of the whole cluster concerns: those that live and are not as wanted.
export function membersToSwitch(list: MemberList, active: boolean): Member[] {
  const wanted = active ? 'active' : 'passive';
  return list.members.filter((one) => ['active', 'inactive'].includes(one.state) && (one.requestedMode ?? one.executionMode) !== wanted);
}

// Those that need somebody first, then by name.
const ORDER: MemberState[] = ['dead', 'inactive', 'leaving', 'active', 'stopped'];
export function sortMembers(members: readonly Member[]): Member[] {
  return [...members].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || a.name.localeCompare(b.name, 'en', { numeric: true }));
}

export const countOf = (members: readonly Member[], state: MemberState) => members.filter((one) => one.state === state).length;
