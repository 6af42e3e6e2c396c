// Which lines are shown, in which rows: a filter by node, step, level or text, and wrapping.
import { plainText } from './ansi';
import { Column } from './columns';
import { LEVELS, stepWithin, type LogLines } from './lines';

export interface LogFilter {
  node: string; // "": any
  step: string; // "": any; else it and what is inside it
  worst: '' | 'WARN' | 'ERROR'; // that level and worse
  text: string; // only lines that hold it; "": any
}

export const NO_FILTER: LogFilter = { node: '', step: '', worst: '', text: '' };

// Does it hold the text? Small letters match both, as soon as a capital is there it must fit.
export function matcher(wanted: string): (text: string) => boolean {
  if (!wanted) return () => true;
  if (wanted === wanted.toLowerCase()) return (text) => plainText(text).toLowerCase().includes(wanted);
  return (text) => plainText(text).includes(wanted);
}

// The shown lines by their number in the log. Without a filter it holds nothing: row and line are the same.
export class LogView {
  private readonly shown = new Column(Uint32Array);
  private seen = 0; // lines of the log that were looked at
  private readonly all: boolean;
  private readonly steps: boolean[] = []; // by step number: wanted?
  private readonly matches: (text: string) => boolean;

  constructor(
    private readonly lines: LogLines,
    readonly filter: LogFilter,
  ) {
    this.all = !filter.node && !filter.step && !filter.worst && !filter.text;
    this.matches = matcher(filter.text);
    this.update();
  }

  get length() {
    return this.all ? this.seen : this.shown.length;
  }

  // So many lines of the log were looked at.
  get covered() {
    return this.seen;
  }

  lineAt(row: number): number {
    return this.all ? row : this.shown.at(row);
  }

  // The row of a line, or of the last shown one before it; -1 when there is none.
  rowOf(line: number): number {
    return this.all ? Math.min(line, this.seen - 1) : this.shown.lastUpTo(line);
  }

  // Looks at the lines that came since. True when there are more rows than before.
  update(): boolean {
    const before = this.length;
    if (this.all) {
      this.seen = this.lines.length;
      return this.seen > before;
    }
    const { node, worst } = this.filter;
    const number = node ? this.lines.nodes.find(node) : undefined;
    const level = worst ? LEVELS.indexOf(worst) : LEVELS.length;
    for (; this.seen < this.lines.length; this.seen += 1) {
      if (node && this.lines.nodeOf.at(this.seen) !== number) continue;
      if (this.lines.levels.at(this.seen) > level) continue;
      if (!this.wantedStep(this.lines.stepOf.at(this.seen))) continue;
      if (!this.matches(this.lines.texts[this.seen]!)) continue;
      this.shown.push(this.seen);
    }
    return this.length > before;
  }

  private wantedStep(step: number): boolean {
    if (!this.filter.step) return true;
    return (this.steps[step] ??= stepWithin(this.filter.step, this.lines.steps.all[step]!));
  }
}

// How rows stand when they are wrapped after `columns` letters (0: never): each takes one or more screen lines.
export class Layout {
  private readonly ends = new Column(Float64Array); // screen lines up to and with row i
  private rows = 0;

  constructor(
    private readonly view: LogView,
    private readonly lengthOf: (row: number) => number,
    readonly columns: number,
  ) {
    this.update();
  }

  get height() {
    return this.columns ? this.ends.at(this.rows - 1) : this.rows;
  }

  update() {
    const wanted = this.view.length;
    if (this.columns) {
      let total = this.rows ? this.ends.at(this.rows - 1) : 0;
      for (let row = this.rows; row < wanted; row += 1) {
        total += Math.max(1, Math.ceil(this.lengthOf(row) / this.columns));
        this.ends.push(total);
      }
    }
    this.rows = wanted;
  }

  // The first screen line of a row.
  top(row: number): number {
    if (!this.columns) return row;
    return row > 0 ? this.ends.at(row - 1) : 0;
  }

  // The row at a screen line, and which of its screen lines that is.
  at(line: number): { row: number; part: number } {
    if (!this.columns) return { row: line, part: 0 };
    const row = this.ends.lastUpTo(line) + 1;
    return { row, part: line - this.top(row) };
  }
}
