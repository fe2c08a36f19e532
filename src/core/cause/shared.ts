/** What nodes that changed together have in common: a rack, a switch, whatever their tags say. */
import type { Changed, Shared } from '../model/cause.ts';
import type { Inventory, NodeName } from '../model/inventory.ts';

/** Further apart than this is no longer together. */
const TOGETHER_MS = 10_000;

/** The tag that all of `nodes` carry and not every node does; of several, the one that fits them closest. */
export const sharedTag = (
  nodes: ReadonlyMap<NodeName, Changed>,
  inventory: Inventory,
): Shared | undefined => {
  if (nodes.size < 2) return undefined;
  const changes = [...nodes.values()];
  const withinMs =
    Math.max(...changes.map(({ toMs }) => toMs)) - Math.min(...changes.map(({ fromMs }) => fromMs));
  if (withinMs > TOGETHER_MS) return undefined;
  const tagged = Map.groupBy(
    inventory.nodes.flatMap(({ name, tags }) => tags.map((tag) => ({ name, tag }))),
    ({ tag }) => tag,
  );
  const [closest] = [...tagged]
    .filter(
      ([, found]) =>
        found.length < inventory.nodes.length &&
        found.filter(({ name }) => nodes.has(name)).length === nodes.size,
    )
    .toSorted(([, a], [, b]) => a.length - b.length);
  return closest === undefined
    ? undefined
    : { tag: closest[0], all: closest[1].length === nodes.size, withinMs };
};
