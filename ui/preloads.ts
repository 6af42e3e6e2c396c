// Writes into index.html which files and which answers of the API each of the pages needs that people open first;
// public/theme.js asks for them before any of our scripts runs. `$1` is the first group of the address, and so on.
import type { Plugin, Rollup } from 'vite';
import { API_VERSION } from './src/api/version';

interface First {
  page: string;
  asks?: string[];
}

const PAGES: Record<string, First> = {
  '^/(menu/home)?$': { page: 'home/HomePage', asks: ['/projects'] },
  '^/project/[^/]+(/home)?$': { page: 'home/ProjectPage' },
  '^/project/([^/]+)/jobs(/|$)': { page: 'jobs/JobsPage', asks: ['/project/$1/jobs/brief'] },
  '^/project/[^/]+/job/show/([^/]+)': { page: 'job/JobPage', asks: ['/job/$1/info', '/job/$1/input'] },
  '^/project/[^/]+/execution/(?:show/)?(\\d+)': { page: 'execution/ExecutionPage', asks: ['/execution/$1', '/execution/$1/state?since=0'] },
  '^/project/[^/]+/activity': { page: 'activity/ActivityPage' },
  '^/project/[^/]+/nodes$': { page: 'nodes/NodesPage' },
  '^/project/[^/]+/command/run': { page: 'commands/CommandsPage' },
  '^/user/(login|error|loggedout)$': { page: 'login/LoginPage' },
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
        const pages = Object.entries(PAGES).map(([path, { page, asks = [] }]) => {
          const chunk = chunks.find((one) => one.facadeModuleId?.endsWith(`/src/pages/${page}.vue`));
          if (!chunk) throw new Error(`preloads: there is no page ${page}; mend ui/preloads.ts`);
          return { path, files: [...filesOf(chunk, bundle, entry)], asks: asks.map((ask) => `/api/${API_VERSION}${ask}`) };
        });
        return html.replace('<!--qd-pages-->', `<script type="application/json" id="qd-pages">${JSON.stringify(pages)}</script>`);
      },
    },
  };
}
