// Plugins for forms: each list and description is asked for once, and again after a while.
import { computed, type ComputedRef } from 'vue';
import { ApiError } from '@/api/client';
import { listPlugins, pluginDetail, type PluginDetail, type PluginEntry, type PluginProperty } from '@/api/plugins';
import { useLoad, type Loaded } from './load';

const KEPT_FOR = 60_000;
const answers = new Map<string, { at: number; answer: Promise<unknown> }>();

function once<T>(name: string, ask: () => Promise<T>): Promise<T> {
  const known = answers.get(name);
  if (known && Date.now() - known.at < KEPT_FOR) return known.answer as Promise<T>;
  const answer = ask();
  answers.set(name, { at: Date.now(), answer });
  answer.catch(() => answers.delete(name));
  return answer;
}

// Those of some services; none while they are not known.
export function usePlugins(...services: string[]): ComputedRef<PluginEntry[]> {
  const loaded = useLoad(() => once('', listPlugins));
  return computed(() => (loaded.value.value ?? []).filter((one) => services.includes(one.service)));
}

// null: this server has no such plugin.
export async function describedPlugin(service: string, name: string): Promise<PluginDetail | null> {
  if (!name) return null;
  try {
    return await once(`${service}/${name}`, () => pluginDetail(service, name));
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

export const usePlugin = (service: () => string, name: () => string): Loaded<PluginDetail | null> => useLoad(() => describedPlugin(service(), name()), [service, name]);

// For a choice: what a plugin is called, by its name.
export const titlesOf = (plugins: readonly PluginEntry[]): Record<string, string> => Object.fromEntries(plugins.map((one) => [one.name, one.title || one.name]));

// Where a project's configuration keeps a setting that is not the use's own.
export const projectKeyOf = (plugin: PluginDetail, property: PluginProperty): string => plugin.projectMapping[property.name] ?? `project.plugin.${plugin.service}.${plugin.name}.${property.name}`;
