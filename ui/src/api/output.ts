// The output of executions.
import type { LogEntry } from '@/lib/log/lines';
import { api, apiPath, apiUrl, request, type Query } from './client';

export interface OutputPage {
  offset: string;
  completed: boolean; // nothing will follow
  execCompleted: boolean;
  execState: string;
  totalSize?: number;
  percentLoaded?: number;
  empty?: boolean;
  error?: string;
  entries: (Partial<LogEntry> | string)[];
}

// From `offset` on, in the compacted form of LogLines.appendCompacted().
export const outputPage = (id: number | string, offset: string, maxlines: number, signal?: AbortSignal) =>
  api.get<OutputPage>(apiPath`/execution/${id}/output`, { offset, maxlines, compacted: true }, { signal, timeout: 120_000 });

const place = (id: number | string, node: string, step: string) => {
  const at = apiPath`/execution/${id}/output`;
  const part = step && `/step/${step.split('/').map(encodeURIComponent).join('/')}`;
  return node ? `${at}${apiPath`/node/${node}`}${part}` : `${at}${part}`;
};

// The last lines of all output, of a node, of a step, or of a step on a node.
export const lastLines = async (id: number | string, node: string, step: string, count: number, signal?: AbortSignal) =>
  (await api.get<OutputPage>(place(id, node, step), { lastlines: count }, { signal })).entries as LogEntry[];

// Plain text, for a browser window. The server sends at most LARGEST_RAW bytes of a log in one answer.
export const LARGEST_RAW = 16 << 20;
export const rawUrl = (id: number | string, node = '', step = '', query: Query = {}) => apiUrl(place(id, node, step), { format: 'text', ...query });

// The whole output as text, however long; `progress` gets a share of 0 to 1.
export async function wholeText(id: number | string, node: string, step: string, signal: AbortSignal, progress: (share: number) => void): Promise<Blob> {
  const parts: string[] = [];
  let offset = '0';
  for (;;) {
    const response = await request('GET', place(id, node, step), { query: { format: 'text', offset }, accept: 'text/plain', signal, timeout: 120_000 });
    parts.push(await response.text());
    const header = (name: string) => response.headers.get(`X-Rundeck-${name}`) ?? '';
    const next = header('ExecOutput-Offset') || offset;
    progress(Number(next) / Math.max(1, Number(header('ExecOutput-TotalSize'))));
    if (header('ExecOutput-Completed') === 'true' || next === offset) return new Blob(parts, { type: 'text/plain' });
    offset = next;
  }
}
