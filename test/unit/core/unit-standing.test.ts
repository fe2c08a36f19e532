/** Units that are dead without a fault, as real systemd tells of them, and what the console makes of it. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ClusterState, InstanceState } from '../../../src/core/model/cluster.ts';
import type { InstanceId } from '../../../src/core/model/inventory.ts';
import type { NodeUnits, UnitFacts } from '../../../src/core/model/observation.ts';
import { isBootOver, type Standing, standingOf } from '../../../src/core/unit-standing.ts';
import { parseShow } from '../../../src/probes/systemd-show.ts';
import { builtinTopology } from '../../../src/topology/builtin.ts';
import { fail, judged, looked, round, rounds, seen, unit, type World, worldOf } from './world.ts';

const said = (name: string): readonly UnitFacts[] =>
  parseShow(readFileSync(new URL(`../../fixtures/systemd/${name}`, import.meta.url), 'utf8'));

/** What `systemctl stop chainfire` left, with some units changed since. */
const STOPPED = said('show-after-stop.out');
const changed = (
  units: readonly UnitFacts[],
  changes: Readonly<Record<string, Partial<UnitFacts>>>,
): readonly UnitFacts[] => units.map((one) => ({ ...one, ...changes[one.unit.replace(/\.service$/u, '')] }));

/** Started again by hand: chainfire alone comes back (3 s later, as it did on the host). */
const UP_AGAIN: Partial<UnitFacts> = {
  active: 'active',
  sub: 'running',
  inactiveExitMs: 970_700,
  activeEnterMs: 973_750,
  stateChangeMs: 973_750,
};
const RESTARTED = changed(STOPPED, { chainfire: UP_AGAIN });

const lookOf = (units: readonly UnitFacts[]): NodeUnits => ({ atMs: 0, monotonicMs: 1_000_000, units });
const requiresOf = (name: string): readonly string[] => {
  const topology = builtinTopology();
  return [...topology.services, ...topology.firstBoot.steps].find((one) => one.name === name)?.requires ?? [];
};
const standing = (name: string, units: readonly UnitFacts[]): Standing => {
  const found = units.find((one) => one.unit === `${name}.service`);
  if (found === undefined) throw new Error(`no ${name}`);
  return standingOf(found, requiresOf(name), lookOf(units));
};

const CHAINFIRE = 'chainfire.service';
const FLAREDB = 'flaredb.service';

describe('why a unit is dead', () => {
  const table: readonly (readonly [string, string, readonly UnitFacts[], Standing])[] = [
    ['the one that was stopped', 'chainfire', STOPPED, { kind: 'stopped' }],
    ['what requires it', 'flaredb', STOPPED, { kind: 'held', by: CHAINFIRE }],
    ['what requires that', 'iam', STOPPED, { kind: 'held', by: FLAREDB }],
    ['once it is back alone', 'flaredb', RESTARTED, { kind: 'left-behind', after: CHAINFIRE }],
    ['a step, too', 'chainfire-cluster-join', RESTARTED, { kind: 'left-behind', after: CHAINFIRE }],
    ['what requires something left behind', 'iam', RESTARTED, { kind: 'held', by: FLAREDB }],
    [
      'while it starts',
      'flaredb',
      changed(STOPPED, { chainfire: { active: 'activating', sub: 'start', job: 71 } }),
      { kind: 'held', by: CHAINFIRE },
    ],
    [
      'it went down with what it requires, which is up again',
      'flaredb',
      changed(STOPPED, { chainfire: { ...UP_AGAIN, inactiveExitMs: 930_644, activeEnterMs: 933_702 } }),
      { kind: 'left-behind', after: CHAINFIRE },
    ],
    [
      'stopped alone, long after what it requires was up',
      'flaredb',
      changed(STOPPED, {
        chainfire: { ...UP_AGAIN, activeEnterMs: 933_702, activeExitMs: 900_000, inactiveEnterMs: 900_100 },
      }),
      { kind: 'stopped' },
    ],
    [
      'never started, because a step before it failed at first',
      'flaredb-cluster-join',
      changed(RESTARTED, {
        flaredb: { active: 'active', inactiveEnterMs: 0 },
        'chainfire-cluster-join': { active: 'active', sub: 'exited', restarts: 2, inactiveEnterMs: 0 },
        'flaredb-cluster-join': { inactiveEnterMs: 0, activeExitMs: 0, activeEnterMs: 0, inactiveExitMs: 0 },
      }),
      { kind: 'left-behind', after: 'chainfire-cluster-join.service' },
    ],
    [
      'never started, and nothing tells why: its own condition may not hold',
      'chainfire-cluster-join',
      changed(RESTARTED, {
        chainfire: { ...UP_AGAIN, inactiveEnterMs: 0, activeExitMs: 0 },
        'chainfire-cluster-join': { inactiveEnterMs: 0, activeExitMs: 0, activeEnterMs: 0 },
      }),
      { kind: 'never' },
    ],
    [
      'behind a step that fails',
      'flaredb-cluster-join',
      said('join-fail-state.out'),
      { kind: 'held', by: 'chainfire-cluster-join.service' },
    ],
  ];
  test.each(table)('%s (%s)', (_what, name, units, expected) => {
    expect(standing(name, units)).toEqual(expected);
  });

  test('a boot is over when systemd says so, or has no more jobs', () => {
    expect(isBootOver({ ...lookOf(STOPPED), systemState: 'starting' })).toBe(false);
    expect(isBootOver({ ...lookOf(STOPPED), systemState: 'running' })).toBe(true);
    expect(isBootOver(lookOf(STOPPED))).toBe(true);
    expect(isBootOver(lookOf(changed(STOPPED, { iam: { job: 63 } })))).toBe(false);
  });
});

const DEAD = ['flaredb@node02', 'iam@node02'];
const silent = (ids: readonly string[]) => (world: World) =>
  rounds(world, 2, (target, atMs) => (ids.includes(target.instance) ? fail(atMs, 'refused') : undefined));
const of = (state: ClusterState, id: InstanceId): InstanceState => {
  const found = state.instances.get(id);
  if (found === undefined) throw new Error(`no ${id}`);
  return found;
};
const told = (units: readonly UnitFacts[], ids: readonly string[] = DEAD): ClusterState =>
  judged(looked(silent(ids)(rounds(worldOf(3), 3)), 'node02', units));

describe('left behind', () => {
  test('after stop and start of chainfire: one cause with its repair, and its echoes', () => {
    const state = told(RESTARTED);
    expect(of(state, 'flaredb@node02')).toMatchObject({
      verdict: 'down',
      word: 'not up',
      reason: 'left behind: bring up',
      left: { after: CHAINFIRE },
    });
    expect(of(state, 'iam@node02')).toMatchObject({ verdict: 'blocked', reason: 'by flaredb' });
    expect(state.verdict).toBe('degraded');
    expect(state.headline).toMatchObject({
      sentence: '5 units on node02 were left behind after chainfire restarted.',
      users: 'Nothing is lost, but one more FlareDB member and the quorum is gone.',
      cause: 'flaredb +4 on node02 · left behind: bring up · first seen 0 s ago',
    });
    expect(state.nodes.get('node02')?.verdict).toBe('down');
    expect(state.nodes.get('node02')?.steps.map(({ name, state: how }) => [name, how])).toEqual([
      ['chainfire-cluster-join', 'left-behind'],
      ['flaredb-cluster-join', 'held'],
      ['iam-initial-setup', 'held'],
    ]);
  });

  test('while chainfire is down, it is the cause, and nothing is left behind yet', () => {
    const state = told(STOPPED, ['chainfire@node02', ...DEAD]);
    expect(of(state, 'chainfire@node02')).toMatchObject({ verdict: 'down', reason: 'stopped' });
    expect(of(state, 'flaredb@node02')).toMatchObject({ verdict: 'blocked', reason: 'by chainfire' });
    expect(of(state, 'flaredb@node02').left).toBeUndefined();
    expect(state.headline.sentence).toBe('Chainfire is down on node02: stopped.');
  });

  test('a unit that somebody stopped is just that', () => {
    const untouched = { ...UP_AGAIN, activeEnterMs: 800_000, activeExitMs: 0, inactiveEnterMs: 0 };
    const state = told(
      changed(STOPPED, {
        chainfire: untouched,
        'chainfire-cluster-join': { ...untouched, sub: 'exited' },
      }),
    );
    expect(of(state, 'flaredb@node02')).toMatchObject({
      verdict: 'down',
      word: 'stopped',
      reason: 'stopped',
    });
    expect(state.headline.sentence).toBe('FlareDB is down on node02: stopped.');
  });

  test('while the node boots, a unit without a job is not yet left behind', () => {
    const world = silent(DEAD)(rounds(worldOf(3), 3));
    const look = { ...lookOf(RESTARTED), atMs: world.nowMs, systemState: 'starting' };
    const state = judged(seen(world, [{ kind: 'units', node: 'node02', look }]));
    expect(of(state, 'flaredb@node02').left).toBeUndefined();
    expect(state.nodes.get('node02')?.steps.some((step) => step.state === 'left-behind')).toBe(false);
  });

  test('with a job it is on its way', () => {
    const state = told(changed(RESTARTED, { flaredb: { job: 71 }, iam: { job: 72 } }));
    expect(of(state, 'flaredb@node02').verdict).toBe('starting');
    expect(of(state, 'flaredb@node02').left).toBeUndefined();
  });

  test('what does not start at boot is not brought up by the target either', () => {
    const state = told(changed(RESTARTED, { flaredb: { unitFile: 'disabled' } }));
    expect(of(state, 'flaredb@node02')).toMatchObject({
      verdict: 'down',
      reason: 'stopped, disabled at boot',
    });
  });

  test('on two nodes it is still one cause, and the lost quorum comes first', () => {
    const ids = [...DEAD, 'flaredb@node03', 'iam@node03'];
    const world = looked(silent(ids)(rounds(worldOf(3), 3)), 'node02', RESTARTED);
    const state = judged(looked(world, 'node03', RESTARTED));
    expect(state.headline.sentence).toBe('FlareDB has lost its quorum: 1 of 3 votes, 2 needed.');
    expect(state.headline.cause).toBe(
      'flaredb +4 on node02, node03 · left behind: bring up · first seen 0 s ago',
    );

    const five = looked(silent(ids)(rounds(worldOf(5), 3)), 'node02', RESTARTED);
    const held = judged(looked(five, 'node03', RESTARTED));
    expect(held.headline.sentence).toBe(
      '10 units on node02 and node03 were left behind after chainfire restarted.',
    );
    expect(held.headline.cause).not.toContain('more');
  });

  test('it goes on being told while time passes, with the time it was first seen', () => {
    const first = looked(silent(DEAD)(rounds(worldOf(3), 3)), 'node02', RESTARTED);
    const start = { ...first, previous: judged(first) };
    const next = round(start, (target, atMs) =>
      DEAD.includes(target.instance) ? fail(atMs, 'refused') : undefined,
    );
    expect(judged(next).headline.cause).toBe(
      'flaredb +4 on node02 · left behind: bring up · first seen 2 s ago',
    );
  });

  test('a step that alone was left behind is a warning', () => {
    const recovered = { active: 'active', sub: 'exited', result: 'success', restarts: 2 };
    const units = changed(said('join-fail-state.out'), { 'chainfire-cluster-join': recovered });
    const state = judged(looked(rounds(worldOf(3), 3), 'node02', [unit('flaredb'), ...units]));
    expect(state.counts.ok).toBe(27);
    expect(state.verdict).toBe('degraded');
    expect(state.nodes.get('node02')).toMatchObject({
      verdict: 'degraded',
      reason: expect.stringContaining('flaredb-cluster-join left behind'),
    });
    expect(state.headline).toMatchObject({
      sentence: 'flaredb-cluster-join on node02 was left behind.',
      users: 'Nothing is lost: FlareDB is well all the same.',
      cause: 'flaredb-cluster-join on node02 · left behind: bring up · first seen 0 s ago',
    });
  });
});
