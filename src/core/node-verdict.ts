/** A node as a whole: out of reach, or the worst of what runs on it. */
import { plural } from './format.ts';
import type { InstanceState, NodeState, Verdict } from './model/cluster.ts';
import { countVerdicts, worst } from './rollup.ts';

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

/** A dark node is down, and that is the one thing said of it; otherwise the worst of its instances. */
export const judgeNode = (
  instances: readonly InstanceState[],
  reachable: boolean,
): Pick<NodeState, 'verdict' | 'reachable' | 'reason'> => {
  if (!reachable) {
    return {
      verdict: 'down',
      reachable,
      reason: `unreachable, ${plural(instances.length, 'instance')} unseen`,
    };
  }
  if (instances.length === 0) return { verdict: 'ok', reachable, reason: 'runs no services' };
  return {
    verdict: worst(instances.map((instance) => instance.verdict)),
    reachable,
    reason: reasonOf(instances),
  };
};
