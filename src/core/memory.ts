/**
 * What the judgement before was made of: whatever is made of the very same facts, and has nothing to do with time, need
 * not be judged again. It lives as long as the state that came of it, and keeps the facts of that state.
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
import type { LinkState, NodeUnits } from './model/observation.ts';
import type { Place, Places } from './places.ts';
import { LOOK_FRESH_MS } from './unit-standing.ts';
import type { InstanceReading } from './verdict.ts';

/** All that an instance is judged from, but the time. */
export type Basis = {
  readonly checks: readonly (CheckFacts | undefined)[];
  readonly look: NodeUnits | undefined;
  readonly clock: readonly ClockReading[] | undefined;
  readonly awaitsLook: boolean;
  readonly reachable: boolean;
  readonly runsOut: boolean;
  readonly steps: readonly StepState[];
};

/** A reading as its group counts it. */
export type Voter = InstanceReading & { readonly raftSinceMs?: number };

/** What one instance says by itself, before its neighbours are asked. */
export type Raw = {
  readonly basis: Basis;
  readonly reading: InstanceReading;
  readonly voter: Voter;
  /** It may have changed from this moment on by time alone; -Infinity where it always may. */
  readonly untilMs: number;
};

/** What holds for all instances of a node alike. */
export type Footing = {
  readonly reachable: boolean;
  /** Some endpoint of it answers; else it is reachable only as long as a look proves that it is. */
  readonly answers: boolean;
  /** It is reachable, and each of its checks runs out of time. */
  readonly runsOut: boolean;
  readonly awaitsLook: boolean;
  readonly steps: readonly StepState[];
};

export type KnownNode = {
  readonly instances: readonly (InstanceState | undefined)[];
  readonly footing: Footing;
  readonly link: LinkState | undefined;
  readonly state: NodeState;
};

/** Lists go by the numbers of places and nodes. */
export type Memory = {
  readonly atMs: number;
  readonly facts: ClusterFacts;
  readonly options: JudgeOptions;
  readonly places: Places;
  readonly footings: readonly Footing[];
  readonly raws: readonly Raw[];
  /** Each reading with what its neighbours have to do with it. */
  readonly members: readonly InstanceReading[];
  /** As they are in the state. */
  readonly instances: readonly InstanceState[];
  readonly nodes: readonly KnownNode[];
};

const memories = new WeakMap<ClusterState, Memory>();

export const remember = (state: ClusterState, memory: Memory): void => {
  memories.set(state, memory);
};

/** What is known of the judgement before, if it was made by the same rules and not in the future. */
export const recall = (
  previous: ClusterState | undefined,
  places: Places,
  options: JudgeOptions,
  nowMs: number,
): Memory | undefined => {
  const memory = previous === undefined ? undefined : memories.get(previous);
  if (memory?.places !== places || memory.options !== options || memory.atMs > nowMs) return undefined;
  return memory;
};

/** As long as there is nothing new about its node it stays as it is, whatever the time. */
export const isLasting = ({ answers, awaitsLook, steps }: Footing): boolean =>
  answers && !awaitsLook && steps.length === 0;

/**
 * The facts about a place are those that `known` was made of. Steps that are not as they should be are judged anew,
 * whatever is known.
 */
export const isSameBasis = (
  known: Basis,
  { node, checks }: Place,
  facts: ClusterFacts,
  { awaitsLook, reachable, runsOut, steps }: Footing,
): boolean =>
  known.look === facts.units.get(node) &&
  known.clock === facts.clocks.get(node) &&
  known.awaitsLook === awaitsLook &&
  known.reachable === reachable &&
  known.runsOut === runsOut &&
  known.steps.length + steps.length === 0 &&
  checks.every((id, index) => known.checks[index] === facts.checks.get(id));

export const isSameNode = (known: KnownNode, next: Omit<KnownNode, 'state'>): boolean =>
  known.footing.reachable === next.footing.reachable &&
  known.footing.runsOut === next.footing.runsOut &&
  known.link === next.link &&
  known.footing.steps.length + next.footing.steps.length === 0 &&
  known.instances.every((instance, index) => instance === next.instances[index]);

/**
 * Words about time. What is well stays as it is until a look is too old, and so does what is down, except while systemd
 * counts the seconds until its next try.
 */
const tellsTime = ({ verdict, reason, unit }: InstanceReading): boolean => {
  if (verdict === 'ok') return reason.startsWith('certificate ');
  return verdict !== 'down' || unit?.active === 'activating';
};

/**
 * Until when a reading holds while nothing new is seen; -Infinity: it does not. What is on its way tells of seconds that
 * pass, what is well or down only of the age of its looks.
 */
export const holdsUntil = (
  reading: InstanceReading,
  { checks, look }: Basis,
  options: JudgeOptions,
  nowMs: number,
): number => {
  if (tellsTime(reading)) return Number.NEGATIVE_INFINITY;
  let untilMs = Number.POSITIVE_INFINITY;
  let newestMs: number | undefined;
  let everyMs: number | undefined;
  for (const known of checks) {
    const intervalMs = known?.target.spec.intervalMs ?? options.intervalMs;
    everyMs = Math.min(everyMs ?? intervalMs, intervalMs);
    const last = known?.last;
    if (last === undefined) continue;
    newestMs = Math.max(newestMs ?? last.atMs, last.atMs);
    untilMs = Math.min(untilMs, last.atMs + staleAfterMs(last, intervalMs) + 1);
  }
  if (newestMs !== undefined && reading.ageMs !== undefined) {
    untilMs = Math.min(untilMs, newestMs + reading.ageMs + (everyMs ?? options.intervalMs));
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
  runsOut: footing.runsOut,
  steps: footing.steps,
});
