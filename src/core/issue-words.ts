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

export const firstSeen = (sinceMs: readonly number[], nowMs: number): string =>
  `first seen ${formatAge(nowMs - Math.min(nowMs, ...sinceMs))} ago`;

/** `chainfire on node02, node03 · failed, exit 3 · first seen 42 s ago`. */
export const causeLine = (what: string, instances: readonly InstanceState[], nowMs: number): string => {
  const where = `${what} on ${listNodes(instances.map((instance) => instance.node))}`;
  const why = commonCause(instances);
  const since = firstSeen(
    instances.map((instance) => instance.sinceMs),
    nowMs,
  );
  return [where, why, since].filter((part) => part !== '').join(' · ');
};

/** The certificate that healthy instances warn of, the one that ends first; undefined when none does. */
export const certificateSoonest = (instances: readonly InstanceState[]): string | undefined => {
  const [soonest] = instances
    .filter((instance) => instance.reason.startsWith('certificate '))
    .toSorted((a, b) => (a.certificateNotAfterMs ?? 0) - (b.certificateNotAfterMs ?? 0));
  return soonest === undefined ? undefined : `${soonest.service} on ${soonest.node} · ${soonest.reason}`;
};
