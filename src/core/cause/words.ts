/** The small words about causes: which nodes, since when, which came first, which certificate. */
import { formatAge, plural } from '../format.ts';
import { fitLine, LINE_CHARS } from '../line-words.ts';
import type { RootCause, Shared } from '../model/cause.ts';
import type { InstanceState } from '../model/cluster.ts';
import { causeWords } from '../unit-verdict.ts';
import { type Lead, leadOf } from './timing.ts';

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

/** "all 4", "both", or "3" where others with the tag are spared. */
export const groupSize = ({ all }: Shared, count: number): string =>
  !all ? `${count}` : count === 2 ? 'both' : `all ${count}`;

/** "4 ± 2 s", "3 m"; beyond a minute nobody asks for the seconds. */
const leadWords = ({ byMs, giveMs }: Lead): string =>
  byMs < 60_000 ? `${Math.round(byMs / 1000)} ± ${Math.max(1, Math.ceil(giveMs / 1000))} s` : formatAge(byMs);

const leastLead = (one: RootCause, others: readonly RootCause[]): Lead | undefined => {
  const leads = others.map((other) => leadOf(one.changed, other.changed));
  return leads.reduce((least, lead) => (least && lead && lead.byMs < least.byMs ? lead : least && lead));
};

/** How far off the middle of the interval may be, s. */
export const giveOf = ({ fromMs, toMs }: RootCause['changed']): number =>
  Math.max(1, Math.ceil((toMs - fromMs) / 2000));

/** Which came first of causes that have nothing to do with each other; empty when the polls cannot tell. */
const orderWords = (told: RootCause, others: readonly RootCause[]): string => {
  if (others.length === 0) return '';
  const lead = leastLead(told, others);
  if (lead !== undefined) return `${leadWords(lead)} before ${others.length} more`;
  const first = others.find(
    (one) => leastLead(one, [told, ...others.filter((other) => other !== one)]) !== undefined,
  );
  return first === undefined ? '' : `+${others.length} more, first ${first.where}`;
};

const LEAST_WHY_CHARS = 12;

type Line = { readonly where: string; readonly why: string; readonly sinceMs: number };

/**
 * `chainfire on node02, node03 · failed, exit 3 · first seen 42 s ago · +1 more`. What does not fit is said shorter:
 * first the age, then which came first, then the reason, which the rows give in full.
 */
export const causeLine = (
  { where, why, sinceMs }: Line,
  told: RootCause | undefined,
  others: readonly RootCause[],
  nowMs: number,
): string => {
  const age = formatAge(nowMs - sinceMs);
  const more = others.length === 0 ? '' : `+${others.length} more`;
  const order = told === undefined ? '' : orderWords(told, others);
  const join = (reason: string, ...rest: readonly string[]): string =>
    [where, reason, ...rest].filter((part) => part !== '').join(' · ');
  const lines = [
    ...(order === '' ? [] : [join(why, `${age} ago`, order)]),
    join(why, `first seen ${age} ago`, more),
    join(why, `${age} ago`, more),
  ];
  const fits = lines.find((line) => line.length <= LINE_CHARS);
  if (fits !== undefined) return fits;
  const short = join(why, `${age} ago`, more);
  const room = why.length - (short.length - LINE_CHARS);
  return join(fitLine(why, Math.max(LEAST_WHY_CHARS, room)), `${age} ago`, more);
};

/** The certificate that healthy instances warn of, the one that ends first; undefined when none does. */
export const certificateSoonest = (instances: readonly InstanceState[]): string | undefined => {
  const [soonest] = instances
    .filter((instance) => instance.reason.startsWith('certificate '))
    .toSorted((a, b) => (a.certificateNotAfterMs ?? 0) - (b.certificateNotAfterMs ?? 0));
  return soonest === undefined ? undefined : `${soonest.service} on ${soonest.node} · ${soonest.reason}`;
};

/** "7: flaredb on 3 nodes, iam on 3 nodes, chainfire@node01"; empty when it explains nothing. */
export const explainsWords = ({ explains }: RootCause): string => {
  if (explains.length === 0) return '';
  const byService = Map.groupBy(explains, (id) => id.slice(0, id.indexOf('@')));
  const list = [...byService]
    .map(([service, ids]) =>
      ids.length === 1 ? (ids[0] ?? '') : `${service} on ${plural(ids.length, 'node')}`,
    )
    .join(', ');
  return `${explains.length}: ${list}`;
};
