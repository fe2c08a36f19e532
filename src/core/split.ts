/** Members of a group that contradict each other: each well by itself, and at odds with the others. */
import { toWord } from './answer.ts';
import { plural, sentenceList } from './format.ts';
import type { InstanceState, ServiceState, SplitKind, Verdict } from './model/cluster.ts';
import type { NodeName } from './model/inventory.ts';

/** What each member says of the size of its group. */
type Sizes = ReadonlyMap<NodeName, number>;

/**
 * `nodes`: those whose word is in doubt, in the order of the group's members. `sizes`: what all of them say; of leaders
 * nothing.
 */
export type Split = { readonly kind: SplitKind; readonly nodes: readonly NodeName[]; readonly sizes: Sizes };

/** More different sizes than these tell nobody more. */
const SIZES_TOLD = 3;

/** The nodes of which more than one claims to lead. */
export const rivalsOf = ({ quorum }: Pick<ServiceState, 'quorum'>): readonly NodeName[] =>
  quorum?.faults.flatMap((fault) => (fault.kind === 'two-leaders' ? fault.nodes : [])) ?? [];

/** "two leaders", "3 leaders". */
export const leadersWord = ({ length }: readonly NodeName[]): string =>
  `${length === 2 ? 'two' : length} leaders`;

/** "two leaders: node01, node03". */
export const rivalWords = (nodes: readonly NodeName[]): string =>
  `${leadersWord(nodes)}: ${nodes.join(', ')}`;

/** Those that state another size than most; all of them where there is no most. */
const outvoted = (sizes: Sizes): readonly NodeName[] => {
  const groups = [...Map.groupBy(sizes, ([, size]) => size).values()].toSorted((a, b) => b.length - a.length);
  const [most = [], next = []] = groups;
  const minority = most.length > next.length ? groups.slice(1) : groups;
  return minority.flat().map(([node]) => node);
};

/** Undefined as a rule: the members agree, or are too few to be a group that could. */
export const splitIn = (service: Pick<ServiceState, 'verdict' | 'quorum'>): Split | undefined => {
  const { verdict, quorum } = service;
  // Whoever else answers, or does not, two that lead are two.
  const rivals = rivalsOf(service);
  if (rivals.length > 0) return { kind: 'two-leaders', nodes: rivals, sizes: new Map() };
  // While members come up, they count those they have met so far.
  if (quorum?.standing !== 'held' || (verdict !== 'down' && verdict !== 'degraded')) return undefined;
  const dispute = quorum.faults.find((fault) => fault.kind === 'size-disagreement');
  if (dispute === undefined) return undefined;
  const odd = outvoted(dispute.sizes);
  return {
    kind: 'sizes',
    nodes: quorum.members.filter((node) => odd.includes(node)),
    sizes: dispute.sizes,
  };
};

/** The largest first, each once. */
export const distinctSizes = (sizes: Iterable<number>): readonly number[] =>
  [...new Set(sizes)].sort((a, b) => b - a);

const sizeList = (sizes: readonly number[]): string => sentenceList(sizes.slice(0, SIZES_TOLD).map(String));

/** What these say of the size of their group, and what the rest does: "says 4 members, most say 5". */
export const sizeWords = (nodes: readonly NodeName[], sizes: Sizes): string => {
  const own = distinctSizes(nodes.flatMap((node) => sizes.get(node) ?? []));
  const [first = 0] = own;
  const members = own.length < 2 ? plural(first, 'member') : `${sizeList(own)} members`;
  const said = `${nodes.length === 1 ? 'says' : 'say'} ${members}`;
  const others = distinctSizes(sizes.values()).filter((size) => !own.includes(size));
  if (others.length === 0) return said;
  const all = [...sizes.values()];
  const most = others.find((size) => 2 * all.filter((other) => other === size).length > all.length);
  return most === undefined ? `${said}, others say ${sizeList(others)}` : `${said}, most say ${most}`;
};

/** For what was done to members of a group that stays split: "two leaders still: node01, node03". Empty where it is not. */
export const stillSplit = (service: ServiceState | undefined): string => {
  const split = service && splitIn(service);
  if (split === undefined) return '';
  switch (split.kind) {
    case 'two-leaders':
      return `${leadersWord(split.nodes)} still: ${split.nodes.join(', ')}`;
    case 'sizes':
      return `sizes still differ: ${distinctSizes(split.sizes.values()).slice(0, SIZES_TOLD).join(', ')}`;
    default:
      return split.kind satisfies never;
  }
};

type Standing = Pick<InstanceState, 'node' | 'verdict' | 'word' | 'reason' | 'split'>;

/**
 * A member that is well by itself is not while its group is split over it: it answers, and what it answers is in doubt.
 * Its dependants and its group go by what it is by itself.
 */
const atOdds = <T extends Standing>(member: T, { kind, nodes, sizes }: Split): T => {
  const words =
    kind === 'two-leaders'
      ? { word: 'leader', reason: rivalWords(nodes) }
      : { word: toWord(`says ${sizes.get(member.node) ?? 0}`), reason: sizeWords([member.node], sizes) };
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
