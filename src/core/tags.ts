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
