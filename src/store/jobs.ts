/** Which actions and operations there are to tell of: those that run, and those whose end nobody has taken note of. */
import type { Job } from '../core/model/action.ts';
import type { Operation } from '../core/model/operation.ts';
import type { AppState } from './state.ts';

/** A step of an operation is told of with the operation. */
export type Entry =
  | { readonly kind: 'job'; readonly job: Job }
  | { readonly kind: 'operation'; readonly operation: Operation };

const beganMs = (entry: Entry): number =>
  entry.kind === 'job' ? entry.job.startedAtMs : entry.operation.startedAtMs;

const idOf = (entry: Entry): string => (entry.kind === 'job' ? entry.job.id : entry.operation.id);

const isOpen = (entry: Entry): boolean =>
  entry.kind === 'job' ? entry.job.outcome === undefined : entry.operation.endedAtMs === undefined;

/** Newest first. */
export const jobEntries = ({ jobs, operations }: AppState): readonly Entry[] => {
  const own = jobs.filter(({ part }) => part === undefined).map((job): Entry => ({ kind: 'job', job }));
  if (operations.length === 0) return own;
  const all = [...operations.map((operation): Entry => ({ kind: 'operation', operation })), ...own];
  return all.toSorted((a, b) => beganMs(b) - beganMs(a));
};

/** Newest first. */
export const openEntries = (state: AppState): readonly Entry[] =>
  jobEntries(state).filter((entry) => isOpen(entry) || !state.ui.noted.has(idOf(entry)));

/** Of this console: what another one watches does not hold this one. */
export const runningEntries = (state: AppState): readonly Entry[] =>
  jobEntries(state).filter(
    (entry) => isOpen(entry) && (entry.kind === 'operation' || entry.job.from === undefined),
  );

/** Takes note of every end so far. The same state when there is none to take note of. */
export const noteEnds = (state: AppState): AppState => {
  const ended = jobEntries(state).filter((entry) => !isOpen(entry));
  if (ended.every((entry) => state.ui.noted.has(idOf(entry)))) return state;
  return { ...state, ui: { ...state.ui, noted: new Set(ended.map(idOf)) } };
};
