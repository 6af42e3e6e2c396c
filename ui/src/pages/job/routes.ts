import type { RouteRecordRaw } from 'vue-router';

export default [
  { path: '/project/:project/job/show/:uuid', component: () => import('./JobPage.vue'), meta: { nav: 'jobs' } },
  { path: '/job/show/:uuid', component: () => import('./FindJobPage.vue') },
] satisfies RouteRecordRaw[];
