/** Where what a node's systemd was told differs from what the topology says: a warning, never a verdict. */
import type { NodeName } from '../model/inventory.ts';
import type { UnitName } from '../model/topology.ts';

/** How a unit depends on another, the weakest first; `after` alone orders. */
export type Tie = 'wants' | 'part-of' | 'requires' | 'requisite' | 'binds-to';
export type Relation = Tie | 'after';

export type DriftKind = 'missing' | 'extra' | 'weaker' | 'stronger';

/** One relation that is not as it should be, the same on all of its nodes. */
export type Drift = {
  readonly unit: UnitName;
  /** The unit at the other end. */
  readonly on: UnitName;
  readonly kind: DriftKind;
  /** What the topology says; absent when extra. */
  readonly expected?: Relation;
  /** What the nodes say; absent when missing. */
  readonly found?: Relation;
  /** In the inventory's order. */
  readonly nodes: readonly NodeName[];
  /** Of as many nodes as have the unit. */
  readonly of: number;
};
