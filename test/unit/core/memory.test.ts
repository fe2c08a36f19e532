import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ClusterState } from '../../../src/core/model/cluster.ts';
import { histories } from './arbitrary.ts';
import { judged, later, pass, rounds, seen, type World, worldOf } from './world.ts';

/** The same state, but not the object that anything is remembered of. */
const forgotten = (state: ClusterState): ClusterState => ({ ...state });

test('what is taken over from the judgement before is what would be judged anew', () => {
  let ok = 0;
  fc.assert(
    fc.property(
      histories,
      fc.array(fc.integer({ min: 0, max: 30_000 }), { minLength: 1, maxLength: 5 }),
      fc.infiniteStream(fc.integer({ min: 0, max: 3 })),
      ({ world, batches }, waits, part) => {
        let current: World = world;
        const step = (next: World): void => {
          const state = judged(next);
          const anew = judged({ ...next, previous: next.previous && forgotten(next.previous) });
          expect(state).toEqual(anew);
          ok += state.counts.ok;
          current = { ...next, previous: state };
        };
        for (const batch of batches) {
          // All at once, as a rule; here each in parts, so that much stays as it is.
          const told = batch.filter(() => (part.next().value ?? 0) < 2);
          step(seen(later(current, 2000), told));
          step(current);
        }
        for (const wait of waits) step(later(current, wait));
      },
    ),
    { numRuns: 120 },
  );
  expect(ok).toBeGreaterThan(500);
});

test('a certificate that comes to its end and a look that gets old are not slept through', () => {
  const certificate = { subject: 'CN=x', issuer: 'CN=y', names: [], notBeforeMs: 0 };
  const base = worldOf(1);
  const endMs = base.nowMs + base.options.certificateWarnMs + 5000;
  const well = rounds(base, 2, (target, atMs) => ({
    ...pass(target, atMs),
    certificate: { ...certificate, notAfterMs: endMs },
  }));
  const first = judged(well);
  expect(first.headline.cause).toBeUndefined();
  const soon = later({ ...well, previous: first }, 1500);
  expect(judged(soon).headline.cause).toMatch(/certificate ends in/u);
  expect(judged(later({ ...well, previous: first }, 6500)).counts.unknown).toBe(9);
});
