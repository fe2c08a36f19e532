/** What failures mean when the unit behind them has just come up. */
import { describe, expect, test } from 'vitest';
import type { UnitFacts } from '../../../src/core/model/observation.ts';
import {
  type Answers,
  activeFor,
  fail,
  judged,
  later,
  looked,
  instanceIn as of,
  pass,
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

const healthy = (): World => rounds(worldOf(3), 3);

describe('a service that has just come up', () => {
  const DNS = 'flashdns@node02';
  const dnsUp = (world: World, facts: Partial<UnitFacts>) =>
    of(looked(world, 'node02', [unit('flashdns', facts)]), DNS);

  test('looks from before that say nothing about it now, be they silent or wrong', () => {
    const before = later(rounds(healthy(), 2, silentOn(DNS)), 1500);
    expect(dnsUp(before, activeFor(1000, 90_000))).toMatchObject({
      verdict: 'starting',
      reason: 'just came up',
    });
    const wrong = later(
      round(healthy(), (target, atMs) =>
        target.instance === DNS ? sick(atMs, { status: 'degraded' }) : undefined,
      ),
      1500,
    );
    expect(dnsUp(wrong, activeFor(1000, 90_000))).toMatchObject({
      verdict: 'starting',
      reason: 'just came up',
    });
    expect(dnsUp(wrong, activeFor(5000, 90_000))).toMatchObject({ verdict: 'degraded' });
  });

  test('nor when another check passes already', () => {
    const before = rounds(healthy(), 2, silentOn(DNS));
    const now = later(before, 1500);
    const passing = seen(
      now,
      now.targets.flatMap((target) =>
        target.instance === DNS && target.spec.kind === 'dns'
          ? [{ kind: 'probe', check: target.id, result: pass(target, now.nowMs) } as const]
          : [],
      ),
    );
    expect(of(passing, DNS)).toMatchObject({ verdict: 'degraded', word: 'https' });
    expect(dnsUp(passing, activeFor(1000, 90_000))).toMatchObject({
      verdict: 'starting',
      reason: 'just came up',
    });
    // systemd was asked a moment earlier, when the unit was not up yet.
    const starting = { active: 'activating', sub: 'start', inactiveExitMs: 998_000 };
    expect(dnsUp(passing, starting)).toMatchObject({ verdict: 'starting', reason: '0:02 of 0:03' });
  });

  const CHAIN = 'chainfire@node02';
  const candidate: Answers = (target, atMs) =>
    target.instance === CHAIN ? sick(atMs, { raft: 'candidate', term: 1 }) : undefined;
  const chainUp = (world: World, facts: Partial<UnitFacts>) =>
    of(looked(world, 'node02', [unit('chainfire', facts)]), CHAIN);

  test('a wrong answer is part of the start, in the words of the answer', () => {
    const world = round(healthy(), candidate);
    expect(chainUp(world, activeFor(2000, 10_000))).toMatchObject({
      verdict: 'starting',
      reason: '503 no leader, term 1',
      word: 'candid.',
      raft: 'candidate',
    });
    // Documented are 10 s: after twice that it is what it says.
    expect(chainUp(world, activeFor(10_000, 10_000)).verdict).toBe('starting');
    expect(chainUp(world, activeFor(10_001, 10_000))).toMatchObject({
      verdict: 'degraded',
      reason: '503 no leader, term 1',
    });
    expect(chainUp(world, activeFor(2000, 10_000, { timeoutStartMs: 11_000 })).verdict).toBe('degraded');
  });

  test('so it is while systemd still waits for the unit to say that it is ready', () => {
    const world = round(healthy(), candidate);
    const starting = { active: 'activating', sub: 'start', inactiveExitMs: 993_000 };
    expect(chainUp(world, starting)).toMatchObject({
      verdict: 'starting',
      reason: '503 no leader, term 1',
    });
    expect(chainUp(world, { ...starting, inactiveExitMs: 979_000 })).toMatchObject({
      verdict: 'late',
      reason: '0:21 of 0:10',
    });
  });

  test('a refusal is, too, and says how long the start takes', () => {
    const world = rounds(healthy(), 2, silentOn(CHAIN));
    expect(chainUp(world, activeFor(2000, 10_000))).toMatchObject({
      verdict: 'starting',
      reason: '0:12 of 0:10, refused',
      word: '0:12',
    });
    expect(chainUp(world, activeFor(11_000, 10_000))).toMatchObject({ verdict: 'down', reason: 'refused' });
  });

  test('what was seen when it was young is not held against it when it is asked rarely', () => {
    const world = looked(round(healthy(), candidate), 'node02', [unit('chainfire', activeFor(2000, 10_000))]);
    const much = looked(
      later(world, 12_000),
      'node02',
      [unit('chainfire', activeFor(2000, 10_000))],
      1_012_000,
    );
    expect(of(much, CHAIN).verdict).toBe('starting');
    expect(of(round(much, candidate), CHAIN).verdict).toBe('degraded');
  });

  test('a certificate does not get better by waiting', () => {
    const world = rounds(healthy(), 2, (target, atMs) =>
      target.instance === CHAIN ? fail(atMs, 'tls-expired') : undefined,
    );
    expect(chainUp(world, activeFor(2000, 10_000))).toMatchObject({
      verdict: 'down',
      reason: 'certificate expired',
    });
  });

  test('once it was well in this start, its failures are failures; in the next start it has time again', () => {
    const up = (upMs: number) => unit('chainfire', activeFor(upMs, 10_000));
    const started = looked(round(healthy(), candidate), 'node02', [up(1000)]);
    expect(of(started, CHAIN).verdict).toBe('starting');
    const well = looked(round(started), 'node02', [up(3000)], 1_000_000);
    const kept = { ...well, previous: judged(well) };
    expect(of(kept, CHAIN)).toMatchObject({ verdict: 'ok', provenMs: 997_000 });
    const fallen = looked(round(kept, candidate), 'node02', [up(3000)], 1_002_000);
    expect(of(fallen, CHAIN)).toMatchObject({ verdict: 'degraded', reason: '503 no leader, term 1' });
    const anew = looked(
      { ...fallen, previous: judged(fallen) },
      'node02',
      [unit('chainfire', activeFor(-1500, 0))],
      1_002_000,
    );
    expect(of(anew, CHAIN).verdict).toBe('starting');
  });

  test('a pass from before the start proves nothing', () => {
    const world = looked(later(healthy(), 1500), 'node02', [unit('chainfire', activeFor(1000, 90_000))]);
    expect(of(world, CHAIN).verdict).toBe('ok');
    expect(of(world, CHAIN).provenMs).toBeUndefined();
  });

  test('a crash loop stays down', () => {
    const world = rounds(healthy(), 2, silentOn(CHAIN));
    expect(chainUp(world, activeFor(1000, 3000, { restarts: 1 })).verdict).toBe('starting');
    expect(chainUp(world, activeFor(1000, 3000, { restarts: 2 })).verdict).toBe('down');
    expect(chainUp(later(world, 1500), activeFor(1000, 3000, { restarts: 2 })).verdict).toBe('down');
    expect(chainUp(round(healthy(), candidate), activeFor(1000, 3000, { restarts: 2 })).verdict).toBe(
      'degraded',
    );
  });

  test('without what systemd says, nothing is excused', () => {
    expect(of(round(healthy(), candidate), CHAIN).verdict).toBe('degraded');
    expect(of(rounds(healthy(), 2, silentOn(CHAIN)), CHAIN).verdict).toBe('down');
    // Nor without the node's clock.
    const clockless = seen(round(healthy(), candidate), [
      {
        kind: 'units',
        node: 'node02',
        look: { atMs: START + 8000, units: [unit('chainfire', activeFor(2000, 10_000))] },
      },
    ]);
    expect(of(clockless, CHAIN).verdict).toBe('degraded');
  });
});
