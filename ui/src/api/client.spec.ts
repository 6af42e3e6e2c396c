import { afterEach, describe, expect, it, vi } from 'vitest';
import { loggedIn, session } from '@/lib/session';
import { ApiError, api, apiPath, queryText } from './client';

const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });

describe('the client', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('encodes paths and queries', () => {
    expect(apiPath`/project/${'a b/c'}/job/${7}`).toBe('/project/a%20b%2Fc/job/7');
    expect(queryText({ a: 'x&y', b: undefined, c: ['1', '2'], d: '', e: 0, f: false })).toBe('?a=x%26y&c=1&c=2&e=0&f=false');
  });

  it('takes what was asked for before it ran, once', async () => {
    vi.resetModules();
    vi.stubGlobal('qdAsked', { '/api/59/projects': Promise.resolve(json(200, ['early'])) });
    vi.stubGlobal('fetch', () => Promise.resolve(json(200, ['asked'])));
    const { api: fresh } = await import('./client');
    expect(await fresh.post('/projects')).toEqual(['asked']);
    expect(await fresh.get('/projects')).toEqual(['early']);
    expect(await fresh.get('/projects')).toEqual(['asked']);
  });

  it('turns the envelope of an error into its message', async () => {
    vi.stubGlobal('fetch', () => Promise.resolve(json(404, { error: true, errorCode: 'api.error.project.missing', message: 'Project does not exist: x' })));
    const error = await api.get('/project/x').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 404, code: 'api.error.project.missing', message: 'Project does not exist: x' });
  });

  it('says what to do when the server is gone or answers nonsense', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed')));
    await expect(api.get('/projects')).rejects.toThrow(/cannot be reached/);
    vi.stubGlobal('fetch', () => Promise.resolve(new Response('<html>', { status: 502 })));
    await expect(api.get('/projects')).rejects.toThrow(/502/);
  });

  it('waits for a login and asks again with the same body', async () => {
    const bodies: unknown[] = [];
    let stranger = true;
    vi.stubGlobal('fetch', (_url: string, init: RequestInit) => {
      bodies.push(init.body);
      return Promise.resolve(stranger ? json(403, { error: true, message: '(unauthenticated) is not authorized for: /api/59/projects' }) : json(201, { name: 'p' }));
    });
    const answer = api.post<{ name: string }>('/projects', { name: 'p' });
    await vi.waitFor(() => expect(session.asking).toBe(true), { timeout: 20_000 });
    stranger = false;
    loggedIn('ada');
    expect(await answer).toEqual({ name: 'p' });
    expect(bodies).toEqual(['{"name":"p"}', '{"name":"p"}']);
    expect(session).toMatchObject({ asking: false, user: 'ada' });
  });

  it('does not ask for a login when somebody may not', async () => {
    vi.stubGlobal('fetch', () => Promise.resolve(json(403, { error: true, errorCode: 'unauthorized', message: 'Not authorized for action "create"' })));
    await expect(api.post('/projects', {})).rejects.toThrow('Not authorized');
    expect(session.asking).toBe(false);
  });
});
