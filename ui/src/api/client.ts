// Requests to the public API. Every answer that is no success becomes an ApiError whose message people can read.
// A lost session is no error: the login dialog opens over the page, and the request goes on after it.
import { serverPath } from '@/boot';
import { askForLogin } from '@/lib/session';
import texts from '@texts/common';
import { API_VERSION } from './version';


export class ApiError extends Error {
  constructor(
    readonly status: number, // 0: the server could not be reached
    readonly code: string,
    message: string,
    readonly body: unknown = undefined, // what the server sent, for answers that carry more than a message
  ) {
    super(message);
  }
}

export type QueryValue = string | number | boolean | undefined | null | readonly string[];
export type Query = Record<string, QueryValue>;

export interface RequestOptions {
  query?: Query;
  json?: unknown; // sent as JSON
  body?: BodyInit; // sent as it is; name its `type`, unless it is a FormData
  type?: string;
  accept?: string; // default application/json
  signal?: AbortSignal;
  timeout?: number; // milliseconds, default 30,000
}

// apiPath`/project/${name}/jobs`: every value is encoded as one segment.
export function apiPath(parts: TemplateStringsArray, ...values: (string | number)[]): string {
  return parts.reduce((path, part, at) => path + part + (at < values.length ? encodeURIComponent(String(values[at])) : ''), '');
}

export function queryText(query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (Array.isArray(value)) value.forEach((one) => search.append(name, one));
    else if (value !== undefined && value !== null && value !== '') search.append(name, String(value));
  }
  const text = search.toString();
  return text ? `?${text}` : '';
}

// Where a link or download points.
export const apiUrl = (path: string, query?: Query) => serverPath(`/api/${API_VERSION}${path}${queryText(query)}`);

interface Envelope {
  error?: boolean | string;
  errorCode?: string;
  message?: string;
}

async function failure(response: Response): Promise<ApiError> {
  const text = await response.text();
  try {
    const body = JSON.parse(text) as Envelope;
    const message = body.message ?? (typeof body.error === 'string' ? body.error : undefined);
    return new ApiError(response.status, body.errorCode ?? '', message ?? texts.errors.status(response.status), body);
  } catch {
    return new ApiError(response.status, '', texts.errors.status(response.status), text);
  }
}

// The API says 403 both to strangers and to those who may not; only strangers are asked to log in.
const isStranger = (error: ApiError) => error.status === 401 || (error.status === 403 && error.message.startsWith('(unauthenticated)'));

// What public/theme.js asked for before this script ran: each answer is used once.
const early = (window as { qdAsked?: Record<string, Promise<Response> | undefined> }).qdAsked ?? {};

function takeEarly(url: string, { json, signal }: RequestOptions): Promise<Response> | undefined {
  if (signal?.aborted) return undefined;
  const key = json === undefined ? url : `${url}\n${JSON.stringify(json)}`;
  const answer = early[key];
  delete early[key];
  return answer;
}

async function send(method: string, path: string, options: RequestOptions): Promise<Response> {
  const headers: Record<string, string> = { Accept: options.accept ?? 'application/json', 'X-Requested-With': 'XMLHttpRequest' };
  let body = options.body;
  if (options.json !== undefined) {
    body = JSON.stringify(options.json);
    headers['Content-Type'] = 'application/json';
  } else if (options.type) {
    headers['Content-Type'] = options.type;
  }
  const limit = AbortSignal.timeout(options.timeout ?? 30_000);
  const signal = options.signal && 'any' in AbortSignal ? AbortSignal.any([limit, options.signal]) : (options.signal ?? limit);
  const url = apiUrl(path, options.query);
  try {
    return await ((method === (options.json === undefined ? 'GET' : 'POST') && takeEarly(url, options)) || fetch(url, { method, headers, body, signal, credentials: 'same-origin', cache: 'no-store' }));
  } catch (error) {
    if (options.signal?.aborted) throw error;
    const slow = limit.aborted;
    throw new ApiError(0, slow ? 'timeout' : 'unreachable', slow ? texts.errors.timeout : texts.errors.unreachable);
  }
}

// The answer itself, after a success.
export async function request(method: string, path: string, options: RequestOptions = {}): Promise<Response> {
  for (;;) {
    const response = await send(method, path, options);
    if (response.ok) return response;
    const error = await failure(response);
    if (!isStranger(error)) throw error;
    await askForLogin();
  }
}

async function value<T>(method: string, path: string, options?: RequestOptions): Promise<T> {
  const response = await request(method, path, options);
  if (response.status === 204) return undefined as T;
  const text = await response.text();
  return (text && response.headers.get('Content-Type')?.includes('json') ? JSON.parse(text) : text) as T;
}

export const api = {
  get: <T>(path: string, query?: Query, options?: RequestOptions) => value<T>('GET', path, { ...options, query }),
  post: <T>(path: string, json?: unknown, options?: RequestOptions) => value<T>('POST', path, { ...options, json }),
  put: <T>(path: string, json?: unknown, options?: RequestOptions) => value<T>('PUT', path, { ...options, json }),
  delete: <T = void>(path: string, json?: unknown, options?: RequestOptions) => value<T>('DELETE', path, { ...options, json }),
  // Bodies that are no JSON: api.send('POST', path, { body, type, query }).
  send: value,
};

// Text for people of whatever was thrown.
export const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
export const isAbort = (error: unknown) => error instanceof DOMException && error.name === 'AbortError';
