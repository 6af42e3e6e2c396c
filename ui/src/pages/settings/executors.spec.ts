import { expect, test } from 'vitest';
import type { PluginDetail, PluginProperty } from '@/api/plugins';
import { groupsOf } from './executors';

const property = (name: string, scope = 'Instance') => ({ name, title: name, desc: '', type: 'String', required: false, defaultValue: null, allowed: null, selectLabels: null, scope, options: {} }) as PluginProperty;
const plugin = (service: string, name: string, props: PluginProperty[], projectMapping: Record<string, string> = {}) => ({ service, name, title: `The ${name}`, props, projectMapping }) as PluginDetail;

test('a setting that two providers share is asked for once, under the key that both read', () => {
  const mapping = { keypath: 'project.ssh-keypath', limit: 'project.ssh-command-timeout' };
  const groups = groupsOf([plugin('NodeExecutor', 'ssh', [property('keypath'), property('limit')], mapping), plugin('FileCopier', 'scp', [property('keypath')], mapping)]);
  expect(groups).toEqual([{ title: 'The ssh', fields: [{ key: 'project.ssh-keypath', property: property('keypath') }, { key: 'project.ssh-command-timeout', property: property('limit') }] }]);
});

test('settings of installed plugins have the keys that their scopes read; those of the administrator are not shown', () => {
  const groups = groupsOf([plugin('NodeExecutor', 'mine', [property('host', 'Project'), property('secret', 'Framework')])]);
  expect(groups[0]!.fields.map((one) => one.key)).toEqual(['project.plugin.NodeExecutor.mine.host']);
});
