import { describe, expect, it } from 'vitest';
import type { RunState, StepState, WorkflowState } from '@/api/executionState';
import { countNodes, failuresOf, flatSteps, nodeRows } from './executionState';

const state = (executionState: RunState, more: object = {}) => ({ executionState, startTime: null, endTime: null, updateTime: null, duration: 100, ...more });
const failed = (errorMessage: string) => state('FAILED', { errorMessage, meta: { failureReason: 'NonZeroResultCode' } });
function step(stepctx: string, own: RunState, nodeStates?: StepState['nodeStates'], more: Partial<StepState> = {}): StepState {
  return { ...state(own), id: stepctx, stepctx, nodeStep: !!nodeStates, nodeStates, ...more };
}
const workflow = (steps: StepState[], allNodes: string[] = []): WorkflowState => ({ executionState: 'RUNNING', completed: false, stepCount: steps.length, allNodes, steps });

const sample = workflow(
  [
    step('1', 'NODE_PARTIAL_SUCCEEDED', { a: state('SUCCEEDED'), b: failed('Result code was 3'), c: state('RUNNING') }),
    step('2', 'WAITING', { a: state('WAITING'), b: state('NOT_STARTED'), c: state('WAITING') }),
    step('3', 'WAITING'),
  ],
  ['a', 'b', 'c'],
);

describe('the state of an execution', () => {
  it('has a row for each node, the urgent ones first', () => {
    const rows = nodeRows(sample);
    expect(rows.map((row) => [row.node, row.state, row.current])).toEqual([['b', 'FAILED', '1'], ['a', 'RUNNING', ''], ['c', 'RUNNING', '1'], ['', 'WAITING', '']]);
    expect(rows[0]!.cells.map((cell) => cell.state?.executionState)).toEqual(['FAILED', 'NOT_STARTED', undefined]);
    expect(countNodes(rows)).toEqual({ all: 3, done: 0, failed: 1, running: 2, waiting: 0 });
    expect(nodeRows(undefined)).toEqual([]);
  });

  it('names what failed, as deep inside as it is known', () => {
    expect(failuresOf(sample)).toEqual([{ node: 'b', stepctx: '1', message: 'Result code was 3', reason: 'NonZeroResultCode' }]);
    const inner = workflow([step('1/1', 'SUCCEEDED', { a: state('SUCCEEDED') }), step('1/2', 'FAILED', { a: failed('inner') })]);
    const outer = workflow([step('1', 'FAILED', undefined, { workflow: inner, errorMessage: 'outer' }), step('2', 'FAILED', undefined, { errorMessage: 'no nodes' })]);
    expect(failuresOf(outer).map((one) => [one.node, one.stepctx, one.message])).toEqual([['a', '1/2', 'inner'], ['', '2', 'no nodes']]);
    const perNode = workflow([step('1', 'FAILED', { a: failed('reference') }, { parameterStates: { 'node=a': step('1@node=a', 'FAILED', undefined, { workflow: inner }) } })]);
    expect(failuresOf(perNode).map((one) => one.message)).toEqual(['inner']);
    expect(failuresOf(undefined)).toEqual([]);
  });

  it('has steps inside steps', () => {
    const inner = workflow([step('1/1', 'SUCCEEDED')]);
    expect(flatSteps(workflow([step('1', 'SUCCEEDED', undefined, { workflow: inner }), step('2', 'WAITING')])).map(({ step: one, depth }) => [one.stepctx, depth])).toEqual([['1', 0], ['1/1', 1], ['2', 0]]);
  });
});
