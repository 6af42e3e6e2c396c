// What the navigation offers. `needs` names a right; without it the entry is not shown.
import { Activity, FolderCog, LayoutDashboard, ListChecks, Server, SquareTerminal } from 'lucide-vue-next';
import type { Component } from 'vue';
import { rightsIn } from '@/api/acl';
import texts from '@texts/common';

export interface NavEntry {
  key: string; // the route's meta.nav
  label: string;
  to: string;
  icon: Component;
  group?: string;
}

export function projectEntries(project: string): NavEntry[] {
  const at = `/project/${encodeURIComponent(project)}`;
  const rights = rightsIn(project);
  const t = texts.shell;
  const entries: (NavEntry & { shown?: boolean })[] = [
    { key: 'overview', label: t.overview, to: `${at}/home`, icon: LayoutDashboard },
    { key: 'jobs', label: t.jobs, to: `${at}/jobs`, icon: ListChecks },
    { key: 'nodes', label: t.nodes, to: `${at}/nodes`, icon: Server },
    { key: 'commands', label: t.commands, to: `${at}/command/run`, icon: SquareTerminal, shown: rights.can('adhoc', 'run', 'read') },
    { key: 'activity', label: t.activity, to: `${at}/activity`, icon: Activity },
    { key: 'settings', label: t.settings, to: `${at}/configure`, icon: FolderCog, shown: rights.can('project', 'configure', 'admin', 'delete') || rights.can('project_acl', 'read', 'admin') },
  ];
  return entries.filter((entry) => entry.shown !== false);
}
