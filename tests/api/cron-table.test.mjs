// The golden table of cron expressions is what Quartz itself says; src/model/cron_table_test.cpp compares ours with it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

const golden = (name) => readFileSync(new URL(`../golden/cron/${name}`, import.meta.url), 'utf8');
const program = new URL('../support/quartz/CronTable.java', import.meta.url).pathname;
const rows = (table) => table.split('\n').filter((line) => line && !line.startsWith('#'));

function quartz(input) {
  const run = spawnSync('java', ['-cp', '/usr/share/java/quartz2.jar', program], { input, encoding: 'utf8' });
  assert.equal(run.status, 0, `${run.error ?? ''}${run.stderr}; ./dev setup test installs Java and libquartz2-java`);
  return run.stdout;
}

// It asks no server, so one database is enough.
describe('the golden cron table', { skip: (process.env.QD_TEST_DB ?? 'sqlite') !== 'sqlite' }, () => {
  it('is what Quartz says', () => {
    assert.deepEqual(quartz(golden('expressions.tsv')).split('\n'), golden('quartz.tsv').split('\n'));
  });

  it('lists only real differences', () => {
    const ours = rows(golden('differences.tsv'));
    const theirs = rows(quartz(ours.map((row) => row.split('\t').slice(0, 3).join('\t') + '\n').join('')));
    assert.equal(theirs.length, ours.length);
    ours.forEach((row, i) => assert.notEqual(row, theirs[i]));
  });
});
