// Input that survives a reload: kept in sessionStorage under the place where it was typed.
import { onScopeDispose, watch, type Ref } from 'vue';

const LARGEST = 1_000_000; // characters of one draft

// Restores `state` from an earlier draft (true when there was one) and keeps it from then on. Never give it secrets.
// clear() after saving.
export function useDraft<T>(key: string, state: Ref<T>): { restored: boolean; clear: () => void } {
  const name = `qd.draft.${key}`;
  let restored = false;
  try {
    const kept = sessionStorage.getItem(name);
    if (kept !== null) {
      state.value = JSON.parse(kept) as T;
      restored = true;
    }
  } catch {
    /* nothing to restore */
  }
  let timer: ReturnType<typeof setTimeout> | undefined;
  let cleared = false;
  const keep = () => {
    timer = undefined;
    try {
      const text = JSON.stringify(state.value);
      if (text.length <= LARGEST) sessionStorage.setItem(name, text);
    } catch {
      /* full: the draft is lost on reload, nothing else */
    }
  };
  watch(
    state,
    () => {
      if (cleared) return;
      clearTimeout(timer);
      timer = setTimeout(keep, 200);
    },
    { deep: true },
  );
  const leave = () => timer !== undefined && keep();
  window.addEventListener('pagehide', leave);
  onScopeDispose(() => {
    leave();
    clearTimeout(timer);
    window.removeEventListener('pagehide', leave);
  });
  const clear = () => {
    cleared = true;
    clearTimeout(timer);
    timer = undefined;
    sessionStorage.removeItem(name);
  };
  return { restored, clear };
}
