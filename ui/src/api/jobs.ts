// Jobs: lists, definitions, what a run asks for, running, and many at once.
import { api, apiPath, apiUrl, type Query, request } from './client';
import type { Execution, ExecutionPage } from './executions';
import type { JobDefinition } from './jobDefinition';

export interface JobSummary {
  id: string;
  name: string;
  group: string | null;
  description: string;
  project: string;
  scheduled: boolean;
  scheduleEnabled: boolean;
  enabled: boolean;
}

export interface JobInfo extends JobSummary {
  serverNodeUUID?: string;
  averageDuration?: number;
  nextScheduledExecution?: string;
  created?: string;
  lastModified?: string;
  lastModifiedBy?: string;
}

// What a list shows of a job at a glance.
export interface Glance {
  nextScheduledExecution?: string;
  lastExecution?: { id: number; status: string; customStatus?: string; started?: string; ended?: string };
}

type BriefJob = [id: string, name: string, group: number, description: string, scheduled: boolean, scheduleEnabled: boolean, enabled: boolean];
interface BriefJobs {
  groups: string[];
  jobs: BriefJob[];
}

// By name, as far as the server knows its letters, then by group.
export async function listJobs(project: string, signal?: AbortSignal): Promise<JobSummary[]> {
  const { groups, jobs } = await api.get<BriefJobs>(apiPath`/project/${project}/jobs/brief`, {}, { signal, timeout: 60_000 });
  const named = groups.map((group) => group || null);
  return jobs.map(([id, name, group, description, scheduled, scheduleEnabled, enabled]) => ({ id, name, group: named[group] ?? null, description, project, scheduled, scheduleEnabled, enabled }));
}
export const jobInfo = (id: string, signal?: AbortSignal) => api.get<JobInfo>(apiPath`/job/${id}/info`, {}, { signal });
export const glanceAt = (project: string, ids: string[], signal?: AbortSignal) =>
  api.get<Record<string, Glance>>(apiPath`/project/${project}/jobs/glance`, { idlist: ids.join(',') }, { signal });
export const forecast = async (id: string, max: number, time = '1y', signal?: AbortSignal) =>
  (await api.get<{ futureScheduledExecutions?: string[] }>(apiPath`/job/${id}/forecast`, { time, max }, { signal })).futureScheduledExecutions ?? [];
export const jobExecutions = (id: string, query: Query, signal?: AbortSignal) =>
  api.get<ExecutionPage>(apiPath`/job/${id}/executions`, query, { signal });
export const deleteJob = (id: string) => api.delete(apiPath`/job/${id}`);

// The definition and the revision that it is of, for saving over it.
export interface Definition {
  job: JobDefinition;
  revision: string;
}

export async function definition(id: string, signal?: AbortSignal): Promise<Definition> {
  const response = await request('GET', apiPath`/job/${id}`, { query: { format: 'json' }, signal });
  const [job] = (await response.json()) as JobDefinition[];
  if (!job) throw new Error('The server sent no definition.');
  return { job, revision: response.headers.get('ETag') ?? '' };
}

export const definitionText = async (id: string, format: 'yaml' | 'xml' | 'json', signal?: AbortSignal) =>
  (await request('GET', apiPath`/job/${id}`, { query: { format }, accept: '*/*', signal })).text();

export const downloadUrl = (project: string, format: string, ids: string[] = []) =>
  apiUrl(apiPath`/project/${project}/jobs/export`, { format, idlist: ids.join(',') });

export interface RunInput {
  options: InputOption[];
  nodeFilter?: string; // absent: it runs on the server only
  nodeFilterEditable: boolean;
  nodesSelectedByDefault: boolean;
  loglevel: string;
}

export interface InputOption {
  name: string;
  label?: string;
  description?: string;
  type?: string;
  value?: string;
  values?: string[];
  required?: boolean;
  enforced?: boolean;
  multivalued?: boolean;
  multivalueAllSelected?: boolean;
  delimiter?: string;
  secure?: boolean;
  valueExposed?: boolean;
  isDate?: boolean;
  dateFormat?: string;
  hidden?: boolean;
  regex?: string;
  sortValues?: boolean;
  remote?: boolean; // its values come from elsewhere: ask optionValues()
  fromStorage?: boolean; // left empty, its value comes from key storage
}

export const runInput = (id: string, signal?: AbortSignal) => api.get<RunInput>(apiPath`/job/${id}/input`, {}, { signal });

export interface OptionChoices {
  remote: boolean;
  dependsOn: string[];
  values: { name: string; value: string; selected?: boolean }[];
}

export const optionValues = (id: string, option: string, options: Record<string, string | string[]>, signal?: AbortSignal) =>
  api.post<OptionChoices>(apiPath`/job/${id}/option/${option}/values`, { options }, { signal, timeout: 90_000 });

export interface RunRequest {
  options: Record<string, string | string[]>;
  filter?: string;
  loglevel?: string;
  runAtTime?: string;
}

export const runJob = (id: string, run: RunRequest) => api.post<Execution>(apiPath`/job/${id}/run`, run);

// The key that stands for the file as the option's value.
export async function uploadFile(id: string, option: string, file: File): Promise<string> {
  const answer = await api.send<{ options: Record<string, string> }>('POST', apiPath`/job/${id}/input/file/${option}`, {
    body: file,
    type: 'application/octet-stream',
    query: { fileName: file.name },
    timeout: 600_000,
  });
  const key = answer.options[option];
  if (!key) throw new Error('The server kept no file.');
  return key;
}

export type Toggle = 'execution' | 'schedule';
export const toggleJob = (id: string, what: Toggle, on: boolean) =>
  api.post<unknown>(`${apiPath`/job/${id}`}/${what}/${on ? 'enable' : 'disable'}`);

export interface BulkResult {
  allsuccessful: boolean;
  succeeded: { id: string; message: string }[];
  failed: { id: string; message: string; errorCode: string }[];
}

export const toggleJobs = (ids: string[], what: Toggle, on: boolean) =>
  api.post<BulkResult>(`/jobs/${what}/${on ? 'enable' : 'disable'}`, { ids }, { timeout: 120_000 });
export const deleteJobs = (ids: string[]) => api.post<BulkResult>('/jobs/delete', { ids }, { timeout: 120_000 });

export interface ImportItem {
  index: number;
  id?: string;
  name: string;
  group: string;
  error?: string;
}
export interface ImportResult {
  succeeded: ImportItem[];
  failed: ImportItem[];
  skipped: ImportItem[];
}

const TYPES = { yaml: 'application/yaml', xml: 'application/xml', json: 'application/json' };

export const importJobs = (project: string, text: string | Blob, format: keyof typeof TYPES, query: Query) =>
  api.send<ImportResult>('POST', apiPath`/project/${project}/jobs/import`, { body: text, type: TYPES[format], query, timeout: 300_000 });

// Saves over revision `revision`; 409 when somebody else saved since. The new revision.
export async function saveJob(id: string, job: JobDefinition, revision: string): Promise<string> {
  const response = await request('PUT', apiPath`/job/${id}`, { json: [job], ...(revision ? { query: { revision: revision.replaceAll('"', '') } } : {}) });
  return response.headers.get('ETag') ?? '';
}

export interface ScheduleCheck {
  valid: boolean;
  message?: string;
  expression?: string;
  times: string[];
}

export const checkSchedule = (project: string, schedule: unknown, timeZone: string, signal?: AbortSignal) =>
  api.post<ScheduleCheck>(apiPath`/project/${project}/jobs/validateSchedule`, { schedule, timeZone }, { signal });

export interface Revision {
  revision: number;
  saved: string;
  savedBy: string;
}
export const revisions = (id: string, signal?: AbortSignal) => api.get<Revision[]>(apiPath`/job/${id}/revisions`, {}, { signal });
export async function revisionJob(id: string, revision: number, signal?: AbortSignal): Promise<JobDefinition> {
  const [job] = await api.get<JobDefinition[]>(apiPath`/job/${id}/revision/${revision}`, {}, { signal });
  return job!;
}
