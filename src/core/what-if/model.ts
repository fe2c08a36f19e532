/** What a stop would do, as data: systemd's cascade, votes, who loses its function elsewhere, and what users lose. */
import type {
  CapabilityState,
  ClusterFacts,
  ClusterState,
  JudgeOptions,
  QuorumState,
} from '../model/cluster.ts';
import type { InstanceId, Inventory, NodeName } from '../model/inventory.ts';
import type { CapabilityId, ServiceName, Topology, UnitName } from '../model/topology.ts';

/** What is stopped: one instance, a service on all its nodes, or all that runs on a node. */
export type Stop =
  | { readonly kind: 'instance'; readonly service: ServiceName; readonly node: NodeName }
  | { readonly kind: 'service'; readonly service: ServiceName }
  | { readonly kind: 'node'; readonly node: NodeName };

export type WhatIfInput = {
  readonly topology: Topology;
  readonly inventory: Inventory;
  /** The judgement of `facts`; what is changes from it. */
  readonly cluster: ClusterState;
  readonly facts: ClusterFacts;
  readonly options: JudgeOptions;
};

/** `runs`: up, or between two tries. `coming`: starting, or its job waits. `unseen`: nobody has asked its systemd. */
export type StopFrom = 'runs' | 'coming' | 'unseen';

export type StoppedUnit = {
  readonly unit: UnitName;
  /** The unit without `.service`. */
  readonly name: string;
  readonly kind: 'service' | 'step';
  readonly from: StopFrom;
  /** The one of the units stopped here that it hangs on most; undefined: stopped by itself. */
  readonly under?: UnitName;
};

/** What systemd does on one node. */
export type Cascade = {
  readonly node: NodeName;
  /** In the order in which systemd stops them: the reverse of their start. */
  readonly stops: readonly StoppedUnit[];
  /** Up, and they name one of these in Wants= or After= only. */
  readonly stays: readonly UnitName[];
  /** Of `stops`, what a later start of the target alone leaves down. */
  readonly leftDown: readonly UnitName[];
  /** Members of the closure that are down already. */
  readonly idle: readonly UnitName[];
};

export type QuorumChange = {
  readonly service: ServiceName;
  readonly expected: number;
  readonly needed: number;
  readonly before: number;
  readonly during: number;
  readonly was: QuorumState['standing'];
  readonly becomes: QuorumState['standing'];
  /** It leads now and stops: the others elect. */
  readonly leader?: NodeName;
  /** Members that may vote and are not seen. */
  readonly unseen: readonly NodeName[];
};

/** An instance that goes on running, but not for anybody. */
export type Loss = {
  readonly instance: InstanceId;
  readonly service: ServiceName;
  readonly node: NodeName;
  /** The service whose function is gone. */
  readonly without: ServiceName;
};

export type CapabilityChange = {
  readonly id: CapabilityId;
  readonly title: string;
  readonly before: CapabilityState['state'];
  readonly during: CapabilityState['state'];
  readonly because: readonly ServiceName[];
};

/** `nothing`: it is down already. `unseen`: nothing of it can be seen. `risk`: it hangs on who is not seen. */
export type Weight = 'nothing' | 'unseen' | 'safe' | 'risk' | 'harm';

/** What changes while some units are out. */
export type Consequences = {
  readonly quorums: readonly QuorumChange[];
  readonly losses: readonly Loss[];
  readonly capabilities: readonly CapabilityChange[];
  /** Services that work now and serve nobody meanwhile. */
  readonly gone: readonly ServiceName[];
  /** Nodes out of sight; what runs there is counted as nothing. */
  readonly dark: readonly NodeName[];
  /** The cluster as it would be judged meanwhile. */
  readonly during: ClusterState;
};

export type WhatIf = Consequences & {
  readonly stop: Stop;
  readonly weight: Weight;
  /** One or two short sentences. */
  readonly sentence: string;
  /** A node each, in the inventory's order; nodes on which nothing stops are left out. */
  readonly cascades: readonly Cascade[];
};
