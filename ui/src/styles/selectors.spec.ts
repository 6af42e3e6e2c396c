import { expect, it } from 'vitest';

const files = import.meta.glob<string>(['../**/*.css', '../**/*.vue'], { query: '?raw', import: 'default', eager: true });
const stylesOf = (path: string, text: string) => (path.endsWith('.vue') ? [...text.matchAll(/<style[^>]*>([\s\S]*?)<\/style>/g)].map(([, css]) => css).join('\n') : text);

// Browsers then look up the styles of all that follows whatever is inserted, anywhere: 50 ms for each letter or row that
// came into a list of ten thousand jobs on a slow laptop.
it('no selector is about whatever follows whatever', () => {
  const found = Object.entries(files).flatMap(([path, text]) => {
    const selectors = stylesOf(path, text).replace(/\/\*[\s\S]*?\*\//g, '').match(/[^{};]*(?=\{)/g) ?? [];
    return selectors.filter((selector) => /[+~]\s*\*/.test(selector)).map((selector) => `${path}: ${selector.trim()}`);
  });
  expect(Object.keys(files).length).toBeGreaterThan(50);
  expect(found).toEqual([]);
});
