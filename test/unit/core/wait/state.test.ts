/** When a goal holds, what is missing, and when it has failed for good. */
import { describe, expect, test } from 'vitest';
import { bootProgress } from '../../../../src/core/first-boot/progress.ts';
import { holderOf } from '../../../../src/core/wait/holder.ts';
import type { WaitGoal } from '../../../../src/core/wait/model.ts';
import { isLookedAt, waitState } from '../../../../src/core/wait/state.ts';
import { watchBoot } from '../../../helpers/boot-cluster.ts';
import { fail, judged, later, rounds, seen, type World, worldOf } from '../world.ts';
import {
  type Changes,
  healthy,
  joinGoal,
  lookedAgain,
  lookedAll,
  lookWith,
  NODE3,
  ready,
  serviceGoal,
  stepOf,
  twice,
  wellWorld,
} from './goals.ts';

const GOALS: readonly (readonly [string, (world: World) => WaitGoal])[] = [
  ['ready', ready],
  ['healthy', () => healthy],
  ['a service', (world) => serviceGoal(world, 'chainfire')],
  ['a service on one node', (world) => serviceGoal(world, 'iam', NODE3)],
  ['a step', (world) => joinGoal(world)],
  ['a step on one node', (world) => joinGoal(world, NODE3)],
];

const missingOf = (world: World, goal: WaitGoal): string[] => {
  const { outcome } = stepOf(world, goal);
  return outcome.kind === 'holds'
    ? []
    : outcome.missing.map(({ what, node = '-', name, state }) => `${what} ${node} ${name} ${state}`);
};

describe.each(GOALS)('%s', (_, goal) => {
  test('holds when all is well', () => {
    const world = wellWorld();
    expect(stepOf(world, goal(world)).outcome).toEqual({ kind: 'holds' });
  });

  test('does not hold before anything was seen', () => {
    const world = worldOf(3);
    expect(stepOf(world, goal(world)).outcome.kind).toBe('not-yet');
  });
});

describe('missing', () => {
  test('is a unit that starts, with how far it is; the ready of its node waits for it', () => {
    const starting = { active: 'activating', sub: 'start', inactiveExitMs: 993_000, job: 7 };
    const world = lookedAgain(wellWorld(), { flaredb: starting }, { systemState: 'starting' });
    const { outcome } = stepOf(world, ready(world));
    expect(outcome).toMatchObject({
      kind: 'not-yet',
      missing: [
        { what: 'unit', node: NODE3, name: 'flaredb', state: 'starting', words: '0:07 of 0:15', ok: false },
        { name: 'ready', state: 'waiting' },
      ],
    });
    const holder = holderOf({ ...world, cluster: judged(world) }, ready(world), []);
    expect(holder).toEqual({ node: NODE3, name: 'flaredb', words: 'starting 0:07 of 0:15' });
  });

  test('is a node that cannot be asked, as one thing; its last look counts for nothing', () => {
    const lost = seen(wellWorld(), [
      {
        kind: 'link',
        node: NODE3,
        link: {
          state: 'failed',
          sinceMs: 0,
          failure: { kind: 'unreachable', detail: 'no route to host', remedy: '' },
        },
      },
    ]);
    expect(missingOf(lost, ready(lost))).toEqual([`node ${NODE3} node lost`]);
    expect(missingOf(lost, joinGoal(lost))).toEqual([`node ${NODE3} node lost`]);
    expect(stepOf(lost, healthy).outcome.kind).toBe('holds');
  });

  test('is a node whose last look is old', () => {
    const world = rounds(wellWorld(), 8);
    expect(missingOf(world, ready(world))).toContain(`node ${NODE3} node lost`);
    expect(missingOf(rounds(wellWorld(), 5), ready(world))).toEqual([]);
  });

  test('is a dark node, not its nine services', () => {
    const world = rounds(wellWorld(), 3, (target, atMs) =>
      target.node === NODE3 ? fail(atMs, 'timeout') : undefined,
    );
    const missing = missingOf(world, healthy);
    expect(missing.filter((line) => line.includes(NODE3))).toEqual([`node ${NODE3} node unreachable`]);
    expect(missing.at(-1)).toBe('cluster - cluster degraded');
  });

  test('is a quorum that two members claim to lead, though systemd says ready', () => {
    const split = (world: World): World =>
      rounds(world, 4, (target, atMs) => {
        const isRival = target.service === 'chainfire' && target.node === NODE3;
        const { checks } = world.facts;
        const last = checks.get(target.id)?.lastOk;
        if (!isRival || last?.answer?.kind !== 'http') return undefined;
        const json = { ...last.answer.json, raft_role: 'leader', role: 'leader', raft: 'leader' };
        return { ...last, atMs, ok: true, answer: { ...last.answer, json } };
      });
    const world = lookedAll(split(wellWorld()));
    expect(missingOf(world, ready(world))).toEqual(['quorum - chainfire down']);
  });

  test('is what is well, but not yet as often as rise asks', () => {
    const well = wellWorld();
    const world = rounds({ ...well, options: { ...well.options, rise: 3 } }, 1, (target, atMs) =>
      target.id.startsWith(`iam@${NODE3}`) ? fail(atMs, 'refused') : undefined,
    );
    const after = rounds(world, 1);
    expect(missingOf(after, healthy)).toContain(`instance ${NODE3} iam settling`);
    expect(missingOf(rounds(after, 2), healthy)).toEqual([]);
  });

  test('is a step on the nodes that have it alone', () => {
    const gone = { load: 'not-found', active: 'inactive', sub: 'dead' };
    const world = lookedAgain(wellWorld(), { 'flaredb-cluster-join': gone });
    expect(stepOf(world, joinGoal(world)).outcome.kind).toBe('holds');
    expect(missingOf(world, joinGoal(world, NODE3))).toEqual([`unit ${NODE3} flaredb-cluster-join failed`]);
  });
});

type Final = {
  readonly name: string;
  readonly goal: (world: World) => WaitGoal;
  readonly changes: Changes;
  readonly failure: object;
};

const failed = { active: 'failed', sub: 'failed', result: 'exit-code', exitHow: 1, exitCode: 1 };
const dead = { active: 'inactive', sub: 'dead' };
const again = { active: 'activating', sub: 'auto-restart', result: 'exit-code', exitCode: 1 };
const refuse =
  (service: string) =>
  (world: World): World =>
    rounds(world, 3, (target, atMs) =>
      target.instance === `${service}@${NODE3}` ? fail(atMs, 'refused') : undefined,
    );

const FINALS: readonly Final[] = [
  {
    name: 'a step that failed',
    goal: ready,
    changes: { 'flaredb-cluster-join': { ...failed, restarts: 5 } },
    failure: { node: NODE3, name: 'flaredb-cluster-join', kind: 'failed', words: 'exit 1, 5 restarts' },
  },
  {
    name: 'a start limit that was hit',
    goal: ready,
    changes: { iam: { ...failed, result: 'start-limit-hit' } },
    failure: { name: 'iam', kind: 'failed', words: 'start limit hit' },
  },
  {
    name: 'what a step needs, rather than the step',
    goal: (world) => joinGoal(world),
    changes: { flaredb: failed, 'flaredb-cluster-join': dead },
    failure: { name: 'flaredb', unit: 'flaredb.service', kind: 'failed' },
  },
  {
    name: 'a step that was left behind',
    goal: ready,
    // It ran once and was stopped since: nothing of it says failed.
    changes: { 'flaredb-cluster-join': { ...dead, type: 'oneshot', exitHow: 1, exitCode: 0 } },
    failure: { name: 'flaredb-cluster-join', kind: 'left-behind', words: 'left behind: nothing starts it' },
  },
  {
    name: 'the failure before what it left behind',
    goal: ready,
    changes: { 'chainfire-cluster-join': dead, 'cluster-health-check': failed },
    failure: { name: 'cluster-health-check', kind: 'failed' },
  },
  {
    name: 'a service without a unit',
    goal: ready,
    changes: { k8shost: { ...dead, load: 'not-found' } },
    failure: { name: 'k8shost', kind: 'not-found', words: 'no such unit' },
  },
  {
    name: 'a masked unit',
    goal: ready,
    changes: { k8shost: { ...dead, load: 'masked' } },
    failure: { kind: 'masked' },
  },
];

describe('failed for good', () => {
  test.each(FINALS)('$name', ({ goal, changes, failure }) => {
    expect(twice(changes, goal).outcome).toMatchObject({ kind: 'failed', failure });
  });

  test('a service whose unit failed, for the service and for healthy; not while it answers', () => {
    const first = lookedAll(refuse('iam')(wellWorld()), { iam: failed });
    for (const goal of [healthy, serviceGoal(first, 'iam'), serviceGoal(first, 'iam', NODE3)]) {
      const { memory, outcome } = stepOf(first, goal);
      expect(outcome.kind).toBe('not-yet');
      const second = lookedAll(refuse('iam')(first), { iam: failed });
      expect(stepOf(second, goal, memory).outcome).toMatchObject({
        kind: 'failed',
        failure: { name: 'iam' },
      });
      expect(stepOf(second, serviceGoal(second, 'chainfire'), memory).outcome.kind).toBe('holds');
    }
    expect(twice({ iam: failed }, () => healthy).outcome.kind).toBe('holds');
  });

  test('a service that is stopped is not: somebody may be about to start it', () => {
    const first = lookedAll(refuse('iam')(wellWorld()), { iam: dead });
    const { memory } = stepOf(first, healthy);
    const second = lookedAll(refuse('iam')(first), { iam: dead });
    expect(stepOf(second, healthy, memory).outcome.kind).toBe('not-yet');
  });
});

describe('not failed for good', () => {
  test.each<readonly [string, Changes] | readonly [string, Changes, { readonly systemState: string }]>([
    ['what systemd tries again', { iam: again }],
    ['what systemd has tried many times', { iam: { ...again, restarts: 40 } }],
    ['systemd 254 between failure and next try', { iam: { ...failed, sub: 'failed-before-auto-restart' } }],
    ['a failed unit with a job', { iam: { ...failed, job: 12 } }],
    ['what is down with a job', { iam: { ...dead, job: 12 } }],
    ['what is down while systemd still boots', { iam: dead }, { systemState: 'starting' }],
    ['what is down while the node goes down', { iam: dead }, { systemState: 'stopping' }],
    ['what is down where systemd does not say how far it is', { iam: dead }, { systemState: '' }],
    [
      'what is behind a step that is tried again',
      { 'chainfire-cluster-join': again, 'flaredb-cluster-join': dead },
    ],
    ['what is being stopped', { iam: { active: 'deactivating', sub: 'stop-sigterm' } }],
    ['a state that nobody knows', { iam: { active: 'maintenance', sub: 'x' } }],
  ])('%s', (...[, changes, more]) => {
    expect(twice(changes, ready, more).outcome.kind).toBe('not-yet');
  });

  test('one look alone, however often it is judged', () => {
    const world = lookedAgain(wellWorld(), { iam: failed });
    let step = stepOf(world, ready(world));
    for (let times = 0; times < 3; times += 1) {
      step = stepOf(later(world, times * 1000), ready(world), step.memory);
      expect(step.outcome.kind).toBe('not-yet');
    }
  });

  test('what was pushed and then looked at once, however old the look before it was', () => {
    const failed = { active: 'failed', sub: 'failed', result: 'exit-code', stateChangeMs: 1_001_900 };
    const well = wellWorld();
    const at = later(well, 1900);
    const known = lookWith(at, 2).units.find(({ unit }) => unit === 'flaredb.service');
    if (known === undefined) throw new Error('flaredb is not watched');
    const unit = { ...known, ...failed };
    const pushed = seen(at, [{ kind: 'unit', node: NODE3, atMs: at.nowMs, unit }]);
    const first = stepOf(pushed, ready(pushed));
    expect(first.outcome.kind).toBe('not-yet');
    const soon = lookedAll(later(pushed, 400), { flaredb: failed });
    const second = stepOf(soon, ready(soon), first.memory);
    expect(second.outcome.kind).toBe('not-yet');
    const last = lookedAll(later(soon, 2000), { flaredb: failed });
    expect(stepOf(last, ready(last), second.memory).outcome.kind).toBe('failed');
  });

  test('a failure of another start, or of another boot', () => {
    const first = lookedAgain(wellWorld(), { iam: failed });
    const { memory } = stepOf(first, ready(first));
    const newer = lookedAgain(first, { iam: { ...failed, stateChangeMs: 900_000 } });
    expect(stepOf(newer, ready(newer), memory).outcome.kind).toBe('not-yet');
    const rebooted = lookedAgain(first, { iam: failed }, { bootId: 'c' });
    expect(stepOf(rebooted, ready(rebooted), memory).outcome.kind).toBe('not-yet');
    const same = lookedAgain(first, { iam: failed });
    expect(stepOf(same, ready(same), memory).outcome.kind).toBe('failed');
  });

  test('a node that is lost with a failed unit on it', () => {
    const first = lookedAgain(wellWorld(), { iam: failed });
    const { memory } = stepOf(first, ready(first));
    const old = later(first, 60_000);
    expect(stepOf(old, ready(old), memory)).toMatchObject({ outcome: { kind: 'not-yet' } });
  });
});

describe('looked at', () => {
  const input = (world: World) => ({ ...world, cluster: judged(world) });
  const withSsh = (world: World): World => ({
    ...world,
    inventory: {
      ...world.inventory,
      nodes: world.inventory.nodes.map((node) => ({ ...node, ssh: node.name })),
    },
  });

  test('once every check has answered, and systemd of every node that has ssh', () => {
    const probed = withSsh(rounds(worldOf(3), 1));
    expect(isLookedAt(input(withSsh(worldOf(3))), new Map(), false)).toBe(false);
    expect(isLookedAt(input(probed), new Map(), false)).toBe(true);
    expect(isLookedAt(input(probed), new Map(), true)).toBe(false);
    expect(isLookedAt(input(rounds(worldOf(3), 1)), new Map(), true)).toBe(true);
    expect(isLookedAt(input(lookedAll(probed)), new Map(), true)).toBe(true);
  });

  test('not while a failure waits for its second look', () => {
    const world = lookedAgain(wellWorld(), { iam: failed });
    const { memory } = stepOf(world, ready(world));
    expect(isLookedAt(input(world), memory, true)).toBe(false);
  });
});

describe('a simulated boot', () => {
  const outcomes = (scenario: 'first-boot' | 'join-failure', goalOf: (names: string[]) => WaitGoal) => {
    const boot = watchBoot({ scenario });
    let memory = new Map() as Parameters<typeof waitState>[2];
    return Array.from({ length: 180 }, (_, second) => {
      boot.watch((second + 1) * 1000);
      const state = boot.store.getState();
      const step = waitState(state, goalOf(state.inventory.nodes.map(({ name }) => name)), memory);
      memory = step.memory;
      return { outcome: step.outcome, phase: bootProgress(state).phase };
    });
  };

  test('holds from the moment that it is ready, and never fails on the way', () => {
    for (const { outcome, phase } of outcomes('first-boot', (nodes) => ({ kind: 'ready', nodes }))) {
      expect(outcome.kind).toBe(phase === 'ready' ? 'holds' : 'not-yet');
    }
  });

  test('fails when the last try of the join step has failed, not before', () => {
    const all = outcomes('join-failure', (nodes) => ({ kind: 'ready', nodes }));
    const first = all.findIndex(({ outcome }) => outcome.kind === 'failed');
    expect(all[first]?.outcome).toMatchObject({
      failure: { node: 'node03', name: 'flaredb-cluster-join', words: 'exit 1, 5 restarts' },
    });
    expect(all.slice(0, first).every(({ outcome }) => outcome.kind === 'not-yet')).toBe(true);
    expect(all.slice(first).every(({ outcome }) => outcome.kind === 'failed')).toBe(true);
  });
});

test('a look without units is not ready', () => {
  const world = wellWorld();
  const empty = seen(world, [{ kind: 'units', node: NODE3, look: { ...lookWith(world, 2), units: [] } }]);
  expect(stepOf(empty, ready(empty)).outcome.kind).toBe('not-yet');
});
