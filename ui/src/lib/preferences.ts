// What this browser's user likes: kept in localStorage, on this machine only.
import { reactive, watch } from 'vue';

export interface Preferences {
  theme: 'light' | 'dark' | 'system';
  timeZone: string; // "" is the browser's own
  lastProject: string;
  pageSize: number; // rows of long lists
}

const KEY = 'qd.preferences';

function read(): Preferences {
  const standard: Preferences = { theme: 'system', timeZone: '', lastProject: '', pageSize: 50 };
  try {
    return { ...standard, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Preferences>) };
  } catch {
    return standard;
  }
}

export const preferences = reactive(read());

function applyTheme() {
  const dark = preferences.theme === 'dark' || (preferences.theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
}

export function watchSystemTheme() {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', applyTheme);
  watch(
    preferences,
    () => {
      try {
        localStorage.setItem(KEY, JSON.stringify(preferences));
      } catch {
        /* a browser that keeps nothing still works */
      }
      applyTheme();
    },
    { immediate: true },
  );
}

// The zone in which times are shown.
export const shownZone = () => preferences.timeZone || Intl.DateTimeFormat().resolvedOptions().timeZone;
