// What the form of a webhook edits, and what is sent of it.
import type { Webhook, WebhookChange, WebhookConfig, WebhookRule } from '@/api/webhooks';

export type Handler = 'job' | 'rules' | 'log' | 'other';

export interface WebhookForm {
  name: string;
  enabled: boolean;
  user: string;
  roles: string;
  plugin: string;
  useAuth: boolean;
  newAuth: boolean;
  config: WebhookConfig;
  other: string; // settings of a plugin that has no form, as JSON
}

const RULES = ['advanced-run-job', 'pagerduty-run-job', 'pagerduty-v3-run-job', 'datadog-run-job'];

export function handlerOf(plugin: string): Handler {
  if (plugin === 'webhook-run-job' || plugin === 'github-webhook') return 'job';
  if (plugin === 'log-webhook-event') return 'log';
  return RULES.includes(plugin) ? 'rules' : 'other';
}

export const takesSecret = (plugin: string) => plugin === 'github-webhook' || plugin === 'pagerduty-v3-run-job';

export function formOf(hook: Webhook | undefined, me: { user: string; roles: string[] }): WebhookForm {
  const config = structuredClone(hook?.config ?? {});
  return {
    name: hook?.name ?? '',
    enabled: hook?.enabled ?? true,
    user: hook?.user ?? me.user,
    roles: hook?.roles ?? me.roles.join(','),
    plugin: hook?.eventPlugin ?? 'webhook-run-job',
    useAuth: hook?.useAuth ?? false,
    newAuth: false,
    config,
    other: JSON.stringify(config, null, 2),
  };
}

export const newRule = (): WebhookRule => ({ name: '', enabled: true, policy: 'all', jobId: '', nodeFilter: '', user: '', jobOptions: [], conditions: [] });

// Rules of other clients may lack what ours have.
export const rulesOf = (config: WebhookConfig): WebhookRule[] =>
  (config.rules ?? []).map((rule) => ({ ...newRule(), ...rule, jobOptions: rule.jobOptions ?? [], conditions: rule.conditions ?? [] }));

// Throws a SyntaxError when `other` is no JSON object.
export function changeOf(form: WebhookForm, isNew: boolean): WebhookChange {
  let config = form.config;
  if (handlerOf(form.plugin) === 'other') {
    const parsed: unknown = JSON.parse(form.other || '{}');
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new SyntaxError(form.other);
    config = parsed as WebhookConfig;
  }
  const change: WebhookChange = { name: form.name.trim(), enabled: form.enabled, roles: form.roles, eventPlugin: form.plugin, config, useAuth: form.useAuth, regenAuth: form.useAuth && form.newAuth };
  if (isNew) change.user = form.user.trim();
  return change;
}
