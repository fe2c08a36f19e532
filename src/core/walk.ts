/** One service judged after another, each after all that it depends on; what has no news is taken over as it is. */
import { blockerOf, defied } from './blocked.ts';
import { awaitsLook } from './first-look.ts';
import {
  type Basis,
  basisOf,
  holdsUntil,
  isSameBasis,
  type KnownInstance,
  type Memory,
  type Place,
  type Places,
  type Voter,
} from './memory.ts';
import type {
  CheckFacts,
  ClusterFacts,
  ClusterState,
  InstanceState,
  JudgeOptions,
  ServiceState,
  StepState,
} from './model/cluster.ts';
import type { InstanceId, Inventory, NodeName } from './model/inventory.ts';
import type { ServiceName, Topology } from './model/topology.ts';
import { judgeQuorum } from './quorum.ts';
import { isReachable } from './reach.ts';
import { reuse } from './reuse.ts';
import { judgeService } from './rollup.ts';
import { stepsOf } from './steps.ts';
import { freshLook } from './unit-standing.ts';
import { type InstanceReading, readInstance } from './verdict.ts';
import type { Wiring } from './wiring.ts';

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
export type Footing = {
  readonly reachable: boolean;
  readonly awaitsLook: boolean;
  readonly steps: readonly StepState[];
};

export const footingsOf = (
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

export const NO_FOOTING: Footing = { reachable: true, awaitsLook: false, steps: [] };

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
export const toState = (reading: InstanceReading, input: JudgeInput): InstanceState => {
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

export type Walk = {
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
export const walkService = (
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
