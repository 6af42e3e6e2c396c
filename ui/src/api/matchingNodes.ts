// The nodes of a project that a filter matches: what forms preview.
import { api, apiPath } from './client';

export interface MatchingNode {
  nodename: string;
  hostname?: string;
  description?: string;
  tags?: string;
  osFamily?: string;
}

// "name: a tags: b" as what it leaves out: "!name: a !tags: b".
export const negated = (filter: string) => filter.replace(/(^|\s)!?([\w.-]+):/g, '$1!$2:');

export async function matchingNodes(project: string, filter: string, exclude = '', signal?: AbortSignal): Promise<MatchingNode[]> {
  const whole = [filter.trim() || '.*', exclude && negated(exclude)].filter(Boolean).join(' ');
  return Object.values(await api.get<Record<string, MatchingNode>>(apiPath`/project/${project}/resources`, { filter: whole, format: 'json' }, { signal }));
}
