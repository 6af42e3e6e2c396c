// Values of options that come from elsewhere, asked for again when an option that they depend on changes.
import { onScopeDispose, reactive, watch, type Ref } from 'vue';
import { isAbort, messageOf } from '@/api/client';
import { optionValues, type InputOption, type OptionChoices } from '@/api/jobs';
import { toSend, type Values } from './runOptions';

export interface RemoteState {
  choices?: OptionChoices;
  loading: boolean;
  error: string;
}

const PAUSE = 300; // after the last key

export function useCascade(jobId: string, options: InputOption[], values: Ref<Values>) {
  const remote = reactive<Record<string, RemoteState>>({});
  const running = new Map<string, AbortController>();
  const timers = new Map<string, ReturnType<typeof setTimeout>>();

  const load = async (option: InputOption) => {
    running.get(option.name)?.abort();
    const mine = new AbortController();
    running.set(option.name, mine);
    const state = (remote[option.name] ??= { loading: true, error: '' });
    state.loading = true;
    const others = options.filter((one) => !one.secure && one.type !== 'file');
    const asked = { ...values.value };
    try {
      const choices = await optionValues(jobId, option.name, toSend(others, asked), mine.signal);
      state.choices = choices;
      // Before the first answer nobody knew on what it depends, and that may be another by now.
      if (choices.dependsOn.some((name) => String(asked[name] ?? '') !== String(values.value[name] ?? ''))) return void load(option);
      state.error = '';
      settle(option, choices);
    } catch (error) {
      if (mine.signal.aborted || isAbort(error)) return;
      state.error = messageOf(error);
    }
    if (running.get(option.name) === mine) state.loading = false;
  };

  // A value that is not offered any more goes; what the source marks as selected comes when nothing was chosen.
  const settle = (option: InputOption, { values: offered }: OptionChoices) => {
    const now = values.value[option.name];
    const marked = offered.filter((one) => one.selected).map((one) => one.value);
    const known = (value: string) => offered.some((one) => one.value === value);
    if (Array.isArray(now)) {
      const kept = option.enforced ? now.filter(known) : now;
      values.value[option.name] = kept.length ? kept : marked;
    } else if (!now || (option.enforced && !known(now))) {
      values.value[option.name] = marked[0] ?? '';
    }
  };

  const remotes = options.filter((option) => option.remote);
  remotes.forEach((option) => void load(option));
  for (const source of options) {
    watch(
      () => values.value[source.name],
      (now, before) => {
        if (String(now) === String(before)) return;
        for (const option of remotes) {
          if (option.name === source.name || !remote[option.name]?.choices?.dependsOn.includes(source.name)) continue;
          clearTimeout(timers.get(option.name));
          timers.set(option.name, setTimeout(() => void load(option), PAUSE));
        }
      },
      { deep: true },
    );
  }
  onScopeDispose(() => {
    running.forEach((one) => one.abort());
    timers.forEach((one) => clearTimeout(one));
  });
  return { remote, settled: () => Object.values(remote).every((state) => !state.loading) };
}
