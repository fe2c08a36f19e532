/** The rows of the home view: what is shown, in which order, how deep. Order never depends on verdicts. */
import { dependencyRows } from './dependency-rows.ts';
import type { ClusterState, InstanceState, LevelState, ServiceState } from './model/cluster.ts';
import type { Inventory } from './model/inventory.ts';
import type { Service, Topology } from './model/topology.ts';

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

export type TreeInput = {
  readonly topology: Topology;
  readonly inventory: Inventory;
  readonly cluster: ClusterState;
  readonly mode: 'levels' | 'dependencies';
  /** Ids of unfolded rows; services start folded. */
  readonly unfolded: ReadonlySet<string>;
  /** Words that must all occur, in any case; empty shows all. */
  readonly filter: string;
  readonly onlyBroken: boolean;
};

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

export type Selection = {
  readonly candidates: readonly Candidate[];
  /** Services that pass the filter but are well, while only what is broken is shown. */
  readonly hidden: number;
};

type Matcher = (text: string) => boolean;

const matcherOf = (filter: string): Matcher | undefined => {
  const words = filter
    .toLowerCase()
    .split(/\s+/u)
    .filter((word) => word !== '');
  if (words.length === 0) return undefined;
  return (text) => {
    const hay = text.toLowerCase();
    return words.every((word) => hay.includes(word));
  };
};

const serviceText = (service: Service, state: ServiceState): string =>
  `${service.name} ${service.title} ${state.verdict} ${state.reason}`;

const instanceText = (service: Service, instance: InstanceState): string =>
  `${service.name} ${service.title} ${instance.node} ${instance.verdict} ${instance.reason}`;

const consider = (
  service: Service,
  input: TreeInput,
  matches: Matcher | undefined,
): Candidate | undefined => {
  const state = input.cluster.services.get(service.name);
  if (state === undefined) return undefined;
  const instances = state.instances.flatMap((id) => input.cluster.instances.get(id) ?? []);
  const isHit = matches === undefined || matches(serviceText(service, state));
  const hits = isHit ? instances : instances.filter((instance) => matches(instanceText(service, instance)));
  if (!isHit && hits.length === 0) return undefined;
  const shown = input.onlyBroken ? hits.filter((instance) => instance.verdict !== 'ok') : hits;
  return { service, state, instances, shown, opened: !isHit };
};

const select = (input: TreeInput): Selection => {
  const matches = matcherOf(input.filter);
  const candidates: Candidate[] = [];
  let hidden = 0;
  for (const service of input.topology.services) {
    const candidate = consider(service, input, matches);
    if (candidate === undefined) continue;
    const isWell = candidate.opened ? candidate.shown.length === 0 : candidate.state.verdict === 'ok';
    if (input.onlyBroken && isWell) hidden += 1;
    else candidates.push(candidate);
  }
  return { candidates, hidden };
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

const levelRows = (input: TreeInput, candidates: readonly Candidate[]): TreeRow[] =>
  input.cluster.levels.flatMap((level): TreeRow[] => {
    const here = candidates.filter((candidate) => candidate.service.level === level.number);
    if (here.length === 0) return [];
    return [
      {
        kind: 'level',
        id: `level:${level.number}`,
        depth: 0,
        foldable: false,
        folded: false,
        prefix: [],
        level,
      },
      ...here.flatMap((candidate) => serviceRows(candidate, input.unfolded, 1, [], [], { also: [] })),
    ];
  });

/** All rows of the home view, top to bottom; ids are unique, and a row's id does not depend on any verdict. */
export const treeRows = (input: TreeInput): readonly TreeRow[] => {
  const { candidates, hidden } = select(input);
  const rows =
    input.mode === 'levels'
      ? levelRows(input, candidates)
      : dependencyRows(input.topology, input.unfolded, candidates);
  if (hidden === 0) return rows;
  return [
    ...rows,
    {
      kind: 'summary',
      id: 'summary:ok',
      depth: 0,
      foldable: false,
      folded: false,
      prefix: [],
      count: hidden,
      text: rows.length === 0 ? `all ${hidden} ok` : `${hidden} more ok`,
    },
  ];
};

const isProblem = (row: TreeRow): boolean => {
  switch (row.kind) {
    case 'service':
      return row.state.verdict !== 'ok' && row.state.verdict !== 'starting';
    case 'instance':
      return row.instance.verdict !== 'ok' && row.instance.verdict !== 'starting';
    case 'level':
    case 'summary':
      return false;
    default: {
      const never: never = row;
      return never;
    }
  }
};

/** The next broken row below `fromId`, going round at the end; undefined when nothing is broken. */
export const nextProblem = (rows: readonly TreeRow[], fromId: string | undefined): string | undefined => {
  const at = rows.findIndex((row) => row.id === fromId);
  return [...rows.slice(at + 1), ...rows.slice(0, at + 1)].find(isProblem)?.id;
};
