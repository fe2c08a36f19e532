/** Whether a node can be reached at all, so that a dark node is one fact and not one per service. */
import type { CheckFacts, Pace } from './model/cluster.ts';
import type { NodeUnits, ProbeFailureKind } from './model/observation.ts';
import { paceOf } from './pace.ts';

/** A look at systemd this old no longer proves that the node answers. */
const SSH_PROOF_MS = 15_000;

/** Nothing came back, not even a refusal. */
const isDark = (kind: ProbeFailureKind): boolean =>
  kind === 'timeout' || kind === 'unreachable' || kind === 'dns';

const isDarkFor = (
  facts: CheckFacts,
  fall: number,
  counts: (kind: ProbeFailureKind) => boolean = isDark,
): boolean => {
  if (facts.last === undefined || facts.last.ok || facts.failuresInRow < fall) return false;
  return facts.history
    .slice(-Math.max(1, fall))
    .every((sample) => sample.failure !== undefined && counts(sample.failure));
};

/** How a node takes its checks; `darkSinceMs` is when the last of them went dark, `runsOut`: each waited in vain. */
export type Answering =
  | { readonly answers: true }
  | { readonly answers: false; readonly darkSinceMs: number; readonly runsOut: boolean };

/** When something last answered this check, ms; -Infinity: never, as far as is remembered. */
const heardAtMs = ({ history }: CheckFacts): number =>
  history.findLast(({ failure }) => failure === undefined || !isDark(failure))?.atMs ??
  Number.NEGATIVE_INFINITY;

/**
 * Silent when every check stayed dark as often in a row as it takes for that check. What a check that is made more
 * seldom than most heard before all others went dark says nothing of now. A node without checks answers.
 */
export const answering = (checks: Iterable<CheckFacts>, common: Pace): Answering => {
  let darkSinceMs: number | undefined;
  let heardMs = Number.NEGATIVE_INFINITY;
  let runsOut = true;
  for (const facts of checks) {
    const { fall, intervalMs } = paceOf(facts.target.spec, common);
    if (!isDarkFor(facts, fall)) {
      if (facts.last === undefined || intervalMs <= common.intervalMs) return { answers: true };
      heardMs = Math.max(heardMs, heardAtMs(facts));
      continue;
    }
    runsOut &&= isDarkFor(facts, fall, (kind) => kind === 'timeout');
    darkSinceMs = Math.max(darkSinceMs ?? 0, facts.firstFailure?.atMs ?? 0);
  }
  return darkSinceMs === undefined || heardMs > darkSinceMs
    ? { answers: true }
    : { answers: false, darkSinceMs, runsOut };
};

/**
 * A silent node is reachable all the same when a look over ssh that was taken after it went dark still came back: then
 * something swallows the probes, but the node is there.
 */
export const isReachable = (node: Answering, look: NodeUnits | undefined, nowMs: number): boolean => {
  if (node.answers) return true;
  const isLookFresh = look !== undefined && nowMs - look.atMs <= SSH_PROOF_MS;
  return isLookFresh && look.atMs > node.darkSinceMs;
};
