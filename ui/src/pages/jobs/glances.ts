// Next run and last outcome of the jobs in sight, asked for in batches and again after a while.
import { onScopeDispose, shallowRef, triggerRef, watch, type Ref } from 'vue';
import { glanceAt, type Glance } from '@/api/jobs';

const MOST = 200; // ids of one request
const FRESH = 10_000;

export function useGlances(project: Ref<string>) {
  const glances = shallowRef(new Map<string, Glance>());
  const asked = new Map<string, number>();
  let inSight: string[] = [];

  const refresh = async () => {
    const now = Date.now();
    const wanted = inSight.filter((id) => now - (asked.get(id) ?? 0) > FRESH).slice(0, MOST);
    if (!wanted.length || document.hidden) return;
    wanted.forEach((id) => asked.set(id, now));
    try {
      const found = await glanceAt(project.value, wanted);
      for (const id of wanted) glances.value.set(id, found[id] ?? {});
      triggerRef(glances);
    } catch {
      wanted.forEach((id) => asked.delete(id)); // the list itself says what is wrong with the server
    }
  };

  const timer = setInterval(() => void refresh(), FRESH + 100);
  onScopeDispose(() => clearInterval(timer));
  watch(project, () => {
    glances.value = new Map();
    asked.clear();
  });
  return {
    glances,
    see(ids: string[]) {
      inSight = ids;
      void refresh();
    },
  };
}
