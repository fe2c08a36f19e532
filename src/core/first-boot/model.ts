/** A boot as the core tells it: every entry of every node, the cluster's progress, and what it took in the end. */
import type { QuorumState } from '../model/cluster.ts';
import type { NodeName } from '../model/inventory.ts';
import type { ServiceName, UnitName } from '../model/topology.ts';

/**
 * `waiting`: its turn has not come. `failed`: it failed, or fails again and again. `left-behind`: the boot is over, it
 * is down, and no job will start it. `unknown`: its node's systemd was not seen.
 */
export type BootState = 'unknown' | 'waiting' | 'starting' | 'late' | 'failed' | 'left-behind' | 'done';

/** A target, service or first-boot step on one node. Times are ms since that node's boot began, on its own clock. */
export type BootEntry = {
  readonly unit: UnitName;
  /** The service's or step's name, `network-online`, or `ready` for the end of the chain. */
  readonly name: string;
  /** Part of the documented chain; the others start beside it. */
  readonly inChain: boolean;
  readonly state: BootState;
  readonly beginMs?: number;
  readonly endMs?: number;
  /** How long it has been starting, or how long that took; absent where systemd cannot tell. */
  readonly elapsedMs?: number;
  readonly documentedMs?: number;
  /** When it is expected to begin and end; absent once done, and behind something that fails. */
  readonly expected?: { readonly beginMs: number; readonly endMs: number };
  /** Who it waits for in the end: not always the one it comes right after. */
  readonly waitsFor?: string;
  /** "starting 0:07 of 0:15", "waits for flaredb: starting 0:07 of 0:15", "exit 1, 3 restarts, next in 7 s", "0:14". */
  readonly words: string;
};

export type NodeBoot = {
  readonly node: NodeName;
  /** Its systemd has been looked at. */
  readonly seen: boolean;
  /** systemd has nothing more to start. */
  readonly over: boolean;
  /** The chain first, in its order, then the services beside it. */
  readonly entries: readonly BootEntry[];
  readonly done: number;
  /** The entry that holds this node up; absent when all are done. */
  readonly at?: BootEntry;
  /** Time from the boot's beginning until now; absent when the node gives no clock. */
  readonly elapsedMs?: number;
  /** Until every entry is done; absent behind a failure and on a node that was not seen. */
  readonly remainingMs?: number;
  /** When the boot began and was, or will be, complete: on our clock. */
  readonly begunAtMs?: number;
  readonly readyAtMs?: number;
  /** It booted long before the newest boot: not part of that one. */
  readonly earlier: boolean;
  /** How far it is behind the first node of the same boot; negative: ahead. */
  readonly behindMs?: number;
  /** Every entry stands as on that first node. */
  readonly same: boolean;
  /** The one that the others' readiness waits for. */
  readonly last: boolean;
  /** Age of the look that all this stands on. */
  readonly lookAgeMs?: number;
};

/** What holds the cluster: always an entry that is not done. */
export type Holder = {
  readonly node: NodeName;
  readonly unit: UnitName;
  /** "flaredb on node03: starting 0:07 of 0:15" */
  readonly words: string;
};

/** One entry over all nodes, against its documented time. */
export type DriftRow = {
  readonly unit: UnitName;
  readonly name: string;
  readonly documentedMs?: number;
  readonly fastestMs?: number;
  readonly slowest?: { readonly node: NodeName; readonly tookMs: number };
  /** How many nodes have it, and on how many it is done. */
  readonly nodes: number;
  readonly done: number;
  /** Why the first undone one is not. */
  readonly undone?: { readonly node: NodeName; readonly state: BootState; readonly words: string };
};

export type BootQuorum = Pick<
  QuorumState,
  'service' | 'votes' | 'expected' | 'needed' | 'standing' | 'leader'
> & { readonly service: ServiceName };

/** `unfinished`: systemd is done on every node that was seen, yet not every entry is. */
export type BootPhase = 'unseen' | 'booting' | 'unfinished' | 'ready';

export type BootProgress = {
  readonly phase: BootPhase;
  readonly nodes: readonly NodeBoot[];
  readonly done: number;
  readonly total: number;
  readonly quorums: readonly BootQuorum[];
  /** Until the cluster is ready; absent when it is, and when something must be put right first. */
  readonly etaMs?: number;
  readonly heldBy?: Holder;
  /** It ended before we looked, long ago: of interest is only how long it took. */
  readonly past: boolean;
  /** From the first node's beginning to the last one's readiness; only when ready. */
  readonly tookMs?: number;
  /** The entry furthest beyond its documented time; when none is, the one that took longest. */
  readonly slowest?: {
    readonly name: string;
    readonly node: NodeName;
    readonly tookMs: number;
    readonly documentedMs: number;
  };
  readonly drift: readonly DriftRow[];
};
