/** The rows of the home view: what is shown, in which order, how deep. Order never depends on verdicts. */
import { dependencyRows } from './dependency-rows.ts';
import { type Filter, filterOf } from './filter.ts';
import type { RootCause } from './model/cause.ts';
import type { ClusterState, InstanceState, ServiceState, Verdict } from './model/cluster.ts';
import type { Inventory, NodeName } from './model/inventory.ts';
import type { Service, Topology } from './model/topology.ts';
import { type Candidate, serviceRows, type TreeRow } from './tree-row.ts';

export type { Guide, ServiceRow, TreeRow } from './tree-row.ts';

export type TreeInput = {
  readonly topology: Topology;
  readonly inventory: Inventory;
  readonly cluster: ClusterState;
  readonly mode: 'levels' | 'dependencies';
  /** Ids of unfolded rows; services start folded. */
  readonly unfolded: ReadonlySet<string>;
  /** As filter.ts reads it; empty shows all. */
  readonly filter: string;
  readonly onlyBroken: boolean;
};

type Selection = {
  readonly candidates: readonly Candidate[];
  /** Services that pass the filter but are well, while only what is broken is shown. */
  readonly hidden: number;
};

const serviceText = (service: Service, state: ServiceState): string =>
  `${service.name} ${service.title} ${state.verdict} ${state.reason}`;

const instanceText = (service: Service, instance: InstanceState): string =>
  `${service.name} ${service.title} ${instance.node} ${instance.verdict} ${instance.reason}`;

const consider = (
  service: Service,
  input: TreeInput,
  tagsOf: ReadonlyMap<NodeName, readonly string[]>,
  matches: Filter | undefined,
): Candidate | undefined => {
  const state = input.cluster.services.get(service.name);
  if (state === undefined) return undefined;
  const instances = state.instances.flatMap((id) => input.cluster.instances.get(id) ?? []);
  const isHit = matches === undefined || matches(serviceText(service, state));
  const hits = isHit
    ? instances
    : instances.filter((instance) => matches(instanceText(service, instance), tagsOf.get(instance.node)));
  if (!isHit && hits.length === 0) return undefined;
  const shown = input.onlyBroken ? hits.filter((instance) => instance.verdict !== 'ok') : hits;
  return { service, state, instances, shown, opened: !isHit };
};

const select = (input: TreeInput): Selection => {
  const matches = filterOf(input.filter);
  const tagsOf = new Map(input.inventory.nodes.map(({ name, tags }) => [name, tags]));
  const candidates: Candidate[] = [];
  let hidden = 0;
  for (const service of input.topology.services) {
    const candidate = consider(service, input, tagsOf, matches);
    if (candidate === undefined) continue;
    const isWell = candidate.opened ? candidate.shown.length === 0 : candidate.state.verdict === 'ok';
    if (input.onlyBroken && isWell) hidden += 1;
    else candidates.push(candidate);
  }
  return { candidates, hidden };
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

const rowVerdict = (row: TreeRow): Verdict | undefined => {
  switch (row.kind) {
    case 'service':
      return row.state.verdict;
    case 'instance':
      return row.instance.verdict;
    case 'level':
    case 'summary':
      return undefined;
    default: {
      const never: never = row;
      return never;
    }
  }
};

/** Somewhere to go; `isCause` where it is what others hang on. */
export type Place = {
  readonly id: string;
  readonly verdict: Verdict | undefined;
  readonly isCause?: boolean;
};

/**
 * The next of `places` after `fromId` that is a cause, going round at the end. Where there is none, the next that is
 * not well by itself, then the next echo or the next that nobody has seen; undefined when all is well or on its way.
 */
export const nextPlace = (places: readonly Place[], fromId: string | undefined): string | undefined => {
  const at = places.findIndex((place) => place.id === fromId);
  const onwards = [...places.slice(at + 1), ...places.slice(0, at + 1)];
  const next = (...verdicts: readonly (Verdict | undefined)[]) =>
    onwards.find(({ verdict }) => verdict !== undefined && verdicts.includes(verdict));
  const cause = onwards.find(({ isCause }) => isCause === true);
  return (cause ?? next('down', 'late', 'degraded') ?? next('blocked', 'unknown'))?.id;
};

/** A row on which a cause is to be found: one of its subjects, or their service. */
const isCauseRow = (row: TreeRow, causes: readonly RootCause[]): boolean => {
  switch (row.kind) {
    case 'service':
      return causes.some(({ services }) => services.includes(row.state.name));
    case 'instance':
      return causes.some(({ subjects }) => subjects.includes(row.instance.id));
    case 'level':
    case 'summary':
      return false;
    default: {
      const never: never = row;
      return never;
    }
  }
};

/** `nextPlace` among the rows of the home view. */
export const nextProblem = (
  rows: readonly TreeRow[],
  fromId: string | undefined,
  causes: readonly RootCause[] = [],
): string | undefined =>
  nextPlace(
    rows.map((row) => ({ id: row.id, verdict: rowVerdict(row), isCause: isCauseRow(row, causes) })),
    fromId,
  );
