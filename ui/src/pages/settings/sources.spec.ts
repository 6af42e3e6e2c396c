import { expect, test } from 'vitest';
import { configChange } from '@/api/projectConfig';
import { moved, readSources, writeSources } from './sources';

const config = {
  'project.name': 'web',
  'project.label': 'Web',
  'resources.source.1.type': 'file',
  'resources.source.1.config.file': '/etc/nodes.yaml',
  'resources.source.10.type': 'url',
  'resources.source.10.config.url': 'https://inventory.example.com/',
  'resources.source.2.type': 'local',
  'resources.source.2.config.attributes': 'a=1\nb=2',
};

test('sources come in the order of their numbers, and are written without gaps', () => {
  const sources = readSources(config);
  expect(sources.map((one) => one.type)).toEqual(['file', 'local', 'url']);
  const after = writeSources(config, sources);
  expect(after['resources.source.3.config.url']).toBe('https://inventory.example.com/');
  expect(after['project.label']).toBe('Web');
  expect(configChange(config, after)).toEqual({
    set: { 'resources.source.3.type': 'url', 'resources.source.3.config.url': 'https://inventory.example.com/' },
    remove: ['resources.source.10.type', 'resources.source.10.config.url'],
  });
});

test('a removed source takes its keys along, and empty settings are none', () => {
  const [first] = readSources(config);
  const after = writeSources(config, [{ ...first!, config: { file: '', format: 'resourceyaml' } }]);
  expect(Object.keys(after).filter((key) => key.startsWith('resources.'))).toEqual(['resources.source.1.type', 'resources.source.1.config.format']);
});

test('saving sends only what differs, never the name, and an emptied key is removed', () => {
  expect(configChange({ a: '1', b: '2', 'project.name': 'x' }, { a: '', b: '2', c: '', d: '4', 'project.name': 'y' })).toEqual({ set: { d: '4' }, remove: ['a'] });
});

test('moving stays within the list', () => {
  expect(moved(['a', 'b', 'c'], 0, 1)).toEqual(['b', 'a', 'c']);
  expect(moved(['a', 'b'], 0, -1)).toEqual(['a', 'b']);
});
