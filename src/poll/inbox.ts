/** Holds observations back until they are worth a frame: a poll round is one, and what a node pushes does not wait for it. */
import type { NodeName } from '../core/model/inventory.ts';
import type { Observation, UnitFacts } from '../core/model/observation.ts';
import type { UnitName } from '../core/model/topology.ts';
import type { Clock } from '../lib/clock.ts';

/** What is asked for comes in rounds: one frame for all of it. */
const BATCH_MS = 100;
/** What is pushed comes in bursts, and is wanted at once. */
const PUSH_MS = 20;
/** Between two frames of pushed news. */
const PUSH_PACE_MS = 50;

export type InboxOptions = {
  readonly clock: Clock;
  readonly deliver: (observations: readonly Observation[]) => void;
};

export type Inbox = {
  /** For answers to what was asked. */
  readonly observe: (observation: Observation) => void;
  /** For what a node said by itself. */
  readonly push: (observation: Observation) => void;
  /** The newest facts of a unit that wait here; undefined when none do. */
  readonly waiting: (node: NodeName, unit: UnitName) => UnitFacts | undefined;
  /** Delivers what waits now; nothing before it is started. */
  readonly flush: () => void;
  /** Delivers what came so far, and whatever comes from now on. */
  readonly start: () => void;
  /** Nothing is delivered any more. */
  readonly stop: () => void;
};

const factsIn = (observation: Observation, node: NodeName, unit: UnitName): UnitFacts | undefined => {
  if (observation.kind === 'unit' && observation.node === node && observation.unit.unit === unit) {
    return observation.unit;
  }
  if (observation.kind !== 'units' || observation.node !== node) return undefined;
  return observation.look.units.find((facts) => facts.unit === unit);
};

/** An inbox that keeps all it is given until it is started. */
export const createInbox = ({ clock, deliver }: InboxOptions): Inbox => {
  let held: Observation[] = [];
  let state: 'new' | 'going' | 'stopped' = 'new';
  let timer: NodeJS.Timeout | undefined;
  let dueMs = Number.POSITIVE_INFINITY;
  let deliveredMs = Number.NEGATIVE_INFINITY;

  const flush = (): void => {
    const observations = held;
    held = [];
    dueMs = Number.POSITIVE_INFINITY;
    deliveredMs = clock.monotonic();
    deliver(observations);
  };
  const take = (observation: Observation, waitMs: number): void => {
    if (state === 'stopped') return;
    held.push(observation);
    const nowMs = clock.monotonic();
    if (state !== 'going' || nowMs + waitMs >= dueMs) return;
    clearTimeout(timer);
    dueMs = nowMs + waitMs;
    timer = setTimeout(flush, waitMs);
  };

  return {
    observe: (observation) => take(observation, BATCH_MS),
    push: (observation) =>
      take(observation, Math.max(PUSH_MS, deliveredMs + PUSH_PACE_MS - clock.monotonic())),
    waiting: (node, unit) => {
      for (const observation of held.toReversed()) {
        const facts = factsIn(observation, node, unit);
        if (facts !== undefined) return facts;
      }
      return undefined;
    },
    flush: () => {
      if (state !== 'going' || held.length === 0) return;
      clearTimeout(timer);
      flush();
    },
    start: () => {
      state = 'going';
      flush();
    },
    stop: () => {
      state = 'stopped';
      clearTimeout(timer);
      held = [];
    },
  };
};
