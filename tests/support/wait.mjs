// Waiting for a condition, never for a time.
import { setTimeout as pause } from 'node:timers/promises';

// Sanitizer builds and loaded machines stretch every limit: QD_TEST_SLOW=4.
export const SLOW = Number(process.env.QD_TEST_SLOW ?? 1);

// What a probe throws to end the waiting at once.
export class GiveUp extends Error {}

// Asks `probe` until it answers with something truthy, and returns that. An exception counts as "not yet", but for GiveUp;
// when the time is over, the last one is part of the message. Limits are generous: who passes does not wait for them.
export async function until(probe, { timeout = 60_000, interval = 20, what = 'the condition' } = {}) {
  const end = Date.now() + timeout * SLOW;
  let last;
  for (;;) {
    try {
      const answer = await probe();
      if (answer) return answer;
      last = undefined;
    } catch (error) {
      if (error instanceof GiveUp) throw error;
      last = error;
    }
    if (Date.now() >= end) {
      const why = last ? `: ${last.message}` : '';
      throw new Error(`waited ${timeout * SLOW} ms in vain for ${what}${why}`, last ? { cause: last } : undefined);
    }
    await pause(interval);
    interval = Math.min(interval * 1.3, 250);
  }
}

// The promise's answer, or an error that names what took too long.
export function within(promise, timeout, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: no answer within ${timeout * SLOW} ms`)), timeout * SLOW);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
