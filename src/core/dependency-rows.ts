/** The home view by dependencies: each service once, under the one that ties it most, with guides to draw. */
import { type DependencyNode, dependencyForest } from './graph.ts';
import type { Topology } from './model/topology.ts';
import { type Candidate, type Guide, serviceRows, type TreeRow } from './tree-row.ts';

type Kept = {
  readonly node: DependencyNode;
  readonly candidate: Candidate;
  /** Drawn under the service that it depends on, not under one further up. */
  readonly tied: boolean;
  readonly children: readonly Kept[];
};

/** A service that is not selected hands its children to the one above it, so that no match is lost. */
const keep = (nodes: readonly DependencyNode[], candidates: ReadonlyMap<string, Candidate>): Kept[] =>
  nodes.flatMap((node): Kept[] => {
    const candidate = candidates.get(node.service);
    const children = keep(node.children, candidates);
    return candidate === undefined
      ? children.map((child) => ({ ...child, tied: false }))
      : [{ node, candidate, tied: true, children }];
  });

const draw = (
  kept: readonly Kept[],
  unfolded: ReadonlySet<string>,
  depth: number,
  above: readonly Guide[],
): TreeRow[] =>
  kept.flatMap(({ node, candidate, tied, children }, index) => {
    const isLast = index === kept.length - 1;
    const isRoot = depth === 0;
    const own: readonly Guide[] = isRoot ? [] : [...above, isLast ? 'corner' : 'tee'];
    const onward: readonly Guide[] = isRoot ? [] : [...above, isLast ? 'blank' : 'line'];
    const below: readonly Guide[] = [...onward, children.length > 0 ? 'line' : 'blank'];
    const tie = {
      also: node.also,
      ...(isRoot || !tied || node.edge === undefined ? {} : { edge: node.edge }),
    };
    return [
      ...serviceRows(candidate, unfolded, depth, own, below, tie),
      ...draw(children, unfolded, depth + 1, onward),
    ];
  });

/** The selected services as trees. Only topology decides the order. */
export const dependencyRows = (
  topology: Topology,
  unfolded: ReadonlySet<string>,
  candidates: readonly Candidate[],
): TreeRow[] => {
  const selected = new Map(candidates.map((candidate) => [candidate.service.name, candidate]));
  return draw(keep(dependencyForest(topology), selected), unfolded, 0, []);
};
