/** Reads what `systemctl list-jobs` prints, of systemd 239 as of today's. Pure: noise gives no jobs. */
import type { QueuedJob } from '../core/model/observation.ts';
import { sanitiseLine } from '../core/sanitise.ts';

/** A boot has some hundred; beyond that it is no queue. */
const JOBS_KEPT = 1000;
const JOB = /^ *(\d{1,10}) +(\S{1,255}\.[a-z]+) +([a-z-]{1,32}) +(waiting|running) *$/u;
const COUNT = /^(\d{1,10}) jobs? listed\.$/u;
const NONE = /^No jobs (?:running|listed)\.$/u;

/**
 * The queue, in systemd's order. Undefined when there is no answer, or when it does not hold as many jobs as it says;
 * without its last line (`--no-legend`) the jobs that are there are all there are.
 */
export const parseJobs = (lines: readonly string[]): readonly QueuedJob[] | undefined => {
  const jobs: QueuedJob[] = [];
  let stated: number | undefined;
  for (const line of lines) {
    const [, id, unit, type, state] = JOB.exec(line) ?? [];
    if (id !== undefined && unit !== undefined && type !== undefined && jobs.length < JOBS_KEPT) {
      const isRunning = state === 'running';
      const name = sanitiseLine(unit, 256);
      jobs.push({ id: Number(id), unit: name, type, state: isRunning ? 'running' : 'waiting' });
    }
    const count = COUNT.exec(line)?.[1];
    if (count !== undefined) stated = Number(count);
    else if (NONE.test(line)) stated = 0;
  }
  if (stated === undefined) return jobs.length > 0 ? jobs : undefined;
  return stated === jobs.length ? jobs : undefined;
};
