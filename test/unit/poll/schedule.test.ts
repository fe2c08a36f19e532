import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BACKOFF_CAP_MS,
  begin,
  delayAfter,
  FIRST_CONTACT_SPACING_MS,
  finish,
  firstSchedule,
  nudge,
  type Schedule,
} from '../../../src/poll/schedule.ts';

const interval = fc.integer({ min: 100, max: 60_000 });
const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const running = (schedule: Schedule, nowMs: number): Schedule => {
  const begun = begin(schedule, nowMs);
  if (begun === undefined) throw new Error('was not due');
  return begun;
};

describe('delayAfter', () => {
  it('stays within ten percent of the interval while failures are few', () => {
    fc.assert(
      fc.property(interval, fc.integer({ min: 0, max: 2 }), unit, (intervalMs, failures, random) => {
        const delay = delayAfter(intervalMs, failures, random);
        expect(delay).toBeGreaterThanOrEqual(intervalMs * 0.9 - 1e-6);
        expect(delay).toBeLessThanOrEqual(intervalMs * 1.1 + 1e-6);
      }),
    );
  });

  it('never exceeds the cap, unless the interval itself does', () => {
    fc.assert(
      fc.property(interval, fc.nat(10_000), unit, (intervalMs, failures, random) => {
        expect(delayAfter(intervalMs, failures, random)).toBeLessThanOrEqual(
          Math.max(BACKOFF_CAP_MS, intervalMs * 1.1) + 1e-6,
        );
      }),
    );
  });

  it('never shrinks as failures add up', () => {
    fc.assert(
      fc.property(interval, fc.nat(100), unit, (intervalMs, failures, random) => {
        expect(delayAfter(intervalMs, failures + 1, random)).toBeGreaterThanOrEqual(
          delayAfter(intervalMs, failures, random),
        );
      }),
    );
  });

  it('doubles from the third failure on, up to the cap', () => {
    const middle = 0.5;
    expect([0, 1, 2, 3, 4].map((failures) => delayAfter(2000, failures, middle))).toEqual([
      2000, 2000, 2000, 4000, 8000,
    ]);
    expect(delayAfter(2000, 50, 0.999_999)).toBeCloseTo(BACKOFF_CAP_MS, 0);
  });
});

describe('a schedule', () => {
  it('starts a small cluster at once and paces a large one', () => {
    expect(firstSchedule(2000, 0, 7).dueMs).toBe(7);
    expect(firstSchedule(2000, 26, 0).dueMs).toBeLessThan(200);
    expect(firstSchedule(2000, 8999, 0).dueMs).toBe(8999 * FIRST_CONTACT_SPACING_MS);
  });

  it('begins only when due and never twice', () => {
    const first = firstSchedule(2000, 1, 0);
    expect(begin(first, FIRST_CONTACT_SPACING_MS - 1)).toBeUndefined();
    const begun = running(first, FIRST_CONTACT_SPACING_MS);
    expect(begin(begun, 1_000_000)).toBeUndefined();
    expect(begin(nudge(begun, 0), 1_000_000)).toBeUndefined();
  });

  it('goes back to the plain interval at once on success', () => {
    let schedule = firstSchedule(2000, 0, 0);
    for (let i = 0; i < 20; i += 1)
      schedule = finish(running(schedule, schedule.dueMs), false, schedule.dueMs, 0.5);
    const nowMs = schedule.dueMs;
    schedule = finish(running(schedule, nowMs), true, nowMs, 0.5);
    expect(schedule).toMatchObject({ failuresInRow: 0, dueMs: nowMs + 2000 });
  });

  it('counts the interval from the start of a run', () => {
    const schedule = finish(running(firstSchedule(2000, 0, 0), 0), true, 500, 0.5);
    expect(schedule.dueMs).toBe(2000);
    expect(finish(running(firstSchedule(2000, 0, 0), 0), true, 9000, 0.5).dueMs).toBe(9000);
  });

  it('runs again at once when nudged in flight, once', () => {
    const nudged = nudge(running(firstSchedule(2000, 0, 0), 0), 100);
    const again = finish(nudged, true, 300, 0.5);
    expect(again.dueMs).toBe(300);
    expect(finish(running(again, 300), true, 310, 0.5).dueMs).toBe(2300);
  });

  it('keeps its promises over any life', () => {
    const step = fc.record({
      waitMs: fc.nat(20_000),
      event: fc.constantFrom('begin' as const, 'ok' as const, 'fail' as const, 'nudge' as const),
      random: unit,
    });
    fc.assert(
      fc.property(interval, fc.array(step, { maxLength: 60 }), (intervalMs, steps) => {
        let nowMs = 0;
        let schedule = firstSchedule(intervalMs, 0, nowMs);
        for (const { waitMs, event, random } of steps) {
          nowMs += waitMs;
          const before = schedule;
          if (event === 'nudge') schedule = nudge(schedule, nowMs);
          else if (event === 'begin') schedule = begin(schedule, nowMs) ?? schedule;
          else if (schedule.runningSinceMs !== undefined) {
            schedule = finish(schedule, event === 'ok', nowMs, random);
            expect(schedule.runningSinceMs).toBeUndefined();
            expect(schedule.dueMs).toBeGreaterThanOrEqual(nowMs);
            expect(schedule.dueMs - nowMs).toBeLessThanOrEqual(
              Math.max(BACKOFF_CAP_MS, intervalMs * 1.1) + 1e-6,
            );
            if (event === 'ok') expect(schedule.failuresInRow).toBe(0);
          }
          if (event === 'nudge' && before.runningSinceMs === undefined) {
            expect(begin(schedule, nowMs)).toBeDefined();
          }
        }
      }),
    );
  });
});
