/** What a cluster still has while some services of one node are out: votes, and what users lose. Pure. */
import { hardClosure } from '../core/graph.ts';
import { judgeCapabilities } from '../core/impact.ts';
import type { Job, QuorumForecast } from '../core/model/action.ts';
import type { ClusterState } from '../core/model/cluster.ts';
import { type Inventory, instanceId, type NodeName } from '../core/model/inventory.ts';
import type { Service, ServiceName, Topology } from '../core/model/topology.ts';
import { votesNeeded } from '../core/quorum.ts';
import { usersLine } from '../core/users-line.ts';

export type Scope = {
  readonly topology: Topology;
  readonly inventory: Inventory;
  readonly cluster: ClusterState;
  /** Actions that have not ended yet. */
  readonly running: readonly Job[];
  readonly node: NodeName;
};

/** True, false, or undefined where nobody has looked. */
type Known = boolean | undefined;

const hostsOf = ({ inventory }: Scope, service: ServiceName): NodeName[] =>
  inventory.nodes.filter((node) => node.services.includes(service)).map((node) => node.name);

/** Other nodes on which a restart that has not ended takes this service away, or is about to. */
const busyNodes = ({ running, node }: Scope, { unit }: Service): NodeName[] =>
  running
    .filter(({ phase, plan }) => phase !== 'done' && plan.target.node !== node)
    .filter(({ plan }) => plan.unit === unit || plan.takesAlong.includes(unit))
    .map(({ plan }) => plan.target.node);

/** What the service's quorum is, and what is left of it while this node is out. */
const forecast = (scope: Scope, service: Service): QuorumForecast => {
  const known = scope.cluster.services.get(service.name)?.quorum;
  const expected = known?.expected ?? hostsOf(scope, service.name).length;
  const needed = known?.needed ?? votesNeeded(expected);
  const now = known?.votes ?? 0;
  // The looks may be older than a restart elsewhere: a member that is being restarted is not relied on.
  const away = busyNodes(scope, service).filter((node) => isCounted(scope, service.name, node));
  const during = Math.max(0, now - away.length - (holdsVote(scope, service.name) === true ? 1 : 0));
  return {
    service: service.name,
    expected,
    needed,
    now,
    during,
    breaks: during < needed,
    ...(away.length === 0 ? {} : { away }),
  };
};

const isCounted = ({ cluster }: Scope, service: ServiceName, node: NodeName): boolean =>
  cluster.instances.get(instanceId(service, node))?.raft !== undefined;

const holdsVote = ({ cluster, node }: Scope, service: ServiceName): Known => {
  const instance = cluster.instances.get(instanceId(service, node));
  if (instance?.raft === 'leader' || instance?.raft === 'follower') return true;
  return instance === undefined || instance.verdict === 'unknown' ? undefined : false;
};

const answers = ({ cluster }: Scope, service: ServiceName, node: NodeName): Known => {
  const verdict = cluster.instances.get(instanceId(service, node))?.verdict ?? 'unknown';
  return verdict === 'unknown' ? undefined : verdict === 'ok' || verdict === 'degraded';
};

/** Whether users have the service now: its quorum, or any instance that answers. */
const worksNow = (scope: Scope, service: Service): Known => {
  if (service.quorum !== undefined) {
    const standing = scope.cluster.services.get(service.name)?.quorum?.standing ?? 'unknown';
    return standing === 'held' ? true : standing === 'lost' ? false : undefined;
  }
  const all = hostsOf(scope, service.name).map((node) => answers(scope, service.name, node));
  return all.includes(true) ? true : all.includes(undefined) ? undefined : false;
};

const worksWithout = (scope: Scope, service: Service, forecasts: readonly QuorumForecast[]): boolean => {
  if (service.quorum !== undefined)
    return forecasts.every((one) => one.service !== service.name || !one.breaks);
  const busy = busyNodes(scope, service);
  return hostsOf(scope, service.name).some(
    (node) => node !== scope.node && !busy.includes(node) && answers(scope, service.name, node) === true,
  );
};

/** The services that users have now, or may have, and will not have meanwhile. */
const lostMeanwhile = (
  scope: Scope,
  stopped: readonly Service[],
  forecasts: readonly QuorumForecast[],
): Service[] => {
  const gone = new Set(
    stopped.filter((service) => !worksWithout(scope, service, forecasts)).map((service) => service.name),
  );
  return scope.topology.services.filter((service) => {
    const needs = [service.name, ...hardClosure(scope.topology, service.name)];
    return needs.some((name) => gone.has(name)) && worksNow(scope, service) !== false;
  });
};

export type Meanwhile = {
  readonly quorum: readonly QuorumForecast[];
  /** A vote is taken from a quorum that is then short of it. */
  readonly breaks: boolean;
  readonly users: readonly string[];
};

/** What is left while `stopped` are out on the node. */
export const meanwhile = (scope: Scope, stopped: readonly Service[]): Meanwhile => {
  const { topology, cluster } = scope;
  const quorum = stopped
    .filter((service) => service.quorum !== undefined)
    .map((service) => forecast(scope, service));
  // A member that holds no vote takes none away: restarting it is how a lost quorum is mended.
  const breaks = quorum.some((one) => one.breaks && holdsVote(scope, one.service) !== false);
  const lost = new Set(lostMeanwhile(scope, stopped, quorum).map((each) => each.name));
  const isAllSeen = [...cluster.nodes.values()].every((each) => each.reachable);
  const users = usersLine(topology, judgeCapabilities(topology, lost), isAllSeen);
  return { quorum, breaks, users: users === undefined ? [] : [users] };
};
