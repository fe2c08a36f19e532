/** A small cluster for action tests: facts are observed and judged by the real core. */
import { emptyFacts, observe } from '../../../src/core/facts.ts';
import { expectedTargets, watchedUnits } from '../../../src/core/graph.ts';
import { judge } from '../../../src/core/judge.ts';
import type { ClusterFacts, ClusterState, JudgeOptions } from '../../../src/core/model/cluster.ts';
import type { CheckTarget, InstanceId, Inventory, NodeName } from '../../../src/core/model/inventory.ts';
import type {
  JsonScalar,
  LinkState,
  Observation,
  ProbeResult,
  UnitFacts,
} from '../../../src/core/model/observation.ts';
import { builtinTopology } from '../../../src/topology/builtin.ts';

export const topology = builtinTopology();
export const options: JudgeOptions = {
  fall: 2,
  rise: 1,
  intervalMs: 2000,
  timeoutMs: 1500,
  firstLookMs: 0,
  certificateWarnMs: 0,
};

export const inventoryOf = (nodes: number, services?: readonly string[]): Inventory => ({
  cluster: 'test',
  nodes: Array.from({ length: nodes }, (_, index) => ({
    name: `node0${index + 1}`,
    address: `10.0.0.${index + 1}`,
    ssh: `node0${index + 1}`,
    services: services ?? topology.services.map((service) => service.name),
    ports: new Map(),
    tags: [],
  })),
});

const passing = (
  target: CheckTarget,
  atMs: number,
  clusterSize: number,
  leaders: readonly NodeName[],
): ProbeResult => {
  const at = { atMs, phases: { totalMs: 4 } };
  switch (target.spec.kind) {
    case 'https-json': {
      const json: Record<string, JsonScalar> = {};
      for (const field of target.spec.fields) {
        json[field.name] =
          field.role === 'raft'
            ? leaders.length === 0
              ? 'candidate'
              : leaders.includes(target.node)
                ? 'leader'
                : 'follower'
            : field.role === 'cluster-size'
              ? clusterSize
              : (field.equals ?? field.example ?? 1);
      }
      return { ...at, ok: true, answer: { kind: 'http', status: 200, body: JSON.stringify(json), json } };
    }
    case 'https-text':
      return { ...at, ok: true, answer: { kind: 'http', status: 200, body: target.spec.text } };
    case 'dns':
      return { ...at, ok: true, answer: { kind: 'dns', rcode: 'NOERROR', addresses: [target.spec.address] } };
    case 'tcp':
      return { ...at, ok: true, answer: { kind: 'tcp' } };
  }
};

const refused = (atMs: number): ProbeResult => ({
  atMs,
  phases: { totalMs: 1 },
  ok: false,
  failure: { kind: 'refused', detail: 'connect ECONNREFUSED' },
});

const activeUnit = (unit: string, changes: Partial<UnitFacts> = {}): UnitFacts => ({
  unit,
  load: 'loaded',
  active: 'active',
  sub: 'running',
  result: 'success',
  invocation: 'before',
  ...changes,
});

export type World = {
  readonly inventory: Inventory;
  readonly facts: () => ClusterFacts;
  readonly cluster: () => ClusterState;
  readonly observe: (observations: readonly Observation[], nowMs: number) => void;
  /** One look at the checks of these instances (all by default); `down` ones refuse. */
  readonly poll: (nowMs: number, down?: readonly InstanceId[], only?: readonly InstanceId[]) => void;
  /** From the next look on these members lead each group. It is node01 until then. */
  readonly lead: (...nodes: readonly NodeName[]) => void;
  /** One look at a node's systemd; everything active but what is told otherwise. */
  readonly look: (
    nowMs: number,
    node: NodeName,
    changes?: Readonly<Record<string, Partial<UnitFacts>>>,
  ) => void;
  readonly link: (nowMs: number, node: NodeName, link: LinkState) => void;
  readonly subscribe: (listener: () => void) => () => void;
};

/** `clusterSize` is what the members of Raft groups say; by default all of them are in the inventory. */
export const createWorld = (
  inventory: Inventory,
  startMs: number,
  clusterSize = inventory.nodes.length,
): World => {
  const targets = expectedTargets(topology, inventory);
  const listeners = new Set<() => void>();
  let facts = emptyFacts(targets, inventory.nodes, startMs);
  let cluster = judge({ topology, inventory, facts, options, nowMs: startMs });
  let leaders: readonly NodeName[] = ['node01'];
  const take = (observations: readonly Observation[], nowMs: number): void => {
    facts = observe(facts, observations);
    cluster = judge({ topology, inventory, facts, options, nowMs, previous: cluster });
    for (const listener of listeners) listener();
  };
  return {
    inventory,
    facts: () => facts,
    cluster: () => cluster,
    observe: take,
    poll: (nowMs, down = [], only) => {
      const wanted = targets.filter((target) => only === undefined || only.includes(target.instance));
      take(
        wanted.map((target) => ({
          kind: 'probe',
          check: target.id,
          result: down.includes(target.instance)
            ? refused(nowMs)
            : passing(target, nowMs, clusterSize, leaders),
        })),
        nowMs,
      );
    },
    lead: (...nodes) => {
      leaders = nodes;
    },
    look: (nowMs, node, changes = {}) => {
      const known = inventory.nodes.find((candidate) => candidate.name === node);
      const units = known === undefined ? [] : watchedUnits(topology, known);
      const look = { atMs: nowMs, units: units.map((unit) => activeUnit(unit, changes[unit])) };
      take([{ kind: 'units', node, look }], nowMs);
    },
    link: (nowMs, node, link) => take([{ kind: 'link', node, link }], nowMs),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};

/** All healthy, seen twice, ssh up everywhere. */
export const healthyWorld = (
  inventory: Inventory,
  nowMs: number,
  down: readonly InstanceId[] = [],
  clusterSize?: number,
): World => {
  const world = createWorld(inventory, nowMs - 4000, clusterSize);
  for (const node of inventory.nodes)
    world.link(nowMs - 4000, node.name, { state: 'up', sinceMs: nowMs - 4000 });
  world.poll(nowMs - 2000, down);
  world.poll(nowMs, down);
  return world;
};
