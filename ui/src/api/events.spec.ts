import { afterEach, describe, expect, it, vi } from 'vitest';
import { EventParser, openEvents, type StreamEvent } from './events';

function parse(...pieces: string[]) {
  const events: StreamEvent[] = [];
  const parser = new EventParser((event) => events.push(event));
  pieces.forEach((piece) => parser.feed(piece));
  return { events, parser };
}

describe('EventParser', () => {
  it('reads fields, several data lines, comments and the default name', () => {
    const { events } = parse(': hello\n\nid: 7\nevent: output\ndata: a\ndata: b\n\ndata:x\n\n');
    expect(events).toEqual([
      { id: '7', event: 'output', data: 'a\nb' },
      { id: '7', event: 'message', data: 'x' },
    ]);
  });

  it('does not care where the pieces are cut', () => {
    const text = 'retry: 250\r\nid: 12\r\nevent: state\r\ndata: {"a":1}\r\n\r\nevent: end\r\ndata: succeeded\r\n\r\n';
    for (let size = 1; size < 9; size += 1) {
      const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'g'))!;
      const { events, parser } = parse(...pieces);
      expect(events.map((one) => `${one.event}=${one.data}`)).toEqual(['state={"a":1}', 'end=succeeded']);
      expect(parser.retry).toBe(250);
      expect(parser.lastId).toBe('12');
    }
  });
});

describe('openEvents', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  const stream = (text: string) => new Response(new Blob([text]).stream(), { status: 200 });

  it('comes back at the id of the last event after a cut', async () => {
    const asked: (string | null)[] = [];
    const answers = [stream('id: 5\ndata: one\n\nid: 9\ndata: two\n\n'), stream('id: 12\ndata: three\n\n')];
    vi.stubGlobal('fetch', (_url: string, init: RequestInit) => {
      asked.push(new Headers(init.headers).get('Last-Event-ID'));
      return Promise.resolve(answers.shift()!);
    });
    const seen: string[] = [];
    await new Promise<void>((resolve) => {
      const events = openEvents('/execution/1/events', () => ({}), {
        event: (event) => {
          seen.push(event.data);
          if (event.data !== 'three') return;
          events.close();
          resolve();
        },
      });
    });
    expect(seen).toEqual(['one', 'two', 'three']);
    expect(asked).toEqual([null, '9']);
  });

  it('gives up with the reason when the server refuses', async () => {
    vi.stubGlobal('fetch', () => Promise.resolve(new Response('{"error":true,"message":"Execution ID does not exist: 4"}', { status: 404 })));
    const states: unknown[] = [];
    await new Promise<void>((resolve) =>
      openEvents('/execution/4/events', () => ({}), {
        event: () => {},
        state: (state, error) => {
          states.push([state, error]);
          if (state === 'closed') resolve();
        },
      }),
    );
    expect(states).toEqual([['connecting', undefined], ['closed', 'Execution ID does not exist: 4']]);
  });
});
