// A job as YAML text and back, as the server reads and writes it. Loaded with the editor.
import { parse, stringify } from 'yaml';
import type { JobDefinition } from '@/api/jobDefinition';

const OPTIONS = { version: '1.1' as const };

export const toYaml = (job: JobDefinition): string => stringify([job], { ...OPTIONS, lineWidth: 0, blockQuote: 'literal', aliasDuplicateObjects: false });

// Throws with line and column.
export function fromYaml(text: string): JobDefinition {
  const value: unknown = parse(text, { ...OPTIONS, maxAliasCount: 50, prettyErrors: true });
  const job: unknown = Array.isArray(value) ? value[0] : value;
  if (Array.isArray(value) && value.length !== 1) throw new Error(`Expected one job, not ${value.length}.`);
  if (typeof job !== 'object' || job === null || Array.isArray(job)) throw new Error('Expected a job: a list of one entry with name, sequence and so on.');
  return job as JobDefinition;
}
