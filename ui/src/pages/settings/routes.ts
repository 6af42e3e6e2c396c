import type { RouteLocation, RouteRecordRaw } from 'vue-router';

export default [
  {
    path: '/project/:project/configure',
    component: () => import('./SettingsLayout.vue'),
    meta: { nav: 'settings' },
    children: [
      { path: '', component: () => import('./GeneralPage.vue') },
      { path: 'nodes', component: () => import('./SourcesPage.vue') },
      { path: 'nodes/:index(\\d+)', component: () => import('./SourceEditPage.vue') },
      { path: 'executors', component: () => import('./ExecutorsPage.vue') },
      { path: 'globals', component: () => import('./GlobalsPage.vue') },
      { path: 'texts', component: () => import('./TextsPage.vue') },
      { path: 'acls', component: () => import('./PoliciesPage.vue') },
      { path: 'keys', component: () => import('./KeysPage.vue') },
      { path: 'schedules', component: () => import('./SchedulesPage.vue') },
      { path: 'calendars', component: () => import('./CalendarsPage.vue') },
      { path: 'scm', component: () => import('./ScmPage.vue') },
      { path: 'properties', component: () => import('./PropertiesPage.vue') },
      { path: 'archive', component: () => import('./ArchivePage.vue') },
      { path: 'danger', component: () => import('./DangerPage.vue') },
    ],
  },
  // Addresses of the peer, and of the API's editPermalink.
  { path: '/project/:project/nodes/sources', redirect: (to) => `/project/${encodeURIComponent(String(to.params.project))}/configure/nodes` },
  { path: '/project/:project/nodes/source/:index(\\d+)/edit', redirect: (to) => `/project/${encodeURIComponent(String(to.params.project))}/configure/nodes/${String(to.params.index)}` },
  { path: '/project/:project/acls', redirect: (to) => `/project/${encodeURIComponent(String(to.params.project))}/configure/acls` },
  { path: '/project/:project/storage', redirect: (to) => `/project/${encodeURIComponent(String(to.params.project))}/configure/keys` },
  ...['', '/index', '/:integration(export|import)/setup'].map((page) => ({ path: `/project/:project/scm${page}`, redirect: (to: RouteLocation) => `/project/${encodeURIComponent(String(to.params.project))}/configure/scm` })),
  ...['export', 'import'].map((name) => ({ path: `/project/:project/${name}`, redirect: (to: RouteLocation) => `/project/${encodeURIComponent(String(to.params.project))}/configure/archive` })),
] satisfies RouteRecordRaw[];
