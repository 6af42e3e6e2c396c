import type { RouteRecordRaw } from 'vue-router';

export default [
  { path: '/project/:project/webhooks', component: () => import('./WebhooksPage.vue'), meta: { nav: 'webhooks' } },
  { path: '/project/:project/webhooks/new', component: () => import('./WebhookPage.vue'), meta: { nav: 'webhooks' } },
  { path: '/project/:project/webhooks/:id(\\d+)', component: () => import('./WebhookPage.vue'), meta: { nav: 'webhooks' } },
  // The peer's address.
  { path: '/webhook/admin', redirect: (to) => `/project/${encodeURIComponent(String(to.query.project ?? ''))}/webhooks` },
] satisfies RouteRecordRaw[];
