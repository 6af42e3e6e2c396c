import type { RouteRecordRaw } from 'vue-router';

export default [{ path: '/user/profile', component: () => import('./ProfilePage.vue') }] satisfies RouteRecordRaw[];
