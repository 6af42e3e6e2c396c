// The jobs of a project to choose from, asked for once for all steps.
import { shallowRef, type ShallowRef } from 'vue';
import { listJobs, type JobSummary } from '@/api/jobs';

const known = new Map<string, ShallowRef<JobSummary[]>>();

export function useJobChoices(project: string): ShallowRef<JobSummary[]> {
  let jobs = known.get(project);
  if (!jobs) {
    jobs = shallowRef<JobSummary[]>([]);
    known.set(project, jobs);
  }
  const target = jobs;
  void listJobs(project)
    .then((found) => (target.value = found.slice(0, 2000)))
    .catch(() => undefined); // the field still takes what is typed
  return target;
}
