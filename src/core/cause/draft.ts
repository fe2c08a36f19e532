/** What causes are found in, and a cause on its way to be one. */
import type { CauseKind, Changed, RootCause } from '../model/cause.ts';
import type { ClusterFacts, InstanceState, JudgeOptions } from '../model/cluster.ts';
import type { Inventory, NodeName } from '../model/inventory.ts';
import type { Topology } from '../model/topology.ts';
import type { Judged } from './judged.ts';
import type { Root } from './origin.ts';

export type CauseInput = {
  readonly topology: Topology;
  readonly inventory: Inventory;
  readonly facts: ClusterFacts;
  readonly options: JudgeOptions;
  readonly state: Judged;
};

export type Draft = {
  readonly kind: CauseKind;
  readonly subjects: readonly string[];
  readonly instances: readonly InstanceState[];
  /** Where it is, and when it changed there. */
  readonly nodes: ReadonlyMap<NodeName, Changed>;
  readonly what: string;
  /** Instead of the nodes by name. */
  readonly place?: string;
  readonly why: string;
  readonly sinceMs: number;
  readonly changed?: Changed;
  readonly roots: readonly Root[];
  readonly certificates?: number;
  readonly overdue?: RootCause['overdue'];
};
