// Renewing and revoking tokens, wherever they are listed. A renewed token's text is in `shown`, once.
import { ref } from 'vue';
import { revokeToken, rotateToken, type NewToken, type Token } from '@/api/tokens';
import texts from '@texts/profile';
import { useNotify } from './notify';

export function useTokenActions(changed: () => void) {
  const notify = useNotify();
  const shown = ref<NewToken>();
  const t = texts.tokens;
  const nameOf = (token: Token) => token.name || token.id;

  async function rotate(token: Token) {
    if (!(await notify.ask(t.askRotate(nameOf(token)), t.rotate))) return;
    try {
      shown.value = await rotateToken(token.id);
      changed();
    } catch (error) {
      notify.failed(error);
    }
  }
  async function revoke(token: Token) {
    if (!(await notify.ask(t.askRevoke(nameOf(token)), t.revoke))) return;
    try {
      await revokeToken(token.id);
      if (shown.value?.id === token.id) shown.value = undefined;
      notify.done(t.revoked(nameOf(token)));
      changed();
    } catch (error) {
      notify.failed(error);
    }
  }
  return { shown, rotate, revoke };
}
