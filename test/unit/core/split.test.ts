import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { membersGoOn } from '../../../src/core/cause/in-force.ts';
import { subjectsOf } from '../../../src/core/cause/judged.ts';
import { diffEvents } from '../../../src/core/events.ts';
import type { ClusterEvent, ClusterState } from '../../../src/core/model/cluster.ts';
import { countVerdicts } from '../../../src/core/rollup.ts';
import { byItself, rivalWords, sizeWords, stillSplit } from '../../../src/core/split.ts';
import { type Answers, fail, judged, later, pass, rounds, seen, sick, worldOf } from './world.ts';

const NODES = ['node01', 'node02', 'node03', 'node04', 'node05'];

const member = fc.record({
  raft: fc.constantFrom('leader', 'follower', 'gone'),
  size: fc.constantFrom(5, 5, 5, 4),
});

test('who contradicts its group is not counted as well', () => {
  const before = rounds(worldOf(5), 3);
  const kinds = new Set<string>();
  const standings = new Set<string>();
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
      if (rivals.length > 0) standings.add(quorum?.standing ?? '');
      for (const one of instances.values()) {
        if (one.split === undefined) continue;
        kinds.add(one.split);
        expect(one).toMatchObject({ service: 'chainfire', verdict: 'degraded' });
        expect(byItself(one)).toBe('ok');
        expect(one.checks.every(({ verdict }) => verdict === 'ok')).toBe(true);
        expect(nodes.get(one.node)?.verdict).not.toBe('ok');
        expect(causes.find(({ id }) => id === one.because)).toMatchObject({ kind: 'split' });
      }
      for (const node of rivals) expect(instances.get(`chainfire@${node}`)?.split).toBe('two-leaders');
      expect(counts).toEqual(countVerdicts(instances.values()));
    }),
    { numRuns: 80 },
  );
  expect([...kinds].toSorted()).toEqual(['sizes', 'two-leaders']);
  expect([...standings].toSorted()).toEqual(['held', 'lost']);
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

/** Of five, the first two lead, and these are gone. */
const twoLead =
  (...gone: readonly string[]): Answers =>
  (target, atMs) => {
    if (target.instance === 'flaredb@node01' && gone.length > 2) return sick(atMs, { raft: 'follower' });
    if (target.service !== 'chainfire') return undefined;
    if (gone.includes(target.node)) return fail(atMs, 'refused');
    return target.node === 'node02' ? pass(target, atMs, { raft: 'leader' }) : undefined;
  };

const of = (events: readonly ClusterEvent[]): readonly string[] =>
  events.flatMap(({ subject, from, to, reason }) => {
    if (subject.kind === 'node' || subject.kind === 'cluster') return [];
    return [`${subject.kind === 'instance' ? subject.id : subject.name} ${from} → ${to}: ${reason}`];
  });

const between = (before: ClusterState, after: ClusterState): readonly string[] =>
  of(diffEvents(before, after, 1)).filter((line) => line.startsWith('chainfire'));

describe('two leaders whose group loses its quorum', () => {
  const split = rounds(rounds(worldOf(5), 3), 3, twoLead('node04', 'node05'));
  const lost = rounds(split, 3, twoLead('node03', 'node04', 'node05'));
  const [before, after] = [judged(split), judged(lost)];

  test('go on being told as two', () => {
    expect(before.services.get('chainfire')?.quorum?.standing).toBe('held');
    expect(after.services.get('chainfire')).toMatchObject({
      verdict: 'down',
      reason: 'no quorum 2/5',
      quorum: { standing: 'lost' },
    });
    for (const node of ['node01', 'node02']) {
      expect(after.instances.get(`chainfire@${node}`)).toMatchObject({
        verdict: 'degraded',
        split: 'two-leaders',
        reason: 'two leaders: node01, node02',
        because: 'split:chainfire@node01',
      });
    }
  });

  test('are no event, and the loss is one', () => {
    expect(between(before, after)).toEqual([
      'chainfire@node03 ok → down: refused',
      'chainfire down → down: no quorum 2/5',
    ]);
    // In the other order, too, it is told once.
    const alone = rounds(rounds(worldOf(5), 3), 3, (target, atMs) =>
      target.service === 'chainfire' && target.node > 'node02' ? fail(atMs, 'refused') : undefined,
    );
    expect(between(judged(alone), judged(rounds(alone, 3, twoLead('node03', 'node04', 'node05'))))).toEqual([
      'chainfire@node01 ok → degraded: two leaders: node01, node02',
      'chainfire@node02 ok → degraded: two leaders: node01, node02',
    ]);
  });

  test('are not what takes the quorum away: that are the members that are gone', () => {
    const { headline, causes, instances } = after;
    expect(headline.sentence).toBe('Chainfire has lost its quorum: 2 of 5 votes, 3 needed.');
    const gone = causes.find(({ subjects }) => subjects.includes('chainfire@node03'));
    expect(gone).toMatchObject({ verdict: 'down' });
    expect(headline.cause).toContain(gone?.where);
    for (const one of instances.values()) {
      if (one.blockedBy?.service === 'chainfire') expect(one.because).toBe(gone?.id);
    }
    expect([...instances.values()].some((one) => one.blockedBy?.service === 'chainfire')).toBe(true);
  });
});

test('two leaders are two leaders, whether or not the others can be seen', () => {
  const split = rounds(rounds(worldOf(5), 3), 3, twoLead());
  // Only the two are looked at from here on: the others grow stale.
  let blind = split;
  for (let times = 0; times < 12; times += 1) {
    const next = later(blind, 2000);
    const own = next.targets.filter(({ node }) => node === 'node01' || node === 'node02');
    const told = seen(
      next,
      own.map((target) => {
        const result = twoLead()(target, next.nowMs) ?? pass(target, next.nowMs);
        return { kind: 'probe', check: target.id, result };
      }),
    );
    blind = { ...told, previous: judged(told) };
  }
  const state = judged(blind);
  expect(state.services.get('chainfire')).toMatchObject({
    verdict: 'down',
    reason: 'two leaders: node01, node02',
    quorum: { standing: 'unknown' },
  });
  expect(state.instances.get('chainfire@node01')).toMatchObject({
    verdict: 'degraded',
    split: 'two-leaders',
  });
  expect(between(judged(split), state).filter((line) => !line.includes('unknown'))).toEqual([]);
});

test('leaders are counted as many as they are', () => {
  expect(rivalWords(['node01', 'node02'])).toBe('two leaders: node01, node02');
  const three = rounds(rounds(worldOf(5), 3), 3, (target, atMs) =>
    target.service === 'chainfire' && target.node < 'node04'
      ? pass(target, atMs, { raft: 'leader' })
      : undefined,
  );
  const words = '3 leaders: node01, node02, node03';
  expect(judged(three).services.get('chainfire')?.reason).toBe(words);
  expect(judged(three).instances.get('chainfire@node02')?.reason).toBe(words);
});

describe('who counts its group differently', () => {
  const saying = (...sizes: readonly number[]) =>
    rounds(rounds(worldOf(sizes.length), 3), 3, (target, atMs) => {
      if (target.service !== 'chainfire') return undefined;
      return pass(target, atMs, { cluster_size: sizes[NODES.indexOf(target.node)] });
    });
  const told = (...sizes: readonly number[]): readonly string[] => {
    const { instances, causes } = judged(saying(...sizes));
    const odd = [...instances.values()].filter(({ split }) => split === 'sizes');
    const why = causes.flatMap((cause) => (cause.kind === 'split' ? [`${cause.where}: ${cause.why}`] : []));
    return [...odd.map(({ node, reason }) => `${node} ${reason}`), ...why];
  };

  test('says what most say', () => {
    expect(told(5, 5, 5, 5, 4)).toEqual([
      'node05 says 4 members, most say 5',
      'chainfire on node05: says 4 members, most say 5',
    ]);
    expect(told(5, 5, 5, 4, 4)).toEqual([
      'node04 says 4 members, most say 5',
      'node05 says 4 members, most say 5',
      'chainfire on node04, node05: say 4 members, most say 5',
    ]);
    expect(told(5, 5, 5, 4, 3)).toEqual([
      'node04 says 4 members, most say 5',
      'node05 says 3 members, most say 5',
      'chainfire on node04, node05: say 4 and 3 members, most say 5',
    ]);
  });

  test('carries on as the others do', () => {
    const world = saying(5, 5, 5, 5, 4);
    const group = subjectsOf(world.topology, judged(world)).find(
      ({ service }) => service.name === 'chainfire',
    );
    expect(group?.state.quorum?.votes).toBe(5);
    expect(membersGoOn(group)).toBe('Nothing is lost: 5 of 5 members carry on, 3 needed.');
  });

  test('and what the others say, where there is no most', () => {
    expect(told(5, 5, 4, 4)).toEqual([
      'node01 says 5 members, others say 4',
      'node02 says 5 members, others say 4',
      'node03 says 4 members, others say 5',
      'node04 says 4 members, others say 5',
      'chainfire on node01, node02, node03, node04: say 5 and 4 members',
    ]);
    expect(told(5, 5, 6, 7, 8).at(-1)).toBe(
      'chainfire on node03, node04, node05: say 8, 7 and 6 members, others say 5',
    );
    expect(sizeWords(['node01'], new Map([['node01', 1]]))).toBe('says 1 member');
    const group = (...sizes: readonly number[]) => judged(saying(...sizes)).services.get('chainfire');
    expect(stillSplit(group(5, 5, 4, 4))).toBe('sizes still differ: 5, 4');
    expect(stillSplit(group(5, 5, 5, 5, 5))).toBe('');
  });
});
