// Access policies of the system (project "") and of projects, and questions to them.
import { ApiError, api, apiPath } from './client';

export interface PolicyFlaw {
  policy: string; // file, number of the document, and what it says of itself
  errors: string[];
}

export interface Validation {
  valid: boolean;
  policies?: PolicyFlaw[];
}

export interface Draft {
  project: string;
  name: string;
  contents: string;
}

export type Resource = { type: string } & Record<string, string | string[]>;

export interface AccessQuestion {
  user?: string;
  groups?: string[];
  project?: string;
  resource: Resource;
  actions: string[];
  policy?: Draft; // judged as if it were stored
}

export interface Decision {
  context: 'application' | 'project';
  project: string | null;
  description: string;
  action: string;
  allowed: boolean;
  outcome: string;
  concerned: boolean; // some policy is about this user at all
  decidedBy: { source: string; rule: unknown } | null;
}

export interface Access {
  subject: { user: string; groups: string[] };
  decisions: Decision[];
}

export interface Grant {
  policy: string;
  description: string;
  by?: Record<string, string[]>;
  notBy?: Record<string, string[]>;
  decidedBy: { source: string; rule: unknown } | null;
}

export interface CatalogEntry {
  context: 'application' | 'project';
  type: string;
  kind?: string;
  properties: string[];
  actions: string[];
}

const folder = (project: string) => (project ? apiPath`/project/${project}/acl` : '/system/acl');
const file = (project: string, name: string) => `${folder(project)}/${encodeURIComponent(name)}`;

export async function listPolicies(project: string, signal?: AbortSignal): Promise<string[]> {
  const found = await api.get<{ resources: { name: string }[] }>(folder(project), {}, { signal });
  return found.resources.map((one) => one.name).sort((a, b) => a.localeCompare(b));
}

export const readPolicy = async (project: string, name: string, signal?: AbortSignal) =>
  (await api.get<{ contents: string }>(file(project, name), {}, { signal })).contents;

// The flaws, when the server refuses the text for them.
export async function savePolicy({ project, name, contents }: Draft, create: boolean): Promise<PolicyFlaw[]> {
  try {
    await (create ? api.post(file(project, name), { contents }) : api.put(file(project, name), { contents }));
    return [];
  } catch (error) {
    const body = error instanceof ApiError ? (error.body as Validation | undefined) : undefined;
    if (body?.policies) return body.policies;
    throw error;
  }
}

export const deletePolicy = (project: string, name: string) => api.delete(file(project, name));
export const validatePolicy = (draft: Draft, signal?: AbortSignal) => api.post<Validation>('/acl/validate', draft, { signal });
export const explainAccess = (question: AccessQuestion) => api.post<Access>('/acl/explain', question);
export const whoCan = (question: Omit<AccessQuestion, 'actions'> & { action: string }) => api.post<{ allow: Grant[]; deny: Grant[] }>('/acl/who', question);
export const accessCatalog = (signal?: AbortSignal) => api.get<CatalogEntry[]>('/acl/catalog', {}, { signal });
