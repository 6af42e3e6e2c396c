// What docs/ says of messages, commands and configuration files, against the code and the files themselves.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import { CLI } from '../support/server.mjs';

const ROOT = new URL('../../', import.meta.url);
const read = (path) => readFileSync(new URL(path, ROOT), 'utf8');

// Texts that people may read, of at least three words. Neighbouring literals are one text, as the compiler joins them.
function messagesOf(file) {
  const source = read(file).replace(/^\s*\/\/.*$/gm, '').replace(/^#include.*$/gm, '').replace(/"\s*"/g, '').replace(/const base::(Counter|Histogram)Family[^;]*;/g, '');
  const texts = [...source.matchAll(/"((?:[^"\\\n]|\\.)*)"/g)].map(([, text]) => text.trim());
  return texts.filter((text) => text.length >= 14 && text.split(' ').length > 2);
}

describe('docs/operations.md', () => {
  const document = read('docs/operations.md').replace(/\s+/g, ' ');

  // Parts of sentences that say nothing alone.
  const PARTS = new Set(['close the executions', 'take over the schedules', 'member that is alive']);
  const files = ['src/cluster', 'src/schedule'].flatMap((folder) => readdirSync(new URL(folder, ROOT)).filter((name) => name.endsWith('.cpp') && !name.endsWith('_test.cpp') && !name.includes('config')).map((name) => `${folder}/${name}`));

  it('explains every message of the cluster', () => {
    const missing = [];
    let seen = 0;
    for (const file of [...files, 'src/service/remote_execution.cpp']) {
      for (const text of messagesOf(file)) {
        seen += 1;
        const told = text.replace(/^[.;,:] /, '').replace(/[:.]$/, '').trim();
        if (!PARTS.has(text) && !document.includes(told)) missing.push(`${file}: ${text}`);
      }
    }
    assert.ok(seen > 100, `only ${seen} messages were found in the code`);
    assert.deepEqual(missing, []);
  });

  it('names commands that there are', () => {
    const commands = new Set([...document.matchAll(/`qd ((?:[a-z]+ ?)+)/g)].map(([, words]) => words.trim()));
    assert.ok(commands.size >= 4);
    for (const words of commands) execFileSync(CLI, [...words.split(' '), '--help'], { stdio: 'pipe' });
  });

  it('points at files that there are', () => {
    for (const name of ['docs/operations.md', 'docs/cluster.md']) {
      for (const [, target] of read(name).matchAll(/\]\(([^)#]+)\)/g)) {
        if (/^https?:/.test(target)) continue;
        assert.doesNotThrow(() => readdirOrFile(new URL(target, new URL(name, ROOT))), `${name} points at ${target}`);
      }
    }
  });
});

function readdirOrFile(url) {
  try {
    return readFileSync(url);
  } catch (error) {
    if (error.code !== 'EISDIR') throw error;
    return readdirSync(url);
  }
}

describe('docs/cluster.md', () => {
  const FOLDER = 'examples/cluster/member';
  const plain = (text) => text.split('\n').map((line) => line.trimEnd()).filter((line) => line.trim() && !line.trim().startsWith('#')).join('\n');
  const files = readdirSync(new URL(FOLDER, ROOT)).map((name) => plain(read(`${FOLDER}/${name}`)));
  const section = read('docs/cluster.md').split('## The six parts\n')[1].split('\n## ')[0];

  it('shows of each of the six parts what the files of the test hold', () => {
    const parts = section.split('\n### ').slice(1);
    assert.deepEqual(parts.map((part) => part.split('\n')[0]), ['1. Database', '2. Load balancer', '3. Log storage', '4. Authentication', '5. Resource model', '6. Takeover']);
    for (const part of parts) {
      const blocks = [...part.matchAll(/(?:^ {4}.*\n?)+/gm)].map(([text]) => plain(text.replace(/^ {4}/gm, '')));
      assert.ok(blocks.length > 0, part.slice(0, 60));
      for (const block of blocks) assert.ok(files.some((file) => file.includes(block)), `no file in ${FOLDER} holds\n${block}`);
    }
  });
});
