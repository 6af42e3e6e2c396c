// What plugins there are, built in or installed, with the settings that each of them describes.
import { api, apiPath } from './client';
import { orAbsent } from './cluster';

export interface PluginEntry {
  id: string;
  name: string;
  title: string;
  description: string;
  service: string;
  builtin: boolean;
  pluginVersion: string;
  author: string;
  artifactName: string;
}

export interface PluginProperty {
  name: string;
  title: string;
  desc: string;
  type: 'String' | 'Boolean' | 'Integer' | 'Long' | 'Select' | 'FreeSelect' | 'Options';
  required: boolean;
  defaultValue: string | null;
  allowed: string[] | null;
  selectLabels: Record<string, string> | null; // of what is allowed, for people
  scope: string;
  options: Record<string, string>; // how it is shown: displayType, selectionAccessor…
}

export interface PluginDetail extends PluginEntry {
  props: PluginProperty[];
  projectMapping: Record<string, string>; // by property: the key of a project's configuration that holds it
  date?: string;
  url?: string;
}

// A file in the folder of plugins that cannot be used.
export interface PluginTrouble {
  file: string;
  message: string;
}

// null: this server does not tell.
export const listPlugins = (signal?: AbortSignal) => orAbsent(api.get<PluginEntry[]>('/plugin/list', {}, { signal }));
export const pluginDetail = (service: string, name: string, signal?: AbortSignal) => api.get<PluginDetail>(apiPath`/plugin/detail/${service}/${name}`, {}, { signal });
export const pluginTroubles = (signal?: AbortSignal) => orAbsent(api.get<PluginTrouble[]>('/plugin/troubles', {}, { signal }));
