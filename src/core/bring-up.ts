/** The headline while the cluster is on its way up: how far, which quorum forms, and what is waited for. */

import type { Judged } from './cause/judged.ts';
import { plural } from './format.ts';
import { startedAfter } from './graph.ts';
import { fitLine, onNodes } from './line-words.ts';
import type { Headline, InstanceState, QuorumState } from './model/cluster.ts';
import { instanceId } from './model/inventory.ts';
import type { ServiceName, Topology } from './model/topology.ts';

/** Its own turn has come: it is not one of those that wait. */
const hasBegun = (instance: InstanceState): boolean => instance.unit?.active !== 'inactive';

/** The one that most others on its node wait for; of equals the first, in the topology's order and the inventory's. */
const mostAwaited = (
  topology: Topology,
  state: Judged,
  coming: readonly InstanceState[],
): InstanceState | undefined => {
  const followers = new Map<ServiceName, ReadonlySet<ServiceName>>(
    [...new Set(coming.map((instance) => instance.service))].map((name) => [
      name,
      startedAfter(topology, name),
    ]),
  );
  const isWaiting = (name: ServiceName, instance: InstanceState): boolean => {
    const other = state.instances.get(instanceId(name, instance.node));
    return other !== undefined && other.verdict !== 'ok' && !hasBegun(other);
  };
  const weightOf = (instance: InstanceState): number =>
    [...(followers.get(instance.service) ?? [])].filter((name) => isWaiting(name, instance)).length;
  const begun = coming.filter(hasBegun);
  const weighed = (begun.length > 0 ? begun : coming).map(
    (instance) => [instance, weightOf(instance)] as const,
  );
  return weighed.toSorted(([, a], [, b]) => b - a)[0]?.[0];
};

const formingWords = ({ votes, expected, needed }: QuorumState): string =>
  votes < needed
    ? `${votes} of ${plural(expected, 'vote')}, ${needed} needed`
    : `${votes} of ${plural(expected, 'member')} answer, none leads yet`;

/** "Chainfire forms its quorum: 1 of 3 votes, 2 needed." */
const formingLine = (topology: Topology, state: Judged): string | undefined => {
  for (const { name, title } of topology.services) {
    const service = state.services.get(name);
    const quorum = service?.quorum;
    if (quorum === undefined || quorum.everHeld === true) continue;
    const isForming = quorum.standing === 'forming' || service?.verdict === 'starting';
    if (!isForming) continue;
    return `${title} forms its quorum: ${formingWords(quorum)}.`;
  }
  return undefined;
};

/** The three lines while nothing is wrong but what is on its way; what is late is named. */
export const bringUp = (topology: Topology, state: Judged): Headline => {
  const { counts, verdict } = state;
  const all = [...state.instances.values()];
  const isLate = verdict === 'late';
  const coming = all.filter(
    (instance) => instance.verdict === 'late' || (instance.verdict === 'starting' && !isLate),
  );
  const first = mostAwaited(topology, state, coming);
  const ready = `${counts.ok} of ${all.length} instances ready.`;
  const users = formingLine(topology, state);
  const lines = users === undefined ? {} : { users: fitLine(users) };
  if (first === undefined) return { verdict, sentence: `Cluster is starting: ${ready}`, ...lines };

  const title = topology.services.find((service) => service.name === first.service)?.title ?? first.service;
  const how = isLate ? 'is late' : 'is starting';
  const behind = new Set(all.flatMap(({ verdict: its, node }) => (its === 'ok' ? [] : [node])));
  // Elsewhere all is well: what is restarted, or boots again, is not the whole cluster.
  const isHere = behind.size === 1 && state.nodes.size > 1;
  const isOne = coming.length === 1 && (isHere || counts.ok === all.length - 1);
  const late = coming.filter((instance) => instance.service === first.service);
  const where = onNodes(
    late.map((instance) => instance.node),
    state.services.get(first.service)?.instances.length ?? 0,
  );
  const whole = isHere
    ? `${title} and ${coming.length - 1} more are starting on ${first.node}: ${ready}`
    : `Cluster ${how}: ${ready}`;
  return {
    verdict,
    sentence: fitLine(isLate || isOne ? `${title} ${how} on ${where}: ${ready}` : whole),
    ...lines,
    cause: fitLine(`${first.service} on ${first.node} · ${first.reason}`),
  };
};
