/** The first-boot view's rows, and which nodes are unfolded in it. */

import type { BootEntry, BootProgress, DriftRow, NodeBoot } from '../core/first-boot/model.ts';
import { bootProgress } from '../core/first-boot/progress.ts';
import { formatTook } from '../core/format.ts';
import type { ClusterState } from '../core/model/cluster.ts';
import type { NodeName } from '../core/model/inventory.ts';
import { type AppState, type SubjectId, shown } from './state.ts';
import { unitSubject } from './subjects.ts';

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
export const driftId = (row: DriftRow): SubjectId => `drift:${row.unit}`;

/** With so many rows the services beside the chain have one each. */
const ALL_FROM_ROWS = 30;

/** The entries of a node's boot that have a line of their own. */
export const bootLines = ({ ui }: AppState, { entries }: NodeBoot): readonly BootEntry[] =>
  ui.bodyRows >= ALL_FROM_ROWS ? entries : entries.filter((entry) => entry.inChain);

/** The row of an entry: the instance's or the step's. The targets at both ends have none. */
export const entryId = (state: AppState, node: NodeName, entry: BootEntry): SubjectId | undefined =>
  unitSubject(state.topology, entry.unit, node);

const unfoldedIds = (state: AppState, boot: NodeBoot): readonly SubjectId[] =>
  state.ui.compact || !isBootUnfolded(state, boot.node)
    ? []
    : bootLines(state, boot).flatMap((entry) => entryId(state, boot.node, entry) ?? []);

/** Each node and, where it is unfolded, its services and steps; or a step per row when the boot is long past. */
export const bootRowIds = (state: AppState): readonly SubjectId[] => {
  const { past, drift, nodes } = bootOf(state);
  if (past) return drift.map(driftId);
  return nodes.flatMap((boot) => [bootNodeId(boot.node), ...unfoldedIds(state, boot)]);
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

/** With the node's timeline open. */
export const unfoldBoot = (state: AppState, node: NodeName): ReadonlySet<SubjectId> =>
  isBootUnfolded(state, node) ? state.ui.unfolded : toggledBoot(state, bootNodeId(node));

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
  for (const boot of nodes) {
    const entry = boot.entries.find((one) => entryId(state, boot.node, one) === id);
    if (entry !== undefined) return `${entry.name} on ${boot.node}: ${entry.words || entry.state}`;
  }
  const row = drift.find((one) => driftId(one) === id);
  return row === undefined ? undefined : stepText(row);
};
