// Git repositories at addresses that this server must not reach, however a URL leads there.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Repository } from '../support/git.mjs';
import { newProject } from '../support/scenario.mjs';
import { bad, good } from '../support/scm.mjs';
import { startServer } from '../support/server.mjs';

const BLOCKED = '127.0.0.2';
const CONFIG = { dir: '/ignored', pathTemplate: '${job.name}-${job.id}.${config.format}', branch: 'master', strictHostKeyChecking: 'no', format: 'yaml', useFilePattern: 'true', filePattern: '.*\\.yaml' };

describe('a repository at a blocked address', () => {
  let qd, hidden, open;
  before(async () => {
    qd = await startServer({ config: { 'quarterdeck.http.blockedAddresses': `${BLOCKED}, ::2` } });
    const repository = new Repository();
    repository.push({ 'readme.txt': 'x' });
    hidden = await repository.serve({ address: BLOCKED });
    open = await repository.serve({ redirect: { moved: '', away: hidden.root } });
  });
  after(async () => {
    await qd?.stop();
    await hidden?.stop();
    await open?.stop();
  });
  const setup = async (url) => qd.api('POST', `/project/${await newProject(qd)}/scm/import/plugin/git-import/setup`, { json: { config: { ...CONFIG, url } } });

  it('is not asked, by whatever name and transport', async () => {
    const port = new URL(hidden.root).port;
    for (const url of [hidden.url, `http://2130706434:${port}/jobs.git`, `http://[::ffff:127.0.0.2]:${port}/jobs.git`, `http://127%2e0.0.2:${port}/jobs.git`, `http://somebody@127.0.0.2:${port}/jobs.git`, `git://127.0.0.2:${port}/jobs.git`, `ssh://git@127.0.0.2:${port}/jobs.git`, 'git@127.0.0.2:jobs.git', 'git@[::2]:jobs.git', 'git@[127.0.0.2:22]:jobs.git']) {
      assert.match((await bad(setup(url))).message, /is blocked by quarterdeck\.http\.blockedAddresses/, url);
    }
    assert.match((await bad(setup(`http://127.0.0.2:${port}#@127.0.0.1/jobs.git`))).validationErrors.url, /character in its host/);
    assert.deepEqual(hidden.seen, []);
  });

  it('is not asked where a redirect leads there', async () => {
    assert.match((await bad(setup(`${open.root}/away/jobs.git`))).message, /is blocked by quarterdeck\.http\.blockedAddresses/);
    assert.deepEqual(hidden.seen, []);
  });

  it('does not keep others from redirects', async () => {
    await good(setup(open.url));
    await good(setup(`${open.root}/moved/jobs.git`));
    assert.match((await bad(setup(`${open.root}/none/jobs.git`))).message, /not found/);
  });
});
