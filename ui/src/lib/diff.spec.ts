import { describe, expect, it } from 'vitest';
import { diffLines, differs, inContext, type DiffLine } from './diff';

const shown = (lines: DiffLine[]) => lines.map(({ kind, text }) => ({ same: ' ', added: '+', removed: '-' })[kind] + text).join('\n');
const apply = (lines: DiffLine[], without: DiffLine['kind']) => lines.filter((line) => line.kind !== without).map((line) => line.text).join('\n');

describe('diffLines', () => {
  it('finds what was added, removed and changed', () => {
    expect(shown(diffLines('a\nb\nc\nd', 'a\nB\nc\nx\nd'))).toBe(' a\n-b\n+B\n c\n+x\n d');
    expect(shown(diffLines('a\nb', 'a\nb'))).toBe(' a\n b');
    expect(shown(diffLines('', 'a'))).toBe('-\n+a');
    expect(differs(diffLines('x', 'x'))).toBe(false);
  });
  it('gives back both texts, whatever they are', () => {
    let seed = 7;
    const next = (n: number) => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) % n;
    for (let round = 0; round < 300; round += 1) {
      const text = () => Array.from({ length: next(12) }, () => 'abcd'[next(4)]).join('\n');
      const [before, after] = [text(), text()];
      const lines = diffLines(before, after);
      expect([apply(lines, 'added'), apply(lines, 'removed')]).toEqual([before, after]);
    }
  });
  it('leaves out what is far from any change', () => {
    const before = Array.from({ length: 40 }, (_, n) => `line ${n}`);
    const after = before.map((line, n) => (n === 20 ? 'changed' : line));
    const lines = inContext(diffLines(before.join('\n'), after.join('\n')), 2);
    expect(lines[0]).toBeNull();
    expect(lines.at(-1)).toBeNull();
    expect(lines).toHaveLength(2 + 6);
  });
});
