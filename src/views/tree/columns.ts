/** The tree's columns and how the nodes of a service fit beside it: pure arithmetic. */

import type { DependencyNode } from '../../core/graph.ts';
import type { ClusterNode } from '../../core/model/inventory.ts';
import { nodesByTag } from '../../core/tags.ts';
import { width } from '../text.ts';

/** Some nodes that share one mark, left to right. */
type Mark = { readonly nodes: readonly ClusterNode[] };
/** Marks under one label: a tag's nodes, or all of them. */
export type MarkGroup = { readonly label: string; readonly marks: readonly Mark[] };

export type NodeCells =
  /** A cell of this many columns per node: mark and word, or where that is too narrow the mark alone. */
  | {
      readonly kind: 'cells';
      readonly cell: number;
      readonly nodes: readonly ClusterNode[];
      /** One heading per node, no wider than a cell. */
      readonly labels: readonly string[];
    }
  /** One mark per node, or per `each` nodes when there are more nodes than columns; the worst is shown. */
  | { readonly kind: 'marks'; readonly groups: readonly MarkGroup[]; readonly each: number };

export type TreeColumns = {
  readonly name: number;
  readonly state: number;
  readonly cells: NodeCells;
  readonly columns: number;
};

/** "▸ " before a name, and as much again before a node's name beneath it. */
const MARKER = 2;
/** "├━" for each step down in the tree by dependencies. */
const GUIDE = 2;
/** From here on a cell has room for a word beside its mark. */
export const WORDS_FROM = 8;
const CELL_MAX = 11;
const STATE_MIN = 24;
/** "degraded 153 of 200 down" */
const STATE_OF_MANY = 26;
const STATE_MAX = 34;
const MARGIN = 1;

const chunk = (nodes: readonly ClusterNode[], each: number): readonly Mark[] =>
  Array.from({ length: Math.ceil(nodes.length / each) }, (_, index) => ({
    nodes: nodes.slice(index * each, (index + 1) * each),
  }));

/** Columns that groups of marks take, one blank between groups. */
const marksWidth = (groups: readonly MarkGroup[]): number =>
  groups.reduce((sum, group) => sum + group.marks.length, 0) + Math.max(0, groups.length - 1);

/** As many nodes per mark as it takes to fit; groups give way when there are more of them than columns. */
export const markCells = (nodes: readonly ClusterNode[], columns: number): NodeCells => {
  const room = Math.max(1, columns);
  const grouped = nodesByTag(nodes).map((group) => ({ label: group.tag ?? '', nodes: group.nodes }));
  const splits = grouped.length * 2 - 1 <= room ? grouped : [{ label: '', nodes }];
  for (let each = 1; ; each += 1) {
    const groups = splits.map(({ label, nodes: members }) => ({ label, marks: chunk(members, each) }));
    if (marksWidth(groups) <= room || each >= nodes.length) return { kind: 'marks', groups, each };
  }
};

/** What tells the names apart: "01" of "node01"; the names themselves where they have nothing in common. */
const tails = (names: readonly string[]): readonly string[] => {
  const [first = '', ...others] = names;
  let common = 0;
  while (common < first.length && others.every((name) => name[common] === first[common])) common += 1;
  // Numbers stay whole: 01 and 02, not 1 and 2.
  while (common > 0 && /\d/u.test(first[common - 1] ?? '')) common -= 1;
  return names.map((name) => name.slice(common));
};

/** Cells with a mark alone under each node's name, or under what tells it apart; undefined where those do not fit. */
const markedCells = (nodes: readonly ClusterNode[], columns: number): NodeCells | undefined => {
  const names = nodes.map((node) => node.name);
  for (const labels of [names, tails(names)]) {
    const cell = Math.max(2, ...labels.map(width));
    if (nodes.length * (cell + 1) - 1 <= columns) return { kind: 'cells', cell, nodes, labels };
  }
  return undefined;
};

/** Columns that the cells take. */
export const cellsWidth = (cells: NodeCells): number =>
  cells.kind === 'cells' ? cells.nodes.length * (cells.cell + 1) - 1 : marksWidth(cells.groups);

/** Column widths of the tree in `columns` columns; `nameColumns` is what its longest name needs. */
export const treeColumns = (
  nodes: readonly ClusterNode[],
  nameColumns: number,
  columns: number,
): TreeColumns => {
  const name = Math.min(Math.max(nameColumns, 12), Math.max(12, Math.floor(columns * 0.35)));
  const rest = columns - 2 * MARGIN - name - 1;
  const forCells = rest - STATE_MIN - 1;
  const cell = Math.min(CELL_MAX, Math.floor((forCells + 1) / Math.max(1, nodes.length)) - 1);
  const cells: NodeCells | undefined =
    cell >= WORDS_FROM
      ? { kind: 'cells', cell, nodes, labels: nodes.map((node) => node.name) }
      : markedCells(nodes, forCells);
  if (cells !== undefined) {
    return { name, state: Math.min(STATE_MAX, rest - cellsWidth(cells) - 1), cells, columns };
  }
  const state = Math.min(STATE_MAX, Math.max(STATE_OF_MANY, rest - nodes.length - 1));
  return { name, state, cells: markCells(nodes, rest - state - 1), columns };
};

/** A service that stands `depth` guides to the right. */
type Placed = { readonly name: string; readonly depth: number };

/** Services as the tree by dependencies places them. */
export const placedByDependency = (forest: readonly DependencyNode[], depth = 0): readonly Placed[] =>
  forest.flatMap((node) => [{ name: node.service, depth }, ...placedByDependency(node.children, depth + 1)]);

/**
 * Columns the longest name needs, whatever is folded or filtered: a service behind its guides and its mark, a
 * node one step further in.
 */
export const nameColumnsOf = (services: readonly Placed[], nodes: readonly ClusterNode[]): number => {
  const guides = Math.max(0, ...services.map((service) => service.depth)) * GUIDE;
  return (
    Math.max(
      ...services.map((service) => service.depth * GUIDE + MARKER + width(service.name)),
      ...nodes.map((node) => guides + 2 * MARKER + width(node.name)),
    ) + 1
  );
};
