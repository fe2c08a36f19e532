/** Runs tasks for ever, each on its own clock, until stopped. Never throws, never gives up, never overlaps. */
import type { Clock } from '../lib/clock.ts';
import { begin, FIRST_CONTACT_SPACING_MS, finish, firstSchedule, nudge, type Schedule } from './schedule.ts';

export type PollTask = {
  readonly id: string;
  readonly intervalMs: number;
  /** Asked after each run: the interval from then on, where it is not always the same. */
  readonly paceMs?: () => number;
  /** One look: true when it went well. A throw counts as a failure. It brings its own deadline and heeds the signal. */
  readonly run: (signal: AbortSignal) => Promise<boolean>;
};

export type PollerOptions = {
  readonly tasks: readonly PollTask[];
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** Runs at once; more wait their turn. No limit by default: with one, dead nodes can delay the others. */
  readonly maxInFlight?: number;
};

export type Poller = {
  readonly start: () => void;
  /** Aborts what runs; resolves when all of it has ended, at the latest after STOP_GRACE_MS. Final. */
  readonly stop: () => Promise<void>;
  /** Begins no more runs; those in flight end by themselves. */
  readonly pause: () => void;
  /** Goes on; what came due meanwhile runs now, paced like first contacts. */
  readonly resume: () => void;
  /** Runs these tasks now (all of them by default); when paused, at resume. */
  readonly nudge: (ids?: Iterable<string>) => void;
};

/** How long stop() waits for tasks that ignore their signal. */
export const STOP_GRACE_MS = 500;

type Entry = {
  readonly task: PollTask;
  schedule: Schedule;
  timer?: NodeJS.Timeout | undefined;
};

/** Creates a poller at rest; `start()` sets it going. */
export const createPoller = (options: PollerOptions): Poller => {
  const { clock, random, maxInFlight = Number.POSITIVE_INFINITY } = options;
  const entries = new Map<string, Entry>();
  const running = new Map<Entry, { readonly controller: AbortController; readonly done: Promise<void> }>();
  const queue = new Set<Entry>();
  let state: 'new' | 'going' | 'paused' | 'stopped' = 'new';
  let stopping: Promise<void> | undefined;

  const disarm = (entry: Entry): void => {
    clearTimeout(entry.timer);
    entry.timer = undefined;
    queue.delete(entry);
  };

  const arm = (entry: Entry): void => {
    disarm(entry);
    if (state !== 'going' || running.has(entry)) return;
    // Rounded up: setTimeout counts whole ms, and waking before the due time would need a second timer.
    const delayMs = Math.max(0, Math.ceil(entry.schedule.dueMs - clock.monotonic()));
    entry.timer = setTimeout(() => onDue(entry), delayMs);
  };

  const onDue = (entry: Entry): void => {
    entry.timer = undefined;
    if (running.size < maxInFlight) launch(entry);
    else queue.add(entry);
  };

  const launch = (entry: Entry): void => {
    const begun = begin(entry.schedule, clock.monotonic());
    if (begun === undefined) {
      // A timer may fire a moment before the monotonic clock agrees.
      arm(entry);
      return;
    }
    entry.schedule = begun;
    const controller = new AbortController();
    running.set(entry, { controller, done: look(entry, controller.signal) });
  };

  const look = async (entry: Entry, signal: AbortSignal): Promise<void> => {
    let ok = false;
    try {
      // The turn given up first lets launch() note the run before a task that never yields can end.
      await Promise.resolve();
      ok = await entry.task.run(signal);
    } catch {
      // What a task throws is its own to report; for the schedule it is one more failure.
    }
    running.delete(entry);
    const intervalMs = entry.task.paceMs?.() ?? entry.task.intervalMs;
    entry.schedule = finish({ ...entry.schedule, intervalMs }, ok, clock.monotonic(), random());
    arm(entry);
    launchQueued();
  };

  const launchQueued = (): void => {
    for (const next of queue) {
      if (state !== 'going' || running.size >= maxInFlight) return;
      queue.delete(next);
      launch(next);
    }
  };

  const stop = async (): Promise<void> => {
    state = 'stopped';
    for (const entry of entries.values()) disarm(entry);
    const inFlight = [...running.values()];
    for (const { controller } of inFlight) controller.abort();
    let grace: NodeJS.Timeout | undefined;
    const graceOver = new Promise<void>((resolve) => {
      grace = setTimeout(resolve, STOP_GRACE_MS);
    });
    await Promise.race([Promise.all(inFlight.map(({ done }) => done)), graceOver]);
    clearTimeout(grace);
  };

  return {
    start: () => {
      if (state !== 'new') return;
      state = 'going';
      for (const [index, task] of options.tasks.entries()) {
        entries.set(task.id, { task, schedule: firstSchedule(task.intervalMs, index, clock.monotonic()) });
      }
      for (const entry of entries.values()) arm(entry);
    },
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
    pause: () => {
      if (state !== 'going') return;
      state = 'paused';
      for (const entry of entries.values()) disarm(entry);
    },
    resume: () => {
      if (state !== 'paused') return;
      state = 'going';
      const nowMs = clock.monotonic();
      let overdue = 0;
      for (const entry of entries.values()) {
        if (entry.schedule.dueMs <= nowMs && entry.schedule.runningSinceMs === undefined) {
          // Kept-alive connections may be gone after a long pause: these are first contacts again.
          entry.schedule = { ...entry.schedule, dueMs: nowMs + overdue * FIRST_CONTACT_SPACING_MS };
          overdue += 1;
        }
        arm(entry);
      }
    },
    nudge: (ids = entries.keys()) => {
      const nowMs = clock.monotonic();
      let position = 0;
      for (const id of ids) {
        const entry = entries.get(id);
        if (entry === undefined) continue;
        entry.schedule = nudge(entry.schedule, nowMs + position * FIRST_CONTACT_SPACING_MS);
        position += 1;
        if (!queue.has(entry)) arm(entry);
      }
    },
  };
};
