/** An action as data: what would run, what it takes along, why it may not, how it went. */
import type { NodeName } from './inventory.ts';
import type { ServiceName, UnitName } from './topology.ts';

/**
 * `start`: the failure of what has failed is forgotten first. `stop`: nothing comes back by itself. `rerun`: of what failed,
 * its failure forgotten first. `bring-up`: of a node, all that is down and should not be.
 */
export type Verb = 'restart' | 'start' | 'stop' | 'reset-failed' | 'rerun' | 'bring-up';

/** What an action is about. A step is named by its short name; a node is all that runs there. */
export type ActionTarget =
  | { readonly kind: 'instance'; readonly service: ServiceName; readonly node: NodeName }
  | { readonly kind: 'step'; readonly step: string; readonly node: NodeName }
  | { readonly kind: 'node'; readonly node: NodeName };

export type ActionRequest = { readonly verb: Verb; readonly target: ActionTarget };

export type QuorumForecast = {
  readonly service: ServiceName;
  readonly expected: number;
  readonly needed: number;
  readonly now: number;
  readonly during: number;
  /** Once it is over and all that it starts is back. */
  readonly after: number;
  /** True when the action takes votes below what is needed, or keeps them there. */
  readonly breaks: boolean;
  /** Nodes whose vote goes, too, because of a restart there that has not ended; absent when there are none. */
  readonly away?: readonly NodeName[];
};

/** A unit that is down and that the action does not start, and why: "failed, exit 3". */
export type LeftDown = { readonly unit: UnitName; readonly why: string };

/** What systemd does, or will do, to a unit that the action touches; nothing but the id where it did not say. */
export type PendingJob = {
  readonly unit: UnitName;
  readonly id: number;
  /** `start`, `stop`, `restart`, … */
  readonly type?: string;
  readonly state?: 'waiting' | 'running';
};

/**
 * Why it must be asked twice. `quorum`: it breaks one. `capability`: users lose something that works now. `stays-down`:
 * nothing is lost yet, but less is left than now, and nothing comes back by itself.
 */
export type Danger =
  | { readonly kind: 'quorum' }
  | { readonly kind: 'capability'; readonly titles: readonly string[] }
  | { readonly kind: 'stays-down' };

export type Plan = ActionRequest & {
  /** The first of `units`; the target that the node boots to where there are none. */
  readonly unit: UnitName;
  /** The units that the commands name: the instance's, the step's, those of a node, or the target that it boots to. */
  readonly units: readonly UnitName[];
  /**
   * What runs on the node, one command after the other, each as unquoted words:
   * ['sudo','-n','systemctl','restart','--','x.service'].
   */
  readonly commands: readonly (readonly string[])[];
  /** The same as the operator could type it: `ssh node02 -- sudo -n systemctl restart …`. */
  readonly commandLines: readonly string[];
  /** Units that stop with these because they require them, nearest first; after a restart they start again. */
  readonly takesAlong: readonly UnitName[];
  /** Units that require these and are stopped: a restart or a start leaves them so. */
  readonly leavesStopped: readonly UnitName[];
  /** Units that are down and start besides `units`: all that a bring-up starts, or what a start pulls in. */
  readonly starts: readonly UnitName[];
  /** What systemd does now to any of all these. */
  readonly pending: readonly PendingJob[];
  readonly leftDown: readonly LeftDown[];
  /** Documented time until all of them are back, ms. */
  readonly expectedMs: number;
  readonly quorum: readonly QuorumForecast[];
  /** What users lose meanwhile, or from then on, in sentences; empty: nothing that works now stops for them. */
  readonly users: readonly string[];
  /** Why it may not run. Empty: it may. */
  readonly refusals: readonly string[];
  /** The word that must be typed to go on; absent when enter is enough. */
  readonly typed?: string;
  /** Why it must be typed. */
  readonly danger?: Danger;
};

export type JobPhase = 'audit' | 'running' | 'watching' | 'done';

/** How an action ended; `succeeded` only when the unit is active and its health check green and stable. */
export type JobOutcome =
  | 'succeeded'
  | 'failed'
  | 'not-healthy'
  | 'timeout'
  | 'refused'
  | 'cancelled'
  | 'unknown';

/** Which step of which operation a job is. */
export type OperationPart = {
  readonly operation: string;
  /** From 1. */
  readonly step: number;
  readonly of: number;
};

export type Job = {
  readonly id: string;
  readonly plan: Plan;
  /** Who sent it from another console, or from this one before it was lost sight of; absent where its runner tells of it. */
  readonly from?: string;
  /** Absent where it is an action of its own. */
  readonly part?: OperationPart;
  readonly phase: JobPhase;
  readonly startedAtMs: number;
  readonly endedAtMs?: number;
  readonly outcome?: JobOutcome;
  /** The InvocationIDs of the runs that it began, by unit, as they are seen. */
  readonly runs?: ReadonlyMap<UnitName, string>;
  /** "recovered in 6 s: active after 2 s, healthy 4 s later". */
  readonly words: string;
};
