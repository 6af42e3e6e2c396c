// Projects.
import { ApiError, api, apiPath } from './client';

export interface Project {
  name: string;
  description: string;
  label?: string;
  created?: string;
  config?: Record<string, string>;
}

export const listProjects = (signal?: AbortSignal) => api.get<Project[]>('/projects', {}, { signal });
export const getProject = (name: string, signal?: AbortSignal) => api.get<Project>(apiPath`/project/${name}`, {}, { signal });
export const createProject = (name: string, config: Record<string, string>) => api.post<Project>('/projects', { name, config });

// readme.md or motd.md; "" when there is none or it may not be read.
export async function projectText(name: string, file: 'readme.md' | 'motd.md', signal?: AbortSignal): Promise<string> {
  try {
    return (await api.get<{ contents?: string }>(apiPath`/project/${name}/${file}`, {}, { signal })).contents ?? '';
  } catch (error) {
    if (error instanceof ApiError && (error.status === 404 || error.status === 403)) return '';
    throw error;
  }
}
