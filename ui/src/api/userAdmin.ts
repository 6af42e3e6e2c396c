// Users as administrators see them: profiles of all who were here, and the users whose passwords are in the database.
import { api, apiPath } from './client';

export interface ListedUser {
  login: string;
  firstName: string;
  lastName: string;
  email: string;
  created: string;
  updated: string;
  lastJob: string | null;
  tokens: number;
}

export interface LocalUser {
  login: string;
  roles: string[];
  enabled: boolean;
  created: string;
  updated: string;
}

export interface LocalUserChange {
  password?: string;
  roles?: string[];
  enabled?: boolean;
}

export const listUsers = (signal?: AbortSignal) => api.get<ListedUser[]>('/user/list', {}, { signal });
export const listLocalUsers = (signal?: AbortSignal) => api.get<LocalUser[]>('/user/local', {}, { signal });
export const createLocalUser = (login: string, change: LocalUserChange) => api.post<LocalUser>('/user/local', { login, ...change });
export const changeLocalUser = (login: string, change: LocalUserChange) => api.post<LocalUser>(apiPath`/user/local/${login}`, change);
export const deleteLocalUser = (login: string) => api.delete(apiPath`/user/local/${login}`);
