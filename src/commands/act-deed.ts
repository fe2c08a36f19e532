/** What is planned from the command line, one action or one verb over several targets, in the one shape that is told and run. */
import type { Runner } from '../actions/run.ts';
import type { App } from '../app/app.ts';
import { actionTitle, targetName } from '../core/action-name.ts';
import { dangerSentence } from '../core/danger-words.ts';
import type { ActionTarget, Job, JobOutcome, Plan, Verb } from '../core/model/action.ts';
import type { Operation, OperationPlan, OperationRequest } from '../core/model/operation.ts';
import { operationTitle } from '../core/operation-words.ts';
import { entriesOf } from '../views/confirm/confirm-entries.ts';
import { operationEntries } from '../views/confirm/operation-entries.ts';
import type { ActEnd, PlanEntry } from './act-lines.ts';
import { exitCode } from './context.ts';

/** Wide enough that nothing is left out: a terminal breaks lines by itself, and a command stays one to be copied. */
const COLUMNS = 1000;

export type Ended = Pick<ActEnd, 'outcome' | 'words' | 'exitCode' | 'jobs'>;

export type Deed = {
  readonly title: string;
  readonly entries: readonly PlanEntry[];
  /** For programs. */
  readonly fields: object;
  readonly refusals: readonly string[];
  readonly typed: string | undefined;
  /** Why it wants a name typed; empty where it does not. */
  readonly danger: string;
  readonly run: (reason: string | undefined) => Promise<Ended>;
  /** Ends the watching, and what has not begun; what was sent goes on. */
  readonly stop: () => void;
};

const exitOf = (outcome: JobOutcome | undefined): number => {
  switch (outcome) {
    case 'succeeded':
      return exitCode.ok;
    case 'failed':
    case 'not-healthy':
    case 'timeout':
      return exitCode.notDone;
    case 'refused':
      return exitCode.refused;
    case 'cancelled':
    case 'unknown':
    case undefined:
      return exitCode.unknown;
    default:
      return outcome satisfies never;
  }
};

const planFields = ({ target, typed, ...plan }: Plan): object => ({
  target: targetName(target),
  ...plan,
  typed,
});

const cancelAll = (runner: Runner | undefined): void => {
  for (const { id } of runner?.running() ?? []) runner?.cancel(id);
};

const NO_SSH: Ended = { outcome: 'refused', words: 'there is no ssh', exitCode: exitCode.refused, jobs: [] };

const asked = (reason: string | undefined) => (reason === undefined ? {} : { reason });

/** One action on one target. */
export const singleDeed = (app: App, verb: Verb, target: ActionTarget): Deed => {
  const plan = app.plan({ verb, target });
  return {
    title: actionTitle(plan),
    entries: entriesOf({ kind: 'confirm', plan, typed: '' }, app.store.getState(), 'full', COLUMNS),
    fields: planFields(plan),
    refusals: plan.refusals,
    typed: plan.typed,
    danger: plan.danger === undefined ? '' : dangerSentence(plan.danger),
    run: async (reason) => {
      if (app.runner === undefined) return NO_SSH;
      const job = await app.runner.execute(plan, asked(reason));
      const { outcome = 'unknown', words } = job;
      return { outcome, words, exitCode: exitOf(outcome), jobs: [job] };
    },
    stop: () => cancelAll(app.runner),
  };
};

const operationFields = ({ steps, leftOut, targets, ...plan }: OperationPlan): object => ({
  ...plan,
  targets: targets.map(targetName),
  steps: steps.map((step) => ({ role: step.role, ...planFields(step.plan) })),
  leftOut: leftOut.map(({ target, why }) => ({ target: targetName(target), why })),
});

const jobsOf = ({ steps }: Operation): readonly Job[] =>
  steps.flatMap((step) => (step.state === 'ended' ? [step.job] : []));

/** Of an operation that stopped: what went wrong with what was sent, most telling first. */
const stoppedExit = (jobs: readonly Job[], isAborted: boolean): number => {
  const codes = jobs.map(({ outcome }) => exitOf(outcome)).filter((code) => code !== exitCode.ok);
  for (const code of [exitCode.notDone, exitCode.unknown]) if (codes.includes(code)) return code;
  if (isAborted) return exitCode.unknown;
  // Refused at the first step, or before it: nothing was sent. Later, or at a gate: it is half done.
  return jobs.some(({ outcome }) => outcome === 'succeeded') ? exitCode.notDone : exitCode.refused;
};

/** One verb over several targets. */
export const operationDeed = (app: App, request: OperationRequest): Deed => {
  const plan = app.planOperation(request);
  const danger = plan.steps.find((step) => step.plan.danger !== undefined)?.plan.danger;
  let isAborted = false;
  return {
    title: operationTitle(plan),
    entries: operationEntries({ plan }, app.store.getState(), 'full', COLUMNS),
    fields: operationFields(plan),
    refusals: plan.refusals,
    typed: plan.typed,
    danger: danger === undefined ? '' : dangerSentence(danger),
    run: async (reason) => {
      if (app.operations === undefined) return NO_SSH;
      const { state, words, ...operation } = await app.operations.execute(plan, asked(reason));
      const jobs = jobsOf({ state, words, ...operation });
      return state === 'done'
        ? { outcome: 'succeeded', words, exitCode: exitCode.ok, jobs }
        : {
            outcome: isAborted ? 'cancelled' : 'incomplete',
            words,
            exitCode: stoppedExit(jobs, isAborted),
            jobs,
          };
    },
    stop: () => {
      isAborted = true;
      for (const { id } of app.operations?.running() ?? []) app.operations?.abort(id);
      cancelAll(app.runner);
    },
  };
};
