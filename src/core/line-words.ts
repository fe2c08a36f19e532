/** Words that have to fit a line: lists of nodes, and cuts that show. */
import { sentenceList } from './format.ts';
import type { NodeName } from './model/inventory.ts';

/** "node02", "node02 and node03", "all 3 nodes", "17 nodes". */
export const onNodes = (nodes: readonly NodeName[], total: number): string => {
  if (nodes.length > 1 && nodes.length === total) return `all ${total} nodes`;
  return nodes.length <= 3 ? sentenceList(nodes) : `${nodes.length} nodes`;
};

/** "node02, node03", from five on "node01, node02, node03 +14". */
export const listNodes = (nodes: readonly NodeName[]): string =>
  nodes.length <= 4 ? nodes.join(', ') : `${nodes.slice(0, 3).join(', ')} +${nodes.length - 3}`;

export const LINE_CHARS = 76;

/** Cuts a line that does not fit; the cut shows. */
export const fitLine = (text: string, room = LINE_CHARS): string =>
  text.length <= room ? text : `${text.slice(0, Math.max(0, room - 1)).trimEnd()}…`;

/** The first of these that fits a line; the last one, cut, when none does. */
export const firstThatFits = (lines: readonly string[]): string =>
  lines.find((line) => line.length <= LINE_CHARS) ?? fitLine(lines.at(-1) ?? '');
