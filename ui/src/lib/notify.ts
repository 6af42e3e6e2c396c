// Short messages at the corner of the page, and questions before something that cannot be undone.
import type { useConfirm } from 'primevue/useconfirm';
import type { useToast } from 'primevue/usetoast';
import { reactive } from 'vue';
import { messageOf } from '@/api/client';
import texts from '@texts/common';

interface Place {
  toast: ReturnType<typeof useToast>;
  confirm: ReturnType<typeof useConfirm>;
}

// Their place in the page comes with the first of them: see layout/NoticePlace.vue.
export const notices = reactive({ wanted: false });
let noticesArePlaced: (place: Place) => void = () => {};
const placed = new Promise<Place>((resolve) => (noticesArePlaced = resolve));
export { noticesArePlaced };

async function inPlace(say: (place: Place) => void) {
  notices.wanted = true;
  say(await placed);
}

export function useNotify() {
  return {
    done: (text: string) => void inPlace(({ toast }) => toast.add({ severity: 'success', summary: text, life: 4000 })),
    failed: (error: unknown) => void inPlace(({ toast }) => toast.add({ severity: 'error', summary: texts.errors.title, detail: messageOf(error), life: 12_000 })),
    // True when the user agrees; `action` is the label of the button that does it.
    ask: (question: string, action: string, header = action) =>
      new Promise<boolean>((resolve) =>
        inPlace(({ confirm }) =>
          confirm.require({
            message: question,
            header,
            acceptProps: { label: action, severity: 'danger' },
            rejectProps: { label: texts.actions.cancel, severity: 'secondary', outlined: true },
            accept: () => resolve(true),
            reject: () => resolve(false),
            onHide: () => resolve(false),
          }),
        ),
      ),
  };
}
