// The state of an execution: steps × nodes, as GET /execution/ID/state and event streams tell it.
import { api, apiPath } from './client';

export type RunState = 'WAITING' | 'RUNNING' | 'RUNNING_HANDLER' | 'SUCCEEDED' | 'FAILED' | 'ABORTED' | 'NODE_PARTIAL_SUCCEEDED' | 'NODE_MIXED' | 'NOT_STARTED';

export interface StateOf {
  executionState: RunState;
  startTime: string | null;
  endTime: string | null;
  updateTime: string | null;
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
  targetNodes: string[];
  allNodes: string[];
  serverNode?: string;
  steps: StepState[];
}

export const executionState = (id: number | string, signal?: AbortSignal) => api.get<WorkflowState>(apiPath`/execution/${id}/state`, {}, { signal, timeout: 60_000 });
