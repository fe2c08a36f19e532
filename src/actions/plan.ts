/** What an action would run, take along and cost, worked out before anybody is asked. Pure. */
import { hardClosure, requiredBy, serviceByName, serviceByUnit, stepByName } from '../core/graph.ts';
import { judgeCapabilities } from '../core/impact.ts';
import type { Job, Plan, QuorumForecast } from '../core/model/action.ts';
import type { ClusterState } from '../core/model/cluster.ts';
import { type InstanceId, type Inventory, instanceId, type NodeName } from '../core/model/inventory.ts';
import type { NodeUnits } from '../core/model/observation.ts';
import type { Service, ServiceName, Topology, UnitName } from '../core/model/topology.ts';
import { votesNeeded } from '../core/quorum.ts';
import { type SshLineSettings, sshCommandLine } from '../core/quote.ts';
import { usersLine } from '../core/users-line.ts';
import { refusalsFor } from './guard.ts';
import { verbCommand, verbs } from './verbs.ts';

export type PlanInput = {
  readonly topology: Topology;
  readonly inventory: Inventory;
  readonly cluster: ClusterState;
  readonly instance: InstanceId;
  readonly sudo: boolean;
  /** How ssh is called, for the line that is shown; as it is called without settings by default. */
  readonly ssh?: SshLineSettings;
  /** The newest look at the node's systemd; undefined where there is none. */
  readonly look?: NodeUnits | undefined;
  /** Actions that have not ended yet; none by default. */
  readonly running?: readonly Job[];
};

type Scope = Required<Pick<PlanInput, 'topology' | 'inventory' | 'cluster' | 'running'>> & {
  readonly node: NodeName;
};

/** True, false, or undefined where nobody has looked. */
type Known = boolean | undefined;

const hostsOf = ({ inventory }: Scope, service: ServiceName): NodeName[] =>
  inventory.nodes.filter((node) => node.services.includes(service)).map((node) => node.name);

/** The units of `names` that are on the node: those of services that it does not run are not there. */
const unitsOnNode = (scope: Scope, names: readonly UnitName[]): UnitName[] => {
  const runs = scope.inventory.nodes.find((node) => node.name === scope.node)?.services ?? [];
  return names.filter((name) => {
    const service = serviceByUnit(scope.topology, name)?.name ?? stepByName(scope.topology, name)?.service;
    return service === undefined || runs.includes(service);
  });
};

/** Documented time until the last of `units` is back, ms: each starts when those of them that it waits for are up. */
export const expectedMs = (topology: Topology, units: readonly UnitName[]): number => {
  const readyMs = new Map<UnitName, number>();
  const readyAt = (name: UnitName): number => {
    const known = readyMs.get(name);
    if (known !== undefined) return known;
    // Entered before its dependencies are followed, so that a cycle ends.
    readyMs.set(name, 0);
    const unit = serviceByUnit(topology, name) ?? stepByName(topology, name);
    const waitsFor = [...(unit?.requires ?? []), ...(unit?.after ?? [])].filter((other) =>
      units.includes(other),
    );
    const ready = Math.max(0, ...waitsFor.map(readyAt)) + (unit?.startMs ?? 0);
    readyMs.set(name, ready);
    return ready;
  };
  return Math.max(0, ...units.map(readyAt));
};

/** Other nodes on which a restart that has not ended takes this service away, or is about to. */
const busyNodes = ({ running, node }: Scope, { unit }: Service): NodeName[] =>
  running
    .filter(({ phase, plan }) => phase !== 'done' && plan.node !== node)
    .filter(({ plan }) => plan.unit === unit || plan.takesAlong.includes(unit))
    .map(({ plan }) => plan.node);

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

/** systemd takes along what runs: what is stopped when its dependency restarts stays stopped. */
const isStopped = (look: NodeUnits | undefined, name: UnitName): boolean => {
  const unit = look?.units.find((candidate) => candidate.unit === name);
  return unit !== undefined && (unit.active === 'inactive' || unit.active === 'failed') && !unit.job;
};

/** Plans the restart of one instance. Looks at nothing but its arguments; `refusals` says why it may not run. */
export const planRestart = ({
  topology,
  inventory,
  cluster,
  instance,
  sudo,
  ssh,
  look,
  running = [],
}: PlanInput): Plan => {
  const at = instance.indexOf('@');
  const [name, node] = [instance.slice(0, at), instance.slice(at + 1)];
  const scope: Scope = { topology, inventory, cluster, running, node };
  const spec = verbs.restart;
  const service = serviceByName(topology, name);
  const unit = service?.unit ?? `${name}.service`;

  const dependants = spec.takesAlong ? unitsOnNode(scope, requiredBy(topology, unit)) : [];
  const leavesStopped = dependants.filter((dependant) => isStopped(look, dependant));
  const takesAlong = dependants.filter((dependant) => !leavesStopped.includes(dependant));
  const units = [unit, ...takesAlong];
  const stopped = spec.interrupts
    ? topology.services.filter((candidate) => units.includes(candidate.unit))
    : [];
  const quorum = stopped
    .filter((candidate) => candidate.quorum !== undefined)
    .map((candidate) => forecast(scope, candidate));
  // A member that holds no vote takes none away: restarting it is how a lost quorum is mended.
  const breaks = quorum.some((one) => one.breaks && holdsVote(scope, one.service) !== false);
  const lost = new Set(lostMeanwhile(scope, stopped, quorum).map((each) => each.name));
  const isAllSeen = [...cluster.nodes.values()].every((each) => each.reachable);
  const users = usersLine(topology, judgeCapabilities(topology, lost), isAllSeen);
  const command = verbCommand(spec, unit, sudo);
  const target = inventory.nodes.find((candidate) => candidate.name === node)?.ssh ?? node;

  return {
    verb: spec.verb,
    instance,
    service: name,
    node,
    unit,
    command,
    commandLine: sshCommandLine(target, command, ssh),
    takesAlong,
    leavesStopped,
    expectedMs: expectedMs(topology, units),
    quorum,
    users: users === undefined ? [] : [users],
    refusals: refusalsFor({ inventory, cluster, service: name, node, unit, running }),
    ...(breaks ? { typed: name } : {}),
  };
};
