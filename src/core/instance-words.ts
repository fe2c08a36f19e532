/** What one instance is judged from, and what is said of it: shared by the rules that look at different facts. */
import { toWord } from './answer.ts';
import type { CheckReading } from './check-verdict.ts';
import type {
  CheckFacts,
  ClockReading,
  InstanceState,
  JudgeOptions,
  LeftBehind,
  StepState,
  Verdict,
} from './model/cluster.ts';
import type { NodeName } from './model/inventory.ts';
import type { NodeUnits } from './model/observation.ts';
import type { Service, UnitName } from './model/topology.ts';

export type InstanceInput = {
  readonly service: Service;
  readonly node: NodeName;
  readonly checks: ReadonlyMap<string, CheckFacts>;
  /** The newest look at the node's systemd, however old. */
  readonly look: NodeUnits | undefined;
  /** What the node's clock said at the looks so far. */
  readonly clock: readonly ClockReading[];
  /** There was no look at the node's systemd yet, and one is on its way. */
  readonly awaitsLook: boolean;
  readonly reachable: boolean;
  /** The node is reachable, and each of its checks runs out of time. */
  readonly runsOut: boolean;
  /** The first-boot steps of the node that are not as they should be. */
  readonly steps: readonly StepState[];
  readonly options: JudgeOptions;
  readonly nowMs: number;
  /** The same instance in the judgement before. */
  readonly before: InstanceState | undefined;
};

export type Words = {
  readonly verdict: Verdict;
  readonly word: string;
  readonly reason: string;
  /** It fails in a way that a failing dependency may explain. */
  readonly explainable: boolean;
  /** On its way up with time left: a dependency that is on its way, too, is not in its way. */
  readonly waiting: boolean;
  readonly left?: LeftBehind;
  readonly unmet?: UnitName;
};

export const plain = (verdict: Verdict, word: string, reason: string): Words => ({
  verdict,
  word,
  reason,
  explainable: false,
  waiting: false,
});

/** The words of the checks that are not well, of `total` in all. */
export const joinChecks = (
  bad: readonly CheckReading[],
  total: number,
): { readonly word: string; readonly reason: string } => {
  const [first] = bad;
  if (first === undefined) return { word: '', reason: '' };
  if (total === 1) return { word: first.word, reason: first.state.reason };
  const reason = `${bad.length} of ${total} checks: ${first.state.name} ${first.state.reason}`;
  return { word: toWord(first.state.name), reason };
};
