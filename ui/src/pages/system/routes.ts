import type { RouteRecordRaw } from 'vue-router';

const system = (nav: string) => ({ nav, area: 'system' as const });

export default [
  { path: '/menu/system', component: () => import('./SystemStart.vue'), meta: system('') },
  { path: '/menu/cluster', component: () => import('./ClusterPage.vue'), meta: system('cluster') },
  { path: '/menu/executionMode', redirect: '/menu/cluster' },
  { path: '/menu/systemInfo', component: () => import('./ReportPage.vue'), meta: system('report') },
  { path: '/menu/metrics', component: () => import('./MetricsPage.vue'), meta: system('metrics') },
  { path: '/menu/logStorage', component: () => import('./LogStoragePage.vue'), meta: system('logstorage') },
  { path: '/menu/storage', component: () => import('./KeysPage.vue'), meta: system('keys') },
  { path: '/menu/acls', component: () => import('./PoliciesPage.vue'), meta: system('acls') },
  { path: '/menu/users', component: () => import('./UsersPage.vue'), meta: system('users') },
  { path: '/menu/calendars', component: () => import('./CalendarsPage.vue'), meta: system('calendars') },
  { path: '/menu/plugins', component: () => import('./PluginsPage.vue'), meta: system('plugins') },
  { path: '/artifact/index/installed', redirect: '/menu/plugins' },
  { path: '/menu/systemConfig', component: () => import('./ConfigPage.vue'), meta: system('config') },
  { path: '/menu/audit', component: () => import('./AuditPage.vue'), meta: system('audit') },
] satisfies RouteRecordRaw[];
