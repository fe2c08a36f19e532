/** One service judged after another, each after all that it depends on; what has no news is taken over as it is. */
import { blockerOf, defied, type Judged } from './blocked.ts';
import { awaitsLook } from './first-look.ts';
import {
  basisOf,
  type Footing,
  holdsUntil,
  isLasting,
  isSameBasis,
  type Memory,
  type Raw,
} from './memory.ts';
import type {
  CheckFacts,
  ClusterFacts,
  ClusterState,
  InstanceState,
  JudgeOptions,
  ServiceState,
} from './model/cluster.ts';
import type { Inventory } from './model/inventory.ts';
import type { ServiceName, Topology } from './model/topology.ts';
import { nodesWithNews } from './new-facts.ts';
import { type Place, type Places, placesIn } from './places.ts';
import { judgeQuorum } from './quorum.ts';
import { answering, isReachable } from './reach.ts';
import { reuse } from './reuse.ts';
import { judgeService } from './rollup.ts';
import { stepsOf } from './steps.ts';
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

function* checksOn(places: readonly Place[], facts: ClusterFacts): Generator<CheckFacts> {
  for (const { checks } of places) {
    for (const id of checks) {
      const known = facts.checks.get(id);
      if (known !== undefined) yield known;
    }
  }
}

/** By the number of the node; the same object as before where that lasts and nothing is new. */
export const footingsOf = (
  { topology, inventory, facts, options, nowMs, previous }: JudgeInput,
  { byNode }: Places,
  memory: Memory | undefined,
): readonly Footing[] => {
  const news = memory && nodesWithNews(inventory, memory.facts, facts);
  return inventory.nodes.map(({ name }, at) => {
    const known = memory?.footings[at];
    if (known !== undefined && isLasting(known) && news?.has(name) === false) return known;
    const checks = () => checksOn(byNode[at] ?? [], facts);
    const look = facts.units.get(name);
    const before = previous?.nodes.get(name)?.steps ?? [];
    const probed = answering(checks(), options);
    const reachable = isReachable(probed, look, nowMs);
    return {
      reachable,
      answers: probed.answers,
      runsOut: reachable && !probed.answers && probed.runsOut,
      awaitsLook: awaitsLook(name, checks(), facts, options, nowMs),
      steps: stepsOf(topology, freshLook(look, nowMs), before, nowMs),
    };
  });
};

export const NO_FOOTING: Footing = {
  reachable: true,
  answers: true,
  runsOut: false,
  awaitsLook: false,
  steps: [],
};

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

/** A try to start keeps when it went down: in a loop of crashes each one is not a new beginning. */
const downSince = (
  { verdict }: InstanceReading,
  before: InstanceState | undefined,
  nowMs: number,
): number | undefined => {
  if (verdict === 'down') return before?.downSinceMs ?? nowMs;
  return verdict === 'starting' || verdict === 'late' ? before?.downSinceMs : undefined;
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
  const downMs = downSince(reading, before, input.nowMs);
  if (downMs !== undefined) next.downSinceMs = downMs;
  if (reading.blockedBy !== undefined) next.blockedBy = reading.blockedBy;
  else if (reading.left !== undefined) next.left = reading.left;
  else if (reading.unmet !== undefined) next.unmet = reading.unmet;
  if (reading.split !== undefined) next.split = reading.split;
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
  // Known until the causes are: as a rule it is the same again.
  if (before?.because !== undefined && before.verdict === next.verdict) next.because = before.because;
  return reuse(before, next);
};

/** A service as it was judged, its instances in the order of its places. */
export type Walked = {
  readonly state: ServiceState;
  readonly raws: readonly Raw[];
  readonly members: readonly InstanceReading[];
};

const readPlace = (input: JudgeInput, place: Place, footing: Footing, memory: Memory | undefined): Raw => {
  const { facts, options, nowMs, previous } = input;
  const known = memory?.raws[place.index];
  if (known !== undefined && nowMs < known.untilMs) {
    if (memory?.footings[place.at] === footing || isSameBasis(known.basis, place, facts, footing))
      return known;
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
    runsOut: footing.runsOut,
    steps: footing.steps,
    options,
    nowMs,
    before,
  });
  const since = raftSince(reading, before);
  const voter = since === undefined ? reading : { ...reading, raftSinceMs: since };
  return { basis, reading, voter, untilMs: holdsUntil(reading, basis, options, nowMs) };
};

/** The reading with what its neighbours have to do with it. `known`: what came of the same reading before. */
const explained = (
  reading: InstanceReading,
  known: InstanceReading | undefined,
  wiring: Wiring,
  judged: Judged,
): InstanceReading => {
  const blockedBy = blockerOf(reading, wiring, judged);
  if (blockedBy !== undefined) {
    return { ...reading, verdict: 'blocked', word: 'blocked', reason: `by ${blockedBy.service}`, blockedBy };
  }
  const ignored = defied(reading, wiring, judged);
  if (ignored === undefined) return reading;
  const reason = `fine, though ${ignored} is down`;
  return known?.reason === reason ? known : { ...reading, reason };
};

/** Judges one service after all that it depends on, which are in `walked`. */
const walkService = (
  input: JudgeInput,
  wiring: Wiring,
  places: Places,
  footings: readonly Footing[],
  memory: Memory | undefined,
  walked: ReadonlyMap<ServiceName, Walked>,
): Walked => {
  const { facts, nowMs, previous } = input;
  const { service } = wiring;
  const here = placesIn(places, service.name);
  const raws = here.places.map((place) => readPlace(input, place, footings[place.at] ?? NO_FOOTING, memory));
  const before = previous?.services.get(service.name);
  const quorum =
    service.quorum === undefined || raws.length === 0
      ? undefined
      : judgeQuorum(
          service,
          raws.map(({ voter }) => voter),
          before?.quorum,
          nowMs - facts.startedAtMs,
        );
  const isAnyDown = wiring.hard.some((name) =>
    walked.get(name)?.members.some((member) => member.verdict === 'down'),
  );
  const members = here.places.flatMap(({ index, at }, slot): InstanceReading | readonly [] => {
    const raw = raws[slot];
    if (raw === undefined) return [];
    // As a rule nothing has to be explained, and nothing is defied.
    if (!raw.reading.explainable && !isAnyDown) return raw.reading;
    const known = memory?.raws[index] === raw ? memory.members[index] : undefined;
    return explained(raw.reading, known, wiring, {
      service: (name) => walked.get(name)?.state,
      neighbour: (name) => walked.get(name)?.members[placesIn(places, name).slots[at] ?? -1],
    });
  });

  const { verdict, reason, blockedBy, partlyBlockedBy } = judgeService(members, quorum);
  const state = {
    name: service.name,
    verdict,
    reason,
    ...(blockedBy === undefined ? {} : { blockedBy }),
    ...(partlyBlockedBy === undefined ? {} : { partlyBlockedBy }),
    instances: here.ids,
    ...(quorum === undefined ? {} : { quorum }),
    sinceMs: before?.verdict === verdict ? before.sinceMs : nowMs,
  };
  return { state, raws, members };
};

/** Every service, in the topology's order. */
export const walkServices = (
  input: JudgeInput,
  places: Places,
  footings: readonly Footing[],
  memory: Memory | undefined,
): readonly Walked[] => {
  const walked = new Map<ServiceName, Walked>();
  for (const wiring of wiringOf(input.topology)) {
    walked.set(wiring.service.name, walkService(input, wiring, places, footings, memory, walked));
  }
  return input.topology.services.flatMap(({ name }) => walked.get(name) ?? []);
};
