/** What would mend a cluster, step by step: told, never done by itself. */
import type { ActionRequest } from '../model/action.ts';
import type { CauseId } from '../model/cause.ts';
import type { NodeName } from '../model/inventory.ts';
import type { ServiceName } from '../model/topology.ts';

export type NextStep = {
  /** The same for as long as it is about the same. */
  readonly id: string;
  readonly cause: CauseId;
  /** What the console can do; absent: a person has to. */
  readonly action?: ActionRequest;
  /** "rerun chainfire on node02", "renew the certificate of node02". */
  readonly words: string;
  /** "failed, exit 3". */
  readonly why: string;
  /** Not certain to help: it is tried when nothing else is left. */
  readonly lastResort: boolean;
  /** In the inventory's order. */
  readonly nodes: readonly NodeName[];
  /** Documented time until what it starts is back, ms; absent where nobody can tell. */
  readonly expectedMs?: number;
  /** Services that have their quorum again with this one. */
  readonly regains: readonly ServiceName[];
  /** How many instances are well again with this one, when all before it are done. */
  readonly clears: number;
};
