import { describe, expect, it } from 'vitest';
import { LEVELS, LogLines, stepWithin } from './lines';
import { ScrollMap } from './scrollMap';
import { Layout, LogView, NO_FILTER, matcher } from './view';

function sample() {
  const lines = new LogLines();
  lines.appendCompacted([
    { absolute_time: '2026-11-29T10:00:00Z', log: '\x1b[31mred', level: 'NORMAL', node: 'a', stepctx: '1' },
    { log: 'still red' },
    { log: 'plain', node: 'b' },
    { log: 'two\nlines', stepctx: '2@node=b/1', absolute_time: '2026-11-29T10:00:05Z' },
    { log: 'Bad thing', level: 'ERROR' },
    { log: 'end', node: null, stepctx: null, level: 'WARN' },
  ]);
  return lines;
}
const shown = (view: LogView) => Array.from({ length: view.length }, (_, row) => view.lineAt(row));

describe('lines', () => {
  it('are kept with what the compacted form leaves out', () => {
    const lines = sample();
    expect(lines.length).toBe(7);
    expect(lines.line(1)).toMatchObject({ text: 'still red', node: 'a', step: '1', time: Date.parse('2026-11-29T10:00:00Z') });
    expect(lines.line(1).style).not.toBe(0);
    expect(lines.line(2)).toMatchObject({ node: 'b', style: 0 });
    expect(lines.line(4)).toMatchObject({ text: 'lines', step: '2@node=b/1', time: Date.parse('2026-11-29T10:00:05Z') });
    expect(lines.line(6)).toMatchObject({ node: '', step: '', level: LEVELS.indexOf('WARN') });
  });

  it('know documents among them', () => {
    const lines = new LogLines();
    lines.append({ log: 'x' });
    lines.append({ log: 'a,b\n1,2\n', metadata: { 'content-data-type': 'text/csv' } });
    expect(lines.length).toBe(3);
    expect(lines.dataTypes.get(1)).toEqual({ type: 'text/csv', text: 'a,b\n1,2\n' });
  });

  it('belong to steps and to the steps around them', () => {
    expect(stepWithin('2', '2@node=b/1')).toBe(true);
    expect(stepWithin('2/1', '2/1')).toBe(true);
    expect(stepWithin('2', '20')).toBe(false);
    expect(stepWithin('2@node=a', '2@node=b/1')).toBe(false);
    expect(stepWithin('2/1', '2')).toBe(false);
  });
});

describe('a view', () => {
  it('shows what its filter wants', () => {
    const lines = sample();
    expect(shown(new LogView(lines, NO_FILTER))).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(shown(new LogView(lines, { ...NO_FILTER, node: 'b' }))).toEqual([2, 3, 4, 5]);
    expect(shown(new LogView(lines, { ...NO_FILTER, step: '2' }))).toEqual([3, 4, 5]);
    expect(shown(new LogView(lines, { ...NO_FILTER, worst: 'ERROR' }))).toEqual([5]);
    expect(shown(new LogView(lines, { ...NO_FILTER, worst: 'WARN' }))).toEqual([5, 6]);
    expect(shown(new LogView(lines, { ...NO_FILTER, text: 'red' }))).toEqual([0, 1]);
    expect(shown(new LogView(lines, { ...NO_FILTER, node: 'nobody' }))).toEqual([]);
  });

  it('grows with the log, and finds the row of a line', () => {
    const lines = sample();
    const view = new LogView(lines, { ...NO_FILTER, node: 'c' });
    expect(view.length).toBe(0);
    lines.append({ log: 'late', node: 'c' });
    lines.append({ log: 'other', node: 'a' });
    expect(view.update()).toBe(true);
    expect(view.update()).toBe(false);
    expect(shown(view)).toEqual([7]);
    expect(view.covered).toBe(9);
    expect(view.rowOf(8)).toBe(0);
    expect(view.rowOf(3)).toBe(-1);
  });

  it('searches with small letters for both, with capitals for themselves', () => {
    expect(matcher('bad')('Bad thing')).toBe(true);
    expect(matcher('Bad')('bad thing')).toBe(false);
    expect(matcher('ab')('a\x1b[1mb')).toBe(true);
  });
});

describe('a layout', () => {
  it('wraps rows and finds them again', () => {
    const lines = new LogLines();
    for (const length of [3, 25, 0, 10, 11]) lines.append({ log: 'x'.repeat(length) });
    const view = new LogView(lines, NO_FILTER);
    const layout = new Layout(view, (row) => lines.texts[row]!.length, 10);
    expect(layout.height).toBe(1 + 3 + 1 + 1 + 2);
    expect([0, 1, 2, 3, 4].map((row) => layout.top(row))).toEqual([0, 1, 4, 5, 6]);
    expect(layout.at(0)).toEqual({ row: 0, part: 0 });
    expect(layout.at(3)).toEqual({ row: 1, part: 2 });
    expect(layout.at(7)).toEqual({ row: 4, part: 1 });
    lines.append({ log: 'more' });
    view.update();
    layout.update();
    expect(layout.height).toBe(9);
    expect(new Layout(view, () => 1, 0).at(4)).toEqual({ row: 4, part: 0 });
  });

  it('takes a million lines in a moment', () => {
    const lines = new LogLines();
    for (let i = 0; i < 1_000_000; i += 1) lines.append({ log: `line ${i}`, node: `n${i % 50}`, stepctx: '1' });
    const view = new LogView(lines, { ...NO_FILTER, node: 'n7' });
    expect(view.length).toBe(20_000);
    const layout = new Layout(new LogView(lines, NO_FILTER), (row) => lines.texts[row]!.length, 5);
    expect(layout.at(layout.height - 1).row).toBe(999_999);
  });
});

describe('scrolling', () => {
  it('is the browser\'s own while everything fits', () => {
    const map = new ScrollMap();
    map.resize(5000, 500);
    expect(map.height).toBe(5000);
    expect(map.scrolled(700)).toBeUndefined();
    expect(map.position).toBe(700);
    expect(map.place(700)).toBe(700);
    expect(map.goTo(99_999)).toBe(4500);
  });

  it('reaches every pixel of more than a browser can', () => {
    const map = new ScrollMap();
    const full = 40_000_000;
    map.resize(full, 600);
    expect(map.height).toBeLessThan(10_000_000);
    map.scrolled(120); // a turn of the wheel moves by itself, not five times as far
    expect(map.position).toBe(120);
    const most = map.height - 600;
    map.scrolled(most); // the bar at its end is the end
    expect(map.position).toBe(full - 600);
    const before = map.position;
    map.scrolled(most - 100);
    expect(map.position).toBe(before - 100);
    map.goTo(20_000_000);
    expect(map.position).toBe(20_000_000);
    expect(map.place(20_000_000)).toBeLessThan(map.height);
  });

  it('takes the bar along when it comes to its end before the content does', () => {
    const map = new ScrollMap();
    const full = 40_000_000;
    map.resize(full, 600);
    let top = map.goTo(30_000);
    for (let i = 0; i < 400 && map.position > 0; i += 1) {
      top = Math.max(0, top - 100);
      const set = map.scrolled(top);
      if (set !== undefined) top = set;
    }
    expect(map.position).toBe(0);
    expect(top).toBe(0);
  });

  it('keeps its place when more comes', () => {
    const map = new ScrollMap();
    map.resize(7_000_000, 600);
    map.goTo(6_000_000);
    map.resize(20_000_000, 600);
    expect(map.position).toBe(6_000_000);
  });
});
