import type { RouteRecordRaw } from 'vue-router';

const page = () => import('./ScmActionPage.vue');
const meta = { nav: 'jobs' };
export default [
  { path: '/project/:project/scm/:integration(export|import)/performAction', component: page, meta },
  // The peer's address for one job.
  { path: '/project/:project/job/:id/scm/:integration(export|import)/performAction', component: page, meta },
] satisfies RouteRecordRaw[];
