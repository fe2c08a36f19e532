/** How one unit's process lives and dies, and what systemd writes about it: the states of systemd.service(5). */
import type { Job, JobResult } from './jobs.ts';
import type { Journal } from './journal.ts';
import {
  type ActiveState,
  become,
  exitName,
  isPolite,
  type ProcessStep,
  type SubState,
  signalName,
  takeStart,
  type Unit,
} from './unit-state.ts';
import type { UnitDefinition } from './units.ts';

/** The programs that the units run, as the world plays them. */
export type Programs = {
  /** What the process does next; asked at its start and after every `again`, which must lie in the future. */
  readonly next: (unit: UnitDefinition, startedAtMs: number, nowMs: number) => ProcessStep;
};

/** What the jobs need to hear of a unit. */
type MachineEvents = {
  readonly started: (unit: Unit) => void;
  readonly stopped: (unit: Unit) => void;
  readonly startFailed: (unit: Unit) => void;
  /** RestartSec has passed. */
  readonly restartDue: (unit: Unit) => void;
};

export type MachineOptions = {
  readonly journal: Journal;
  readonly programs: Programs;
  readonly random: () => number;
  readonly nowMs: () => number;
  readonly jobOf: (unit: Unit) => Job | undefined;
  readonly events: MachineEvents;
};

export type ProcessEnd =
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: number }
  | { readonly kind: 'timeout' };

/** From SIGTERM to a dead process. */
const STOP_MS = 100;

export const hex = (random: () => number, digits: number): string =>
  Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');

/** `iam.service - IAM: Authentication …`, as systemd's lines name a unit. */
export const titled = ({ definition }: Readonly<Unit>): string =>
  `${definition.name} - ${definition.description}`;

export class ServiceMachine {
  readonly #options: MachineOptions;
  #lastPid = 400;

  constructor(options: MachineOptions) {
    this.#options = options;
  }

  /** Starts a unit that is down. */
  start(unit: Unit): void {
    const { programs, random, events } = this.#options;
    const now = this.#options.nowMs();
    const { name, type, kind, timeoutStartMs } = unit.definition;
    if (!takeStart(unit, now)) {
      this.note(unit, 4, `${name}: Start request repeated too quickly.`);
      if (unit.result === 'success') unit.result = 'start-limit-hit';
      this.#fail(unit, undefined);
      return;
    }
    if (unit.flushRestarts) unit.restarts = 0;
    unit.flushRestarts = false;
    unit.result = 'success';
    unit.invocation = hex(random, 32);
    unit.processStartedMs = now;
    if (kind === 'target') {
      this.become(unit, 'active', 'active');
      this.note(unit, 6, `Reached target ${titled(unit)}.`, 'done');
      events.started(unit);
      return;
    }
    this.#lastPid += 1 + Math.floor(random() * 12);
    unit.pid = this.#lastPid;
    unit.exit = { how: 0, status: 0 };
    this.note(unit, 6, `Starting ${titled(unit)}...`);
    unit.next = programs.next(unit.definition, now, now);
    if (type === 'simple') {
      this.#up(unit, 'running', 'Started');
      return;
    }
    if (type === 'notify') unit.statusText = 'warming up';
    unit.timeoutAtMs = timeoutStartMs === undefined ? undefined : now + timeoutStartMs;
    this.become(unit, 'activating', 'start');
  }

  /** Stops a unit that is not down: at once when it has no process, else with SIGTERM. */
  stop(unit: Unit): void {
    if (unit.active === 'deactivating') return;
    if (unit.pid === 0) {
      unit.restartAtMs = undefined;
      this.note(unit, 6, `Stopped ${titled(unit)}.`, 'done');
      this.become(unit, 'inactive', 'dead');
      this.#options.events.stopped(unit);
      return;
    }
    this.note(unit, 6, `Stopping ${titled(unit)}...`);
    unit.serving = false;
    unit.next = undefined;
    unit.timeoutAtMs = undefined;
    unit.stopAtMs = this.#options.nowMs() + STOP_MS;
    this.become(unit, 'deactivating', 'stop-sigterm');
  }

  /** Lets everything happen to the unit that is due. */
  runTimers(unit: Unit): void {
    const now = this.#options.nowMs();
    const { name } = unit.definition;
    if (unit.stopAtMs !== undefined && unit.stopAtMs <= now) this.#terminated(unit);
    if (unit.timeoutAtMs !== undefined && unit.timeoutAtMs <= now) {
      this.note(unit, 4, `${name}: start operation timed out. Terminating.`);
      this.processEnded(unit, { kind: 'timeout' });
    }
    if (unit.restartAtMs !== undefined && unit.restartAtMs <= now) {
      unit.restartAtMs = undefined;
      unit.restarts += 1;
      this.note(unit, 6, `${name}: Scheduled restart job, restart counter is at ${unit.restarts}.`);
      this.#options.events.restartDue(unit);
    }
    if (unit.next !== undefined && unit.next.atMs <= now) this.#runProcess(unit, unit.next);
  }

  /** The process ended by itself, by a signal from outside, or because it took too long to start. */
  processEnded(unit: Unit, end: ProcessEnd): void {
    if (unit.stopAtMs !== undefined) {
      this.#terminated(unit);
      return;
    }
    const { name, restartSecMs } = unit.definition;
    unit.next = undefined;
    unit.pid = 0;
    unit.serving = false;
    unit.timeoutAtMs = undefined;
    const signal = end.kind === 'timeout' ? 15 : end.kind === 'signal' ? end.signal : 0;
    unit.exit = end.kind === 'exit' ? { how: 1, status: end.code } : { how: 2, status: signal };
    if (end.kind === 'exit' ? end.code === 0 : end.kind === 'signal' && isPolite(signal)) {
      this.#endedWell(unit, end.kind === 'exit');
      return;
    }
    unit.result = end.kind === 'exit' ? 'exit-code' : end.kind;
    const how =
      end.kind === 'exit'
        ? `code=exited, status=${end.code}/${exitName(end.code)}`
        : `code=killed, status=${signal}/${signalName(signal)}`;
    this.note(unit, 5, `${name}: Main process exited, ${how}`);
    this.#fail(unit, restartSecMs);
  }

  become(unit: Unit, active: ActiveState, sub: SubState): void {
    become(unit, active, sub, this.#options.nowMs());
  }

  /** A line from systemd about the unit and its present job. */
  note(unit: Unit, priority: number, message: string, result?: JobResult): void {
    const job = this.#options.jobOf(unit);
    this.#options.journal.append({
      ...{ atMs: this.#options.nowMs(), unit: unit.definition.name, from: 'systemd' },
      ...{ identifier: 'systemd', pid: 1, priority, message, invocation: unit.invocation },
      ...(job === undefined ? {} : { job: { id: job.id, type: job.type, ...(result && { result }) } }),
    });
  }

  /** A line from the unit's own process. */
  say(unit: Unit, priority: number, message: string): void {
    const { name, identifier } = unit.definition;
    this.#options.journal.append({
      ...{ atMs: this.#options.nowMs(), unit: name, from: 'process' },
      ...{ identifier, pid: unit.pid, priority, message, invocation: unit.invocation },
    });
  }

  #runProcess(unit: Unit, step: ProcessStep): void {
    unit.next = undefined;
    switch (step.kind) {
      case 'again':
        unit.next = this.#options.programs.next(
          unit.definition,
          unit.processStartedMs,
          this.#options.nowMs(),
        );
        return;
      case 'exit':
        if (step.line !== undefined) this.say(unit, step.code === 0 ? 5 : 3, step.line);
        this.processEnded(unit, { kind: 'exit', code: step.code });
        return;
      case 'ready':
        this.#ready(unit);
        return;
      default:
        step satisfies never;
    }
  }

  #ready(unit: Unit): void {
    const { port, type } = unit.definition;
    unit.serving = true;
    unit.timeoutAtMs = undefined;
    if (port !== undefined) this.say(unit, 6, `listening on :${port}`);
    if (type === 'notify') unit.statusText = port === undefined ? 'serving' : `serving on :${port}`;
    if (unit.active === 'activating') this.#up(unit, 'running', 'Started');
  }

  #up(unit: Unit, sub: SubState, word: 'Started' | 'Finished'): void {
    this.become(unit, 'active', sub);
    this.note(unit, 6, `${word} ${titled(unit)}.`, 'done');
    this.#options.events.started(unit);
  }

  /** The process is gone after a SIGTERM from systemd. */
  #terminated(unit: Unit): void {
    unit.stopAtMs = undefined;
    unit.pid = 0;
    unit.exit = { how: 1, status: 0 };
    unit.flushRestarts = true;
    this.note(unit, 6, `${unit.definition.name}: Deactivated successfully.`);
    this.note(unit, 6, `Stopped ${titled(unit)}.`, 'done');
    this.become(unit, 'inactive', 'dead');
    this.#options.events.stopped(unit);
  }

  #endedWell(unit: Unit, byItself: boolean): void {
    const { name, type, remainAfterExit } = unit.definition;
    if (type === 'oneshot' && byItself) {
      if (remainAfterExit) this.#up(unit, 'exited', 'Finished');
      else {
        this.become(unit, 'inactive', 'dead');
        this.note(unit, 6, `Finished ${titled(unit)}.`, 'done');
        this.#options.events.started(unit);
      }
      return;
    }
    unit.flushRestarts = true;
    this.note(unit, 6, `${name}: Deactivated successfully.`);
    this.become(unit, 'inactive', 'dead');
    this.#options.events.startFailed(unit);
  }

  /** Enters auto-restart after `restartInMs`, or `failed` for good when there is none. */
  #fail(unit: Unit, restartInMs: number | undefined): void {
    const wasStarting = unit.active !== 'active';
    this.note(unit, 4, `${unit.definition.name}: Failed with result '${unit.result}'.`);
    if (wasStarting) this.note(unit, 3, `Failed to start ${titled(unit)}.`, 'failed');
    this.become(unit, 'failed', 'failed');
    if (restartInMs === undefined) unit.flushRestarts = true;
    else {
      unit.restartAtMs = this.#options.nowMs() + restartInMs;
      this.become(unit, 'activating', 'auto-restart');
    }
    this.#options.events.startFailed(unit);
  }
}
