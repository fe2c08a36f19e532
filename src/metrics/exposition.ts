/** From what is known to the text that Prometheus reads. No label comes from a node: only names that are configured. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { expectedTargets } from '../core/graph.ts';
import type { ClusterFacts, ClusterState, QuorumFault, QuorumState } from '../core/model/cluster.ts';
import type { CheckTarget, Inventory } from '../core/model/inventory.ts';
import type { Observation } from '../core/model/observation.ts';
import type { Topology } from '../core/model/topology.ts';
import { METRICS, type Metric, type MetricName } from './table.ts';

/** Around what a health endpoint takes: from a millisecond to the longest timeout that anybody sets. */
const BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

const FAULTS = [
  'no-leader',
  'two-leaders',
  'size-disagreement',
  'beyond-inventory',
] as const satisfies readonly QuorumFault['kind'][];

export type Watched = {
  readonly version: string;
  readonly topology: Topology;
  readonly inventory: Inventory;
};

/** What is known at one moment. */
export type Known = { readonly cluster: ClusterState; readonly facts: ClusterFacts; readonly nowMs: number };

export type Exposition = {
  readonly contentType: string;
  /** Counts what came in. */
  readonly count: (observations: readonly Observation[]) => void;
  readonly text: (known: Known) => Promise<string>;
};

type Labels = Readonly<Record<string, string>>;

type Gauges = {
  readonly set: (name: MetricName, labels: Labels, value: number) => void;
  /** One of its words holds, or none. */
  readonly setWord: (name: MetricName, labels: Labels, word: string | undefined) => void;
  readonly reset: () => void;
};

const createGauges = (registry: Registry): Gauges => {
  const gauges = new Map<string, Gauge>();
  const unlabelled = new Set<string>();
  for (const [name, { kind, help, labels }] of Object.entries<Metric>(METRICS)) {
    if (kind !== 'gauge') continue;
    gauges.set(name, new Gauge({ name, help, labelNames: [...labels], registers: [registry] }));
    if (labels.length === 0) unlabelled.add(name);
  }
  return {
    set: (name, labels, value) => gauges.get(name)?.set(labels, value),
    setWord: (name, labels, word) => {
      const { words = [], labels: names }: Metric = METRICS[name];
      const last = names.at(-1) ?? '';
      for (const one of words) gauges.get(name)?.set({ ...labels, [last]: one }, one === word ? 1 : 0);
    },
    reset: () => {
      for (const [name, gauge] of gauges) {
        gauge.reset();
        // The library sets what has no labels to nought, which would be told for known.
        if (unlabelled.has(name)) gauge.remove();
      }
    },
  };
};

const SECOND_MS = 1000;

const fillQuorum = ({ set, setWord }: Gauges, quorum: QuorumState): void => {
  const labels = { service: quorum.service };
  set('plasmatop_quorum_votes', labels, quorum.votes);
  set('plasmatop_quorum_votes_needed', labels, quorum.needed);
  set('plasmatop_quorum_members', labels, quorum.expected);
  setWord('plasmatop_quorum_standing', labels, quorum.standing);
  set('plasmatop_quorum_leader_known', labels, quorum.leader === undefined ? 0 : 1);
  for (const fault of FAULTS) {
    const holds = quorum.faults.some(({ kind }) => kind === fault);
    set('plasmatop_quorum_fault', { ...labels, fault }, holds ? 1 : 0);
  }
};

const fillCluster = (gauges: Gauges, { cluster }: Known): void => {
  const { set, setWord } = gauges;
  setWord('plasmatop_cluster_verdict', {}, cluster.verdict);
  set('plasmatop_insecure', {}, cluster.insecure ? 1 : 0);
  set('plasmatop_causes', {}, cluster.causes.length);
  set('plasmatop_contradictions', {}, cluster.contradictions.length);
  if (cluster.dataAgeMs !== undefined) {
    set('plasmatop_data_age_seconds', {}, cluster.dataAgeMs / SECOND_MS);
  }
  for (const { number, verdict } of cluster.levels) {
    setWord('plasmatop_level_verdict', { level: String(number) }, verdict);
  }
  for (const { name, verdict, quorum } of cluster.services.values()) {
    setWord('plasmatop_service_verdict', { service: name }, verdict);
    if (quorum !== undefined) fillQuorum(gauges, quorum);
  }
  for (const { id, state } of cluster.capabilities) {
    setWord('plasmatop_capability_state', { capability: id }, state);
  }
  for (const { name, verdict, reachable, steps, link } of cluster.nodes.values()) {
    const failed = steps.filter(({ state }) => state !== 'held').length;
    setWord('plasmatop_node_verdict', { node: name }, verdict);
    set('plasmatop_node_reachable', { node: name }, reachable ? 1 : 0);
    set('plasmatop_node_failed_steps', { node: name }, failed);
    setWord('plasmatop_link_state', { node: name }, link.state);
  }
};

const fillInstances = ({ set, setWord }: Gauges, { cluster, facts, nowMs }: Known): void => {
  for (const { service, node, verdict, certificateNotAfterMs } of cluster.instances.values()) {
    const labels = { service, node };
    setWord('plasmatop_instance_verdict', labels, verdict);
    if (certificateNotAfterMs !== undefined) {
      set('plasmatop_certificate_expiry_timestamp_seconds', labels, certificateNotAfterMs / SECOND_MS);
    }
  }
  const newestMs = new Map<string, { readonly labels: Labels; readonly atMs: number }>();
  for (const { target, last } of facts.checks.values()) {
    if (last === undefined) continue;
    const labels = { service: target.service, node: target.node };
    const check = { ...labels, check: target.spec.id };
    set('plasmatop_probe_success', check, last.ok ? 1 : 0);
    set('plasmatop_probe_last_duration_seconds', check, last.phases.totalMs / SECOND_MS);
    const known = newestMs.get(target.instance);
    if (known === undefined || known.atMs < last.atMs)
      newestMs.set(target.instance, { labels, atMs: last.atMs });
  }
  for (const { labels, atMs } of newestMs.values()) {
    set('plasmatop_instance_data_age_seconds', labels, Math.max(0, nowMs - atMs) / SECOND_MS);
  }
};

/** Counts what comes in; only what the configuration has is counted. */
const createCounters = (registry: Registry, { topology, inventory }: Watched): Exposition['count'] => {
  const counter = (name: MetricName): Counter => {
    const { help, labels } = METRICS[name];
    return new Counter({ name, help, labelNames: [...labels], registers: [registry] });
  };
  const probes = counter('plasmatop_probes_total');
  const failures = counter('plasmatop_probe_failures_total');
  const looks = counter('plasmatop_unit_looks_total');
  const { help, labels } = METRICS.plasmatop_probe_duration_seconds;
  const durations = new Histogram({
    name: 'plasmatop_probe_duration_seconds',
    help,
    labelNames: [...labels],
    buckets: BUCKETS_S,
    registers: [registry],
  });
  const targets = new Map<string, CheckTarget>();
  for (const target of expectedTargets(topology, inventory)) {
    targets.set(target.id, target);
    // A rate needs the nought that it began with.
    probes.inc({ service: target.service, node: target.node }, 0);
    durations.zero({ service: target.service, check: target.spec.id });
  }
  const nodes = new Set(inventory.nodes.map(({ name }) => name));
  for (const node of nodes) looks.inc({ node }, 0);

  return (observations) => {
    for (const observation of observations) {
      if (observation.kind === 'units' && nodes.has(observation.node)) looks.inc({ node: observation.node });
      if (observation.kind !== 'probe') continue;
      const target = targets.get(observation.check);
      if (target === undefined) continue;
      const { service, node, spec } = target;
      const { result } = observation;
      probes.inc({ service, node });
      if (result.ok) durations.observe({ service, check: spec.id }, result.phases.totalMs / SECOND_MS);
      else failures.inc({ service, node, kind: result.failure.kind });
    }
  };
};

export const createExposition = (watched: Watched): Exposition => {
  const { version, topology, inventory } = watched;
  const registry = new Registry();
  const gauges = createGauges(registry);
  const count = createCounters(registry, watched);
  return {
    contentType: registry.contentType,
    count,
    text: (known) => {
      // What is no longer known has no series, rather than its last value for ever.
      gauges.reset();
      const names = { version, cluster: inventory.cluster, topology: topology.name };
      gauges.set('plasmatop_build_info', names, 1);
      fillCluster(gauges, known);
      fillInstances(gauges, known);
      return registry.metrics();
    },
  };
};
