// Jobs in a repository: the integrations of a project, their states, what can be done, and the same for one job.
import { api, ApiError, apiPath } from './client';
import type { PluginProperty } from './plugins';

export const INTEGRATIONS = ['export', 'import'] as const;
export type Integration = (typeof INTEGRATIONS)[number];

export interface ScmPlugin {
  type: string;
  title: string;
  description: string;
  configured: boolean;
  enabled: boolean;
}

export interface ScmField {
  name: string;
  title: string;
  description: string | null;
  type: PluginProperty['type'];
  required: boolean;
  defaultValue: string | null;
  values: string[] | null;
  scope: string | null;
  renderingOptions: Record<string, string> | null;
}

// Export: CLEAN, CREATE_NEEDED, EXPORT_NEEDED, REFRESH_NEEDED, DELETED (of items). Import: CLEAN, UNKNOWN, IMPORT_NEEDED,
// REFRESH_NEEDED, DELETE_NEEDED.
export type SynchState = string;

export interface ScmStatus {
  actions: string[];
  message: string | null;
  synchState: SynchState;
}

export interface ScmConfig {
  type: string;
  enabled: boolean;
  config: Record<string, string>;
}

export interface ItemJob {
  jobId: string;
  jobName: string;
  groupPath: string | null;
}

export interface ScmItem {
  itemId: string;
  job: ItemJob | null;
  deleted: boolean;
  status: SynchState | null;
  renamed?: boolean; // of exports
  originalId?: string | null;
  tracked?: boolean; // of imports
}

export interface ActionInput {
  actionId: string;
  title: string | null;
  description: string | null;
  fields: ScmField[];
  exportItems: ScmItem[] | null;
  importItems: ScmItem[] | null;
}

export interface ScmResult {
  success: boolean;
  message: string | null;
  nextAction: string | null;
  validationErrors: Record<string, string> | null;
}

export interface ActionRequest {
  input: Record<string, string>;
  jobs?: string[];
  items?: string[];
  deleted?: string[];
  deletedJobs?: string[];
}

export interface ScmCommit {
  author: string | null;
  commitId: string;
  date: string | null;
  message: string | null;
  info?: Record<string, string | null> | null;
}

export interface JobScmStatus {
  actions: string[];
  commit: ScmCommit | null;
  message: string | null;
  synchState: SynchState;
}

export interface JobScmDiff {
  commit: ScmCommit | null;
  incomingCommit?: ScmCommit | null;
  diffContent: string | null;
}

const LONG = { timeout: 180_000 }; // remote repositories take their time

async function orNone<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

export const scmPlugins = async (project: string, integration: Integration, signal?: AbortSignal) =>
  (await api.get<{ plugins: ScmPlugin[] }>(apiPath`/project/${project}/scm/${integration}/plugins`, {}, { signal })).plugins;
export const setupFields = async (project: string, integration: Integration, type: string, signal?: AbortSignal) =>
  (await api.get<{ fields: ScmField[] }>(apiPath`/project/${project}/scm/${integration}/plugin/${type}/input`, {}, { signal })).fields;
export const setUp = (project: string, integration: Integration, type: string, config: Record<string, string>) =>
  api.post<ScmResult>(apiPath`/project/${project}/scm/${integration}/plugin/${type}/setup`, { config }, LONG);
export const switchPlugin = (project: string, integration: Integration, type: string, on: boolean) =>
  api.post<ScmResult>(`${apiPath`/project/${project}/scm/${integration}/plugin/${type}`}/${on ? 'enable' : 'disable'}`, undefined, LONG);
// null: no plugin is set up.
export const scmConfig = (project: string, integration: Integration, signal?: AbortSignal) =>
  orNone(api.get<ScmConfig>(apiPath`/project/${project}/scm/${integration}/config`, {}, { signal }));

export interface ScmAction {
  id: string;
  title: string;
  description?: string;
}

// How an integration of a project stands, for those who may use it.
export interface ScmSummary {
  configured?: boolean;
  enabled?: boolean;
  status?: { state: SynchState | null; message: string | null };
  actions?: ScmAction[] | null;
  valid?: boolean; // false: the repository gives no answer
  validationError?: string | null;
}

// Integrations that are not told are none of this user's business.
export async function scmSummaries(project: string, signal?: AbortSignal): Promise<Partial<Record<Integration, ScmSummary>>> {
  const found = await api.get<{ name: string; data: ScmSummary }[]>(apiPath`/project/${project}/meta`, { meta: 'scmExport,scmImport' }, { signal, ...LONG });
  const of = (name: string) => found.find((one) => one.name === name)?.data;
  return { export: of('scmExport'), import: of('scmImport') };
}

export const scmStatus = (project: string, integration: Integration, signal?: AbortSignal) =>
  api.get<ScmStatus>(apiPath`/project/${project}/scm/${integration}/status`, {}, { signal, ...LONG });
// Of a project, or of one job of it.
const at = (project: string, integration: Integration, action: string, job?: string) =>
  job ? apiPath`/job/${job}/scm/${integration}/action/${action}` : apiPath`/project/${project}/scm/${integration}/action/${action}`;
export const actionInput = (project: string, integration: Integration, action: string, job?: string, signal?: AbortSignal) =>
  api.get<ActionInput>(`${at(project, integration, action, job)}/input`, {}, { signal, ...LONG });
export const perform = (project: string, integration: Integration, action: string, wanted: ActionRequest, job?: string) =>
  api.post<ScmResult>(at(project, integration, action, job), wanted, LONG);

export const jobScmStatus = (job: string, integration: Integration, signal?: AbortSignal) => api.get<JobScmStatus>(apiPath`/job/${job}/scm/${integration}/status`, {}, { signal, ...LONG });
export const jobScmDiff = (job: string, integration: Integration, signal?: AbortSignal) => api.get<JobScmDiff>(apiPath`/job/${job}/scm/${integration}/diff`, {}, { signal, ...LONG });

// A refusal names the fields that it is about.
export function fieldErrors(error: unknown): Record<string, string> {
  const body = error instanceof ApiError ? (error.body as Partial<ScmResult> | undefined) : undefined;
  return (typeof body === 'object' && body?.validationErrors) || {};
}
