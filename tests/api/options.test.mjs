// Job options: every kind, and what is refused.
import { createHash } from 'node:crypto';
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startServer } from '../support/server.mjs';
import { ended, execution, lines, newJob, newProject, run, trial } from '../support/scenario.mjs';

let qd, project;
before(async () => {
  qd = await startServer();
  project = await newProject(qd);
});
after(() => qd?.stop());

const show = ['echo "<${option.opt}>"'];
const withOption = (option, steps = show) => newJob(qd, project, { multipleExecutions: true, options: [{ name: 'opt', ...option }], steps });

async function shown(id, options) {
  const started = await run(qd, id, { options });
  await ended(qd, started.id);
  return (await lines(qd, started.id))[0];
}

async function refused(id, options, pattern) {
  const envelope = await qd.fails(400, 'api.error.job.options-invalid', 'POST', `/job/${id}/run`, { json: { options } });
  assert.ok(envelope.message.startsWith('Job options were not valid: '), envelope.message);
  assert.match(envelope.message, pattern);
}

describe('required', () => {
  it('and missing or empty is refused', async () => {
    const id = await withOption({ required: true });
    const envelope = await qd.fails(400, 'api.error.job.options-invalid', 'POST', `/job/${id}/run`, { json: {} });
    assert.equal(envelope.message, "Job options were not valid: Option 'opt' is required.");
    await refused(id, { opt: '' }, /'opt' is required/);
    assert.equal(await shown(id, { opt: 'x' }), '<x>');
  });
  it('with a default is satisfied', async () => {
    assert.equal(await shown(await withOption({ required: true, value: 'd' })), '<d>');
  });
  it('names every option that is missing', async () => {
    const id = await newJob(qd, project, { options: [{ name: 'a', required: true }, { name: 'b', required: true }] });
    await refused(id, {}, /'a' is required.*'b' is required/s);
  });
});

describe('allowed values', () => {
  it('that are enforced', async () => {
    const id = await withOption({ enforced: true, values: ['red', 'light blue'] });
    assert.equal(await shown(id, { opt: 'light blue' }), '<light blue>');
    await refused(id, { opt: 'green' }, /opt.*green.*allowed values/);
    await refused(id, { opt: 'light' }, /allowed values/);
    await refused(id, { opt: 'RED' }, /allowed values/);
  });
  it('that are only suggested', async () => {
    assert.equal(await shown(await withOption({ values: ['red'] }), { opt: 'green' }), '<green>');
  });
});

describe('a regular expression', () => {
  it('must match the whole value', async () => {
    const id = await withOption({ regex: '[a-c]+\\d' });
    assert.equal(await shown(id, { opt: 'abc7' }), '<abc7>');
    for (const opt of ['abc', 'xabc7', 'abc77', 'abc7\nrm']) await refused(id, { opt }, /opt/);
  });
  it('does not apply to an empty value that is not required', async () => {
    assert.equal(await shown(await withOption({ regex: '\\d+' })), '<>');
  });
  it('that would run for ever is stopped', async () => {
    const id = await withOption({ regex: '(a+)+$' });
    const answer = await qd.api('POST', `/job/${id}/run`, { json: { options: { opt: `${'a'.repeat(40)}!` } } });
    assert.equal(answer.status, 400, answer.text);
  });
});

describe('several values', () => {
  const several = { multivalued: true, delimiter: ',', values: ['a', 'b', 'c'], enforced: true };
  it('are given as text or list', async () => {
    const id = await withOption(several);
    assert.equal(await shown(id, { opt: 'a,c' }), '<a,c>');
    assert.equal(await shown(id, { opt: ['a', 'b'] }), '<a,b>');
  });
  it('are checked one by one', async () => {
    await refused(await withOption(several), { opt: 'a,x' }, /opt.*allowed values/);
    await refused(await withOption({ multivalued: true, delimiter: '+', regex: '\\d' }), { opt: '1+x' }, /opt/);
  });
  it('take the delimiter of the option', async () => {
    assert.equal(await shown(await withOption({ ...several, delimiter: ' and ' }), { opt: 'a and b' }), '<a and b>');
  });
  it('are refused for a plain option', async () => {
    await refused(await withOption({}), { opt: ['a', 'b'] }, /opt/);
  });
});

describe('secure options', () => {
  const secret = 's3cr3t-"value"';
  const digest = createHash('sha256').update(secret).digest('hex');
  it('that are exposed reach the step, and nothing that is kept', async () => {
    const { execution: done, job } = await trial(
      qd, project,
      { options: [{ name: 'opt', secure: true, valueExposed: true }, { name: 'open' }], steps: [`test "$(printf %s "$RD_OPTION_OPT" | sha256sum | cut -d" " -f1)" = ${digest} && echo "length \${option.opt}" | wc -c`] },
      { options: { opt: secret, open: 'plain' } },
    );
    assert.equal(done.status, 'succeeded');
    assert.equal(done.argstring, '-open plain');
    assert.deepEqual(done.job.options, { open: 'plain' });
    for (const path of [`/execution/${done.id}`, `/execution/${done.id}/output`, `/execution/${done.id}/state`, `/job/${job}/executions`, `/project/${project}/executions`]) {
      assert.ok(!JSON.stringify(await qd.ok('GET', path)).includes('s3cr3t'), path);
    }
    assert.ok(!qd.log().includes('s3cr3t'), 'the server log');
  });

  it('that are not exposed stay unseen by the step', async () => {
    const { execution: done, lines: text } = await trial(
      qd, project, { options: [{ name: 'opt', secure: true }], steps: ['echo "[$RD_OPTION_OPT] end"'] }, { options: { opt: secret } },
    );
    assert.equal(done.status, 'succeeded');
    assert.deepEqual(text, ['[] end']);
  });

  it('are masked in the output', async () => {
    const { lines: text } = await trial(
      qd, project, { options: [{ name: 'opt', secure: true, valueExposed: true }], steps: ['echo before ${option.opt} after'] }, { options: { opt: 'hunter2hunter2' } },
    );
    assert.ok(!text.join('\n').includes('hunter2hunter2'), text.join('\n'));
    assert.match(text[0], /^before .*after$/);
  });

  it('are checked without being told', async () => {
    const id = await withOption({ secure: true, valueExposed: true, regex: '\\d+' });
    const envelope = await qd.fails(400, 'api.error.job.options-invalid', 'POST', `/job/${id}/run`, { json: { options: { opt: 'topsecret' } } });
    assert.ok(!envelope.message.includes('topsecret'), envelope.message);
  });
});

describe('dates', () => {
  it('take the format of the option', async () => {
    const id = await withOption({ isDate: true, dateFormat: 'MM/DD/YYYY hh:mm a' });
    assert.equal(await shown(id, { opt: '12/31/2030 11:59 pm' }), '<12/31/2030 11:59 pm>');
    await refused(id, { opt: '2030-12-31' }, /opt/);
    await refused(id, { opt: '13/45/2030 11:59 pm' }, /opt/);
  });
});

describe('defaults', () => {
  it('may hold a date', async () => {
    const value = await shown(await withOption({ value: '${DATE:yyyy-MM-dd}' }));
    const dates = [-1, 0, 1].map((days) => `<${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)}>`);  // in any time zone
    assert.ok(dates.includes(value), value);
  });
  it('hidden options have theirs', async () => {
    assert.equal(await shown(await withOption({ value: 'h', hidden: true })), '<h>');
  });
});

describe('odd values', () => {
  for (const value of ['', ' ', '-x', '--', '"', "'", '\\', '$', 'a\tb', 'ünïcödé ☃ 𝄞', '%s%n', '${option.opt}', '@option.opt@', 'a'.repeat(20_000)]) {
    it(`${JSON.stringify(value.slice(0, 30))} arrives unchanged`, async () => {
      const id = await newJob(qd, project, { options: [{ name: 'opt' }], steps: ['printf %s "$RD_OPTION_OPT" | od -An -v -tx1 | tr -d " \\n"; echo'] });
      const started = await run(qd, id, { options: { opt: value } });
      await ended(qd, started.id);
      assert.equal((await lines(qd, started.id)).join(''), Buffer.from(value).toString('hex'));
      const kept = (await execution(qd, started.id)).job.options?.opt ?? '';
      if (value.trim()) assert.equal(kept, value);
    });
  }
});
