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
  return shaped(job as Record<string, unknown>);
}

// The forms need these parts: what is missing is empty, what is something else is said.
function shaped(job: Record<string, unknown>): JobDefinition {
  const isMap = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);
  const sequence = job.sequence ?? {};
  if (!isMap(sequence)) throw new Error('Expected "sequence" to hold "commands".');
  const commands = (sequence as { commands?: unknown }).commands ?? [];
  for (const [name, list] of [['sequence: commands', commands], ['options', job.options ?? []]] as const) {
    if (!Array.isArray(list) || !list.every(isMap)) throw new Error(`Expected "${name}" to be a list, each entry with its settings.`);
  }
  for (const name of ['notification', 'nodefilters', 'schedule', 'orchestrator']) if (job[name] !== undefined && !isMap(job[name])) throw new Error(`Expected "${name}" to hold settings.`);
  const text = (value: unknown) => (value === undefined || value === null ? '' : String(value));
  return { ...job, name: text(job.name), description: text(job.description), sequence: { keepgoing: false, strategy: 'node-first', ...(sequence as object), commands } } as JobDefinition;
}
