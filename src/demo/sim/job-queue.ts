/** The jobs of one systemd: queued, merged, ordered and remembered after they end. */
import type { UnitName } from '../../core/model/topology.ts';
import { type Job, type JobResult, type JobType, mergeJobTypes, mustWait, type UnitGraph } from './jobs.ts';

const FINISHED_KEPT = 500;
const EVENTS_KEPT = 500;

/** A job was queued, or is over. */
export type JobEvent = {
  readonly seq: number;
  readonly id: number;
  readonly unit: UnitName;
  /** Absent when it was queued. */
  readonly result?: JobResult;
};

export class JobQueue {
  readonly #graph: () => UnitGraph;
  readonly #jobs = new Map<UnitName, Job>();
  readonly #finished = new Map<number, JobResult>();
  readonly #events: JobEvent[] = [];
  #lastId = 0;
  #lastSeq = 0;
  #failed = 0;

  /** `graph`: of the units as they are read now. */
  constructor(graph: () => UnitGraph) {
    this.#graph = graph;
  }

  get size(): number {
    return this.#jobs.size;
  }

  /** Jobs installed since boot. */
  get installed(): number {
    return this.#lastId;
  }

  /** Jobs that ended badly since boot. */
  get failed(): number {
    return this.#failed;
  }

  of(unit: UnitName): Job | undefined {
    return this.#jobs.get(unit);
  }

  all(): readonly Job[] {
    return [...this.#jobs.values()];
  }

  /** How a job ended; undefined while it is queued or running, and long after. */
  result(id: number): JobResult | undefined {
    return this.#finished.get(id);
  }

  /** What happened to jobs after the event `afterSeq`, oldest first; long ago is forgotten. */
  eventsAfter(afterSeq: number): readonly JobEvent[] {
    return this.#events.filter(({ seq }) => seq > afterSeq);
  }

  /** Waiting jobs whose turn has come. */
  runnable(): readonly Job[] {
    return this.all().filter(
      (job) => job.state === 'waiting' && !mustWait(this.#graph(), this.#jobs.values(), job),
    );
  }

  /** Queues a job; one that is there already takes over the wish, or is cancelled when it wants the opposite. */
  install(unit: UnitName, wanted: JobType): void {
    const present = this.#jobs.get(unit);
    const merged = present === undefined ? undefined : mergeJobTypes(present.type, wanted);
    if (present !== undefined && merged !== undefined) {
      // A running job that must now do more goes back to the queue.
      if (merged !== present.type) this.#jobs.set(unit, { ...present, type: merged, state: 'waiting' });
      return;
    }
    if (present !== undefined) this.end(present, 'canceled');
    this.#lastId += 1;
    this.#jobs.set(unit, { id: this.#lastId, unit, type: wanted, state: 'waiting' });
    this.#note({ id: this.#lastId, unit });
  }

  begin(job: Job): Job {
    const running: Job = { ...job, state: 'running' };
    this.#jobs.set(job.unit, running);
    return running;
  }

  /** The stop half of a restart is over: its start half waits for its turn. */
  turnIntoStart(job: Job): void {
    this.#jobs.set(job.unit, { ...job, type: 'start', state: 'waiting' });
  }

  end(job: Job, result: JobResult): void {
    this.#jobs.delete(job.unit);
    this.#finished.set(job.id, result);
    this.#note({ id: job.id, unit: job.unit, result });
    if (result === 'failed' || result === 'dependency') this.#failed += 1;
    if (this.#finished.size <= FINISHED_KEPT) return;
    const oldest = this.#finished.keys().next().value;
    if (oldest !== undefined) this.#finished.delete(oldest);
  }

  #note(event: Omit<JobEvent, 'seq'>): void {
    this.#lastSeq += 1;
    this.#events.push({ seq: this.#lastSeq, ...event });
    if (this.#events.length > EVENTS_KEPT) this.#events.shift();
  }
}
