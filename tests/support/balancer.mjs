// HAProxy and nginx before members, with the configurations of packaging/: only addresses and ports are others.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ended, endAtExit, removeAtExit } from './cleanup.mjs';
import { program } from './databases.mjs';
import { freePort } from './ports.mjs';
import { GiveUp, until, within } from './wait.mjs';

const PACKAGING = resolve(dirname(fileURLToPath(import.meta.url)), '../../packaging');

// Fails when the packaged configuration is no longer what it was.
export function replaced(text, pattern, by) {
  if (!pattern.test(text)) throw new Error(`the packaged configuration has no ${pattern}`);
  return text.replace(pattern, by);
}

// Every request, as the balancer saw it: what the client called it (header X-Probe), and the ports of the members that
// it was sent to, the last of them last. HAProxy names only the last, and says how often it tried again.
const RECORD = {
  haproxy: 'probe %[capture.req.hdr(0)] at %sp retries %rc status %ST end %ts',
  nginx: 'probe $http_x_probe at $upstream_addr retries - status $status end -',
};

const kinds = {
  haproxy(folder, port, members, { sticky = true, record = false } = {}) {
    let text = readFileSync(join(PACKAGING, 'haproxy/haproxy.cfg'), 'utf8');
    text = replaced(text, /bind :80/, `bind 127.0.0.1:${port}`);
    text = replaced(text, /\/run\/haproxy\/admin.sock/, join(folder, 'admin.sock'));
    text = replaced(text, /( {2}server member\d .*\n)+/g, members.map((one, i) => `  server member${i + 1} 127.0.0.1:${one.port} cookie member${i + 1}\n`).join(''));
    if (!sticky) text = replaced(text, / {2}cookie JSESSIONID.*\n/g, '').replace(/ cookie member\d/g, '');
    if (record) {
      text = replaced(text, /global\n/, 'global\n  log stdout format raw local0\n');
      text = replaced(text, /option httplog/, `log global\n  log-format "${RECORD.haproxy}"`);
      text = replaced(text, /( {2}bind .*\n)/, '$1  http-request capture req.hdr(X-Probe) len 40\n');
    }
    const file = join(folder, 'haproxy.cfg');
    writeFileSync(file, text);
    return [program('haproxy'), '-db', '-f', file];
  },
  nginx(folder, port, members, { sticky = true, record = false } = {}) {
    let text = readFileSync(join(PACKAGING, 'nginx/quarterdeck.conf'), 'utf8');
    text = replaced(text, /listen 80/, `listen 127.0.0.1:${port}`);
    text = replaced(text, /( {2}server 10\.[\d.]+:4440 (.*)\n)+/, (_all, _last, settings) => members.map((one) => `  server 127.0.0.1:${one.port} ${settings}\n`).join(''));
    if (!sticky) text = replaced(text, / {2}ip_hash;\n/, '');
    const file = join(folder, 'nginx.conf');
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `  ${name}_temp_path ${join(folder, name)};\n`).join('');
    mkdirSync(join(folder, 'logs'));
    const log = record ? `log_format probes '${RECORD.nginx}';\n  access_log ${join(folder, 'out.log')} probes` : 'access_log off';
    writeFileSync(join(folder, 'site.conf'), text);
    writeFileSync(file, `daemon off;\nworker_processes 1;\npid ${join(folder, 'pid')};\nerror_log ${join(folder, 'error.log')};\nevents { worker_connections 2000; }\nhttp {\n  ${log};\n${temporary}  include ${join(folder, 'site.conf')};\n}\n`);
    return [program('nginx'), '-p', folder, '-e', join(folder, 'error.log'), '-c', file];
  },
};

const connects = (port) => new Promise((resolve) => {
  const socket = net.connect(port, '127.0.0.1', () => resolve(true)).once('error', () => resolve(false));
  socket.once('connect', () => socket.destroy());
});

// What record() wrote, by probe: {ports, retried}.
function readRecord(file) {
  const seen = new Map();
  for (const [, probe, at, retries] of readFileSync(file, 'utf8').matchAll(/^probe (\S+) at (.*) retries (\S+) status/gm)) {
    const ports = [...at.matchAll(/(\d+)(?=,|$| )/g)].map(([, port]) => Number(port));
    seen.set(probe, { ports, retried: retries === '-' ? ports.length > 1 : retries !== '0' });
  }
  return seen;
}

// What HAProxy answers on its socket.
async function tell(socket, command) {
  const connection = net.connect(socket);
  connection.end(`${command}\n`);
  let answer = '';
  for await (const chunk of connection) answer += chunk;
  return answer.trim();
}

// `members` have fixed ports. `sticky: false` takes out what keeps a session at one member. `record: true` keeps what
// became of every request that a client named in X-Probe: passed().
export async function startBalancer(kind, members, options) {
  const folder = removeAtExit(mkdtempSync(join(tmpdir(), `qd-${kind}-`)));
  const port = await freePort();
  const [name, ...args] = kinds[kind](folder, port, members, options);
  const log = openSync(join(folder, 'out.log'), 'a');
  const child = endAtExit(spawn(name, args, { cwd: folder, stdio: ['ignore', log, log] }));
  await until(() => {
    if (child.exitCode !== null) throw new GiveUp(`${kind} ended: ${readFileSync(join(folder, 'out.log'), 'utf8').slice(-800)}`);
    return connects(port);
  }, { what: `${kind} to listen` });
  return {
    url: `http://127.0.0.1:${port}`,
    tell: (command) => tell(join(folder, 'admin.sock'), command),
    passed: () => readRecord(join(folder, 'out.log')),
    async stop() {
      child.kill('SIGTERM');
      await within(ended(child), 60_000, `${kind} to end`);
    },
  };
}
