// Where the nodes of a project come from, as the server sees its sources.
import { api, apiPath } from './client';

export interface NodeSource {
  index: number;
  type: string;
  resources: { href: string; writeable: boolean; description?: string; empty?: boolean; syntaxMimeType?: string };
  errors?: string;
}

const FORMATS: Record<string, string> = {
  'text/yaml': 'yaml',
  'application/yaml': 'yaml',
  'application/json': 'json',
  'application/xml': 'xml',
  'text/xml': 'xml',
};

export const listSources = (project: string, signal?: AbortSignal) => api.get<NodeSource[]>(apiPath`/project/${project}/sources`, {}, { signal });
export const getSource = (project: string, index: number | string, signal?: AbortSignal) => api.get<NodeSource>(apiPath`/project/${project}/source/${index}`, {}, { signal });

// The document of a source in its own format.
export function readSourceText(project: string, source: NodeSource, signal?: AbortSignal): Promise<string> {
  const type = source.resources.syntaxMimeType ?? 'text/yaml';
  return api
    .send<unknown>('GET', apiPath`/project/${project}/source/${source.index}/resources`, { accept: type, query: { format: FORMATS[type] ?? 'yaml' }, signal })
    .then((text) => (typeof text === 'string' ? text : JSON.stringify(text, null, 2)));
}
export const writeSourceText = (project: string, source: NodeSource, text: string) =>
  api.send<unknown>('POST', apiPath`/project/${project}/source/${source.index}/resources`, { body: text, type: source.resources.syntaxMimeType ?? 'text/yaml', accept: 'application/json' });
