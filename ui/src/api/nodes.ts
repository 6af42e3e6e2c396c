// Nodes of a project, their tags, and the sources that they come from.
import { api, apiPath } from './client';

// Every attribute is text; `tags` is "a, b".
export interface NodeEntry {
  nodename: string;
  hostname?: string;
  description?: string;
  tags?: string;
  username?: string;
  osFamily?: string;
  osName?: string;
  [attribute: string]: string | undefined;
}

export interface TagCount {
  name: string;
  nodeCount: number;
}

export interface NodeSource {
  index: number;
  type: string;
  errors?: string;
  resources: { href: string; writeable: boolean; description?: string; empty?: boolean; syntaxMimeType?: string; editPermalink?: string };
}

// "name: a tags: b" as what it leaves out: "!name: a !tags: b".
export const negated = (filter: string) => filter.replace(/(^|\s)!?([\w.-]+):/g, '$1!$2:');

// In the order of their names. An empty filter matches nothing: ask for ".*" to get all.
export async function listNodes(project: string, filter: string, signal?: AbortSignal, exclude = ''): Promise<NodeEntry[]> {
  const whole = [filter, negated(exclude)].filter(Boolean).join(' ');
  const found = await api.get<Record<string, NodeEntry>>(apiPath`/project/${project}/resources`, { filter: whole, format: 'json' }, { signal, timeout: 60_000 });
  const collator = new Intl.Collator('en', { numeric: true });
  return Object.values(found).sort((a, b) => collator.compare(a.nodename, b.nodename));
}

export const nodeTags = async (project: string, signal?: AbortSignal) =>
  (await api.get<{ tags: TagCount[] }>(apiPath`/project/${project}/nodes/tags`, {}, { signal })).tags;
export const nodeSources = (project: string, signal?: AbortSignal) => api.get<NodeSource[]>(apiPath`/project/${project}/sources`, {}, { signal });

export const tagsOf = (node: NodeEntry) => (node.tags ?? '').split(',').map((tag) => tag.trim()).filter(Boolean);
