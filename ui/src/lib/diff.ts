// What changed between two texts, line by line (Myers' algorithm). Pure.
export interface DiffLine {
  kind: 'same' | 'added' | 'removed';
  text: string;
}

const MOST_EDITS = 4000; // beyond it everything counts as changed, which is true enough

function trace(a: string[], b: string[]): Int32Array[] | undefined {
  const most = Math.min(a.length + b.length, MOST_EDITS);
  const middle = most + 1;
  const reach = new Int32Array(2 * most + 3);
  const steps: Int32Array[] = [];
  for (let edits = 0; edits <= most; edits += 1) {
    steps.push(reach.slice());
    for (let k = -edits; k <= edits; k += 2) {
      const down = k === -edits || (k !== edits && reach[middle + k - 1]! < reach[middle + k + 1]!);
      let x = down ? reach[middle + k + 1]! : reach[middle + k - 1]! + 1;
      let y = x - k;
      while (x < a.length && y < b.length && a[x] === b[y]) {
        x += 1;
        y += 1;
      }
      reach[middle + k] = x;
      if (x >= a.length && y >= b.length) return steps;
    }
  }
  return undefined;
}

export function diffLines(before: string, after: string): DiffLine[] {
  const a = before.split('\n');
  const b = after.split('\n');
  const steps = trace(a, b);
  if (!steps) return [...a.map((text) => ({ kind: 'removed' as const, text })), ...b.map((text) => ({ kind: 'added' as const, text }))];
  const most = Math.min(a.length + b.length, MOST_EDITS);
  const middle = most + 1;
  const lines: DiffLine[] = [];
  let x = a.length;
  let y = b.length;
  for (let edits = steps.length - 1; edits >= 0; edits -= 1) {
    const reach = steps[edits]!;
    const k = x - y;
    const down = k === -edits || (k !== edits && reach[middle + k - 1]! < reach[middle + k + 1]!);
    const fromK = down ? k + 1 : k - 1;
    const fromX = edits === 0 ? 0 : reach[middle + fromK]!;
    const fromY = edits === 0 ? 0 : fromX - fromK;
    while (x > fromX && y > fromY && x > 0 && y > 0) {
      if (edits > 0 && x === (down ? fromX : fromX + 1) && y === (down ? fromY + 1 : fromY)) break;
      x -= 1;
      y -= 1;
      lines.push({ kind: 'same', text: a[x]! });
    }
    if (edits === 0) break;
    if (down) lines.push({ kind: 'added', text: b[fromY]! });
    else lines.push({ kind: 'removed', text: a[fromX]! });
    x = fromX;
    y = fromY;
  }
  return lines.reverse();
}

export const differs = (lines: DiffLine[]) => lines.some((line) => line.kind !== 'same');

// Changes with `around` lines of what is the same; null stands for lines left out.
export function inContext(lines: DiffLine[], around = 3): (DiffLine | null)[] {
  const near = new Uint8Array(lines.length);
  lines.forEach((line, at) => {
    if (line.kind === 'same') return;
    for (let n = Math.max(0, at - around); n <= Math.min(lines.length - 1, at + around); n += 1) near[n] = 1;
  });
  const shown: (DiffLine | null)[] = [];
  lines.forEach((line, at) => {
    if (near[at]) shown.push(line);
    else if (shown.length === 0 || shown.at(-1) !== null) shown.push(null);
  });
  return shown;
}
