/** An instance on its way up: failures that its start explains, as long as it has time for that. */
import { isAnswer, isSilence } from './answer.ts';
import type { CheckReading } from './check-verdict.ts';
import { formatElapsed } from './format.ts';
import { type InstanceInput, joinChecks, plain, type Words } from './instance-words.ts';
import { checkId, instanceId } from './model/inventory.ts';
import type { ProbeResult, UnitFacts } from './model/observation.ts';
import { nodeTimeAt } from './node-clock.ts';
import { elapsedOnNode, isLateStart, isLooping, judgeUnit, progressWords } from './unit-verdict.ts';

/** A check that is not well, and its newest look. */
type Bad = { readonly reading: CheckReading; readonly last: ProbeResult };

const badOf = (input: InstanceInput, readings: readonly CheckReading[]): readonly Bad[] =>
  readings.flatMap((reading) => {
    const { conduct } = reading;
    if (conduct !== 'answering' && conduct !== 'silent' && conduct !== 'pending') return [];
    const last = input.checks.get(reading.state.id)?.last;
    return last === undefined ? [] : [{ reading, last }];
  });

/** A wrong answer, silence and a broken connection go by when a start is done; a bad certificate does not. */
const mayPass = ({ last }: Bad): boolean =>
  last.ok || isAnswer(last.failure.kind) || isSilence(last.failure.kind) || last.failure.kind === 'protocol';

const readingsOf = (bad: readonly Bad[]): readonly CheckReading[] => bad.map(({ reading }) => reading);

const answering = (bad: readonly Bad[]): readonly CheckReading[] =>
  readingsOf(bad).filter((reading) => reading.conduct === 'answering');

/** It says itself why it is not well yet. */
const saying = (said: readonly CheckReading[], total: number): Words => ({
  ...joinChecks(said, total),
  verdict: 'starting',
  explainable: said.every((reading) => reading.explainable),
  waiting: true,
});

/**
 * Where a look falls in the present start: before the unit was active it says nothing about now, within the time
 * that the start may take it tells of a start, and afterwards of a failure.
 */
const phaseOf = (
  { service, clock }: InstanceInput,
  unit: UnitFacts,
  atMs: number,
): 'before' | 'young' | 'grown' => {
  const activeMs = unit.activeEnterMs ?? 0;
  const beganMs = unit.inactiveExitMs ?? activeMs;
  const onNodeMs = nodeTimeAt(clock, atMs);
  if (onNodeMs === undefined || beganMs === 0) return 'grown';
  if (onNodeMs < activeMs) return 'before';
  return isLateStart(service, unit, onNodeMs - beganMs) ? 'grown' : 'young';
};

const isProven = ({ before }: InstanceInput, unit: UnitFacts): boolean =>
  unit.activeEnterMs !== undefined && before?.provenMs === unit.activeEnterMs;

/** Active, and its endpoints are not well: news from before it was, or from its first moments. */
const justActive = (
  input: InstanceInput,
  unit: UnitFacts,
  bad: readonly Bad[],
  total: number,
): Words | undefined => {
  if (input.look === undefined || isLooping(unit) || isProven(input, unit)) return undefined;
  const phases = bad.map(({ last }) => phaseOf(input, unit, last.atMs));
  if (phases.includes('grown')) return undefined;
  const young = bad.filter((_, index) => phases[index] === 'young');
  if (young.length === 0) return plain('starting', 'starting', 'just came up');
  const said = answering(young);
  if (said.length > 0) return saying(said, total);

  const { service, look, nowMs } = input;
  const elapsedMs = elapsedOnNode(look, unit.inactiveExitMs ?? unit.activeEnterMs, nowMs) ?? 0;
  const progress = progressWords(service, elapsedMs);
  // Type=simple is active when it execs, seconds before its port opens: nothing else is to be expected of it.
  const isExpected = service.type === 'simple';
  const { reason } = joinChecks(readingsOf(young), total);
  return {
    verdict: 'starting',
    word: formatElapsed(elapsedMs),
    reason: isExpected ? progress : `${progress}, ${reason}`,
    explainable: true,
    waiting: true,
  };
};

/**
 * What to say of an instance whose failures its start explains: systemd starts its unit or will when its turn comes,
 * or the unit has been up for less than a start may take and was not well since. Undefined: they are failures.
 */
export const comingUp = (
  input: InstanceInput,
  unit: UnitFacts,
  readings: readonly CheckReading[],
): Words | undefined => {
  const bad = badOf(input, readings);
  if (input.look === undefined || bad.length === 0 || !bad.every(mayPass)) return undefined;
  if (unit.active === 'active') return justActive(input, unit, bad, readings.length);

  const start = judgeUnit(input.service, unit, input.look, input.nowMs);
  if (start === undefined || start.verdict === 'down') return undefined;
  const said = answering(bad);
  return start.verdict === 'starting' && said.length > 0 ? saying(said, readings.length) : start;
};

/** `activeEnterMs` of the present start once the instance was well in it: every check passed after the unit was active. */
export const provenStart = (input: InstanceInput, unit: UnitFacts, isWell: boolean): number | undefined => {
  const { activeEnterMs } = unit;
  if (unit.active !== 'active' || activeEnterMs === undefined) return undefined;
  if (isProven(input, unit)) return activeEnterMs;
  const isNews = (passedMs: number | undefined): boolean =>
    passedMs !== undefined && (nodeTimeAt(input.clock, passedMs) ?? 0) >= activeEnterMs;
  const { service, node, checks } = input;
  const passes = service.checks.map(
    (spec) => checks.get(checkId(instanceId(service.name, node), spec.id))?.lastOk?.atMs,
  );
  return isWell && passes.every(isNews) ? activeEnterMs : undefined;
};

/**
 * Silence while the first look at the node's systemd is on its way: its units may be starting. Undefined: nothing is
 * awaited, or it is not silence that there is to explain.
 */
export const unasked = (input: InstanceInput, readings: readonly CheckReading[]): Words | undefined => {
  const bad = badOf(input, readings).filter(({ reading }) => reading.conduct !== 'pending');
  if (!input.awaitsLook || bad.length === 0 || !bad.every(mayPass)) return undefined;
  if (answering(bad).length > 0) return undefined;
  const { word, reason } = joinChecks(readingsOf(bad), readings.length);
  return plain('unknown', word, `${reason}, systemd not asked yet`);
};
