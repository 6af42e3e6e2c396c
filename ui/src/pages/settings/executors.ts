// How commands and files reach nodes by default: keys of a project's configuration. Which settings there are, and under
// which keys, the providers' own descriptions say.
import { projectKeyOf } from '@/lib/plugins';
import type { PluginDetail, PluginProperty } from '@/api/plugins';
import texts from '@texts/settings';

const t = texts.executors;

export interface ProviderChoice {
  key: string;
  label: string;
  service: 'NodeExecutor' | 'FileCopier';
  standard: string;
}

export const CHOICES: ProviderChoice[] = [
  { key: 'service.NodeExecutor.default.provider', label: t.executor, service: 'NodeExecutor', standard: 'sshj-ssh' },
  { key: 'service.FileCopier.default.provider', label: t.copier, service: 'FileCopier', standard: 'sshj-scp' },
  { key: 'service.NodeExecutor.default.local.provider', label: t.localExecutor, service: 'NodeExecutor', standard: 'local' },
  { key: 'service.FileCopier.default.local.provider', label: t.localCopier, service: 'FileCopier', standard: 'local' },
];

export interface ExecutorGroup {
  title: string;
  fields: { key: string; property: PluginProperty }[];
}

// The settings of the providers that are chosen, each once: commands and files by SSH have the same.
export function groupsOf(plugins: readonly PluginDetail[]): ExecutorGroup[] {
  const known = new Set<string>();
  const groups = plugins.map((plugin) => {
    const fields = plugin.props.filter((property) => property.scope !== 'Framework' && property.scope !== 'InstanceOnly').map((property) => ({ key: projectKeyOf(plugin, property), property }));
    const fresh = fields.filter(({ key }) => !known.has(key));
    fresh.forEach(({ key }) => known.add(key));
    return { title: plugin.title || plugin.name, fields: fresh };
  });
  return groups.filter((group) => group.fields.length);
}
