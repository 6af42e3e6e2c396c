// The state of an execution: steps × nodes, as GET /execution/ID/state and event streams tell it.
import { api, apiPath } from './client';

export type RunState = 'WAITING' | 'RUNNING' | 'RUNNING_HANDLER' | 'SUCCEEDED' | 'FAILED' | 'ABORTED' | 'NODE_PARTIAL_SUCCEEDED' | 'NODE_MIXED' | 'NOT_STARTED';

export interface StateOf {
  executionState: RunState;
  startTime?: string | null; // absent or null: not yet
  endTime?: string | null;
  duration: number; // milliseconds; -1 before it starts
  errorMessage?: string;
  meta?: { failureReason?: string };
}

export interface StepState extends StateOf {
  id: string;
  stepctx: string;
  nodeStep: boolean;
  stepTargetNodes?: string[];
  nodeStates?: Record<string, StateOf>;
  workflow?: WorkflowState;
  parameterStates?: Record<string, StepState>; // a job reference that ran on each node
}

export interface WorkflowState {
  executionState: RunState;
  completed: boolean;
  stepCount: number;
  allNodes?: string[]; // absent when nothing is new about them
  serverNode?: string;
  steps: StepState[];
}

// What a server tells of a state: all of it, or what changed at `since` or later; `asOf` is the next `since`.
export interface StateNews extends WorkflowState {
  since?: number;
  asOf?: number; // absent: a whole state, of an execution that is over or runs on another member
}

export const executionState = (id: number | string, signal?: AbortSignal) => api.get<StateNews>(apiPath`/execution/${id}/state`, { since: 0 }, { signal, timeout: 60_000 });
