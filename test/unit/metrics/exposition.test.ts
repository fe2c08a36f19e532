import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { metricsDocument } from '../../../scripts/generate-metrics-doc.ts';
import { expectedTargets } from '../../../src/core/graph.ts';
import { createExposition } from '../../../src/metrics/exposition.ts';
import { METRICS, type Metric } from '../../../src/metrics/table.ts';
import { builtinTopology } from '../../../src/topology/builtin.ts';
import { readPrometheus, seriesValue } from '../../helpers/prometheus-text.ts';
import { answerOk, failed, NOW_MS, sampleInventory } from '../../helpers/sample-cluster.ts';
import { type Incident, startIncident } from '../core/situations/incident.ts';

const read = (name: string): string => readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8');
const topology = builtinTopology();

const told = async (incident: Incident, cluster = 'demo-cluster') => {
  const inventory = sampleInventory(3, cluster);
  const exposition = createExposition({ version: '1.2.3', topology, inventory });
  return readPrometheus(await exposition.text(incident.known()));
};

describe('what is told', () => {
  it('has one 1 in each state set, that of what the judge says', async () => {
    const incident = startIncident(3);
    incident.crash('chainfire.service', ['node01', 'node02']);
    incident.wait();
    const families = await told(incident);
    const state = incident.state();
    expect(state.verdict).toBe('down');
    for (const [name, { words, labels }] of Object.entries<Metric>(METRICS)) {
      if (words === undefined) continue;
      const { samples } = families.get(name) ?? { samples: [] };
      const last = labels.at(-1) ?? '';
      const sets = Map.groupBy(samples, (one) => JSON.stringify({ ...one.labels, [last]: undefined }));
      expect(sets.size).toBeGreaterThan(0);
      for (const set of sets.values()) {
        expect(set.map((one) => one.labels[last])).toEqual(words);
        expect(
          set.reduce((sum, { value }) => sum + value, 0),
          JSON.stringify(set),
        ).toBe(1);
      }
    }
    for (const { service, node, verdict } of state.instances.values()) {
      expect(seriesValue(families, 'plasmatop_instance_verdict', { service, node, verdict })).toBe(1);
    }
    for (const { id, state: standing } of state.capabilities) {
      const labels = { capability: id, state: standing };
      expect(seriesValue(families, 'plasmatop_capability_state', labels)).toBe(1);
    }
    const service = 'chainfire';
    expect(seriesValue(families, 'plasmatop_quorum_standing', { service, standing: 'lost' })).toBe(1);
    expect(seriesValue(families, 'plasmatop_quorum_votes', { service })).toBe(1);
    expect(seriesValue(families, 'plasmatop_quorum_votes_needed', { service })).toBe(2);
    expect(seriesValue(families, 'plasmatop_quorum_leader_known', { service })).toBe(0);
    expect(seriesValue(families, 'plasmatop_quorum_fault', { service, fault: 'no-leader' })).toBe(1);
    expect(seriesValue(families, 'plasmatop_causes')).toBe(state.causes.length);
  });

  it('has no leader that is well beside another', async () => {
    const incident = startIncident(3);
    incident.split('chainfire', ['node01']);
    incident.wait(30);
    const families = await told(incident);
    const service = 'chainfire';
    expect(seriesValue(families, 'plasmatop_quorum_fault', { service, fault: 'two-leaders' })).toBe(1);
    const rivals = [...incident.state().instances.values()].filter(({ split }) => split === 'two-leaders');
    expect(rivals).toHaveLength(2);
    for (const { node } of rivals) {
      const labels = { service, node };
      expect(seriesValue(families, 'plasmatop_instance_verdict', { ...labels, verdict: 'ok' })).toBe(0);
      expect(seriesValue(families, 'plasmatop_instance_verdict', { ...labels, verdict: 'degraded' })).toBe(1);
    }
  });

  it('has the metrics of the table, with their types and labels, and no others', async () => {
    const families = await told(startIncident(3));
    expect([...families.keys()].toSorted()).toEqual(Object.keys(METRICS).toSorted());
    for (const [name, { kind, help, labels }] of Object.entries<Metric>(METRICS)) {
      const family = families.get(name);
      expect(family).toMatchObject({ type: kind, help });
      for (const sample of family?.samples ?? []) {
        const own = Object.keys(sample.labels).filter((label) => label !== 'le');
        expect(own.toSorted()).toEqual([...labels].toSorted());
      }
    }
  });

  it('has no age of data before the first look, nor a nought in its place', async () => {
    const incident = startIncident(3);
    const { cluster, ...known } = incident.known();
    const { dataAgeMs, ...unseen } = cluster;
    expect(dataAgeMs).toBeDefined();
    const inventory = sampleInventory(3);
    const exposition = createExposition({ version: '1.2.3', topology, inventory });
    const samplesOf = async (one: typeof cluster) =>
      readPrometheus(await exposition.text({ ...known, cluster: one })).get('plasmatop_data_age_seconds')
        ?.samples;
    expect(await samplesOf(unseen)).toEqual([]);
    expect(await samplesOf(cluster)).toHaveLength(1);
    expect(await samplesOf(unseen)).toEqual([]);
  });

  it('tells when a certificate ends, and which links are not up', async () => {
    const incident = startIncident(3);
    incident.expiring('node02', 5);
    incident.noSsh('node03');
    incident.wait();
    const families = await told(incident);
    const ends = seriesValue(families, 'plasmatop_certificate_expiry_timestamp_seconds', {
      service: 'chainfire',
      node: 'node02',
    });
    expect(ends).toBe(
      (incident.state().instances.get('chainfire@node02')?.certificateNotAfterMs ?? 0) / 1000,
    );
    expect(seriesValue(families, 'plasmatop_link_state', { node: 'node03', state: 'failed' })).toBe(1);
    expect(seriesValue(families, 'plasmatop_link_state', { node: 'node03', state: 'up' })).toBe(0);
  });

  it('takes no word of a node for a label, and escapes the name of the cluster', async () => {
    const incident = startIncident(3);
    incident.says('chainfire', ['node02'], { status: 'evil"}\n# HELP x', state: 'p0wned' });
    incident.wait();
    const families = await told(incident, 'a "b"\\\nc');
    const labels = { version: '1.2.3', cluster: 'a "b"\\\nc', topology: 'plasmacloud' };
    expect(seriesValue(families, 'plasmatop_build_info', labels)).toBe(1);
    expect(JSON.stringify([...families])).not.toMatch(/evil|p0wned/u);
  });
});

describe('what is counted', () => {
  it('counts probes by service and node, failures by kind, and only what is watched', async () => {
    const inventory = sampleInventory(3);
    const exposition = createExposition({ version: '1.2.3', topology, inventory });
    const incident = startIncident(3);
    const target = expectedTargets(topology, inventory).find(({ instance }) => instance === 'iam@node01');
    if (target === undefined) throw new Error('no such target');
    const before = readPrometheus(await exposition.text(incident.known()));
    const labels = { service: 'iam', node: 'node01' };
    expect(seriesValue(before, 'plasmatop_probes_total', labels)).toBe(0);
    expect(before.get('plasmatop_probe_failures_total')?.samples).toEqual([]);
    const bad = failed(NOW_MS, 'timeout', 'no answer');
    exposition.count([
      { kind: 'probe', check: target.id, result: answerOk(target, NOW_MS, 4) },
      { kind: 'probe', check: target.id, result: bad },
      { kind: 'probe', check: target.id, result: bad },
      { kind: 'probe', check: 'stranger@node01#https', result: bad },
    ]);
    const families = readPrometheus(await exposition.text(incident.known()));
    expect(seriesValue(families, 'plasmatop_probes_total', labels)).toBe(3);
    const { samples = [] } = families.get('plasmatop_probe_failures_total') ?? {};
    expect(samples.map((one) => [one.labels, one.value])).toEqual([[{ ...labels, kind: 'timeout' }, 2]]);
    const durations = families.get('plasmatop_probe_duration_seconds')?.samples ?? [];
    const count = durations.filter((one) => one.name.endsWith('_count') && one.labels.service === 'iam');
    expect(count.map(({ value }) => value)).toEqual([1]);
  });
});

describe('docs', () => {
  it('metrics.md is what the table says', () => {
    expect(read('docs/metrics.md'), 'run npm run generate').toBe(metricsDocument());
  });

  it('has alert rules of metrics, labels and words that exist', () => {
    const { groups } = parse(read('docs/plasmatop.rules.yaml')) as {
      readonly groups: readonly {
        readonly rules: readonly { readonly alert: string; readonly expr: string }[];
      }[];
    };
    const expressions = groups.flatMap(({ rules }) => rules.map(({ expr }) => expr));
    const inDocument = read('docs/metrics.md').split('## Alerts')[1] ?? '';
    expect(expressions.length).toBeGreaterThan(5);
    const found = [...expressions, inDocument].join('\n').matchAll(/\b(plasmatop_[a-z_]+)(?:\{([^}]*)\})?/gu);
    let names = 0;
    for (const [, word = '', matchers = ''] of found) {
      const name = word.replace(/_(?:bucket|sum|count)$/u, '');
      const metric = Object.entries<Metric>(METRICS).find(([one]) => one === name)?.[1];
      expect(metric, word).toBeDefined();
      if (name !== word) expect(metric?.kind, word).toBe('histogram');
      names += 1;
      for (const [, label = '', values = ''] of matchers.matchAll(/([a-z]+)=~?"([^"]*)"/gu)) {
        expect(metric?.labels, word).toContain(label);
        const words = label === metric?.labels.at(-1) ? metric?.words : undefined;
        for (const value of values.split('|')) if (words !== undefined) expect(words, word).toContain(value);
      }
    }
    expect(names).toBeGreaterThan(10);
  });
});
