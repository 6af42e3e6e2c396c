// What can be done with executions, and what one ran.
import { api, apiPath, type Query } from './client';
import type { Execution } from './executions';

export interface ExecutedStep {
  stepctx: string;
  kind: 'command' | 'script' | 'scriptfile' | 'scripturl' | 'jobref' | 'plugin';
  title: string; // "" for those who may not read what it does
}

// What an execution ran, as it was then.
export interface ExecutedWorkflow {
  loglevel: string;
  steps: ExecutedStep[];
  strategy?: string;
  chosenFilter?: string; // by who ran it
  nodes?: { filter: string; filterExclude?: string; threadcount?: string; keepgoing?: boolean };
  retryOf?: number;
  adHoc?: Record<string, string | boolean>; // as run/command, run/script and run/url take it
  secureOptions?: string[];
}

export const executedWorkflow = (id: number | string, signal?: AbortSignal) => api.get<ExecutedWorkflow>(apiPath`/execution/${id}/workflow`, {}, { signal });

export interface AbortAnswer {
  abort: { status: 'pending' | 'failed' | 'aborted'; reason?: string };
}
export const abortNow = (id: number | string, forceIncomplete = false) =>
  api.post<AbortAnswer>(apiPath`/execution/${id}/abort`, undefined, { query: { forceIncomplete: forceIncomplete || undefined } });

export const retryFailedNodes = (job: string, execution: number) => api.post<Execution>(apiPath`/job/${job}/retry/${execution}`, { failedNodes: 'true' });
export const deleteExecution = (id: number | string) => api.delete(apiPath`/execution/${id}`);

export interface BulkDeletion {
  allsuccessful: boolean;
  successCount: number;
  failedCount: number;
  failures: { id: string; message: string }[];
}
export const deleteExecutions = (ids: number[]) => api.post<BulkDeletion>('/executions/delete', { ids }, { timeout: 300_000 });

// Runs what the execution ran again: the same options and nodes.
export async function runAgain(execution: Execution, ran: ExecutedWorkflow): Promise<number> {
  if (execution.job) {
    const answer = await api.post<Execution>(apiPath`/job/${execution.job.id}/run`, {
      options: execution.job.options ?? {},
      loglevel: ran.loglevel,
      ...(ran.chosenFilter ? { filter: ran.chosenFilter } : {}),
    });
    return answer.id;
  }
  return runAdHoc(execution.project, { ...ran.adHoc, ...(ran.nodes ? { filter: ran.nodes.filter, nodeThreadcount: ran.nodes.threadcount, nodeKeepgoing: ran.nodes.keepgoing } : {}) });
}

export interface AdHocRequest {
  exec?: string;
  script?: string;
  scriptURL?: string;
  argString?: string;
  scriptInterpreter?: string;
  interpreterArgsQuoted?: boolean;
  fileExtension?: string;
  filter?: string; // absent: on the server
  nodeThreadcount?: string;
  nodeKeepgoing?: boolean;
}

// A command, a script or a script at a URL; the id of its execution.
export async function runAdHoc(project: string, request: AdHocRequest): Promise<number> {
  const kind = request.exec !== undefined ? 'command' : request.scriptURL !== undefined ? 'url' : 'script';
  const answer = await api.post<{ execution: { id: number } }>(`${apiPath`/project/${project}/run`}/${kind}`, request);
  return answer.execution.id;
}

export interface Fire {
  due: string;
  state: string;
  projectSchedule: { id: number; name?: string } | null;
  execution: { id: number } | null;
  claimedBy: { name?: string; uuid: string } | null;
}

// The scheduled fire that an execution belongs to; undefined when the ledger has none.
export async function fireOf(execution: Execution, signal?: AbortSignal): Promise<Fire | undefined> {
  const started = execution['date-started']?.unixtime;
  if (!execution.job || !started) return undefined;
  const from = new Date(started - 86_400_000).toISOString();
  const { fires } = await api.get<{ fires: Fire[] }>(apiPath`/job/${execution.job.id}/fires`, { from, until: new Date(started + 60_000).toISOString(), max: 1000 }, { signal });
  return fires.find((fire) => fire.execution?.id === execution.id);
}

// The members' names by uuid; empty for those who may not see the cluster.
export async function memberNames(signal?: AbortSignal): Promise<Map<string, string>> {
  try {
    const { members } = await api.get<{ members: { uuid: string; name: string }[] }>('/cluster/members', {}, { signal });
    return new Map(members.map((member) => [member.uuid, member.name]));
  } catch {
    return new Map();
  }
}

export interface Metrics {
  total: number;
  duration: { average: string; min: string; max: string };
  status: Record<string, number>;
}
export const executionMetrics = (project: string, query: Query, signal?: AbortSignal) =>
  api.get<Metrics>(apiPath`/project/${project}/executions/metrics`, query, { signal });
