import type { RouteRecordRaw } from 'vue-router';

const page = () => import('./LoginPage.vue');
const meta = { open: true, bare: true };
export default [
  { path: '/user/login', component: page, meta },
  { path: '/user/error', component: page, meta },
  { path: '/user/loggedout', component: page, meta },
  { path: '/j_security_check', component: page, meta },
] satisfies RouteRecordRaw[];
