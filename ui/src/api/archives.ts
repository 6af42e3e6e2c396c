// Project archives: exports and imports that go on in the background.
import { api, apiPath, apiUrl, type Query } from './client';

export interface ExportStatus {
  token: string;
  ready: boolean;
  percentage: number;
}

export type ExportPart = 'Jobs' | 'Executions' | 'Configs' | 'Readmes' | 'Acls' | 'Scm' | 'Webhooks';

// Everything, or these parts.
export const beginExport = (project: string, parts: ExportPart[] | 'all') =>
  api.get<ExportStatus>(apiPath`/project/${project}/export/async`, parts === 'all' ? { exportAll: true } : Object.fromEntries([['exportAll', false], ...parts.map((part) => [`export${part}`, true] as const)]));
export const exportStatus = (project: string, token: string) => api.get<ExportStatus>(apiPath`/project/${project}/export/status/${token}`);
export const exportDownload = (project: string, token: string) => apiUrl(apiPath`/project/${project}/export/download/${token}`);

export interface ImportStatus {
  lastUpdate: string;
  lastUpdated: string;
  errors: string;
  completed: boolean;
  successful: boolean;
  percentage: number;
  details: Partial<Record<'errors' | 'execution_errors' | 'acl_errors' | 'scm_errors' | 'other_errors', string[]>>;
}

export interface ImportChoice {
  jobUuidOption: 'preserve' | 'remove';
  importExecutions: boolean;
  importConfig: boolean;
  importNodesSources: boolean;
  importACL: boolean;
  importScm: boolean;
  importWebhooks: boolean;
}

const LONGEST_UPLOAD = 60 * 60 * 1000;

export const beginImport = (project: string, file: Blob, choice: ImportChoice) =>
  api.send<unknown>('PUT', apiPath`/project/${project}/import`, { query: { ...choice, asyncImport: true } satisfies Query, body: file, type: 'application/zip', timeout: LONGEST_UPLOAD });
export const importStatus = (project: string) => api.get<ImportStatus>(apiPath`/project/${project}/import/status`);
