// Key storage: private keys, public keys and passwords below keys/. Contents of secrets can be written, never read.
import { api } from './client';

export interface KeyMeta {
  'Rundeck-content-type'?: string;
  'Rundeck-content-size'?: string;
  'Rundeck-key-type'?: 'public' | 'private';
  'Rundeck-data-type'?: 'password';
  'Rundeck-content-creation-time'?: string;
  'Rundeck-content-modify-time'?: string;
  'Rundeck-auth-created-username'?: string;
  'Rundeck-auth-modified-username'?: string;
}

export interface KeyEntry {
  type: 'file' | 'directory';
  path: string; // "keys/project/web/db"
  name?: string;
  meta?: KeyMeta;
  resources?: KeyEntry[]; // of a folder
}

export type KeyKind = 'password' | 'private' | 'public';
export const KEY_TYPES: Record<KeyKind, string> = {
  password: 'application/x-rundeck-data-password',
  private: 'application/octet-stream',
  public: 'application/pgp-keys',
};

export function kindOf({ meta }: KeyEntry): KeyKind {
  if (meta?.['Rundeck-data-type'] === 'password') return 'password';
  return meta?.['Rundeck-key-type'] === 'public' ? 'public' : 'private';
}

// `path` as the storage tells it, "keys/…".
const at = (path: string) => `/storage/${path.split('/').map(encodeURIComponent).join('/')}`;

export const readFolder = (path: string, signal?: AbortSignal) => api.get<KeyEntry>(at(path), {}, { signal });
export const readPublicKey = (path: string) => api.send<string>('GET', at(path), { accept: KEY_TYPES.public });
export const saveKey = (path: string, kind: KeyKind, content: string, create: boolean) =>
  api.send<KeyEntry>(create ? 'POST' : 'PUT', at(path), { body: content, type: KEY_TYPES[kind] });
export const deleteKey = (path: string) => api.delete(at(path));
