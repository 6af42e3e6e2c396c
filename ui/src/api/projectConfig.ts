// The configuration of a project, its readme and message of the day, and its end.
import { api, apiPath } from './client';

export type Config = Record<string, string>;

export const readConfig = (project: string, signal?: AbortSignal) => api.get<Config>(apiPath`/project/${project}/config`, {}, { signal });
export const readProperties = (project: string, signal?: AbortSignal) =>
  api.send<string>('GET', apiPath`/project/${project}/config`, { accept: 'text/plain', signal });
// All keys at once: what is not in the text is gone.
export const writeProperties = (project: string, text: string) =>
  api.send<string>('PUT', apiPath`/project/${project}/config`, { body: text, type: 'text/plain', accept: 'text/plain' });

export interface ConfigChange {
  set: Config;
  remove: string[];
}

export const NO_EDIT = new Set(['project.name']);

// What must be sent so that `before` becomes `after`. An empty value is no value: its key goes.
export function configChange(before: Config, after: Config): ConfigChange {
  const change: ConfigChange = { set: {}, remove: [] };
  for (const [key, value] of Object.entries(after)) {
    if (NO_EDIT.has(key)) continue;
    if (value === '') {
      if (key in before) change.remove.push(key);
    } else if (before[key] !== value) {
      change.set[key] = value;
    }
  }
  for (const key of Object.keys(before)) {
    if (!(key in after) && !NO_EDIT.has(key)) change.remove.push(key);
  }
  return change;
}

// Sends only what differs, so that keys which somebody else changed meanwhile keep his values.
export async function saveConfig(project: string, before: Config, after: Config): Promise<void> {
  const { set, remove } = configChange(before, after);
  if (Object.keys(set).length) await api.post(apiPath`/project/${project}/config`, set);
  for (const key of remove) await api.delete(apiPath`/project/${project}/config/${key}`);
}

export type ProjectFile = 'readme.md' | 'motd.md';
export const writeFile = (project: string, file: ProjectFile, contents: string) =>
  contents ? api.put(apiPath`/project/${project}/${file}`, { contents }) : api.delete(apiPath`/project/${project}/${file}`);
export const deleteProject = (project: string) => api.delete(apiPath`/project/${project}`);
