/** What a cluster still has while some units of one node are out: votes, and what users lose. Pure. */
import type { Job, QuorumForecast } from '../core/model/action.ts';
import type { CapabilityState } from '../core/model/cluster.ts';
import { instanceId, type NodeName } from '../core/model/inventory.ts';
import type { Service, ServiceName, UnitName } from '../core/model/topology.ts';
import { usersLine } from '../core/users-line.ts';
import { type UnitsOut, whileOut } from '../core/what-if/consequences.ts';
import type { Consequences, WhatIfInput } from '../core/what-if/model.ts';
import { isWorsened } from '../core/what-if/sentence.ts';

export type Scope = WhatIfInput & {
  /** Actions that have not ended yet. */
  readonly running: readonly Job[];
  readonly node: NodeName;
};

const interrupts = ({ plan }: Job): readonly UnitName[] => [plan.unit, ...plan.takesAlong];

/** Actions on other nodes: the looks may be older than they are, so that what they take away is not relied on. */
const elsewhere = ({ running, node }: Scope): readonly Job[] =>
  running.filter(({ phase, plan }) => phase !== 'done' && plan.target.node !== node);

const outOf = (scope: Scope, units: readonly UnitName[]): UnitsOut => {
  const out = new Map<NodeName, readonly UnitName[]>([[scope.node, units]]);
  for (const job of elsewhere(scope)) {
    const { node } = job.plan.target;
    out.set(node, [...(out.get(node) ?? []), ...interrupts(job)]);
  }
  return out;
};

const isCounted = ({ cluster }: Scope, service: ServiceName, node: NodeName): boolean =>
  cluster.instances.get(instanceId(service, node))?.raft !== undefined;

/** True, false, or undefined where nobody has looked. */
const holdsVote = ({ cluster, node }: Scope, service: ServiceName): boolean | undefined => {
  const instance = cluster.instances.get(instanceId(service, node));
  if (instance?.raft === 'leader' || instance?.raft === 'follower') return true;
  return instance === undefined || instance.verdict === 'unknown' ? undefined : false;
};

/** What the service's quorum is, and what is left of it meanwhile. */
const forecast = (scope: Scope, service: Service, { quorums }: Consequences): QuorumForecast[] => {
  const known = scope.cluster.services.get(service.name)?.quorum;
  if (known === undefined) return [];
  const { expected, needed, votes: now } = known;
  const during = quorums.find((one) => one.service === service.name)?.during ?? now;
  const away = elsewhere(scope)
    .filter((job) => interrupts(job).includes(service.unit))
    .map(({ plan }) => plan.target.node)
    .filter((node) => isCounted(scope, service.name, node));
  return [
    {
      service: service.name,
      expected,
      needed,
      now,
      during,
      breaks: during < needed,
      ...(away.length === 0 ? {} : { away }),
    },
  ];
};

/** As they are meanwhile, without what is no worse than now. */
const newlyWorse = ({ capabilities, during }: Consequences): readonly CapabilityState[] => {
  const worse = new Set(capabilities.filter(isWorsened).map(({ id }) => id));
  return during.capabilities.map((state) =>
    worse.has(state.id) ? state : { ...state, state: 'works', because: [], causes: [] },
  );
};

export type Meanwhile = {
  readonly quorum: readonly QuorumForecast[];
  /** A vote is taken from a quorum that is then short of it. */
  readonly breaks: boolean;
  readonly users: readonly string[];
};

/** What is left while `units` are out on the node. */
export const meanwhile = (scope: Scope, units: readonly UnitName[]): Meanwhile => {
  if (units.length === 0) return { quorum: [], breaks: false, users: [] };
  const { topology } = scope;
  const found = whileOut(scope, outOf(scope, units));
  const quorum = topology.services
    .filter((service) => service.quorum !== undefined && units.includes(service.unit))
    .flatMap((service) => forecast(scope, service, found));
  // A member that holds no vote takes none away: restarting it is how a lost quorum is mended.
  const breaks = quorum.some((one) => one.breaks && holdsVote(scope, one.service) !== false);
  const users = usersLine(topology, newlyWorse(found), found.dark.length === 0);
  return { quorum, breaks, users: users === undefined ? [] : [users] };
};
