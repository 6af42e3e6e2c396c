import { expect, test } from 'vitest';
import { resourceOf, ruleText, splitNames, subjectText, template } from './policyText';

test('policies of projects have no context', () => {
  expect(template('web')).not.toContain('context:');
  expect(template('')).toContain("context:\n  project: '.*'\n");
});

test('subjects, names and resources', () => {
  expect(subjectText({ group: ['ops', 'dev'], username: [], urn: ['u:1'] })).toBe('group ops, dev; urn u:1');
  expect(subjectText(undefined)).toBe('');
  expect(splitNames(' a, ,b ,')).toEqual(['a', 'b']);
  expect(resourceOf('resource', 'job', {})).toEqual({ type: 'resource', kind: 'job' });
  expect(resourceOf('job', undefined, { name: 'x', group: ' ' })).toEqual({ type: 'job', name: 'x' });
  expect(ruleText({ allow: ['run'] })).toBe('{"allow":["run"]}');
});
