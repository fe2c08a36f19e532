/** What can be waited for, and what is told of it: the items that it is made of and how it stands. */
import type { BootState } from '../first-boot/model.ts';
import type { ClusterFacts, ClusterState, JudgeOptions, QuorumState, Verdict } from '../model/cluster.ts';
import type { Inventory, NodeName } from '../model/inventory.ts';
import type { ServiceName, Topology, UnitName } from '../model/topology.ts';

/** `whole`: on every node that runs it, and for a service its quorum, too; otherwise on the named node alone. */
export type WaitGoal =
  /** Every step done and every service up on these nodes, as systemd tells it, and all quorums held. */
  | { readonly kind: 'ready'; readonly nodes: readonly NodeName[] }
  /** Every instance ok, all quorums held. */
  | { readonly kind: 'healthy' }
  | {
      readonly kind: 'service';
      readonly service: ServiceName;
      readonly nodes: readonly NodeName[];
      readonly whole: boolean;
    }
  | {
      readonly kind: 'step';
      readonly name: string;
      readonly unit: UnitName;
      readonly nodes: readonly NodeName[];
      readonly whole: boolean;
    };

/**
 * `failing`: it failed, and systemd tries again. `absent`: the node has no such step. `unseen`, `seen`, `lost`: whether
 * a node's systemd can be asked. `settling`: well, but not yet as often in a row as the configuration's `rise` asks.
 */
export type WaitState =
  | Exclude<BootState, 'failed'>
  | Verdict
  | QuorumState['standing']
  | 'failing'
  | 'failed'
  | 'absent'
  | 'settling'
  | 'unseen'
  | 'seen'
  | 'lost'
  | 'reachable'
  | 'unreachable';

/** Words of a node whose systemd nobody has asked yet, and nothing says that it cannot be. */
export const NOT_SEEN = 'not yet seen';

/** One thing that must be as it should be. */
export type WaitItem = {
  readonly what: 'node' | 'unit' | 'instance' | 'quorum' | 'cluster';
  /** Absent for what is of the cluster as a whole. */
  readonly node?: NodeName;
  /** The service's or step's name, `ready` for a node's boot as a whole, `node`, `cluster`. */
  readonly name: string;
  readonly unit?: UnitName;
  readonly state: WaitState;
  readonly ok: boolean;
  /** "0:07 of 0:15", "exit 1, 2 restarts"; may be empty. */
  readonly words: string;
  readonly elapsedMs?: number;
  readonly documentedMs?: number;
  /** A change of it is worth a line although the state is the same. */
  readonly count?: number;
};

/** `left-behind`: down, the boot is over, and nothing will start it. */
type FinalKind = 'failed' | 'left-behind' | 'not-found' | 'masked' | 'broken';

/** A unit that will not come by itself. */
export type FinalFailure = {
  readonly node: NodeName;
  readonly unit: UnitName;
  /** The service's or step's name. */
  readonly name: string;
  readonly kind: FinalKind;
  /** "failed, exit 1, 5 restarts" */
  readonly words: string;
};

export type WaitOutcome =
  | { readonly kind: 'holds' }
  | { readonly kind: 'not-yet'; readonly missing: readonly WaitItem[] }
  | { readonly kind: 'failed'; readonly failure: FinalFailure; readonly missing: readonly WaitItem[] };

/** Who stands in the way of what is missing. */
export type WaitHolder = {
  readonly node?: NodeName;
  readonly name: string;
  readonly words: string;
};

export type WaitInput = {
  readonly topology: Topology;
  readonly inventory: Inventory;
  readonly facts: ClusterFacts;
  readonly cluster: ClusterState;
  readonly options: JudgeOptions;
  readonly nowMs: number;
};
