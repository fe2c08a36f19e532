/** Members of a group that contradict each other: each well by itself, and at odds with the others. */
import { toWord } from './answer.ts';
import { plural } from './format.ts';
import type { InstanceState, ServiceState, Verdict } from './model/cluster.ts';
import type { NodeName } from './model/inventory.ts';

/** `nodes`: those whose word is in doubt, in the order of the group's members. */
export type Split = { readonly kind: 'two-leaders' | 'sizes'; readonly nodes: readonly NodeName[] };

/** The nodes of which more than one claims to lead. */
export const rivalsOf = ({ quorum }: Pick<ServiceState, 'quorum'>): readonly NodeName[] =>
  quorum?.faults.flatMap((fault) => (fault.kind === 'two-leaders' ? fault.nodes : [])) ?? [];

/** Those that state another size than most; all of them where there is no most. */
const outvoted = (sizes: ReadonlyMap<NodeName, number>): readonly NodeName[] => {
  const groups = [...Map.groupBy(sizes, ([, size]) => size).values()].toSorted((a, b) => b.length - a.length);
  const [most = [], next = []] = groups;
  const minority = most.length > next.length ? groups.slice(1) : groups;
  return minority.flat().map(([node]) => node);
};

/** Undefined as a rule: the members agree, or are too few to be a group that could. */
export const splitIn = ({ verdict, quorum }: Pick<ServiceState, 'verdict' | 'quorum'>): Split | undefined => {
  // While members come up, they count those they have met so far.
  if (quorum?.standing !== 'held' || (verdict !== 'down' && verdict !== 'degraded')) return undefined;
  for (const fault of quorum.faults) {
    if (fault.kind === 'two-leaders') return { kind: 'two-leaders', nodes: fault.nodes };
    if (fault.kind === 'size-disagreement') {
      const odd = outvoted(fault.sizes);
      return { kind: 'sizes', nodes: quorum.members.filter((node) => odd.includes(node)) };
    }
  }
  return undefined;
};

/** What the odd one says of the size of its group. */
export const oddSize = (size: number): string => `says ${plural(size, 'member')}, the others do not`;

type Standing = Pick<InstanceState, 'node' | 'verdict' | 'word' | 'reason' | 'clusterSize' | 'split'>;

/**
 * A member that is well by itself is not while its group is split over it: it answers, and what it answers is in doubt.
 * Its dependants and its group go by what it is by itself.
 */
const atOdds = <T extends Standing>(member: T, { kind, nodes }: Split): T => {
  const { clusterSize = 0 } = member;
  const words =
    kind === 'two-leaders'
      ? { word: 'leader', reason: `two leaders: ${nodes.join(', ')}` }
      : { word: toWord(`says ${clusterSize}`), reason: oddSize(clusterSize) };
  return { ...member, ...words, verdict: 'degraded', split: kind };
};

/** The members as they stand in their group; the very same where it is not split. */
export const withSplit = <T extends Standing>(members: readonly T[], service: ServiceState): readonly T[] => {
  const split = splitIn(service);
  return split === undefined
    ? members
    : members.map((member) =>
        member.verdict === 'ok' && split.nodes.includes(member.node) ? atOdds(member, split) : member,
      );
};

/** What it is without regard to what the others of its group say. */
export const byItself = ({ verdict, split }: Pick<InstanceState, 'verdict' | 'split'>): Verdict =>
  split === undefined ? verdict : 'ok';
