import { describe, expect, it } from 'vitest';
import { PLAIN, cleaned, endStyle, pieces, plainText, slicePieces, styleOf } from './ansi';

const shown = (text: string, start = PLAIN) => pieces(cleaned(text), start).map((one) => [one.text, styleOf(one.style)] as const);
const style = (fg = '', bg = '', marks = '') => ({ fg, bg, marks });

describe('ANSI colours', () => {
  it('leave plain text alone', () => {
    expect(shown('hello')).toEqual([['hello', style()]]);
    expect(shown('')).toEqual([]);
  });

  it('are those of a terminal', () => {
    expect(shown('\x1b[31mred\x1b[0m plain')).toEqual([['red', style('1')], [' plain', style()]]);
    expect(shown('\x1b[1;97;44mloud')).toEqual([['loud', style('15', '4', 'b')]]);
    expect(shown('\x1b[mx')).toEqual([['x', style()]]);
    expect(shown('\x1b[32ma\x1b[39mb')).toEqual([['a', style('2')], ['b', style()]]);
    expect(shown('\x1b[1;4mab\x1b[22mc\x1b[24md')).toEqual([['ab', style('', '', 'bu')], ['c', style('', '', 'u')], ['d', style()]]);
  });

  it('may be one of 256 or any', () => {
    expect(shown('\x1b[38;5;9ma\x1b[38;5;196mb\x1b[48;5;244mc')).toEqual([['a', style('9')], ['b', style('#ff0000')], ['c', style('#ff0000', '#808080')]]);
    expect(shown('\x1b[38;2;1;2;300mx')).toEqual([['x', style('#0102ff')]]);
    expect(shown('\x1b[38;5;999mx\x1b[38;5my')).toEqual([['x', style()], ['y', style()]]);
  });

  it('go on in the next line', () => {
    const style = endStyle('\x1b[33mwarn', PLAIN);
    expect(shown('more\x1b[0m', style)[0]).toEqual(['more', { fg: '3', bg: '', marks: '' }]);
    expect(endStyle('x\x1b[0m', style)).toBe(PLAIN);
  });
});

describe('what terminals obey else', () => {
  it('is dropped', () => {
    expect(cleaned('a\x1b[2Kb\x1b]8;;http://x\x07link\x1b]8;;\x07\x1b(B\x07\x00c')).toBe('ablinkc');
    expect(cleaned('\x1b]0;title\x1b\\x')).toBe('x');
    expect(plainText(cleaned('\x1b[31ma\x1b'))).toBe('a');
  });

  it('shows the last state of a line that was overwritten', () => {
    expect(cleaned('10%\r20%\r100%')).toBe('100%');
    expect(cleaned('line\r')).toBe('line');
    expect(shown('\x1b[31mold\rnew')).toEqual([['new', style('1')]]);
  });

  it('makes blanks of tabs', () => {
    expect(cleaned('a\tb')).toBe('a       b');
    expect(plainText(cleaned('\x1b[31mab\x1b[0m\tc'))).toBe('ab      c');
  });
});

describe('a part of a line', () => {
  it('keeps its styles', () => {
    const all = pieces('ab\x1b[31mcdef\x1b[0mgh');
    expect(slicePieces(all, 1, 4).map((one) => [one.text, styleOf(one.style).fg])).toEqual([['b', ''], ['cd', '1']]);
    expect(slicePieces(all, 6, 99).map((one) => one.text)).toEqual(['gh']);
    expect(slicePieces(all, 8, 9)).toEqual([]);
  });
});
