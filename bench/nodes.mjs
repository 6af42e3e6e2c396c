// 20,000 nodes: how long one source of each format takes from nothing to an answer, and what filters cost, HTTP included.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newProject } from '../tests/support/scenario.mjs';
import { startServer } from '../tests/support/server.mjs';
import { folder, median, spread } from './tools.mjs';

const COUNT = 20_000;

function inventory() {
  const nodes = {};
  for (let i = 0; i < COUNT; i += 1) {
    const name = `node-${String(i).padStart(5, '0')}.example.com`;
    nodes[name] = {
      nodename: name, hostname: `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}:22`, username: 'deploy', description: `Application server number ${i}`,
      osFamily: 'unix', osName: 'Linux', osArch: 'x86_64', osVersion: '6.1', rack: `r${i % 40}`, region: ['eu', 'us', 'ap'][i % 3], tags: `www, env${i % 5}, shard${i % 100}`,
    };
  }
  return nodes;
}

const entries = (node, write) => Object.entries(node).map(([key, value]) => write(key, value));
const writers = {
  json: (nodes) => JSON.stringify(nodes),
  yaml: (nodes) => Object.entries(nodes).map(([name, node]) => `${name}:\n${entries(node, (key, value) => `  ${key}: '${value}'\n`).join('')}`).join(''),
  'yaml (flow style)': (nodes) => Object.entries(nodes).map(([name, node]) => `${name}: {${entries(node, (key, value) => `${key}: '${value}'`).join(', ')}}\n`).join(''),
  xml: (nodes) => `<project>\n${Object.entries(nodes).map(([name, { nodename, ...node }]) => `<node name="${name}" ${entries(node, (key, value) => `${key}="${value}"`).join(' ')}/>\n`).join('')}</project>\n`,
};

async function timed(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

export async function nodes(table, { rounds }) {
  const server = await startServer();
  const all = inventory();
  const one = Object.keys(all)[COUNT - 1];
  let project;
  for (const [format, write] of Object.entries(writers)) {
    const file = join(folder, `nodes-${format.slice(0, 6).trim()}.${format.split(' ')[0]}`);
    writeFileSync(file, write(all));
    const times = [];
    for (let round = 0; round < rounds; round += 1) {
      project = await newProject(server, { 'resources.source.1.type': 'file', 'resources.source.1.config.file': file });
      times.push(await timed(() => server.ok('GET', `/project/${project}/resource/${one}`)));
    }
    const promised = !format.includes('flow');  // which hardly anybody writes in such numbers, and the full parser reads
    table.add(`${COUNT} nodes from ${format}`, `${median(times).toFixed(0)} ms`, promised ? '< 1000 ms' : '', promised ? median(times) < 1000 : undefined, `first request to answer: ${spread(times, 0)}`);
  }
  for (const [what, filter] of [['one name', one], ['two tags', 'tags: env1+shard1'], ['an expression on names', 'name: .*-0000[0-9].*'], ['an attribute and an expression', 'rack: r7 hostname: 10\\.0\\.1\\..*'], ['nothing, by expression', 'description: .*nobody.*']]) {
    const times = [];
    for (let round = 0; round < 50; round += 1) times.push(await timed(() => server.ok('GET', `/project/${project}/resources`, { query: { filter } })));
    table.add(`filter ${COUNT} nodes: ${what}`, `${median(times).toFixed(1)} ms`, '', undefined, `request to answer: ${spread(times)}`);
  }
  const whole = [];
  for (let round = 0; round < 5; round += 1) whole.push(await timed(() => server.api('GET', `/project/${project}/resources`)));
  table.add(`all ${COUNT} nodes as JSON`, `${median(whole).toFixed(0)} ms`, '', undefined, `request to answer: ${spread(whole, 0)}`);
  await server.stop();
}
