// What notifications are sent to: a mail server and an HTTP server on free ports of the loopback, that keep what they get.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { removeAtExit } from './cleanup.mjs';
import { until } from './wait.mjs';

const listen = (server, port) => new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', () => resolve(server.address().port)));

// A certificate of our own for localhost, made on the spot: {key, cert} in PEM.
export function certificate() {
  const folder = removeAtExit(mkdtempSync(join(tmpdir(), 'qd-certificate-')));
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(folder, name));
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert], { stdio: 'ignore' });
  return { key: readFileSync(key), cert: readFileSync(cert), file: cert };
}

// The headers and parts of a message: {headers, parts: [{headers, content}]}.
export function readMail(text) {
  const split = (part) => {
    const at = part.indexOf('\r\n\r\n');
    const headers = {};
    for (const line of part.slice(0, at).replace(/\r\n[ \t]+/g, ' ').split('\r\n')) {
      const [, name, value] = /^([^:]+): ?(.*)$/.exec(line) ?? [];
      if (name) headers[name.toLowerCase()] = value.replace(/=\?UTF-8\?B\?([^?]*)\?=\s?/g, (_, word) => Buffer.from(word, 'base64').toString());
    }
    return { headers, body: part.slice(at + 4) };
  };
  const decode = ({ headers, body }) => ({ headers, content: Buffer.from(body, 'base64').toString() });
  const whole = split(text);
  const boundary = /boundary="([^"]+)"/.exec(whole.headers['content-type'] ?? '')?.[1];
  const parts = boundary ? whole.body.split(`--${boundary}`).slice(1, -1).map((part) => decode(split(part.replace(/^\r\n/, '')))) : [decode(whole)];
  return { headers: whole.headers, parts };
}

// Speaks enough SMTP. `refuse` (address → reply) refuses recipients; `login` {user, password} is asked for; `secure`
// ({key, cert}) offers STARTTLS. mails: [{from, to, secure, user, headers, parts}].
export async function startMailServer({ port = 0, refuse = () => undefined, login, secure } = {}) {
  const mails = [];
  const sockets = new Set();
  const talk = (socket, state) => {
    let buffer = '';
    const say = (line) => socket.write(`${line}\r\n`);
    const hear = (line) => {
      const verb = line.slice(0, 4).toUpperCase();
      if (state.data !== undefined) {
        if (line !== '.') state.data += `${line.replace(/^\.\./, '.')}\r\n`;
        else {
          mails.push({ from: state.from, to: state.to, secure: state.secure, user: state.user, ...readMail(state.data) });
          state.data = undefined;
          say('250 taken');
        }
      } else if (verb === 'EHLO') {
        const offers = [secure && !state.secure ? 'STARTTLS' : '', login ? 'AUTH PLAIN' : ''].filter(Boolean);
        for (const offer of ['test', ...offers].slice(0, -1)) say(`250-${offer}`);
        say(`250 ${['test', ...offers].at(-1)}`);
      } else if (verb === 'STAR' && secure) {
        say('220 go on');
        socket.removeAllListeners('data');
        const inner = new tls.TLSSocket(socket, { isServer: true, ...secure });
        inner.on('error', () => {});
        talk(inner, { secure: true });
      } else if (verb === 'AUTH' && login) {
        state.asked = true;
        say('334 ');
      } else if (state.asked) {
        state.asked = false;
        const [, user, password] = Buffer.from(line, 'base64').toString().split('\0');
        state.user = user === login.user && password === login.password ? user : undefined;
        say(state.user ? '235 welcome' : '535 wrong');
      } else if (verb === 'MAIL') {
        state.from = /<([^>]*)>/.exec(line)[1];
        say(login && !state.user ? '530 log in first' : '250 ok');
      } else if (verb === 'RCPT') {
        state.to = /<([^>]*)>/.exec(line)[1];
        say(refuse(state.to) ?? '250 ok');
      } else if (verb === 'DATA') {
        state.data = '';
        say('354 go on');
      } else {
        say(verb === 'QUIT' ? '221 bye' : '250 ok');
        if (verb === 'QUIT') socket.end();
      }
    };
    socket.on('data', (chunk) => {
      buffer += chunk.toString('utf8');
      for (let at = buffer.indexOf('\r\n'); at >= 0; at = buffer.indexOf('\r\n')) {
        const line = buffer.slice(0, at);
        buffer = buffer.slice(at + 2);
        hear(line);
      }
    });
  };
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
    socket.write('220 test\r\n');
    talk(socket, {});
  });
  const bound = await listen(server, port);
  return {
    mails,
    port: bound,
    to: (address, count = 1) => until(() => {
      const found = mails.filter((mail) => mail.to === address);
      return found.length >= count && (count === 1 ? found[0] : found);
    }, { what: `mail to ${address}` }),
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

// Keeps requests: [{method, path, query, headers, body}]. `answer(request)` gives {status, headers, body}, or 'silence'
// to leave the connection open after the headers.
export async function startReceiver({ port = 0, answer = () => ({}) } = {}) {
  const requests = [];
  const server = http.createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url, 'http://x');
      const seen = { method: request.method, path: url.pathname, query: Object.fromEntries(url.searchParams), headers: request.headers, body: Buffer.concat(chunks).toString() };
      requests.push(seen);
      const reply = answer(seen);
      if (reply === 'silence') return response.writeHead(200).flushHeaders();
      return response.writeHead(reply.status ?? 200, reply.headers ?? {}).end(reply.body ?? 'ok');
    });
  });
  const bound = await listen(server, port);
  return {
    requests,
    port: bound,
    url: `http://127.0.0.1:${bound}`,
    at: (path, fits = () => true) => until(() => requests.find((one) => one.path === path && fits(one)), { what: `a request at ${path}` }),
    count: (path) => requests.filter((one) => one.path === path).length,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
