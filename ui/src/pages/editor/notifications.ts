// Notifications in the one form that the editor works on. Pure.
import type { Notifications } from '@/api/jobDefinition';
import { entriesOf } from './job';

// Every trigger a list, and one plugin in each entry.
export function flatNotifications(all: Notifications | undefined): Notifications | undefined {
  if (!all) return undefined;
  return Object.fromEntries(
    Object.entries(all).map(([trigger, value]) => [trigger, entriesOf(value).flatMap((entry) => (Array.isArray(entry.plugin) ? entry.plugin.map((one) => ({ ...entry, plugin: one })) : [entry]))]),
  );
}
