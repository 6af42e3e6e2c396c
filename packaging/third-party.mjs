// node third-party.mjs UI_FOLDER: the npm packages that the pages are built from, with version, licence and its text, on standard output.
// These are the packages that ui/src imports, and what those need, as they are installed in UI_FOLDER/node_modules.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2];
const modules = join(folder, 'node_modules');
const found = new Map();

function imported() {
  const names = new Set();
  for (const entry of readdirSync(join(folder, 'src'), { recursive: true })) {
    if (!/\.(ts|vue|css)$/.test(entry) || entry.endsWith('.spec.ts')) continue;
    const text = readFileSync(join(folder, 'src', entry), 'utf8');
    for (const [, name] of text.matchAll(/(?:from|import)\s*\(?\s*['"]((?:@[\w.-]+\/)?[\w][\w.-]*)/g)) {
      if (existsSync(join(modules, name, 'package.json'))) names.add(name);
    }
  }
  return names;
}

function take(name) {
  const place = join(modules, name);
  if (found.has(name) || !existsSync(join(place, 'package.json'))) return;
  const about = JSON.parse(readFileSync(join(place, 'package.json'), 'utf8'));
  const text = readdirSync(place).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file)).sort();
  found.set(name, { version: about.version, license: about.license ?? 'see below', text: text.map((file) => readFileSync(join(place, file), 'utf8').trim()).join('\n\n') });
  for (const needed of Object.keys(about.dependencies ?? {})) take(needed);
}

for (const name of imported()) take(name);
if (!found.size) throw new Error(`no packages in ${modules}: build the pages first`);
for (const [name, { version, license, text }] of [...found].sort(([a], [b]) => (a < b ? -1 : 1))) {
  console.log(`${'='.repeat(78)}\n${name} ${version}: ${license}\n\n${text || `(the package names its licence, ${license}, and holds no text of it)`}\n`);
}
