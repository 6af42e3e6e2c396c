import { expect, test } from 'vitest';
import { readPrefixed, writePrefixed } from './prefixed';

test('a part of the configuration is read and put back', () => {
  const config = { 'project.globals.a': '1', 'project.globals.b': '2', other: '3' };
  expect(readPrefixed(config, 'project.globals.')).toEqual({ a: '1', b: '2' });
  expect(writePrefixed(config, 'project.globals.', { b: '4', c: '5' })).toEqual({ other: '3', 'project.globals.b': '4', 'project.globals.c': '5' });
});
