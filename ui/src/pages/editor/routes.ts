import type { RouteRecordRaw } from 'vue-router';

const component = () => import('./EditorPage.vue');
const meta = { nav: 'jobs' };
export default [
  { path: '/project/:project/job/create', component, meta },
  { path: '/project/:project/job/edit/:uuid', component, meta },
] satisfies RouteRecordRaw[];
