import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ClusterState } from '../../../src/core/model/cluster.ts';
import type { Observation } from '../../../src/core/model/observation.ts';
import { histories } from './arbitrary.ts';
import {
  type Answers,
  fail,
  judged,
  later,
  looked,
  pass,
  rounds,
  seen,
  silentOn,
  unit,
  type World,
  worldOf,
} from './world.ts';

/** The same state, but not the object that anything is remembered of. */
const forgotten = (state: ClusterState): ClusterState => ({ ...state });

type Tell = (batch: readonly Observation[], chance: () => number) => readonly Observation[];

const nodeOf = (one: Observation): string =>
  one.kind === 'probe' ? one.check.slice(one.check.indexOf('@') + 1, one.check.indexOf('#')) : one.node;

/** `chance` gives 0, 1, 2 or 3. */
const TELLS: Readonly<Record<string, Tell>> = {
  'some of the facts': (batch, chance) => batch.filter(() => chance() < 2),
  'all facts about some of the nodes': (batch, chance) => {
    const told = new Set([...new Set(batch.map(nodeOf))].filter(() => chance() < 1));
    return batch.filter((one) => told.has(nodeOf(one)));
  },
  'one kind of facts': (batch, chance) => {
    const kind = (['probe', 'units', 'link', 'probe'] as const)[chance()];
    return batch.filter((one) => one.kind === kind && chance() < 2);
  },
  'very few facts': (batch, chance) => batch.filter(() => chance() + chance() + chance() < 1),
};

/** Judges one world after another, each with what is remembered of the last and without. */
const compared = (
  world: World,
): { readonly step: (next: World) => ClusterState; readonly now: () => World } => {
  let current = world;
  const step = (next: World): ClusterState => {
    const state = judged(next);
    expect(state).toEqual(judged({ ...next, previous: next.previous && forgotten(next.previous) }));
    current = { ...next, previous: state };
    return state;
  };
  return { step, now: () => current };
};

test.each(Object.entries(TELLS))('what is taken over is what would be judged anew: %s', (_, tell) => {
  let ok = 0;
  fc.assert(
    fc.property(
      histories,
      fc.array(fc.integer({ min: 0, max: 30_000 }), { minLength: 1, maxLength: 5 }),
      fc.infiniteStream(fc.integer({ min: 0, max: 3 })),
      ({ world, batches }, waits, chances) => {
        const chance = () => chances.next().value ?? 0;
        const { step, now } = compared(world);
        for (const [round, batch] of batches.entries()) {
          // All at once, as a rule; here each in parts, so that much stays as it is.
          const told = round === 0 && chance() > 0 ? batch : tell(batch, chance);
          ok += step(seen(later(now(), 2000), told)).counts.ok;
          step(now());
        }
        for (const wait of waits) step(later(now(), wait));
        // A mere thought, after which everything is as it was.
        const [thought = []] = batches;
        step(seen(now(), thought));
      },
    ),
    { numRuns: 100 },
  );
  expect(ok).toBeGreaterThan(200);
});

const dark =
  (node: string): Answers =>
  (target, atMs) =>
    target.node === node ? fail(atMs, 'timeout') : undefined;

test('a node that only its last look proves to be there is not taken to be there for ever', () => {
  const silent = rounds(worldOf(3), 3, dark('node02'));
  const { step, now } = compared(looked(later(silent, 1000), 'node02', [unit('chainfire')]));
  expect(step(now()).nodes.get('node02')?.reachable).toBe(true);
  expect(step(later(now(), 1000)).nodes.get('node02')?.reachable).toBe(true);
  expect(step(later(now(), 60_000)).nodes.get('node02')?.reachable).toBe(false);
});

/** What `answers` gives of these instances, and of no others, a moment later. */
const only = (world: World, ids: readonly string[], answers: Answers = () => undefined): World => {
  const next = later(world, 100);
  return seen(
    next,
    next.targets.flatMap((target) => {
      if (!ids.includes(target.instance)) return [];
      const result = answers(target, next.nowMs) ?? pass(target, next.nowMs);
      return [{ kind: 'probe' as const, check: target.id, result }];
    }),
  );
};

test('what stays well beside a requirement that is down says so as long as it is', () => {
  const { step, now } = compared(rounds(worldOf(3), 2));
  const child = () => now().previous?.instances.get('flaredb@node02');
  const parent = ['chainfire@node02'];
  step(now());
  expect(child()?.reason).toBe('');
  step(only(now(), parent, silentOn(...parent)));
  step(only(now(), parent, silentOn(...parent)));
  const defiant = child();
  expect(defiant?.reason).toBe('fine, though chainfire is down');
  step(now());
  expect(child()).toBe(defiant);
  step(only(now(), parent));
  expect(child()?.reason).toBe('');
});

test('what was explained by a dark node is not when the node is back, though it is unknown as before', () => {
  const { step, now } = compared(rounds(worldOf(3), 3, dark('node02')));
  const seenOf = () => now().previous?.instances.get('iam@node02');
  step(later(now(), 60_000));
  expect(seenOf()).toMatchObject({ verdict: 'unknown', because: 'unreachable:node02' });
  step(only(now(), ['chainfire@node02']));
  expect(seenOf()).toMatchObject({ verdict: 'unknown' });
  expect(seenOf()?.because).toBeUndefined();
});

test('what is down stays as it is, but the seconds until its next try are counted', () => {
  const down = rounds(worldOf(3), 3, silentOn('flaredb@node02', 'iam@node03'));
  const retried = { active: 'activating', sub: 'auto-restart', result: 'exit-code', exitCode: 3 } as const;
  const trying = unit('flaredb', {
    ...retried,
    restarts: 4,
    inactiveEnterMs: 999_500,
    stateChangeMs: 999_500,
  });
  const failed = unit('iam', { active: 'failed', sub: 'failed', result: 'exit-code', exitCode: 3 });
  const { step, now } = compared(looked(looked(down, 'node02', [trying]), 'node03', [failed]));
  const at = (id: 'flaredb@node02' | 'iam@node03') => now().previous?.instances.get(id);
  step(now());
  const [counted, still] = [at('flaredb@node02'), at('iam@node03')];
  expect([counted?.verdict, still?.verdict]).toEqual(['down', 'down']);
  expect(counted?.reason).toMatch(/next in/u);
  step(later(now(), 1000));
  expect(at('flaredb@node02')?.reason).not.toBe(counted?.reason);
  expect(at('iam@node03')).toBe(still);
});

test('a unit that is pushed between two looks is news', () => {
  const units = ['chainfire', 'flaredb', 'iam'].map((name) => unit(name));
  const { step, now } = compared(looked(rounds(worldOf(3), 2), 'node02', units));
  expect(step(now()).instances.get('iam@node02')?.unit?.active).toBe('active');
  const { nowMs } = now();
  const gone = unit('iam', { active: 'failed', sub: 'failed', result: 'exit-code' });
  step(seen(now(), [{ kind: 'unit', node: 'node02', unit: gone, atMs: nowMs }]));
  expect(now().previous?.instances.get('iam@node02')?.unit?.active).toBe('failed');
});

test('another inventory, topology or set of options forgets what was known', () => {
  const base = rounds(worldOf(3), 2, silentOn('chainfire@node02'));
  const { step, now } = compared(base);
  step(now());
  const [first, ...others] = base.inventory.nodes;
  step({ ...now(), inventory: { ...base.inventory, nodes: others } });
  expect(now().previous?.instances.has(`chainfire@${first?.name ?? ''}`)).toBe(false);
  step({ ...now(), inventory: base.inventory });
  const loose = base.topology.services.map((service) => ({ ...service, requires: [] }));
  const state = step({ ...now(), topology: { ...base.topology, services: loose } });
  expect(state.instances.get('flaredb@node02')?.reason).toBe('');
  expect(step({ ...later(base, 5000), options: { ...base.options, intervalMs: 500 } }).counts.ok).toBe(0);
});

test('a certificate that comes to its end and a look that gets old are not slept through', () => {
  const certificate = { subject: 'CN=x', issuer: 'CN=y', names: [], notBeforeMs: 0 };
  const base = worldOf(1);
  const endMs = base.nowMs + base.options.certificateWarnMs + 5000;
  const well = rounds(base, 2, (target, atMs) => ({
    ...pass(target, atMs),
    certificate: { ...certificate, notAfterMs: endMs },
  }));
  const first = judged(well);
  expect(first.headline.cause).toBeUndefined();
  const soon = later({ ...well, previous: first }, 1500);
  expect(judged(soon).headline.cause).toMatch(/certificate ends in/u);
  expect(judged(later({ ...well, previous: first }, 6500)).counts.unknown).toBe(9);
});
