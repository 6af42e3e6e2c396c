import vue from '@vitejs/plugin-vue';
import { fileURLToPath, URL } from 'node:url';
import { defineConfig } from 'vitest/config';
import { preloads } from './preloads';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
// Where `npm run dev` sends what it does not serve itself.
// Small parts that most pages have are one file: thirty requests take longer than thirty kilobytes. What is large, or belongs
// to a few pages, stays apart.
const SHARED = /\/node_modules\/lucide-vue-next\/|\/src\/(?:api|lib|parts|layout)\/|\/src\/texts\/en\/common/;
const APART = /\/(?:CodeEditor|DiffView|JobsChoice|TimeChart|LoginDialog|NotFoundPage|NoticePlace)\.vue|\/lib\/(?:jobYaml|markdown)\.ts|\/(?:parts|lib)\/(?:log|acl|keys|calendars|plugin)\//;
const server = process.env.QD_URL ?? 'http://127.0.0.1:4440';

export default defineConfig({
  base: './', // the server writes its prefix into index.html; chunks find each other relative to themselves
  plugins: [vue(), preloads()],
  resolve: { alias: { '@texts': at('./src/texts/en'), '@': at('./src') } },
  build: {
    outDir: process.env.QD_UI_OUT ?? 'dist',
    emptyOutDir: true,
    target: 'es2022',
    reportCompressedSize: false,
    assetsInlineLimit: 0, // the Content-Security-Policy allows no data: scripts or fonts
    modulePreload: { polyfill: false },
    rollupOptions: { output: { manualChunks: (id) => (SHARED.test(id) && !APART.test(id) ? 'shared' : undefined) } },
    chunkSizeWarningLimit: 700,
  },
  server: {
    proxy: Object.fromEntries(['/api', '/j_security_check', '/user/logout'].map((path) => [path, { target: server, changeOrigin: false }])),
  },
  test: { environment: 'happy-dom', css: { include: /\?raw/ }, include: ['src/**/*.spec.ts'], testTimeout: 60_000, hookTimeout: 60_000 },
});
