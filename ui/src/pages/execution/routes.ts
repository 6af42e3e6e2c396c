import type { RouteRecordRaw } from 'vue-router';

const meta = { nav: 'activity' };
export default [
  { path: '/project/:project/execution/show/:id(\\d+)', component: () => import('./ExecutionPage.vue'), meta },
  { path: '/project/:project/execution/:id(\\d+)', redirect: (to) => `/project/${encodeURIComponent(String(to.params.project))}/execution/show/${String(to.params.id)}` },
  { path: '/execution/show/:id(\\d+)', component: () => import('./FindExecutionPage.vue') },
] satisfies RouteRecordRaw[];
