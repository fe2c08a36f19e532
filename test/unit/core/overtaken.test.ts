import { describe, expect, test } from 'vitest';
import type { InstanceState } from '../../../src/core/model/cluster.ts';
import type { UnitFacts } from '../../../src/core/model/observation.ts';
import {
  fail,
  judged,
  later,
  looked,
  pass,
  round,
  rounds,
  seen,
  unit,
  type World,
  worldOf,
} from './world.ts';

const VMC = 'plasmavmc@node02';
const NODE = 'node02';

const state = (world: World): InstanceState | undefined => judged(world).instances.get(VMC);

/** All is well, and systemd was looked at just now, when its clock said 1,000,000. */
const healthy = (): World => {
  const world = rounds(worldOf(3), 3);
  return looked(world, NODE, [unit('plasmavmc', { stateChangeMs: 1000, activeEnterMs: 1000 })]);
};

const STOPPED: Partial<UnitFacts> = {
  ...{ active: 'inactive', sub: 'dead', activeEnterMs: 1000 },
  ...{ activeExitMs: 1_000_490, inactiveEnterMs: 1_000_500, stateChangeMs: 1_000_500 },
};

const pushed = (world: World, facts: Partial<UnitFacts>): World =>
  seen(world, [{ kind: 'unit', node: NODE, atMs: world.nowMs, unit: unit('plasmavmc', facts) }]);

const only = (failing: boolean) => (target: { readonly instance: string }, atMs: number) =>
  target.instance === VMC && failing ? fail(atMs, 'refused') : undefined;

describe('a unit that systemd pushes as down', () => {
  test('is down at once, though its checks passed a moment ago', () => {
    const world = pushed(later(healthy(), 520), STOPPED);
    expect(state(world)).toMatchObject({ verdict: 'down', word: 'stopped' });
    expect(state(world)?.checks[0]).toMatchObject({ verdict: 'failing', reason: 'its unit is down' });
  });

  test('stays down through the look and the failure that follow, without two failures in a row', () => {
    const down = round(pushed(later(healthy(), 520), STOPPED), only(true), 100);
    expect(state(down)?.verdict).toBe('down');
    const after = looked(later(down, 400), NODE, [unit('plasmavmc', STOPPED)], 1_001_020);
    expect(state(after)?.verdict).toBe('down');
  });

  test('is believed less than a pass that comes after it', () => {
    const world = round(pushed(later(healthy(), 520), STOPPED), () => undefined, 100);
    expect(state(world)).toMatchObject({ verdict: 'ok', reason: expect.stringContaining('systemd') });
  });

  test('is down for good when time passes and nothing new is heard', () => {
    const world = pushed(later(healthy(), 520), STOPPED);
    for (const ms of [1000, 10_000, 44_000, 46_000, 100_000]) {
      expect(state(later(world, ms))?.verdict).not.toBe('ok');
    }
  });

  test('takes nothing from its neighbours', () => {
    const world = pushed(later(healthy(), 520), STOPPED);
    expect(judged(world).instances.get('plasmavmc@node01')?.verdict).toBe('ok');
    expect(judged(world).instances.get('novanet@node02')?.verdict).toBe('ok');
  });
});

describe('a unit that a look finds down', () => {
  test('is down when its checks passed before it went down, by the clock of the node', () => {
    const world = looked(later(healthy(), 1500), NODE, [unit('plasmavmc', STOPPED)], 1_001_500);
    expect(state(world)?.verdict).toBe('down');
  });

  test('is up as long as its endpoint answers', () => {
    const answering = round(later(healthy(), 1000), (target, atMs) => pass(target, atMs), 500);
    const world = looked(answering, NODE, [unit('plasmavmc', STOPPED)], 1_001_500);
    expect(state(world)?.verdict).toBe('ok');
  });
});

test('an endpoint that answers is believed on a node that gives no clock, too', () => {
  const world = healthy();
  const look = { atMs: world.nowMs, systemState: 'running', units: [unit('plasmavmc', STOPPED)] };
  const answering = rounds(seen(later(world, 500), [{ kind: 'units', node: 'node03', look }]), 3);
  expect(judged(answering).instances.get('plasmavmc@node03')?.verdict).toBe('ok');
});

test('a blip of a unit that is up still takes two failures', () => {
  const world = round(pushed(later(healthy(), 520), { stateChangeMs: 1000, restarts: 1 }), only(true), 100);
  expect(state(world)?.verdict).toBe('ok');
  expect(state(round(world, only(true), 100))?.verdict).toBe('down');
});

test('a blip of a unit that was seen down long ago, and answers since, takes two failures too', () => {
  const stopped = looked(later(healthy(), 1500), NODE, [unit('plasmavmc', STOPPED)], 1_001_500);
  const answering = rounds(later(stopped, 120_000), 4);
  expect(state(answering)?.verdict).toBe('ok');
  const blip = round(answering, only(true));
  expect(state(blip)?.verdict).toBe('ok');
  expect(state(round(blip, only(true)))?.verdict).not.toBe('ok');
});
