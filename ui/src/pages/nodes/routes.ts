import type { RouteRecordRaw } from 'vue-router';

export default [
  { path: '/project/:project/nodes', component: () => import('./NodesPage.vue'), meta: { nav: 'nodes' } },
] satisfies RouteRecordRaw[];
