// Asks again and again, with pauses that grow to two seconds, until it is done or nobody waits any more.
const FIRST_PAUSE = 300;
const LONGEST_PAUSE = 2000;

export async function pollUntil(ask: () => Promise<boolean>, signal: AbortSignal) {
  for (let pause = FIRST_PAUSE; !signal.aborted; pause = Math.min(pause * 1.5, LONGEST_PAUSE)) {
    if (await ask()) return;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
