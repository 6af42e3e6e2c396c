// A real server of Azure Blob Storage for tests (Azurite), which checks signatures.
import { spawn } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endAtExit, ended } from './cleanup.mjs';
import { installPackages } from './packages.mjs';
import { until, within } from './wait.mjs';

const home = join(dirname(fileURLToPath(import.meta.url)), 'azure');
export const ACCOUNT = 'testaccount';

class Azure {
  key = randomBytes(32).toString('base64');
  port = 0;

  async start() {
    this.child = endAtExit(spawn(process.execPath, [join(home, 'node_modules/azurite/dist/src/blob/main.js'), '--blobHost', '127.0.0.1', '--blobPort', String(this.port), '--inMemoryPersistence', '--silent', '--disableTelemetry'], {
      env: { ...process.env, AZURITE_ACCOUNTS: `${ACCOUNT}:${this.key}` }, stdio: ['ignore', 'pipe', 'inherit'],
    }));
    let text = '';
    this.child.stdout.on('data', (data) => (text += data));
    this.port = await until(() => Number(/(?:listens on|listening at) http:\/\/127\.0\.0\.1:(\d+)/.exec(text)?.[1]), { timeout: 60_000, what: 'the Azure server' });
    this.child.stdout.unref?.();
    return this;
  }
  async stop() {
    this.child.kill('SIGTERM');
    await within(ended(this.child), 10_000, 'the Azure server to end');
  }
  get endpoint() {
    return `http://127.0.0.1:${this.port}/${ACCOUNT}`;
  }

  // What a client of the test's own sees: {status, headers, body}.
  async ask(method, path, query = '') {
    const date = new Date().toUTCString();
    const signed = [...new URLSearchParams(query)].sort().map(([name, value]) => `\n${name}:${value}`).join('');
    const text = `${method}${'\n'.repeat(12)}x-ms-date:${date}\nx-ms-version:2021-08-06\n/${ACCOUNT}/${ACCOUNT}${path}${signed}`;
    const signature = createHmac('sha256', Buffer.from(this.key, 'base64')).update(text).digest('base64');
    const answer = await fetch(`${this.endpoint}${path}${query && `?${query}`}`, { method, headers: { 'x-ms-date': date, 'x-ms-version': '2021-08-06', Authorization: `SharedKey ${ACCOUNT}:${signature}` } });
    return { status: answer.status, headers: answer.headers, body: Buffer.from(await answer.arrayBuffer()) };
  }
  async read(path) {
    const { status, body } = await this.ask('GET', path);
    return status === 200 ? body : undefined;
  }
  // Names of the blobs in a container.
  async names(container) {
    const { body } = await this.ask('GET', `/${container}`, 'comp=list&restype=container');
    return [...body.toString().matchAll(/<Name>([^<]*)<\/Name>/g)].map(([, name]) => name);
  }
}

export async function startAzure() {
  installPackages('tests/support/azure');
  return new Azure().start();
}

// framework.* settings of a member that uses it.
export function azureSettings(azure, { provider = 'azure-storage', ...more } = {}) {
  const settings = { storageAccount: ACCOUNT, accessKey: azure.key, defaultEndpointProtocol: 'http', extraConnectionSettings: `BlobEndpoint=${azure.endpoint}`, ...more };
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [`framework.plugin.ExecutionFileStorage.${provider}.${key}`, value]));
}
