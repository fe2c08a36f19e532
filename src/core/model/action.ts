/** An action as data: what would run, what it takes along, why it may not, how it went. */
import type { InstanceId, NodeName } from './inventory.ts';
import type { ServiceName, UnitName } from './topology.ts';

export type Verb = 'restart';

export type QuorumForecast = {
  readonly service: ServiceName;
  readonly expected: number;
  readonly needed: number;
  readonly now: number;
  readonly during: number;
  /** True when the action takes votes below what is needed, or keeps them there. */
  readonly breaks: boolean;
  /** Nodes whose vote goes, too, because of a restart there that has not ended; absent when there are none. */
  readonly away?: readonly NodeName[];
};

export type Plan = {
  readonly verb: Verb;
  readonly instance: InstanceId;
  readonly service: ServiceName;
  readonly node: NodeName;
  readonly unit: UnitName;
  /** The words that run on the node, unquoted, one per element: ['sudo','-n','systemctl','restart','--','x.service']. */
  readonly command: readonly string[];
  /** The line as the operator could type it: `ssh node02 -- sudo -n systemctl restart …`. */
  readonly commandLine: string;
  /** Units that stop and start with this one because they require it, nearest first. */
  readonly takesAlong: readonly UnitName[];
  /** Units that require this one and are stopped: a restart leaves them so. */
  readonly leavesStopped: readonly UnitName[];
  /** Documented time until all of them are back, ms. */
  readonly expectedMs: number;
  readonly quorum: readonly QuorumForecast[];
  /** What users lose meanwhile, in sentences; empty: nothing that works now stops for them. */
  readonly users: readonly string[];
  /** Why it may not run. Empty: it may. */
  readonly refusals: readonly string[];
  /** The word that must be typed to go on; absent when enter is enough. */
  readonly typed?: string;
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

export type Job = {
  readonly id: string;
  readonly plan: Plan;
  readonly phase: JobPhase;
  readonly startedAtMs: number;
  readonly endedAtMs?: number;
  readonly outcome?: JobOutcome;
  /** "recovered in 6 s: active after 2 s, healthy 4 s later". */
  readonly words: string;
};
