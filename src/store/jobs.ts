/** Which actions the operator is still to be told of: those that run, and those whose end he has not taken note of. */
import type { Job } from '../core/model/action.ts';
import type { AppState } from './state.ts';

/** Newest first. */
export const openJobs = ({ jobs, ui }: AppState): readonly Job[] =>
  jobs.filter((job) => job.outcome === undefined || !ui.noted.has(job.id));

export const runningJobs = ({ jobs }: AppState): readonly Job[] =>
  jobs.filter((job) => job.outcome === undefined);

/** Takes note of every end so far. The same state when there is none to take note of. */
export const noteEnds = (state: AppState): AppState => {
  const ended = state.jobs.filter((job) => job.outcome !== undefined);
  if (ended.every((job) => state.ui.noted.has(job.id))) return state;
  return { ...state, ui: { ...state.ui, noted: new Set(ended.map((job) => job.id)) } };
};
