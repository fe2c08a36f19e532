/** From each failing instance one step nearer to the cause, and on to the end: no two ways of telling echo from cause. */
import type { InstanceState, QuorumState } from '../model/cluster.ts';
import { type InstanceId, instanceId, type NodeName } from '../model/inventory.ts';
import type { ServiceName, Topology, UnitName } from '../model/topology.ts';
import { type Split, splitIn } from '../split.ts';
import { isDark, isEchoStep, isOverdue, type Judged, membersOf, stepOn, unique } from './judged.ts';
import { type Left, leftBehind } from './left.ts';

/** Where a chain ends. `service`: nothing of it is wrong by itself, but it does not work as a group. */
export type Root =
  | { readonly kind: 'node'; readonly node: NodeName }
  | { readonly kind: 'path'; readonly node: NodeName }
  | { readonly kind: 'left' }
  | { readonly kind: 'step'; readonly unit: UnitName; readonly node: NodeName }
  | { readonly kind: 'split'; readonly service: ServiceName }
  | { readonly kind: 'service'; readonly service: ServiceName }
  | { readonly kind: 'instance'; readonly id: InstanceId };

/** The next link of a chain. `members`: a service has too few that work, as these do not. */
export type Origin =
  | { readonly kind: 'root'; readonly root: Root }
  | { readonly kind: 'instance'; readonly id: InstanceId }
  | { readonly kind: 'step'; readonly unit: UnitName; readonly node: NodeName; readonly then: Origin }
  | { readonly kind: 'members'; readonly service: ServiceName; readonly ids: readonly InstanceId[] };

/** Members that contradict each other. */
export type SplitGroup = {
  readonly service: ServiceName;
  readonly split: Split;
  readonly members: readonly InstanceId[];
};

export type Tracer = {
  readonly left: readonly Left[];
  readonly splits: readonly SplitGroup[];
  readonly originOf: (instance: InstanceState) => Origin;
  readonly rootOf: (id: InstanceId) => Root;
  /** What takes a service's function away, its members that do not work. Empty: nobody, or nobody by name. */
  readonly culprits: (service: ServiceName) => readonly InstanceId[];
};

const FAILING: ReadonlySet<InstanceState['verdict']> = new Set(['down', 'degraded', 'late', 'blocked']);

export const isFailing = ({ verdict }: InstanceState): boolean => FAILING.has(verdict);

const isRole = (instance: InstanceState, ...roles: readonly InstanceState['raft'][]): boolean =>
  roles.includes(instance.raft);

/** It has no vote, and that is known. */
const isMute = (instance: InstanceState, state: Judged): boolean =>
  instance.raft === undefined && (instance.verdict !== 'unknown' || isDark(state, instance));

const idsOf = (instances: readonly InstanceState[]): readonly InstanceId[] => instances.map(({ id }) => id);

const culpritsOf = (state: Judged, service: ServiceName): readonly InstanceId[] => {
  const members = membersOf(state, service);
  const { quorum } = state.services.get(service) ?? {};
  if (quorum !== undefined) {
    const mute = members.filter((member) => isMute(member, state));
    if (mute.length > 0) return idsOf(mute);
    return idsOf(members.filter((member) => !isRole(member, 'leader', 'follower') && isFailing(member)));
  }
  const gone = members.filter(
    (member) => member.verdict === 'down' || member.verdict === 'blocked' || isDark(state, member),
  );
  return idsOf(gone.length > 0 ? gone : members.filter(isFailing));
};

/** Too few members are led for this one to be: it lacks partners, and nothing else. */
const lacksPartners = (instance: InstanceState, quorum: QuorumState | undefined, state: Judged): boolean => {
  if (quorum === undefined || instance.verdict !== 'degraded' || instance.raft !== 'candidate') return false;
  return (
    membersOf(state, quorum.service).filter((member) => isRole(member, 'leader', 'follower')).length <
    quorum.needed
  );
};

const splitsOf = (state: Judged): readonly SplitGroup[] =>
  [...state.services.values()].flatMap((service): SplitGroup[] => {
    const split = splitIn(service);
    if (split === undefined) return [];
    const members = split.nodes.map((node) => instanceId(service.name, node));
    return [{ service: service.name, split, members }];
  });

/** The same for the same root. */
export const rootKey = (root: Root): string => {
  switch (root.kind) {
    case 'node':
    case 'path':
      return `${root.kind} ${root.node}`;
    case 'left':
      return 'left';
    case 'step':
      return `step ${root.unit}@${root.node}`;
    case 'split':
    case 'service':
      return `${root.kind} ${root.service}`;
    case 'instance':
      return root.id;
    default: {
      const never: never = root;
      return never;
    }
  }
};

/** The place of a root for counting: alike ones count together. */
const placeOf = (root: Root): string => {
  switch (root.kind) {
    case 'node':
    case 'path':
    case 'left':
      return root.kind;
    case 'step':
      return root.unit;
    case 'split':
    case 'service':
      return root.service;
    case 'instance':
      return root.id.slice(0, root.id.indexOf('@'));
    default: {
      const never: never = root;
      return never;
    }
  }
};

/** The one that most of them come from; of equals, one of the service's own, else the first. */
const mostOf = (roots: readonly Root[], service: ServiceName): Root => {
  const groups = [...Map.groupBy(roots, placeOf)].toSorted(
    ([one, a], [other, b]) => b.length - a.length || Number(other === service) - Number(one === service),
  );
  return groups[0]?.[1][0] ?? { kind: 'service', service };
};

/** Follows what fails to what fails by itself. */
export const tracerOf = (topology: Topology, state: Judged): Tracer => {
  const left = leftBehind(topology, state);
  const splits = splitsOf(state);
  const abandoned = new Set(
    left.flatMap(({ node, services }) => services.map(({ name }) => instanceId(name, node))),
  );
  const splitOf = new Map(splits.flatMap((split) => split.members.map((id) => [id, split] as const)));
  const culpritsBy = new Map<ServiceName, readonly InstanceId[]>();
  const culprits = (service: ServiceName): readonly InstanceId[] => {
    const known = culpritsBy.get(service) ?? culpritsOf(state, service);
    culpritsBy.set(service, known);
    return known;
  };
  const rooted = (root: Root): Origin => ({ kind: 'root', root });

  const serviceOrigin = (service: ServiceName): Origin => {
    // A quorum that is lost serves nobody, whoever claims to lead.
    const isLost = state.services.get(service)?.quorum?.standing === 'lost';
    const isSplit = splits.some((one) => one.service === service && one.split.kind === 'two-leaders');
    if (isSplit && !isLost) return rooted({ kind: 'split', service });
    const ids = culprits(service);
    return ids.length > 0 ? { kind: 'members', service, ids } : rooted({ kind: 'service', service });
  };

  /** A step that is held leads to what holds it. */
  const stepOrigin = (node: NodeName, unit: UnitName, self: Origin, seen: readonly UnitName[]): Origin => {
    const step = stepOn(state, node, unit);
    if (step === undefined || seen.includes(unit)) return self;
    if (step.state === 'left-behind') return rooted({ kind: 'left' });
    if (step.state === 'failed') {
      return isEchoStep(state, node, step)
        ? { kind: 'instance', id: instanceId(step.service ?? '', node) }
        : rooted({ kind: 'step', unit, node });
    }
    const then = stepOrigin(node, step.by ?? '', self, [...seen, unit]);
    return then === self ? self : { kind: 'step', unit, node, then };
  };

  const originOf = (instance: InstanceState): Origin => {
    const { id, node, service, blockedBy, unmet } = instance;
    const self = rooted({ kind: 'instance', id });
    if (isDark(state, instance)) return rooted({ kind: 'node', node });
    if (isOverdue(state, instance)) return rooted({ kind: 'path', node });
    if (abandoned.has(id)) return rooted({ kind: 'left' });
    if (blockedBy !== undefined) {
      return blockedBy.node === undefined
        ? serviceOrigin(blockedBy.service)
        : { kind: 'instance', id: instanceId(blockedBy.service, blockedBy.node) };
    }
    if (unmet !== undefined) return stepOrigin(node, unmet, self, []);
    if (lacksPartners(instance, state.services.get(service)?.quorum, state)) {
      const ids = culprits(service).filter((other) => other !== id);
      if (ids.length > 0 && !culprits(service).includes(id)) return { kind: 'members', service, ids };
      if (state.services.get(service)?.quorum?.standing === 'forming') {
        return rooted({ kind: 'service', service });
      }
    }
    const split = splitOf.get(id);
    return split === undefined ? self : rooted({ kind: 'split', service });
  };

  const roots = new Map<InstanceId, Root>();
  const rootOf = (id: InstanceId): Root => {
    const known = roots.get(id);
    if (known !== undefined) return known;
    const self: Root = { kind: 'instance', id };
    // Where things explain each other, the first that was asked about is the root.
    roots.set(id, self);
    const instance = state.instances.get(id);
    const root = instance === undefined ? self : follow(originOf(instance));
    roots.set(id, root);
    return root;
  };
  const follow = (origin: Origin): Root => {
    switch (origin.kind) {
      case 'root':
        return origin.root;
      case 'instance':
        return rootOf(origin.id);
      case 'step':
        return follow(origin.then);
      case 'members':
        return mostOf(unique(origin.ids).map(rootOf), origin.service);
      default: {
        const never: never = origin;
        return never;
      }
    }
  };
  return { left, splits, originOf, rootOf, culprits };
};
