import { expect, test } from 'vitest';
import type { RunState, StateNews, StepState } from '@/api/executionState';
import { useKnownState } from './stateNews';

const state = (executionState: RunState) => ({ executionState, duration: 1 });
const step = (stepctx: string, own: RunState, nodeStates?: StepState['nodeStates'], more: Partial<StepState> = {}): StepState => ({ ...state(own), id: stepctx, stepctx, nodeStep: !!nodeStates, nodeStates, ...more });
const news = (steps: StepState[], more: Partial<StateNews> = {}): StateNews => ({ executionState: 'RUNNING', completed: false, stepCount: steps.length, steps, ...more });

test('what changed is put into what is known', () => {
  const known = useKnownState();
  known.tell(news([step('1', 'RUNNING', { a: state('RUNNING'), b: state('WAITING') }), step('2', 'WAITING')], { since: 0, asOf: 100, allNodes: ['a', 'b'] }));
  expect(known.since()).toBe(100);
  known.tell(news([step('1', 'RUNNING', { a: state('SUCCEEDED') }), step('2', 'RUNNING', undefined, { workflow: news([step('2/1', 'RUNNING', { a: state('RUNNING') })]) })], { since: 100, asOf: 200 }));
  const now = known.value.value!;
  expect(now.allNodes).toEqual(['a', 'b']);
  expect(now.steps[0]!.nodeStates).toEqual({ a: state('SUCCEEDED'), b: state('WAITING') });
  expect(now.steps[1]!.workflow!.steps[0]!.nodeStates).toEqual({ a: state('RUNNING') });
  known.tell(news([step('2', 'RUNNING', undefined, { workflow: news([step('2/1', 'RUNNING', { b: state('RUNNING') })]) })], { since: 200, asOf: 300 }));
  expect(known.value.value!.steps[1]!.workflow!.steps[0]!.nodeStates).toEqual({ a: state('RUNNING'), b: state('RUNNING') });
  expect(known.since()).toBe(300);
});

test('an answer that was overtaken counts no more; a whole state replaces all', () => {
  const known = useKnownState();
  known.tell(news([step('1', 'SUCCEEDED')], { since: 0, asOf: 200 }));
  known.tell(news([step('1', 'RUNNING')], { since: 0, asOf: 100 }));
  expect(known.value.value!.steps[0]!.executionState).toBe('SUCCEEDED');
  known.tell(news([step('1', 'FAILED')], { executionState: 'FAILED' }));
  expect(known.value.value!.steps[0]!.executionState).toBe('FAILED');
  expect(known.since()).toBe(0);
});
