/**
 * What is while some units are out: the units are stopped in the facts, and the facts are judged as ever, so that the
 * forecast and what the screen then shows come from one place. Pure.
 */
import { dependentsOf, serviceByUnit } from '../graph.ts';
import { judge } from '../judge.ts';
import type { CapabilityState, ClusterFacts, ClusterState, QuorumState } from '../model/cluster.ts';
import { type InstanceId, instanceId, type NodeName } from '../model/inventory.ts';
import type { ServiceName, UnitName } from '../model/topology.ts';
import { isFunctionLost } from '../rollup.ts';
import { byItself } from '../split.ts';
import { type Stopped, withoutFunction, withStopped } from './hypothesis.ts';
import type { CapabilityChange, Consequences, Loss, QuorumChange, WhatIfInput } from './model.ts';

/** The units that are out, by node. */
export type UnitsOut = ReadonlyMap<NodeName, readonly UnitName[]>;

/** Out of sight: nothing of it is known to change. */
export const isDark = (cluster: ClusterState, node: NodeName): boolean =>
  cluster.nodes.get(node)?.reachable === false;

/** What of it can be seen to stop: nothing on a node out of sight. */
const stoppedOf = ({ topology, cluster }: WhatIfInput, out: UnitsOut): Stopped => {
  const seen = [...out].filter(([node, units]) => units.length > 0 && !isDark(cluster, node));
  return {
    instances: new Set(
      seen.flatMap(([node, units]) =>
        units.flatMap((unit): InstanceId[] => {
          const service = serviceByUnit(topology, unit)?.name;
          return service === undefined ? [] : [instanceId(service, node)];
        }),
      ),
    ),
    units: new Map(seen.map(([node, units]) => [node, new Set(units)])),
  };
};

/** The services that do their work for nobody. */
const lostServices = (cluster: ClusterState): ReadonlySet<ServiceName> =>
  new Set(
    [...cluster.services.values()]
      .filter(({ instances, quorum }) => {
        const members = instances.flatMap((id) => cluster.instances.get(id) ?? []);
        return isFunctionLost(
          members.map(({ verdict, node }) => ({ verdict, unreachable: isDark(cluster, node) })),
          quorum,
        );
      })
      .map(({ name }) => name),
  );

/** The cluster once all has stopped and everybody has noticed: each function that goes takes others along. */
const settled = (input: WhatIfInput, stopped: Stopped): ClusterState => {
  const { topology, inventory, cluster, options } = input;
  const judged = (facts: ClusterFacts): ClusterState =>
    judge({ topology, inventory, facts, options, nowMs: cluster.atMs, previous: cluster });
  const told = new Set(lostServices(cluster));
  let facts = withStopped(input, stopped);
  let during = judged(facts);
  for (;;) {
    const [gone] = [...lostServices(during)].filter((name) => !told.has(name));
    if (gone === undefined) return during;
    told.add(gone);
    const needs = new Set(
      dependentsOf(topology, gone).flatMap(({ service, hard }) => (hard ? [service] : [])),
    );
    const next = withoutFunction(facts, during, gone, needs, options);
    if (next === facts) continue;
    facts = next;
    during = judged(facts);
  }
};

const unseenMembers = (cluster: ClusterState, quorum: QuorumState): readonly NodeName[] =>
  quorum.members.filter((node) => {
    const member = cluster.instances.get(instanceId(quorum.service, node));
    return member?.verdict === 'unknown' && member.raft === undefined && !isDark(cluster, node);
  });

const quorumChanges = (
  before: ClusterState,
  during: ClusterState,
  { instances }: Stopped,
): readonly QuorumChange[] =>
  [...before.services.values()].flatMap(({ name, quorum: was }): QuorumChange[] => {
    const becomes = during.services.get(name)?.quorum;
    if (was === undefined || becomes === undefined) return [];
    const isTouched = was.members.some((node) => instances.has(instanceId(name, node)));
    if (!isTouched && was.standing === becomes.standing) return [];
    const leads = was.leader !== undefined && instances.has(instanceId(name, was.leader));
    return [
      {
        service: name,
        expected: becomes.expected,
        needed: becomes.needed,
        before: was.votes,
        during: becomes.votes,
        was: was.standing,
        becomes: becomes.standing,
        ...(leads && was.leader !== undefined ? { leader: was.leader } : {}),
        unseen: unseenMembers(during, becomes),
      },
    ];
  });

const lossesOf = (before: ClusterState, during: ClusterState, { instances }: Stopped): readonly Loss[] =>
  [...during.instances.values()].flatMap((instance): Loss[] => {
    const known = before.instances.get(instance.id);
    const was = known && byItself(known);
    const verdict = byItself(instance);
    const { id, service, node, blockedBy } = instance;
    if (instances.has(id) || verdict === was || (was !== 'ok' && was !== 'degraded')) return [];
    if (verdict === 'ok' || (verdict === 'degraded' && instance.raft !== 'candidate')) return [];
    return [{ instance: id, service, node, without: blockedBy?.service ?? service }];
  });

const capabilityChanges = (
  before: readonly CapabilityState[],
  during: readonly CapabilityState[],
): readonly CapabilityChange[] =>
  during.flatMap(({ id, title, state, because }, index): CapabilityChange[] => {
    const was = before[index]?.state ?? 'works';
    return was === state ? [] : [{ id, title, before: was, during: state, because }];
  });

/** What changes while these units are out, from what is known now. */
export const whileOut = (input: WhatIfInput, out: UnitsOut): Consequences => {
  const { cluster, inventory } = input;
  const stopped = stoppedOf(input, out);
  const during = stopped.units.size === 0 ? cluster : settled(input, stopped);
  const lostBefore = lostServices(cluster);
  return {
    quorums: quorumChanges(cluster, during, stopped),
    losses: lossesOf(cluster, during, stopped),
    capabilities: capabilityChanges(cluster.capabilities, during.capabilities),
    gone: [...lostServices(during)].filter((name) => !lostBefore.has(name)),
    dark: inventory.nodes.map((node) => node.name).filter((name) => isDark(cluster, name)),
    during,
  };
};
