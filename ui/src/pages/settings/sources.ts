// Sources of nodes as keys of a project's configuration: resources.source.N.type and resources.source.N.config.NAME.
// Source: docs/nodes.md, and the peer's "Resource model sources" in its documentation.
import type { Config } from '@/api/projectConfig';

export interface Source {
  type: string;
  config: Record<string, string>;
}

const KEY = /^resources\.source\.(\d+)\.(type|config\.(.+))$/;
// In the order of their numbers; numbers may have gaps.
export function readSources(config: Config): Source[] {
  const found = new Map<number, Source>();
  for (const [key, value] of Object.entries(config)) {
    const match = KEY.exec(key);
    if (!match) continue;
    const number = Number(match[1]);
    const source = found.get(number) ?? { type: '', config: {} };
    if (match[3] === undefined) source.type = value;
    else source.config[match[3]] = value;
    found.set(number, source);
  }
  return [...found].sort(([a], [b]) => a - b).map(([, source]) => source);
}

// `config` with these sources, numbered from 1; other keys of sources (of plugins that we do not know) stay where they are.
export function writeSources(config: Config, sources: readonly Source[]): Config {
  const after = Object.fromEntries(Object.entries(config).filter(([key]) => !KEY.test(key)));
  sources.forEach(({ type, config: settings }, at) => {
    const start = `resources.source.${at + 1}`;
    after[`${start}.type`] = type;
    for (const [name, value] of Object.entries(settings)) if (value !== '') after[`${start}.config.${name}`] = value;
  });
  return after;
}

export function moved<T>(list: readonly T[], from: number, by: number): T[] {
  const to = from + by;
  const next = [...list];
  if (to < 0 || to >= next.length) return next;
  const [one] = next.splice(from, 1);
  next.splice(to, 0, one!);
  return next;
}
