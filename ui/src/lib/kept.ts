// A value that this browser keeps for good, like favourites and saved filters.
import { ref, watch, type Ref } from 'vue';

export function useKept<T>(key: string, standard: T): Ref<T> {
  const name = `qd.${key}`;
  let first = standard;
  try {
    const text = localStorage.getItem(name);
    if (text !== null) first = JSON.parse(text) as T;
  } catch {
    /* as if nothing was kept */
  }
  const value = ref(first) as Ref<T>;
  watch(
    value,
    (now) => {
      try {
        localStorage.setItem(name, JSON.stringify(now));
      } catch {
        /* a full or forbidden storage keeps nothing */
      }
    },
    { deep: true },
  );
  return value;
}
