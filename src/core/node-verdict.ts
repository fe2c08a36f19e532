/** A node as a whole: out of reach, or the worst of what runs on it. */
import { plural } from './format.ts';
import type { Footing } from './memory.ts';
import type { InstanceState, NodeState, Overdue, StepState, Verdict } from './model/cluster.ts';
import { countVerdicts, isWorse, worst } from './rollup.ts';
import { isStepCause } from './steps.ts';
import { loadFault } from './unit-notes.ts';

const SAID: readonly Verdict[] = ['down', 'degraded', 'late', 'blocked', 'starting', 'unknown'];

const reasonOf = (instances: readonly InstanceState[]): string => {
  const bad = instances.filter((instance) => instance.verdict !== 'ok');
  const [first] = bad;
  if (first === undefined) return '';
  if (bad.length === 1) return `${first.service}: ${first.reason}`;
  const counts = countVerdicts(bad);
  return SAID.filter((verdict) => counts[verdict] > 0)
    .map((verdict) => `${counts[verdict]} ${verdict}`)
    .join(', ');
};

const stepWords = (steps: readonly StepState[]): string => {
  const [first] = steps;
  if (first === undefined) return '';
  return steps.length === 1 ? `${first.name} ${first.reason}` : `${plural(steps.length, 'step')} not done`;
};

/** Fewer than this may well hang by themselves. */
const LEAST_OVERDUE = 2;

/** Its endpoint fails, and systemd finds nothing wrong with it. */
const isOverdue = ({ verdict, checks, unit }: InstanceState): boolean =>
  (verdict === 'down' || verdict === 'blocked') &&
  checks.length > 0 &&
  unit?.active === 'active' &&
  loadFault(unit) === undefined;

/** What no check of the node says in time, though it runs; undefined where the services may be to blame themselves. */
const overdueOf = (
  instances: readonly InstanceState[],
  { runsOut }: Pick<Footing, 'runsOut'>,
): Overdue | undefined => {
  if (!runsOut) return undefined;
  const overdue = instances.filter(isOverdue).map(({ id }) => id);
  // What is asked more seldom may have passed before the others went silent.
  const silent = instances.filter(({ verdict }) => verdict !== 'ok');
  const checks = silent.reduce((sum, one) => sum + one.checks.length, 0);
  return overdue.length < LEAST_OVERDUE ? undefined : { checks, instances: overdue };
};

const overdueWords = ({ checks }: Overdue): string => `answers ssh, but none of ${checks} checks in time`;

/** A dark node is down, and that is the one thing said of it; otherwise the worst of its instances and steps. */
export const judgeNode = (
  instances: readonly InstanceState[],
  { steps: allSteps, reachable, runsOut }: Pick<Footing, 'steps' | 'reachable' | 'runsOut'>,
): Pick<NodeState, 'verdict' | 'reachable' | 'reason' | 'steps' | 'overdue'> => {
  if (!reachable) {
    return {
      verdict: 'down',
      reachable,
      reason: `unreachable, ${plural(instances.length, 'instance')} unseen`,
      steps: [],
    };
  }
  const steps = allSteps.filter(isStepCause);
  const sum = instances.length === 0 ? 'ok' : worst(instances.map((instance) => instance.verdict));
  // What is said of the instance that a step holds back names the step already.
  const unsaid = steps.filter((step) => !instances.some((instance) => instance.unmet === step.unit));
  const overdue = overdueOf(instances, { runsOut });
  const told =
    overdue === undefined ? instances : instances.filter(({ id }) => !overdue.instances.includes(id));
  const words = [overdue === undefined ? '' : overdueWords(overdue), reasonOf(told), stepWords(unsaid)]
    .filter((part) => part !== '')
    .join(', ');
  return {
    verdict: steps.length > 0 && isWorse('degraded', sum) ? 'degraded' : sum,
    reachable,
    reason: instances.length === 0 && words === '' ? 'runs no services' : words,
    steps: allSteps,
    ...(overdue === undefined ? {} : { overdue }),
  };
};
