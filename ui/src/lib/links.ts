// Addresses of pages. Use these instead of putting paths together.
const seg = encodeURIComponent;

export const projectPath = (project: string, page = 'home') => `/project/${seg(project)}/${page}`;
export const jobPath = (project: string, uuid: string) => `/project/${seg(project)}/job/show/${seg(uuid)}`;
export const editJobPath = (project: string, uuid: string) => `/project/${seg(project)}/job/edit/${seg(uuid)}`;
export const executionPath = (project: string, id: number | string) => `/project/${seg(project)}/execution/show/${id}`;
// An action on a project's repository, or for one job.
export const scmActionPath = (project: string, integration: string, action: string, job?: string) =>
  `/project/${seg(project)}/scm/${integration}/performAction?actionId=${seg(action)}${job ? `&id=${seg(job)}` : ''}`;
export const nodePath = (project: string, name: string) => `/project/${seg(project)}/nodes?filter=${seg(`name: ${name}`)}`;

export const jobTitle = (job: { group?: string | null; name: string }) => (job.group ? `${job.group}/${job.name}` : job.name);
export const executionTitle = (execution: { job?: { group?: string; name: string }; description: string }) =>
  execution.job ? jobTitle(execution.job) : execution.description;
