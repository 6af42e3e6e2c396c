// One execution while a page shows it: its facts, its state, and its log, as they come.
import { computed, onScopeDispose, watch, type ComputedRef, type ShallowRef } from 'vue';
import { executionState, type WorkflowState } from '@/api/executionState';
import { getExecution, isFinal, type Execution } from '@/api/executions';
import { useLoad, type Loaded } from './load';
import { useExecutionLog, type ExecutionLog } from './log/executionLog';
import { useKnownState } from './stateNews';

export interface FollowedExecution {
  execution: Loaded<Execution>;
  over: ComputedRef<boolean>;
  state: ShallowRef<WorkflowState | undefined>;
  log: ExecutionLog;
}

const ASK_EVERY = 4000;

export function useFollowedExecution(id: number | string): FollowedExecution {
  const execution = useLoad((signal) => getExecution(id, signal));
  const state = useKnownState();
  const stored = useLoad((signal) => executionState(id, signal));
  watch(stored.value, (found) => found && state.tell(found));
  const log = useExecutionLog(id, state);
  const over = computed(() => !!execution.value.value && isFinal(execution.value.value.status));
  // The stream tells what happens; asking now and then finds out what it cannot: a cut stream, a retry, a queue.
  const timer = setInterval(() => {
    if (document.hidden || over.value) return;
    void execution.reload();
    if (log.phase.value !== 'live') void stored.reload();
  }, ASK_EVERY);
  watch(log.end, () => void Promise.all([execution.reload(), stored.reload()]));
  watch(
    () => execution.value.value?.status,
    (now, before) => before && now && isFinal(now) && !isFinal(before) && void stored.reload(),
  );
  onScopeDispose(() => clearInterval(timer));
  return { execution, over, state: state.value, log };
}
