// Calendars of the system (project "") and of projects: when scheduled jobs do not run, or only then.
import { api, apiPath } from './client';

export type DateType = 'date' | 'range' | 'daily' | 'weekly' | 'monthly';

export interface Calendar {
  id?: number;
  name: string;
  description: string;
  calendarType: 'blackout' | 'allowed';
  dateType: DateType;
  dateDefinition: (string | number)[];
  recurrent: boolean; // dates and ranges hold every year
  enable: boolean;
  allReference: boolean; // for all projects, or for all jobs of the project
  objects?: { uuid?: string; name?: string }[]; // else for these
}

const folder = (project: string) => (project ? apiPath`/project/${project}/calendars` : '/system/calendars');

export const listCalendars = (project: string, signal?: AbortSignal) => api.get<Calendar[]>(folder(project), {}, { signal });
export const saveCalendar = (project: string, calendar: Calendar) => api.post<Calendar>(folder(project), calendar);
export const deleteCalendar = (project: string, id: number) => api.delete(`${folder(project)}/${id}`);
