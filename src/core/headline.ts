/** The lines at the top: the most important thing in one sentence, what users feel of it, and the cause. */
import { bringUp } from './bring-up.ts';
import { allNews } from './cause/all-news.ts';
import type { Found } from './cause/find-causes.ts';
import type { Judged } from './cause/judged.ts';
import type { News } from './cause/news.ts';
import { causeLine, certificateSoonest } from './cause/words.ts';
import { formatAge, plural } from './format.ts';
import { fitLine, LINE_CHARS } from './line-words.ts';
import type { RootCause } from './model/cause.ts';
import type { Headline, InstanceState } from './model/cluster.ts';
import type { Inventory } from './model/inventory.ts';
import type { Topology } from './model/topology.ts';
import { usersLine } from './users-line.ts';

const instancesOf = (state: Judged): readonly InstanceState[] => [...state.instances.values()];

const unseen = (inventory: Inventory, state: Judged): Headline => {
  const all = instancesOf(state);
  const seen = all.filter((instance) => instance.ageMs !== undefined).length;
  const stale = all.filter((instance) => instance.stale).length;
  const looking = `Looking at ${plural(inventory.nodes.length, 'node')}`;
  if (all.length === 0) return { verdict: 'unknown', sentence: 'No service is assigned to any node.' };
  if (seen === 0) return { verdict: 'unknown', sentence: `${looking} …` };
  if (stale === all.length) {
    const age = state.dataAgeMs === undefined ? '' : ` for ${formatAge(state.dataAgeMs)}`;
    return { verdict: 'unknown', sentence: `No news${age}: nothing here is known to be true now.` };
  }
  if (stale > 0) {
    return { verdict: 'unknown', sentence: `No news of ${stale} of ${plural(all.length, 'instance')}.` };
  }
  const known = all.length - state.counts.unknown;
  return { verdict: 'unknown', sentence: `${looking}: ${known} of ${all.length} instances known.` };
};

/** What is wrong with no cause by name yet, as while a member comes back and the others have not counted it. */
const worstService = (topology: Topology, state: Judged): Headline | undefined => {
  const found = topology.services.find(({ name }) => state.services.get(name)?.verdict === state.verdict);
  const reason = found === undefined ? undefined : state.services.get(found.name)?.reason;
  if (found === undefined) return undefined;
  const why = reason === undefined || reason === '' ? '' : `: ${reason}`;
  return { verdict: state.verdict, sentence: fitLine(`${found.title} is ${state.verdict}${why}.`) };
};

const healthy = (topology: Topology, inventory: Inventory, state: Judged): Headline => {
  const placed = topology.services.filter(
    (service) => (state.services.get(service.name)?.instances.length ?? 0) > 0,
  );
  const [first] = placed;
  const where = plural(inventory.nodes.length, 'node');
  const ending = certificateSoonest(instancesOf(state));
  return {
    verdict: 'ok',
    sentence:
      placed.length === 1 && first !== undefined
        ? `${first.title} on ${where} is healthy.`
        : `All ${placed.length} services on ${where} are healthy.`,
    ...(ending === undefined ? {} : { cause: ending }),
  };
};

/** One cause as it is; several that only together have this effect in one breath, what changed first before the others. */
const lineOf = (causes: readonly RootCause[]): Pick<RootCause, 'where' | 'why' | 'sinceMs'> => {
  const [first] = causes;
  const sinceMs = Math.min(...causes.map((cause) => cause.sinceMs));
  const isAlike = causes.every(({ why }) => why === first?.why);
  if (first === undefined || isAlike) {
    return { where: causes.map(({ where }) => where).join(', '), why: first?.why ?? '', sinceMs };
  }
  return { where: causes.map(({ where, why }) => `${where}: ${why}`).join('; '), why: '', sinceMs };
};

const causeOf = (news: News, causes: readonly RootCause[], nowMs: number): string | undefined => {
  const [first] = news.causes;
  if (first === undefined) return undefined;
  const others = causes.filter((cause) => !news.causes.includes(cause) && cause.verdict === first.verdict);
  const line = causeLine(lineOf(news.causes), news.causes.length === 1 ? first : undefined, others, nowMs);
  if (line.length <= LINE_CHARS) return line;
  return causeLine(first, first, [...news.causes.slice(1), ...others], nowMs);
};

/** Says the worst thing first; the age in the cause is the only part that moves between equal judgements. */
export const headlineOf = (
  topology: Topology,
  inventory: Inventory,
  state: Judged,
  found: Found,
): Headline => {
  const [top] = allNews(topology, inventory, state, found);
  if (top !== undefined) {
    const isAllSeen = [...state.nodes.values()].every((node) => node.reachable);
    const impact = top.blind === true ? undefined : usersLine(topology, state.capabilities, isAllSeen);
    const users = impact ?? top.users;
    const cause = causeOf(top, found.causes, state.atMs);
    return {
      verdict: state.verdict,
      sentence: fitLine(top.sentence),
      ...(users === undefined ? {} : { users: fitLine(users) }),
      ...(cause === undefined ? {} : { cause }),
    };
  }
  switch (state.verdict) {
    case 'ok':
      return healthy(topology, inventory, state);
    case 'starting':
    case 'late':
      return bringUp(topology, state);
    case 'unknown':
      return unseen(inventory, state);
    case 'degraded':
    case 'down':
    case 'blocked':
      return { ...(worstService(topology, state) ?? unseen(inventory, state)), verdict: state.verdict };
    default: {
      const never: never = state.verdict;
      return never;
    }
  }
};
