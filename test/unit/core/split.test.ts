import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countVerdicts } from '../../../src/core/rollup.ts';
import { byItself } from '../../../src/core/split.ts';
import { fail, judged, later, pass, rounds, seen, worldOf } from './world.ts';

const NODES = ['node01', 'node02', 'node03', 'node04', 'node05'];

const member = fc.record({
  raft: fc.constantFrom('leader', 'follower', 'gone'),
  size: fc.constantFrom(5, 5, 5, 4),
});

test('who contradicts a group that holds is not counted as well', () => {
  const before = rounds(worldOf(5), 3);
  const kinds = new Set<string>();
  fc.assert(
    fc.property(fc.array(member, { minLength: 5, maxLength: 5 }), (said) => {
      const world = rounds(before, 2, (target, atMs) => {
        const own = said[NODES.indexOf(target.node)];
        if (target.service !== 'chainfire' || own === undefined) return undefined;
        return own.raft === 'gone'
          ? fail(atMs, 'refused')
          : pass(target, atMs, { raft: own.raft, cluster_size: own.size });
      });
      const { services, instances, nodes, counts, causes } = judged(world);
      const { quorum } = services.get('chainfire') ?? {};
      const rivals = quorum?.faults.flatMap((one) => (one.kind === 'two-leaders' ? one.nodes : [])) ?? [];
      for (const one of instances.values()) {
        if (one.split === undefined) continue;
        kinds.add(one.split);
        expect(one).toMatchObject({ service: 'chainfire', verdict: 'degraded' });
        expect(byItself(one)).toBe('ok');
        expect(one.checks.every(({ verdict }) => verdict === 'ok')).toBe(true);
        expect(nodes.get(one.node)?.verdict).not.toBe('ok');
        expect(causes.find(({ id }) => id === one.because)).toMatchObject({ kind: 'split' });
      }
      if (quorum?.standing === 'held') {
        for (const node of rivals) expect(instances.get(`chainfire@${node}`)?.split).toBe('two-leaders');
      }
      expect(counts).toEqual(countVerdicts(instances.values()));
    }),
    { numRuns: 80 },
  );
  expect([...kinds].toSorted()).toEqual(['sizes', 'two-leaders']);
});

test('one of two leaders gives way: the other is well at once, before anybody looks at it again', () => {
  const split = rounds(rounds(worldOf(3), 3), 2, (target, atMs) =>
    target.instance === 'chainfire@node03' ? pass(target, atMs, { raft: 'leader' }) : undefined,
  );
  expect(split.previous?.counts.degraded).toBe(2);
  const gone = later(split, 100);
  const own = gone.targets.filter(({ instance }) => instance === 'chainfire@node03');
  const agreed = seen(
    gone,
    own.map((target) => ({ kind: 'probe', check: target.id, result: pass(target, gone.nowMs) })),
  );
  expect(judged(agreed).counts.degraded).toBe(0);
});
