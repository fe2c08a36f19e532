/** What holds of any boot, and of any facts at all. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BootProgress } from '../../../../src/core/first-boot/model.ts';
import { bootProgress } from '../../../../src/core/first-boot/progress.ts';
import { watchedUnits } from '../../../../src/core/graph.ts';
import type { Observation, UnitFacts } from '../../../../src/core/model/observation.ts';
import type { UnitName } from '../../../../src/core/model/topology.ts';
import { histories, told } from '../arbitrary.ts';
import { judged, START, seen, unit, type World, worldOf } from '../world.ts';

const expectSound = (progress: BootProgress): void => {
  expect(progress.done).toBeGreaterThanOrEqual(0);
  expect(progress.done).toBeLessThanOrEqual(progress.total);
  expect(progress.phase === 'ready').toBe(progress.done === progress.total && progress.phase !== 'unseen');
  if (progress.etaMs !== undefined) {
    expect(progress.etaMs).toBeGreaterThanOrEqual(0);
    expect(progress.etaMs).toBeLessThan(Number.POSITIVE_INFINITY);
    expect(progress.heldBy).toBeDefined();
  }
  if (progress.heldBy !== undefined) {
    const { node, unit: held } = progress.heldBy;
    const entry = progress.nodes.find((one) => one.node === node)?.entries.find((one) => one.unit === held);
    expect(entry?.state).toBeDefined();
    expect(entry?.state).not.toBe('done');
  }
  for (const { entries, remainingMs } of progress.nodes) {
    expect(remainingMs ?? 0).toBeGreaterThanOrEqual(0);
    for (const { state, beginMs, endMs, elapsedMs, documentedMs, expected } of entries) {
      for (const ms of [beginMs, endMs, elapsedMs]) expect(ms ?? 0).toBeGreaterThanOrEqual(0);
      if (expected !== undefined) expect(expected.endMs).toBeGreaterThanOrEqual(expected.beginMs);
      if (state === 'late') expect(elapsedMs).toBeGreaterThan(2 * (documentedMs ?? Infinity));
    }
  }
};

describe('any facts about any topology', () => {
  test('give a sound account', () => {
    fc.assert(
      fc.property(histories, (history) => {
        for (const world of told(history, judged)) {
          expectSound(bootProgress({ ...world, cluster: judged(world) }));
        }
      }),
      { numRuns: 30 },
    );
  });
});

/** When each unit of a node begins and is done, ms after its boot began; in an order that systemd would keep. */
type Schedule = ReadonlyMap<UnitName, { readonly beginMs: number; readonly endMs: number }>;

const scheduleOf = (world: World, factors: readonly number[]): Schedule => {
  const { services, firstBoot } = world.topology;
  const all = [...services, ...firstBoot.steps];
  const schedule = new Map<UnitName, { beginMs: number; endMs: number }>();
  while (schedule.size < all.length) {
    for (const [index, one] of all.entries()) {
      const names = all.map((other) => other.unit);
      const after = [
        ...one.after,
        ...firstBoot.steps.filter((s) => s.before.includes(one.unit)).map((s) => s.unit),
      ];
      const known = after.filter((name) => names.includes(name));
      if (schedule.has(one.unit) || known.some((name) => !schedule.has(name))) continue;
      const beginMs = Math.max(0, ...known.map((name) => schedule.get(name)?.endMs ?? 0));
      const tookMs = one.type === 'simple' ? 0 : (one.startMs ?? 1000) * (factors[index] ?? 1);
      schedule.set(one.unit, { beginMs, endMs: beginMs + tookMs });
    }
  }
  return schedule;
};

const BEGUN_MS = 500_000;

const unitAt = (name: UnitName, schedule: Schedule, nowMs: number): UnitFacts => {
  const { beginMs, endMs } = schedule.get(name) ?? { beginMs: 0, endMs: 0 };
  const since = { inactiveExitMs: BEGUN_MS + beginMs, stateChangeMs: BEGUN_MS + beginMs };
  if (nowMs >= endMs) return unit(name, { ...since, activeEnterMs: BEGUN_MS + endMs });
  if (nowMs >= beginMs) return unit(name, { ...since, active: 'activating', sub: 'start', job: 7 });
  return unit(name, { active: 'inactive', sub: 'dead', job: 7 });
};

/** A look at every node, `afterMs` after the first began to boot. */
const lookedAt = (world: World, schedules: readonly Schedule[], lags: readonly number[], afterMs: number) => {
  const nowMs = START + afterMs;
  const looks = world.inventory.nodes.flatMap((node, index): Observation[] => {
    const sinceMs = afterMs - (lags[index] ?? 0);
    const schedule = schedules[index];
    if (sinceMs < 0 || schedule === undefined) return [];
    const units = watchedUnits(world.topology, node).map((name) => unitAt(name, schedule, sinceMs));
    const isOver = units.every((one) => one.active === 'active');
    const look = {
      atMs: nowMs,
      monotonicMs: BEGUN_MS + sinceMs,
      systemState: isOver ? 'running' : 'starting',
      units,
    };
    return [{ kind: 'units', node: node.name, look }];
  });
  return { ...seen(world, looks), nowMs };
};

describe('any boot that goes well', () => {
  const units = worldOf().topology.services.length + worldOf().topology.firstBoot.steps.length;
  const boots = fc.record({
    factors: fc.array(
      fc.array(fc.double({ min: 0.05, max: 1.95, noNaN: true }), { minLength: units, maxLength: units }),
      { minLength: 3, maxLength: 3 },
    ),
    lags: fc.array(fc.integer({ min: 0, max: 9000 }), { minLength: 3, maxLength: 3 }),
    stepMs: fc.integer({ min: 700, max: 5000 }),
  });

  test('goes forward only, and ends ready with what it took', () => {
    fc.assert(
      fc.property(boots, ({ factors, lags, stepMs }) => {
        let world = worldOf(3);
        const schedules = factors.map((list) => scheduleOf(world, list));
        const ends = schedules.map(
          (schedule, index) =>
            (lags[index] ?? 0) + Math.max(...[...schedule.values()].map(({ endMs }) => endMs)),
        );
        const readyMs = Math.max(...ends);
        const firstMs = Math.min(...lags);
        let done = 0;
        for (let afterMs = firstMs; afterMs < readyMs + 2 * stepMs; afterMs += stepMs) {
          world = lookedAt(world, schedules, lags, afterMs);
          const progress = bootProgress({ ...world, cluster: judged(world) });
          expectSound(progress);
          expect(progress.done).toBeGreaterThanOrEqual(done);
          done = progress.done;
          for (const { state } of progress.nodes.flatMap((node) => node.entries)) {
            expect(['failed', 'left-behind', 'late']).not.toContain(state);
          }
          // iam answers nobody here: it counts as warming up for its documented time.
          if (afterMs >= readyMs + 5000) expect(progress.phase).toBe('ready');
          if (progress.phase === 'ready') expect(progress.tookMs).toBeCloseTo(readyMs - firstMs, 3);
        }
      }),
      { numRuns: 25 },
    );
  });
});
