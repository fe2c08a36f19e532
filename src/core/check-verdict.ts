/** One check judged: its looks counted, its newest answer read, its age held against its interval. */
import { isAnswer, isSilence, type RaftRole, readAnswer, silenceWords, toWord } from './answer.ts';
import { formatAge, formatLatency } from './format.ts';
import type { CheckFacts, CheckState, Pace } from './model/cluster.ts';
import type { ProbeResult } from './model/observation.ts';
import type { ServiceName } from './model/topology.ts';
import { paceOf } from './pace.ts';

/**
 * passing: as expected. answering: it answers, but. silent: no answer, often enough. pending: no answer yet, not
 * often enough to say. unseen: never looked at. stale: not looked at for too long.
 */
export type CheckConduct = 'passing' | 'answering' | 'silent' | 'pending' | 'unseen' | 'stale';

export type CheckReading = {
  readonly conduct: CheckConduct;
  readonly state: CheckState;
  readonly word: string;
  readonly note: string;
  /** A failing dependency may be behind it: silence, or what the answer says; not slowness, not a certificate. */
  readonly explainable: boolean;
  readonly brokenLinks: readonly ServiceName[];
  readonly raft?: RaftRole;
  readonly clusterSize?: number;
  /** When the look that was read here was taken. */
  readonly readAtMs?: number;
};

/** The poller backs off up to 15 s for a check that fails; three of those are not yet silence of our own. */
const FAILING_STALE_MS = 45_000;
const INTERVALS_TO_STALE = 3;

/** The threshold of a check that names none: half of the default timeout. */
export const DEFAULT_SLOW_MS = 750;

/** How old a check's last look may be before nothing is known any more, ms. */
export const staleAfterMs = (last: ProbeResult, intervalMs: number): number =>
  last.ok ? INTERVALS_TO_STALE * intervalMs : Math.max(INTERVALS_TO_STALE * intervalMs, FAILING_STALE_MS);

type Failed = Extract<ProbeResult, { readonly ok: false }>;
type Trend = 'pending' | 'passing' | 'wrong' | 'silent';

/** `fall` silent looks in a row make it silent, one wrong answer makes it wrong, `rise` passes in a row heal both. */
const trendOf = (facts: CheckFacts, pace: Pace): Trend => {
  if (facts.passesInRow >= Math.max(1, pace.rise)) return 'passing';
  let trend: Trend = 'pending';
  let passes = 0;
  let silences = 0;
  for (const sample of facts.history) {
    if (sample.ok) {
      passes += 1;
      silences = 0;
      if (trend === 'pending' || passes >= pace.rise) trend = 'passing';
    } else if (isAnswer(sample.failure)) {
      passes = 0;
      silences = 0;
      trend = 'wrong';
    } else {
      passes = 0;
      silences += 1;
      if (silences >= pace.fall) trend = 'silent';
    }
  }
  return trend;
};

const isSlow = (facts: CheckFacts, fall: number): boolean => {
  if (facts.history.length < fall) return false;
  const limitMs = facts.target.spec.slowMs ?? DEFAULT_SLOW_MS;
  return facts.history.slice(-Math.max(1, fall)).every((sample) => sample.ok && sample.totalMs > limitMs);
};

const silencesInRow = (facts: CheckFacts): number =>
  facts.history.length - 1 - facts.history.findLastIndex((sample) => sample.ok || isAnswer(sample.failure));

type Judged = Omit<CheckReading, 'state'> & {
  readonly verdict: CheckState['verdict'];
  readonly reason: string;
};

const PLAIN = { note: '', explainable: false, brokenLinks: [] } as const;

const judgePassing = (facts: CheckFacts, read: ProbeResult, pace: Pace): Judged => {
  const { flaw, word, ...said } = readAnswer(facts.target.spec, read);
  const common = { ...said, readAtMs: read.atMs };
  if (flaw !== '') {
    return { ...common, conduct: 'answering', verdict: 'degraded', reason: flaw, word, explainable: true };
  }
  if (isSlow(facts, pace.fall)) {
    const latency = formatLatency(read.phases.totalMs);
    return {
      ...common,
      conduct: 'answering',
      verdict: 'degraded',
      reason: `slow ${latency}`,
      word: toWord(latency),
      explainable: false,
    };
  }
  return { ...common, conduct: 'passing', verdict: 'ok', reason: said.note, word: '', explainable: false };
};

/** A pass after trouble, before there were `rise` of them: still what it was. */
const judgeRecovering = (facts: CheckFacts, trend: 'wrong' | 'silent', pace: Pace): Judged => ({
  ...PLAIN,
  ...(trend === 'silent'
    ? { conduct: 'silent', verdict: 'failing' }
    : { conduct: 'answering', verdict: 'degraded' }),
  reason: `answers again, ${facts.passesInRow} of ${pace.rise}`,
  word: 'again',
});

const judgeFailed = (facts: CheckFacts, last: Failed, trend: Trend, pace: Pace): Judged => {
  const { flaw, word } = silenceWords(last.failure);
  switch (trend) {
    case 'passing':
      // One missed look among good ones: what the last good one said still holds.
      return judgePassing(facts, facts.lastOk ?? last, pace);
    case 'wrong': {
      if (isAnswer(last.failure.kind)) {
        const { flaw: said, ...rest } = readAnswer(facts.target.spec, last);
        const common = { ...rest, readAtMs: last.atMs, explainable: true };
        return { ...common, conduct: 'answering', verdict: 'degraded', reason: said };
      }
      const reason = `${flaw}, ${silencesInRow(facts)} of ${pace.fall}`;
      const explainable = isSilence(last.failure.kind);
      return { ...PLAIN, conduct: 'answering', verdict: 'degraded', reason, word, explainable };
    }
    case 'silent':
      return {
        ...PLAIN,
        conduct: 'silent',
        verdict: 'failing',
        reason: flaw,
        word,
        explainable: isSilence(last.failure.kind),
      };
    case 'pending': {
      const reason = `${silencesInRow(facts)} of ${pace.fall} failures: ${flaw}`;
      return { ...PLAIN, conduct: 'pending', verdict: 'unknown', reason, word };
    }
    default: {
      const never: never = trend;
      return never;
    }
  }
};

const judgeSeen = (facts: CheckFacts, last: ProbeResult, pace: Pace): Judged => {
  const trend = trendOf(facts, pace);
  if (!last.ok) return judgeFailed(facts, last, trend, pace);
  return trend === 'wrong' || trend === 'silent'
    ? judgeRecovering(facts, trend, pace)
    : judgePassing(facts, last, pace);
};

const judge = (facts: CheckFacts | undefined, common: Pace, nowMs: number): Judged => {
  const last = facts?.last;
  if (facts === undefined || last === undefined) {
    return { ...PLAIN, conduct: 'unseen', verdict: 'unknown', reason: 'not seen yet', word: 'unseen' };
  }
  const pace = paceOf(facts.target.spec, common);
  const ageMs = nowMs - last.atMs;
  if (ageMs > staleAfterMs(last, pace.intervalMs)) {
    const reason = `stale ${formatAge(ageMs)}`;
    return { ...PLAIN, conduct: 'stale', verdict: 'unknown', reason, word: 'stale' };
  }
  return judgeSeen(facts, last, pace);
};

/** Judges one check of a service at `nowMs`, by its own pace or the common one; undefined facts read as never seen. */
export const judgeCheck = (
  id: CheckState['id'],
  name: string,
  facts: CheckFacts | undefined,
  common: Pace,
  nowMs: number,
): CheckReading => {
  const { verdict, reason, ...rest } = judge(facts, common, nowMs);
  return { ...rest, state: { id, name, verdict, reason } };
};
