/** One verb over several targets as data: in which order, why so, what it costs at its worst, and how far it is. */
import type { ActionTarget, Danger, Job, Plan, QuorumForecast, Verb } from './action.ts';

export type OperationRequest = {
  readonly verb: Verb;
  readonly targets: readonly ActionTarget[];
  /** What it is about: "chainfire on 3 nodes", "3 marked". */
  readonly name: string;
  /** How many at a time where each batch waits for the one before, 1 at least. */
  readonly batch: number;
};

/**
 * What a target is to its group. `down`: no vote, or no answer, is lost with it. `alone`: of two leaders the one whom
 * the others have left. `plain`: no member of a group, or nobody knows.
 */
export type StepRole = 'down' | 'alone' | 'follower' | 'leader' | 'plain';

export type PlannedStep = { readonly plan: Plan; readonly role: StepRole };

export type OperationPlan = OperationRequest & {
  /** In the order in which they would run now; it is looked up again before each batch, for leadership moves. */
  readonly steps: readonly PlannedStep[];
  /** Each batch waits until the one before has recovered and every quorum is back. */
  readonly gated: boolean;
  /** Why in this order: "the leader last"; empty where any order would do. */
  readonly why: string;
  /** Targets that are left out, as there is nothing to do or no way to do it, and why. */
  readonly leftOut: readonly { readonly target: ActionTarget; readonly why: string }[];
  /** Of each group that it touches: how it stands now, when it is at its worst, and once all of it is over. */
  readonly quorum: readonly QuorumForecast[];
  /** What users lose meanwhile, in sentences. */
  readonly users: readonly string[];
  /** How long a gate is waited at before the operation stops, ms. */
  readonly gateMs: number;
  /** Documented time of all of it, ms. */
  readonly expectedMs: number;
  /** Why it may not run. Empty: it may. */
  readonly refusals: readonly string[];
  /** The word that must be typed to go on; absent when enter is enough. */
  readonly typed?: string;
  /** Why it must be typed. */
  readonly danger?: Danger;
};

/** `gate`: it waits until the next batch may begin. `stopped`: not all was done, see the words. */
export type OperationState = 'running' | 'gate' | 'paused' | 'stopped' | 'done';

export type OperationStep = PlannedStep &
  (
    | { readonly state: 'waiting' }
    | { readonly state: 'running' }
    | { readonly state: 'ended'; readonly job: Job; readonly note?: string }
    /** It was not touched. */
    | { readonly state: 'skipped' }
  );

export type Operation = {
  readonly id: string;
  readonly plan: OperationPlan;
  readonly state: OperationState;
  /** What was asked of it while a step ran, and takes effect after that. */
  readonly asked?: 'pause' | 'abort';
  /** What has begun in the order in which it began, then the others in the order in which they would. */
  readonly steps: readonly OperationStep[];
  readonly startedAtMs: number;
  readonly endedAtMs?: number;
  /** "waiting for quorum 3/3: chainfire has 2", "stopped: node02 not healthy: …; done node01; not touched node03". */
  readonly words: string;
};
