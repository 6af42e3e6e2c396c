// Starting: the base folder, configuration files, flags, users.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { Server, startServer } from '../support/server.mjs';

async function withServer(server, use) {
  await server.start();
  try {
    return await use(server);
  } finally {
    if (server.alive) await server.stop();
  }
}

const write = (server, path, text) => {
  const file = join(server.base, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
};
const loggedIn = async (server, user, password) => {
  const { cookies } = await server.login(user, password);
  return (await server.raw('GET', '/api/59/projects', { token: null, cookies })).status === 200;
};

describe('the first start', () => {
  it('writes a commented base folder that only its owner can read where secrets are', () => withServer(new Server(), async (server) => {
    for (const path of ['etc/framework.properties', 'server/config/rundeck-config.properties', 'server/config/realm.properties']) {
      const text = readFileSync(join(server.base, path), 'utf8');
      assert.match(text, /^#/m, path);
    }
    const mode = statSync(join(server.base, 'server/config/realm.properties')).mode & 0o777;
    assert.equal(mode & 0o077, 0, mode.toString(8));
    assert.ok(!readFileSync(join(server.base, 'server/config/realm.properties'), 'utf8').includes('odd'), 'the password is stored in clear');
  }));

  it('makes up a password when none is given, and shows it', () => withServer(new Server({ env: { QD_ADMIN_PASSWORD: undefined } }), async (server) => {
    // Trying every word of the log would be guessing, which is slowed down.
    const [, password] = /admin with password (\S+)/.exec(server.log()) ?? [];
    assert.ok(password && await loggedIn(server, 'admin', password), `the log does not show the password: ${server.log()}`);
  }));

  it('leaves what is there alone', async () => {
    const server = new Server();
    const realm = 'someone: secret,user,admin\n';
    write(server, 'server/config/realm.properties', realm);
    await withServer(server, async () => {
      assert.equal(readFileSync(join(server.base, 'server/config/realm.properties'), 'utf8'), realm);
      assert.equal(await loggedIn(server, 'someone', 'secret'), true);
      assert.equal(await loggedIn(server, 'admin'), false);
    });
  });
});

describe('users of realm.properties', () => {
  const users = {
    plain: 'password',
    md5: 'MD5:5f4dcc3b5aa765d61d8327deb882cf99',
    crypt: 'CRYPT:abJnggxhB/yWI',
    bcrypt: 'BCRYPT:$2a$10$abcdefghijklmnopqrstuu5Lo0g67CiD3M4RpN1BmBb4Crp5w7dbK',
  };

  it('log in with every kind of password, and see changes of the file', async () => {
    const server = new Server();
    const lines = Object.entries(users).map(([name, password]) => `${name}: ${password},user,admin\n`);
    write(server, 'server/config/realm.properties', lines.join(''));
    await withServer(server, async () => {
      for (const name of Object.keys(users)) {
        assert.equal(await loggedIn(server, name, 'password'), true, name);
        assert.equal(await loggedIn(server, name, 'Password'), false, name);
        assert.equal(await loggedIn(server, name, users[name].replace(/^\w+:/, '') === 'password' ? 'x' : users[name]), false, name);
      }
      write(server, 'server/config/realm.properties', `${lines.join('')}later: password,admin\nreader: password,user\n`);
      assert.equal(await loggedIn(server, 'later', 'password'), true);
      const { cookies } = await server.login('reader', 'password');
      assert.equal((await server.raw('POST', '/api/59/projects', { token: null, cookies, json: { name: 'x' } })).status, 403);
    });
  });
});

describe('configuration', () => {
  it('that is wrong is named with file and line, and stops the start', async () => {
    for (const [url, pattern] of [['jdbc:oracle:thin:@db:1521/x', /oracle/], ['nonsense', /nonsense/]]) {
      const server = new Server({ config: { 'rundeck.fine': '1', 'dataSource.url': url } });
      await assert.rejects(server.start(), (error) => {
        assert.match(error.message, pattern);
        assert.match(error.message, /rundeck-config\.properties/);
        assert.match(error.message, /rundeck-config\.properties:2\b|line 2\b/);
        return true;
      });
    }
  });

  it('of the peer that has no meaning here is listed once', () => withServer(new Server({ config: { 'rundeck.gui.brand.html': 'x', 'made.up.key': 'y' } }), async (server) => {
    assert.equal(server.log().split('rundeck.gui.brand.html').length, 2, server.log());
  }));

  it('puts SQLite where dataSource.url says', async () => {
    const server = new Server({ config: { 'dataSource.url': 'jdbc:sqlite:/nowhere/at/all/q.db' } });
    await assert.rejects(server.start(), /nowhere\/at\/all/);
  });

  it('names the server by grails.serverURL', async () => {
    const server = await startServer({ config: { 'grails.serverURL': 'https://rundeck.example.com/base' } });
    try {
      const name = `url-${Date.now()}`;
      const made = await server.ok('POST', '/projects', { json: { name } });
      assert.equal(made.url, `https://rundeck.example.com/base/api/59/project/${name}`);
    } finally {
      await server.stop();
    }
  });
});

describe('two servers', () => {
  it('do not share a SQLite base folder', async () => {
    const first = await new Server().start();
    const second = new Server({ base: first.base });
    second.logFile = join(first.base, 'second.log');
    try {
      await assert.rejects(second.start());
    } finally {
      await first.stop();
    }
  });
});
