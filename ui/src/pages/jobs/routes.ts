import type { RouteRecordRaw } from 'vue-router';

const meta = { nav: 'jobs' };
export default [
  { path: '/project/:project/jobs/:group(.*)*', component: () => import('./JobsPage.vue'), meta },
  { path: '/project/:project/job/upload', component: () => import('./UploadJobsPage.vue'), meta },
] satisfies RouteRecordRaw[];
