/** Why things fail: root causes, the chain from an effect to its cause, and what does not fit together. */
import type { InstanceId, NodeName } from './inventory.ts';
import type { ServiceName } from './topology.ts';

/**
 * `unreachable`: no check of a node gets through. `path`: none is answered in time, though ssh is, and systemd calls
 * what they ask for active: the way there, or the node as a whole. `certificate`: it answers, and cannot be trusted. `split`: members of
 * a group contradict each other. `no-leader`: they cannot agree on a leader. `failed`, `stopped`, `no-unit`: systemd
 * says so. `left-behind`: what took it down came back alone. `step`: a first-boot step failed. `unhealthy`: its
 * endpoint fails, and nothing else tells why. `slow`: too slow. `late`, `starting`: on its way up, and awaited.
 */
export type CauseKind =
  | 'unreachable'
  | 'path'
  | 'certificate'
  | 'split'
  | 'no-leader'
  | 'failed'
  | 'stopped'
  | 'no-unit'
  | 'left-behind'
  | 'step'
  | 'unhealthy'
  | 'slow'
  | 'late'
  | 'starting';

export type CauseId = string;

/** Between the last look that was fine and the first that was not, by our clock, ms. */
export type Changed = { readonly fromMs: number; readonly toMs: number };

/** A tag that all nodes of a cause share. */
export type Shared = {
  readonly tag: string;
  /** No node with this tag is spared. */
  readonly all: boolean;
  /** All of them changed within this, at most. */
  readonly withinMs: number;
};

export type RootCause = {
  /** The same for as long as its first subject stays the same. */
  readonly id: CauseId;
  readonly kind: CauseKind;
  /** What it does to the cluster: `down` when a service serves nobody for it. */
  readonly verdict: 'down' | 'degraded' | 'late' | 'starting';
  /** What is wrong by itself: instances (`iam@node02`), nodes, steps (`flaredb-cluster-join@node02`), or a service. */
  readonly subjects: readonly string[];
  /** Where its subjects are; empty when that is not the point. In the inventory's order. */
  readonly nodes: readonly NodeName[];
  /** Whose instances its subjects are, in the topology's order. */
  readonly services: readonly ServiceName[];
  /** "chainfire on node02, node03". */
  readonly where: string;
  /** "failed, exit 3", without what moves from look to look. */
  readonly why: string;
  /** When its verdict began. */
  readonly sinceMs: number;
  /** When the first of its subjects changed. */
  readonly changed: Changed;
  readonly shared?: Shared;
  /** How many certificates it is about; absent where it is about none. */
  readonly certificates?: number;
  /** How many checks nobody answers, and how long each waits; absent where it is not about the way to a node. */
  readonly overdue?: { readonly checks: number; readonly withinMs: number };
  /** Instances that are not well for it and not subjects themselves. */
  readonly explains: readonly InstanceId[];
};

export type ContradictionKind =
  | 'child-without-parent'
  | 'two-leaders'
  | 'sizes'
  | 'active-but-silent'
  | 'answers-but-stopped'
  | 'identity'
  | 'shared-certificate';

/** Two facts that do not fit together. Not a failure by itself. */
export type Contradiction = {
  readonly id: string;
  readonly kind: ContradictionKind;
  /** A sentence without a full stop. */
  readonly words: string;
  readonly instances: readonly InstanceId[];
};

/** One link of an evidence chain: "iam@node02 · database disconnected". */
export type Evidence = {
  readonly subject: string;
  readonly words: string;
  /** Set where the chain ends. */
  readonly cause?: CauseId;
};
