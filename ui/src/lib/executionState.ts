// Questions that pages ask of an execution's state: what failed, how far it is, each node's way through the steps.
import type { RunState, StateOf, StepState, WorkflowState } from '@/api/executionState';
import type { Tone } from './status';

export const isOver = (state: RunState) => !['WAITING', 'RUNNING', 'RUNNING_HANDLER'].includes(state);
export const isRunning = (state: RunState) => state === 'RUNNING' || state === 'RUNNING_HANDLER';

const TONES: Record<RunState, Tone> = {
  WAITING: 'off',
  RUNNING: 'run',
  RUNNING_HANDLER: 'warn',
  SUCCEEDED: 'ok',
  FAILED: 'fail',
  ABORTED: 'warn',
  NODE_PARTIAL_SUCCEEDED: 'fail',
  NODE_MIXED: 'fail',
  NOT_STARTED: 'off',
};
export const toneOfState = (state: RunState): Tone => TONES[state] ?? 'off';

export interface FlatStep {
  step: StepState;
  depth: number;
}

// Every step, with those of referenced jobs below it.
export function flatSteps(workflow: WorkflowState | undefined, depth = 0): FlatStep[] {
  return (workflow?.steps ?? []).flatMap((step) => [
    { step, depth },
    ...flatSteps(step.workflow, depth + 1),
    ...Object.values(step.parameterStates ?? {}).flatMap((one) => [{ step: one, depth: depth + 1 }, ...flatSteps(one.workflow, depth + 2)]),
  ]);
}

export interface Failure {
  node: string; // "" for a step that ran on no node
  stepctx: string;
  message: string;
  reason: string;
}

// Where it failed: the innermost steps, node by node, in the order of the workflow.
export function failuresOf(workflow: WorkflowState | undefined): Failure[] {
  const found: Failure[] = [];
  const add = (node: string, stepctx: string, state: StateOf) =>
    found.push({ node, stepctx, message: state.errorMessage ?? '', reason: state.meta?.failureReason ?? '' });
  const visit = (step: StepState) => {
    const inner: StepState[] = [...(step.workflow?.steps ?? []), ...Object.values(step.parameterStates ?? {}).flatMap((one) => one.workflow?.steps ?? [])];
    const before = found.length;
    inner.forEach(visit);
    if (found.length > before) return;
    for (const [node, state] of Object.entries(step.nodeStates ?? {})) if (state.executionState === 'FAILED') add(node, step.stepctx, state);
    if (found.length === before && step.executionState === 'FAILED') add('', step.stepctx, step);
  };
  (workflow?.steps ?? []).forEach(visit);
  return found;
}

export interface NodeRow {
  node: string;
  cells: { stepctx: string; state: StateOf | undefined }[]; // by step of the top level; undefined: not on this node
  state: RunState; // of the node as a whole
  current: string; // the step that runs or failed, "" for none
  duration: number; // milliseconds over all steps so far
}

const WORST: RunState[] = ['FAILED', 'RUNNING_HANDLER', 'RUNNING', 'ABORTED', 'WAITING', 'NOT_STARTED', 'SUCCEEDED'];

// A row for each node; those that failed first, then those that run. Steps that run on no node are in row "".
export function nodeRows(workflow: WorkflowState | undefined): NodeRow[] {
  if (!workflow) return [];
  const names = [...new Set([...(workflow.allNodes ?? []), ...workflow.steps.flatMap((step) => Object.keys(step.nodeStates ?? {}))])];
  const rows = names.map((node) => rowOf(node, workflow.steps, (step) => step.nodeStates?.[node]));
  if (workflow.steps.some((step) => !step.nodeStates)) rows.push(rowOf('', workflow.steps, (step) => (step.nodeStates ? undefined : step)));
  const collator = new Intl.Collator('en', { numeric: true });
  const urgency = (row: NodeRow) => (row.state === 'FAILED' ? 0 : isRunning(row.state) ? 1 : 2);
  return rows.filter((row) => row.cells.some((cell) => cell.state)).sort((a, b) => urgency(a) - urgency(b) || Number(!a.node) - Number(!b.node) || collator.compare(a.node, b.node));
}

function rowOf(node: string, steps: StepState[], pick: (step: StepState) => StateOf | undefined): NodeRow {
  const cells = steps.map((step) => ({ stepctx: step.stepctx, state: pick(step) }));
  const there = cells.filter((cell) => cell.state);
  const state = WORST.find((one) => there.some((cell) => cell.state!.executionState === one)) ?? 'SUCCEEDED';
  const current = there.find((cell) => cell.state!.executionState === 'FAILED' || isRunning(cell.state!.executionState))?.stepctx ?? '';
  const duration = there.reduce((sum, cell) => sum + Math.max(0, cell.state!.duration), 0);
  return { node, cells, state: state === 'WAITING' && there.some((cell) => isOver(cell.state!.executionState)) ? 'RUNNING' : state, current, duration };
}

export interface Counts {
  all: number;
  done: number; // all steps succeeded
  failed: number;
  running: number;
  waiting: number;
}

export function countNodes(rows: readonly NodeRow[]): Counts {
  const nodes = rows.filter((row) => row.node);
  const count = (wanted: (row: NodeRow) => boolean) => nodes.filter(wanted).length;
  return {
    all: nodes.length,
    done: count((row) => row.state === 'SUCCEEDED'),
    failed: count((row) => row.state === 'FAILED' || row.state === 'ABORTED'),
    running: count((row) => isRunning(row.state)),
    waiting: count((row) => row.state === 'WAITING' || row.state === 'NOT_STARTED'),
  };
}
