// Short messages at the corner of the page, and questions before something that cannot be undone.
import { useConfirm } from 'primevue/useconfirm';
import { useToast } from 'primevue/usetoast';
import { messageOf } from '@/api/client';
import texts from '@texts/common';

export function useNotify() {
  const toast = useToast();
  const confirm = useConfirm();
  return {
    done: (text: string) => toast.add({ severity: 'success', summary: text, life: 4000 }),
    failed: (error: unknown) => toast.add({ severity: 'error', summary: texts.errors.title, detail: messageOf(error), life: 12_000 }),
    // True when the user agrees; `action` is the label of the button that does it.
    ask: (question: string, action: string, header = action) =>
      new Promise<boolean>((resolve) =>
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
  };
}
