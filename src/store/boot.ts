/** The first-boot view's rows, and which nodes are unfolded in it. */

import type { BootProgress, DriftRow, NodeBoot } from '../core/first-boot/model.ts';
import { bootProgress } from '../core/first-boot/progress.ts';
import { formatTook } from '../core/format.ts';
import type { ClusterState } from '../core/model/cluster.ts';
import type { NodeName } from '../core/model/inventory.ts';
import { type AppState, type SubjectId, shown } from './state.ts';

/** Told once per judgement: the view, its cursor and the keys all ask for it. */
const told = new WeakMap<ClusterState, BootProgress>();

/** The boot as the screen shows it now. */
export const bootOf = (state: AppState): BootProgress => {
  const { facts, cluster, nowMs } = shown(state);
  const known = told.get(cluster);
  if (known !== undefined) return known;
  const { topology, inventory } = state;
  const progress = bootProgress({ topology, inventory, facts, cluster, nowMs });
  told.set(cluster, progress);
  return progress;
};

export const bootNodeId = (node: NodeName): SubjectId => `node:${node}`;
export const bootStepId = (row: DriftRow): SubjectId => `step:${row.unit}`;

/** A node per row, or a step per row when the boot is long past. */
export const bootRowIds = (state: AppState): readonly SubjectId[] => {
  const { past, drift, nodes } = bootOf(state);
  return past ? drift.map(bootStepId) : nodes.map(({ node }) => bootNodeId(node));
};

const openId = (node: NodeName): string => `boot:${node}`;
const shutId = (node: NodeName): string => `boot-shut:${node}`;

/** As the operator left it; until then the first node is unfolded, whatever happens on the others. */
export const isBootUnfolded = (state: AppState, node: NodeName): boolean => {
  const { unfolded } = state.ui;
  if (unfolded.has(openId(node)) || unfolded.has(shutId(node))) return unfolded.has(openId(node));
  return state.inventory.nodes[0]?.name === node;
};

/** The unfolded rows after the node's timeline was opened or shut. */
export const toggledBoot = (state: AppState, id: SubjectId | undefined): ReadonlySet<SubjectId> => {
  const { nodes, past } = bootOf(state);
  const node = past ? undefined : nodes.find((one) => bootNodeId(one.node) === id)?.node;
  if (node === undefined) return state.ui.unfolded;
  const unfolded = new Set(state.ui.unfolded);
  const isOpen = isBootUnfolded(state, node);
  unfolded.delete(isOpen ? openId(node) : shutId(node));
  unfolded.add(isOpen ? shutId(node) : openId(node));
  return unfolded;
};

const nodeText = ({ node, done, entries, at }: NodeBoot): string =>
  `${node} boot: ${done} of ${entries.length} steps done${at === undefined ? '' : `, ${at.name} ${at.words}`}`;

const stepText = ({ name, documentedMs, slowest }: DriftRow): string =>
  [
    name,
    documentedMs === undefined ? '' : `documented ${formatTook(documentedMs)}`,
    slowest === undefined ? '' : `slowest ${formatTook(slowest.tookMs)} on ${slowest.node}`,
  ]
    .filter((part) => part !== '')
    .join(', ');

/** The row as one plain line. */
export const bootText = (state: AppState, id: SubjectId | undefined): string | undefined => {
  const { nodes, drift } = bootOf(state);
  const node = nodes.find((one) => bootNodeId(one.node) === id);
  if (node !== undefined) return nodeText(node);
  const row = drift.find((one) => bootStepId(one) === id);
  return row === undefined ? undefined : stepText(row);
};
