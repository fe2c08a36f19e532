/** The small words of the headline: which nodes, since when, which certificate. */
import { formatAge, sentenceList } from './format.ts';
import type { InstanceState } from './model/cluster.ts';
import type { NodeName } from './model/inventory.ts';
import { causeWords } from './unit-verdict.ts';

/** "node02", "node02 and node03", "all 3 nodes", "17 nodes". */
export const onNodes = (nodes: readonly NodeName[], total: number): string => {
  if (nodes.length > 1 && nodes.length === total) return `all ${total} nodes`;
  return nodes.length <= 3 ? sentenceList(nodes) : `${nodes.length} nodes`;
};

/** "node02, node03", from five on "node01, node02, node03 +14". */
export const listNodes = (nodes: readonly NodeName[]): string =>
  nodes.length <= 4 ? nodes.join(', ') : `${nodes.slice(0, 3).join(', ')} +${nodes.length - 3}`;

/** What most of them give as the cause; of equals, the first. */
export const commonCause = (instances: readonly InstanceState[]): string => {
  const tally = new Map<string, number>();
  for (const instance of instances) {
    const words = causeWords(instance);
    tally.set(words, (tally.get(words) ?? 0) + 1);
  }
  const most = Math.max(0, ...tally.values());
  return [...tally].find(([, count]) => count === most)?.[0] ?? '';
};

/** The third line in parts, so that it can be fitted to the screen. */
export type Cause = { readonly where: string; readonly why: string; readonly sinceMs: number };

export const LINE_CHARS = 76;

/** Cuts a line that does not fit; the cut shows. */
export const fitLine = (text: string, room = LINE_CHARS): string =>
  text.length <= room ? text : `${text.slice(0, Math.max(0, room - 1)).trimEnd()}…`;

/** The first of these that fits a line; the last one, cut, when none does. */
export const firstThatFits = (lines: readonly string[]): string =>
  lines.find((line) => line.length <= LINE_CHARS) ?? fitLine(lines.at(-1) ?? '');

/** Earliest of these times. */
export const earliest = (times: readonly number[]): number => Math.min(...times);

/** What failed where, why most of them did, and since when. */
export const causeOf = (what: string, instances: readonly InstanceState[]): Cause => ({
  where: `${what} on ${listNodes(instances.map((instance) => instance.node))}`,
  why: commonCause(instances),
  sinceMs: earliest(instances.map((instance) => instance.sinceMs)),
});

const LEAST_WHY_CHARS = 12;

/**
 * `chainfire on node02, node03 · failed, exit 3 · first seen 42 s ago · +1 more`. What does not fit is said shorter:
 * first the age, then the reason, which the rows give in full.
 */
export const causeLine = (cause: Cause, others: number, nowMs: number): string => {
  const age = formatAge(nowMs - cause.sinceMs);
  const more = others === 0 ? '' : `+${others} more`;
  const join = (why: string, since: string): string =>
    [cause.where, why, since, more].filter((part) => part !== '').join(' · ');
  const full = join(cause.why, `first seen ${age} ago`);
  if (full.length <= LINE_CHARS) return full;
  const short = join(cause.why, `${age} ago`);
  if (short.length <= LINE_CHARS) return short;
  const room = cause.why.length - (short.length - LINE_CHARS);
  return join(fitLine(cause.why, Math.max(LEAST_WHY_CHARS, room)), `${age} ago`);
};

/** The certificate that healthy instances warn of, the one that ends first; undefined when none does. */
export const certificateSoonest = (instances: readonly InstanceState[]): string | undefined => {
  const [soonest] = instances
    .filter((instance) => instance.reason.startsWith('certificate '))
    .toSorted((a, b) => (a.certificateNotAfterMs ?? 0) - (b.certificateNotAfterMs ?? 0));
  return soonest === undefined ? undefined : `${soonest.service} on ${soonest.node} · ${soonest.reason}`;
};
