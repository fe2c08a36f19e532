/** What is asked of the cluster again and again: every check, every node's systemd, and what its units depend on. */
import type { Config } from '../config/types.ts';
import { expectedTargets, watchedUnits } from '../core/graph.ts';
import type { ClusterState } from '../core/model/cluster.ts';
import type { CheckTarget, ClusterNode, NodeName } from '../core/model/inventory.ts';
import type { Observation } from '../core/model/observation.ts';
import type { UnitName } from '../core/model/topology.ts';
import { paceOf } from '../core/pace.ts';
import type { Clock } from '../lib/clock.ts';
import type { PollTask } from '../poll/poller.ts';
import { askNodeRights } from '../probes/node-rights.ts';
import type { Prober } from '../probes/prober.ts';
import { askRelations, knownUnits } from '../probes/systemd-relations.ts';
import type { Links } from '../ssh/control.ts';
import type { Link } from '../ssh/types.ts';
import { unitLook } from './unit-look.ts';

/** What units depend on changes by somebody's hand only, and then systemd says that it was reloaded. */
const RELATIONS_MS = 300_000;

/** Somebody may have been given a right meanwhile, or lost one. */
const RIGHTS_MS = 300_000;

export const unitTaskId = (node: NodeName): string => `${node}#units`;
export const relationsTaskId = (node: NodeName): string => `${node}#relations`;

export const rightsTaskId = (node: NodeName): string => `${node}#rights`;

/** A node that ssh leads to. */
export type WatchedNode = {
  readonly node: ClusterNode;
  readonly link: Link;
  readonly units: readonly UnitName[];
};

export const watchedNodes = (
  { topology, inventory }: Config,
  links: Links | undefined,
): readonly WatchedNode[] =>
  inventory.nodes.flatMap((node) => {
    const link = links?.link(node.name);
    return link ? [{ node, link, units: watchedUnits(topology, node) }] : [];
  });

export type PollTaskOptions = {
  readonly config: Config;
  readonly nodes: readonly WatchedNode[];
  readonly prober: Prober;
  readonly clock: Clock;
  readonly observe: (observation: Observation) => void;
  /** The newest judgement. */
  readonly cluster: () => ClusterState;
  /** Asks for these tasks to run now. */
  readonly nudge: (ids: readonly string[]) => void;
};

export type PollTasks = {
  readonly all: readonly PollTask[];
  /** What systemd has just started or stopped answers differently now, whatever its last answer was. */
  readonly checkMoved: (node: NodeName, units: ReadonlySet<UnitName>) => void;
  /** Everything of one node. */
  readonly nudgeNode: (node: NodeName) => void;
};

/** Who only looks on needs no right. */
export const asksRights = ({ ssh, readOnly }: Pick<Config, 'ssh' | 'readOnly'>): boolean =>
  ssh.enabled && ssh.checkRights && !readOnly;

/**
 * Whether enough looks in a row said the same since the start. Until then one that is made seldom is made as often as
 * most, or nothing would be known of it for long.
 */
const firstLooks = ({ spec }: CheckTarget, poll: Config['poll']) => {
  const { fall, rise } = paceOf(spec, poll);
  let areOver = false;
  let inRow = { ok: true, looks: 0 };
  return {
    areOver: () => areOver,
    count: (ok: boolean): void => {
      inRow = { ok, looks: inRow.ok === ok ? inRow.looks + 1 : 1 };
      areOver ||= inRow.looks >= (ok ? rise : fall);
    },
  };
};

export const pollTasks = ({
  config,
  nodes,
  prober,
  clock,
  observe,
  cluster,
  nudge,
}: PollTaskOptions): PollTasks => {
  const { topology, inventory, poll } = config;
  const targets = expectedTargets(topology, inventory);
  const unitOf = new Map(topology.services.map(({ name, unit }) => [name, unit]));
  const backSinceMs = new Map<NodeName, number>();
  /** One check answers from a node that gave none an answer: the others need not wait out their backoff. */
  const comeBack = (node: NodeName): void => {
    const { reachable = true, overdue } = cluster().nodes.get(node) ?? {};
    if (reachable && overdue === undefined) return;
    const nowMs = clock.monotonic();
    if (nowMs - (backSinceMs.get(node) ?? Number.NEGATIVE_INFINITY) < poll.intervalMs) return;
    backSinceMs.set(node, nowMs);
    nudgeNode(node);
  };
  const probeTasks = targets.map((target): PollTask => {
    const { intervalMs } = paceOf(target.spec, poll);
    const first = firstLooks(target, poll);
    return {
      id: target.id,
      intervalMs,
      paceMs: () => (first.areOver() ? intervalMs : Math.min(intervalMs, poll.intervalMs)),
      run: async (signal) => {
        const result = await prober.probe(target, signal);
        if (signal.aborted) return false;
        first.count(result.ok);
        observe({ kind: 'probe', check: target.id, result });
        if (result.ok) comeBack(target.node);
        // What is on its way up is asked at the plain pace, so that its arrival is seen.
        const verdict = cluster().instances.get(target.instance)?.verdict;
        return result.ok || verdict === 'starting' || verdict === 'late';
      },
    };
  });
  const checkMoved = (node: NodeName, units: ReadonlySet<UnitName>): void =>
    nudge(
      targets
        .filter((target) => target.node === node && units.has(unitOf.get(target.service) ?? ''))
        .map(({ id }) => id),
    );
  const unitTasks = nodes.map(
    ({ node, link, units }): PollTask => ({
      id: unitTaskId(node.name),
      intervalMs: poll.intervalMs,
      run: unitLook(node, link, units, {
        clock,
        observe,
        onMoved: (moved) => checkMoved(node.name, moved),
        onReloaded: () => nudge([relationsTaskId(node.name)]),
      }),
    }),
  );
  const named = knownUnits(topology);
  const relationsTasks = nodes.map(
    ({ node: { name: node }, link, units }): PollTask => ({
      id: relationsTaskId(node),
      intervalMs: RELATIONS_MS,
      run: async (signal) => {
        // The connection nudges this when it comes.
        if (link.state().state !== 'up') return false;
        const relations = await askRelations(link, units, named, signal);
        if (relations === undefined || signal.aborted) return false;
        observe({ kind: 'relations', node, units: relations });
        return true;
      },
    }),
  );

  const rightsTasks = (asksRights(config) ? nodes : []).map(
    ({ node: { name: node }, link, units }): PollTask => ({
      id: rightsTaskId(node),
      intervalMs: RIGHTS_MS,
      run: async (signal) => {
        if (link.state().state !== 'up') return false;
        const atMs = clock.now();
        const rights = await askNodeRights(link, topology, units, config.ssh.sudo, signal);
        if (signal.aborted) return false;
        observe({ kind: 'rights', node, rights: { atMs, ...rights } });
        return rights.by !== 'unknown';
      },
    }),
  );

  const nudgeNode = (node: NodeName): void =>
    nudge([...targets.filter((target) => target.node === node).map(({ id }) => id), unitTaskId(node)]);

  return { all: [...probeTasks, ...unitTasks, ...relationsTasks, ...rightsTasks], checkMoved, nudgeNode };
};
