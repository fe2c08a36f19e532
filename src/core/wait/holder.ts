/** Who stands in the way of what is missing, and what an operator does about a unit that will not come by itself. */

import type { BootEntry } from '../first-boot/model.ts';
import { bootProgress } from '../first-boot/progress.ts';
import { instanceId } from '../model/inventory.ts';
import type { UnitName } from '../model/topology.ts';
import { bootsOf } from './items.ts';
import { freshLook } from './looks.ts';
import type { FinalFailure, WaitGoal, WaitHolder, WaitInput, WaitItem } from './model.ts';

const holderIn = (entries: readonly BootEntry[], item: WaitItem): WaitHolder | undefined => {
  const entry = entries.find((one) => one.unit === item.unit);
  const holder = entries.find((one) => one.name === entry?.waitsFor);
  if (holder === undefined || item.node === undefined) return undefined;
  return { node: item.node, name: holder.name, words: holder.words };
};

const blockerOf = ({ cluster }: WaitInput, { node, name }: WaitItem): WaitHolder | undefined => {
  const blocker = node === undefined ? undefined : cluster.instances.get(instanceId(name, node))?.blockedBy;
  if (blocker === undefined) return undefined;
  const { service, node: at } = blocker;
  const state =
    at === undefined ? cluster.services.get(service) : cluster.instances.get(instanceId(service, at));
  return { name: service, ...(at === undefined ? {} : { node: at }), words: state?.reason ?? '' };
};

/** The boot's own holder counts only while its node can be asked. */
const bootHolder = (
  input: WaitInput,
  goal: Extract<WaitGoal, { readonly kind: 'ready' }>,
): WaitHolder | undefined => {
  const nodes = input.inventory.nodes.filter(
    ({ name }) => goal.nodes.includes(name) && freshLook(input, name) !== undefined,
  );
  const progress = bootProgress({ ...input, inventory: { ...input.inventory, nodes } });
  const { heldBy } = progress;
  const entry = progress.nodes
    .find(({ node }) => node === heldBy?.node)
    ?.entries.find(({ unit }) => unit === heldBy?.unit);
  return heldBy === undefined || entry === undefined
    ? undefined
    : { node: heldBy.node, name: entry.name, words: entry.words };
};

/** What holds the first of `missing` that something holds, most telling first; undefined when each has but itself to blame. */
export const holderOf = (
  input: WaitInput,
  goal: WaitGoal,
  missing: readonly WaitItem[],
): WaitHolder | undefined => {
  if (goal.kind === 'ready') return bootHolder(input, goal);
  for (const item of missing) {
    const { node } = item;
    if (node === undefined) continue;
    const blocker = blockerOf(input, item);
    if (blocker !== undefined) return blocker;
    if (freshLook(input, node) === undefined) continue;
    const [boot] = bootsOf(input, [node]);
    const holder = boot === undefined ? undefined : holderIn(boot.entries, item);
    if (holder !== undefined) return holder;
  }
  return undefined;
};

/** The commands on its node that mend it, or that tell more; each without rights of its own. */
export const remedyFor = (
  { kind, unit }: FinalFailure,
  readyUnit: UnitName,
): readonly (readonly string[])[] => {
  switch (kind) {
    case 'failed':
      // A start can be refused until the count of failed ones is taken back.
      return [
        ['systemctl', 'reset-failed', unit],
        ['systemctl', 'restart', unit],
      ];
    case 'left-behind':
      return [['systemctl', 'start', readyUnit]];
    case 'masked':
      return [
        ['systemctl', 'unmask', unit],
        ['systemctl', 'start', unit],
      ];
    case 'not-found':
    case 'broken':
      return [['systemctl', 'status', unit]];
    default:
      return kind satisfies never;
  }
};
