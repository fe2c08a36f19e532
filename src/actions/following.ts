/** What the followers of all verbs share: from where on looks count, how to wait for them, and how they may end. */
import type { JobOutcome, Plan } from '../core/model/action.ts';
import type { NodeUnits, UnitFacts } from '../core/model/observation.ts';
import type { UnitName } from '../core/model/topology.ts';
import type { FactsSource } from './await-facts.ts';
import type { RunnerOptions } from './runner-options.ts';
import { type Lost, STOPPED_WATCHING } from './send.ts';
import { isNewRun } from './unit-run.ts';

/** Wall time is what looks are held against; durations are monotonic, since the wall clock may be set meanwhile. */
export type Moment = { readonly wallMs: number; readonly monotonicMs: number };

export type End = { readonly outcome: JobOutcome; readonly words: string; readonly exitCode?: number };

export type Following = {
  readonly plan: Plan;
  readonly sent: Moment;
  readonly returned: Moment;
  /** What the node's systemd said before the command. */
  readonly before: NodeUnits | undefined;
  /** Why nobody knows what the command said; absent when it said that it worked. */
  readonly lost: Lost | undefined;
  readonly signal: AbortSignal;
  readonly say: (words: string) => void;
  readonly onRuns: (runs: ReadonlyMap<UnitName, string>) => void;
};

export const CANCELLED: End = { outcome: 'cancelled', words: STOPPED_WATCHING };

export const sourceOf = (options: RunnerOptions, { plan, signal }: Following): FactsSource => ({
  subscribe: options.subscribe,
  nudge: () => options.nudge(plan.target.node),
  clock: options.clock,
  signal,
});

/** A command that did not return may have taken effect at any time since it was sent. */
export const sinceMs = ({ lost, sent, returned }: Following): number =>
  lost === undefined ? returned.wallMs : Math.min(sent.wallMs, returned.wallMs);

export const factsIn = (look: NodeUnits | undefined, name: UnitName): UnitFacts | undefined =>
  look?.units.find((unit) => unit.unit === name);

/** The look, if it is new enough and speaks of each of these units: what it leaves out is not down, but unseen. */
export const lookAt = (
  look: NodeUnits | undefined,
  sinceMs: number,
  units: readonly UnitName[],
): NodeUnits | undefined =>
  look !== undefined && look.atMs >= sinceMs && units.every((name) => factsIn(look, name) !== undefined)
    ? look
    : undefined;

/** Tells of each unit's new run as soon as a look shows it. */
export const tellRuns = (options: RunnerOptions, following: Following, units: readonly UnitName[]): void => {
  const { plan, before, onRuns } = following;
  const look = options.facts().units.get(plan.target.node);
  if (look === undefined || look.atMs < sinceMs(following)) return;
  const runs = units.flatMap((name): [UnitName, string][] => {
    const unit = factsIn(look, name);
    const isNew = unit !== undefined && isNewRun(unit, factsIn(before, name)?.invocation);
    return isNew && unit.invocation !== undefined ? [[name, unit.invocation]] : [];
  });
  onRuns(new Map(runs));
};

/** What every word begins with once nobody knows what the command said. */
export const lostWords = (lost: Lost | undefined): string =>
  lost === undefined ? '' : `lost contact (${lost.why}), it may be running: checking; `;

export const noSign = ({ why, timedOut }: Lost, what: string): End => ({
  outcome: timedOut ? 'timeout' : 'unknown',
  words: `${why}; no sign since that ${what}`,
});
