/** What next steps are found in, and one on its way to be it. */
import type { ClusterFacts, ClusterState } from '../model/cluster.ts';
import type { InstanceId, Inventory } from '../model/inventory.ts';
import type { Topology } from '../model/topology.ts';
import type { NextStep } from './model.ts';

export type NextStepsInput = {
  readonly topology: Topology;
  readonly inventory: Inventory;
  readonly cluster: ClusterState;
  readonly facts: ClusterFacts;
};

export type Candidate = Omit<NextStep, 'regains' | 'clears'> & {
  /** Where its first unit stands in the order in which units start. */
  readonly place: number;
  /** Instances that it is meant to bring back. */
  readonly brings: readonly InstanceId[];
};
