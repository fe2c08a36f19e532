/** Operations on the screen: what a key would begin over several targets, and those that run or have ended. */
import type { ActionTarget, Job, Verb } from '../core/model/action.ts';
import type { Operation, OperationRequest, OperationStep } from '../core/model/operation.ts';
import { markedTargets } from './marks.ts';
import { offerOf } from './offer.ts';
import { type Outcome, only } from './outcome.ts';
import { operationRowId, selectedRow } from './rows.ts';
import type { AppState } from './state.ts';
import { subjectOf } from './subjects.ts';

const MARKABLE: readonly Verb[] = ['restart', 'start', 'stop', 'reset-failed'];

/** What is marked, where the verb is for it: a rerun and a bring-up are about the row alone. */
export const markedFor = (state: AppState, verb: Verb): readonly ActionTarget[] =>
  MARKABLE.includes(verb) ? markedTargets(state) : [];

const ONE_AT_A_TIME = 1;

/** What the verb would be about where it is about several: the marks, else what the selected row stands for. */
export const severalOf = (state: AppState, verb: Verb): OperationRequest | undefined => {
  if (!MARKABLE.includes(verb)) return undefined;
  const { batch = ONE_AT_A_TIME } = state.mode;
  const marked = markedFor(state, verb);
  if (marked.length > 1) {
    return { verb, targets: marked, name: `${marked.length} marked`, batch };
  }
  const offer = marked.length === 0 ? offerOf(state, verb) : undefined;
  if (offer?.kind !== 'several' || offer.of === undefined) return undefined;
  const { service, nodes } = offer.of;
  return {
    verb,
    targets: nodes.map((node) => ({ kind: 'instance', service, node })),
    name: `${service} on ${nodes.length} nodes`,
    batch,
  };
};

export const selectedOperation = (state: AppState): Operation | undefined => {
  const id = selectedRow(state);
  return state.operations.find((operation) => operationRowId(operation) === id);
};

/** The job of a step that runs. */
export const jobOfStep = ({ jobs }: AppState, { id }: Operation, step: OperationStep): Job | undefined =>
  step.state === 'ended'
    ? step.job
    : jobs.find(
        ({ part, plan }) => part?.operation === id && subjectOf(plan.target) === subjectOf(step.plan.target),
      );

export const hasEnded = ({ endedAtMs }: Operation): boolean => endedAtMs !== undefined;

/** The selected one's next batch waits, or may go on again. */
export const holdOperation = (state: AppState): Outcome => {
  const operation = selectedOperation(state);
  if (operation === undefined || hasEnded(operation)) return only(state);
  const how = operation.asked === 'pause' ? 'resume' : 'pause';
  return { state, effects: [{ kind: 'steer-operation', id: operation.id, how }] };
};

export const withOperation = (state: AppState, operation: Operation, kept: number): AppState => {
  const isKnown = state.operations.some(({ id }) => id === operation.id);
  return {
    ...state,
    operations: isKnown
      ? state.operations.map((other) => (other.id === operation.id ? operation : other))
      : [operation, ...state.operations].slice(0, kept),
  };
};
