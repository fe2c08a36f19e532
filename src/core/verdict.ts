/** One instance judged on its own: its checks together, and what systemd says when they stay silent. */
import type { RaftRole } from './answer.ts';
import { type CheckReading, judgeCheck } from './check-verdict.ts';
import { comingUp, provenStart, unasked } from './coming-up.ts';
import { formatAge, formatLatency } from './format.ts';
import { type InstanceInput, joinChecks, plain, type Words } from './instance-words.ts';
import type { CheckFacts, InstanceState } from './model/cluster.ts';
import { checkId, type InstanceId, instanceId } from './model/inventory.ts';
import type { UnitFacts } from './model/observation.ts';
import type { ServiceName } from './model/topology.ts';
import { overtaken } from './overtaken.ts';
import { newsEveryMs } from './pace.ts';
import { faultyStep, heldStep, unmetWords } from './steps.ts';
import { lastingNotes } from './unit-notes.ts';
import { freshLook, unitIn } from './unit-standing.ts';
import { contradiction, elapsedOnNode, judgeUnit } from './unit-verdict.ts';

/** An instance judged without its neighbours; what stands in its way and since when comes later. */
export type InstanceReading = Omit<InstanceState, 'sinceMs' | 'downSinceMs' | 'raftSinceMs'> &
  Pick<Words, 'explainable' | 'waiting'> & {
    readonly brokenLinks: readonly ServiceName[];
    readonly raft?: RaftRole;
    /** When the look that showed the Raft role was taken. */
    readonly raftSeenMs?: number;
    /** How long its unit has been active; undefined when systemd did not say. */
    readonly upMs?: number;
    /** Its node cannot be reached; its verdict is unknown, its vote does not count. */
    readonly unreachable: boolean;
    /** No check of its node is answered in time, though systemd calls it active. */
    readonly overdue: boolean;
  };

const fromUnit = (input: InstanceInput, unit: UnitFacts | undefined): Words | undefined =>
  unit === undefined || input.look === undefined
    ? undefined
    : judgeUnit(input.service, unit, input.look, input.nowMs);

/** A service without checks is what its unit is. */
const unchecked = (input: InstanceInput, unit: UnitFacts | undefined): Words => {
  if (unit === undefined) return plain('unknown', 'unseen', 'nothing checks it');
  return (
    fromUnit(input, unit) ??
    (unit.active === 'active' ? plain('ok', 'active', '') : plain('unknown', '', unit.active))
  );
};

const judgeTogether = (
  input: InstanceInput,
  readings: readonly CheckReading[],
  unit: UnitFacts | undefined,
): Words => {
  if (readings.length === 0) return unchecked(input, unit);
  const bad = readings.filter((reading) => reading.conduct === 'answering' || reading.conduct === 'silent');
  const silent = readings.filter((reading) => reading.conduct === 'silent');
  const passing = readings.filter((reading) => reading.conduct === 'passing');

  if (passing.length === readings.length) {
    const notes = [unit === undefined ? '' : contradiction(unit), ...readings.map((reading) => reading.note)];
    return plain('ok', '', notes.find((note) => note !== '') ?? '');
  }
  const excused = unit === undefined ? unasked(input, readings) : comingUp(input, unit, readings);
  if (excused !== undefined) return excused;

  const answers = bad.length > silent.length;
  if (answers || (silent.length > 0 && passing.length > 0)) {
    const { word, reason } = joinChecks(bad, readings.length);
    const explainable = answers && bad.every((reading) => reading.explainable);
    return { verdict: 'degraded', word, reason, explainable, waiting: false };
  }
  const unknown = readings.find((reading) => reading.conduct === 'unseen' || reading.conduct === 'stale');
  if (unknown !== undefined) return plain('unknown', unknown.word, unknown.state.reason);

  if (passing.length === 0) {
    const why = fromUnit(input, unit);
    if (why !== undefined) return why;
  }
  const pending = readings.find((reading) => reading.conduct === 'pending');
  if (pending !== undefined) return plain('unknown', pending.word, pending.state.reason);
  const [first] = silent;
  return {
    ...plain('down', first?.word ?? '', first?.state.reason ?? ''),
    explainable: silent.every((reading) => reading.explainable),
  };
};

const certificateEnd = (facts: readonly CheckFacts[]): number | undefined => {
  let endMs: number | undefined;
  for (const { last, lastOk } of facts) {
    const certificate = last?.certificate ?? lastOk?.certificate;
    if (certificate === undefined || (endMs !== undefined && endMs <= certificate.notAfterMs)) continue;
    endMs = certificate.notAfterMs;
  }
  return endMs;
};

/** "certificate ends in 5 d", "certificate ended 3 h ago"; empty while there is time. */
const certificateWords = (notAfterMs: number | undefined, warnMs: number, nowMs: number): string => {
  if (notAfterMs === undefined || notAfterMs - nowMs > warnMs) return '';
  return notAfterMs > nowMs
    ? `certificate ends in ${formatAge(notAfterMs - nowMs)}`
    : `certificate ended ${formatAge(nowMs - notAfterMs)} ago`;
};

const latencyOf = (facts: readonly CheckFacts[]): number | undefined => {
  let slowestMs: number | undefined;
  for (const { last } of facts) {
    if (last?.ok === true) slowestMs = Math.max(slowestMs ?? 0, Math.round(last.phases.totalMs));
  }
  return slowestMs;
};

/** Optional fields are set one by one: spreading them costs more than all the rest of the judgement. */
type Draft = { -readonly [K in keyof InstanceReading]: InstanceReading[K] };

const newestLook = (facts: readonly CheckFacts[]): number | undefined => {
  let newestMs: number | undefined;
  for (const { last } of facts) {
    if (last !== undefined && (newestMs === undefined || last.atMs > newestMs)) newestMs = last.atMs;
  }
  return newestMs;
};

const unitOf = (input: InstanceInput): UnitFacts | undefined => {
  const look = freshLook(input.look, input.nowMs);
  return look === undefined ? undefined : unitIn(look, input.service.unit);
};

/** A member that never joined answers, but is nobody's member: its own words tell less than the step that failed. */
const forWantOfStep = (input: InstanceInput, words: Words, unit: UnitFacts | undefined): Words => {
  if (words.verdict !== 'degraded' || !words.explainable || unit?.active !== 'active') return words;
  const step = faultyStep(input.steps, input.service.name) ?? heldStep(input.steps, input.service.name);
  if (step === undefined) return words;
  const unmet = unmetWords(input.service);
  const holder = input.steps.find((other) => other.unit === step.by);
  const why = step.state === 'held' ? `waits for ${holder?.name ?? step.by}` : step.reason;
  return { ...words, word: unmet.word, reason: `${unmet.words}: ${step.name} ${why}`, unmet: step.unit };
};

/** What to know of an instance that is well, the most pressing first; empty as a rule. */
const noteOf = (
  input: InstanceInput,
  unit: UnitFacts | undefined,
  notAfterMs: number | undefined,
): string => {
  const ending = certificateWords(notAfterMs, input.options.certificateWarnMs, input.nowMs);
  if (ending !== '') return ending;
  const step = faultyStep(input.steps, input.service.name);
  if (step !== undefined) return `fine, though ${step.name} ${step.reason}`;
  return unit === undefined ? '' : (lastingNotes(unit)[0]?.words ?? '');
};

const addDetails = (
  draft: Draft,
  input: InstanceInput,
  facts: readonly CheckFacts[],
  readings: readonly CheckReading[],
): void => {
  const { look, options, nowMs, reachable } = input;
  const seenMs = newestLook(facts);
  if (seenMs !== undefined) {
    const everyMs = newsEveryMs(input.service, options);
    draft.ageMs = Math.floor(Math.max(0, nowMs - seenMs) / everyMs) * everyMs;
  }
  for (const reading of readings) {
    if (reading.clusterSize !== undefined) draft.clusterSize = reading.clusterSize;
    if (!reachable || reading.raft === undefined) continue;
    draft.raft = reading.raft;
    if (reading.readAtMs !== undefined) draft.raftSeenMs = reading.readAtMs;
  }
  if (look === undefined || draft.unit === undefined) return;
  const provenMs = provenStart(input, draft.unit, draft.verdict === 'ok');
  if (provenMs !== undefined) draft.provenMs = provenMs;
  const upMs = elapsedOnNode(look, draft.unit.activeEnterMs, nowMs);
  if (upMs !== undefined) draft.upMs = upMs;
};

/** Judges one instance on its own facts. Ages are whole poll intervals, so that a healthy instance does not change. */
export const readInstance = (input: InstanceInput): InstanceReading => {
  const { service, node, options, nowMs } = input;
  const id: InstanceId = instanceId(service.name, node);
  const readings: CheckReading[] = [];
  const facts: CheckFacts[] = [];
  for (const spec of service.checks) {
    const check = checkId(id, spec.id);
    const known = input.checks.get(check);
    if (known !== undefined) facts.push(known);
    readings.push(overtaken(input, judgeCheck(check, spec.id, known, options, nowMs)));
  }
  const unit = unitOf(input);
  const words = input.reachable
    ? forWantOfStep(input, judgeTogether(input, readings, unit), unit)
    : plain('unknown', 'no node', 'node unreachable');
  const isOk = words.verdict === 'ok';
  const latencyMs = latencyOf(facts);
  const notAfterMs = certificateEnd(facts);
  const looked = readings.filter((reading) => reading.conduct !== 'unseen');

  const draft: Draft = {
    id,
    service: service.name,
    node,
    verdict: words.verdict,
    word: isOk && latencyMs !== undefined ? formatLatency(latencyMs) : words.word,
    reason: isOk && words.reason === '' ? noteOf(input, unit, notAfterMs) : words.reason,
    explainable: words.explainable,
    waiting: words.waiting,
    unreachable: !input.reachable,
    overdue: input.runsOut && words.verdict === 'down' && unit?.active === 'active',
    stale: looked.length > 0 && looked.every((reading) => reading.conduct === 'stale'),
    checks: readings.map((reading) => reading.state),
    brokenLinks: readings.flatMap((reading) => reading.brokenLinks),
    insecure: facts.some((one) => one.last?.insecure === true),
  };
  if (latencyMs !== undefined) draft.latencyMs = latencyMs;
  if (notAfterMs !== undefined) draft.certificateNotAfterMs = notAfterMs;
  if (unit !== undefined) draft.unit = unit;
  if (words.left !== undefined) draft.left = words.left;
  if (words.unmet !== undefined) draft.unmet = words.unmet;
  addDetails(draft, input, facts, readings);
  return draft;
};
