/** A service only a part of which is hurt, unseen or blocked: the part is told, and nothing unknown counts as well. */
import { describe, expect, test } from 'vitest';
import { judgeService } from '../../../src/core/rollup.ts';
import { type Answers, fail, judged, rounds, silentOn, type World, worldOf } from './world.ts';

const darkOn =
  (...nodes: readonly string[]): Answers =>
  (target, atMs) =>
    nodes.includes(target.node) ? fail(atMs, 'timeout') : undefined;

const told = (world: World, service: string): string => {
  const { verdict = '', reason = '' } = judged(world).services.get(service) ?? {};
  return `${verdict} ${reason}`;
};

const SERVICES = ['plasmavmc', 'novanet'];

describe('a service on dark nodes', () => {
  test('whose other members are well is degraded: how many are well, and where nobody sees', () => {
    expect(told(rounds(rounds(worldOf(3, SERVICES), 3), 2, darkOn('node02')), 'novanet')).toBe(
      'degraded 2/3, 1 unseen: node02',
    );
    expect(told(rounds(rounds(worldOf(5, SERVICES), 3), 2, darkOn('node02', 'node05')), 'novanet')).toBe(
      'degraded 3/5, 2 unseen: node02, node05',
    );
  });

  test('is down where it runs nowhere else, and what is known to be bad is said first', () => {
    const base = rounds(worldOf(3, SERVICES), 3);
    expect(told(rounds(base, 2, darkOn('node01', 'node02', 'node03')), 'novanet')).toBe('down unreachable');
    const both: Answers = (target, atMs) =>
      darkOn('node02')(target, atMs) ?? silentOn('novanet@node03')(target, atMs);
    expect(told(rounds(base, 2, both), 'novanet')).toBe('degraded 1 of 3 up');
  });

  test('has as many votes and capabilities as before', () => {
    const state = judged(rounds(rounds(worldOf(3), 3), 2, darkOn('node02')));
    expect(state.services.get('chainfire')?.quorum).toMatchObject({ votes: 2, needed: 2, standing: 'held' });
    expect(state.services.get('iam')?.verdict).toBe('degraded');
    const standing = Object.fromEntries(state.capabilities.map(({ id, state: is }) => [id, is]));
    expect(standing).toMatchObject({ authentication: 'at-risk', networks: 'works', pods: 'degraded' });
    expect(state.counts).toMatchObject({ unknown: 9, ok: 18 });
  });

  test('of which one more has merely not been looked at stays unknown', () => {
    const member = { node: 'node01', reason: '', unreachable: false, stale: false };
    const members = [
      { ...member, verdict: 'ok' as const },
      { ...member, node: 'node02', verdict: 'unknown' as const, unreachable: true },
      { ...member, node: 'node03', verdict: 'unknown' as const },
    ];
    expect(judgeService(members, undefined)).toEqual({ verdict: 'unknown', reason: '2 of 3 unseen' });
  });
});

describe('a service that is blocked on some nodes', () => {
  const base = rounds(worldOf(3), 3);
  const silent = (...ids: readonly string[]): World => rounds(base, 2, silentOn(...ids));

  test('is degraded while others of its members serve: how many, and what blocks the rest', () => {
    const world = silent('chainfire@node03', 'flaredb@node03', 'iam@node03');
    expect(told(world, 'flaredb')).toBe('degraded 2/3, 1 blocked by chainfire');
    expect(told(world, 'iam')).toBe('degraded 2/3, 1 blocked by flaredb');
    const state = judged(world);
    expect(state.services.get('flaredb')?.quorum).toMatchObject({ votes: 2, needed: 2, standing: 'held' });
    expect(state.instances.get('iam@node03')?.verdict).toBe('blocked');
    expect(state.causes.map(({ where }) => where)).toEqual(['chainfire on node03']);
  });

  test('is blocked as a whole where none of them serves, or too few vote', () => {
    const dead = ['chainfire', 'flaredb', 'iam'].flatMap((name) => [`${name}@node02`, `${name}@node03`]);
    expect(told(silent(...dead), 'flaredb')).toBe('blocked by chainfire');
    expect(told(silent(...dead, 'iam@node01'), 'iam')).toBe('blocked by flaredb');
  });

  test('is told by what blocks it while it has yet to form its quorum', () => {
    const members = ['ok', 'blocked', 'blocked'].map((verdict, index) => ({
      node: `node0${index + 1}`,
      verdict: verdict as 'ok' | 'blocked',
      reason: '',
      unreachable: false,
      stale: false,
      ...(verdict === 'blocked' ? { blockedBy: { service: 'chainfire' } } : {}),
    }));
    const forming = {
      service: 'flaredb',
      expected: 3,
      needed: 2,
      votes: 1,
      standing: 'forming',
      members: ['node01'],
      faults: [],
    } as const;
    expect(judgeService(members, forming)).toMatchObject({ verdict: 'blocked', reason: 'by chainfire' });
  });
});
