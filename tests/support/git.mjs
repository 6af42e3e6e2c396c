// A bare repository on disk, and a clone of it in which somebody else works.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { removeAtExit } from './cleanup.mjs';

const PLAIN = { PATH: process.env.PATH, HOME: '/nonexistent', LC_ALL: 'C', GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'safe.directory', GIT_CONFIG_VALUE_0: '*', GIT_TERMINAL_PROMPT: '0', GIT_AUTHOR_NAME: 'Somebody', GIT_AUTHOR_EMAIL: 'else@example.org', GIT_COMMITTER_NAME: 'Somebody', GIT_COMMITTER_EMAIL: 'else@example.org' };

export class Repository {
  constructor({ branch = 'master' } = {}) {
    this.folder = removeAtExit(mkdtempSync(join(tmpdir(), 'qd-git-')));
    this.path = join(this.folder, 'jobs.git');
    this.branch = branch;
    this.#run(this.folder, 'init', '--quiet', '--bare', `--initial-branch=${branch}`, this.path);
  }

  get url() {
    return `file://${this.path}`;
  }

  #run(folder, ...args) {
    return execFileSync('git', args, { cwd: folder, env: PLAIN, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 64 << 20 });
  }

  // In the bare repository.
  git(...args) {
    return this.#run(this.path, ...args).trim();
  }

  #has(ref) {
    return this.git('for-each-ref', ref) !== '';
  }

  files(revision = this.branch) {
    return this.git('ls-tree', '-r', '--name-only', revision).split('\n').filter(Boolean);
  }

  text(path, revision = this.branch) {
    return this.#run(this.path, 'show', `${revision}:${path}`);
  }

  // A host that gives its files out by HTTP, as git's "dumb" hosts do: {url, silent, waiting, seen, speak(), stop()}. As
  // long as it is silent, it leaves requests without an answer; `seen` are the paths that it was asked for.
  async serve({ address = '127.0.0.1', redirect = {} } = {}) {
    const host = { silent: false, seen: [], held: [] };
    const answer = ({ url }, response) => {
      const path = url.split('?')[0];
      const [, first] = path.split('/');
      if (first in redirect) return response.writeHead(302, { Location: redirect[first] + url.slice(first.length + 1) }).end();
      this.git('update-server-info');
      const file = join(this.folder, path);
      return statSync(file, { throwIfNoEntry: false })?.isFile() ? response.end(readFileSync(file)) : response.writeHead(404).end();
    };
    const server = http.createServer((request, response) => {
      host.seen.push(request.url);
      if (host.silent) host.held.push([request, response]);
      else answer(request, response);
    });
    await new Promise((done) => server.listen(0, address, done));
    host.root = `http://${address}:${server.address().port}`;
    host.url = `${host.root}/jobs.git`;
    Object.defineProperty(host, 'waiting', { get: () => host.held.length });
    host.speak = () => {
      host.silent = false;
      for (const [request, response] of host.held.splice(0)) answer(request, response);
    };
    host.stop = () => new Promise((done) => {
      server.close(done);
      server.closeAllConnections();
    });
    return host;
  }

  // One commit by somebody else, pushed: {path: text}, null for a file that goes, {link: target} for a link.
  push(files, message = 'By somebody else') {
    const work = join(this.folder, `work-${Math.random().toString(36).slice(2)}`);
    this.#run(this.folder, 'clone', '--quiet', this.path, work);
    this.#run(work, 'checkout', '--quiet', '-B', this.branch, ...(this.#has(`refs/heads/${this.branch}`) ? [`origin/${this.branch}`] : []));
    for (const [path, text] of Object.entries(files)) {
      const file = join(work, path);
      rmSync(file, { force: true });
      if (text === null) continue;
      mkdirSync(dirname(file), { recursive: true });
      if (typeof text === 'object') symlinkSync(text.link, file);
      else writeFileSync(file, text);
    }
    this.#run(work, 'add', '--all');
    this.#run(work, 'commit', '--quiet', '-m', message);
    this.#run(work, 'push', '--quiet', 'origin', `HEAD:refs/heads/${this.branch}`);
    const id = this.#run(work, 'rev-parse', 'HEAD').trim();
    rmSync(work, { recursive: true });
    return id;
  }
}
