/** What holds of waiting for anything, whatever is seen. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bootProgress } from '../../../../src/core/first-boot/progress.ts';
import { changesSince, type Told } from '../../../../src/core/wait/changes.ts';
import type { WaitMemory } from '../../../../src/core/wait/final.ts';
import { holderOf } from '../../../../src/core/wait/holder.ts';
import type { WaitGoal } from '../../../../src/core/wait/model.ts';
import { waitState } from '../../../../src/core/wait/state.ts';
import { histories, told as toldWorlds } from '../arbitrary.ts';
import { judged, type World } from '../world.ts';

const goalsOf = ({ topology, inventory }: World): WaitGoal[] => {
  const nodes = inventory.nodes.map(({ name }) => name);
  return [
    { kind: 'ready', nodes },
    { kind: 'healthy' },
    ...topology.services.flatMap(({ name }): WaitGoal[] => {
      const placed = inventory.nodes.filter((node) => node.services.includes(name)).map((node) => node.name);
      return placed.length === 0 ? [] : [{ kind: 'service', service: name, nodes: placed, whole: true }];
    }),
    ...topology.firstBoot.steps.map(
      ({ name, unit }): WaitGoal => ({ kind: 'step', name, unit, nodes, whole: true }),
    ),
  ];
};

/** The goal told over a history, with what it stood on. */
const forEachStep = (
  look: (world: World, goal: WaitGoal, step: ReturnType<typeof waitState>, index: number) => void,
): void => {
  fc.assert(
    fc.property(histories, (history) => {
      const worlds = toldWorlds(history, judged);
      for (const goal of goalsOf(history.world)) {
        let memory: WaitMemory = new Map();
        for (const [index, world] of worlds.entries()) {
          const step = waitState({ ...world, cluster: judged(world) }, goal, memory);
          memory = step.memory;
          look(world, goal, step, index);
        }
      }
    }),
    { numRuns: 30 },
  );
};

describe('any facts about any topology', () => {
  test('hold with nothing missing, and do not hold with something missing', () => {
    forEachStep((_, __, { items, outcome }) => {
      const isAllWell = items.length > 0 && items.every((item) => item.ok);
      expect(outcome.kind === 'holds').toBe(isAllWell);
      if (outcome.kind !== 'holds' && items.length > 0) expect(outcome.missing.length).toBeGreaterThan(0);
    });
  });

  test('hold only when the cluster’s own account agrees', () => {
    forEachStep((world, goal, { outcome }) => {
      if (outcome.kind !== 'holds') return;
      const cluster = judged(world);
      if (goal.kind === 'healthy') expect(cluster.verdict).toBe('ok');
      if (goal.kind === 'ready') expect(bootProgress({ ...world, cluster }).phase).toBe('ready');
      if (goal.kind !== 'service') return;
      for (const node of goal.nodes) {
        expect(cluster.instances.get(`${goal.service}@${node}`)?.verdict).toBe('ok');
      }
    });
  });

  test('fail only for a unit that the newest look shows down, with no job and no next try', () => {
    forEachStep((world, _, { outcome }, index) => {
      if (outcome.kind !== 'failed') return;
      expect(index).toBeGreaterThan(0);
      const { node, unit: name } = outcome.failure;
      const unit = world.facts.units.get(node)?.units.find((one) => one.unit === name);
      expect(['failed', 'inactive']).toContain(unit?.active);
      expect(unit?.job ?? 0).toBe(0);
      expect(unit?.sub).not.toContain('auto-restart');
    });
  });

  test('name a holder that is not done, and tell each change once', () => {
    let told: Told = new Map();
    forEachStep((world, goal, { items, outcome }) => {
      const first = changesSince(told, items);
      expect(changesSince(first.told, items).changes).toEqual([]);
      told = new Map();
      if (outcome.kind === 'holds') return;
      const holder = holderOf({ ...world, cluster: judged(world) }, goal, outcome.missing);
      if (holder !== undefined) expect(holder.name).not.toBe('');
    });
  });
});
