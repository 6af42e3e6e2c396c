import { expect, test } from 'vitest';
import { groupsFor } from './executors';
import texts from '@texts/settings';

const t = texts.executors;
const titles = (form: Record<string, string>) => groupsFor(form).map((group) => group.title);

test('settings of the chosen providers are shown, and those that have values', () => {
  expect(titles({})).toEqual([t.ssh]);
  const scripts = { 'service.NodeExecutor.default.provider': 'script-exec', 'service.FileCopier.default.provider': 'stub' };
  expect(titles(scripts)).toEqual([t.script]);
  expect(titles({ ...scripts, 'project.ssh-keypath': '/k' })).toEqual([t.ssh, t.script]);
});
