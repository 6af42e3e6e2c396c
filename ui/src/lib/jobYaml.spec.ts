import { describe, expect, it } from 'vitest';
import { emptyJob } from '@/pages/editor/job';
import { fromYaml, toYaml } from './jobYaml';

describe('a job as YAML', () => {
  it('comes back as it went', () => {
    const job = { ...emptyJob(), name: 'quote "x" \'y\'', description: 'two\nlines\n', timeZone: 'UTC', options: [{ name: 'a', value: 'no', values: ['yes', '012', '1:30'] }], sequence: { ...emptyJob().sequence, commands: [{ script: '#!/bin/sh\n\techo a: b\n\n' }] } };
    expect(fromYaml(toYaml(job))).toEqual(job);
  });
  it('is whole enough for the forms when parts are missing', () => {
    expect(fromYaml('- name: 42')).toMatchObject({ name: '42', description: '', sequence: { keepgoing: false, strategy: 'node-first', commands: [] } });
    expect(fromYaml('description: x\nsequence:\n')).toMatchObject({ name: '', sequence: { commands: [] } });
    expect(fromYaml('- name: x\n  options:\n  sequence:\n    commands:\n')).toMatchObject({ sequence: { commands: [] } });
  });
  it('says what is no job', () => {
    for (const [text, complaint] of [
      ['just text', 'Expected a job'],
      ['- name: a\n- name: b', 'Expected one job, not 2'],
      ['- name: a\n  sequence: [x]', '"sequence"'],
      ['- name: a\n  sequence:\n    commands: {exec: ls}', '"sequence: commands"'],
      ['- name: a\n  sequence:\n    commands: [ls]', '"sequence: commands"'],
      ['- name: a\n  options: {env: dev}', '"options"'],
      ['- name: a\n  notification: mail', '"notification"'],
      ['- name: a\n  schedule: 0 0 * * *', '"schedule"'],
    ] as const) expect(() => fromYaml(text), text).toThrow(complaint);
  });
});
