import type { RouteRecordRaw } from 'vue-router';

export default [
  { path: '/', component: () => import('./HomePage.vue') },
  { path: '/menu/home', redirect: '/' },
  { path: '/resources/createProject', component: () => import('./CreateProjectPage.vue') },
  { path: '/project/:project', redirect: (to) => `/project/${encodeURIComponent(String(to.params.project))}/home` },
  { path: '/project/:project/home', component: () => import('./ProjectPage.vue'), meta: { nav: 'overview' } },
] satisfies RouteRecordRaw[];
