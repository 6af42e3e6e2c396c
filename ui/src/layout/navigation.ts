// What the navigation offers. `needs` names a right; without it the entry is not shown.
import { Activity, CalendarOff, ChartLine, FileClock, FolderCog, HardDriveUpload, KeyRound, LayoutDashboard, ListChecks, Network, Puzzle, Server, ServerCog, ShieldCheck, SlidersHorizontal, SquareTerminal, Users, Webhook } from 'lucide-vue-next';
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
    { key: 'webhooks', label: t.webhooks, to: `${at}/webhooks`, icon: Webhook, shown: rights.can('webhook', 'read', 'admin') },
    { key: 'settings', label: t.settings, to: `${at}/configure`, icon: FolderCog, shown: rights.can('project', 'configure', 'admin', 'delete', 'export', 'import') || rights.can('project_acl', 'read', 'admin') },
  ];
  return entries.filter((entry) => entry.shown !== false);
}

export function systemEntries(): NavEntry[] {
  const rights = rightsIn('');
  const t = texts.shell.systemPages;
  const reads = rights.can('system', 'read', 'admin', 'ops_admin');
  const admin = rights.can('system', 'admin');
  const entries: (NavEntry & { shown?: boolean })[] = [
    { key: 'cluster', label: t.cluster, to: '/menu/cluster', icon: Network, shown: rights.can('system', 'view_cluster', 'admin') },
    { key: 'report', label: t.report, to: '/menu/systemInfo', icon: ServerCog, shown: reads },
    { key: 'metrics', label: t.metrics, to: '/menu/metrics', icon: ChartLine, shown: reads },
    { key: 'logstorage', label: t.logStorage, to: '/menu/logStorage', icon: HardDriveUpload, shown: reads },
    { key: 'keys', label: t.keys, to: '/menu/storage', icon: KeyRound },
    { key: 'acls', label: t.acls, to: '/menu/acls', icon: ShieldCheck, shown: rights.can('system_acl', 'read', 'admin') },
    { key: 'users', label: t.users, to: '/menu/users', icon: Users, shown: rights.can('user', 'admin') },
    { key: 'calendars', label: t.calendars, to: '/menu/calendars', icon: CalendarOff, shown: reads },
    { key: 'plugins', label: t.plugins, to: '/menu/plugins', icon: Puzzle },
    { key: 'config', label: t.config, to: '/menu/systemConfig', icon: SlidersHorizontal, shown: admin },
    { key: 'audit', label: t.audit, to: '/menu/audit', icon: FileClock, shown: admin },
  ];
  return entries.filter((entry) => entry.shown !== false);
}
