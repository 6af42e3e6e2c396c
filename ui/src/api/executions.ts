// Executions: lists, one of them, and what can be done to it.
import { api, apiPath, type Query } from './client';

export interface ApiTime {
  unixtime: number; // milliseconds
  date: string;
}

export interface ExecutionJob {
  id: string;
  name: string;
  group: string;
  project: string;
  description: string;
  averageDuration?: number;
  options?: Record<string, string>;
}

export interface Execution {
  id: number;
  href: string;
  permalink: string;
  status: string;
  customStatus?: string;
  project: string;
  executionType: string;
  user: string;
  'date-started'?: ApiTime;
  'date-ended'?: ApiTime;
  job?: ExecutionJob;
  description: string;
  argstring: string | null;
  serverUUID?: string;
  successfulNodes?: string[];
  failedNodes?: string[];
  abortedby?: string;
  retriedExecution?: { id: number };
}

export interface Paging {
  count: number;
  total: number;
  offset: number;
  max: number;
}

export interface ExecutionPage {
  paging: Paging;
  executions: Execution[];
}

export const listExecutions = (project: string, query: Query, signal?: AbortSignal) =>
  api.get<ExecutionPage>(apiPath`/project/${project}/executions`, query, { signal });
export const runningExecutions = (project: string, query: Query = {}, signal?: AbortSignal) =>
  api.get<ExecutionPage>(apiPath`/project/${project}/executions/running`, query, { signal });
// How the executions of the last day ended, of each project that has any.
export interface DaySummary {
  execCount: number;
  projects: { project: string; statuses: Record<string, number> }[];
}
export const daySummary = (signal?: AbortSignal) => api.get<DaySummary>('/home/summary', {}, { signal });
export const getExecution = (id: number | string, signal?: AbortSignal) => api.get<Execution>(apiPath`/execution/${id}`, {}, { signal });
export const abortExecution = (id: number | string, force = false) =>
  api.post<unknown>(apiPath`/execution/${id}/abort`, undefined, { query: { forceIncomplete: force || undefined } });

export const isFinal = (status: string) => !['running', 'scheduled', 'queued'].includes(status);
