/** Chainfire with two leaders: node01, which sees two members, and node03, which sees itself alone. */
import type { ClusterState, ServiceState } from '../../src/core/model/cluster.ts';
import { countVerdicts } from '../../src/core/rollup.ts';
import { withSplit } from '../../src/core/split.ts';

export const splitBrain = (cluster: ClusterState): ClusterState => {
  const instances = new Map(cluster.instances);
  for (const [node, clusterSize] of [
    ['node01', 2],
    ['node03', 1],
  ] as const) {
    const leader = instances.get(`chainfire@${node}`);
    if (leader === undefined) throw new Error('no such instance');
    instances.set(leader.id, { ...leader, raft: 'leader', clusterSize });
  }
  const chainfire = cluster.services.get('chainfire');
  if (chainfire?.quorum === undefined) throw new Error('no quorum');
  const faults = [{ kind: 'two-leaders', nodes: ['node01', 'node03'] }] as const;
  const split: ServiceState = {
    ...chainfire,
    verdict: 'down',
    reason: 'two leaders: node01, node03',
    quorum: { ...chainfire.quorum, faults },
  };
  const members = split.instances.flatMap((id) => instances.get(id) ?? []);
  for (const member of withSplit(members, split)) instances.set(member.id, member);
  const services = new Map(cluster.services).set('chainfire', split);
  return { ...cluster, instances, services, counts: countVerdicts(instances.values()) };
};
