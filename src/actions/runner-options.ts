/** What running actions needs of the world. */
import type { Job } from '../core/model/action.ts';
import type { ClusterFacts, ClusterState, JudgeOptions } from '../core/model/cluster.ts';
import type { Inventory, NodeName } from '../core/model/inventory.ts';
import type { ServiceName, Topology } from '../core/model/topology.ts';
import type { Clock } from '../lib/clock.ts';
import type { Link } from '../ssh/types.ts';
import type { Audit } from './audit.ts';

export type RunnerOptions = {
  readonly topology: Topology;
  readonly inventory: Inventory;
  readonly links: { readonly link: (node: NodeName) => Link | undefined };
  readonly audit: Pick<Audit, 'write'>;
  /** Nothing runs without one: `audit.reason`. */
  readonly needsReason?: boolean;
  readonly clock: Clock;
  readonly readOnly: boolean;
  /** The live judgement and the facts behind it, as of now. */
  readonly cluster: () => ClusterState;
  readonly facts: () => ClusterFacts;
  readonly judging: JudgeOptions;
  /** Calls back after new facts; returns the unsubscriber. */
  readonly subscribe: (listener: () => void) => () => void;
  /** Asks for a look at this node now. */
  readonly nudge: (node: NodeName) => void;
  readonly onJob: (job: Job) => void;
  /** How long these services must stay well: as many polls as it takes to tell that they are not, two at least. */
  readonly stableMs: (services: readonly ServiceName[]) => number;
  /** The least time that a recovery is waited for, default 30 s; a slow start may make it longer. */
  readonly minWatchMs?: number;
  /** The least time that a command or a run may take, default 2 min. */
  readonly minCommandMs?: number;
};

const MIN_WATCH_MS = 30_000;
const MIN_COMMAND_MS = 120_000;

/** How long a recovery is waited for, ms. */
export const watchMs = ({ minWatchMs = MIN_WATCH_MS }: RunnerOptions, expectedMs: number): number =>
  Math.max(3 * expectedMs, minWatchMs);

/** How long a command, or a run that was handed to systemd, may take, ms. */
export const commandMs = ({ minCommandMs = MIN_COMMAND_MS }: RunnerOptions, expectedMs: number): number =>
  Math.max(3 * expectedMs, minCommandMs);
