// API tokens. The token itself is told once, when it is made or renewed.
import { api, apiPath } from './client';

export interface Token {
  id: string;
  user: string;
  creator: string;
  name?: string;
  roles: string[];
  expiration: string | null;
  expired: boolean;
}

export type NewToken = Token & { token: string };

export interface TokenRequest {
  roles: string[]; // ["*"]: all of one's own
  duration: string; // "30d"; "" is the longest that is allowed
  name: string;
}

// Of one user, or with "" of all.
export const listTokens = (user: string, signal?: AbortSignal) => api.get<Token[]>(user ? apiPath`/tokens/${user}` : '/tokens', {}, { signal });
export const makeToken = (user: string, { roles, duration, name }: TokenRequest) =>
  api.post<NewToken>(apiPath`/tokens/${user}`, { roles, duration: duration || undefined, name: name || undefined });
export const rotateToken = (id: string) => api.post<NewToken>(apiPath`/token/${id}/rotate`);
export const revokeToken = (id: string) => api.delete(apiPath`/token/${id}`);
export const clearExpired = (user: string) => api.delete<{ deleted: number }>('/tokens/expired', undefined, { query: { user } });
