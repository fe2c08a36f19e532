/** The lines at the top: the most important thing in one sentence, what users feel of it, and the cause. */
import { bringUp } from './bring-up.ts';
import { formatAge, plural } from './format.ts';
import type { Issue, Judged } from './issue.ts';
import { causeLine, certificateSoonest, fitLine } from './issue-words.ts';
import { issuesOf } from './issues.ts';
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

const othersLike = (issues: readonly Issue[], top: Issue): number =>
  issues.filter((issue) => issue !== top && issue.verdict === top.verdict).length;

/** Says the worst thing first; the age in the cause is the only part that moves between equal judgements. */
export const headlineOf = (topology: Topology, inventory: Inventory, state: Judged): Headline => {
  const issues = issuesOf(topology, inventory, state);
  const [top] = issues;
  if (top !== undefined) {
    const isAllSeen = [...state.nodes.values()].every((node) => node.reachable);
    const impact = top.blind === true ? undefined : usersLine(topology, state.capabilities, isAllSeen);
    const users = impact ?? top.users;
    return {
      verdict: state.verdict,
      sentence: fitLine(top.sentence),
      ...(users === undefined ? {} : { users: fitLine(users) }),
      ...(top.cause === undefined
        ? {}
        : { cause: causeLine(top.cause, othersLike(issues, top), state.atMs) }),
    };
  }
  switch (state.verdict) {
    case 'ok':
      return healthy(topology, inventory, state);
    case 'starting':
    case 'late':
      return bringUp(topology, state);
    case 'unknown':
    case 'degraded':
    case 'down':
    case 'blocked':
      return { ...unseen(inventory, state), verdict: state.verdict };
    default: {
      const never: never = state.verdict;
      return never;
    }
  }
};
