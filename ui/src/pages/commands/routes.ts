import type { RouteRecordRaw } from 'vue-router';

export default [
  { path: '/project/:project/command/run', component: () => import('./CommandsPage.vue'), meta: { nav: 'commands' } },
] satisfies RouteRecordRaw[];
