import vue from '@vitejs/plugin-vue';
import { fileURLToPath, URL } from 'node:url';
import { defineConfig } from 'vitest/config';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
// Where `npm run dev` sends what it does not serve itself.
const server = process.env.QD_URL ?? 'http://127.0.0.1:4440';

export default defineConfig({
  base: './', // the server writes its prefix into index.html; chunks find each other relative to themselves
  plugins: [vue()],
  resolve: { alias: { '@texts': at('./src/texts/en'), '@': at('./src') } },
  build: {
    outDir: process.env.QD_UI_OUT ?? 'dist',
    emptyOutDir: true,
    target: 'es2022',
    reportCompressedSize: false,
    assetsInlineLimit: 0, // the Content-Security-Policy allows no data: scripts or fonts
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  server: {
    proxy: Object.fromEntries(['/api', '/j_security_check', '/user/logout'].map((path) => [path, { target: server, changeOrigin: false }])),
  },
  test: { environment: 'happy-dom', include: ['src/**/*.spec.ts'] },
});
