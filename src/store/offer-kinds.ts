/** How an action can be offered on the selected row. */
import type { ActionTarget } from '../core/model/action.ts';
import type { NodeName } from '../core/model/inventory.ts';
import type { ServiceName } from '../core/model/topology.ts';

export type Offer =
  | { readonly kind: 'selected'; readonly target: ActionTarget }
  /** Not selected itself; `why` says why it is the one: "the only one of 3 that is down". */
  | { readonly kind: 'only'; readonly target: ActionTarget; readonly why: string }
  /** Several could be meant: "2 of 3 are down: node02, node03". */
  | {
      readonly kind: 'several';
      readonly words: string;
      /** Set where they are one service's, and all of them could be meant. */
      readonly of?: { readonly service: ServiceName; readonly nodes: readonly NodeName[] };
    }
  /** `words`: why there is nothing that it could be about, where the row alone does not tell. */
  | { readonly kind: 'none'; readonly words?: string };

/** More than these are not named. */
export const LISTED_MAX = 3;
