/** What silence means before a node's systemd was asked. */
import { describe, expect, test } from 'vitest';
import type { LinkState, SshFailureKind } from '../../../src/core/model/observation.ts';
import {
  type Answers,
  fail,
  judged,
  later,
  looked,
  instanceIn as of,
  round,
  rounds,
  START,
  seen,
  sick,
  silentOn,
  unit,
  type World,
  worldOf,
} from './world.ts';

const silent: Answers = (_target, atMs) => fail(atMs, 'refused');

const linked = (world: World, link: LinkState, nodes = ['node01', 'node02', 'node03']): World =>
  seen(
    world,
    nodes.map((node) => ({ kind: 'link', node, link }) as const),
  );
const connecting: LinkState = { state: 'connecting', sinceMs: START };
const failed = (kind: SshFailureKind): LinkState => ({
  state: 'failed',
  sinceMs: START,
  failure: { kind, detail: '', remedy: '' },
});

describe('before systemd was asked', () => {
  const asked = (link: LinkState) => rounds(linked(worldOf(3), link), 2, silent);
  const verdictsAt = (world: World) => judged(world).counts;

  test('silence is unknown while ssh connects or is up, for ten seconds', () => {
    for (const link of [connecting, { state: 'up', sinceMs: START } as const]) {
      const world = asked(link);
      expect(of(world, 'iam@node02')).toMatchObject({
        verdict: 'unknown',
        word: 'refused',
        reason: 'refused, systemd not asked yet',
      });
      expect(judged(world)).toMatchObject({ verdict: 'unknown', counts: { unknown: 27 } });
      expect(judged(world).headline.sentence).toBe('Looking at 3 nodes: 0 of 27 instances known.');
      expect(verdictsAt(later(world, 5999)).unknown).toBe(27);
      expect(judged(later(world, 6000)).headline.sentence).toContain('Chainfire has lost its quorum');
    }
  });

  test('also beside a check that passes, but not when something is answered', () => {
    const start = linked(worldOf(3), connecting);
    const half: Answers = (target, atMs) => (target.spec.kind === 'dns' ? undefined : fail(atMs, 'refused'));
    expect(of(rounds(start, 2, half), 'flashdns@node01')).toMatchObject({
      verdict: 'unknown',
      reason: '1 of 2 checks: https refused, systemd not asked yet',
    });
    const wrong = rounds(start, 2, (_target, atMs) => sick(atMs, { status: 'degraded' }));
    expect(of(wrong, 'fiberlb@node01')).toMatchObject({ verdict: 'degraded', reason: '503 says degraded' });
    const expired = rounds(start, 2, (_target, atMs) => fail(atMs, 'tls-expired'));
    expect(of(expired, 'iam@node01')).toMatchObject({ verdict: 'down', reason: 'certificate expired' });
  });

  test('no ssh, or a link that failed: it is down', () => {
    const kinds = ['auth', 'host-key-unknown', 'timeout', 'unreachable', 'closed'] as const;
    for (const link of [{ state: 'none' } as const, ...kinds.map(failed)]) {
      expect(verdictsAt(asked(link)).unknown, JSON.stringify(link)).toBe(0);
    }
    // Trying again is no news.
    expect(verdictsAt(linked(asked(failed('auth')), connecting)).unknown).toBe(0);
    expect(verdictsAt(linked(linked(asked(failed('auth')), connecting), connecting)).unknown).toBe(0);
  });

  test('a node that refuses ssh and everything else may be booting; one that served something does not', () => {
    const world = asked(failed('refused'));
    expect(verdictsAt(world).unknown).toBe(27);
    expect(verdictsAt(linked(world, connecting)).unknown).toBe(27);
    expect(verdictsAt(later(world, 6000)).unknown).toBe(0);
    // It comes up while we look.
    const first = round(world, (target, atMs) =>
      target.instance === 'flashdns@node02' ? undefined : silent(target, atMs),
    );
    expect(verdictsAt(first)).toMatchObject({ ok: 1, unknown: 26 });

    const served = rounds(linked(worldOf(3), failed('refused')), 2, silentOn('plasmavmc@node02'));
    expect(of(served, 'plasmavmc@node02')).toMatchObject({ verdict: 'down', reason: 'refused' });
  });

  test('whoever does not wait for systemd is told at once', () => {
    const base = worldOf(3);
    const hasty = linked({ ...base, options: { ...base.options, firstLookMs: 0 } }, connecting);
    expect(judged(rounds(hasty, 2, silent)).headline.sentence).toContain('Chainfire has lost its quorum');
  });

  test('the first look decides', () => {
    const world = looked(asked(connecting), 'node02', [
      unit('novanet', { active: 'inactive', sub: 'dead', job: 71 }),
      unit('plasmavmc', { active: 'failed', sub: 'failed' }),
    ]);
    expect(of(world, 'novanet@node02')).toMatchObject({ verdict: 'starting', reason: 'waits for its turn' });
    expect(of(world, 'plasmavmc@node02')).toMatchObject({ verdict: 'down', reason: 'failed' });
    expect(of(world, 'plasmavmc@node01').verdict).toBe('unknown');
  });
});
