/** In which order the targets of an operation go: what is down already, a leader left alone, then the others, each group's leader last. Pure. */
import type { ActionTarget } from '../../core/model/action.ts';
import type { ClusterState } from '../../core/model/cluster.ts';
import { instanceId } from '../../core/model/inventory.ts';
import type { StepRole } from '../../core/model/operation.ts';
import { loneLeader } from '../../core/safer.ts';

const RANK: Readonly<Record<StepRole, number>> = {
  down: 0,
  alone: 1,
  follower: 2,
  plain: 2,
  leader: 3,
};

/** What the target is to its group now. */
export const roleOf = (cluster: ClusterState, target: ActionTarget): StepRole => {
  if (target.kind === 'step') return 'plain';
  if (target.kind === 'node') {
    // What runs on a node goes with it: one leader there is enough.
    const leads = [...cluster.services.values()].some(({ quorum }) => quorum?.leader === target.node);
    return leads ? 'leader' : 'plain';
  }
  const instance = cluster.instances.get(instanceId(target.service, target.node));
  // As long as it leads, a member that goes may be one that the true group cannot spare.
  if (loneLeader(target.service, cluster)?.node === target.node) return 'alone';
  if (instance?.raft === 'leader' || cluster.services.get(target.service)?.quorum?.leader === target.node) {
    return 'leader';
  }
  if (instance?.raft === 'follower') return 'follower';
  return instance?.verdict === 'down' || instance?.verdict === 'late' ? 'down' : 'plain';
};

/** The targets as they would go now; what is alike stays in the order in which it was asked for. */
export const inOrder = <T extends { readonly target: ActionTarget }>(
  cluster: ClusterState,
  items: readonly T[],
): readonly T[] => {
  const rank = new Map(items.map((item) => [item, RANK[roleOf(cluster, item.target)]]));
  return items.toSorted((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0));
};

/** "what is down first, the leader last"; empty where any order would do. */
export const orderWords = (roles: readonly StepRole[]): string => {
  if (roles.length < 2) return '';
  const isMixed = new Set(roles).size > 1;
  const words = [
    ...(isMixed && roles.includes('down') ? ['what is down already first'] : []),
    ...(isMixed && roles.includes('alone') ? ['the leader that is left alone before the others'] : []),
    ...(roles.includes('leader')
      ? [roles.filter((role) => role === 'leader').length > 1 ? 'leaders last' : 'the leader last']
      : []),
  ];
  return words.join(', ');
};
