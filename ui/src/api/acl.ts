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
  // Of the one job that was asked about: canOn('job', 'update').
  canOn(type: string, ...anyOf: string[]): boolean;
  known(): boolean; // is the answer here? Until then nothing is granted
}

class Answer implements Rights {
  private readonly granted = new Set<string>();
  constructor(decisions: Decision[]) {
    for (const one of decisions) {
      if (!one.allowed) continue;
      this.granted.add(`${one.resource.kind ?? one.resource.type}:${one.action}`);
      if (!one.resource.kind) this.granted.add(`=${one.resource.type}:${one.action}`);
    }
  }
  can(type: string, ...anyOf: string[]) {
    return anyOf.some((action) => this.granted.has(`${type}:${action}`));
  }
  canOn(type: string, ...anyOf: string[]) {
    return this.can(`=${type}`, ...anyOf, 'admin');
  }
  known() {
    return true;
  }
}

const known = shallowReactive(new Map<string, Rights>());
const asked = new Set<string>();

function ask(key: string, question: object): Rights {
  if (!asked.has(key)) {
    asked.add(key);
    api
      .post<{ decisions: Decision[] }>('/acl/can', question)
      .then((answer) => known.set(key, new Answer(answer.decisions)))
      .catch(() => asked.delete(key));
  }
  return { can: (...wanted) => known.get(key)?.can(...wanted) ?? false, canOn: (...wanted) => known.get(key)?.canOn(...wanted) ?? false, known: () => known.has(key) };
}

// Rights in a project, or of the application (""). Nothing is granted until the answer is here; reactive.
export const rightsIn = (project: string): Rights => ask(project, project ? { project } : {});

// Rights on one job, too.
export const rightsOnJob = (project: string, uuid: string): Rights => ask(`${project}\n${uuid}`, { project, jobUuid: uuid });

// Is the answer here?
export const rightsKnown = (project: string) => known.has(project);

export function forgetRights() {
  known.clear();
  asked.clear();
}
