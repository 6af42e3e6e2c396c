// What is drawn of a line: pieces with their looks, and where the search was found.
import { PLAIN, styleOf, type Piece } from './ansi';

export interface Look {
  classes: string[];
  style: Record<string, string>;
}
export interface Mark {
  text: string;
  hit: boolean;
  look?: Look; // absent: plain
}

const looks = new Map<number, Look>();

function lookOf(number: number): Look | undefined {
  if (number === PLAIN) return undefined;
  const known = looks.get(number);
  if (known) return known;
  const { fg, bg, marks } = styleOf(number);
  const classes = [...marks].map((mark) => `ansi-${mark}`);
  const style: Record<string, string> = {};
  const put = (color: string, kind: 'f' | 'b') => {
    if (color.startsWith('#')) style[kind === 'f' ? 'color' : 'background'] = color;
    else if (color) classes.push(`ansi-${kind}${color}`);
  };
  if (!marks.includes('r')) {
    put(fg, 'f');
    put(bg, 'b');
  }
  const look = { classes, style };
  looks.set(number, look);
  return look;
}

// Where `wanted` stands in the text: small letters match both, as in matcher().
function hits(text: string, wanted: string): [number, number][] {
  if (!wanted) return [];
  const where = wanted === wanted.toLowerCase() ? text.toLowerCase() : text;
  const found: [number, number][] = [];
  for (let at = where.indexOf(wanted); at >= 0 && found.length < 500; at = where.indexOf(wanted, at + wanted.length)) found.push([at, at + wanted.length]);
  return found;
}

export function marked(all: readonly Piece[], wanted: string): Mark[] {
  const found = hits(all.map((piece) => piece.text).join(''), wanted);
  if (!found.length) return all.map((piece) => ({ text: piece.text, hit: false, look: lookOf(piece.style) }));
  const result: Mark[] = [];
  let column = 0;
  for (const piece of all) {
    const end = column + piece.text.length;
    let at = column;
    const put = (to: number, hit: boolean) => {
      if (to > at) result.push({ text: piece.text.slice(at - column, to - column), hit, look: lookOf(piece.style) });
      at = Math.max(at, to);
    };
    for (const [from, to] of found) {
      if (to <= at || from >= end) continue;
      put(Math.max(from, at), false);
      put(Math.min(to, end), true);
    }
    put(end, false);
    column = end;
  }
  return result;
}
