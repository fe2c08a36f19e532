/** What the guards of all verbs go by. */
import type { ActionRequest, Job } from '../core/model/action.ts';
import type { ClusterState } from '../core/model/cluster.ts';
import type { Inventory } from '../core/model/inventory.ts';
import type { NodeRights, NodeUnits, UnitFacts } from '../core/model/observation.ts';
import type { Topology, UnitName } from '../core/model/topology.ts';
import type { Reach } from './reach.ts';

export type GuardInput = ActionRequest &
  Reach & {
    readonly topology: Topology;
    readonly inventory: Inventory;
    readonly cluster: ClusterState;
    /** What systemd was last seen to say of a unit. */
    readonly factsOf: (unit: UnitName) => UnitFacts | undefined;
    readonly look: NodeUnits | undefined;
    /** What would run there. */
    readonly commands: readonly (readonly string[])[];
    /** What the account there may do; undefined where that is not known. */
    readonly rights: NodeRights | undefined;
    /** Actions that have not ended yet. */
    readonly running: readonly Job[];
  };
