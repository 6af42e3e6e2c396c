// Writes into index.html which files each of the pages needs that people open first; public/theme.js asks for them.
import type { Plugin, Rollup } from 'vite';

const PAGES: Record<string, string> = {
  '^/(menu/home)?$': 'home/HomePage',
  '^/project/[^/]+(/home)?$': 'home/ProjectPage',
  '^/project/[^/]+/jobs(/|$)': 'jobs/JobsPage',
  '^/project/[^/]+/job/show/': 'job/JobPage',
  '^/project/[^/]+/execution/(show/)?\\d+': 'execution/ExecutionPage',
  '^/project/[^/]+/activity': 'activity/ActivityPage',
  '^/project/[^/]+/nodes$': 'nodes/NodesPage',
  '^/project/[^/]+/command/run': 'commands/CommandsPage',
  '^/user/(login|error|loggedout)$': 'login/LoginPage',
};

function filesOf(chunk: Rollup.OutputChunk, bundle: Rollup.OutputBundle, entry: string, found = new Set<string>()): Set<string> {
  if (chunk.fileName === entry || found.has(chunk.fileName)) return found;
  found.add(chunk.fileName);
  for (const style of chunk.viteMetadata?.importedCss ?? []) found.add(style);
  for (const name of chunk.imports) {
    const next = bundle[name];
    if (next?.type === 'chunk') filesOf(next, bundle, entry, found);
  }
  return found;
}

export function preloads(): Plugin {
  return {
    name: 'qd-preloads',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle }) {
        if (!bundle) return html;
        const chunks = Object.values(bundle).filter((one) => one.type === 'chunk');
        const entry = chunks.find((one) => one.isEntry)!.fileName;
        const pages = Object.entries(PAGES).map(([path, page]) => {
          const chunk = chunks.find((one) => one.facadeModuleId?.endsWith(`/src/pages/${page}.vue`));
          if (!chunk) throw new Error(`preloads: there is no page ${page}; mend ui/preloads.ts`);
          return { path, files: [...filesOf(chunk, bundle, entry)] };
        });
        return html.replace('<!--qd-pages-->', `<script type="application/json" id="qd-pages">${JSON.stringify(pages)}</script>`);
      },
    },
  };
}
