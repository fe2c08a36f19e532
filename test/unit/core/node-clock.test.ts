import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { emptyFacts, HISTORY_LENGTH, observe } from '../../../src/core/facts.ts';
import type { ClockReading } from '../../../src/core/model/cluster.ts';
import type { NodeUnits } from '../../../src/core/model/observation.ts';
import { nodeTimeAt } from '../../../src/core/node-clock.ts';
import { START } from './world.ts';

const readings: readonly ClockReading[] = [
  { atMs: 1000, monotonicMs: 50_000 },
  { atMs: 3000, monotonicMs: 58_000 },
];

describe('the time on a node', () => {
  test('is what it said, in proportion between two looks, and goes on like ours beyond them', () => {
    expect([1000, 2000, 3000].map((atMs) => nodeTimeAt(readings, atMs))).toEqual([50_000, 54_000, 58_000]);
    expect(nodeTimeAt(readings, 3500)).toBe(58_500);
    expect(nodeTimeAt(readings, 400)).toBe(49_400);
    expect(nodeTimeAt([], 400)).toBeUndefined();
  });

  test('never runs backwards', () => {
    const clocks = fc.array(fc.tuple(fc.nat(5000), fc.nat(20_000)), { maxLength: 8 }).map((steps) => {
      let [atMs, monotonicMs] = [START, 1_000_000];
      return steps.map(([after, passed]): ClockReading => {
        atMs += after;
        monotonicMs += passed;
        return { atMs, monotonicMs };
      });
    });
    const moment = fc.integer({ min: START - 9000, max: START + 60_000 });
    fc.assert(
      fc.property(clocks, moment, moment, (clock, a, b) => {
        const [early, late] = [Math.min(a, b), Math.max(a, b)].map((atMs) => nodeTimeAt(clock, atMs));
        if (clock.length === 0) return;
        expect(early).toBeLessThanOrEqual(late ?? -1);
        // Two looks at one moment of ours: the later one counts.
        const last = clock.at(-1);
        if (last !== undefined) expect(nodeTimeAt(clock, last.atMs)).toBe(last.monotonicMs);
      }),
    );
  });
});

describe('what is remembered of a clock', () => {
  const empty = emptyFacts([], [{ name: 'node01' }], START);
  const look = (atMs: number, monotonicMs?: number, bootId = 'a'): NodeUnits => ({
    atMs,
    bootId,
    units: [],
    ...(monotonicMs === undefined ? {} : { monotonicMs }),
  });
  const clockAfter = (...looks: readonly NodeUnits[]) =>
    observe(
      empty,
      looks.map((one) => ({ kind: 'units', node: 'node01', look: one }) as const),
    ).clocks.get('node01');

  test('the looks of this boot, in order and not without end', () => {
    expect(clockAfter(look(1, 10), look(2, 11))).toEqual([
      { atMs: 1, monotonicMs: 10 },
      { atMs: 2, monotonicMs: 11 },
    ]);
    const many = Array.from({ length: HISTORY_LENGTH + 5 }, (_, index) => look(index, index));
    expect(clockAfter(...many)).toHaveLength(HISTORY_LENGTH);
    expect(clockAfter(...many)?.at(-1)).toEqual({
      atMs: HISTORY_LENGTH + 4,
      monotonicMs: HISTORY_LENGTH + 4,
    });
  });

  test('a reboot begins anew, told by its id or by a clock that went back', () => {
    expect(clockAfter(look(1, 10), look(2, 11, 'b'))).toEqual([{ atMs: 2, monotonicMs: 11 }]);
    expect(clockAfter(look(1, 10), look(2, 3))).toEqual([{ atMs: 2, monotonicMs: 3 }]);
    expect(clockAfter(look(1, 10), look(2))).toEqual([]);
  });
});
