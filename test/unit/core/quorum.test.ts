import { describe, expect, test } from 'vitest';
import type { QuorumState, ServiceState } from '../../../src/core/model/cluster.ts';
import type { CheckTarget } from '../../../src/core/model/inventory.ts';
import type { JsonScalar } from '../../../src/core/model/observation.ts';
import { votesNeeded } from '../../../src/core/quorum.ts';
import {
  fail,
  judged,
  later,
  looked,
  pass,
  round,
  rounds,
  sick,
  unit,
  type World,
  worldOf,
} from './world.ts';

type Roles = Readonly<Record<string, 'leader' | 'follower' | 'candidate' | 'dark' | 'silent'>>;

/** Chainfire's members answer with these roles; node → role. */
const roles =
  (said: Roles, extra: Readonly<Record<string, JsonScalar>> = {}) =>
  (target: CheckTarget, atMs: number) => {
    const role = said[target.node];
    if (role === 'dark') return fail(atMs, 'timeout');
    if (target.service !== 'chainfire' || role === undefined) return undefined;
    if (role === 'silent') return fail(atMs, 'refused');
    if (role === 'candidate')
      return sick(atMs, { status: 'degraded', raft: role, cluster_size: 3, ...extra });
    return pass(target, atMs, { raft: role, ...extra });
  };

const chainfire = (world: World): ServiceState & { readonly quorum: QuorumState } => {
  const state = judged(world).services.get('chainfire');
  if (state?.quorum === undefined) throw new Error('no quorum');
  return { ...state, quorum: state.quorum };
};
const healthy = (nodes = 3): World => rounds(worldOf(nodes), 3);

test('votes needed are a majority of the expected size', () => {
  expect([1, 2, 3, 4, 5, 7].map(votesNeeded)).toEqual([1, 2, 2, 3, 3, 4]);
});

describe('held', () => {
  test('all members, one leader', () => {
    const state = chainfire(healthy());
    expect(state).toMatchObject({ verdict: 'ok', reason: '3/3 leader node01' });
    expect(state.quorum).toEqual({
      service: 'chainfire',
      members: ['node01', 'node02', 'node03'],
      expected: 3,
      needed: 2,
      votes: 3,
      standing: 'held',
      everHeld: true,
      leader: 'node01',
      faults: [],
    });
  });

  test('a member short is degraded, and the count says so', () => {
    const state = chainfire(rounds(healthy(), 2, roles({ node03: 'silent' })));
    expect(state).toMatchObject({ verdict: 'degraded', reason: '2/3 leader node01' });
    expect(state.quorum).toMatchObject({ standing: 'held', votes: 2 });
  });

  test('a member on a dark node is a vote less', () => {
    const state = chainfire(rounds(healthy(), 2, roles({ node03: 'dark' })));
    expect(state).toMatchObject({ verdict: 'degraded', reason: '2/3 leader node01' });
  });

  test('a leader that moves between two looks is not two leaders', () => {
    const moved = roles({ node01: 'leader', node02: 'leader' });
    const world = round(healthy(), (target, atMs) =>
      target.node === 'node01' ? undefined : moved(target, atMs),
    );
    // node01 was looked at before node02 took over.
    expect(chainfire(world).quorum.faults).toEqual([]);
    expect(chainfire(world)).toMatchObject({ verdict: 'ok', reason: '3/3 leader node02' });
    const settled = round(world, roles({ node01: 'follower', node02: 'leader' }));
    expect(chainfire(settled)).toMatchObject({ verdict: 'ok', reason: '3/3 leader node02' });
  });

  test('an election between two looks is not a loss; without a leader at the next look it is', () => {
    const electing = round(healthy(), roles({ node01: 'silent', node02: 'candidate', node03: 'candidate' }));
    const first = chainfire(
      round(electing, roles({ node01: 'silent', node02: 'candidate', node03: 'follower' })),
    );
    expect(first.quorum).toMatchObject({ standing: 'held', faults: [{ kind: 'no-leader' }] });
    const stuck = rounds(electing, 2, roles({ node01: 'silent', node02: 'candidate', node03: 'candidate' }));
    expect(chainfire(stuck)).toMatchObject({
      verdict: 'down',
      reason: 'no leader 2/3',
      quorum: { standing: 'lost', votes: 2 },
    });
    expect(judged(stuck).headline.sentence).toBe(
      'Chainfire has no leader: 2 of 3 members answer, none leads.',
    );
  });
});

describe('faults', () => {
  test('two leaders, once each has been looked at again', () => {
    const split = rounds(healthy(), 2, roles({ node01: 'leader', node02: 'leader', node03: 'follower' }));
    const state = chainfire(split);
    expect(state.quorum.faults).toEqual([{ kind: 'two-leaders', nodes: ['node01', 'node02'] }]);
    expect(state).toMatchObject({ verdict: 'down', reason: 'two leaders: node01, node02' });
    expect(judged(split).headline.sentence).toBe('Chainfire has two leaders: node01 and node02.');
  });

  test("who says it leads beside another is not well, and is in nobody's way", () => {
    const split = rounds(healthy(), 2, roles({ node01: 'leader', node02: 'leader', node03: 'follower' }));
    const state = judged(split);
    const rival = { verdict: 'degraded', word: 'leader', reason: 'two leaders: node01, node02' };
    for (const node of ['node01', 'node02'] as const) {
      expect(state.instances.get(`chainfire@${node}`)).toMatchObject({
        ...rival,
        split: 'two-leaders',
        because: 'split:chainfire@node01',
      });
      expect(state.nodes.get(node)).toMatchObject({
        verdict: 'degraded',
        reason: 'chainfire: two leaders: node01, node02',
      });
    }
    const others = [...state.instances.values()].filter(({ verdict }) => verdict === 'ok');
    expect(others).toHaveLength(state.instances.size - 2);
    expect(state.counts).toMatchObject({ ok: others.length, degraded: 2, down: 0, blocked: 0 });
    expect(state.nodes.get('node03')?.verdict).toBe('ok');
    // One of them gives way.
    const agreed = judged(rounds(split, 2, roles({ node02: 'follower' })));
    expect(agreed.counts).toMatchObject({ ok: state.instances.size, degraded: 0 });
    expect([...agreed.instances.values()].every((one) => one.split === undefined)).toBe(true);
  });

  test('members that do not agree on the size', () => {
    const disagree = (target: CheckTarget, atMs: number) =>
      target.instance === 'chainfire@node02' ? pass(target, atMs, { cluster_size: 5 }) : undefined;
    const first = round(healthy(), disagree);
    // The others may say 5 as soon as they are looked at again.
    expect(chainfire(first).quorum.faults).toEqual([]);
    const state = chainfire(round(first, disagree));
    expect(state.quorum.faults).toMatchObject([{ kind: 'size-disagreement' }]);
    expect(state).toMatchObject({ verdict: 'degraded', reason: 'sizes differ: 5, 3' });
    const { instances, counts } = judged(round(first, disagree));
    expect(counts).toMatchObject({ ok: instances.size - 1, degraded: 1 });
    expect(instances.get('chainfire@node02')).toMatchObject({
      verdict: 'degraded',
      word: 'says 5',
      reason: 'says 5 members, most say 3',
      split: 'sizes',
    });
  });

  test('all follow and nobody leads', () => {
    const world = rounds(healthy(), 2, roles({ node01: 'follower', node02: 'follower', node03: 'follower' }));
    expect(chainfire(world)).toMatchObject({ verdict: 'degraded', reason: 'no leader' });
    expect(chainfire(world).quorum.standing).toBe('held');
  });
});

describe('a group that is larger than the inventory', () => {
  const beyond = (size: number, watched: number) => ({ kind: 'beyond-inventory', size, watched });
  const five = (said: Roles = {}) => {
    const all: Roles = { node01: 'leader', node02: 'follower', node03: 'follower', ...said };
    return roles(all, { cluster_size: 5 });
  };

  test('needs what its members need, and is no fault of the service', () => {
    const state = chainfire(rounds(worldOf(3), 3, five()));
    expect(state).toMatchObject({ verdict: 'ok', reason: '3/5 leader node01' });
    expect(state.quorum).toMatchObject({
      expected: 5,
      needed: 3,
      votes: 3,
      standing: 'held',
      faults: [beyond(5, 3)],
    });
    expect(judged(rounds(worldOf(3), 3, five())).verdict).toBe('ok');
  });

  test('does not miss the leader, who may be elsewhere', () => {
    const state = chainfire(rounds(worldOf(3), 4, five({ node01: 'follower' })));
    expect(state).toMatchObject({ verdict: 'ok', quorum: { standing: 'held', faults: [beyond(5, 3)] } });
    expect(chainfire(rounds(worldOf(2), 4, five())).quorum).toMatchObject({ standing: 'held', needed: 3 });
  });

  test('cannot be called lost while those that nobody watches may hold it', () => {
    const state = chainfire(rounds(rounds(worldOf(3), 3, five()), 3, five({ node03: 'silent' })));
    expect(state).toMatchObject({ verdict: 'degraded', quorum: { standing: 'unknown', votes: 2 } });
    const none = five({ node01: 'silent', node02: 'silent', node03: 'silent' });
    expect(chainfire(rounds(rounds(worldOf(3), 3, five()), 3, none)).quorum).toMatchObject({
      standing: 'lost',
      expected: 5,
      votes: 0,
    });
  });

  test('one member alone does not make it larger, nor a group that has yet to grow smaller', () => {
    const one = (target: CheckTarget, atMs: number) =>
      target.instance === 'chainfire@node02' ? pass(target, atMs, { cluster_size: 5 }) : undefined;
    expect(chainfire(rounds(worldOf(3), 3, one)).quorum.expected).toBe(3);
    expect(
      chainfire(rounds(worldOf(3), 3, roles({ node01: 'leader' }, { cluster_size: 1 }))).quorum.expected,
    ).toBe(3);
  });
});

describe('lost', () => {
  const lost = roles({ node01: 'candidate', node02: 'silent', node03: 'silent' });

  test('too few members answer, though one instance does', () => {
    const state = chainfire(rounds(healthy(), 2, lost));
    expect(state).toMatchObject({ verdict: 'down', reason: 'no quorum 1/3' });
    expect(state.quorum).toMatchObject({ standing: 'lost', votes: 1, faults: [{ kind: 'no-leader' }] });
  });

  test('dark members do not vote', () => {
    const state = chainfire(rounds(healthy(), 2, roles({ node02: 'dark', node03: 'dark' })));
    expect(state.quorum).toMatchObject({ standing: 'lost', votes: 1 });
  });

  test('members on their way back do not make a lost quorum merely forming', () => {
    const world = rounds(healthy(), 2, lost);
    const coming = unit('chainfire', { active: 'activating', sub: 'start', inactiveExitMs: 999_000 });
    const state = chainfire(looked(looked(world, 'node02', [coming]), 'node03', [coming]));
    expect(state.quorum.standing).toBe('lost');
  });

  test('seen for the first time and beyond repair by waiting', () => {
    expect(chainfire(rounds(worldOf(3), 2, lost)).quorum.standing).toBe('lost');
  });
});

test('a clock that is set back hides neither a loss nor what is no longer seen', () => {
  const hourAgo = -3_600_000;
  const electing = roles({ node01: 'candidate', node02: 'candidate', node03: 'candidate' });
  const back = rounds(round(healthy(), electing, hourAgo), 2, electing);
  expect(chainfire(back)).toMatchObject({ verdict: 'down', reason: 'no leader 3/3' });
  const silent = rounds(
    round(healthy(), () => undefined, hourAgo),
    3,
    roles({ node01: 'silent', node02: 'silent' }),
  );
  expect(chainfire(silent)).toMatchObject({ verdict: 'down', reason: 'no quorum 1/3' });
  const followers = roles({ node01: 'follower', node02: 'follower', node03: 'follower' });
  const leaderless = rounds(
    round(healthy(), () => undefined, hourAgo),
    2,
    followers,
  );
  expect(chainfire(leaderless)).toMatchObject({ verdict: 'degraded', reason: 'no leader' });
  const blind = later(
    round(healthy(), () => undefined, hourAgo),
    60_000,
  );
  expect(judged(blind).verdict).toBe('unknown');
});

describe('forming and unknown', () => {
  test('never seen held, and enough members are starting: not red', () => {
    const silent = roles({ node01: 'silent', node02: 'silent', node03: 'silent' });
    const starting = unit('chainfire', { active: 'activating', sub: 'start', inactiveExitMs: 996_000 });
    const boot = ['node01', 'node02', 'node03'].reduce(
      (world, node) => looked(world, node, [starting]),
      rounds(worldOf(3), 2, silent),
    );
    expect(chainfire(boot)).toMatchObject({ verdict: 'starting', reason: 'forming 0/3' });
    expect(judged(boot).verdict).not.toBe('down');
  });

  test('once seen held, it is lost for good, also after a time of not knowing', () => {
    const coming = unit('chainfire', { active: 'activating', sub: 'start', inactiveExitMs: 996_000 });
    const blind = later(healthy(), 60_000);
    const back = rounds(
      { ...blind, previous: judged(blind) },
      2,
      roles({ node01: 'silent', node02: 'silent', node03: 'silent' }),
    );
    const world = ['node01', 'node02', 'node03'].reduce((state, node) => looked(state, node, [coming]), back);
    expect(chainfire(world).quorum.standing).toBe('lost');
  });

  test('unseen members might vote', () => {
    expect(chainfire(worldOf(3)).quorum.standing).toBe('unknown');
    expect(chainfire(worldOf(3))).toMatchObject({ verdict: 'unknown', reason: 'not seen yet' });
  });

  test('stale members might vote', () => {
    expect(chainfire(later(healthy(), 60_000)).quorum).toMatchObject({ standing: 'unknown', votes: 0 });
  });
});
