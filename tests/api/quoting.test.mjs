// A value cannot break out of the place where it is put: not in commands, script arguments, scripts or environment.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startServer } from '../support/server.mjs';
import { ended, lines, newJob, newProject, run, script, trial, unique } from '../support/scenario.mjs';

let qd, project;
before(async () => {
  qd = await startServer();
  project = await newProject(qd);
});
after(() => qd?.stop());

const attacks = (mark) => [
  `; touch ${mark}`, `$(touch ${mark})`, `\`touch ${mark}\``, `' ; touch ${mark} ; '`, `" ; touch ${mark} ; "`, `&& touch ${mark}`, `|| touch ${mark}`,
  `| touch ${mark}`, `> ${mark}`, `\n touch ${mark} \n`, `'"; touch ${mark} #`, `\\'; touch ${mark} #`, `a' $(touch ${mark}) 'b`, `\${IFS}$(touch ${mark})`, `-x & touch ${mark} &`,
];

const print = `printf '[%s]' "$@" | od -An -v -tx1 | tr -d ' \\n'; echo`;
const encode = (...values) => Buffer.from(values.map((value) => `[${value}]`).join('')).toString('hex');

// Each place of a value, as a job whose only line of output shows what arrived there.
const PLACES = {
  'a command': { steps: [`printf '[%s]' \${option.v} | od -An -v -tx1 | tr -d ' \\n'; echo`] },
  'the argument of a script': { steps: [script(`#!/bin/sh\n${print}\n`, { args: '${option.v}' })] },
  'one of several arguments': { steps: [script(`#!/bin/sh\nshift\nset -- "$1"\n${print}\n`, { args: 'first ${option.v} last' })] },
  'the argument of a script with an interpreter': { steps: [script(`${print}\n`, { args: '${option.v}', scriptInterpreter: 'sh' })] },
  'the environment of a script': { steps: [script(`#!/bin/sh\nset -- "$RD_OPTION_V"\n${print}\n`)] },
};

for (const [place, fields] of Object.entries(PLACES)) {
  describe(place, () => {
    let id;
    before(async () => {
      id = await newJob(qd, project, { ...fields, multipleExecutions: true, options: [{ name: 'v' }] });
    });
    const mark = join('/tmp', unique('quarterdeck-mark'));
    for (const attack of attacks(mark)) {
      it(`holds ${JSON.stringify(attack.replaceAll(mark, 'MARK'))}`, async () => {
        const started = await run(qd, id, { options: { v: attack } });
        const done = await ended(qd, started.id);
        assert.equal(existsSync(mark), false, 'the value was executed');
        assert.deepEqual([done.status, ...(await lines(qd, started.id))], ['succeeded', encode(attack)]);
      });
    }
  });
}

describe('values that come otherwise', () => {
  const attack = (mark) => `x'; touch ${mark}; echo '`;

  it('by argString', async () => {
    const mark = join('/tmp', unique('quarterdeck-mark'));
    const id = await newJob(qd, project, { ...PLACES['a command'], options: [{ name: 'v' }] });
    const started = await run(qd, id, { argString: `-v "${attack(mark)}"` });
    await ended(qd, started.id);
    assert.equal(existsSync(mark), false);
    assert.deepEqual(await lines(qd, started.id), [encode(attack(mark))]);
  });

  it('through a job reference', async () => {
    const mark = join('/tmp', unique('quarterdeck-mark'));
    const name = unique('inner');
    await newJob(qd, project, { ...PLACES['a command'], name, options: [{ name: 'v' }] });
    const { lines: text } = await trial(qd, project, { options: [{ name: 'outer' }], steps: [{ jobref: { name, group: '', args: '-v ${option.outer}' } }] }, { options: { outer: attack(mark) } });
    assert.equal(existsSync(mark), false);
    assert.deepEqual(text, [encode(attack(mark))]);
  });

  it('as a default', async () => {
    const mark = join('/tmp', unique('quarterdeck-mark'));
    const { lines: text } = await trial(qd, project, { ...PLACES['a command'], options: [{ name: 'v', value: attack(mark) }] });
    assert.equal(existsSync(mark), false);
    assert.deepEqual(text, [encode(attack(mark))]);
  });

  it('as the name of the job', async () => {
    const mark = join('/tmp', unique('quarterdeck-mark')).replaceAll('/', '_');
    const name = `n'; touch ${mark}; echo '`;
    const { lines: text } = await trial(qd, project, { name, steps: ["printf '[%s]' ${job.name} | od -An -v -tx1 | tr -d ' \\n'; echo"] });
    assert.deepEqual(text, [encode(name)]);
  });

  it('unquotedoption is the way to ask for the raw text', async () => {
    const { lines: text } = await trial(qd, project, { options: [{ name: 'v' }], steps: ['echo ${unquotedoption.v}'] }, { options: { v: 'one; echo two' } });
    assert.deepEqual(text, ['one', 'two']);
  });
});
