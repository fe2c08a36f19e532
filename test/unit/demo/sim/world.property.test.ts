/** What holds in the simulated cluster whatever operators and faults do. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MULTI_USER } from '../../../../src/demo/sim/units.ts';
import type { World } from '../../../../src/demo/sim/world.ts';
import { nodeNames, topology, worldOf } from '../worlds.ts';

const nodes = nodeNames(3);
const units = [
  ...topology.services.map((service) => service.unit),
  ...topology.firstBoot.steps.map((step) => step.unit),
  MULTI_USER,
  'nosuch.service',
];

type Act = (world: World) => void;

const node = fc.constantFrom(...nodes);
const unit = fc.constantFrom(...units);

const acts: fc.Arbitrary<{ readonly name: string; readonly act: Act }> = fc.oneof(
  fc.integer({ min: 0, max: 30_000 }).map((ms) => ({
    name: `wait ${ms}`,
    act: (world: World) => world.advance(world.nowMs + ms),
  })),
  fc
    .tuple(node, fc.constantFrom('start' as const, 'stop' as const, 'restart' as const), unit)
    .map(([at, type, what]) => ({
      name: `${at} ${type} ${what}`,
      act: (world: World) => void world.request(at, type, what),
    })),
  fc.tuple(node, unit).map(([at, what]) => ({
    name: `${at} reset-failed ${what}`,
    act: (world: World) => void world.resetFailed(at, what),
  })),
  fc.tuple(node, unit).map(([at, what]) => ({
    name: `${at} kill -9 ${what}`,
    act: (world: World) => void world.kill(at, what, 9),
  })),
  fc.tuple(node, unit, fc.boolean()).map(([at, what, kills]) => ({
    name: `${at} ${what} exits`,
    act: (world: World) =>
      world.inject({
        ...{ kind: 'exits', node: at, unit: what, code: 3, afterMs: 300, line: 'FATAL', kills },
        heals: { by: 'restart', times: 1 },
      }),
  })),
  node.map((at) => ({
    name: `${at} vanishes`,
    act: (world: World) => world.inject({ kind: 'vanish', node: at }),
  })),
);

const checkInvariants = (world: World): void => {
  for (const service of topology.services) {
    const raft = world.raft(service.name);
    if (raft === undefined) continue;
    expect(raft.leaders.length).toBeLessThanOrEqual(1);
    for (const leader of raft.leaders) expect(world.endpoint(leader, service.name).kind).toBe('open');
  }
  for (const each of world.nodes()) {
    for (const state of each.manager?.units() ?? []) {
      if (state.active !== 'active') continue;
      for (const needed of state.definition.requires) {
        // A failed dependency may outlive for RestartSec; one that was stopped takes its dependents down first.
        expect(`${needed} ${each.manager?.unit(needed)?.active}`).not.toBe(`${needed} inactive`);
      }
    }
    for (const job of each.manager?.jobs() ?? []) expect(units.concat(job.unit)).toContain(job.unit);
  }
};

test('one leader at most, no unit without what it requires, time never runs back, and bring-up repairs everything', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('steady' as const, 'first-boot' as const),
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.array(acts, { maxLength: 25 }),
      (scenario, seed, steps) => {
        const world = worldOf(scenario, { seed });
        let last = world.nowMs;
        for (const { act } of steps) {
          act(world);
          expect(world.nowMs).toBeGreaterThanOrEqual(last);
          last = world.nowMs;
          checkInvariants(world);
        }
        world.clearFaults();
        world.advance(world.nowMs + 10_000);
        for (const name of nodes) {
          for (const what of units) world.resetFailed(name, what);
          world.request(name, 'start', MULTI_USER);
        }
        world.advance(world.nowMs + 400_000);
        const broken = world
          .nodes()
          .flatMap((each) => (each.manager?.units() ?? []).map((state) => ({ node: each.name, state })))
          .filter(({ state }) => state.active !== 'active')
          .map(({ node: at, state }) => `${at} ${state.definition.name} ${state.active}/${state.sub}`);
        expect(broken).toEqual([]);
        for (const service of topology.services) {
          for (const name of nodes) expect(world.endpoint(name, service.name).kind).toBe('open');
          const raft = world.raft(service.name);
          if (raft !== undefined) expect(raft.leaders).toHaveLength(1);
        }
      },
    ),
    { numRuns: 150 },
  );
});

test('the same seed and the same commands make the same world', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.array(acts, { maxLength: 10 }), (seed, steps) => {
      const tell = (): readonly string[] => {
        const world = worldOf('quorum-loss', { seed });
        for (const { act } of steps) act(world);
        world.advance(world.nowMs + 20_000);
        return world
          .nodes()
          .flatMap((each) => each.manager?.journal.entries([]) ?? [])
          .map((entry) => `${entry.atMs} ${entry.unit} ${entry.pid} ${entry.message}`);
      };
      expect(tell()).toEqual(tell());
    }),
    { numRuns: 20 },
  );
});
