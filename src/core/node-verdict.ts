/** A node as a whole: out of reach, or the worst of what runs on it. */
import { plural } from './format.ts';
import type { InstanceState, NodeState, StepState, Verdict } from './model/cluster.ts';
import { countVerdicts, isWorse, worst } from './rollup.ts';
import { isStepCause } from './steps.ts';

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

/** A dark node is down, and that is the one thing said of it; otherwise the worst of its instances and steps. */
export const judgeNode = (
  instances: readonly InstanceState[],
  allSteps: readonly StepState[],
  reachable: boolean,
): Pick<NodeState, 'verdict' | 'reachable' | 'reason' | 'steps'> => {
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
  const words = [reasonOf(instances), stepWords(unsaid)].filter((part) => part !== '').join(', ');
  return {
    verdict: steps.length > 0 && isWorse('degraded', sum) ? 'degraded' : sum,
    reachable,
    reason: instances.length === 0 && words === '' ? 'runs no services' : words,
    steps: allSteps,
  };
};
