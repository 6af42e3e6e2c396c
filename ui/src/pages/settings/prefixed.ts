// The part of a configuration whose keys have a common start, without it.
import type { Config } from '@/api/projectConfig';

export function readPrefixed(config: Config, start: string): Config {
  return Object.fromEntries(Object.entries(config).filter(([key]) => key.startsWith(start) && key.length > start.length).map(([key, value]) => [key.slice(start.length), value]));
}

export function writePrefixed(config: Config, start: string, part: Config): Config {
  const others = Object.entries(config).filter(([key]) => !key.startsWith(start));
  return Object.fromEntries([...others, ...Object.entries(part).map(([key, value]) => [start + key, value] as const)]);
}
