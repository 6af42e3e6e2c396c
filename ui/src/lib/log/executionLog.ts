// The log of an execution as it comes: what is there is read in large pages, the rest is followed live.
// A stream that is cut comes back at its offset; nothing is shown twice and nothing is lost.
import { onScopeDispose, ref, type Ref } from 'vue';
import { isAbort, messageOf } from '@/api/client';
import { openEvents, type EventStream, type StreamEvent } from '@/api/events';
import type { StateNews } from '@/api/executionState';
import type { KnownState } from '@/lib/stateNews';
import { outputPage } from '@/api/output';
import { apiPath } from '@/api/client';
import { LogLines, type LogEntry } from './lines';

export type LogPhase = 'loading' | 'live' | 'cut' | 'done';

export interface ExecutionLog {
  id: number | string;
  lines: LogLines;
  version: Ref<number>; // grows whenever lines came
  phase: Ref<LogPhase>;
  percent: Ref<number>; // of what was there, while loading
  bytes: Ref<number>; // of the log, as last heard
  error: Ref<string>;
  end: Ref<string>; // the status with which it ended while one watched
  retry: () => void;
}

const FIRST_PAGE = 1500; // lines: soon on the screen
const PAGE = 25_000;

// `state` is told what the stream says of the state.
export function useExecutionLog(id: number | string, state: KnownState): ExecutionLog {
  const log: ExecutionLog = {
    id,
    lines: new LogLines(),
    version: ref(0),
    phase: ref('loading'),
    percent: ref(0),
    bytes: ref(0),
    error: ref(''),
    end: ref(''),
    retry: () => void load(),
  };
  const life = new AbortController();
  let stream: EventStream | undefined;
  let offset = '0';
  let loading = false;

  // Entries of a burst are shown together.
  let pending = false;
  const shown = () => {
    if (pending) return;
    pending = true;
    setTimeout(() => {
      pending = false;
      log.version.value += 1;
    }, 30);
  };

  const finish = () => {
    log.phase.value = 'done';
    stream?.close();
  };

  const heard = ({ event, data, id: position }: StreamEvent) => {
    if (event === 'output') {
      for (const entry of JSON.parse(data) as LogEntry[]) log.lines.append(entry);
      if (position) offset = position;
      log.bytes.value = Math.max(log.bytes.value, Number(offset) || 0);
      shown();
      if (log.lines.full) finish();
    } else if (event === 'state') {
      state.tell(JSON.parse(data) as StateNews);
    } else if (event === 'end') {
      log.end.value = (JSON.parse(data) as { status: string }).status;
      finish();
    }
  };

  const follow = () => {
    log.phase.value = 'live';
    stream = openEvents(apiPath`/execution/${id}/events`, () => ({ offset, stateSince: state.since() }), {
      event: heard,
      state: (phase, error) => {
        if (log.phase.value === 'done') return;
        if (phase === 'open') log.phase.value = 'live';
        if (phase === 'waiting') log.phase.value = 'cut';
        if (phase === 'closed' && error) {
          log.error.value = error;
          log.phase.value = 'cut';
        }
      },
    });
  };

  const load = async () => {
    if (loading || life.signal.aborted) return;
    loading = true;
    log.error.value = '';
    log.phase.value = 'loading';
    try {
      for (let size = FIRST_PAGE; ; size = PAGE) {
        const page = await outputPage(id, offset, size, life.signal);
        log.lines.appendCompacted(page.entries);
        const moved = page.offset !== offset;
        offset = page.offset;
        log.bytes.value = page.totalSize ?? 0;
        log.percent.value = page.percentLoaded ?? 0;
        if (page.entries.length) shown();
        if (page.completed || (page.execCompleted && !moved) || log.lines.full) return finish();
        if (!moved || Number(offset) >= (page.totalSize ?? 0)) return follow();
      }
    } catch (thrown) {
      if (life.signal.aborted || isAbort(thrown)) return;
      log.error.value = messageOf(thrown);
      log.phase.value = 'cut';
    } finally {
      loading = false;
    }
  };

  onScopeDispose(() => {
    life.abort();
    stream?.close();
  });
  void load();
  return log;
}
