// The state of an execution, put together from what servers tell of it: of many nodes only those that changed.
import { shallowRef, type ShallowRef } from 'vue';
import type { StateNews, StepState, WorkflowState } from '@/api/executionState';

export interface KnownState {
  value: ShallowRef<WorkflowState | undefined>;
  since: () => number; // to ask for what is new; 0: for all
  tell: (news: StateNews) => void;
}

export function useKnownState(): KnownState {
  const value = shallowRef<WorkflowState>();
  let asOf = 0;
  const tell = (news: StateNews) => {
    // What was asked for before the stream began, and came later.
    if (news.asOf !== undefined && news.asOf < asOf) return;
    if (news.since && value.value) value.value = merged(value.value, news);
    else if (!news.since) value.value = news;
    asOf = news.asOf ?? 0;
  };
  return { value, since: () => asOf, tell };
}

export function merged(before: WorkflowState, news: WorkflowState): WorkflowState {
  const known = new Map(before.steps.map((step) => [step.stepctx, step]));
  for (const step of news.steps) known.set(step.stepctx, mergedStep(known.get(step.stepctx), step));
  return { ...before, ...news, allNodes: news.allNodes ?? before.allNodes, steps: [...known.values()] };
}

function mergedStep(before: StepState | undefined, news: StepState): StepState {
  if (!before) return news;
  const step: StepState = { ...before, ...news };
  if (before.nodeStates) step.nodeStates = { ...before.nodeStates, ...news.nodeStates };
  if (before.workflow && news.workflow) step.workflow = merged(before.workflow, news.workflow);
  if (before.parameterStates && news.parameterStates) {
    const own = Object.entries(news.parameterStates).map(([key, one]) => [key, mergedStep(before.parameterStates![key], one)] as const);
    step.parameterStates = { ...before.parameterStates, ...Object.fromEntries(own) };
  }
  return step;
}
