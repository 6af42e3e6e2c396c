import { afterEach, expect, test, vi } from 'vitest';
import { effectScope, nextTick, ref } from 'vue';
import { useLoad } from './load';

afterEach(() => vi.useRealTimers());

test('an answer that takes longer than the interval is waited for, and the next question follows it', async () => {
  vi.useFakeTimers();
  const answers: ((text: string) => void)[] = [];
  const signals: AbortSignal[] = [];
  const scope = effectScope();
  const loaded = scope.run(() => useLoad((signal) => new Promise<string>((resolve) => (answers.push(resolve), signals.push(signal))), [], 1000))!;
  await vi.advanceTimersByTimeAsync(3500);
  expect(answers.length).toBe(1);
  expect(signals[0]!.aborted).toBe(false);
  answers[0]!('late');
  await vi.advanceTimersByTimeAsync(1000);
  expect(loaded.value.value).toBe('late');
  expect(answers.length).toBe(2);
  scope.stop();
  expect(signals[1]!.aborted).toBe(true);
});

test('the answer to an earlier question is dropped', async () => {
  const question = ref('a');
  const answers = new Map<string, (text: string) => void>();
  const scope = effectScope();
  const loaded = scope.run(() => useLoad(() => new Promise<string>((resolve) => answers.set(question.value, resolve)), [question]))!;
  question.value = 'b';
  await nextTick();
  answers.get('b')!('of b');
  answers.get('a')!('of a');
  await nextTick();
  await nextTick();
  expect(loaded.value.value).toBe('of b');
  scope.stop();
});
