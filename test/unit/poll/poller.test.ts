import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import {
  createPoller,
  type Poller,
  type PollerOptions,
  type PollTask,
  STOP_GRACE_MS,
} from '../../../src/poll/poller.ts';

const pollers: Poller[] = [];
const poll = (tasks: readonly PollTask[], options: Partial<PollerOptions> = {}): Poller => {
  const poller = createPoller({ tasks, clock: systemClock, random: () => 0.5, ...options });
  pollers.push(poller);
  return poller;
};

/** A task that counts its runs and ends each when told to. */
const counted = (id: string, run: () => boolean | Promise<boolean> = () => true) => {
  const seen = { runs: 0, inFlight: 0, most: 0 };
  const task: PollTask = {
    id,
    intervalMs: 1000,
    run: async () => {
      seen.runs += 1;
      seen.inFlight += 1;
      seen.most = Math.max(seen.most, seen.inFlight);
      try {
        return await run();
      } finally {
        seen.inFlight -= 1;
      }
    },
  };
  return { task, seen };
};
const forever = (): Promise<boolean> => new Promise(() => {});

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(async () => {
  const stopped = Promise.all(pollers.splice(0).map((poller) => poller.stop()));
  await vi.advanceTimersByTimeAsync(STOP_GRACE_MS);
  await stopped;
  vi.useRealTimers();
});

describe('the poller', () => {
  it('runs at once and then every interval', async () => {
    const { task, seen } = counted('a');
    const poller = poll([task]);
    await vi.advanceTimersByTimeAsync(5000);
    expect(seen.runs).toBe(0);
    poller.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(seen.runs).toBe(1);
    await vi.advanceTimersByTimeAsync(3000);
    expect(seen.runs).toBe(4);
  });

  it('runs at another interval from the run on that asks for it', async () => {
    const { task, seen } = counted('a');
    poll([{ ...task, intervalMs: 60_000, paceMs: () => (seen.runs < 3 ? 1000 : 60_000) }]).start();
    await vi.advanceTimersByTimeAsync(2000);
    expect(seen.runs).toBe(3);
    await vi.advanceTimersByTimeAsync(59_999);
    expect(seen.runs).toBe(3);
    await vi.advanceTimersByTimeAsync(1);
    expect(seen.runs).toBe(4);
  });

  it('keeps every other task on time while one hangs', async () => {
    const hanging = counted('dead', forever);
    const lively = counted('alive');
    poll([hanging.task, lively.task]).start();
    await vi.advanceTimersByTimeAsync(10_010);
    expect(hanging.seen.runs).toBe(1);
    expect(lively.seen.runs).toBe(11);
  });

  it('never overlaps the runs of one task, whatever nudges it', async () => {
    const slow = counted('slow', () => new Promise((resolve) => setTimeout(() => resolve(true), 3500)));
    const poller = poll([slow.task]);
    poller.start();
    for (let i = 0; i < 40; i += 1) {
      await vi.advanceTimersByTimeAsync(250);
      poller.nudge();
    }
    expect(slow.seen.runs).toBe(3);
    expect(slow.seen.most).toBe(1);
  });

  it('goes on after a task throws, rejects or fails, more slowly after the third time', async () => {
    const throwing = { runs: 0 };
    const thrower: PollTask = {
      id: 'thrower',
      intervalMs: 1000,
      run: () => {
        throwing.runs += 1;
        throw new Error('synchronous');
      },
    };
    const rejecting = counted('rejecting', () => Promise.reject(new Error('later')));
    const failing = counted('failing', () => false);
    poll([thrower, rejecting.task, failing.task]).start();
    await vi.advanceTimersByTimeAsync(2900);
    expect([throwing.runs, rejecting.seen.runs, failing.seen.runs]).toEqual([3, 3, 3]);
    await vi.advanceTimersByTimeAsync(60_000);
    for (const runs of [throwing.runs, rejecting.seen.runs, failing.seen.runs]) {
      expect(runs).toBeGreaterThanOrEqual(7);
      expect(runs).toBeLessThan(15);
    }
  });

  it('takes the plain interval again as soon as a task recovers', async () => {
    let healthy = false;
    const { task, seen } = counted('a', () => healthy);
    poll([task]).start();
    await vi.advanceTimersByTimeAsync(60_000);
    healthy = true;
    await vi.advanceTimersByTimeAsync(15_000);
    const recovered = seen.runs;
    await vi.advanceTimersByTimeAsync(5000);
    expect(seen.runs).toBe(recovered + 5);
  });

  it('nudges the named tasks now and leaves the others alone', async () => {
    const one = counted('one');
    const two = counted('two');
    const poller = poll([one.task, two.task]);
    poller.start();
    await vi.advanceTimersByTimeAsync(100);
    poller.nudge(['two', 'nobody']);
    await vi.advanceTimersByTimeAsync(0);
    expect([one.seen.runs, two.seen.runs]).toEqual([1, 2]);
  });

  it('runs a task again when it was nudged in flight', async () => {
    let end: ((ok: boolean) => void) | undefined;
    const { task, seen } = counted('a', () => new Promise((resolve) => (end = resolve)));
    const poller = poll([task]);
    poller.start();
    await vi.advanceTimersByTimeAsync(10);
    poller.nudge(['a']);
    await vi.advanceTimersByTimeAsync(10);
    expect(seen.runs).toBe(1);
    end?.(true);
    await vi.advanceTimersByTimeAsync(1);
    expect(seen.runs).toBe(2);
  });

  it('begins nothing while paused and catches up on resume', async () => {
    const { task, seen } = counted('a');
    const poller = poll([task]);
    poller.start();
    await vi.advanceTimersByTimeAsync(0);
    poller.pause();
    poller.nudge();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(seen.runs).toBe(1);
    poller.resume();
    await vi.advanceTimersByTimeAsync(0);
    expect(seen.runs).toBe(2);
    await vi.advanceTimersByTimeAsync(1000);
    expect(seen.runs).toBe(3);
  });

  it('keeps to maxInFlight and lets the waiting ones in turn', async () => {
    const order: string[] = [];
    let inFlight = 0;
    let most = 0;
    const tasks = Array.from(
      { length: 6 },
      (_, index): PollTask => ({
        id: String(index),
        intervalMs: 60_000,
        run: async () => {
          order.push(String(index));
          most = Math.max(most, ++inFlight);
          await new Promise((resolve) => setTimeout(resolve, 100));
          inFlight -= 1;
          return true;
        },
      }),
    );
    poll(tasks, { maxInFlight: 2 }).start();
    await vi.advanceTimersByTimeAsync(1000);
    expect(most).toBe(2);
    expect(order).toEqual(['0', '1', '2', '3', '4', '5']);
  });

  it('aborts what runs on stop and begins nothing afterwards', async () => {
    let aborted = false;
    let runs = 0;
    const task: PollTask = {
      id: 'a',
      intervalMs: 1000,
      run: (signal) =>
        new Promise((resolve) => {
          runs += 1;
          signal.addEventListener('abort', () => {
            aborted = true;
            resolve(false);
          });
        }),
    };
    const poller = poll([task]);
    poller.start();
    await vi.advanceTimersByTimeAsync(0);
    // Resolves without any time passing: the task heeds its signal.
    await poller.stop();
    expect(aborted).toBe(true);
    poller.start();
    poller.resume();
    poller.nudge();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(runs).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('stops within a second even when a task ignores its signal', async () => {
    const { task } = counted('deaf', forever);
    const poller = poll([task]);
    poller.start();
    await vi.advanceTimersByTimeAsync(0);
    let stopped = false;
    const stop = poller.stop().then(() => (stopped = true));
    await vi.advanceTimersByTimeAsync(STOP_GRACE_MS - 1);
    expect(stopped).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await stop;
    expect(STOP_GRACE_MS).toBeLessThan(1000);
    expect(vi.getTimerCount()).toBe(0);
  });
});
