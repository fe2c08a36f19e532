/** The running operation as data, told to whoever shows it at each change; and what the operator asks of it meanwhile. */
import { targetName } from '../../core/action-name.ts';
import type { Job, Plan } from '../../core/model/action.ts';
import type { NodeName } from '../../core/model/inventory.ts';
import type { Operation, OperationPlan, OperationState, OperationStep } from '../../core/model/operation.ts';
import type { Clock } from '../../lib/clock.ts';

export type Progress = {
  readonly now: () => Operation;
  readonly asked: () => Operation['asked'];
  readonly ask: (what: 'pause' | 'abort') => void;
  readonly resume: () => void;
  /** Resolves when it goes on after a pause, or is aborted. */
  readonly resumed: () => Promise<void>;
  /** Aborts when something is asked that a wait must not outlast. */
  readonly interrupted: () => AbortSignal;
  readonly say: (state: OperationState, words: string) => void;
  /** What has not begun, in the order and with the roles as of now. */
  readonly reorder: (waiting: readonly OperationStep[]) => void;
  /** The number of the step, from 1. */
  readonly begin: (plan: Plan) => number;
  readonly end: (plan: Plan, job: Job) => void;
  /** Tells of the steps that took the leader away where the leadership went. */
  readonly note: (leaderOf: (plan: Plan) => NodeName | undefined) => void;
  readonly close: (state: 'stopped' | 'done', words: string) => Operation;
};

const isSame = (a: Plan, b: Plan): boolean => targetName(a.target) === targetName(b.target);

const hasBegun = ({ state }: OperationStep): boolean => state === 'running' || state === 'ended';

export const createProgress = (
  id: string,
  plan: OperationPlan,
  clock: Clock,
  leaderOf: (plan: Plan) => NodeName | undefined,
  onOperation: (operation: Operation) => void,
): Progress => {
  let operation: Operation = {
    id,
    plan,
    state: 'running',
    steps: plan.steps.map((step) => ({ ...step, state: 'waiting' })),
    startedAtMs: clock.now(),
    words: '',
  };
  let interruption = new AbortController();
  let wake: (() => void) | undefined;
  /** Those that led when their step began. */
  const led = new Set<string>();

  const change = (next: Partial<Operation>): void => {
    operation = { ...operation, ...next };
    onOperation(operation);
  };
  const withStep = (of: Plan, next: (step: OperationStep) => OperationStep): void =>
    change({ steps: operation.steps.map((step) => (isSame(step.plan, of) ? next(step) : step)) });

  return {
    now: () => operation,
    asked: () => operation.asked,
    ask: (what) => {
      if (operation.endedAtMs !== undefined || operation.asked === 'abort') return;
      change({ asked: what });
      interruption.abort();
      if (what === 'abort') wake?.();
    },
    resume: () => {
      if (operation.asked !== 'pause') return;
      const { asked: _, ...rest } = operation;
      operation = rest;
      interruption = new AbortController();
      change({ state: 'running', words: '' });
      wake?.();
    },
    resumed: () =>
      new Promise((resolve) => {
        wake = resolve;
        if (operation.asked !== 'pause') resolve();
      }),
    interrupted: () => interruption.signal,
    say: (state, words) => {
      if (operation.state !== state || operation.words !== words) change({ state, words });
    },
    reorder: (waiting) =>
      change({
        steps: [
          ...operation.steps.filter(hasBegun),
          ...waiting.map(({ plan: of, role }): OperationStep => ({ plan: of, role, state: 'waiting' })),
        ],
      }),
    begin: (of) => {
      if (leaderOf(of) === of.target.node) led.add(targetName(of.target));
      withStep(of, (step) => ({ plan: step.plan, role: step.role, state: 'running' }));
      return operation.steps.findIndex((step) => isSame(step.plan, of)) + 1;
    },
    end: (of, job) => withStep(of, ({ plan: own, role }) => ({ plan: own, role, state: 'ended', job })),
    note: (leaderNow) => {
      for (const step of operation.steps) {
        const leader = leaderNow(step.plan);
        const { node } = step.plan.target;
        if (step.state !== 'ended' || !led.delete(targetName(step.plan.target))) continue;
        const note =
          leader === undefined || leader === node ? 'still the leader' : `leader moved to ${leader}`;
        withStep(step.plan, () => ({ ...step, note }));
      }
    },
    close: (state, words) => {
      const { asked: _, ...rest } = operation;
      operation = rest;
      change({
        state,
        words,
        endedAtMs: clock.now(),
        steps: operation.steps.map((step) =>
          step.state === 'waiting' ? { plan: step.plan, role: step.role, state: 'skipped' } : step,
        ),
      });
      return operation;
    },
  };
};
