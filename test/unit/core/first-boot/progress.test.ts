/** Boots as real systemd tells them. */
import { describe, expect, test } from 'vitest';
import type { NodeUnits, UnitFacts } from '../../../../src/core/model/observation.ts';
import { entryOf, firstBoot, progressOf, shown, statesOf } from './looks.ts';

const changed = (
  look: Omit<NodeUnits, 'atMs'>,
  unit: string,
  change: Partial<UnitFacts>,
): Omit<NodeUnits, 'atMs'> => ({
  ...look,
  units: look.units.map((one) => (one.unit === unit ? { ...one, ...change } : one)),
});

describe('a first boot', () => {
  test('begins with the chain: chainfire starts and everything else waits for it', () => {
    const progress = progressOf(firstBoot(1));
    expect(progress).toMatchObject({ phase: 'booting', done: 1, total: 15, past: false });
    expect(statesOf(progress).slice(0, 4)).toEqual([
      'network-online done',
      'chainfire starting',
      'chainfire-cluster-join waiting',
      'flaredb waiting',
    ]);
    expect(entryOf(progress, 'chainfire').words).toBe('starting 0:01 of 0:10');
    expect(entryOf(progress, 'iam')).toMatchObject({
      state: 'waiting',
      waitsFor: 'chainfire',
      words: 'waits for chainfire: starting 0:01 of 0:10',
    });
    expect(progress.heldBy?.words).toBe('chainfire on node01: starting 0:01 of 0:10');
    // chainfire 8.8 s more, flaredb 15, plasmavmc 10, k8shost 15; iam lets others go at once.
    expect((progress.etaMs ?? 0) / 1000).toBeCloseTo(48.8, 1);
  });

  test('tells times from the beginning of the chain, on the clock of the node', () => {
    const progress = progressOf(firstBoot(6));
    const chainfire = entryOf(progress, 'chainfire');
    expect(chainfire).toMatchObject({ state: 'done', beginMs: 0, documentedMs: 10_000, words: '0:10' });
    expect(chainfire.endMs).toBeCloseTo(10_112.84, 1);
    expect(entryOf(progress, 'flaredb')).toMatchObject({
      state: 'starting',
      words: 'starting 0:04 of 0:15',
      expected: { endMs: expect.closeTo(25_126, -2) as number },
    });
    expect(progress.nodes[0]?.elapsedMs).toBeCloseTo(14_702, 0);
  });

  test('never goes back from look to look', () => {
    const done = Array.from({ length: 12 }, (_, index) => progressOf(firstBoot(index + 1)).done);
    expect(done).toEqual(done.toSorted((a, b) => a - b));
    expect(done[0]).toBe(1);
    expect(done.at(-1)).toBe(12);
  });

  test('says what the queue holds for a unit, where that is not its start', () => {
    const look = firstBoot(6);
    const id = look.units.find(({ unit }) => unit === 'k8shost.service')?.job ?? 0;
    const queued = (type: string, unit = 'k8shost.service'): string => {
      const progress = progressOf({ ...look, jobs: [{ id, unit, type, state: 'waiting' }] });
      const { state, words } = entryOf(progress, 'k8shost');
      return `${state}: ${words}`;
    };
    const waits = queued('start');
    expect(waits).toMatch(/^waiting: waits for flaredb/u);
    expect(queued('stop')).toBe('waiting: is to stop');
    // Of a queue that has another unit under this number nothing is taken.
    expect(queued('stop', 'other.service')).toBe(waits);
  });

  test('names a unit whose start was cancelled: it has no job', () => {
    const booting = progressOf(firstBoot(6));
    expect(entryOf(booting, 'novanet')).toMatchObject({ state: 'waiting', words: 'has no job' });
    const over = progressOf({ ...firstBoot(12), systemState: 'running' });
    expect(over.phase).toBe('unfinished');
    expect(entryOf(over, 'novanet')).toMatchObject({ state: 'left-behind' });
    expect(over.etaMs).toBeUndefined();
    expect(over.heldBy?.words).toBe('novanet on node01: left behind: nothing starts it');
  });

  test('is not late before twice the documented time', () => {
    const look = firstBoot(1);
    const at = (seconds: number) =>
      entryOf(progressOf({ ...look, monotonicMs: 1_340_798 + seconds * 1000 }), 'chainfire');
    expect(at(19.9)).toMatchObject({ state: 'starting', words: 'starting 0:19 of 0:10' });
    expect(at(20.1)).toMatchObject({ state: 'late', words: 'late 0:20 of 0:10' });
    // What has used up its time counts a second more, then flaredb 15, plasmavmc 10, k8shost 15.
    expect(progressOf({ ...look, monotonicMs: 1_360_000 }).etaMs).toBe(41_000);
  });

  test('compares nodes that stand alike, and names the last one', () => {
    const look = firstBoot(2);
    const ahead = { ...look, monotonicMs: (look.monotonicMs ?? 0) + 1000 };
    const [first, second, third] = progressOf(ahead, look, firstBoot(1)).nodes;
    expect(first).toMatchObject({ last: false, same: false, behindMs: 0 });
    expect(second).toMatchObject({ same: true, behindMs: 1000 });
    expect(third?.last).toBe(true);
  });
});

describe('an entry that fails', () => {
  const [join, flaredbJoin] = shown('join-fail-state.out');
  /** A boot that is over while chainfire cannot join: systemd says running, and has no job left. */
  const over = {
    monotonicMs: 1_368_000,
    systemState: 'running',
    units: firstBoot(12).units.map((unit) =>
      unit.unit === 'chainfire-cluster-join.service'
        ? { ...unit, ...join, stateChangeMs: 1_365_000 }
        : unit.unit === 'flaredb-cluster-join.service'
          ? { ...unit, ...flaredbJoin }
          : unit.unit === 'novanet.service' || unit.unit === 'cluster-health-check.service'
            ? {
                ...unit,
                active: 'active',
                sub: 'running',
                inactiveExitMs: 1_366_000,
                activeEnterMs: 1_367_000,
              }
            : unit,
    ),
  };

  test('is failing while it is tried again, and leaves behind what required it', () => {
    const progress = progressOf(over);
    expect(progress.phase).toBe('unfinished');
    expect(entryOf(progress, 'chainfire-cluster-join')).toMatchObject({
      state: 'failed',
      words: 'exit 1, next in 7 s',
    });
    expect(entryOf(progress, 'flaredb-cluster-join')).toMatchObject({ state: 'left-behind' });
    expect(entryOf(progress, 'ready')).toMatchObject({
      state: 'waiting',
      words: 'waits for chainfire-cluster-join: exit 1, next in 7 s',
    });
    expect(progress.heldBy).toEqual({
      node: 'node01',
      unit: 'chainfire-cluster-join.service',
      words: 'chainfire-cluster-join on node01: exit 1, next in 7 s',
    });
    expect(progress.etaMs).toBeUndefined();
    expect(progress.nodes[0]?.remainingMs).toBeUndefined();
  });

  test('counts its restarts, also in the middle of one more try', () => {
    const unit = 'chainfire-cluster-join.service';
    expect(entryOf(progressOf(changed(over, unit, { restarts: 3 })), 'chainfire-cluster-join').words).toBe(
      'exit 1, 3 restarts, next in 7 s',
    );
    const trying = changed(over, unit, { sub: 'start', result: 'success', restarts: 2, job: 90 });
    expect(entryOf(progressOf(trying), 'chainfire-cluster-join')).toMatchObject({
      state: 'failed',
      words: 'keeps restarting, 2 restarts',
    });
    const failed = changed(over, unit, { active: 'failed', sub: 'failed', restarts: 5 });
    expect(entryOf(progressOf(failed), 'chainfire-cluster-join').words).toBe('failed, exit 1, 5 restarts');
  });

  test('holds the cluster before any that is only slow', () => {
    const progress = progressOf(firstBoot(6), over);
    expect(progress.phase).toBe('booting');
    expect(progress.heldBy?.node).toBe('node02');
    expect(progress.etaMs).toBeUndefined();
  });

  test('is a service without a unit, while a step without one is none', () => {
    const gone = { load: 'not-found', active: 'inactive', sub: 'dead' } as const;
    const look = changed(changed(firstBoot(12), 'k8shost.service', gone), 'iam-initial-setup.service', gone);
    const progress = progressOf(look);
    expect(entryOf(progress, 'k8shost')).toMatchObject({ state: 'failed', words: 'no such unit' });
    expect(statesOf(progress).some((line) => line.startsWith('iam-initial-setup'))).toBe(false);
    expect(progress.total).toBe(14);
  });
});

describe('a boot that is over', () => {
  const ready = {
    monotonicMs: 1_368_000,
    systemState: 'running',
    units: firstBoot(12).units.map((unit) =>
      unit.active === 'active'
        ? unit
        : {
            ...unit,
            active: 'active',
            sub: 'exited',
            inactiveExitMs: 1_365_300,
            activeEnterMs: 1_366_300,
            job: 0,
          },
    ),
  };
  const HOUR = 3_600_000;

  test('tells what it took, the slowest, and the drift', () => {
    const progress = progressOf(ready);
    expect(progress).toMatchObject({ phase: 'ready', done: 15, total: 15, past: false });
    expect(progress.tookMs).toBeCloseTo(25_502, 0);
    expect(progress.slowest).toMatchObject({ name: 'chainfire', node: 'node01', documentedMs: 10_000 });
    const rows = new Map(progress.drift.map((row) => [row.name, row]));
    expect(rows.get('flaredb')).toMatchObject({ documentedMs: 15_000, nodes: 1, done: 1 });
    expect(rows.get('flaredb')?.slowest?.tookMs).toBeCloseTo(5148, -2);
    // Type=simple is active when it execs: systemd cannot tell how long it took.
    expect(rows.get('iam')).not.toHaveProperty('slowest');
    expect(progress).not.toHaveProperty('heldBy');
    expect(progress).not.toHaveProperty('etaMs');
  });

  test('is past when it ended an hour before anybody looked', () => {
    expect(progressOf({ ...ready, monotonicMs: 1_368_000 + HOUR }).past).toBe(true);
    expect(progressOf({ ...ready, monotonicMs: 1_368_000 + HOUR }).phase).toBe('ready');
  });

  test('is not begun anew by a restart days later: the times of that start are not the boot’s', () => {
    const later = 1_368_000 + 48 * HOUR;
    const again = { inactiveEnterMs: later - 20_000, inactiveExitMs: later - 19_000 };
    const restarted = ['chainfire.service', 'flaredb.service'].reduce<Omit<NodeUnits, 'atMs'>>(
      (look, unit) => changed(look, unit, { ...again, activeEnterMs: later - 9000 }),
      { ...ready, monotonicMs: later },
    );
    const progress = progressOf(restarted);
    expect(progress).toMatchObject({ phase: 'ready', past: true });
    expect(entryOf(progress, 'flaredb')).toMatchObject({ state: 'done', words: 'started again since' });
    expect(entryOf(progress, 'flaredb')).not.toHaveProperty('elapsedMs');
    // What is left of the first starts tells the beginning to within chainfire's own.
    expect(progress.nodes[0]?.elapsedMs).toBeGreaterThan(48 * HOUR);
  });

  test('leaves behind what an operator stops', () => {
    const stopped = { monotonicMs: 1_000_000, systemState: 'running', units: shown('show-after-stop.out') };
    const progress = progressOf(stopped);
    expect(statesOf(progress).filter((line) => line.endsWith('left-behind'))).toEqual([
      'chainfire left-behind',
      'chainfire-cluster-join left-behind',
      'flaredb left-behind',
      'flaredb-cluster-join left-behind',
      'iam left-behind',
      'iam-initial-setup left-behind',
    ]);
    expect(entryOf(progress, 'k8shost').state).toBe('done');
  });

  test('is another boot than that of a node that was restarted since', () => {
    const old = { ...ready, monotonicMs: 1_368_000 + HOUR };
    const [first, second] = progressOf(old, firstBoot(6)).nodes;
    expect(first?.earlier).toBe(true);
    expect(second?.earlier).toBe(false);
    expect(first).toMatchObject({ same: false });
    expect(first).not.toHaveProperty('behindMs');
  });
});

describe('nodes that are not seen', () => {
  test('are unknown, and nothing is told before any is seen', () => {
    const progress = progressOf(undefined, undefined);
    expect(progress).toMatchObject({ phase: 'unseen', done: 0, total: 30 });
    expect(statesOf(progress).every((line) => line.endsWith(' unknown'))).toBe(true);
    expect(progress).not.toHaveProperty('heldBy');
  });

  test('count as not done', () => {
    const progress = progressOf(firstBoot(12), undefined);
    expect(progress.total).toBe(30);
    expect(progress.nodes[1]).toMatchObject({ seen: false, done: 0 });
  });
});
