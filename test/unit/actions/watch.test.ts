/** The watch under a wall clock that is set while it watches; every new fact is a look, so no time has to pass. */
import { afterEach, expect, it } from 'vitest';
import { type Sight, sightOf } from '../../../src/actions/settle.ts';
import { type WatchEnd, watchRecovery } from '../../../src/actions/watch.ts';
import { waitFor } from '../../helpers/wait-for.ts';
import { healthyWorld, inventoryOf, type World } from './world.ts';

const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;
const STABLE_MS = 4000;
const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

const watching = () => {
  const world: World = healthyWorld(inventoryOf(1), NOW);
  const time = { wallMs: NOW + 100, monotonicMs: 5000 };
  const abort = new AbortController();
  cleanups.push(() => abort.abort());
  const greens: boolean[] = [];
  let nudges = 0;
  let ended: WatchEnd<Sight> | undefined;
  const watched = { instance: 'fiberlb@node01', node: 'node01', unit: 'fiberlb.service' } as const;
  const end = watchRecovery({
    sight: (sinceMs) => sightOf(world.facts(), world.cluster(), { ...watched, sinceMs }),
    sinceMs: time.wallMs,
    subscribe: world.subscribe,
    nudge: () => {
      nudges += 1;
    },
    clock: { now: () => time.wallMs, monotonic: () => time.monotonicMs },
    stableMs: STABLE_MS,
    timeoutMs: 30_000,
    signal: abort.signal,
    needsSign: false,
    onSight: ({ green }) => greens.push(green),
  });
  void end.then((result) => {
    ended = result;
  });
  return {
    end,
    greens,
    nudges: () => nudges,
    /** Nothing is looked at meanwhile. */
    pass: (ms: number) => {
      time.wallMs += ms;
      time.monotonicMs += ms;
    },
    hasEnded: async () => {
      await Promise.resolve();
      return ended !== undefined;
    },
    setBack: (ms: number) => {
      time.wallMs -= ms;
    },
    /** Two seconds pass, then everything on the node is looked at and found well. */
    poll: () => {
      time.wallMs += 2000;
      time.monotonicMs += 2000;
      world.poll(time.wallMs);
    },
  };
};

it('counts the looks that are taken after the clock was set back, and durations by the monotonic clock', async () => {
  const { end, poll, setBack, greens } = watching();
  setBack(HOUR);
  poll();
  for (let index = 0; index < 4; index += 1) poll();
  expect(greens.at(-1)).toBe(true);
  const result = await end;
  expect(result.kind).toBe('recovered');
  if (result.kind === 'recovered') expect(result.healthyAtMs - 5000).toBeLessThanOrEqual(4000);
});

it('starts over with the looks: what was well before the step does not confirm what came after', async () => {
  const { poll, setBack, hasEnded, end } = watching();
  poll();
  poll();
  setBack(HOUR);
  poll();
  poll();
  expect(await hasEnded()).toBe(false);
  poll();
  poll();
  expect((await end).kind).toBe('recovered');
});

it('asks for the look that confirms it, where the next one would be long in coming', async () => {
  const { end, poll, pass, greens, nudges } = watching();
  poll();
  expect(greens.at(-1)).toBe(true);
  const before = nudges();
  pass(STABLE_MS);
  await waitFor(() => expect(nudges()).toBeGreaterThan(before));
  poll();
  expect((await end).kind).toBe('recovered');
});
