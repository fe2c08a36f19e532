/** One verb over several targets, worked out before anybody is asked: the order, the cost, and why it may not run. Pure. */
import { targetName, unitWord } from '../../core/action-name.ts';
import type { ActionTarget, Job, Plan } from '../../core/model/action.ts';
import type { Operation, OperationPlan, OperationRequest, PlannedStep } from '../../core/model/operation.ts';
import { operationName } from '../../core/operation-words.ts';
import { type PlanInput, planAction } from '../plan.ts';
import { verbs } from '../verbs.ts';
import { afterMending, together, worstDanger, worstOf } from './forecast.ts';
import { inOrder, orderWords, roleOf } from './order.ts';

export type OperationInput = OperationRequest &
  Omit<PlanInput, 'verb' | 'target'> & {
    /** Operations that have not ended yet; none by default. */
    readonly operations?: readonly Operation[];
    /** The least time that a gate is waited at, default 2 min. */
    readonly minGateMs?: number;
  };

/** More than this at once is no longer looked over by anybody who says yes to it. */
export const TARGETS_MAX = 100;
const MIN_GATE_MS = 120_000;
const GATE_FACTOR = 3;

/** An action as it will run beside those that are planned after it. */
const pseudoJob = (plan: Plan): Job => ({
  id: `planned ${targetName(plan.target)}`,
  plan,
  phase: 'running',
  startedAtMs: 0,
  words: '',
});

/** "node02: …" where the reason does not say of itself what it is about. */
const reasonOf = (plan: Plan): string => {
  const [reason = ''] = plan.refusals;
  const { node } = plan.target;
  return reason.includes(node) ? reason : `${targetName(plan.target)}: ${reason}`;
};

/** What another target takes along on the same node goes twice otherwise. */
const carrier = (plan: Plan, plans: readonly Plan[]): Plan | undefined =>
  plans.find(
    ({ target, takesAlong, refusals }) =>
      target.node === plan.target.node &&
      refusals.length === 0 &&
      plan.units.length > 0 &&
      plan.units.every((unit) => takesAlong.includes(unit)),
  );

const unique = (targets: readonly ActionTarget[]): readonly ActionTarget[] => [
  ...new Map(targets.map((target) => [targetName(target), target])).values(),
];

const busyWith = (targets: readonly ActionTarget[], operations: readonly Operation[]): readonly string[] => {
  const nodes = new Set(targets.map(({ node }) => node));
  const other = operations.find(
    ({ state, plan }) =>
      state !== 'done' && state !== 'stopped' && plan.targets.some(({ node }) => nodes.has(node)),
  );
  return other === undefined ? [] : [`${operationName(other.plan)} has not ended`];
};

/** Plans them in the order in which they would run now. Looks at nothing but its arguments. */
export const planOperation = (input: OperationInput): OperationPlan => {
  const { verb, name, topology, cluster, running = [], operations = [] } = input;
  const { minGateMs = MIN_GATE_MS } = input;
  const { interrupts, leavesDown } = verbs[verb];
  const gated = interrupts && !leavesDown;
  const batch = Math.max(1, Math.floor(input.batch));
  const targets = unique(input.targets);
  const asked: OperationRequest = { verb, targets, name, batch };
  const nothing = {
    steps: [],
    leftOut: [],
    quorum: [],
    users: [],
    gateMs: minGateMs,
    expectedMs: 0,
    why: '',
  };
  if (targets.length === 0) return { ...asked, ...nothing, gated, refusals: ['it is about nothing'] };
  if (targets.length > TARGETS_MAX) {
    const refusal = `${targets.length} at once are too many: ${TARGETS_MAX} at most`;
    return { ...asked, ...nothing, gated, refusals: [refusal] };
  }

  const plan = (target: ActionTarget, beside: readonly Plan[]): Plan => {
    const isElsewhere = (other: Plan): boolean => other.target.node !== target.node;
    const others = beside.filter(isElsewhere).map(pseudoJob);
    // On one node they go one after the other: only what is down for good is still gone then.
    const gone = leavesDown ? beside.filter((other) => !isElsewhere(other)) : [];
    return planAction({ ...input, verb, target, running: [...running, ...others], gone });
  };
  const alone = inOrder(
    cluster,
    targets.map((target) => plan(target, [])),
  );
  const leftOut = alone.flatMap((one) => {
    const by = carrier(one, alone);
    if (by !== undefined) return [{ target: one.target, why: `goes along with ${unitWord(by.unit)}` }];
    // Where nothing waits for anything, what cannot be done keeps nobody from the rest.
    const isRefused =
      !gated && one.refusals.length > 0 && alone.some(({ refusals }) => refusals.length === 0);
    return isRefused ? [{ target: one.target, why: one.refusals[0] ?? '' }] : [];
  });
  const kept = alone.filter((one) => !leftOut.some(({ target }) => target === one.target));

  const size = gated ? batch : Math.max(1, kept.length);
  const steps: PlannedStep[] = [];
  for (let from = 0; from < kept.length; from += size) {
    const side: PlannedStep[] = [];
    for (const one of kept.slice(from, from + size)) {
      const planned =
        side.length === 0
          ? one
          : plan(
              one.target,
              side.map((step) => step.plan),
            );
      side.push({ plan: afterMending(topology, planned, steps), role: roleOf(cluster, one.target) });
    }
    steps.push(...together(side));
  }
  const plans = steps.map((step) => step.plan);
  const durations = plans.map(({ expectedMs }) => expectedMs);
  const longest = Math.max(0, ...durations);
  return {
    ...asked,
    steps,
    gated,
    leftOut,
    why: interrupts ? orderWords(steps.map(({ role }) => role)) : '',
    quorum: worstOf(plans, kept, interrupts),
    users: [...new Set((gated ? plans : plans.slice(-1)).flatMap(({ users }) => users))],
    gateMs: Math.max(GATE_FACTOR * longest, minGateMs),
    expectedMs: durations
      .filter((_, index) => index % size === 0)
      .reduce((sum, _, index) => sum + Math.max(...durations.slice(index * size, (index + 1) * size)), 0),
    refusals: [
      // Two targets are often refused for the same reason.
      ...new Set(plans.filter(({ refusals }) => refusals.length > 0).map(reasonOf)),
      ...busyWith(targets, operations),
    ],
    ...worstDanger(plans),
  };
};
