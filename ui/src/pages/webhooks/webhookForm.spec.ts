import { describe, expect, it } from 'vitest';
import type { Webhook } from '@/api/webhooks';
import { changeOf, formOf, handlerOf, rulesOf } from './webhookForm';

const hook = { id: 1, uuid: 'u', name: 'n', project: 'p', enabled: false, user: 'ann', creator: 'bob', roles: 'ops', authToken: 't', useAuth: true, eventPlugin: 'webhook-run-job', config: { jobId: 'j' } } as Webhook;
const me = { user: 'me', roles: ['a', 'b'] };

describe('the form of a webhook', () => {
  it('begins with oneself, or with what is stored', () => {
    expect(formOf(undefined, me)).toMatchObject({ user: 'me', roles: 'a,b', enabled: true, plugin: 'webhook-run-job' });
    const form = formOf(hook, me);
    expect(form).toMatchObject({ user: 'ann', enabled: false, useAuth: true, config: { jobId: 'j' } });
    form.config.jobId = 'other';
    expect(hook.config.jobId).toBe('j');
  });

  it('sends the user of new ones alone, and a new string only when asked', () => {
    const form = formOf(hook, me);
    expect(changeOf(form, false)).toMatchObject({ name: 'n', useAuth: true, regenAuth: false });
    expect(changeOf(form, false).user).toBeUndefined();
    expect(changeOf({ ...form, newAuth: true }, true)).toMatchObject({ user: 'ann', regenAuth: true });
    expect(changeOf({ ...form, useAuth: false, newAuth: true }, false).regenAuth).toBe(false);
  });

  it('takes JSON for handlers that it does not know', () => {
    const form = { ...formOf(hook, me), plugin: 'script-of-mine' };
    expect(handlerOf('script-of-mine')).toBe('other');
    expect(changeOf({ ...form, other: '{"a": 1}' }, false).config).toEqual({ a: 1 });
    expect(() => changeOf({ ...form, other: '[]' }, false)).toThrow(SyntaxError);
    expect(() => changeOf({ ...form, other: '{' }, false)).toThrow(SyntaxError);
  });

  it('fills up rules of other clients, and keeps what they say more', () => {
    expect(rulesOf({ rules: [{ jobId: 'j', debug: true }] as never })[0]).toMatchObject({ jobId: 'j', debug: true, policy: 'all', conditions: [], jobOptions: [] });
  });
});
