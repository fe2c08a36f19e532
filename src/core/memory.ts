/**
 * What the judgement before was made of: whatever is made of the very same facts, and has nothing to do with time, need
 * not be judged again. Holds on to nothing that the state before does not hold on to.
 */
import { staleAfterMs } from './check-verdict.ts';
import type {
  CheckFacts,
  ClockReading,
  ClusterFacts,
  ClusterState,
  InstanceState,
  JudgeOptions,
  NodeState,
  StepState,
} from './model/cluster.ts';
import {
  type CheckId,
  checkId,
  type InstanceId,
  type Inventory,
  instanceId,
  type NodeName,
} from './model/inventory.ts';
import type { LinkState, NodeUnits } from './model/observation.ts';
import type { Service, ServiceName, Topology } from './model/topology.ts';
import { LOOK_FRESH_MS } from './unit-standing.ts';
import type { InstanceReading } from './verdict.ts';

/** One placed service with the names of all that is known of it. */
export type Place = {
  readonly id: InstanceId;
  readonly service: Service;
  readonly node: NodeName;
  readonly checks: readonly CheckId[];
};

export type Places = {
  readonly byService: ReadonlyMap<ServiceName, readonly Place[]>;
  /** In the node's own order. */
  readonly byNode: ReadonlyMap<NodeName, readonly Place[]>;
};

const placesBy = new WeakMap<Inventory, { readonly topology: Topology; readonly places: Places }>();

/** Where everything runs; the same object for the same topology and inventory. */
export const placesOf = (topology: Topology, inventory: Inventory): Places => {
  const known = placesBy.get(inventory);
  if (known?.topology === topology) return known.places;
  const services = new Map(topology.services.map((service) => [service.name, service]));
  const byService = new Map<ServiceName, Place[]>();
  const byNode = new Map<NodeName, Place[]>();
  for (const { name: node, services: names } of inventory.nodes) {
    const here: Place[] = [];
    for (const name of names) {
      const service = services.get(name);
      if (service === undefined) continue;
      const id = instanceId(name, node);
      const place = { id, service, node, checks: service.checks.map((spec) => checkId(id, spec.id)) };
      here.push(place);
      const all = byService.get(name);
      if (all === undefined) byService.set(name, [place]);
      else all.push(place);
    }
    byNode.set(node, here);
  }
  const places = { byService, byNode };
  placesBy.set(inventory, { topology, places });
  return places;
};

/** All that an instance is judged from, but the time. */
export type Basis = {
  readonly checks: readonly (CheckFacts | undefined)[];
  readonly look: NodeUnits | undefined;
  readonly clock: readonly ClockReading[] | undefined;
  readonly awaitsLook: boolean;
  readonly reachable: boolean;
  readonly steps: readonly StepState[];
};

/** A reading as its group counts it. */
export type Voter = InstanceReading & { readonly raftSinceMs?: number };

export type KnownInstance = {
  readonly basis: Basis;
  readonly reading: InstanceReading;
  readonly voter: Voter;
  readonly state: InstanceState;
  /** It may have changed from this moment on by time alone. */
  readonly untilMs: number;
};

export type KnownNode = {
  readonly instances: readonly (InstanceState | undefined)[];
  readonly steps: readonly StepState[];
  readonly reachable: boolean;
  readonly link: LinkState | undefined;
  readonly state: NodeState;
};

export type Memory = {
  readonly atMs: number;
  readonly topology: Topology;
  readonly options: JudgeOptions;
  readonly instances: Map<InstanceId, KnownInstance>;
  readonly nodes: Map<NodeName, KnownNode>;
};

const memories = new WeakMap<ClusterState, Memory>();

export const remember = (state: ClusterState, memory: Memory): void => {
  memories.set(state, memory);
};

/** What is known of the judgement before, if it was made by the same rules and not in the future. */
export const recall = (
  previous: ClusterState | undefined,
  topology: Topology,
  options: JudgeOptions,
  nowMs: number,
): Memory | undefined => {
  const memory = previous === undefined ? undefined : memories.get(previous);
  if (memory?.topology !== topology || memory.options !== options || memory.atMs > nowMs) return undefined;
  return memory;
};

const isSameList = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((value, index) => value === b[index]);

type Footing = Pick<Basis, 'awaitsLook' | 'reachable' | 'steps'>;

/**
 * The facts about a place are those that `known` was made of. Steps that are not as they should be are judged anew,
 * whatever is known.
 */
export const isSameBasis = (
  known: Basis,
  { node, checks }: Place,
  facts: ClusterFacts,
  footing: Footing,
): boolean =>
  known.look === facts.units.get(node) &&
  known.clock === facts.clocks.get(node) &&
  known.awaitsLook === footing.awaitsLook &&
  known.reachable === footing.reachable &&
  known.steps.length + footing.steps.length === 0 &&
  checks.every((id, index) => known.checks[index] === facts.checks.get(id));

export const isSameNode = (known: KnownNode, next: Omit<KnownNode, 'state'>): boolean =>
  known.reachable === next.reachable &&
  known.link === next.link &&
  known.steps.length + next.steps.length === 0 &&
  isSameList(known.instances, next.instances);

/** Words about time; everything else that is well stays as it is until a look is too old. */
const tellsTime = ({ verdict, reason }: InstanceReading): boolean =>
  verdict !== 'ok' || reason.startsWith('certificate ');

/**
 * Until when a reading holds while nothing new is seen; undefined: it does not. What is not well tells of seconds that
 * pass, what is well only of the age of its looks.
 */
export const holdsUntil = (
  reading: InstanceReading,
  { checks, look }: Basis,
  options: JudgeOptions,
  nowMs: number,
): number | undefined => {
  if (tellsTime(reading)) return undefined;
  let untilMs = Number.POSITIVE_INFINITY;
  let newestMs: number | undefined;
  for (const known of checks) {
    const last = known?.last;
    if (last === undefined) continue;
    newestMs = Math.max(newestMs ?? last.atMs, last.atMs);
    untilMs = Math.min(untilMs, last.atMs + staleAfterMs(last, options.intervalMs) + 1);
  }
  if (newestMs !== undefined && reading.ageMs !== undefined) {
    untilMs = Math.min(untilMs, newestMs + reading.ageMs + options.intervalMs);
  }
  if (look !== undefined && nowMs - look.atMs <= LOOK_FRESH_MS) {
    untilMs = Math.min(untilMs, look.atMs + LOOK_FRESH_MS + 1);
  }
  const { certificateNotAfterMs: endMs } = reading;
  if (endMs !== undefined) untilMs = Math.min(untilMs, endMs - options.certificateWarnMs);
  return untilMs;
};

export const basisOf = (place: Place, facts: ClusterFacts, footing: Footing): Basis => ({
  checks: place.checks.map((id) => facts.checks.get(id)),
  look: facts.units.get(place.node),
  clock: facts.clocks.get(place.node),
  awaitsLook: footing.awaitsLook,
  reachable: footing.reachable,
  steps: footing.steps,
});
