// The addresses are those that users of the peer have in bookmarks, mails and chat messages: permalinks go on working.
// Each page group owns pages/GROUP/routes.ts; pages are loaded when they are first opened.
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router';
import { boot } from './boot';
import { preferences } from './lib/preferences';
import { session } from './lib/session';

const groups = import.meta.glob<{ default: RouteRecordRaw[] }>('./pages/*/routes.ts', { eager: true });

export const router = createRouter({
  history: createWebHistory(`${boot.base}/`),
  routes: [
    ...Object.values(groups).flatMap((group) => group.default),
    { path: '/:path(.*)*', component: () => import('./layout/NotFoundPage.vue') },
  ],
  // A page that is opened first is at its top.
  scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path || !from.matched.length ? undefined : { top: 0 }),
});

// Pages that anybody may see say so: meta: { open: true }.
router.beforeEach((to) => {
  if (session.user || to.meta.open) return true;
  return { path: '/user/login', query: to.path === '/' ? {} : { to: to.fullPath } };
});

router.afterEach((to) => {
  const project = to.params.project;
  if (typeof project === 'string') preferences.lastProject = project;
});
