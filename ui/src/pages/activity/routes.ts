import type { RouteRecordRaw } from 'vue-router';

export default [
  { path: '/project/:project/activity', component: () => import('./ActivityPage.vue'), meta: { nav: 'activity' } },
  { path: '/project/:project/reports', redirect: (to) => ({ path: `/project/${encodeURIComponent(String(to.params.project))}/activity`, query: to.query }) },
] satisfies RouteRecordRaw[];
