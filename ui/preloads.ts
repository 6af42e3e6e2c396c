// Writes pages.json: which files and which answers of the API each of the pages needs that people open first. The server
// names the files in the document that it sends, so that browsers fetch them at once and together with those that all
// pages have; public/theme.js asks the API. ":name" is a segment of the address, "*" at the end is any number of them.
import type { Plugin, Rollup } from 'vite';
import { API_VERSION } from './src/api/version';

interface Ask {
  path: string;
  json?: Record<string, string>; // it is a POST
}
interface First {
  pages: string[];
  page: string;
  asks?: Ask[];
}

const rights: Ask = { path: '/acl/can', json: { project: ':project' } };
const PAGES: First[] = [
  { pages: ['/', '/menu/home'], page: 'home/HomePage', asks: [{ path: '/projects' }] },
  { pages: ['/project/:project', '/project/:project/home'], page: 'home/ProjectPage', asks: [rights] },
  { pages: ['/project/:project/jobs/*'], page: 'jobs/JobsPage', asks: [{ path: '/project/:project/jobs/brief' }, rights] },
  {
    pages: ['/project/:project/job/show/:uuid'],
    page: 'job/JobPage',
    asks: [{ path: '/job/:uuid/info' }, { path: '/job/:uuid/input' }, { path: '/acl/can', json: { project: ':project', jobUuid: ':uuid' } }, rights],
  },
  {
    pages: ['/project/:project/execution/show/:id', '/project/:project/execution/:id'],
    page: 'execution/ExecutionPage',
    asks: [{ path: '/execution/:id' }, { path: '/execution/:id/state?since=0' }, rights],
  },
  { pages: ['/project/:project/activity'], page: 'activity/ActivityPage', asks: [rights] },
  { pages: ['/project/:project/nodes'], page: 'nodes/NodesPage', asks: [rights] },
  { pages: ['/project/:project/command/run'], page: 'commands/CommandsPage', asks: [rights] },
  { pages: ['/user/login'], page: 'login/LoginPage' },
];
const MARK = '<!--qd-first-->'; // where the server writes the files of the page

function filesOf(chunk: Rollup.OutputChunk, bundle: Rollup.OutputBundle, found = new Set<string>()): Set<string> {
  if (found.has(chunk.fileName)) return found;
  found.add(chunk.fileName);
  for (const style of chunk.viteMetadata?.importedCss ?? []) found.add(style);
  for (const name of chunk.imports) {
    const next = bundle[name];
    if (next?.type === 'chunk') filesOf(next, bundle, found);
  }
  return found;
}

function table(bundle: Rollup.OutputBundle) {
  const chunks = Object.values(bundle).filter((one) => one.type === 'chunk');
  const always = filesOf(chunks.find((one) => one.isEntry)!, bundle);
  return PAGES.map(({ pages, page, asks = [] }) => {
    const chunk = chunks.find((one) => one.facadeModuleId?.endsWith(`/src/pages/${page}.vue`));
    if (!chunk) throw new Error(`preloads: there is no page ${page}; mend ui/preloads.ts`);
    return { pages, files: [...filesOf(chunk, bundle)].filter((file) => !always.has(file)), asks: asks.map((ask) => ({ ...ask, path: `/api/${API_VERSION}${ask.path}` })) };
  });
}

export function preloads(): Plugin {
  return {
    name: 'qd-preloads',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        this.emitFile({ type: 'asset', fileName: 'pages.json', source: JSON.stringify(table(bundle)) });
      },
    },
    transformIndexHtml: { order: 'post', handler: (html, { bundle }) => (bundle ? html.replace('</head>', `${MARK}\n</head>`) : html) },
  };
}
