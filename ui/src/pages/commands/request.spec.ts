import { describe, expect, it } from 'vitest';
import { NO_COMMAND, contentOf, formOf, requestOf } from './request';

describe('an ad-hoc run', () => {
  it('sends what its kind needs', () => {
    expect(requestOf({ ...NO_COMMAND, command: 'uptime' })).toEqual({ exec: 'uptime' });
    expect(requestOf({ ...NO_COMMAND, command: 'uptime', filter: ' tags: web ', threads: 4, keepgoing: false })).toEqual({ exec: 'uptime', filter: 'tags: web', nodeThreadcount: '4', nodeKeepgoing: false });
    expect(requestOf({ ...NO_COMMAND, kind: 'script', script: 'echo', args: '-x', interpreter: ' ' })).toEqual({ script: 'echo', argString: '-x', scriptInterpreter: undefined, fileExtension: undefined });
    expect(requestOf({ ...NO_COMMAND, kind: 'url', url: ' http://x/ ', filter: 'a', threads: NaN })).toMatchObject({ scriptURL: 'http://x/', nodeThreadcount: '1' });
    expect(contentOf({ ...NO_COMMAND, kind: 'url', url: 'u' })).toBe('u');
  });

  it('can be filled in again', () => {
    for (const form of [
      { ...NO_COMMAND, command: 'ls', filter: 'name: a', threads: 3, keepgoing: false },
      { ...NO_COMMAND, kind: 'script' as const, script: 'echo 1\n', args: 'a', interpreter: 'bash', filter: '.*' },
      { ...NO_COMMAND, kind: 'url' as const, url: 'http://x/' },
    ]) {
      const { filter, nodeThreadcount, nodeKeepgoing, ...adHoc } = requestOf(form);
      const ran = { loglevel: 'INFO', steps: [], adHoc: JSON.parse(JSON.stringify(adHoc)) as Record<string, string>, ...(filter ? { nodes: { filter, threadcount: nodeThreadcount, keepgoing: nodeKeepgoing } } : {}) };
      expect(formOf(ran)).toEqual(form);
    }
  });
});
