// Whether somebody is logged in, and the login dialog that opens over a page whose session ended.
import { reactive } from 'vue';
import { boot } from '@/boot';

export const session = reactive({
  user: boot.user ?? null,
  roles: boot.roles ?? [],
  asking: false, // the dialog is open
});

let waiting: { promise: Promise<void>; resolve: () => void } | undefined;

// Resolves once somebody has logged in again. However many requests ask, there is one dialog.
export function askForLogin(): Promise<void> {
  if (!waiting) {
    let resolve = () => {};
    const promise = new Promise<void>((done) => (resolve = done));
    waiting = { promise, resolve };
    session.asking = true;
  }
  return waiting.promise;
}

export function loggedIn(user: string) {
  session.user = user;
  session.asking = false;
  waiting?.resolve();
  waiting = undefined;
}
