/** Goals of a cluster that runs everything everywhere, and the looks that they are told by. */
import { watchedUnits } from '../../../../src/core/graph.ts';
import type { NodeUnits, UnitFacts } from '../../../../src/core/model/observation.ts';
import type { WaitMemory } from '../../../../src/core/wait/final.ts';
import type { WaitGoal } from '../../../../src/core/wait/model.ts';
import { type WaitStep, waitState } from '../../../../src/core/wait/state.ts';
import { judged, nodeName, rounds, seen, unit, type World, worldOf } from '../world.ts';

const JOIN = 'flaredb-cluster-join';

const namesOf = (world: World): string[] => world.inventory.nodes.map(({ name }) => name);
export const ready = (world: World): WaitGoal => ({ kind: 'ready', nodes: namesOf(world) });
export const healthy: WaitGoal = { kind: 'healthy' };
export const serviceGoal = (world: World, service: string, node?: string): WaitGoal => ({
  kind: 'service',
  service,
  nodes: node === undefined ? namesOf(world) : [node],
  whole: node === undefined,
});
export const joinGoal = (world: World, node?: string): WaitGoal => ({
  kind: 'step',
  name: JOIN,
  unit: `${JOIN}.service`,
  nodes: node === undefined ? namesOf(world) : [node],
  whole: node === undefined,
});

/** What differs from a unit that is up, by its name without suffix. */
export type Changes = Readonly<Record<string, Partial<UnitFacts>>>;

/** A node's look in which every unit is up but these. */
export const lookWith = (
  world: World,
  index: number,
  changes: Changes = {},
  more: Partial<NodeUnits> = {},
): NodeUnits => {
  const node = world.inventory.nodes[index];
  if (node === undefined) throw new Error(`no node ${index}`);
  const units = watchedUnits(world.topology, node).map((name) =>
    unit(name, {
      inactiveExitMs: 500_000,
      activeEnterMs: 510_000,
      stateChangeMs: 510_000,
      ...changes[name.replace('.service', '')],
    }),
  );
  return { atMs: world.nowMs, monotonicMs: 1_000_000, bootId: 'b', systemState: 'running', units, ...more };
};

/** Every node looked at now; `changes` are of node03. */
export const lookedAll = (world: World, changes: Changes = {}, more: Partial<NodeUnits> = {}): World => {
  const last = world.inventory.nodes.length - 1;
  const next = seen(
    world,
    world.inventory.nodes.map(({ name }, index) => ({
      kind: 'units' as const,
      node: name,
      look: index === last ? lookWith(world, index, changes, more) : lookWith(world, index),
    })),
  );
  return { ...next, previous: judged(next) };
};

/** Three nodes, all checks well, all of systemd seen. */
export const wellWorld = (): World => lookedAll(rounds(worldOf(3), 3));

/** Two rounds later, so that what is seen now is news. */
export const lookedAgain = (world: World, changes: Changes = {}, more: Partial<NodeUnits> = {}): World =>
  lookedAll(rounds(world, 1), changes, more);

export const stepOf = (world: World, goal: WaitGoal, memory: WaitMemory = new Map()): WaitStep =>
  waitState({ ...world, cluster: judged(world) }, goal, memory);

/** The outcome of the second of two looks that show the same. */
export const twice = (
  changes: Changes,
  goal: (world: World) => WaitGoal,
  more: Partial<NodeUnits> = {},
): WaitStep => {
  const first = lookedAgain(wellWorld(), changes, more);
  const { memory, outcome } = stepOf(first, goal(first));
  if (outcome.kind === 'failed') throw new Error('one look was enough');
  const second = lookedAgain(first, changes, more);
  return stepOf(second, goal(second), memory);
};

export const NODE3 = nodeName(3);
