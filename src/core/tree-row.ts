/** What a row of the home view is, and the rows that one service gives in either mode. */
import type { InstanceState, LevelState, ServiceState } from './model/cluster.ts';
import type { Service } from './model/topology.ts';

/** One column of a tree's guides, left to right: `├─`, `└─`, `│`, or nothing. */
export type Guide = 'tee' | 'corner' | 'line' | 'blank';

type RowCommon = {
  /** Stable across judgements: `level:1`, `service:chainfire`, `instance:chainfire@node01`, `summary:ok`. */
  readonly id: string;
  readonly depth: number;
  readonly foldable: boolean;
  /** False too when there is nothing to fold. */
  readonly folded: boolean;
  /** Guides to the left of the row; empty in the level mode and at roots. */
  readonly prefix: readonly Guide[];
};

export type TreeRow =
  | (RowCommon & { readonly kind: 'level'; readonly level: LevelState })
  | (RowCommon & {
      readonly kind: 'service';
      readonly service: Service;
      readonly state: ServiceState;
      /** One per node that runs it, in inventory order. */
      readonly instances: readonly InstanceState[];
      /** Dependency mode: how it hangs on the service above it in the tree; absent at a root, or when that is hidden. */
      readonly edge?: 'requires' | 'wants';
      /** Dependency mode: its other dependencies, which the tree does not draw. */
      readonly also: readonly { readonly service: string; readonly hard: boolean }[];
    })
  | (RowCommon & {
      readonly kind: 'instance';
      readonly service: Service;
      readonly instance: InstanceState;
    })
  | (RowCommon & {
      readonly kind: 'summary';
      /** Services left out because they are well. */
      readonly count: number;
      readonly text: string;
    });

export type ServiceRow = Extract<TreeRow, { readonly kind: 'service' }>;

/** A service with what of it passes the filter. */
export type Candidate = {
  readonly service: Service;
  readonly state: ServiceState;
  readonly instances: readonly InstanceState[];
  /** Instances to show below it when it is open. */
  readonly shown: readonly InstanceState[];
  /** Opened by the filter: only its instances match. */
  readonly opened: boolean;
};

/** The row of a service and, when it is open, those of its instances. */
export const serviceRows = (
  candidate: Candidate,
  unfolded: ReadonlySet<string>,
  depth: number,
  prefix: readonly Guide[],
  below: readonly Guide[],
  tie: Pick<ServiceRow, 'edge' | 'also'>,
): TreeRow[] => {
  const { service, state, instances, shown, opened } = candidate;
  const id = `service:${service.name}`;
  const foldable = shown.length > 0 && !opened;
  const isOpen = opened || (foldable && unfolded.has(id));
  const row: TreeRow = {
    kind: 'service',
    id,
    depth,
    foldable,
    folded: foldable && !isOpen,
    prefix,
    service,
    state,
    instances,
    ...tie,
  };
  if (!isOpen) return [row];
  return [
    row,
    ...shown.map(
      (instance): TreeRow => ({
        kind: 'instance',
        id: `instance:${instance.id}`,
        depth: depth + 1,
        foldable: false,
        folded: false,
        prefix: below,
        service,
        instance,
      }),
    ),
  ];
};
