// Schedules that a project defines once, for any of its jobs.
import { api, apiPath } from './client';

export interface ProjectSchedule {
  id?: number;
  name: string;
  description: string;
  type: 'CRON' | 'SIMPLE';
  crontabString?: string;
  schedule?: { hour: string; minute: string; dayOfWeek: string; month: string };
  timeZone: string;
  missedFires?: 'skip' | 'once' | 'all';
  retain?: boolean;
  jobs?: { id: string; argString: string; name?: string; group?: string | null }[];
}

const at = (project: string) => apiPath`/project/${project}/schedules`;

export const listSchedules = (project: string, signal?: AbortSignal) => api.get<ProjectSchedule[]>(at(project), {}, { signal });
export const saveSchedule = (project: string, schedule: ProjectSchedule) =>
  schedule.id ? api.put<ProjectSchedule>(`${at(project)}/${schedule.id}`, schedule) : api.post<ProjectSchedule>(at(project), schedule);
export const deleteSchedule = (project: string, id: number) => api.delete(`${at(project)}/${id}`);
export const assignSchedule = (project: string, id: number, job: string, argString: string) =>
  api.put<ProjectSchedule>(`${at(project)}/${id}/jobs/${encodeURIComponent(job)}`, { argString });
export const unassignSchedule = (project: string, id: number, job: string) => api.delete(`${at(project)}/${id}/jobs/${encodeURIComponent(job)}`);
