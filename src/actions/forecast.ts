/** What a cluster still has while some units of one node are out: votes, and what users lose. Pure. */

import { isWorse } from '../core/impact/capabilities.ts';
import type { Danger, Job, Plan, QuorumForecast } from '../core/model/action.ts';
import type { CapabilityState } from '../core/model/cluster.ts';
import { instanceId, type NodeName } from '../core/model/inventory.ts';
import type { Service, ServiceName, UnitName } from '../core/model/topology.ts';
import { forUsers, usersLine } from '../core/users-line.ts';
import { type UnitsOut, whileOut } from '../core/what-if/consequences.ts';
import type { CapabilityChange, Consequences, WhatIfInput } from '../core/what-if/model.ts';
import { isWorsened } from '../core/what-if/sentence.ts';
import { type VerbSpec, verbs } from './verbs.ts';

export type Scope = WhatIfInput & {
  /** Actions that have not ended yet. */
  readonly running: readonly Job[];
  /** What will be gone from this node by then. */
  readonly gone: readonly Plan[];
  readonly node: NodeName;
};

const interrupts = ({ plan }: Pick<Job, 'plan'>): readonly UnitName[] =>
  verbs[plan.verb].interrupts ? [...plan.units, ...plan.takesAlong] : [];

/** Actions on other nodes: the looks may be older than they are, so that what they take away is not relied on. */
const elsewhere = ({ running, node }: Scope): readonly Job[] =>
  running.filter(({ phase, plan }) => phase !== 'done' && plan.target.node !== node);

const outOf = (scope: Scope, units: readonly UnitName[]): UnitsOut => {
  const gone = scope.gone.flatMap((plan) => interrupts({ plan }));
  const out = new Map<NodeName, readonly UnitName[]>([[scope.node, [...units, ...gone]]]);
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
const forecast = (
  scope: Scope,
  service: Service,
  spec: VerbSpec,
  { quorums }: Consequences,
): QuorumForecast[] => {
  const known = scope.cluster.services.get(service.name)?.quorum;
  if (known === undefined) return [];
  const { expected, needed, votes: now } = known;
  const during = quorums.find((one) => one.service === service.name)?.during ?? now;
  // What is started has a vote afterwards that it has not meanwhile.
  const gains = spec.interrupts ? !spec.leavesDown : holdsVote(scope, service.name) !== true;
  const after = gains ? Math.min(expected, during + 1) : during;
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
      after,
      breaks: (spec.interrupts ? during : after) < needed,
      ...(away.length === 0 ? {} : { away }),
    },
  ];
};

export type Meanwhile = Pick<Plan, 'quorum' | 'users' | 'danger'>;

/** Users have less of it than now, if only less to spare. */
const isLess = ({ before, during }: CapabilityChange): boolean =>
  before !== 'unknown' && during !== 'unknown' && during !== 'starting' && isWorse(during, before);

/** As they are then, without what is no worse than now. */
const newlyWorse = (spec: VerbSpec, { capabilities, during }: Consequences): readonly CapabilityState[] => {
  // That there is less to spare passes with a restart; after a stop it stays.
  const isWorsening = spec.leavesDown ? isLess : isWorsened;
  const worse = new Set(capabilities.filter(isWorsening).map(({ id }) => id));
  return during.capabilities.map((state) =>
    worse.has(state.id) ? state : { ...state, state: 'works', because: [], causes: [] },
  );
};

const isTaken = ({ before, during }: CapabilityChange): boolean =>
  during === 'lost' && (before === 'works' || before === 'at-risk' || before === 'degraded');

/** Why the action must be asked for twice; undefined: enter is enough. */
const dangerOf = (
  scope: Scope,
  spec: VerbSpec,
  quorum: readonly QuorumForecast[],
  { capabilities }: Consequences,
): Danger | undefined => {
  // A member that holds no vote takes none away: restarting it is how a lost quorum is mended.
  if (quorum.some((one) => one.breaks && holdsVote(scope, one.service) !== false)) return { kind: 'quorum' };
  const taken = capabilities.filter(isTaken);
  if (taken.length > 0) return { kind: 'capability', titles: forUsers(taken).map(({ title }) => title) };
  if (!spec.leavesDown) return undefined;
  const shorter = quorum.filter(({ now, during }) => during < now);
  if (shorter.some(({ breaks }) => breaks)) return { kind: 'quorum' };
  return shorter.length > 0 || capabilities.some(isLess) ? { kind: 'stays-down' } : undefined;
};

/** What is left while `units` are out on the node, or what is once they are started. */
export const meanwhile = (scope: Scope, spec: VerbSpec, units: readonly UnitName[]): Meanwhile => {
  if (units.length === 0) return { quorum: [], users: [] };
  const { topology } = scope;
  const found = whileOut(scope, outOf(scope, spec.interrupts ? units : []));
  const quorum = topology.services
    .filter((service) => service.quorum !== undefined && units.includes(service.unit))
    .flatMap((service) => forecast(scope, service, spec, found));
  if (!spec.interrupts) return { quorum, users: [] };
  const users = usersLine(topology, newlyWorse(spec, found), found.dark.length === 0);
  const danger = dangerOf(scope, spec, quorum, found);
  return {
    quorum,
    users: users === undefined ? [] : [users],
    ...(danger === undefined ? {} : { danger }),
  };
};
