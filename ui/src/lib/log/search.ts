// Finding text in a log without holding up the page: a slice of lines at a time, and on with lines that come later.
import { computed, onScopeDispose, ref, watch, type Ref } from 'vue';
import type { LogLines } from './lines';
import { matcher, type LogView } from './view';

const SLICE = 40_000; // lines in one go
const MOST = 1_000_000;

export interface LogSearch {
  count: Ref<number>;
  at: Ref<number>; // the current match, from 1; 0: none yet
  searching: Ref<boolean>;
  step(by: 1 | -1): void; // goes on to the next or previous match, round the ends
}

// Calls `show` with the line (from 1) of a match that becomes the current one. The first is the first after `near()`.
export function useLogSearch(lines: LogLines, view: Ref<LogView>, version: Ref<number>, wanted: Ref<string>, near: () => number, show: (line: number) => void): LogSearch {
  const count = ref(0);
  const at = ref(0);
  const searching = ref(false);
  let rows: number[] = []; // matching lines, from 1
  let seen = 0;
  let round = 0;

  const slice = (mine: number, first: number) => {
    if (mine !== round || !wanted.value) return;
    const matches = matcher(wanted.value);
    const end = Math.min(view.value.length, seen + SLICE);
    for (; seen < end && rows.length < MOST; seen += 1) {
      const line = view.value.lineAt(seen);
      if (matches(lines.texts[line]!)) rows.push(line + 1);
    }
    count.value = rows.length;
    if (!at.value && first >= 0) {
      const index = rows.findIndex((line) => line >= first);
      if (index >= 0) choose(index);
    }
    if (seen < view.value.length && rows.length < MOST) {
      setTimeout(() => slice(mine, first), 0);
      return;
    }
    searching.value = false;
    if (!at.value && rows.length && first >= 0) choose(0);
  };
  const choose = (index: number) => {
    at.value = index + 1;
    show(rows[index]!);
  };
  const start = (first: number) => {
    if (searching.value) return;
    searching.value = true;
    slice(round, first);
  };

  watch([wanted, view], () => {
    round += 1;
    rows = [];
    seen = 0;
    count.value = at.value = 0;
    searching.value = false;
    if (wanted.value) start(near());
  });
  watch(version, () => wanted.value && seen < view.value.length && start(-1));
  onScopeDispose(() => (round += 1));

  return {
    count: computed(() => count.value) as Ref<number>,
    at,
    searching,
    step(by) {
      if (rows.length) choose((at.value - 1 + by + rows.length) % rows.length);
    },
  };
}
