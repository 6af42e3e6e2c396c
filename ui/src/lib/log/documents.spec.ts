import { expect, it } from 'vitest';
import { csvRows, prettyJson, propertyRows } from './documents';
import { pieces, styleOf } from './ansi';
import { marked } from './marks';

it('reads tables and properties', () => {
  expect(csvRows('a,b\r\n"1,5","say ""hi"""\n\nx\n')).toEqual([['a', 'b'], ['1,5', 'say "hi"'], [''], ['x']]);
  expect(propertyRows('# note\na = 1\nb: two words\nc=\\\n  long')).toEqual([['a', '1'], ['b', 'two words'], ['c', 'long']]);
  expect(prettyJson('{"a":[1]}')).toBe('{\n  "a": [\n    1\n  ]\n}');
  expect(prettyJson('no json')).toBe('no json');
});

it('marks what was searched, across colours', () => {
  const line = marked(pieces('say \x1b[31mhel\x1b[32mlo\x1b[0m Hello'), 'hello');
  expect(line.map((one) => [one.text, one.hit])).toEqual([['say ', false], ['hel', true], ['lo', true], [' ', false], ['Hello', true]]);
  expect(line[1]!.look!.classes).toEqual(['ansi-f1']);
  expect(marked(pieces('Hello hello'), 'Hello').map((one) => one.hit)).toEqual([true, false]);
  expect(marked(pieces('abc'), '')).toEqual([{ text: 'abc', hit: false, look: undefined }]);
  expect(styleOf(0).fg).toBe('');
});
