// Users: who am I, and logging in.
import { boot, serverPath } from '@/boot';
import texts from '@texts/common';
import { api } from './client';

export interface Profile {
  login: string;
  firstName: string;
  lastName: string;
  email: string;
}

export const ownProfile = () => api.get<Profile>('/user/info');
export const changeOwnProfile = (profile: Partial<Profile>) => api.post<Profile>('/user/info', profile);
export const ownRoles = async () => (await api.get<{ roles: string[] }>('/user/roles')).roles;

// Logs in and keeps the cookie. The text says why it failed; undefined is a success.
export async function logIn(user: string, password: string): Promise<string | undefined> {
  try {
    const response = await fetch(serverPath('/j_security_check'), {
      method: 'POST',
      headers: { Accept: 'application/json' },
      body: new URLSearchParams({ j_username: user, j_password: password }),
      credentials: 'same-origin',
      signal: AbortSignal.timeout(30_000),
    });
    if (response.ok) {
      boot.user = user;
      return undefined;
    }
    const body = (await response.json().catch(() => ({}))) as { message?: string };
    return body.message ?? texts.errors.status(response.status);
  } catch {
    return texts.errors.unreachable;
  }
}
