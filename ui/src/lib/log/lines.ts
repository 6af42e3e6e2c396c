// The lines of an execution's log in little memory: texts, and a number for everything that repeats.
import { PLAIN, cleaned, endStyle } from './ansi';
import { Column } from './columns';

// As the API sends it; with `compacted`, what is missing is as in the entry before, and null is gone.
export interface LogEntry {
  absolute_time?: string;
  log: string;
  level?: string;
  node?: string | null;
  stepctx?: string | null;
  metadata?: Record<string, string> | null;
}

export const LEVELS = ['ERROR', 'WARN', 'NORMAL', 'VERBOSE', 'DEBUG', 'OTHER'] as const;
export const MOST_LINES = 2_000_000;
const LONGEST = 100_000; // characters of one line that are kept

class Names {
  readonly all: string[] = [''];
  private readonly numbers = new Map<string, number>([['', 0]]);
  of(name: string): number {
    let number = this.numbers.get(name);
    if (number === undefined) {
      number = this.all.length;
      this.all.push(name);
      this.numbers.set(name, number);
    }
    return number;
  }
  find(name: string): number | undefined {
    return this.numbers.get(name);
  }
}

export interface LogLine {
  text: string; // cleaned: colour sequences are still in it
  style: number; // in which it begins
  time: number; // milliseconds; 0 when unknown
  level: number; // index in LEVELS
  node: string;
  step: string;
}

export class LogLines {
  readonly texts: string[] = [];
  readonly nodes = new Names();
  readonly steps = new Names();
  readonly levels = new Column(Uint8Array);
  readonly nodeOf = new Column(Uint32Array);
  readonly stepOf = new Column(Uint32Array);
  full = false; // MOST_LINES are here: the rest is dropped
  readonly dataTypes = new Map<number, { type: string; text: string }>(); // by first line: output that is a document
  private readonly times = new Column(Uint32Array);
  private readonly styles = new Column(Uint16Array);
  private previous: LogEntry = { log: '' };
  private timeText = '';
  private seconds = 0;
  private source = ''; // node and step of the line before: colours do not leak into another's output
  private style = PLAIN;

  get length() {
    return this.texts.length;
  }

  // Entries of one page of the compacted form; the first of a page is whole.
  appendCompacted(entries: readonly (Partial<LogEntry> | string)[]) {
    this.previous = { log: '' };
    for (const change of entries) {
      this.previous = typeof change === 'string' ? { ...this.previous, log: change } : { ...this.previous, ...change };
      this.append(this.previous);
    }
  }

  append(entry: LogEntry) {
    if (this.full) return;
    const node = entry.node ?? '';
    const step = entry.stepctx ?? '';
    const source = `${node}|${step}`;
    if (source !== this.source) this.style = PLAIN;
    this.source = source;
    if (entry.absolute_time && entry.absolute_time !== this.timeText) {
      this.timeText = entry.absolute_time;
      this.seconds = Math.floor(Date.parse(entry.absolute_time) / 1000) || 0;
    }
    const type = entry.metadata?.['content-data-type'];
    if (type) this.dataTypes.set(this.length, { type, text: entry.log });
    const level = Math.max(0, LEVELS.indexOf((entry.level ?? 'NORMAL') as (typeof LEVELS)[number]));
    const nodeNumber = this.nodes.of(node);
    const stepNumber = this.steps.of(step);
    for (const part of entry.log.includes('\n') ? entry.log.replace(/\n$/, '').split('\n') : [entry.log]) {
      const text = cleaned(part.length > LONGEST ? `${part.slice(0, LONGEST)}…` : part);
      this.texts.push(text);
      this.levels.push(level);
      this.nodeOf.push(nodeNumber);
      this.stepOf.push(stepNumber);
      this.times.push(this.seconds);
      this.styles.push(this.style);
      this.style = endStyle(text, this.style);
      if (this.texts.length >= MOST_LINES) this.full = true;
    }
  }

  line(index: number): LogLine {
    return {
      text: this.texts[index] ?? '',
      style: this.styles.at(index),
      time: this.times.at(index) * 1000,
      level: this.levels.at(index),
      node: this.nodes.all[this.nodeOf.at(index)] ?? '',
      step: this.steps.all[this.stepOf.at(index)] ?? '',
    };
  }
}

// Is step `found` ("2@node=a/1") the step `wanted` ("2") or inside it? A wanted node counts: "2@node=a" is not in "2@node=b".
export function stepWithin(wanted: string, found: string): boolean {
  const wants = wanted.split('/');
  const has = found.split('/');
  const same = (want: string, have: string) => want === have || (!want.includes('@') && want === have.split('@')[0]);
  return wants.length <= has.length && wants.every((part, at) => same(part, has[at]!));
}
