// Projects, their configuration, readme and motd.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startServer } from '../support/server.mjs';
import { adhoc, ended, newJob, newProject, run, unique } from '../support/scenario.mjs';

let qd;
before(async () => {
  qd = await startServer();
});
after(() => qd?.stop());

describe('projects', () => {
  it('are created with a configuration, and got', async () => {
    const name = unique();
    const made = await qd.ok('POST', '/projects', { json: { name, description: 'A test', config: { 'a.key': 'a value' } }, status: 201 });
    assert.equal(made.name, name);
    assert.equal(made.url, `${qd.url}/api/59/project/${name}`);
    const got = await qd.ok('GET', `/project/${name}`);
    assert.equal(got.name, name);
    assert.equal(got.description, 'A test');
    assert.equal(got.config['a.key'], 'a value');
    assert.equal(got.config['project.name'], name);
    assert.equal(got.config['project.description'], 'A test');
  });

  it('are listed with label and date of creation', async () => {
    const name = await newProject(qd, { 'project.label': 'A label', 'project.description': 'd' });
    const listed = (await qd.ok('GET', '/projects')).find((project) => project.name === name);
    assert.equal(listed.label, 'A label');
    assert.equal(listed.description, 'd');
    assert.ok(Math.abs(Date.parse(listed.created) - Date.now()) < 120_000, listed.created);
    assert.ok(listed.url.endsWith(`/project/${name}`));
  });

  it('are listed by name', async () => {
    for (let i = 0; i < 3; i += 1) await newProject(qd);
    const names = (await qd.ok('GET', '/projects')).map((project) => project.name);
    assert.deepEqual(names, [...names].sort());
  });

  it('may be called what the peer allows', async () => {
    for (const name of [unique('a.b'), unique('_x'), unique('a-B'), unique('a+b'), unique('7')]) {
      await qd.ok('POST', '/projects', { json: { name }, status: 201 });
      assert.equal((await qd.ok('GET', `/project/${encodeURIComponent(name)}`)).name, name);
    }
  });

  for (const name of ['has space', '.hidden', 'a/b', 'a$b', '<b>', "a'b", 'ü', '../x', '', 'a:b']) {
    it(`may not be called ${JSON.stringify(name)}`, async () => {
      await qd.fails(400, null, 'POST', '/projects', { json: { name } });
    });
  }

  it('need a name', async () => {
    await qd.fails(400, 'api.error.invalid.request', 'POST', '/projects', { json: { config: {} } });
    await qd.fails(400, 'api.error.invalid.request', 'POST', '/projects', { json: { name: ['x'] } });
  });

  it('exist once', async () => {
    const name = await newProject(qd);
    const envelope = await qd.fails(409, 'api.error.item.alreadyexists', 'POST', '/projects', { json: { name } });
    assert.equal(envelope.message, `project already exists: ${name}`);
  });

  it('created by many at once exist once', async () => {
    const name = unique();
    const answers = await Promise.all(Array.from({ length: 10 }, () => qd.api('POST', '/projects', { json: { name } })));
    assert.deepEqual(answers.map((answer) => answer.status).sort(), [201, ...Array(9).fill(409)]);
  });

  it('are deleted with their jobs and executions', async () => {
    const name = await newProject(qd);
    const job = await newJob(qd, name, {});
    const execution = await run(qd, job);
    await ended(qd, execution.id);
    await qd.ok('DELETE', `/project/${name}`, { query: { deferred: 'false' }, status: 204 });
    await qd.fails(404, 'api.error.project.missing', 'GET', `/project/${name}`);
    await qd.fails(404, 'api.error.item.doesnotexist', 'GET', `/job/${job}`);
    await qd.fails(404, 'api.error.item.doesnotexist', 'GET', `/execution/${execution.id}`);
    await qd.ok('POST', '/projects', { json: { name }, status: 201 });
    assert.deepEqual(await qd.ok('GET', `/project/${name}/jobs`), []);
    assert.equal((await qd.ok('GET', `/project/${name}/executions`)).paging.total, 0);
  });

  it('keep to themselves', async () => {
    const [one, two] = [await newProject(qd), await newProject(qd)];
    const job = await newJob(qd, one, { name: 'mine' });
    await ended(qd, await adhoc(qd, one, 'true'));
    assert.deepEqual(await qd.ok('GET', `/project/${two}/jobs`), []);
    assert.equal((await qd.ok('GET', `/project/${two}/executions`)).paging.total, 0);
    assert.equal((await qd.ok('GET', `/project/${one}/jobs`))[0].id, job);
  });
});

describe('the configuration', () => {
  it('is replaced as a whole, and answered', async () => {
    const name = await newProject(qd, { old: '1' });
    const put = await qd.ok('PUT', `/project/${name}/config`, { json: { new: '2', 'x.y': 'ü\n=' } });
    assert.equal(put.new, '2');
    const got = await qd.ok('GET', `/project/${name}/config`);
    assert.equal('old' in got, false);
    assert.equal(got['x.y'], 'ü\n=');
    assert.equal(got['project.name'], name);
  });

  it('is read and written as properties too', async () => {
    const name = await newProject(qd);
    const text = '# a comment\nplain=value\nspaced : a b\ncont=one \\\n   two\nuni=\\u00e4\nback=c\\:\\\\dir\n';
    const put = await qd.api('PUT', `/project/${name}/config`, { body: text, type: 'text/plain', accept: 'text/plain' });
    assert.equal(put.status, 200, put.text);
    const got = await qd.ok('GET', `/project/${name}/config`);
    assert.deepEqual(
      { plain: got.plain, spaced: got.spaced, cont: got.cont, uni: got.uni, back: got.back },
      { plain: 'value', spaced: 'a b', cont: 'one two', uni: 'ä', back: 'c:\\dir' },
    );
    const page = await qd.api('GET', `/project/${name}/config`, { accept: 'text/plain' });
    assert.equal(page.type, 'text/plain');
    const again = await qd.api('PUT', `/project/${name}/config`, { body: page.text, type: 'text/plain' });
    assert.equal(again.status, 200);
    assert.deepEqual(await qd.ok('GET', `/project/${name}/config`), got);
  });

  it('has keys that are got, set and deleted one by one', async () => {
    const name = await newProject(qd);
    const path = `/project/${name}/config/some.deep.key`;
    await qd.fails(404, 'api.error.item.doesnotexist', 'GET', path);
    await qd.ok('PUT', path, { json: { value: 'one' }, status: 200 });
    assert.deepEqual(await qd.ok('GET', path), { key: 'some.deep.key', value: 'one' });
    const text = await qd.api('PUT', path, { body: 'two', type: 'text/plain', accept: 'text/plain' });
    assert.equal(text.status, 200, text.text);
    const got = await qd.api('GET', path, { accept: 'text/plain' });
    assert.equal(got.text, 'two');
    assert.equal(got.type, 'text/plain');
    await qd.fails(400, 'api.error.invalid.request', 'PUT', path, { json: { other: 'x' } });
    await qd.ok('DELETE', path, { status: 204 });
    await qd.fails(404, 'api.error.item.doesnotexist', 'GET', path);
  });

  it('takes keys with slashes and odd letters', async () => {
    const name = await newProject(qd);
    const path = `/project/${name}/config/a/b%20c`;
    await qd.ok('PUT', path, { json: { value: 'v' } });
    assert.equal((await qd.ok('GET', `/project/${name}/config`))['a/b c'], 'v');
  });

  it('may disable executions', async () => {
    const name = await newProject(qd);
    const job = await newJob(qd, name, {});
    await qd.ok('PUT', `/project/${name}/config/project.disable.executions`, { json: { value: 'true' } });
    assert.equal((await qd.api('POST', `/job/${job}/run`)).status, 400);
    await qd.ok('PUT', `/project/${name}/config/project.disable.executions`, { json: { value: 'false' } });
    assert.equal((await ended(qd, (await run(qd, job)).id)).status, 'succeeded');
  });

  it('offers globals to its jobs', async () => {
    const name = await newProject(qd, { 'project.globals.place': 'here & now' });
    const id = await adhoc(qd, name, 'echo ${globals.place}');
    await ended(qd, id);
    assert.equal((await qd.ok('GET', `/execution/${id}/output`)).entries[0].log, 'here & now');
  });
});

for (const file of ['readme.md', 'motd.md']) {
  describe(file, () => {
    const text = '# Title\n\nwith **marks**, ü, and a last line';

    it('is put, got and deleted, as text and as JSON', async () => {
      const path = `/project/${await newProject(qd)}/${file}`;
      await qd.fails(404, 'api.error.item.doesnotexist', 'GET', path);
      assert.deepEqual(await qd.ok('PUT', path, { json: { contents: text } }), { contents: text });
      assert.deepEqual(await qd.ok('GET', path), { contents: text });
      const page = await qd.api('GET', path, { accept: 'text/plain' });
      assert.equal(page.text, text);
      assert.equal(page.type, 'text/plain');
      assert.equal((await qd.api('PUT', path, { body: 'other', type: 'text/plain', accept: 'text/plain' })).text, 'other');
      assert.deepEqual(await qd.ok('GET', path), { contents: 'other' });
      await qd.ok('DELETE', path, { status: 204 });
      await qd.fails(404, 'api.error.item.doesnotexist', 'GET', path);
    });

    it('may not be empty', async () => {
      await qd.fails(400, null, 'PUT', `/project/${await newProject(qd)}/${file}`, { json: { contents: '' } });
    });
  });
}

it('files other than readme.md and motd.md are unknown', async () => {
  const answer = await qd.api('GET', `/project/${await newProject(qd)}/other.md`);
  assert.equal(answer.status, 404, answer.text);
});
