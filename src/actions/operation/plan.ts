/** One verb over several targets, worked out before anybody is asked: the order, the cost, and why it may not run. Pure. */
import { targetName, unitWord } from '../../core/action-name.ts';
import type { ActionTarget, Job, Plan } from '../../core/model/action.ts';
import type { Operation, OperationPlan, OperationRequest, PlannedStep } from '../../core/model/operation.ts';
import { operationName } from '../../core/operation-words.ts';
import { type PlanInput, planAction } from '../plan.ts';
import { verbs } from '../verbs.ts';
import { afterMending, worstOf } from './forecast.ts';
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
  plans.find((other) => other.target.node === plan.target.node && other.takesAlong.includes(plan.unit));

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
  const gated = verbs[verb].interrupts;
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
    const others = beside.filter((other) => other.target.node !== target.node).map(pseudoJob);
    return planAction({ ...input, verb, target, running: [...running, ...others] });
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

  const steps: PlannedStep[] = [];
  for (const [index, one] of kept.entries()) {
    const from = gated ? index - (index % batch) : 0;
    const beside = steps.slice(from).map((step) => step.plan);
    const planned = beside.length === 0 ? one : plan(one.target, beside);
    const { plan: later } = afterMending(topology, planned, gated ? steps.slice(0, from) : []);
    steps.push({ plan: later, role: roleOf(cluster, one.target) });
  }
  const plans = steps.map((step) => step.plan);
  const durations = plans.map(({ expectedMs }) => expectedMs);
  const batches = durations.filter((_, index) => index % batch === 0);
  const longest = Math.max(0, ...durations);
  const typed = plans.find((one) => one.typed !== undefined)?.typed;
  return {
    ...asked,
    steps,
    gated,
    leftOut,
    why: gated ? orderWords(steps.map(({ role }) => role)) : '',
    quorum: worstOf(plans),
    users: [...new Set((gated ? plans : plans.slice(-1)).flatMap(({ users }) => users))],
    gateMs: Math.max(GATE_FACTOR * longest, minGateMs),
    expectedMs: gated
      ? batches.reduce(
          (sum, _, index) => sum + Math.max(...durations.slice(index * batch, (index + 1) * batch)),
          0,
        )
      : longest,
    refusals: [
      ...plans.filter(({ refusals }) => refusals.length > 0).map(reasonOf),
      ...busyWith(targets, operations),
    ],
    ...(typed === undefined ? {} : { typed }),
  };
};
