// Plain HTTP for tests: the answer as it came, multipart bodies, cookies, and event streams.
import http from 'node:http';
import { randomBytes } from 'node:crypto';

export class Answer {
  constructor(message, body) {
    this.status = message.statusCode;
    this.statusText = message.statusMessage;
    this.httpVersion = message.httpVersion;
    this.headers = message.headers;
    this.rawHeaders = message.rawHeaders;
    this.body = body;
  }
  get type() {
    return (this.headers['content-type'] ?? '').split(';')[0].trim();
  }
  get text() {
    return this.body.toString('utf8');
  }
  get json() {
    try {
      return JSON.parse(this.text);
    } catch (error) {
      throw new Error(`status ${this.status}, ${this.type || 'no content type'}, not JSON: ${this.text.slice(0, 300)}`, { cause: error });
    }
  }
}

// Keeps what Set-Cookie gave, for one host.
export class Cookies {
  #values = new Map();
  take(headers) {
    for (const line of headers['set-cookie'] ?? []) {
      const [pair, ...attributes] = line.split(';');
      const [name, ...value] = pair.split('=');
      const gone = attributes.some((part) => /^\s*max-age=0\s*$/i.test(part));
      if (gone) this.#values.delete(name.trim());
      else this.#values.set(name.trim(), value.join('='));
    }
  }
  get(name) {
    return this.#values.get(name);
  }
  set(name, value) {
    this.#values.set(name, value);
  }
  header() {
    return [...this.#values].map(([name, value]) => `${name}=${value}`).join('; ');
  }
}

// {a: 1, b: ["x", "y"]} → "a=1&b=x&b=y"; undefined is left out.
export function formEncode(fields) {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields ?? {})) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) form.append(name, String(one));
  }
  return form.toString();
}

// Parts are {name, content, filename?, type?}; an object {name: text} is enough for plain fields.
export function multipart(parts) {
  const boundary = `----quarterdeck${randomBytes(12).toString('hex')}`;
  const list = Array.isArray(parts) ? parts : Object.entries(parts).map(([name, content]) => ({ name, content }));
  const chunks = [];
  for (const { name, content, filename, type } of list) {
    const file = filename === undefined ? '' : `; filename="${filename}"`;
    const kind = type ? `Content-Type: ${type}\r\n` : '';
    chunks.push(Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n${kind}\r\n`));
    chunks.push(Buffer.from(content), Buffer.from('\r\n'));
  }
  chunks.push(Buffer.from(`--${boundary}--\r\n`));
  return { type: `multipart/form-data; boundary=${boundary}`, body: Buffer.concat(chunks) };
}

function encodeBody({ body, json, form, parts, type }) {
  if (json !== undefined) return { body: Buffer.from(JSON.stringify(json)), type: type ?? 'application/json' };
  if (form !== undefined) return { body: Buffer.from(formEncode(form)), type: type ?? 'application/x-www-form-urlencoded' };
  if (parts !== undefined) return multipart(parts);
  return { body: body === undefined ? undefined : Buffer.from(body), type };
}

function prepare(base, method, path, options) {
  const encoded = encodeBody(options);
  const query = formEncode(options.query);
  const target = new URL(base);
  const headers = { ...options.headers };
  if (encoded.type) headers['Content-Type'] = encoded.type;
  if (options.accept) headers.Accept = options.accept;
  const cookie = options.cookies?.header();
  if (cookie) headers.Cookie = cookie;
  if (encoded.body) headers['Content-Length'] = encoded.body.length;
  else if (method === 'POST' || method === 'PUT') headers['Content-Length'] = 0;
  const request = {
    host: target.hostname,
    port: target.port,
    method,
    path: path + (query ? (path.includes('?') ? '&' : '?') + query : ''),
    headers,
    agent: options.agent ?? false,
  };
  return { request, body: encoded.body };
}

// One request, one answer. Redirects are answers too. Options: query, json | form | parts | body + type, accept, headers,
// cookies (a jar that is sent and filled), agent, timeout in ms.
export function request(base, method, path, options = {}) {
  const { request: head, body } = prepare(base, method, path, options);
  return new Promise((resolve, reject) => {
    const outgoing = http.request(head, (message) => {
      const chunks = [];
      message.on('data', (chunk) => chunks.push(chunk));
      message.on('error', reject);
      message.on('aborted', () => reject(new Error(`${method} ${path}: the connection broke within the answer`)));
      message.on('end', () => {
        options.cookies?.take(message.headers);
        resolve(new Answer(message, Buffer.concat(chunks)));
      });
    });
    const limit = options.timeout ?? 180_000;  // passwords are checked when nobody else wants the processor
    outgoing.setTimeout(limit, () => outgoing.destroy(new Error(`${method} ${path}: silent for ${limit} ms`)));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

// Sends a body of `size` bytes made by `chunk()`, and stops as soon as the server answers.
export function upload(base, method, path, { headers, size, chunk, timeout = 60_000 }) {
  const target = new URL(base);
  return new Promise((resolve, reject) => {
    let answered = false;
    const outgoing = http.request({ host: target.hostname, port: target.port, method, path, agent: false, headers: { ...headers, 'Content-Length': size } });
    outgoing.on('response', (message) => {
      answered = true;
      const chunks = [];
      const done = () => resolve(new Answer(message, Buffer.concat(chunks)));
      message.on('data', (part) => chunks.push(part));
      message.on('end', done);
      message.on('error', done);
    });
    outgoing.on('error', (error) => answered || reject(error));
    outgoing.setTimeout(timeout, () => outgoing.destroy(new Error(`${method} ${path}: silent for ${timeout} ms`)));
    const send = (left) => {
      while (left > 0 && !answered) {
        const part = chunk().subarray(0, left);
        left -= part.length;
        if (!outgoing.write(part)) return outgoing.once('drain', () => send(left));
      }
      if (left <= 0) outgoing.end();
    };
    send(size);
  });
}

function parseEvent(block) {
  const event = { event: 'message', data: [], id: undefined };
  for (const line of block.split('\n')) {
    const [, field, value] = /^([^:]*):? ?(.*)$/.exec(line);
    if (field === 'data') event.data.push(value);
    else if (field === 'event' || field === 'id') event[field] = value;
  }
  return event.data.length ? { ...event, data: event.data.join('\n') } : undefined;
}

// Server-sent events as they come: {event, data, id}. Ends with the stream; `timeout` ms of silence are an error.
export async function* events(base, path, options = {}) {
  const { request: head } = prepare(base, 'GET', path, { accept: 'text/event-stream', ...options });
  const message = await new Promise((resolve, reject) => {
    const outgoing = http.request(head, resolve);
    outgoing.setTimeout(options.timeout ?? 60_000, () => outgoing.destroy(new Error(`GET ${path}: a silent event stream`)));
    outgoing.on('error', reject);
    outgoing.end();
  });
  try {
    if (message.statusCode !== 200 || !/^text\/event-stream/.test(message.headers['content-type'] ?? '')) {
      throw new Error(`GET ${path}: status ${message.statusCode}, ${message.headers['content-type']}`);
    }
    message.setEncoding('utf8');
    let rest = '';
    for await (const chunk of message) {
      rest += chunk.replaceAll('\r', '');
      for (let end; (end = rest.indexOf('\n\n')) >= 0; rest = rest.slice(end + 2)) {
        const event = parseEvent(rest.slice(0, end));
        if (event) yield event;
      }
    }
  } finally {
    message.destroy();
  }
}
