// The workflow of a job as a tree.
import { api, apiPath } from '@/api/client';

export interface TreeStep {
  description?: string;
  exec?: string;
  script?: string;
  scriptfile?: string;
  scripturl?: string;
  type?: string;
  jobref?: { name?: string; group?: string; uuid?: string; project?: string };
  jobId?: string;
  workflow?: TreeStep[];
}

export const workflowTree = async (id: string, signal?: AbortSignal) =>
  (await api.get<{ workflow: TreeStep[] }>(apiPath`/job/${id}/workflow`, {}, { signal })).workflow;
