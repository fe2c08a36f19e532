/** What comes of several nodes comes in any order between them, late, twice or not at all: the facts, and so the verdicts. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Observation } from '../../../src/core/model/observation.ts';
import { reduce } from '../../../src/store/reduce.ts';
import type { AppState } from '../../../src/store/state.ts';
import { createAppStore } from '../../../src/store/store.ts';
import { type History, histories, told } from './arbitrary.ts';
import { judged, seen } from './world.ts';

/** Whose it is: what one node says, and of a node one check, comes in the order in which it was seen. */
const nodeOf = (one: Observation): string =>
  one.kind === 'probe' ? one.check.slice(one.check.indexOf('@') + 1, one.check.indexOf('#')) : one.node;

/** The observations dealt anew: each node's in their order, the nodes' between each other as `deal` says. */
const interleaved = (all: readonly Observation[], deal: Iterator<number>): readonly Observation[] => {
  const queues = [...Map.groupBy(all, nodeOf).values()].map((queue) => [...queue]);
  const dealt: Observation[] = [];
  while (dealt.length < all.length) {
    const left = queues.filter((queue) => queue.length > 0);
    const next = left[(deal.next().value ?? 0) % left.length]?.shift();
    if (next !== undefined) dealt.push(next);
  }
  return dealt;
};

/** The same in batches of any sizes. */
const cut = (all: readonly Observation[], sizes: Iterator<number>): readonly (readonly Observation[])[] => {
  const rest = [...all];
  const batches: Observation[][] = [];
  while (rest.length > 0) batches.push(rest.splice(0, 1 + ((sizes.next().value ?? 0) % 20)));
  return batches;
};

const storeOf = ({ world: { topology, inventory, options, nowMs } }: History): AppState =>
  createAppStore({
    topology,
    inventory,
    options,
    mode: { readOnly: false, source: 'live' },
    nowMs,
    utcOffsetMinutes: 0,
  }).getState();

const numbers = (): fc.Arbitrary<fc.Stream<number>> => fc.infiniteStream(fc.nat());

describe('what is observed of several nodes', () => {
  test('gives the same facts and verdicts in whatever order it comes between them, and in whatever batches', () => {
    fc.assert(
      fc.property(histories, numbers(), numbers(), (history, deal, sizes) => {
        const all = history.batches.flat();
        const endMs = history.world.nowMs + 2000 * history.batches.length;
        const world = { ...history.world, nowMs: endMs };
        const straight = seen(world, all);
        const dealt = cut(interleaved(all, deal), sizes).reduce((now, batch) => seen(now, batch), world);
        expect(dealt.facts).toEqual(straight.facts);
        expect(judged(dealt)).toEqual(judged(straight));
      }),
      { numRuns: 60 },
    );
  });

  test('is taken in any order, with losses and repeats, without a throw, and the last word of each stands', () => {
    fc.assert(
      fc.property(histories, numbers(), (history, random) => {
        const all = history.batches.flat().flatMap((one) => {
          const fate = (random.next().value ?? 0) % 8;
          return fate === 0 ? [] : fate === 1 ? [one, one] : [one];
        });
        const shuffled = all
          .map((one) => [random.next().value ?? 0, one] as const)
          .toSorted(([left], [right]) => left - right)
          .map(([, one]) => one);
        let state = storeOf(history);
        let nowMs = history.world.nowMs;
        for (const batch of cut(shuffled, random)) {
          nowMs += 500;
          const before = state;
          state = reduce(state, { kind: 'observed', observations: batch, nowMs }).state;
          const seqs = state.events.map(({ seq }) => seq);
          expect(seqs).toEqual([...seqs].sort((left, right) => right - left));
          expect(new Set(seqs).size).toBe(seqs.length);
          expect(state.cluster.instances.size).toBe(before.cluster.instances.size);
          expect(state.ui).toBe(before.ui);
        }
        for (const [check, { last }] of state.facts.checks) {
          const said = shuffled.findLast((one) => one.kind === 'probe' && one.check === check);
          expect(last?.ok).toBe(said?.kind === 'probe' ? said.result.ok : undefined);
        }
        for (const [node, look] of state.facts.units) {
          const said = shuffled.findLast((one) => one.kind === 'units' && one.node === node);
          const units = said?.kind === 'units' ? said.look.units : [];
          expect(look.units.map(({ active }) => active)).toEqual(units.map(({ active }) => active));
        }
      }),
      { numRuns: 60 },
    );
  });

  test('a link or a look that is told twice leaves every verdict as it was', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const last = told(history, judged).at(-1);
        if (last === undefined) throw new Error('empty history');
        const links = (history.batches.at(-1) ?? []).filter(
          ({ kind }) => kind === 'link' || kind === 'units',
        );
        const again = seen({ ...last, previous: judged(last) }, links);
        const before = judged(last);
        const after = judged(again);
        expect([...after.instances.values()].map(({ id, verdict }) => [id, verdict])).toEqual(
          [...before.instances.values()].map(({ id, verdict }) => [id, verdict]),
        );
        expect(after.verdict).toBe(before.verdict);
      }),
      { numRuns: 60 },
    );
  });
});
