/** What an operator would rather do first: mend what a restart does not, or restart what is down already. */
import type { Plan } from './model/action.ts';
import type { Blocker, ClusterState, InstanceState } from './model/cluster.ts';
import { type InstanceId, instanceId, type NodeName } from './model/inventory.ts';
import type { ServiceName } from './model/topology.ts';
import { rivalsOf } from './split.ts';

const downMembers = (cluster: ClusterState, service: ServiceName): readonly InstanceState[] =>
  [...cluster.instances.values()].filter(
    (one) => one.service === service && (one.verdict === 'down' || one.verdict === 'late'),
  );

/** What is at the end of the chain of those that wait for each other. */
const rootOf = (cluster: ClusterState, blocker: Blocker): Blocker => {
  const seen = new Set<InstanceId>();
  let root = blocker;
  while (root.node !== undefined) {
    const id = instanceId(root.service, root.node);
    const next = cluster.instances.get(id)?.blockedBy;
    if (next === undefined || seen.has(id)) break;
    seen.add(id);
    root = next;
  }
  return root;
};

/** Why it is the one. */
export const LONE_LEADER = 'of the leaders it sees the fewest members';

/** Of two that claim to lead, the one that sees the fewest members, when that is known: the others have left it. */
export const loneLeader = (service: ServiceName, cluster: ClusterState): InstanceState | undefined => {
  const leaders = rivalsOf(cluster.services.get(service) ?? {})
    .flatMap((leader) => cluster.instances.get(instanceId(service, leader)) ?? [])
    .toSorted((a, b) => (a.clusterSize ?? Infinity) - (b.clusterSize ?? Infinity));
  const [lonely, next] = leaders;
  const isKnown = (lonely?.clusterSize ?? Infinity) < (next?.clusterSize ?? Infinity);
  return isKnown ? lonely : undefined;
};

type Safer = {
  readonly words: string;
  /** What is restarted first; absent where something else is done, and where the node is not known. */
  readonly instead?: InstanceId;
};

const restartFirst = (service: ServiceName, node: NodeName | undefined, why: string): Safer => ({
  words: `restart ${service}${node === undefined ? '' : ` on ${node}`} first: ${why}`,
  ...(node === undefined ? {} : { instead: instanceId(service, node) }),
});

const saferOf = (plan: Plan, cluster: ClusterState): Safer | undefined => {
  const { target, verb } = plan;
  // What is stopped is stopped for a reason of the operator's own; a start brings along what it needs.
  if (target.kind !== 'instance' || (verb !== 'restart' && verb !== 'rerun')) return undefined;
  const instance = cluster.instances.get(instanceId(target.service, target.node));
  if ((instance?.certificateNotAfterMs ?? cluster.atMs + 1) <= cluster.atMs) {
    return { words: `put a new certificate on ${target.node} first: a restart alone does not mend it` };
  }
  const lone = loneLeader(target.service, cluster);
  if (lone !== undefined && lone.node !== target.node) {
    return restartFirst(lone.service, lone.node, LONE_LEADER);
  }
  const blocker = instance?.blockedBy;
  if (blocker !== undefined) {
    const root = rootOf(cluster, blocker);
    const down = downMembers(cluster, root.service);
    const node = root.node ?? (down.find((one) => one.node === target.node) ?? down[0])?.node;
    return restartFirst(root.service, node, `${target.service} waits for it`);
  }
  for (const { service, now, during } of plan.quorum) {
    if (during >= now) continue;
    const other = downMembers(cluster, service).find((one) => one.node !== target.node);
    if (other !== undefined) return restartFirst(service, other.node, 'it is down already');
  }
  return undefined;
};

/** In one line; undefined when nothing is safer than the plan. */
export const saferThan = (plan: Plan, cluster: ClusterState): string | undefined =>
  saferOf(plan, cluster)?.words;

/** The same of several at once: of what they restart themselves their own order takes care. */
export const saferThanAll = (plans: readonly Plan[], cluster: ClusterState): string | undefined => {
  const own = new Set(
    plans.flatMap(({ target }) =>
      target.kind === 'instance' ? [instanceId(target.service, target.node)] : [],
    ),
  );
  const [first] = plans
    .flatMap((plan) => saferOf(plan, cluster) ?? [])
    .filter(({ instead }) => instead === undefined || !own.has(instead));
  return first?.words;
};
