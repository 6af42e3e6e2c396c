// Incoming webhooks of a project.
import { serverPath } from '@/boot';
import { api, apiPath } from './client';
import { API_VERSION } from './version';

export interface WebhookRule {
  name: string;
  enabled: boolean;
  policy: 'all' | 'any';
  jobId: string;
  nodeFilter: string;
  user: string;
  jobOptions: { name: string; value: string }[];
  conditions: { path: string; condition: string; value: string }[];
  [other: string]: unknown;
}

export type WebhookConfig = Record<string, unknown> & { rules?: WebhookRule[] };

export interface Webhook {
  id: number;
  uuid: string;
  name: string;
  project: string;
  enabled: boolean;
  user: string;
  creator: string;
  roles: string;
  authToken: string; // "" when this member of the cluster cannot show it
  useAuth: boolean;
  eventPlugin: string;
  config: WebhookConfig;
}

export interface WebhookChange {
  name?: string;
  enabled?: boolean;
  user?: string;
  roles?: string;
  eventPlugin?: string;
  config?: WebhookConfig;
  useAuth?: boolean;
  regenAuth?: boolean;
  regenToken?: boolean;
}

export interface Saved {
  id: number;
  uuid: string;
  generatedSecurityString?: string; // told once
}

export interface WebhookDelivery {
  id: string;
  time: string;
  sender: string;
  outcome: 'ok' | 'refused' | 'failed';
  message: string;
  executions: { id: number }[];
  payload: string; // "" for those who may not see it
}

export interface WebhookPlugin {
  name: string;
  title: string;
  description: string;
}

const at = (project: string) => apiPath`/project/${project}/webhook`;

export const listWebhooks = (project: string, signal?: AbortSignal) => api.get<Webhook[]>(`${at(project)}s`, {}, { signal });
export const getWebhook = (project: string, id: number, signal?: AbortSignal) => api.get<Webhook>(`${at(project)}/${id}`, {}, { signal });
export const saveWebhook = (project: string, change: WebhookChange, id?: number) =>
  api.post<Saved>(id ? `${at(project)}/${id}` : at(project), { ...change, project });
export const deleteWebhook = (project: string, id: number) => api.delete(`${at(project)}/${id}`);
export const listDeliveries = (project: string, id: number, signal?: AbortSignal) =>
  api.get<WebhookDelivery[]>(`${at(project)}/${id}/deliveries`, {}, { signal });

export async function listWebhookPlugins(signal?: AbortSignal): Promise<WebhookPlugin[]> {
  const all = await api.get<(WebhookPlugin & { service: string })[]>('/plugin/list', {}, { signal });
  return all.filter((one) => one.service === 'WebhookEvent');
}

// Where events are posted; the name is for people.
export const postUrl = (hook: Webhook) =>
  `${location.origin}${serverPath(`/api/${API_VERSION}/webhook/${hook.authToken}`)}#${encodeURIComponent(hook.name)}`;
