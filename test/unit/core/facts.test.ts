import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { emptyFacts, HISTORY_LENGTH, observe } from '../../../src/core/facts.ts';
import type { ClusterFacts } from '../../../src/core/model/cluster.ts';
import type { CheckTarget } from '../../../src/core/model/inventory.ts';
import type { Observation, ProbeResult } from '../../../src/core/model/observation.ts';
import { fail, pass, START, worldOf } from './world.ts';

const world = worldOf(2);
const [first, second] = world.targets as [CheckTarget, CheckTarget, ...CheckTarget[]];
const probe = (target: CheckTarget, result: ProbeResult): Observation => ({
  kind: 'probe',
  check: target.id,
  result,
});
const factsOf = (facts: ClusterFacts, target: CheckTarget = first) => facts.checks.get(target.id);

describe('observe', () => {
  test('counts failures and passes in a row', () => {
    const facts = observe(world.facts, [
      probe(first, pass(first, START + 1)),
      probe(first, fail(START + 2, 'refused')),
      probe(first, fail(START + 3, 'timeout')),
    ]);
    expect(factsOf(facts)).toMatchObject({
      failuresInRow: 2,
      passesInRow: 0,
      last: { atMs: START + 3 },
      lastOk: { atMs: START + 1 },
      firstFailure: { atMs: START + 2 },
      lastFailure: { atMs: START + 3 },
      history: [
        { atMs: START + 1, ok: true },
        { atMs: START + 2, ok: false, failure: 'refused' },
        { atMs: START + 3, ok: false, failure: 'timeout' },
      ],
    });
  });

  test('keeps what each node was last told of its units, and nothing of nodes that are not there', () => {
    const none = { requires: [], requisite: [], bindsTo: [], partOf: [], wants: [], after: [] };
    const relations = (node: string, unit: string): Observation => ({
      kind: 'relations',
      node,
      units: [{ ...none, unit }],
    });
    const facts = observe(world.facts, [
      relations('node01', 'iam.service'),
      relations('node01', 'flaredb.service'),
      relations('node09', 'iam.service'),
    ]);
    expect([...facts.relations]).toEqual([['node01', [{ ...none, unit: 'flaredb.service' }]]]);
    expect(observe(facts, [relations('node01', 'flaredb.service')])).toBe(facts);
  });

  test('keeps the newest run of failures after recovery, and starts a new run afresh', () => {
    const recovered = observe(world.facts, [
      probe(first, fail(START + 1, 'refused')),
      probe(first, fail(START + 2, 'refused')),
      probe(first, pass(first, START + 3)),
    ]);
    expect(factsOf(recovered)).toMatchObject({
      passesInRow: 1,
      failuresInRow: 0,
      firstFailure: { atMs: START + 1 },
      lastFailure: { atMs: START + 2 },
    });
    const again = observe(recovered, [probe(first, fail(START + 4, 'timeout'))]);
    expect(factsOf(again)).toMatchObject({
      firstFailure: { atMs: START + 4 },
      lastFailure: { atMs: START + 4 },
    });
  });

  test('ignores what it does not know', () => {
    const facts = observe(world.facts, [probe(first, pass(first, START + 10))]);
    expect(
      observe(facts, [{ kind: 'probe', check: 'nobody@node09#health', result: fail(START + 11, 'timeout') }]),
    ).toBe(facts);
    expect(observe(facts, [{ kind: 'units', node: 'node09', look: { atMs: START, units: [] } }])).toBe(facts);
    expect(observe(facts, [{ kind: 'link', node: 'node09', link: { state: 'up', sinceMs: START } }])).toBe(
      facts,
    );
  });

  describe('a wall clock that was set back by an hour', () => {
    const HOUR = 3_600_000;
    const set = START + 10 - HOUR;

    test('does not stop the news', () => {
      const before = observe(world.facts, [probe(first, pass(first, START + 10))]);
      const facts = observe(before, [
        probe(first, fail(set, 'timeout')),
        probe(first, fail(set + 1, 'refused')),
      ]);
      expect(factsOf(facts)).toMatchObject({ failuresInRow: 2, last: { atMs: set + 1, ok: false } });
      const look = { atMs: START + 5, units: [] };
      const looked = observe(before, [{ kind: 'units', node: 'node01', look }]);
      const again = observe(looked, [{ kind: 'units', node: 'node01', look: { ...look, atMs: set } }]);
      expect(again.units.get('node01')?.atMs).toBe(set);
    });

    test('leaves no look ahead of the clock: what is not looked at again ages from here', () => {
      const before = observe(world.facts, [
        probe(first, pass(first, START + 10)),
        probe(second, pass(second, START + 10)),
        {
          kind: 'units',
          node: 'node01',
          look: { atMs: START + 5, bootId: 'a', monotonicMs: 500, units: [] },
        },
      ]);
      const facts = observe(before, [probe(first, pass(first, set))]);
      expect(factsOf(facts, second)).toMatchObject({
        last: { atMs: set },
        lastOk: { atMs: set },
        passesInRow: 1,
      });
      expect(facts.units.get('node01')?.atMs).toBe(set);
      expect(facts.clocks.size).toBe(0);
      expect(facts.startedAtMs).toBe(set);
    });
  });

  test('copies only the map that changes and never touches the one before', () => {
    const before = world.facts;
    const facts = observe(before, [{ kind: 'link', node: 'node01', link: { state: 'up', sinceMs: START } }]);
    expect(facts.links.get('node01')).toEqual({ state: 'up', sinceMs: START });
    expect(before.links.get('node01')).toEqual({ state: 'none' });
    expect(facts.checks).toBe(before.checks);
    expect(facts.units).toBe(before.units);
  });

  test('caps the history, dropping the oldest', () => {
    const facts = observe(
      world.facts,
      Array.from({ length: HISTORY_LENGTH + 5 }, (_, index) => probe(first, pass(first, START + index))),
    );
    const history = factsOf(facts)?.history ?? [];
    expect(history).toHaveLength(HISTORY_LENGTH);
    expect(history[0]?.atMs).toBe(START + 5);
    expect(history.at(-1)?.atMs).toBe(START + HISTORY_LENGTH + 4);
  });

  test('the order between different checks does not matter', () => {
    const looks = fc.array(fc.tuple(fc.boolean(), fc.boolean()), { maxLength: 12 });
    fc.assert(
      fc.property(looks, (steps) => {
        const observations = steps.map(([which, good], index): Observation => {
          const target = which ? first : second;
          return probe(target, good ? pass(target, START + index) : fail(START + index, 'refused'));
        });
        const grouped = [
          ...observations.filter((one) => one.kind === 'probe' && one.check === second.id),
          ...observations.filter((one) => one.kind === 'probe' && one.check === first.id),
        ];
        expect(observe(world.facts, grouped)).toEqual(observe(world.facts, observations));
      }),
    );
  });

  test('one batch or many small ones give the same facts', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 8 }), (goods) => {
        const observations = goods.map((good, index) =>
          probe(first, good ? pass(first, START + index) : fail(START + index, 'timeout')),
        );
        const one = observe(world.facts, observations);
        const many = observations.reduce((facts, single) => observe(facts, [single]), world.facts);
        expect(many).toEqual(one);
      }),
    );
  });

  test('starts with every check unseen and every link none', () => {
    const facts = emptyFacts(world.targets, world.inventory.nodes, START);
    expect([...facts.checks.keys()]).toEqual(world.targets.map((target) => target.id));
    expect([...facts.links.values()]).toEqual([{ state: 'none' }, { state: 'none' }]);
  });
});
