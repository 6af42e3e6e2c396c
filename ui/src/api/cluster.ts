// The cluster: members, what happened, who owns which schedule, where fires went.
import { ApiError, api, apiPath, type Query } from './client';

export type MemberState = 'active' | 'inactive' | 'dead' | 'leaving' | 'stopped';
export type Mode = 'active' | 'passive';

export interface Vitals {
  runningExecutions: number;
  threadRatio: number; // 1 is the member's full load
  cpuPercent: number;
  loadAverage: number;
  memoryBytes: number;
}

export interface Member {
  uuid: string;
  self: boolean; // answers this request
  name: string;
  host: string;
  url: string;
  tags: string[];
  version: string;
  incarnation: number;
  state: MemberState;
  reason: string; // why it is held for that
  started: string;
  lastBeat: string;
  lastBeatAge: number; // milliseconds, by the clock of the database
  executionMode: Mode;
  requestedMode: Mode | null; // asked for and not yet done
  requestedBy: string | null;
  schedules: number;
  vitals: Vitals;
}

export interface MemberList {
  self: string;
  clusterMode: boolean;
  now: string;
  members: Member[];
  orphaned: { uuid: string; schedules: number }[]; // of servers that never joined, or were forgotten
}

export interface MemberName {
  uuid: string;
  name?: string;
}

export interface ClusterEvent {
  id: number;
  time: string;
  kind: string; // "takeover.done"
  member: MemberName | null; // who says it
  target: MemberName | null; // whom it is about
  message: string;
  detail?: Record<string, unknown>; // of takeover.done: schedules by the uuid of the member that has them now
}

export interface EventPage {
  paging: { count: number; offset: number; max: number; more: boolean };
  events: ClusterEvent[];
}

export interface Fire {
  due: string;
  state: 'fired' | 'late' | 'missed' | 'skipped';
  reason: string;
  fires: number;
  project: string;
  job: { id: string; name?: string; group?: string | null };
  owner: MemberName | null;
  claimedBy: MemberName | null;
  claimed: string;
  execution: { id: number } | null;
}

export interface OwnedJob {
  id: string;
  name: string;
  group: string | null;
  project: string;
  nextScheduledExecution?: string;
}

export interface TakeoverRequest {
  from: string; // uuid, or "" for all
  project?: string;
  jobs?: string[];
}

export interface Takeover {
  message: string;
  takeoverSchedule?: { jobs: { total: number; successful: { id: string; 'previous-owner'?: string }[]; failed: { id: string }[] } };
}

export const listMembers = (signal?: AbortSignal) => api.get<MemberList>('/cluster/members', {}, { signal });
export const listEvents = (query: Query, signal?: AbortSignal) => api.get<EventPage>('/cluster/events', query, { signal });
export const listFires = (query: Query, signal?: AbortSignal) => api.get<{ fires: Fire[]; paging: EventPage['paging'] }>('/scheduler/fires', query, { signal });
export const ownedJobs = (uuid: string, signal?: AbortSignal) => api.get<OwnedJob[]>(apiPath`/scheduler/server/${uuid}/jobs`, {}, { signal });

// "pending" until the member has done it.
export const setMemberMode = (uuid: string, active: boolean) =>
  api.post<{ status: 'complete' | 'pending' }>(`/enterprise/cluster/executions/${active ? 'enable' : 'disable'}`, undefined, { query: { uuid } });
export const setOwnMode = (active: boolean) => api.post<{ executionMode: Mode }>(`/system/executions/${active ? 'enable' : 'disable'}`);

// Schedules go to the member that answers.
export function takeOver({ from, project, jobs }: TakeoverRequest) {
  const server = from ? { uuid: from } : { all: true };
  return api.put<Takeover>('/scheduler/takeover', {
    server,
    project: project || undefined,
    jobs: jobs?.map((id) => ({ id })),
  });
}

// Null when the server has no such route: an older version, or a capability that is not built in.
export async function orAbsent<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404 && error.message.startsWith('Invalid API Request')) return null;
    throw error;
  }
}
