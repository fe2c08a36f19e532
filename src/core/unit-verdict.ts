/** What systemd says of a unit whose endpoint is silent: why, since when, and how much longer. */
import { formatElapsed, plural } from './format.ts';
import type { InstanceState, LeftBehind, Verdict } from './model/cluster.ts';
import type { NodeUnits, UnitFacts } from './model/observation.ts';
import type { Service } from './model/topology.ts';
import { loadFault } from './unit-notes.ts';
import { isBootOver, isIdle, standingOf } from './unit-standing.ts';

export type UnitVerdict = {
  readonly verdict: Verdict & ('starting' | 'late' | 'down');
  readonly word: string;
  readonly reason: string;
  /** It has not begun: a job waits for the units it comes after, and they may take their time. */
  readonly waiting: boolean;
  /** A failing dependency may be behind it; a unit that does not exist has only itself to blame. */
  readonly explainable: boolean;
  readonly left?: LeftBehind;
};

const SIGNALS: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  15: 'SIGTERM',
};

const signalWord = (unit: UnitFacts): string =>
  unit.exitCode === undefined ? 'a signal' : (SIGNALS[unit.exitCode] ?? `signal ${unit.exitCode}`);

/** systemd's `Result` in words: "exit 3", "killed by SIGKILL", "start limit hit"; empty for success. */
export const resultWords = (unit: UnitFacts): string => {
  switch (unit.result) {
    case 'success':
    case '':
      return '';
    case 'exit-code':
      return unit.exitCode === undefined ? 'bad exit code' : `exit ${unit.exitCode}`;
    case 'signal':
      return `killed by ${signalWord(unit)}`;
    case 'core-dump':
      return `crashed, ${signalWord(unit)}`;
    case 'timeout':
      return 'timed out';
    case 'watchdog':
      return 'watchdog timed out';
    case 'oom-kill':
      return 'out of memory';
    case 'start-limit-hit':
      return 'start limit hit';
    case 'protocol':
      return 'never said it was ready';
    case 'resources':
      return 'out of resources';
    case 'exec-condition':
      return 'condition not met';
    default:
      return unit.result;
  }
};

/** From this many automatic restarts on, one more try is not yet a start: it would only flicker. */
const RESTARTS_TO_LOOP = 2;

/** It waits between two tries. */
export const isBetweenTries = (unit: UnitFacts): boolean =>
  unit.active === 'activating' && unit.sub.startsWith('auto-restart');

/** systemd has restarted it again and again: that it is up now is no sign that it will stay so. */
export const isLooping = (unit: UnitFacts): boolean => (unit.restarts ?? 0) >= RESTARTS_TO_LOOP;

const isRetrying = (unit: UnitFacts): boolean =>
  unit.active === 'activating' && !isBetweenTries(unit) && isLooping(unit);

/** It failed again and again, and its next try waits for the units it comes after, which may be as bad. */
const isHeldBetweenTries = (unit: UnitFacts): boolean =>
  unit.active === 'inactive' && (unit.job ?? 0) > 0 && isLooping(unit) && resultWords(unit) !== '';

/** It failed, or it is one of a row of tries that fail. */
export const isFailing = (unit: UnitFacts): boolean =>
  unit.active === 'failed' || isBetweenTries(unit) || isRetrying(unit) || isHeldBetweenTries(unit);

/** Why an instance fails, without the numbers that move: "failed, exit 3", "stopped", "refused", "slow". */
export const causeWords = (instance: InstanceState): string => {
  const { unit } = instance;
  if (instance.verdict === 'degraded' && instance.reason.startsWith('slow ')) return 'slow';
  if (instance.verdict !== 'down' || unit === undefined) return instance.reason;
  if (isRetrying(unit)) return 'keeps restarting';
  if (!isFailing(unit)) return instance.reason;
  return ['failed', resultWords(unit)].filter((part) => part !== '').join(', ');
};

/** Milliseconds since a node-monotonic time, as of `nowMs` on our clock; undefined when either end is unknown. */
export const elapsedOnNode = (
  look: NodeUnits,
  sinceMs: number | undefined,
  nowMs: number,
): number | undefined =>
  look.monotonicMs === undefined || sinceMs === undefined || sinceMs <= 0
    ? undefined
    : Math.max(0, look.monotonicMs + (nowMs - look.atMs) - sinceMs);

const restartWords = (unit: UnitFacts): string[] =>
  unit.restarts === undefined || unit.restarts === 0 ? [] : [plural(unit.restarts, 'restart')];

const withoutSuffix = (unit: string): string => unit.replace(/\.service$/u, '');

const waitsFor = (service: Service, look: NodeUnits): string => {
  const first = service.after.find((name) => {
    const other = look.units.find((candidate) => candidate.unit === name);
    return other !== undefined && other.load !== 'not-found' && other.active !== 'active';
  });
  return first === undefined ? 'waits for its turn' : `waits for ${withoutSuffix(first)}`;
};

const joined = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join(', ');

const down = (word: string, ...parts: readonly string[]): UnitVerdict => ({
  verdict: 'down',
  word,
  reason: joined(...parts),
  waiting: false,
  explainable: true,
});

const unusable = (word: string, reason: string): UnitVerdict => ({
  ...down(word, reason),
  explainable: false,
});

const startingUp = (word: string, reason: string): UnitVerdict => ({
  verdict: 'starting',
  word,
  reason,
  waiting: false,
  explainable: false,
});

/** A start takes too long after twice its documented time, or after `TimeoutStartSec=`. */
export const isLateStart = (service: Service, unit: UnitFacts, elapsedMs: number): boolean =>
  elapsedMs > 2 * service.startMs ||
  elapsedMs > (unit.timeoutStartMs ?? service.timeoutStartMs ?? Number.POSITIVE_INFINITY);

/** "0:07 of 0:10". */
export const progressWords = (service: Service, elapsedMs: number): string =>
  `${formatElapsed(elapsedMs)} of ${formatElapsed(service.startMs)}`;

const starting = (service: Service, unit: UnitFacts, elapsedMs: number | undefined): UnitVerdict => {
  if (elapsedMs === undefined) {
    return startingUp('starting', 'starting');
  }
  const isLate = isLateStart(service, unit, elapsedMs);
  return {
    verdict: isLate ? 'late' : 'starting',
    word: formatElapsed(elapsedMs),
    reason: progressWords(service, elapsedMs),
    waiting: false,
    explainable: isLate,
  };
};

/** The seconds until systemd tries again; empty when that is not known. `restartSec` is the unit's RestartSec=. */
export const nextTryWords = (
  unit: UnitFacts,
  restartSec: number | undefined,
  look: NodeUnits,
  nowMs: number,
): string => {
  const waited = elapsedOnNode(look, unit.stateChangeMs, nowMs);
  const left = restartSec === undefined || waited === undefined ? 0 : restartSec - waited / 1000;
  return left > 0 ? `next in ${Math.ceil(left)} s` : '';
};

/** A failing unit in words: "exit 3, 5 restarts, next in 7 s". `restartSec` is its RestartSec=, where known. */
export const failureWords = (
  unit: UnitFacts,
  restartSec: number | undefined,
  look: NodeUnits,
  nowMs: number,
): string => {
  const why = resultWords(unit);
  if (unit.active === 'failed') return joined('failed', why, ...restartWords(unit));
  if (isHeldBetweenTries(unit)) return joined(why, ...restartWords(unit));
  if (!isBetweenTries(unit)) return joined('keeps restarting', ...restartWords(unit));
  return joined(
    why === '' ? 'keeps restarting' : why,
    ...restartWords(unit),
    nextTryWords(unit, restartSec, look, nowMs),
  );
};

const failedWord = (unit: UnitFacts): string =>
  unit.result === 'exit-code' && unit.exitCode !== undefined ? `exit ${unit.exitCode}` : 'failed';

const activating = (service: Service, unit: UnitFacts, look: NodeUnits, nowMs: number): UnitVerdict => {
  const failure = failureWords(unit, service.restartSec, look, nowMs);
  if (!isBetweenTries(unit)) {
    const start = starting(service, unit, elapsedOnNode(look, unit.inactiveExitMs, nowMs));
    return isRetrying(unit) ? down('retrying', failure, start.reason) : start;
  }
  return down(failedWord(unit), failure);
};

/** Down without a fault of its own. */
const idle = (service: Service, unit: UnitFacts, look: NodeUnits): UnitVerdict => {
  // What does not start at boot is not started by the target either.
  if (unit.unitFile === 'disabled') return down('stopped', 'stopped, disabled at boot');
  const standing = isBootOver(look) ? standingOf(unit, service.requires, look) : undefined;
  if (standing?.kind === 'never') return down('stopped', 'not started since boot');
  if (standing?.kind !== 'left-behind') return down('stopped', 'stopped', resultWords(unit));
  return { ...down('not up', 'left behind: bring up'), explainable: false, left: { after: standing.after } };
};

/** Judges a unit whose endpoint is not well. Undefined: systemd sees nothing wrong, the endpoint's own words stand. */
export const judgeUnit = (
  service: Service,
  unit: UnitFacts,
  look: NodeUnits,
  nowMs: number,
): UnitVerdict | undefined => {
  const fault = loadFault(unit);
  if (fault !== undefined) return unusable(fault.word, `${fault.words}: ${fault.remedy}`);
  switch (unit.active) {
    case 'activating':
      return activating(service, unit, look, nowMs);
    case 'failed':
      return down('failed', failureWords(unit, service.restartSec, look, nowMs));
    case 'deactivating':
      return down('stopping', 'stopping');
    case 'inactive':
      if (isHeldBetweenTries(unit)) {
        const failure = failureWords(unit, service.restartSec, look, nowMs);
        return down(failedWord(unit), failure, waitsFor(service, look));
      }
      return isIdle(unit)
        ? idle(service, unit, look)
        : { ...startingUp('waiting', waitsFor(service, look)), waiting: true, explainable: true };
    default:
      return undefined;
  }
};

/** What systemd says against an endpoint that answers well; empty when they agree. */
export const contradiction = (unit: UnitFacts): string => {
  const fault = loadFault(unit);
  if (fault !== undefined) return fault.yet;
  if (unit.active === 'failed') return 'answers, but systemd says failed';
  if (isBetweenTries(unit)) return 'answers, but systemd says it keeps restarting';
  return isIdle(unit) ? 'answers, but systemd says stopped' : '';
};
