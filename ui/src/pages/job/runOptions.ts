// What the form of a run holds, and what of it goes to the server. Pure.
import type { InputOption } from '@/api/jobs';

export type Value = string | string[];
export type Values = Record<string, Value>;

export const delimiterOf = (option: InputOption) => option.delimiter || ',';

export function startValue(option: InputOption): Value {
  if (option.multivalued) {
    if (option.multivalueAllSelected && option.values?.length) return [...option.values];
    return option.value ? option.value.split(delimiterOf(option)).filter(Boolean) : [];
  }
  return option.value ?? '';
}

// `given` are values of a link or of an earlier run ("a,b" for several). Secrets and files of that run serve no other.
export function startValues(options: InputOption[], given: Record<string, string> = {}): Values {
  return Object.fromEntries(
    options.map((option) => {
      const wanted = given[option.name];
      if (wanted === undefined || option.secure || option.type === 'file') return [option.name, option.secure ? '' : startValue(option)];
      return [option.name, option.multivalued ? wanted.split(delimiterOf(option)).filter(Boolean) : wanted];
    }),
  );
}

const isEmpty = (value: Value | undefined) => value === undefined || value.length === 0;

// Options that must have a value and have none. Those that key storage fills are not among them.
export const missingOptions = (options: InputOption[], values: Values): string[] =>
  options.filter((option) => option.required && !option.fromStorage && !option.hidden && isEmpty(values[option.name])).map((option) => option.name);

// What was emptied is sent as empty, so that the default does not come back; what never had a value is not sent.
export function toSend(options: InputOption[], values: Values): Values {
  const sent: Values = {};
  for (const option of options) {
    const value = values[option.name];
    if (value === undefined) continue;
    if (!isEmpty(value)) sent[option.name] = value;
    else if (option.value && !option.secure) sent[option.name] = '';
  }
  return sent;
}

// The fields that a refusal of the server is about: "… Option 'env' is required. Option rx value: …"
export function complaintsOf(message: string, options: InputOption[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const sentence of message.split(/(?<=\.)\s+|\n/)) {
    for (const { name } of options) {
      if ([`'${name}'`, `"${name}"`, `Option ${name} `, `Option ${name}: `].some((named) => sentence.includes(named))) found[name] ??= sentence.replace(/^.*were not valid: */, '');
    }
  }
  return found;
}

// "?opt.env=prod" of a link.
export const optionsOfQuery = (query: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(Object.entries(query).flatMap(([key, value]) => (key.startsWith('opt.') && typeof value === 'string' ? [[key.slice(4), value]] : [])));
