// Loading what a page shows: state, error, retry, and no late answer of an earlier question.
import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef, type WatchSource } from 'vue';
import { isAbort, messageOf } from '@/api/client';

export interface Loaded<T> {
  value: ShallowRef<T | undefined>; // the last good answer stays while a newer one is under way
  error: Ref<string>;
  loading: Ref<boolean>;
  reload: () => Promise<void>;
}

// `fetch` runs now and again whenever one of `sources` changes; `every` milliseconds, too, while the page is visible.
export function useLoad<T>(fetch: (signal: AbortSignal) => Promise<T>, sources: WatchSource[] = [], every = 0): Loaded<T> {
  const value = shallowRef<T>();
  const error = ref('');
  const loading = ref(false);
  let running: AbortController | undefined;

  const reload = async () => {
    running?.abort();
    const mine = (running = new AbortController());
    loading.value = true;
    try {
      const found = await fetch(mine.signal);
      if (mine.signal.aborted) return;
      value.value = found;
      error.value = '';
    } catch (thrown) {
      if (mine.signal.aborted || isAbort(thrown)) return;
      error.value = messageOf(thrown);
    } finally {
      if (running === mine) loading.value = false;
    }
  };

  if (sources.length) {
    watch(sources, () => {
      value.value = undefined;
      void reload();
    });
  }
  void reload();
  // An answer that takes longer than `every` is waited for, or a slow server would never be heard.
  const timer = every ? setInterval(() => document.hidden || loading.value || void reload(), every) : undefined;
  onScopeDispose(() => {
    running?.abort();
    clearInterval(timer);
  });
  return { value, error, loading, reload };
}
