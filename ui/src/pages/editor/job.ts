// Small changes to a job that is being edited. Pure.
import { isOn, type JobDefinition, type NotificationEntry, type Notifications, type OptionDefinition, type Schedule, type Step } from '@/api/jobDefinition';

export const emptyJob = (): JobDefinition => ({
  name: '',
  description: '',
  executionEnabled: true,
  scheduleEnabled: true,
  loglevel: 'INFO',
  nodeFilterEditable: false,
  sequence: { keepgoing: false, strategy: 'node-first', commands: [] },
});

// Every trigger a list, and one plugin in each entry: the one form that the editor works on.
export function flatNotifications(all: Notifications | undefined): Notifications | undefined {
  if (!all) return undefined;
  return Object.fromEntries(
    Object.entries(all).map(([trigger, value]) => [trigger, entriesOf(value).flatMap((entry) => (Array.isArray(entry.plugin) ? entry.plugin.map((one) => ({ ...entry, plugin: one })) : [entry]))]),
  );
}

// Without what is undefined, with objects that became empty left out where they mean nothing, and notifications in one form.
export function cleaned(job: JobDefinition): JobDefinition {
  const plain = JSON.parse(JSON.stringify(job)) as JobDefinition;
  if (plain.options?.length === 0) delete plain.options;
  plain.notification = flatNotifications(plain.notification);
  if (!plain.notification) delete plain.notification;
  else {
    for (const [trigger, entries] of Object.entries(plain.notification)) if (Array.isArray(entries) && !entries.length) delete plain.notification[trigger];
    if (!Object.keys(plain.notification).length) delete plain.notification;
  }
  return plain;
}

export const sameJob = (a: JobDefinition, b: JobDefinition) => JSON.stringify(sorted(cleaned(a))) === JSON.stringify(sorted(cleaned(b)));

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, sorted(one)]));
}

// 'text', 'multiline', 'file', 'date', 'secure', 'exposed', or what a plugin calls it.
export function optionKind({ type, isDate, secure, valueExposed }: OptionDefinition): string {
  if (type === 'file' || type === 'multiline') return type;
  if (isOn(isDate)) return 'date';
  if (isOn(secure)) return isOn(valueExposed) ? 'exposed' : 'secure';
  return type && type !== 'text' ? type : 'text';
}

export type StepKind = 'exec' | 'script' | 'scriptfile' | 'scripturl' | 'jobref' | 'plugin';

export function kindOf(step: Step): StepKind {
  if (step.jobref) return 'jobref';
  for (const kind of ['exec', 'script', 'scriptfile', 'scripturl'] as const) if (step[kind] !== undefined) return kind;
  return 'plugin';
}

export function newStep(kind: StepKind): Step {
  if (kind === 'jobref') return { jobref: { name: '', group: '' } };
  if (kind === 'plugin') return { type: '', nodeStep: true, configuration: {} };
  return { [kind]: '' };
}

export function titleOf(step: Step): string {
  const ref = step.jobref;
  return step.description || step.exec || step.script?.split('\n').find((line) => line.trim() && !line.startsWith('#!')) || step.scriptfile || step.scripturl || (ref ? [ref.group, ref.name].filter(Boolean).join('/') || ref.uuid || '' : '') || step.type || '';
}

export function move<T>(list: T[], from: number, to: number): boolean {
  if (from === to || from < 0 || to < 0 || from >= list.length || to >= list.length) return false;
  const [one] = list.splice(from, 1);
  list.splice(to, 0, one!);
  return true;
}

export const copyOf = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

export const entriesOf = (value: NotificationEntry | NotificationEntry[] | undefined): NotificationEntry[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

// The Quartz expression of either form of a schedule.
export function expressionOf(schedule: Schedule | undefined): string {
  if (!schedule) return '';
  if (schedule.crontab) return schedule.crontab;
  const { time = {}, month = '*', year = '*' } = schedule;
  const day = schedule.dayofmonth?.day;
  const weekday = schedule.weekday?.day;
  return [time.seconds ?? '0', time.minute ?? '0', time.hour ?? '0', day ?? '?', month, day ? '?' : (weekday ?? '*'), year].join(' ');
}
