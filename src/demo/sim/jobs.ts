/** systemd's job arithmetic, pure: what a request pulls in, how jobs merge, and who waits for whom. */
import type { UnitName } from '../../core/model/topology.ts';
import type { UnitDefinition } from './units.ts';

export type JobType = 'start' | 'stop' | 'restart';
export type JobResult = 'done' | 'failed' | 'dependency' | 'canceled';

export type Job = {
  readonly id: number;
  readonly unit: UnitName;
  readonly type: JobType;
  readonly state: 'waiting' | 'running';
};

export type UnitGraph = {
  readonly definitions: ReadonlyMap<UnitName, UnitDefinition>;
  readonly requiredBy: ReadonlyMap<UnitName, readonly UnitName[]>;
};

export const unitGraph = (definitions: readonly UnitDefinition[]): UnitGraph => {
  const requiredBy = new Map<UnitName, UnitName[]>();
  for (const definition of definitions) {
    for (const unit of definition.requires) {
      requiredBy.set(unit, [...(requiredBy.get(unit) ?? []), definition.name]);
    }
  }
  return { definitions: new Map(definitions.map((each) => [each.name, each])), requiredBy };
};

/** The job that does what both want; undefined when they contradict. */
export const mergeJobTypes = (a: JobType, b: JobType): JobType | undefined => {
  if (a === b) return a;
  return a === 'stop' || b === 'stop' ? undefined : 'restart';
};

/**
 * Everything that `systemctl TYPE ANCHOR` would enqueue, anchor first. A start pulls in Requires= and Wants=, a stop
 * takes the RequiredBy= units down, a restart takes along those of them that are up.
 */
export const transaction = (
  graph: UnitGraph,
  anchor: UnitName,
  type: JobType,
  isUp: (unit: UnitName) => boolean,
): ReadonlyMap<UnitName, JobType> => {
  const jobs = new Map<UnitName, JobType>();
  const add = (unit: UnitName, wanted: JobType): void => {
    const definition = graph.definitions.get(unit);
    if (definition === undefined) return;
    const present = jobs.get(unit);
    const merged = present === undefined ? wanted : (mergeJobTypes(present, wanted) ?? present);
    if (merged === present) return;
    jobs.set(unit, merged);
    if (merged !== 'stop')
      for (const needed of [...definition.requires, ...definition.wants]) add(needed, 'start');
    if (merged === 'start') return;
    for (const dependent of graph.requiredBy.get(unit) ?? []) {
      if (merged === 'stop') add(dependent, 'stop');
      else if (isUp(dependent)) add(dependent, 'restart');
    }
  };
  add(anchor, type);
  return jobs;
};

const stopsFirst = (job: Job): boolean => job.type === 'stop' || job.type === 'restart';

/** After= between two units that both have a job: starts go in order, stops in reverse, a stop before a start. */
export const mustWait = (graph: UnitGraph, jobs: Iterable<Job>, job: Job): boolean => {
  const after = graph.definitions.get(job.unit)?.after ?? [];
  for (const other of jobs) {
    if (other.unit === job.unit) continue;
    if (!stopsFirst(job) && after.includes(other.unit)) return true;
    if (stopsFirst(other) && graph.definitions.get(other.unit)?.after.includes(job.unit) === true)
      return true;
  }
  return false;
};
