// Node filter text: "name: web.* tags: prod+eu !hostname: old". Values with blanks are quoted as in argument strings.
export interface Clause {
  attribute: string; // "name" for a value alone
  value: string;
  exclude: boolean;
}

function words(text: string): string[] {
  const found: string[] = [];
  let word = '';
  let quote = '';
  let open = false;
  for (const letter of text) {
    if (quote) {
      if (letter === quote) quote = '';
      else word += letter;
    } else if (letter === '"' || letter === "'") {
      quote = letter;
      open = true;
    } else if (/\s/.test(letter)) {
      if (word || open) found.push(word);
      word = '';
      open = false;
    } else {
      word += letter;
    }
  }
  if (word || open) found.push(word);
  return found;
}

export function parseFilter(text: string): Clause[] {
  const clauses: Clause[] = [];
  const parts = words(text);
  for (let at = 0; at < parts.length; at += 1) {
    const word = parts[at]!;
    const named = /^(!?)([\w.:-]*[\w.-]):$/.exec(word) ?? /^(!?)(name|tags|hostname|username|os[-A-Z]?\w+):(.+)$/.exec(word);
    if (!named) clauses.push({ attribute: 'name', value: word, exclude: false });
    else clauses.push({ attribute: named[2]!, value: named[3] ?? parts[(at += 1)] ?? '', exclude: named[1] === '!' });
  }
  return clauses;
}

const quoted = (value: string) => (value === '' || /[\s"']/.test(value) ? `"${value.replaceAll('"', '')}"` : value);

export const filterText = (clauses: readonly Clause[]) =>
  clauses.map((one) => `${one.exclude ? '!' : ''}${one.attribute}: ${quoted(one.value)}`).join(' ');

// Plain text as a value that matches itself and nothing else: a list of one. Regular expression letters are escaped.
export const literal = (value: string) => (/[\\^$*+?()[\]{}|,]/.test(value) ? value.replace(/[\\^$.*+?()[\]{}|,]/g, '\\$&') : value);

// A filter for these nodes and no others.
export const filterOfNames = (names: readonly string[]) => (names.length ? `name: ${quoted(names.join(','))}` : '');

// Adds the tag, or takes it away when the filter has it. Tags of one clause must all be there ("a+b").
export function toggleTag(text: string, tag: string): string {
  const clauses = parseFilter(text).filter((one) => !(one.attribute === 'name' && one.value === '.*' && !one.exclude));
  const at = clauses.findIndex((one) => one.attribute === 'tags' && !one.exclude && !one.value.includes(','));
  if (at < 0) return filterText([...clauses, { attribute: 'tags', value: tag, exclude: false }]);
  const tags = clauses[at]!.value.split('+').filter(Boolean);
  const value = (tags.includes(tag) ? tags.filter((one) => one !== tag) : [...tags, tag]).join('+');
  const next = value ? clauses.map((one, i) => (i === at ? { ...one, value } : one)) : clauses.filter((_, i) => i !== at);
  return filterText(next);
}

export const hasTag = (text: string, tag: string) =>
  parseFilter(text).some((one) => one.attribute === 'tags' && !one.exclude && one.value.split(/[+,]/).includes(tag));
