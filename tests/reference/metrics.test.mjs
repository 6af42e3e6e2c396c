// The dashboard and the alert rules in packaging/ against a running server: every query is PromQL, and names metrics,
// labels and values that the server has.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { parser } from '@prometheus-io/lezer-promql';
import YAML from 'yaml';
import { newJob, newProject } from '../support/scenario.mjs';
import { startServer } from '../support/server.mjs';

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const FROM_PROMETHEUS = new Set(['job', 'instance', 'le']);  // labels that a scrape adds, or a histogram

let qd;
const metrics = new Map();  // name: {type, labels: name → set of values}
before(async () => {
  qd = await startServer({ config: { 'rundeck.clusterMode.enabled': 'true' } });
  await newJob(qd, await newProject(qd), { schedule: { crontab: '0 30 5 ? * * *' } });  // so that somebody owns one
  const { text } = await qd.raw('GET', '/metrics', { token: null });
  for (const [, name, type] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    for (const suffix of type === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']) metrics.set(name + suffix, { type, labels: new Map() });
  }
  for (const [, name, labels] of text.matchAll(/^([a-z_]+)\{(.*)\} \S+$/gm)) {
    for (const [, label, value] of labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) {
      const known = metrics.get(name).labels;
      known.set(label, (known.get(label) ?? new Set()).add(value));
    }
  }
});
after(() => qd?.stop());

// The metrics of a query, with the matchers of each and the labels it is grouped by.
function parts(query) {
  const found = { selectors: [], grouped: [] };
  const text = (node) => query.slice(node.from, node.to);
  parser.parse(query).iterate({
    enter(node) {
      assert.ok(!node.type.isError, `not PromQL at ${node.from}: ${query}`);
      if (node.name === 'VectorSelector') {
        const name = text(node.node.getChild('Identifier') ?? assert.fail(`no metric in ${query}`));
        const matchers = node.node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? [];
        found.selectors.push({ name, matchers: matchers.map((one) => ({ label: text(one.getChild('LabelName')), operator: text(one.getChild('MatchOp')), value: JSON.parse(text(one.getChild('StringLiteral'))) })) });
      }
      if (node.name === 'GroupingLabels') found.grouped.push(...node.node.getChildren('LabelName').map(text));
    },
  });
  return found;
}

function check(where, query) {
  const { selectors, grouped } = parts(query);
  assert.ok(selectors.length > 0, `${where} names no metric: ${query}`);
  for (const { name, matchers } of selectors) {
    if (name === 'up') continue;  // Prometheus' own
    const metric = metrics.get(name) ?? assert.fail(`${where}: the server has no metric '${name}'`);
    for (const { label, operator, value } of matchers) {
      if (FROM_PROMETHEUS.has(label)) continue;
      const values = metric.labels.get(label) ?? assert.fail(`${where}: ${name} has no label '${label}'`);
      if (operator !== '=' || (label === 'status' && /^[1-5]xx$/.test(value))) continue;
      assert.ok(values.has(value), `${where}: ${name} has no ${label}="${value}", but ${[...values]}`);
    }
    if (/\b(rate|increase)\(/.test(query) && metric.type === 'gauge') assert.doesNotMatch(query, new RegExp(`(rate|increase)\\(${name}\\b`), `${where}: ${name} is a gauge`);
  }
  const labels = new Set(selectors.flatMap(({ name }) => [...(metrics.get(name)?.labels.keys() ?? [])]));
  for (const label of grouped) assert.ok(labels.has(label) || FROM_PROMETHEUS.has(label), `${where}: no metric of the query has the label '${label}'`);
  return labels;
}

describe('the dashboard', () => {
  const dashboard = JSON.parse(read('packaging/grafana/quarterdeck.json'));
  const panels = dashboard.panels.filter(({ type }) => type !== 'row');

  it('has a query in every panel, and panels do not overlap', () => {
    assert.ok(panels.length >= 20);
    const taken = new Map();
    for (const { title, targets, gridPos: at, id } of dashboard.panels) {
      if (targets) assert.ok(targets.length > 0, title);
      assert.ok(at.x + at.w <= 24, title);
      for (let x = at.x; x < at.x + at.w; x += 1) {
        for (let y = at.y; y < at.y + at.h; y += 1) {
          assert.equal(taken.get(`${x} ${y}`), undefined, `${title} lies on ${taken.get(`${x} ${y}`)}`);
          taken.set(`${x} ${y}`, title);
        }
      }
      assert.equal(dashboard.panels.filter((one) => one.id === id).length, 1, title);
    }
  });

  it('asks for what the server has', () => {
    for (const { title, targets } of panels) {
      for (const { expr, legendFormat } of targets) {
        const labels = check(title, expr);
        for (const [, label] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) assert.ok(labels.has(label) || FROM_PROMETHEUS.has(label), `${title}: no label '${label}' for its legend`);
      }
    }
  });
});

describe('the alert rules', () => {
  const rules = YAML.parse(read('packaging/prometheus/quarterdeck.rules.yml')).groups.flatMap((group) => group.rules);

  it('ask for what the server has, and tell people what to do', () => {
    for (const { alert, expr, labels, annotations } of rules) {
      check(alert, expr);
      assert.match(labels.severity, /^(warning|critical)$/, alert);
      assert.ok(annotations.summary, alert);
    }
    assert.equal(new Set(rules.map(({ alert }) => alert)).size, rules.length);
  });

  it('tell of a dead member, missed fires, stuck log storage and a database that is lost', () => {
    const queries = rules.map(({ expr }) => expr).join('\n');
    for (const name of ['quarterdeck_member_state{state="dead"}', 'quarterdeck_schedule_fires_total{state="missed"}', 'quarterdeck_log_storage_queued_oldest_seconds', 'quarterdeck_database_reconnects_total']) assert.ok(queries.includes(name), name);
  });

  it('are read by the Prometheus that packaging/ configures', () => {
    const prometheus = YAML.parse(read('packaging/prometheus/prometheus.yml'));
    assert.deepEqual(prometheus.rule_files, ['quarterdeck.rules.yml']);
    assert.equal(prometheus.scrape_configs[0].job_name, 'quarterdeck');
    assert.equal(prometheus.scrape_configs[0].metrics_path, '/metrics');
  });
});
