// A form over some keys of a project's configuration: loads, tells what is unsaved, saves what differs, and keeps people
// from leaving with unsaved changes.
import { computed, onScopeDispose, ref, watch, type Ref } from 'vue';
import { onBeforeRouteLeave } from 'vue-router';
import { messageOf } from '@/api/client';
import { configChange, readConfig, saveConfig, type Config } from '@/api/projectConfig';
import { useLoad } from '@/lib/load';
import { useNotify } from '@/lib/notify';
import texts from '@texts/settings';

// Asks before the page is left while `dirty`.
export function useLeaveGuard(dirty: Ref<boolean>) {
  const notify = useNotify();
  onBeforeRouteLeave(async () => !dirty.value || notify.ask(texts.askLeave, texts.leave));
  const unload = (event: BeforeUnloadEvent) => dirty.value && event.preventDefault();
  window.addEventListener('beforeunload', unload);
  onScopeDispose(() => window.removeEventListener('beforeunload', unload));
}

export interface SettingsForm<T> {
  loaded: ReturnType<typeof useLoad<Config>>;
  form: Ref<T>;
  dirty: Ref<boolean>;
  busy: Ref<boolean>;
  error: Ref<string>;
  save: () => Promise<boolean>;
  discard: () => void;
}

// `read` makes the form of a configuration; `write` puts it back over one.
export function useSettingsForm<T>(project: string, read: (config: Config) => T, write: (config: Config, form: T) => Config): SettingsForm<T> {
  const notify = useNotify();
  const loaded = useLoad((signal) => readConfig(project, signal));
  const form = ref(read({})) as Ref<T>;
  const busy = ref(false);
  const error = ref('');
  const before = () => loaded.value.value ?? {};
  const discard = () => (form.value = read(before()));
  const changes = (config: Config) => {
    const { set, remove } = configChange(config, write({ ...config }, form.value));
    return Object.keys(set).length > 0 || remove.length > 0;
  };
  const dirty = computed(() => !!loaded.value.value && changes(loaded.value.value));
  // What is typed stays when something else of the configuration was saved meanwhile.
  watch(loaded.value, (_now, old) => (!old || busy.value || !changes(old)) && discard(), { flush: 'sync' });
  useLeaveGuard(dirty);

  async function save() {
    busy.value = true;
    error.value = '';
    try {
      await saveConfig(project, before(), write({ ...before() }, form.value));
      await loaded.reload();
      notify.done(texts.saved);
      return true;
    } catch (thrown) {
      error.value = messageOf(thrown);
      return false;
    } finally {
      busy.value = false;
    }
  }
  return { loaded, form, dirty, busy, error, save, discard };
}
