/** PID 1 of one simulated node: units, jobs, restarts and the start limit, as systemd 252 was seen to treat them. */
import type { UnitName } from '../../core/model/topology.ts';
import { JobQueue } from './job-queue.ts';
import { type Job, type JobResult, type JobType, transaction, type UnitGraph, unitGraph } from './jobs.ts';
import { Journal } from './journal.ts';
import {
  become,
  exitName,
  isPolite,
  isStoppable,
  isUp,
  newUnit,
  nextTimer,
  type ProcessStep,
  signalName,
  takeStart,
  type Unit,
} from './unit-state.ts';
import { MULTI_USER, type UnitDefinition } from './units.ts';

/** The programs that the units run, as the world plays them. */
export type Programs = {
  /** What the process does next; asked at its start and after every `again`, which must lie in the future. */
  readonly next: (unit: UnitDefinition, startedAtMs: number, nowMs: number) => ProcessStep;
};

export type RequestReply =
  | { readonly kind: 'not-found'; readonly unit: UnitName }
  /** `job` is undefined when there was nothing to do. */
  | { readonly kind: 'queued'; readonly job: number | undefined };

export type ManagerOptions = {
  readonly definitions: readonly UnitDefinition[];
  readonly programs: Programs;
  readonly random: () => number;
  readonly bootAtMs: number;
};

type ProcessEnd =
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: number }
  | { readonly kind: 'timeout' };

/** From SIGTERM to a dead process. */
const STOP_MS = 100;

const hex = (random: () => number, digits: number): string =>
  Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');

const titled = (unit: Readonly<Unit>): string => `${unit.definition.name} - ${unit.definition.description}`;

export class Manager {
  readonly graph: UnitGraph;
  readonly bootId: string;
  readonly bootAtMs: number;
  readonly journal = new Journal();
  readonly #units: ReadonlyMap<UnitName, Unit>;
  readonly #programs: Programs;
  readonly #random: () => number;
  readonly #queue: JobQueue;
  #nowMs: number;
  #nextMs = Number.POSITIVE_INFINITY;
  #lastPid = 400;
  #finishedBootAtMs: number | undefined;

  constructor(options: ManagerOptions) {
    this.graph = unitGraph(options.definitions);
    this.#units = new Map(options.definitions.map((definition) => [definition.name, newUnit(definition)]));
    this.#queue = new JobQueue(this.graph);
    this.#programs = options.programs;
    this.#random = options.random;
    this.bootAtMs = options.bootAtMs;
    this.#nowMs = options.bootAtMs;
    this.bootId = [8, 4, 4, 4, 12].map((digits) => hex(options.random, digits)).join('-');
    this.request('start', MULTI_USER, this.#nowMs);
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** When the boot's last job ended, world ms; undefined while booting. */
  get finishedBootAtMs(): number | undefined {
    return this.#finishedBootAtMs;
  }

  get counts(): { readonly jobs: number; readonly installed: number; readonly failedJobs: number } {
    return { jobs: this.#queue.size, installed: this.#queue.installed, failedJobs: this.#queue.failed };
  }

  /** The share of the boot's jobs that is done, 0 to 1; 1 after the boot. */
  get progress(): number {
    return this.#finishedBootAtMs === undefined
      ? 1 - this.#queue.size / Math.max(1, this.#queue.installed)
      : 1;
  }

  /** What `systemctl is-system-running` says. */
  get systemState(): 'starting' | 'running' | 'degraded' {
    if (this.#finishedBootAtMs === undefined) return 'starting';
    return this.units().some((unit) => unit.active === 'failed') ? 'degraded' : 'running';
  }

  unit(name: UnitName): Readonly<Unit> | undefined {
    return this.#units.get(name);
  }

  units(): readonly Readonly<Unit>[] {
    return [...this.#units.values()];
  }

  jobs(): readonly Job[] {
    return this.#queue.all();
  }

  job(unit: UnitName): Job | undefined {
    return this.#queue.of(unit);
  }

  /** How a job ended; undefined while it is queued or running. */
  jobResult(id: number): JobResult | undefined {
    return this.#queue.result(id);
  }

  /** World time of the next thing that happens by itself; Infinity when nothing will. */
  nextMs(): number {
    return this.#nextMs;
  }

  /** Lets everything happen that is due at `nowMs`. Time does not run backwards: an earlier one counts as the last. */
  step(nowMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, nowMs);
    for (const unit of this.#units.values()) this.#runTimers(unit);
    this.#settle();
  }

  /** systemctl start, stop or restart of one unit. */
  request(type: JobType, name: UnitName, nowMs: number): RequestReply {
    this.#nowMs = Math.max(this.#nowMs, nowMs);
    const definition = this.graph.definitions.get(name);
    if (definition === undefined) return { kind: 'not-found', unit: name };
    this.#enqueue(type, name);
    const job = this.#queue.of(name)?.id;
    this.#settle();
    return { kind: 'queued', job };
  }

  /** The units that a request would queue a job for, without queuing any. */
  wouldTouch(type: JobType, name: UnitName): readonly UnitName[] {
    return [...this.#plan(type, name).keys()];
  }

  /** Forgets a failure and the start limit; false when there is no such unit. */
  resetFailed(name: UnitName): boolean {
    const unit = this.#units.get(name);
    if (unit === undefined) return false;
    unit.starts = 0;
    unit.restarts = 0;
    unit.result = 'success';
    if (unit.active === 'failed') this.#become(unit, 'inactive', 'dead');
    return true;
  }

  /** Sends a signal to the unit's process: HUP, INT, PIPE and TERM end it cleanly, others as a failure. */
  kill(name: UnitName, signal: number, nowMs: number): 'not-found' | 'not-running' | 'sent' {
    this.#nowMs = Math.max(this.#nowMs, nowMs);
    const unit = this.#units.get(name);
    if (unit === undefined) return 'not-found';
    if (unit.pid === 0) return 'not-running';
    this.#processEnded(unit, { kind: 'signal', signal });
    this.#settle();
    return 'sent';
  }

  /** The unit's process writes a last line and exits by itself; nothing happens when it does not run. */
  crash(name: UnitName, code: number, line: string, nowMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, nowMs);
    const unit = this.#units.get(name);
    if (unit === undefined || unit.pid === 0) return;
    this.#say(unit, 3, line);
    this.#processEnded(unit, { kind: 'exit', code });
    this.#settle();
  }

  /** A line in the journal from the unit's own process. */
  log(name: UnitName, priority: number, line: string): void {
    const unit = this.#units.get(name);
    if (unit !== undefined) this.#say(unit, priority, line);
  }

  /** A transaction without the jobs that would change nothing. */
  #plan(type: JobType, anchor: UnitName): ReadonlyMap<UnitName, JobType> {
    const jobs = transaction(this.graph, anchor, type, (name) => isUp(this.#units.get(name)));
    return new Map([...jobs].filter(([name, wanted]) => !this.#isRedundant(name, wanted)));
  }

  #isRedundant(name: UnitName, wanted: JobType): boolean {
    const unit = this.#units.get(name);
    if (unit === undefined || this.#queue.of(name) !== undefined) return unit === undefined;
    return wanted === 'start' ? unit.active === 'active' : wanted === 'stop' && !isStoppable(unit);
  }

  #enqueue(type: JobType, anchor: UnitName): void {
    for (const [name, wanted] of this.#plan(type, anchor)) this.#queue.install(name, wanted);
  }

  #settle(): void {
    let progressed = true;
    while (progressed) {
      progressed = false;
      for (const job of this.#queue.runnable()) {
        const unit = this.#units.get(job.unit);
        // An earlier job of this round may have changed or ended this one.
        if (unit !== undefined && this.#queue.of(job.unit) === job && this.#run(unit, job)) progressed = true;
      }
    }
    if (this.#queue.size === 0) this.#finishedBootAtMs ??= this.#nowMs;
    this.#nextMs = Math.min(...[...this.#units.values()].map(nextTimer));
  }

  /** Runs a job whose turn has come; false when the unit is not ready for it. */
  #run(unit: Unit, job: Job): boolean {
    if (job.type === 'start') return this.#runStart(unit, job);
    const running = this.#queue.begin(job);
    if (!isStoppable(unit)) this.#stopped(unit);
    else if (unit.pid === 0) {
      unit.restartAtMs = undefined;
      this.#note(unit, 6, `Stopped ${titled(unit)}.`, running, 'done');
      this.#become(unit, 'inactive', 'dead');
      this.#stopped(unit);
    } else if (unit.active !== 'deactivating') {
      this.#note(unit, 6, `Stopping ${titled(unit)}...`, running);
      unit.serving = false;
      unit.next = undefined;
      unit.timeoutAtMs = undefined;
      unit.stopAtMs = this.#nowMs + STOP_MS;
      this.#become(unit, 'deactivating', 'stop-sigterm');
    }
    return true;
  }

  #runStart(unit: Unit, job: Job): boolean {
    if (unit.active === 'active') {
      this.#finish(job, 'done');
      return true;
    }
    // Between two tries a start waits for RestartSec to pass, as it does for a process that is still stopping.
    if (unit.active === 'deactivating' || unit.sub === 'auto-restart') return false;
    this.#queue.begin(job);
    if (unit.active !== 'activating') this.#start(unit);
    return true;
  }

  #finish(job: Job, result: JobResult): void {
    this.#queue.end(job, result);
    if (result === 'done' || result === 'canceled') return;
    for (const name of this.graph.requiredBy.get(job.unit) ?? []) {
      const dependent = this.#queue.of(name);
      const unit = this.#units.get(name);
      if (dependent?.type !== 'start' || unit === undefined) continue;
      this.#note(unit, 4, `Dependency failed for ${titled(unit)}.`, dependent, 'dependency');
      this.#note(
        unit,
        5,
        `${name}: Job ${name}/start failed with result 'dependency'.`,
        dependent,
        'dependency',
      );
      this.#finish(dependent, 'dependency');
    }
  }

  /** The stop half of a stop or restart job is over. */
  #stopped(unit: Unit): void {
    const job = this.#queue.of(unit.definition.name);
    if (job?.state !== 'running') return;
    if (job.type === 'stop') this.#finish(job, 'done');
    else if (job.type === 'restart') this.#queue.turnIntoStart(job);
  }

  #start(unit: Unit): void {
    const { name, type, kind, timeoutStartMs } = unit.definition;
    if (!takeStart(unit, this.#nowMs)) {
      this.#note(unit, 4, `${name}: Start request repeated too quickly.`);
      if (unit.result === 'success') unit.result = 'start-limit-hit';
      this.#fail(unit, undefined);
      return;
    }
    if (unit.flushRestarts) unit.restarts = 0;
    unit.flushRestarts = false;
    unit.result = 'success';
    unit.invocation = hex(this.#random, 32);
    unit.processStartedMs = this.#nowMs;
    if (kind === 'target') {
      this.#become(unit, 'active', 'active');
      this.#started(unit, 'Reached target');
      return;
    }
    this.#lastPid += 1 + Math.floor(this.#random() * 12);
    unit.pid = this.#lastPid;
    unit.exit = { how: 0, status: 0 };
    this.#note(unit, 6, `Starting ${titled(unit)}...`, this.#queue.of(name));
    unit.next = this.#programs.next(unit.definition, this.#nowMs, this.#nowMs);
    if (type === 'simple') {
      this.#become(unit, 'active', 'running');
      this.#started(unit, 'Started');
      return;
    }
    if (type === 'notify') unit.statusText = 'warming up';
    unit.timeoutAtMs = timeoutStartMs === undefined ? undefined : this.#nowMs + timeoutStartMs;
    this.#become(unit, 'activating', 'start');
  }

  #started(unit: Unit, word: 'Started' | 'Finished' | 'Reached target'): void {
    const job = this.#queue.of(unit.definition.name);
    this.#note(unit, 6, `${word} ${titled(unit)}.`, job, 'done');
    if (job?.type === 'start') this.#finish(job, 'done');
  }

  #runTimers(unit: Unit): void {
    const now = this.#nowMs;
    const { name } = unit.definition;
    if (unit.stopAtMs !== undefined && unit.stopAtMs <= now) this.#terminated(unit);
    if (unit.timeoutAtMs !== undefined && unit.timeoutAtMs <= now) {
      this.#note(unit, 4, `${name}: start operation timed out. Terminating.`);
      this.#processEnded(unit, { kind: 'timeout' });
    }
    if (unit.restartAtMs !== undefined && unit.restartAtMs <= now) {
      unit.restartAtMs = undefined;
      unit.restarts += 1;
      this.#note(unit, 6, `${name}: Scheduled restart job, restart counter is at ${unit.restarts}.`);
      this.#enqueue('restart', name);
    }
    if (unit.next !== undefined && unit.next.atMs <= now) this.#runProcess(unit, unit.next);
  }

  #runProcess(unit: Unit, step: ProcessStep): void {
    unit.next = undefined;
    switch (step.kind) {
      case 'again':
        unit.next = this.#programs.next(unit.definition, unit.processStartedMs, this.#nowMs);
        return;
      case 'exit':
        if (step.line !== undefined) this.#say(unit, step.code === 0 ? 5 : 3, step.line);
        this.#processEnded(unit, { kind: 'exit', code: step.code });
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
    if (port !== undefined) this.#say(unit, 6, `listening on :${port}`);
    if (type === 'notify') unit.statusText = port === undefined ? 'serving' : `serving on :${port}`;
    if (unit.active !== 'activating') return;
    this.#become(unit, 'active', 'running');
    this.#started(unit, 'Started');
  }

  /** The process is gone after a SIGTERM from systemd. */
  #terminated(unit: Unit): void {
    unit.stopAtMs = undefined;
    unit.pid = 0;
    unit.exit = { how: 1, status: 0 };
    unit.flushRestarts = true;
    this.#note(unit, 6, `${unit.definition.name}: Deactivated successfully.`);
    this.#note(unit, 6, `Stopped ${titled(unit)}.`, this.#queue.of(unit.definition.name), 'done');
    this.#become(unit, 'inactive', 'dead');
    this.#stopped(unit);
  }

  /** The process ended by itself, by a signal from outside, or because it took too long to start. */
  #processEnded(unit: Unit, end: ProcessEnd): void {
    if (unit.stopAtMs !== undefined) {
      this.#terminated(unit);
      return;
    }
    const { name, restartSecMs } = unit.definition;
    unit.next = undefined;
    unit.pid = 0;
    unit.serving = false;
    unit.timeoutAtMs = undefined;
    const signal = end.kind === 'timeout' ? 15 : end.kind === 'signal' ? end.signal : undefined;
    unit.exit = end.kind === 'exit' ? { how: 1, status: end.code } : { how: 2, status: signal ?? 0 };
    if (end.kind === 'exit' ? end.code === 0 : end.kind === 'signal' && isPolite(end.signal)) {
      this.#endedWell(unit, end.kind === 'exit');
      return;
    }
    unit.result = end.kind === 'exit' ? 'exit-code' : end.kind;
    const how =
      end.kind === 'exit'
        ? `code=exited, status=${end.code}/${exitName(end.code)}`
        : `code=killed, status=${signal}/${signalName(signal ?? 0)}`;
    this.#note(unit, 5, `${name}: Main process exited, ${how}`);
    this.#fail(unit, restartSecMs);
  }

  #endedWell(unit: Unit, byItself: boolean): void {
    const { name, type, remainAfterExit } = unit.definition;
    if (type === 'oneshot' && byItself) {
      if (remainAfterExit) this.#become(unit, 'active', 'exited');
      else this.#become(unit, 'inactive', 'dead');
      this.#started(unit, 'Finished');
      return;
    }
    unit.flushRestarts = true;
    this.#note(unit, 6, `${name}: Deactivated successfully.`);
    this.#become(unit, 'inactive', 'dead');
    const job = this.#queue.of(name);
    if (job?.type === 'start' && job.state === 'running') this.#finish(job, 'failed');
  }

  /** Enters auto-restart after `restartInMs`, or `failed` for good when there is none. */
  #fail(unit: Unit, restartInMs: number | undefined): void {
    const { name } = unit.definition;
    const wasStarting = unit.active !== 'active';
    const job = this.#queue.of(name);
    this.#note(unit, 4, `${name}: Failed with result '${unit.result}'.`);
    if (wasStarting) this.#note(unit, 3, `Failed to start ${titled(unit)}.`, job, 'failed');
    this.#become(unit, 'failed', 'failed');
    if (restartInMs === undefined) unit.flushRestarts = true;
    else {
      unit.restartAtMs = this.#nowMs + restartInMs;
      this.#become(unit, 'activating', 'auto-restart');
    }
    if (job?.type === 'start' && job.state === 'running') this.#finish(job, 'failed');
  }

  #become(unit: Unit, active: Unit['active'], sub: Unit['sub']): void {
    become(unit, active, sub, this.#nowMs);
  }

  #note(unit: Unit, priority: number, message: string, job?: Job, result?: JobResult): void {
    const about =
      job === undefined
        ? {}
        : { job: { id: job.id, type: job.type, ...(result === undefined ? {} : { result }) } };
    this.journal.append({
      ...{ atMs: this.#nowMs, unit: unit.definition.name, from: 'systemd', identifier: 'systemd', pid: 1 },
      ...{ priority, message, invocation: unit.invocation, ...about },
    });
  }

  #say(unit: Unit, priority: number, message: string): void {
    const { name, identifier } = unit.definition;
    this.journal.append({
      ...{ atMs: this.#nowMs, unit: name, from: 'process', identifier, pid: unit.pid },
      ...{ priority, message, invocation: unit.invocation },
    });
  }
}
