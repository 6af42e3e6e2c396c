// What a button does: busy while it runs, and what went wrong when it did.
import { ref, type Ref } from 'vue';
import { messageOf } from '@/api/client';

export interface Action {
  busy: Ref<boolean>;
  error: Ref<string>; // "" until something fails
  act: (work: () => Promise<unknown>) => Promise<void>; // never throws
}

export function useAction(): Action {
  const busy = ref(false);
  const error = ref('');
  const act = async (work: () => Promise<unknown>) => {
    busy.value = true;
    error.value = '';
    try {
      await work();
    } catch (thrown) {
      error.value = messageOf(thrown);
    } finally {
      busy.value = false;
    }
  };
  return { busy, error, act };
}
