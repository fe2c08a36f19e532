/** Whether silence on a node still waits for the first look at its systemd, which is slower than any endpoint. */
import { isAnswer } from './answer.ts';
import type { CheckFacts, ClusterFacts, JudgeOptions } from './model/cluster.ts';
import type { NodeName } from './model/inventory.ts';
import type { LinkState, SshFailure } from './model/observation.ts';

const failureOf = (link: LinkState): SshFailure | undefined => {
  switch (link.state) {
    case 'failed':
      return link.failure;
    case 'connecting':
      return link.after;
    case 'none':
    case 'up':
      return undefined;
    default: {
      const never: never = link;
      return never;
    }
  }
};

/** Something of it answered when it was first asked: whatever is silent on it, it was not about to boot. */
const wasUp = (checks: Iterable<CheckFacts>): boolean => {
  for (const { history } of checks) {
    const [first] = history;
    if (first !== undefined && (first.ok || isAnswer(first.failure))) return true;
  }
  return false;
};

/**
 * True until the node's systemd was looked at, for `firstLookMs` from the start at most, while ssh to it connects or
 * is up. A node that refuses ssh, and refused everything else at first, may be booting: its sshd is tried again.
 */
export const awaitsLook = (
  node: NodeName,
  checks: Iterable<CheckFacts>,
  facts: ClusterFacts,
  options: JudgeOptions,
  nowMs: number,
): boolean => {
  if (facts.units.has(node) || nowMs - facts.startedAtMs >= options.firstLookMs) return false;
  const link = facts.links.get(node);
  if (link === undefined || link.state === 'none') return false;
  const failure = failureOf(link);
  return failure === undefined || (failure.kind === 'refused' && !wasUp(checks));
};
