// How the jobs of a project stand to its repositories. Nothing is asked twice within a moment: pages of a project share it.
import { computed, ref, watch, type ComputedRef, type Ref } from 'vue';
import { actionInput, INTEGRATIONS, scmSummaries, type Integration, type ScmField, type ScmItem, type ScmSummary } from '@/api/scm';
import type { PluginProperty } from '@/api/plugins';
import type { Tone } from '@/lib/status';
import { useLoad, type Loaded } from '@/lib/load';

export const toneOfState = (state: string | null | undefined): Tone =>
  state === 'CLEAN' ? 'ok' : state === 'DELETE_NEEDED' || state === 'DELETED' ? 'fail' : state === 'UNKNOWN' || !state ? 'off' : state === 'CREATE_NEEDED' ? 'run' : 'warn';

export interface ScmEntry {
  integration: Integration;
  summary: ScmSummary;
}

// Those that are switched on.
export function enabledOf(summaries: Partial<Record<Integration, ScmSummary>>): ScmEntry[] {
  return INTEGRATIONS.flatMap((integration) => {
    const summary = summaries[integration];
    return summary?.enabled ? [{ integration, summary }] : [];
  });
}

const AGAIN = 60_000;
export const useScm = (project: Ref<string>): Loaded<ScmEntry[]> => useLoad(async (signal) => enabledOf(await scmSummaries(project.value, signal)), [project], AGAIN);

export interface JobState {
  integration: Integration;
  state: string;
}

// The actions whose form lists what is not as it is in the repository.
const LISTS: Record<Integration, string[]> = { export: ['project-commit'], import: ['import-jobs', 'import-all'] };

// What to ask so that the states of all jobs are known: one form for each integration that has changes.
export const listsOf = (entries: ScmEntry[]) =>
  entries.flatMap(({ integration, summary }) => {
    const action = LISTS[integration].find((id) => summary.actions?.some((one) => one.id === id));
    return action ? [{ integration, action }] : [];
  });

// Jobs that are as they are in the repository are not in it. What is to be committed matters more than what is to come.
export function statesOf(lists: { integration: Integration; items: ScmItem[] }[]): Map<string, JobState> {
  const states = new Map<string, JobState>();
  for (const { integration, items } of [...lists].sort((a, b) => a.integration.localeCompare(b.integration))) {
    for (const { job, status, deleted } of items) {
      const state = status ?? (deleted ? 'DELETE_NEEDED' : '');
      if (job?.jobId && state && state !== 'CLEAN' && !states.has(job.jobId)) states.set(job.jobId, { integration, state });
    }
  }
  return states;
}

// The states of all jobs that are not clean, as the project's own state changes. Empty while they are not known.
export function useJobStates(project: Ref<string>, scm: Loaded<ScmEntry[]>): ComputedRef<Map<string, JobState>> {
  const wanted = computed(() => listsOf(scm.value.value ?? []));
  const states = ref(new Map<string, JobState>());
  let asked = 0;
  watch(
    [scm.value, project],
    async () => {
      const mine = ++asked;
      try {
        const lists = await Promise.all(
          wanted.value.map(async ({ integration, action }) => {
            const { exportItems, importItems } = await actionInput(project.value, integration, action);
            return { integration, items: exportItems ?? importItems ?? [] };
          }),
        );
        if (mine === asked) states.value = statesOf(lists);
      } catch {
        if (mine === asked) states.value = new Map(); // the bar above the list says what is wrong
      }
    },
    { immediate: true },
  );
  return computed(() => states.value);
}

// ---- forms

export const asProperty = (field: ScmField): PluginProperty => ({
  name: field.name,
  title: field.title,
  desc: (field.description ?? '').replaceAll('`', ''), // Markdown of a word or two
  type: field.type,
  required: field.required,
  defaultValue: field.defaultValue,
  allowed: field.values,
  selectLabels: null,
  scope: field.scope ?? '',
  options: field.renderingOptions ?? {},
});

// Text that is shown and not entered.
export const isShown = (field: ScmField) => field.renderingOptions?.displayType === 'STATIC_TEXT';

export interface FieldGroup {
  title: string;
  fields: ScmField[];
}

// In the order in which the groups come; fields without one are first.
export function groupsOfFields(fields: ScmField[]): FieldGroup[] {
  const groups = new Map<string, ScmField[]>([['', []]]);
  for (const field of fields) {
    const title = field.renderingOptions?.groupName ?? '';
    groups.set(title, [...(groups.get(title) ?? []), field]);
  }
  return [...groups].filter(([, members]) => members.length).map(([title, members]) => ({ title, fields: members }));
}

export type FieldValues = Record<string, string | undefined>;

export const startingValues = (fields: ScmField[], stored: Record<string, string> = {}): FieldValues =>
  Object.fromEntries(fields.filter((one) => !isShown(one)).map((one) => [one.name, stored[one.name] ?? one.defaultValue ?? undefined]));

// Choices that say nothing mean their default; texts that were emptied stay empty.
export function valuesToSend(fields: ScmField[], values: FieldValues): Record<string, string> {
  const sent: Record<string, string> = {};
  for (const field of fields) {
    if (isShown(field)) continue;
    const chosen = field.type === 'Boolean' || field.type === 'Select' ? (values[field.name] ?? field.defaultValue ?? (field.type === 'Boolean' ? 'false' : '')) : values[field.name];
    if (chosen) sent[field.name] = chosen;
  }
  return sent;
}

export const missingFields = (fields: ScmField[], values: FieldValues): string[] =>
  fields.filter((one) => one.required && !isShown(one) && !valuesToSend([one], values)[one.name]).map((one) => one.name);

// ---- items of an action

export const nameOfItem = ({ job, itemId }: ScmItem) => (job?.jobName ? [job.groupPath, job.jobName].filter(Boolean).join('/') : itemId);

// What is chosen at first: everything but jobs that would be deleted here.
export const chosenAtFirst = (integration: Integration, items: ScmItem[]) => items.filter((one) => integration === 'export' || !one.deleted).map((one) => one.itemId);

// Chosen items as the API wants them. A renamed job is named by its id, so that its old file goes, too.
export function requestOf(integration: Integration, items: ScmItem[], chosen: ReadonlySet<string>) {
  const picked = items.filter((one) => chosen.has(one.itemId));
  const gone = picked.filter((one) => one.deleted);
  const there = picked.filter((one) => !one.deleted);
  if (integration === 'import') return { items: there.map((one) => one.itemId), deletedJobs: gone.flatMap((one) => one.job?.jobId ?? []) };
  return {
    jobs: there.flatMap((one) => one.job?.jobId ?? []),
    items: there.filter((one) => !one.job?.jobId).map((one) => one.itemId),
    deleted: gone.map((one) => one.itemId),
  };
}
