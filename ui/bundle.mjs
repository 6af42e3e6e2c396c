// node bundle.mjs DIST OUT: packs what vite built into one file that the server embeds.
//
// The first line is JSON: {"files": [{path, type, tag, immutable, plain: [offset, size], gzip: [..], br: [..]}]}. Offsets
// count from the byte after that line. Compressed forms are there when they are worth it.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const TYPES = {
  '.html': 'text/html;charset=utf-8',
  '.js': 'text/javascript;charset=utf-8',
  '.css': 'text/css;charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
  '.png': 'image/png',
  '.txt': 'text/plain;charset=utf-8',
};

const [dist, out] = process.argv.slice(2);
const walk = (folder) => readdirSync(folder).sort().flatMap((name) => {
  const path = join(folder, name);
  return statSync(path).isDirectory() ? walk(path) : [path];
});

const pieces = [];
let size = 0;
function add(bytes) {
  pieces.push(bytes);
  size += bytes.length;
  return [size - bytes.length, bytes.length];
}

const files = walk(dist).map((path) => {
  const bytes = readFileSync(path);
  const type = TYPES[extname(path)];
  if (!type) throw new Error(`bundle: no media type for ${path}; add it to ui/bundle.mjs`);
  const name = relative(dist, path).split('\\').join('/');
  const entry = { path: name, type, tag: createHash('sha256').update(bytes).digest('hex').slice(0, 16), immutable: name.startsWith('assets/'), plain: add(bytes) };
  const gzip = gzipSync(bytes, { level: 9 });
  if (gzip.length < bytes.length * 0.95) {
    entry.gzip = add(gzip);
    entry.br = add(brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }));
  }
  return entry;
});

writeFileSync(out, Buffer.concat([Buffer.from(`${JSON.stringify({ files })}\n`), ...pieces]));
