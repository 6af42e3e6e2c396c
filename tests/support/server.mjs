// A Quarterdeck server of our own: the real binary on a fresh base folder, on a free port of the loopback.
//
// QD_BINARY names the binary (default build/release/quarterdeck), QD_TEST_DB the database (see databases.mjs).
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ended, endAtExit, removeAtExit } from './cleanup.mjs';
import { freshDatabase } from './databases.mjs';
import { Cookies, events, request, upload } from './http.mjs';
import { GiveUp, until, within } from './wait.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
export const BINARY = resolve(process.env.QD_BINARY ?? join(ROOT, 'build/release/quarterdeck'));
export const CLI = resolve(process.env.QD_CLI ?? join(dirname(BINARY), 'qd'));
export const VERSION = 59;
export const ADMIN_PASSWORD = 'a long & "odd" pass=wörd';

const escapeProperty = (text) => text.replace(/[\\:=#! ]/g, (letter) => `\\${letter}`).replace(/[^\x20-\x7e]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
const properties = (values) => Object.entries(values).map(([key, value]) => `${key}=${escapeProperty(String(value))}\n`).join('');

function environment(extra) {
  const kept = Object.entries(process.env).filter(([name]) => !/^(RD_|RDECK_|QD_|OTEL_|NODE_)/.test(name));
  return { ...Object.fromEntries(kept), QD_ADMIN_PASSWORD: ADMIN_PASSWORD, ...extra };
}

export class Server {
  // `config` goes to rundeck-config.properties, `framework` to framework.properties, `env` to the environment.
  constructor({ database, config = {}, framework = {}, env = {}, base, port = 0, binary = BINARY } = {}) {
    this.binary = binary;
    this.port = port;  // 0: a free one at each start
    this.database = database;
    this.env = env;
    this.base = base ?? removeAtExit(mkdtempSync(join(tmpdir(), 'quarterdeck-')), () => this.log().split('\n').slice(-60).join('\n'));
    this.logFile = join(this.base, 'test-server.log');
    this.writeConfig(config);
    if (Object.keys(framework).length) this.#write('etc/framework.properties', properties(framework));
  }

  // What rundeck-config.properties says from now on; the server reads it at its start.
  writeConfig(config) {
    const { database } = this;
    const source = database ? { 'dataSource.url': database.url, 'dataSource.username': database.username, 'dataSource.password': database.password } : {};
    const settings = { ...source, ...config };
    if (Object.keys(settings).length) this.#write('server/config/rundeck-config.properties', properties(settings));
  }

  #write(path, text) {
    const file = join(this.base, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  log() {
    return existsSync(this.logFile) ? readFileSync(this.logFile, 'utf8') : '';
  }

  // Starts the process and waits until it answers. The same base folder may be started again.
  async start() {
    if (!existsSync(this.binary)) throw new Error(`no server at ${this.binary}: build it, or name it in QD_BINARY`);
    const before = this.log().length;
    const out = openSync(this.logFile, 'a');
    const args = ['server', '--base', this.base, '--address', '127.0.0.1', '--port', `${this.port}`];
    this.child = endAtExit(spawn(this.binary, args, { env: environment(this.env), stdio: ['ignore', out, out], cwd: this.base }));
    this.url = await until(() => this.#answeringUrl(before), { timeout: 120_000, what: `the server's URL in ${this.logFile}, and GET /health there` });
    return this;
  }

  // The URL that the process printed, once GET /health answers there.
  async #answeringUrl(before) {
    const text = this.log().slice(before);
    if (!this.alive) throw new GiveUp(`the server ended at start (${this.child.exitCode ?? this.child.signalCode}): ${text.slice(-1500)}`);
    for (const [, url] of text.matchAll(/ is ready at (https?:\/\/127\.0\.0\.1:[1-9]\d*)/g)) {
      const answer = await request(url, 'GET', '/health', { timeout: 10_000 }).catch(() => undefined);
      if (answer?.status === 200) return url;
    }
    return undefined;
  }

  get pid() {
    return this.child.pid;
  }

  // Resident memory in bytes, now and at its peak.
  memory() {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    const read = (key) => Number(new RegExp(`^${key}:\\s*(\\d+) kB`, 'm').exec(status)[1]) * 1024;
    return { now: read('VmRSS'), peak: read('VmHWM') };
  }

  get alive() {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  // Logs in as admin with name and password; returns the jar that holds the session.
  async login(user = 'admin', password = ADMIN_PASSWORD) {
    const cookies = new Cookies();
    let answer = await this.raw('POST', '/j_security_check', { form: { j_username: user, j_password: password }, cookies, token: null });
    for (let hops = 0; answer.status >= 300 && answer.status < 400 && hops < 5; hops += 1) {
      const target = new URL(answer.headers.location, this.url);
      answer = await this.raw('GET', target.pathname + target.search, { cookies, token: null, accept: 'text/html' });
    }
    return { cookies, answer };
  }

  // Makes an admin's token, used by every later api() call.
  async authorize() {
    const { cookies } = await this.login();
    const answer = await this.raw('POST', `/api/${VERSION}/tokens`, { json: { user: 'admin', roles: '*' }, cookies, token: null });
    assert.equal(answer.status, 201, `creating a token: ${answer.text}`);
    this.token = answer.json.token;
    return this;
  }

  // Any request, as it is. `token: null` sends none.
  raw(method, path, { token = this.token, headers = {}, ...options } = {}) {
    const auth = token ? { 'X-Rundeck-Auth-Token': token } : {};
    return request(this.url, method, path, { ...options, headers: { ...auth, ...headers } });
  }

  // A request below /api/VERSION: api('GET', '/projects', {query, json, form, parts, body, type, accept, version}).
  api(method, path, { version = VERSION, ...options } = {}) {
    return this.raw(method, `/api/${version}${path}`, { accept: 'application/json', ...options });
  }

  // The same, which must succeed; returns the JSON value, or the text of another type. `status` narrows what success is.
  async ok(method, path, { status, ...options } = {}) {
    const answer = await this.api(method, path, options);
    const good = status ? answer.status === status : answer.status >= 200 && answer.status < 300;
    assert.ok(good, `${method} ${path}: status ${answer.status}${status ? `, not ${status}` : ''}: ${answer.text.slice(0, 600)}`);
    return answer.type === 'application/json' && answer.body.length ? answer.json : answer.text;
  }

  // The same, which must fail with this status and error code (null: any); returns the envelope.
  async fails(status, code, method, path, options) {
    const answer = await this.api(method, path, options);
    assert.equal(answer.status, status, `${method} ${path}: ${answer.text.slice(0, 600)}`);
    assert.equal(answer.type, 'application/json', `${method} ${path}: ${answer.text.slice(0, 300)}`);
    const envelope = answer.json;
    assert.equal(envelope.error, true, `${method} ${path}: ${answer.text}`);
    assert.equal(envelope.apiversion, VERSION, `${method} ${path}: ${answer.text}`);
    assert.equal(typeof envelope.message, 'string', `${method} ${path}: ${answer.text}`);
    if (code !== null) assert.equal(envelope.errorCode, code, `${method} ${path}: ${answer.text}`);
    return envelope;
  }

  events(path, { version = VERSION, ...options } = {}) {
    return events(this.url, `/api/${version}${path}`, { ...options, headers: { 'X-Rundeck-Auth-Token': this.token } });
  }

  upload(path, options) {
    return upload(this.url, 'POST', `/api/${VERSION}${path}`, { ...options, headers: { 'X-Rundeck-Auth-Token': this.token, ...options.headers } });
  }

  // Asks the server to end, and checks that it does so cleanly.
  async stop() {
    assert.ok(this.alive, `the server died (${this.child.exitCode ?? this.child.signalCode}): ${this.log().slice(-3000)}`);
    this.child.kill('SIGTERM');
    await within(ended(this.child), 60_000, 'the server to end after SIGTERM');
    assert.equal(this.child.exitCode, 0, `exit ${this.child.exitCode ?? this.child.signalCode}: ${this.log().slice(-3000)}`);
    const report = /^.*(ERROR: \w+Sanitizer|WARNING: ThreadSanitizer|runtime error:).*$/m.exec(this.log());
    assert.equal(report, null, `the server's log holds: ${report?.[0]}`);
  }

  // Ends it as a power failure would.
  async kill() {
    this.child.kill('SIGKILL');
    await ended(this.child);
  }
}

// A server on a fresh database, running, with a token. See Server for the options; `database` overrides the one under test.
export async function startServer(options = {}) {
  const database = 'database' in options ? options.database : await freshDatabase();
  const server = new Server({ ...options, database });
  await server.start();
  return server.authorize();
}
