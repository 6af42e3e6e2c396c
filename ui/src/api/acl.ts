// What the one who is logged in may do, so that pages offer only what would work. The server decides anyway.
import { shallowReactive } from 'vue';
import { api } from './client';

interface Decision {
  context: 'application' | 'project';
  resource: { type: string; kind?: string };
  action: string;
  allowed: boolean;
}

export interface Rights {
  // can('job', 'create'): a kind of resource; can('project', 'configure').
  can(type: string, ...anyOf: string[]): boolean;
}

class Answer implements Rights {
  private readonly granted = new Set<string>();
  constructor(decisions: Decision[]) {
    for (const one of decisions) {
      if (one.allowed) this.granted.add(`${one.resource.kind ?? one.resource.type}:${one.action}`);
    }
  }
  can(type: string, ...anyOf: string[]) {
    return anyOf.some((action) => this.granted.has(`${type}:${action}`));
  }
}

const known = shallowReactive(new Map<string, Rights>());
const asked = new Set<string>();

// Rights in a project, or of the application (""). Nothing is granted until the answer is here; reactive.
export function rightsIn(project: string): Rights {
  if (!asked.has(project)) {
    asked.add(project);
    api
      .post<{ decisions: Decision[] }>('/acl/can', project ? { project } : {})
      .then((answer) => known.set(project, new Answer(answer.decisions)))
      .catch(() => asked.delete(project));
  }
  return { can: (type, ...anyOf) => known.get(project)?.can(type, ...anyOf) ?? false };
}

// Is the answer here?
export const rightsKnown = (project: string) => known.has(project);

export function forgetRights() {
  known.clear();
  asked.clear();
}
