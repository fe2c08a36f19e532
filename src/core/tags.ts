/** Nodes by what they are tagged with: a rack, a role, a group of the configuration. */
import type { Inventory, NodeName } from './model/inventory.ts';

/** `@storage` stands for all nodes with the tag `storage`, wherever a node may be named. */
export const tagInWord = (word: string): string | undefined =>
  word.startsWith('@') ? word.slice(1) : undefined;

export const nodesTagged = ({ nodes }: Pick<Inventory, 'nodes'>, tag: string): readonly NodeName[] =>
  nodes.filter(({ tags }) => tags.includes(tag)).map(({ name }) => name);

/** Every tag once, as it may be written for its nodes. */
export const tagWords = ({ nodes }: Pick<Inventory, 'nodes'>): readonly string[] => [
  ...new Set(nodes.flatMap(({ tags }) => tags.map((tag) => `@${tag}`))),
];

/** Nodes under the first of their tags; `tag` is undefined of those that have none. */
export type TagGroup<Node> = { readonly tag: string | undefined; readonly nodes: readonly Node[] };

/** In the inventory's order of tags, and within each in that of nodes; what has no tag comes last. */
export const nodesByTag = <Node extends { readonly tags: readonly string[] }>(
  nodes: readonly Node[],
): readonly TagGroup<Node>[] => {
  const groups = Map.groupBy(nodes, ({ tags }) => tags[0]);
  return [...groups]
    .map(([tag, members]) => ({ tag, nodes: members }))
    .toSorted((one, other) => Number(one.tag === undefined) - Number(other.tag === undefined));
};

export const isTagged = ({ nodes }: Pick<Inventory, 'nodes'>): boolean =>
  nodes.some(({ tags }) => tags.length > 0);
