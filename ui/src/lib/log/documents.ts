// Documents in a log as rows of a table.
const MOST_ROWS = 5000;

// RFC 4180, with either kind of line end.
export function csvRows(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < text.length && rows.length < MOST_ROWS; at += 1) {
    const letter = text[at]!;
    if (quoted) {
      if (letter !== '"') cell += letter;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (letter === '"') quoted = true;
    else if (letter === ',') {
      row.push(cell);
      cell = '';
    } else if (letter === '\n') {
      rows.push([...row, cell]);
      row = [];
      cell = '';
    } else if (letter !== '\r') cell += letter;
  }
  if (cell || row.length) rows.push([...row, cell]);
  return rows;
}

export function propertyRows(text: string): string[][] {
  const rows: string[][] = [];
  for (const line of text.replace(/\\\r?\n\s*/g, '').split('\n').slice(0, MOST_ROWS)) {
    const found = /^\s*([^#!\s=:][^=:\s]*)\s*[=:\s]\s*(.*)$/.exec(line);
    if (found) rows.push([found[1]!, found[2]!.trim()]);
  }
  return rows;
}

export function prettyJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
