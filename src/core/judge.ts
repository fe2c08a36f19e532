/** Facts in, state out: the whole judgement of a cluster at one moment, cause before echo. */
import { blockerOf, defied } from './blocked.ts';
import { findContradictions } from './cause/contradictions.ts';
import { findCauses } from './cause/find-causes.ts';
import { awaitsLook } from './first-look.ts';
import { headlineOf } from './headline.ts';
import { judgeCapabilities } from './impact/capabilities.ts';
import {
  type Basis,
  basisOf,
  holdsUntil,
  isSameBasis,
  isSameNode,
  type KnownInstance,
  type KnownNode,
  type Memory,
  type Place,
  type Places,
  placesOf,
  recall,
  remember,
  type Voter,
} from './memory.ts';
import type {
  CheckFacts,
  ClusterFacts,
  ClusterState,
  InstanceState,
  JudgeOptions,
  LevelState,
  ServiceState,
  StepState,
} from './model/cluster.ts';
import type { InstanceId, Inventory, NodeName } from './model/inventory.ts';
import type { Service, ServiceName, Topology } from './model/topology.ts';
import { judgeNode } from './node-verdict.ts';
import { judgeQuorum } from './quorum.ts';
import { isReachable } from './reach.ts';
import { reuse, reuseMap } from './reuse.ts';
import { countVerdicts, judgeCluster, judgeService, worst } from './rollup.ts';
import { isStepCause, stepsOf } from './steps.ts';
import { freshLook } from './unit-standing.ts';
import { type InstanceReading, readInstance } from './verdict.ts';
import { type Wiring, wiringOf } from './wiring.ts';

export type JudgeInput = {
  readonly topology: Topology;
  readonly inventory: Inventory;
  readonly facts: ClusterFacts;
  readonly options: JudgeOptions;
  /** Wall time of the judgement, ms. */
  readonly nowMs: number;
  /** The judgement before: what is unchanged keeps its time and its identity. */
  readonly previous?: ClusterState | undefined;
};

type Readings = Map<ServiceName, Map<NodeName, InstanceReading>>;

function* checksOn(places: readonly Place[], facts: ClusterFacts): Generator<CheckFacts> {
  for (const { checks } of places) {
    for (const id of checks) {
      const known = facts.checks.get(id);
      if (known !== undefined) yield known;
    }
  }
}

/** What holds for all instances of a node alike. */
type Footing = {
  readonly reachable: boolean;
  readonly awaitsLook: boolean;
  readonly steps: readonly StepState[];
};

const footingsOf = (
  { topology, inventory, facts, options, nowMs, previous }: JudgeInput,
  { byNode }: Places,
): ReadonlyMap<NodeName, Footing> =>
  new Map(
    inventory.nodes.map(({ name }) => {
      const checks = () => checksOn(byNode.get(name) ?? [], facts);
      const look = facts.units.get(name);
      const before = previous?.nodes.get(name)?.steps ?? [];
      return [
        name,
        {
          reachable: isReachable(checks(), look, options, nowMs),
          awaitsLook: awaitsLook(name, checks(), facts, options, nowMs),
          steps: stepsOf(topology, freshLook(look, nowMs), before, nowMs),
        },
      ];
    }),
  );

const NO_FOOTING: Footing = { reachable: true, awaitsLook: false, steps: [] };

/**
 * When the present Raft role and cluster size were first seen: carried over while they stay the same. Never after the
 * look itself, or a clock that was set back would leave the group unsettled for as long.
 */
const raftSince = (reading: InstanceReading, previous: InstanceState | undefined): number | undefined => {
  if (reading.raft === undefined) return undefined;
  const isSame = previous?.raft === reading.raft && previous.clusterSize === reading.clusterSize;
  if (!isSame || previous.raftSinceMs === undefined) return reading.raftSeenMs;
  return Math.min(previous.raftSinceMs, reading.raftSeenMs ?? Infinity);
};

type Draft = { -readonly [K in keyof InstanceState]: InstanceState[K] };

/** What is shown of a reading; the same object as before when it shows the same. */
const toState = (reading: InstanceReading, input: JudgeInput): InstanceState => {
  const before = input.previous?.instances.get(reading.id);
  const next: Draft = {
    id: reading.id,
    service: reading.service,
    node: reading.node,
    verdict: reading.verdict,
    word: reading.word,
    reason: reading.reason,
    sinceMs: before?.verdict === reading.verdict ? before.sinceMs : input.nowMs,
    stale: reading.stale,
    checks: reading.checks,
    insecure: reading.insecure,
  };
  const since = raftSince(reading, before);
  if (reading.blockedBy !== undefined) next.blockedBy = reading.blockedBy;
  else if (reading.left !== undefined) next.left = reading.left;
  else if (reading.unmet !== undefined) next.unmet = reading.unmet;
  if (reading.ageMs !== undefined) next.ageMs = reading.ageMs;
  if (reading.latencyMs !== undefined) next.latencyMs = reading.latencyMs;
  if (reading.raft !== undefined) next.raft = reading.raft;
  if (since !== undefined) next.raftSinceMs = since;
  if (reading.clusterSize !== undefined) next.clusterSize = reading.clusterSize;
  if (reading.unit !== undefined) next.unit = reading.unit;
  if (reading.provenMs !== undefined) next.provenMs = reading.provenMs;
  if (reading.certificateNotAfterMs !== undefined) {
    next.certificateNotAfterMs = reading.certificateNotAfterMs;
  }
  return reuse(before, next);
};

const explained = (
  reading: InstanceReading,
  wiring: Wiring,
  services: ReadonlyMap<ServiceName, ServiceState>,
  readings: Readings,
): InstanceReading => {
  const judged = {
    service: (name: ServiceName) => services.get(name),
    instance: (name: ServiceName, node: NodeName) => readings.get(name)?.get(node),
  };
  const blockedBy = blockerOf(reading, wiring, judged);
  if (blockedBy !== undefined) {
    return { ...reading, verdict: 'blocked', word: 'blocked', reason: `by ${blockedBy.service}`, blockedBy };
  }
  const ignored = defied(reading, wiring, judged);
  return ignored === undefined ? reading : { ...reading, reason: `fine, though ${ignored} is down` };
};

type Walk = {
  readonly services: Map<ServiceName, ServiceState>;
  readonly readings: Readings;
  /** What was taken over from the judgement before, by instance. */
  readonly known: Map<InstanceId, KnownInstance>;
  /** What may be taken over by the next one, as far as it is not known yet. */
  readonly fresh: Map<InstanceId, Omit<KnownInstance, 'state'>>;
};

type Raw = {
  readonly reading: InstanceReading;
  readonly voter: Voter;
  readonly basis: Basis;
  readonly known: KnownInstance | undefined;
};

const readPlace = (input: JudgeInput, place: Place, footing: Footing, memory: Memory | undefined): Raw => {
  const { facts, options, nowMs, previous, topology } = input;
  const known = memory?.instances.get(place.id);
  if (known !== undefined && nowMs < known.untilMs && isSameBasis(known.basis, place, facts, footing)) {
    return { reading: known.reading, voter: known.voter, basis: known.basis, known };
  }
  const basis = basisOf(place, facts, footing);
  const before = previous?.instances.get(place.id);
  const reading = readInstance({
    service: place.service,
    node: place.node,
    checks: facts.checks,
    look: basis.look,
    clock: basis.clock ?? [],
    awaitsLook: footing.awaitsLook,
    reachable: footing.reachable,
    steps: footing.steps,
    bringsUp: topology.firstBoot.ready.unit,
    options,
    nowMs,
    before,
  });
  const since = raftSince(reading, before);
  const voter = since === undefined ? reading : { ...reading, raftSinceMs: since };
  return { reading, voter, basis, known: undefined };
};

/** Judges one service after all that it depends on. */
const walkService = (
  input: JudgeInput,
  wiring: Wiring,
  places: readonly Place[],
  footings: ReadonlyMap<NodeName, Footing>,
  memory: Memory | undefined,
  walk: Walk,
): void => {
  const { facts, options, nowMs, previous } = input;
  const { service } = wiring;
  const raw = places.map((place) => readPlace(input, place, footings.get(place.node) ?? NO_FOOTING, memory));
  const before = previous?.services.get(service.name);
  const quorum =
    service.quorum === undefined || raw.length === 0
      ? undefined
      : judgeQuorum(
          service,
          raw.map(({ voter }) => voter),
          before?.quorum,
          nowMs - facts.startedAtMs,
        );
  const members = raw.map(({ reading, voter, basis, known }) => {
    const member = explained(reading, wiring, walk.services, walk.readings);
    if (member !== reading) return member;
    if (known !== undefined) walk.known.set(member.id, known);
    else {
      const untilMs = holdsUntil(reading, basis, options, nowMs);
      if (untilMs !== undefined) walk.fresh.set(member.id, { basis, reading, voter, untilMs });
    }
    return member;
  });
  walk.readings.set(service.name, new Map(members.map((member) => [member.node, member])));

  const { verdict, reason, blockedBy } = judgeService(members, quorum);
  walk.services.set(service.name, {
    name: service.name,
    verdict,
    reason,
    ...(blockedBy === undefined ? {} : { blockedBy }),
    instances: places.map(({ id }) => id),
    ...(quorum === undefined ? {} : { quorum }),
    sinceMs: before?.verdict === verdict ? before.sinceMs : nowMs,
  });
};

/** A service that runs on no node says nothing about the cluster. */
const placedVerdicts = (
  services: readonly Service[],
  states: ReadonlyMap<ServiceName, ServiceState>,
): ServiceState['verdict'][] =>
  services.flatMap((service) => {
    const state = states.get(service.name);
    return state === undefined || state.instances.length === 0 ? [] : [state.verdict];
  });

const judgeLevels = (
  topology: Topology,
  states: ReadonlyMap<ServiceName, ServiceState>,
): readonly LevelState[] =>
  topology.levels.map((level) => {
    const services = topology.services.filter((service) => service.level === level.number);
    return {
      number: level.number,
      title: level.title,
      verdict: worst(placedVerdicts(services, states)),
      services: services.map((service) => service.name),
    };
  });

const newestFact = (facts: ClusterFacts): number | undefined => {
  let newest: number | undefined;
  for (const check of facts.checks.values()) {
    if (check.last !== undefined && check.last.atMs > (newest ?? -Infinity)) newest = check.last.atMs;
  }
  for (const look of facts.units.values()) if (look.atMs > (newest ?? -Infinity)) newest = look.atMs;
  return newest;
};

/** Each node with what it was made of; the same as before when that is the same. */
const judgeNodes = (
  input: JudgeInput,
  footings: ReadonlyMap<NodeName, Footing>,
  states: ReadonlyMap<InstanceId, InstanceState>,
  { byNode }: Places,
  memory: Memory | undefined,
): Map<NodeName, KnownNode> =>
  new Map(
    input.inventory.nodes.map(({ name }) => {
      const { steps, reachable } = footings.get(name) ?? NO_FOOTING;
      const link = input.facts.links.get(name);
      const instances = (byNode.get(name) ?? []).map(({ id }) => states.get(id));
      const made = { instances, steps, reachable, link };
      const known = memory?.nodes.get(name);
      if (known !== undefined && isSameNode(known, made)) return [name, known];
      const before = input.previous?.nodes.get(name);
      const here = instances.flatMap((instance) => instance ?? []);
      const found = judgeNode(here, steps, reachable);
      const sinceMs = before?.verdict === found.verdict ? before.sinceMs : input.nowMs;
      const state = { name, ...found, sinceMs, link: link ?? { state: 'none' as const } };
      return [name, { ...made, state: reuse(before, state) }];
    }),
  );

/**
 * Judges the facts as of `nowMs`. Pure and total: the same input gives the same state, and what is equal to the
 * previous state is the same object.
 */
export const judge = (input: JudgeInput): ClusterState => {
  const { topology, inventory, facts, nowMs, previous, options } = input;
  const places = placesOf(topology, inventory);
  const memory = recall(previous, topology, options, nowMs);
  const footings = footingsOf(input, places);
  const walk: Walk = { services: new Map(), readings: new Map(), known: new Map(), fresh: new Map() };
  for (const wiring of wiringOf(topology)) {
    walkService(input, wiring, places.byService.get(wiring.service.name) ?? [], footings, memory, walk);
  }

  const states = new Map<InstanceId, InstanceState>();
  const services = new Map<ServiceName, ServiceState>();
  for (const { name } of topology.services) {
    const service = walk.services.get(name);
    if (service !== undefined) services.set(name, service);
    for (const reading of walk.readings.get(name)?.values() ?? []) {
      states.set(reading.id, walk.known.get(reading.id)?.state ?? toState(reading, input));
    }
  }
  const knownNodes = judgeNodes(input, footings, states, places, memory);
  const nodes = reuseMap(previous?.nodes, new Map([...knownNodes].map(([name, { state }]) => [name, state])));
  const judgedServices = reuseMap(previous?.services, services);
  const verdict = judgeCluster(
    placedVerdicts(topology.services, services),
    [...nodes.values()].some((node) => !node.reachable || node.steps.some(isStepCause)),
  );
  const capabilities = reuse(
    previous?.capabilities,
    judgeCapabilities(topology, { services: judgedServices, instances: states, nodes }),
  );
  const counts = reuse(previous?.counts, countVerdicts(states.values()));
  const newestMs = newestFact(facts);
  const judged = {
    atMs: nowMs,
    verdict,
    levels: reuse(previous?.levels, judgeLevels(topology, services)),
    services: judgedServices,
    instances: states,
    nodes,
    capabilities,
    counts,
    ...(newestMs === undefined ? {} : { dataAgeMs: Math.max(0, nowMs - newestMs) }),
    insecure: [...states.values()].some((instance) => instance.insecure),
  };
  const found = findCauses({ topology, inventory, facts, options, state: judged });
  for (const [id, because] of found.because) {
    const instance = states.get(id);
    if (instance !== undefined) states.set(id, reuse(previous?.instances.get(id), { ...instance, because }));
  }
  const instances = reuseMap(previous?.instances, states);
  const state = {
    ...judged,
    instances,
    causes: reuse(previous?.causes, found.causes),
    contradictions: reuse(
      previous?.contradictions,
      findContradictions({ topology, inventory, facts, state: judged }),
    ),
    headline: reuse(previous?.headline, headlineOf(topology, inventory, judged, found)),
  };
  const known = walk.known;
  for (const [id, made] of walk.fresh) {
    const shown = instances.get(id);
    if (shown !== undefined) known.set(id, { ...made, state: shown });
  }
  remember(state, { atMs: nowMs, topology, options, instances: known, nodes: knownNodes });
  return state;
};
