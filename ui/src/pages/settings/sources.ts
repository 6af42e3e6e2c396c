// Sources of nodes as keys of a project's configuration: resources.source.N.type and resources.source.N.config.NAME.
// Source: docs/nodes.md, and the peer's "Resource model sources" in its documentation.
import type { Config } from '@/api/projectConfig';
import texts from '@texts/settings';

export interface Source {
  type: string;
  config: Record<string, string>;
}

export interface SourceField {
  key: string;
  label: string;
  help?: string;
  kind?: 'check' | 'lines' | 'choice';
  standard?: string; // of a check: "true" when it holds unless it is set otherwise
  choices?: Record<string, string>;
}

const KEY = /^resources\.source\.(\d+)\.(type|config\.(.+))$/;
const f = texts.sources.fields;
const format: SourceField = { key: 'format', label: f.format, kind: 'choice', choices: f.formats };
const check = (key: string, label: string, standard = 'false'): SourceField => ({ key, label, kind: 'check', standard });

export const SOURCE_FIELDS: Record<string, SourceField[]> = {
  file: [
    { key: 'file', label: f.file, help: f.fileHelp },
    format,
    check('writeable', f.writeable),
    check('generateFileAutomatically', f.generate),
    check('includeServerNode', f.includeServer),
    check('requireFileExists', f.required),
  ],
  directory: [{ key: 'directory', label: f.directory }],
  url: [{ key: 'url', label: f.url }, { key: 'timeout', label: f.timeout }, check('cache', f.cache, 'true')],
  script: [{ key: 'file', label: f.file }, { key: 'interpreter', label: f.interpreter }, { key: 'args', label: f.args }, format, { key: 'timeout', label: f.timeout }, check('argsQuoted', f.argsQuoted)],
  local: [
    { key: 'description', label: f.description },
    { key: 'hostname', label: f.hostname },
    { key: 'osFamily', label: f.osFamily },
    { key: 'osName', label: f.osName },
    { key: 'osArch', label: f.osArch },
    { key: 'osVersion', label: f.osVersion },
    { key: 'attributes', label: f.attributes, help: f.attributesHelp, kind: 'lines' },
  ],
  stored: [{ key: 'path', label: f.path, help: f.pathHelp }, check('writeable', f.writeable, 'true')],
  stub: [{ key: 'count', label: f.count }, { key: 'prefix', label: f.prefix }, { key: 'suffix', label: f.suffix }, { key: 'tags', label: f.tags }, { key: 'attrs', label: f.attrs }, { key: 'delay', label: f.delay }],
};

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

// What a check shows, and what is stored when it changes: nothing where that is what holds anyway.
export const isChecked = (source: Source, field: SourceField) => (source.config[field.key] ?? field.standard) === 'true';
export const checkValue = (field: SourceField, on: boolean) => (String(on) === field.standard ? '' : String(on));
