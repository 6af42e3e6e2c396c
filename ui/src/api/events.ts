// A server-sent event stream that outlives cut connections and lost sessions: it comes back by itself at the id of the
// last event it saw. Fetch instead of EventSource, because only fetch tells a 403 from a cut wire.
import { askForLogin } from '@/lib/session';
import { apiUrl, type Query } from './client';

export interface StreamEvent {
  id: string;
  event: string; // "message" when the server names none
  data: string;
}

export type StreamState = 'connecting' | 'open' | 'waiting' | 'closed';

export interface StreamHandlers {
  event(event: StreamEvent): void;
  state?(state: StreamState, error?: string): void;
}

export interface EventStream {
  close(): void;
}

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 10_000;
const SILENCE = 45_000; // the server sends a heartbeat every 15 seconds

// Splits the text of a stream into events; feed it pieces as they come.
export class EventParser {
  private rest = '';
  private current: StreamEvent = { id: '', event: '', data: '' };
  private hasData = false;
  retry: number | undefined;
  lastId = '';

  constructor(private readonly emit: (event: StreamEvent) => void) {}

  feed(text: string) {
    const lines = (this.rest + text).split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.line(line);
  }

  private line(line: string) {
    if (line === '') return this.dispatch();
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'id') this.lastId = value;
    else if (name === 'event') this.current.event = value;
    else if (name === 'retry') this.retry = Number(value) || undefined;
    else if (name === 'data') {
      this.current.data += this.hasData ? `\n${value}` : value;
      this.hasData = true;
    }
  }

  private dispatch() {
    const done = this.current;
    const wanted = this.hasData || done.event !== '';
    this.current = { id: '', event: '', data: '' };
    this.hasData = false;
    if (wanted) this.emit({ ...done, id: this.lastId, event: done.event || 'message' });
  }
}

// Opens the stream at `path` (below /api/59). Close it when an event says that all is said, and when the page goes.
// `query` is asked for with every connection; after the first one Last-Event-ID says where to go on.
export function openEvents(path: string, query: () => Query, handlers: StreamHandlers): EventStream {
  const life = new AbortController();
  let lastId = '';
  let pause = FIRST_PAUSE;

  const once = async () => {
    handlers.state?.('connecting');
    const attempt = new AbortController();
    const give_up = () => attempt.abort();
    life.signal.addEventListener('abort', give_up);
    let watchdog = setTimeout(give_up, SILENCE);
    try {
      const headers: Record<string, string> = { Accept: 'text/event-stream' };
      if (lastId) headers['Last-Event-ID'] = lastId;
      const response = await fetch(apiUrl(path, query()), { headers, signal: attempt.signal, cache: 'no-store' });
      if (!response.ok || !response.body) return await refused(response);
      handlers.state?.('open');
      pause = FIRST_PAUSE;
      const parser = new EventParser((event) => {
        lastId = event.id || lastId;
        if (!life.signal.aborted) handlers.event(event);
      });
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return undefined;
        clearTimeout(watchdog);
        watchdog = setTimeout(give_up, SILENCE);
        parser.feed(value);
        if (parser.retry) pause = parser.retry;
      }
    } finally {
      clearTimeout(watchdog);
      life.signal.removeEventListener('abort', give_up);
    }
  };

  // What the server says instead of a stream: a reason to log in, to wait, or to give up for good (the text).
  const refused = async (response: Response): Promise<string | undefined> => {
    const text = await response.text();
    if (response.status >= 500 || response.status === 429) return undefined;
    if (response.status === 401 || (response.status === 403 && text.includes('(unauthenticated)'))) {
      await askForLogin();
      return undefined;
    }
    try {
      return (JSON.parse(text) as { message?: string }).message ?? text;
    } catch {
      return text || String(response.status);
    }
  };

  const run = async () => {
    while (!life.signal.aborted) {
      let fatal: string | undefined;
      try {
        fatal = await once();
      } catch {
        /* cut: come back below */
      }
      if (life.signal.aborted) break;
      if (fatal !== undefined) {
        handlers.state?.('closed', fatal);
        return;
      }
      handlers.state?.('waiting');
      await new Promise((resolve) => setTimeout(resolve, pause));
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    }
    handlers.state?.('closed');
  };
  void run();
  return { close: () => life.abort() };
}
