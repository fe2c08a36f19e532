/** PID 1 of one simulated node: units, jobs, restarts and the start limit, as systemd 252 was seen to treat them. */
import type { UnitName } from '../../core/model/topology.ts';
import { type JobEvent, JobQueue } from './job-queue.ts';
import { type Job, type JobResult, type JobType, transaction, type UnitGraph, unitGraph } from './jobs.ts';
import { Journal } from './journal.ts';
import { hex, type Programs, ServiceMachine, titled } from './service-machine.ts';
import { isStoppable, isUp, newUnit, nextTimer, type Unit } from './unit-state.ts';
import { MULTI_USER, type UnitDefinition, type UnitEdit } from './units.ts';

export type RequestReply =
  | { readonly kind: 'not-found'; readonly unit: UnitName }
  /** `job` is undefined when there was nothing to do. */
  | { readonly kind: 'queued'; readonly job: number | undefined };

export type ManagerOptions = {
  readonly definitions: readonly UnitDefinition[];
  readonly programs: Programs;
  readonly random: () => number;
  readonly bootAtMs: number;
  /** The boot before this one: its journal is kept. */
  readonly before?: Manager;
};

export class Manager {
  readonly bootId: string;
  readonly bootAtMs: number;
  readonly before: Manager | undefined;
  readonly journal = new Journal();
  #sessionPid = 21_000;
  readonly #units: ReadonlyMap<UnitName, Unit>;
  readonly #queue: JobQueue;
  #graph: UnitGraph;
  /** Unit files that were changed since they were read. */
  readonly #edited = new Map<UnitName, UnitEdit>();
  #reloads = 0;
  readonly #machine: ServiceMachine;
  #nowMs: number;
  #nextMs = Number.POSITIVE_INFINITY;
  #finishedBootAtMs: number | undefined;
  #changes = 0;

  constructor(options: ManagerOptions) {
    this.#graph = unitGraph(options.definitions);
    this.#units = new Map(options.definitions.map((definition) => [definition.name, newUnit(definition)]));
    this.#queue = new JobQueue(() => this.#graph);
    this.#machine = new ServiceMachine({
      ...{ journal: this.journal, programs: options.programs, random: options.random },
      nowMs: () => this.#nowMs,
      jobOf: (unit) => this.#queue.of(unit.definition.name),
      events: {
        started: (unit) => this.#started(unit),
        stopped: (unit) => this.#stopped(unit),
        startFailed: (unit) => this.#startFailed(unit),
        restartDue: (unit) => this.#enqueue('restart', unit.definition.name),
      },
    });
    this.bootAtMs = options.bootAtMs;
    this.before = options.before;
    this.#nowMs = options.bootAtMs;
    this.bootId = [8, 4, 4, 4, 12].map((digits) => hex(options.random, digits)).join('-');
    this.request('start', MULTI_USER, this.#nowMs);
  }

  /** The units as they were last read, and how they hang together. */
  get graph(): UnitGraph {
    return this.#graph;
  }

  /** How often unit files were read anew since the boot. */
  get reloads(): number {
    return this.#reloads;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** When the boot's last job ended, world ms; undefined while booting. */
  get finishedBootAtMs(): number | undefined {
    return this.#finishedBootAtMs;
  }

  /** Grows whenever a unit or a job may have changed. */
  get changes(): number {
    return this.#changes;
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

  /** Jobs that were queued or ended after the event `afterSeq`, oldest first. */
  jobEventsAfter(afterSeq: number): readonly JobEvent[] {
    return this.#queue.eventsAfter(afterSeq);
  }

  /** World time of the next thing that happens by itself; Infinity when nothing will. */
  nextMs(): number {
    return this.#nextMs;
  }

  /** Lets everything happen that is due at `nowMs`. Time does not run backwards: an earlier one counts as the last. */
  step(nowMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, nowMs);
    for (const unit of this.#units.values()) this.#machine.runTimers(unit);
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

  /** Somebody writes a unit file: nothing changes until it is read. */
  edit(name: UnitName, edit: UnitEdit): void {
    this.#edited.set(name, { ...this.#edited.get(name), ...edit });
    this.#changes += 1;
  }

  /** NeedDaemonReload: the file on disk is not the one that was read. */
  needsReload(name: UnitName): boolean {
    return this.#edited.has(name);
  }

  /** systemctl daemon-reload: what runs goes on, under its new dependencies. */
  daemonReload(): void {
    for (const [name, edit] of this.#edited) {
      const unit = this.#units.get(name);
      if (unit !== undefined) unit.definition = { ...unit.definition, ...edit };
    }
    this.#edited.clear();
    this.#graph = unitGraph([...this.#units.values()].map(({ definition }) => definition));
    this.#reloads += 1;
    this.#changes += 1;
  }

  /** Forgets a failure and the start limit; false when there is no such unit. */
  resetFailed(name: UnitName): boolean {
    const unit = this.#units.get(name);
    if (unit === undefined) return false;
    this.#changes += 1;
    unit.starts = 0;
    unit.restarts = 0;
    unit.result = 'success';
    if (unit.active === 'failed') this.#machine.become(unit, 'inactive', 'dead');
    return true;
  }

  /** Sends a signal to the unit's process: HUP, INT, PIPE and TERM end it cleanly, others as a failure. */
  kill(name: UnitName, signal: number, nowMs: number): 'not-found' | 'not-running' | 'sent' {
    this.#nowMs = Math.max(this.#nowMs, nowMs);
    const unit = this.#units.get(name);
    if (unit === undefined) return 'not-found';
    if (unit.pid === 0) return 'not-running';
    this.#machine.processEnded(unit, { kind: 'signal', signal });
    this.#settle();
    return 'sent';
  }

  /** The unit's process writes a last line and exits by itself; nothing happens when it does not run. */
  crash(name: UnitName, code: number, line: string, nowMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, nowMs);
    const unit = this.#units.get(name);
    if (unit === undefined || unit.pid === 0) return;
    this.#machine.say(unit, 3, line);
    this.#machine.processEnded(unit, { kind: 'exit', code });
    this.#settle();
  }

  /** A line in the journal from the unit's own process. */
  log(name: UnitName, priority: number, line: string, nowMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, nowMs);
    const unit = this.#units.get(name);
    if (unit !== undefined) this.#machine.say(unit, priority, line);
  }

  /** A line that a program writes through syslog in somebody's session. */
  logSession(identifier: string, message: string, nowMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, nowMs);
    this.#sessionPid += 7;
    this.journal.append({
      ...{ atMs: this.#nowMs, unit: 'session-1.scope', from: 'session' },
      ...{ identifier, pid: this.#sessionPid, priority: 5, message, invocation: '' },
    });
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
    this.#changes += 1;
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
    this.#queue.begin(job);
    if (isStoppable(unit)) this.#machine.stop(unit);
    else this.#stopped(unit);
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
    if (unit.active !== 'activating') this.#machine.start(unit);
    return true;
  }

  #finish(job: Job, result: JobResult): void {
    this.#queue.end(job, result);
    if (result === 'done' || result === 'canceled') return;
    for (const name of this.graph.requiredBy.get(job.unit) ?? []) {
      const dependent = this.#queue.of(name);
      const unit = this.#units.get(name);
      if (dependent?.type !== 'start' || unit === undefined) continue;
      const result = `${name}: Job ${name}/start failed with result 'dependency'.`;
      this.#machine.note(unit, 4, `Dependency failed for ${titled(unit)}.`, 'dependency');
      this.#machine.note(unit, 5, result, 'dependency');
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

  #started(unit: Unit): void {
    const job = this.#queue.of(unit.definition.name);
    if (job?.type === 'start') this.#finish(job, 'done');
  }

  #startFailed(unit: Unit): void {
    const job = this.#queue.of(unit.definition.name);
    if (job?.type === 'start' && job.state === 'running') this.#finish(job, 'failed');
  }
}
