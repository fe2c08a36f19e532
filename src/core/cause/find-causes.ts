/** The failing set of a cluster folded under its causes: each failing instance is a subject of one, or explained by one. */
import type { CauseId, RootCause } from '../model/cause.ts';
import type { InstanceId } from '../model/inventory.ts';
import type { CauseInput } from './draft.ts';
import { type Folded, foldRoots } from './fold.ts';
import { isDark, isEchoStep, type Judged, membersOf } from './judged.ts';
import { isFailing, type Root, rootKey, type Tracer, tracerOf } from './origin.ts';

export type Found = {
  /** In the topology's order of what they are about; nodes, certificates and steps before. */
  readonly causes: readonly RootCause[];
  /** Of each instance that is not well: the cause that it is a subject of, or that explains it. */
  readonly because: ReadonlyMap<InstanceId, CauseId>;
  readonly tracer: Tracer;
};

/** Not well as a group, though each of its members is. */
const isGroupFault = (state: Judged, service: string): boolean => {
  const { verdict } = state.services.get(service) ?? {};
  if (verdict !== 'down' && verdict !== 'degraded') return false;
  return membersOf(state, service).every((member) => !isFailing(member) && !isDark(state, member));
};

const rootsOf = (state: Judged, tracer: Tracer, roots: readonly Root[]): readonly Root[] => {
  const found = new Map(roots.map((root) => [rootKey(root), root]));
  for (const node of state.nodes.values()) {
    if (!node.reachable) continue;
    for (const step of node.steps) {
      if (step.state !== 'failed' || isEchoStep(state, node.name, step)) continue;
      const root: Root = { kind: 'step', unit: step.unit, node: node.name };
      found.set(rootKey(root), root);
    }
  }
  for (const { name: service } of state.services.values()) {
    const isSplit = tracer.splits.some((split) => split.service === service);
    if (!isSplit && isGroupFault(state, service))
      found.set(`service ${service}`, { kind: 'service', service });
  }
  return [...found.values()];
};

/** Services that serve nobody: their quorum is lost, or none of their instances works. */
const isLost = (state: Judged, service: string): boolean => {
  const { quorum, verdict: sum } = state.services.get(service) ?? {};
  if (sum !== 'down' && sum !== 'blocked') return false;
  if (quorum?.standing === 'lost' || quorum?.faults.some(({ kind }) => kind === 'two-leaders')) return true;
  const members = membersOf(state, service);
  return (
    members.length > 0 &&
    members.every(
      ({ verdict, node }) =>
        verdict === 'down' || verdict === 'blocked' || state.nodes.get(node)?.reachable === false,
    )
  );
};

const verdictOf = (kind: RootCause['kind'], isGrave: boolean): RootCause['verdict'] => {
  if (isGrave) return 'down';
  return kind === 'late' || kind === 'starting' ? kind : 'degraded';
};

/** Finds the causes of a judged state. Pure; `state` needs no causes yet. */
export const findCauses = (input: CauseInput): Found => {
  const { state, topology } = input;
  const tracer = tracerOf(topology, state);
  const rooted = new Map<InstanceId, string>();
  const roots: Root[] = [];
  const dark = new Set([...state.nodes.values()].flatMap(({ name, reachable }) => (reachable ? [] : [name])));
  for (const instance of state.instances.values()) {
    if (!isFailing(instance) && !dark.has(instance.node)) continue;
    const root = tracer.rootOf(instance.id);
    roots.push(root);
    rooted.set(instance.id, rootKey(root));
  }
  const found: readonly Folded[] = foldRoots(input, tracer, rootsOf(state, tracer, roots));
  const byRoot = new Map(found.flatMap((cause) => cause.roots.map((root) => [root, cause] as const)));

  const grave = new Set<CauseId>();
  const isBad = state.verdict === 'down' || state.verdict === 'degraded';
  for (const { name } of topology.services) {
    if (!isBad || !isLost(state, name)) continue;
    const behind = tracer.culprits(name).map((id) => rootKey(tracer.rootOf(id)));
    for (const root of [...behind, `split ${name}`, `service ${name}`]) {
      const cause = byRoot.get(root);
      if (cause !== undefined) grave.add(cause.id);
    }
  }

  const because = new Map<InstanceId, CauseId>();
  for (const [id, root] of rooted) {
    const cause = byRoot.get(root);
    if (cause !== undefined) because.set(id, cause.id);
  }
  const explained = Map.groupBy([...because], ([, cause]) => cause);
  const causes = found.map(({ roots: _roots, ...cause }): RootCause => {
    const subjects = new Set(cause.subjects);
    const ids = (explained.get(cause.id) ?? []).map(([id]) => id);
    return {
      ...cause,
      verdict: verdictOf(cause.kind, grave.has(cause.id)),
      explains: ids.filter((id) => !subjects.has(id)),
    };
  });
  return { causes, because, tracer };
};
