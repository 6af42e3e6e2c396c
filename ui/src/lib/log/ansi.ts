// ANSI colours of terminal output: text in pieces of one style. Everything else that terminals obey is dropped.
// Codes: ECMA-48 SGR, 256 colours and true colours as xterm has them.

export interface Style {
  fg: string; // "" | "0".."15" (a class) | "#rrggbb"
  bg: string;
  marks: string; // letters: b bold, d dim, i italic, u underlined, r reverse, s struck
}

export interface Piece {
  text: string;
  style: number; // of styleOf()
}

export const PLAIN = 0;
const styles: Style[] = [{ fg: '', bg: '', marks: '' }];
const numbers = new Map<string, number>([['||', PLAIN]]);
const MOST_STYLES = 60_000; // true colours could be endless

export const styleOf = (style: number): Style => styles[style] ?? styles[PLAIN]!;

function numberOf(style: Style): number {
  const key = `${style.fg}|${style.bg}|${style.marks}`;
  const known = numbers.get(key);
  if (known !== undefined) return known;
  if (styles.length >= MOST_STYLES) return PLAIN;
  numbers.set(key, styles.length);
  styles.push(style);
  return styles.length - 1;
}

const hex = (value: number) => Math.max(0, Math.min(255, value)).toString(16).padStart(2, '0');
const rgb = (r: number, g: number, b: number) => `#${hex(r)}${hex(g)}${hex(b)}`;

function color256(index: number): string {
  if (index < 16) return String(index);
  if (index >= 232) return rgb(8 + (index - 232) * 10, 8 + (index - 232) * 10, 8 + (index - 232) * 10);
  const level = (n: number) => (n === 0 ? 0 : 55 + n * 40);
  const cube = index - 16;
  return rgb(level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6));
}

const MARKS: Record<number, string> = { 1: 'b', 2: 'd', 3: 'i', 4: 'u', 7: 'r', 9: 's' };
const UNMARKS: Record<number, string> = { 22: 'bd', 23: 'i', 24: 'u', 27: 'r', 29: 's' };

// 38;5;N or 38;2;R;G;B at codes[at]: the colour, and how many codes it took.
function extended(codes: number[], at: number): [string | undefined, number] {
  if (codes[at + 1] === 5) {
    const index = codes[at + 2] ?? -1;
    return [index >= 0 && index < 256 ? color256(index) : undefined, 2];
  }
  if (codes[at + 1] === 2) return [rgb(codes[at + 2] ?? 0, codes[at + 3] ?? 0, codes[at + 4] ?? 0), 4];
  return [undefined, 0];
}

function applyCodes(style: Style, codes: number[]): Style {
  const next = { ...style };
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at]!;
    if (code === 0) Object.assign(next, { fg: '', bg: '', marks: '' });
    else if (MARKS[code]) next.marks = [...new Set(next.marks + MARKS[code])].sort().join('');
    else if (UNMARKS[code]) next.marks = [...next.marks].filter((mark) => !UNMARKS[code]!.includes(mark)).join('');
    else if (code >= 30 && code <= 37) next.fg = String(code - 30);
    else if (code >= 90 && code <= 97) next.fg = String(code - 82);
    else if (code >= 40 && code <= 47) next.bg = String(code - 40);
    else if (code >= 100 && code <= 107) next.bg = String(code - 92);
    else if (code === 39) next.fg = '';
    else if (code === 49) next.bg = '';
    else if (code === 38 || code === 48) {
      const [color, used] = extended(codes, at);
      if (color !== undefined) next[code === 38 ? 'fg' : 'bg'] = color;
      at += used;
    }
  }
  return next;
}

// eslint-disable-next-line no-control-regex
const SGR = /\x1b\[([\d;:]*)m/g;
// Other sequences: CSI, OSC (up to BEL or ST), two-letter escapes, and control characters but tab.
// eslint-disable-next-line no-control-regex
const OTHER = /\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b\[[0-?]*[ -/]*[@-ln-~]|\x1b[ -/]+[0-~]|\x1b[^[\] -/]|[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]/g;

// A line as it is kept: what a carriage return overwrote is gone, tabs are blanks, only colour sequences are left.
export function cleaned(line: string): string {
  // eslint-disable-next-line no-control-regex
  if (!/[\x00-\x1f\x7f]/.test(line)) return line;
  let text = line.endsWith('\r') ? line.slice(0, -1) : line;
  const back = text.lastIndexOf('\r');
  if (back >= 0) text = (text.slice(0, back).match(SGR) ?? []).join('') + text.slice(back + 1);
  text = text.replace(OTHER, '');
  return text.includes('\t') ? withoutTabs(text) : text;
}

function withoutTabs(text: string): string {
  let result = '';
  let column = 0;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at]!;
    if (letter === '\x1b') {
      const end = text.indexOf('m', at);
      result += text.slice(at, end < 0 ? undefined : end + 1);
      if (end < 0) break;
      at = end;
    } else if (letter === '\t') {
      const width = 8 - (column % 8);
      result += ' '.repeat(width);
      column += width;
    } else {
      result += letter;
      column += 1;
    }
  }
  return result;
}

export const isPlain = (text: string) => !text.includes('\x1b');
export const plainText = (text: string) => (isPlain(text) ? text : text.replace(SGR, '').replaceAll('\x1b', ''));

// The pieces of a cleaned line that begins in style `start`.
export function pieces(text: string, start: number = PLAIN): Piece[] {
  if (isPlain(text)) return text ? [{ text, style: start }] : [];
  const found: Piece[] = [];
  let style = start;
  let from = 0;
  const push = (part: string) => {
    const clean = part.replaceAll('\x1b', '');
    if (clean) found.push({ text: clean, style });
  };
  for (const match of text.matchAll(SGR)) {
    push(text.slice(from, match.index));
    style = numberOf(applyCodes(styleOf(style), match[1]!.split(/[;:]/).map(Number)));
    from = match.index + match[0].length;
  }
  push(text.slice(from));
  return found;
}

// The style in which a line leaves the next one.
export function endStyle(text: string, start: number): number {
  if (isPlain(text)) return start;
  let style = start;
  for (const match of text.matchAll(SGR)) style = numberOf(applyCodes(styleOf(style), match[1]!.split(/[;:]/).map(Number)));
  return style;
}

// The columns from `from` up to `to` of a line in pieces.
export function slicePieces(all: readonly Piece[], from: number, to: number): Piece[] {
  const found: Piece[] = [];
  let column = 0;
  for (const piece of all) {
    const end = column + piece.text.length;
    if (end > from && column < to) found.push({ text: piece.text.slice(Math.max(0, from - column), to - column), style: piece.style });
    column = end;
    if (column >= to) break;
  }
  return found;
}
