// The member that answers: report, metrics, log storage, configuration, audit trail.
import { api, type Query } from './client';

interface Instant {
  epoch: number;
  unit: string;
  datetime: string;
}

export interface SystemInfo {
  timestamp: Instant;
  rundeck: { version: string; build: string; node: string; base: string; apiversion: number; serverUUID: string };
  executions: { active: boolean; executionMode: string };
  os: { arch: string; name: string; version: string };
  stats: {
    uptime: { duration: number; since: Instant };
    cpu: { loadAverage: { average: number }; processors: number };
    memory: { max: number; free: number; total: number };
    scheduler: { running: number; threadPoolSize: number };
    threads: { active: number };
  };
}

export interface Metrics {
  gauges: Record<string, { value: number }>;
  counters: Record<string, { count: number }>;
}

export interface LogStorage {
  enabled: boolean;
  pluginName: string | null;
  succeededCount: number;
  failedCount: number;
  queuedCount: number;
  queuedRequestCount: number;
  queuedRetriesCount: number;
  queuedIncompleteCount: number;
  totalCount: number;
  incompleteCount: number;
  missingCount: number;
  retriesCount: number;
}

export interface IncompleteLog {
  id: number;
  project: string;
  storage: {
    localFilesPresent: boolean;
    incompleteFiletypes: string;
    queued: boolean;
    failed: boolean;
    date: string;
    attempts?: number;
    nextAttempt?: string;
    serverUUID?: string;
  };
  errors?: string[];
}

export interface IncompleteLogs {
  total: number;
  max: number;
  offset: number;
  executions: IncompleteLog[];
}

export interface ConfigKey {
  key: string;
  value: string | null; // null: a secret that is set; "": not set
  default: string | null;
  source: string; // "default", "/etc/…/rundeck-config.properties:12", "environment variable X"…
  kind: string; // what values look like
  meaning: string;
}

export interface AuditEvent {
  id: number;
  timestamp: string;
  action: string;
  user: string;
  roles: string[];
  address: string;
  resourceType: string;
  resourceName: string;
  project?: string;
  detail?: string;
  tokenId?: string;
  serverHostname: string;
}

export interface AuditPage {
  paging: { count: number; max: number; before?: number };
  events: AuditEvent[];
}

export const systemInfo = async (signal?: AbortSignal) => (await api.get<{ system: SystemInfo }>('/system/info', {}, { signal })).system;
export const readMetrics = (signal?: AbortSignal) => api.get<Metrics>('/metrics/metrics', {}, { signal });
export const healthCheck = (signal?: AbortSignal) => api.get<Record<string, { healthy: boolean; message?: string }>>('/metrics/healthcheck', {}, { signal });
export const logStorage = (signal?: AbortSignal) => api.get<LogStorage>('/system/logstorage', {}, { signal });
export const incompleteLogs = (query: Query, signal?: AbortSignal) => api.get<IncompleteLogs>('/system/logstorage/incomplete', query, { signal });
export const resumeLogs = () => api.post<{ resumed: boolean }>('/system/logstorage/incomplete/resume');
export const effectiveConfig = (signal?: AbortSignal) => api.get<{ keys: ConfigKey[] }>('/system/config', {}, { signal });
export const refreshConfig = () => api.post<{ msg: string }>('/config/refresh');
export const auditEvents = (query: Query, signal?: AbortSignal) => api.get<AuditPage>('/audit/events', query, { signal });
