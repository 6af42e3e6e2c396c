import { describe, expect, it } from 'vitest';
import type { InputOption } from '@/api/jobs';
import { complaintsOf, missingOptions, optionsOfQuery, startValues, toSend } from './runOptions';

const options: InputOption[] = [
  { name: 'env', value: 'dev', required: true },
  { name: 'hosts', multivalued: true, delimiter: ' ', value: 'a b' },
  { name: 'all', multivalued: true, multivalueAllSelected: true, values: ['x', 'y'] },
  { name: 'pass', secure: true, required: true, fromStorage: true },
  { name: 'note' },
];

describe('the form of a run', () => {
  it('starts with defaults, and with what a link gives, but for secrets', () => {
    expect(startValues(options)).toEqual({ env: 'dev', hosts: ['a', 'b'], all: ['x', 'y'], pass: '', note: '' });
    expect(startValues(options, { env: 'prod', hosts: 'c d', pass: 'leak' })).toMatchObject({ env: 'prod', hosts: ['c', 'd'], pass: '' });
    expect(startValues([{ name: 'up', type: 'file' }], { up: 'key of an earlier upload' })).toEqual({ up: '' });
    expect(optionsOfQuery({ 'opt.env': 'prod', tab: 'run', 'opt.x': ['1'] })).toEqual({ env: 'prod' });
  });
  it('sends what is there, and an emptied default as empty', () => {
    expect(toSend(options, { env: '', hosts: [], all: ['x'], pass: '', note: '' })).toEqual({ env: '', hosts: '', all: ['x'] });
    expect(toSend(options, { env: 'q', hosts: ['a'], all: [], pass: 's', note: 'n' })).toEqual({ env: 'q', hosts: ['a'], pass: 's', note: 'n' });
  });
  it('misses required values that nobody else fills', () => {
    expect(missingOptions(options, { env: '', pass: '' })).toEqual(['env']);
    expect(missingOptions(options, { env: 'dev' })).toEqual([]);
  });
  it('puts the complaints of the server to their fields', () => {
    const message = "Job options were not valid: Option 'env' is required. Option 'hosts' value: 'z' does not match.";
    expect(complaintsOf(message, options)).toEqual({ env: "Option 'env' is required.", hosts: "Option 'hosts' value: 'z' does not match." });
    const plain = "Job options were not valid: Option note value: bad doesn't match regular expression: ^v\\d+$";
    expect(complaintsOf(plain, options)).toEqual({ note: "Option note value: bad doesn't match regular expression: ^v\\d+$" });
  });
});
