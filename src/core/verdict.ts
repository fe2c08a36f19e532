/** One instance judged on its own: its checks together, and what systemd says when they stay silent. */
import type { RaftRole } from './answer.ts';
import { toWord } from './answer.ts';
import { type CheckReading, judgeCheck } from './check-verdict.ts';
import { formatAge, formatLatency } from './format.ts';
import type { CheckFacts, InstanceState, JudgeOptions, Verdict } from './model/cluster.ts';
import { checkId, type InstanceId, instanceId, type NodeName } from './model/inventory.ts';
import type { NodeUnits, UnitFacts } from './model/observation.ts';
import type { Service, ServiceName } from './model/topology.ts';
import { contradiction, elapsedOnNode, judgeUnit } from './unit-verdict.ts';

/** An instance judged without its neighbours; what stands in its way and since when comes later. */
export type InstanceReading = Omit<InstanceState, 'sinceMs' | 'raftSinceMs'> & {
  /** It fails in a way that a failing dependency may explain. */
  readonly explainable: boolean;
  /** Its start job waits for other units. */
  readonly waiting: boolean;
  readonly brokenLinks: readonly ServiceName[];
  readonly raft?: RaftRole;
  /** When the look that showed the Raft role was taken. */
  readonly raftSeenMs?: number;
  /** How long its unit has been active; undefined when systemd did not say. */
  readonly upMs?: number;
  /** Its node cannot be reached; its verdict is unknown, its vote does not count. */
  readonly unreachable: boolean;
};

export type InstanceInput = {
  readonly service: Service;
  readonly node: NodeName;
  readonly checks: ReadonlyMap<string, CheckFacts>;
  /** The newest look at the node's systemd, however old. */
  readonly look: NodeUnits | undefined;
  readonly reachable: boolean;
  readonly options: JudgeOptions;
  readonly nowMs: number;
};

type Words = {
  readonly verdict: Verdict;
  readonly word: string;
  readonly reason: string;
  readonly explainable: boolean;
  readonly waiting: boolean;
};

/** systemd is asked less often than endpoints, and over a link that reconnects with backoff. */
const LOOK_FRESH_MS = 45_000;

const plain = (verdict: Verdict, word: string, reason: string): Words => ({
  verdict,
  word,
  reason,
  explainable: false,
  waiting: false,
});

const fromUnit = (
  input: InstanceInput,
  unit: UnitFacts | undefined,
  silentAtMs: number,
): Words | undefined => {
  if (unit === undefined || input.look === undefined) return undefined;
  return judgeUnit(input.service, unit, input.look, silentAtMs, input.nowMs);
};

const joinChecks = (bad: readonly CheckReading[], total: number): { word: string; reason: string } => {
  const [first] = bad;
  if (first === undefined) return { word: '', reason: '' };
  if (total === 1) return { word: first.word, reason: first.state.reason };
  const reason = `${bad.length} of ${total} checks: ${first.state.name} ${first.state.reason}`;
  return { word: toWord(first.state.name), reason };
};

/** A service without checks is what its unit is. */
const unchecked = (input: InstanceInput, unit: UnitFacts | undefined): Words => {
  if (unit === undefined) return plain('unknown', 'unseen', 'nothing checks it');
  return (
    fromUnit(input, unit, input.nowMs) ??
    (unit.active === 'active' ? plain('ok', 'active', '') : plain('unknown', '', unit.active))
  );
};

const silentAt = (input: InstanceInput, readings: readonly CheckReading[]): number =>
  Math.max(...readings.map((reading) => input.checks.get(reading.state.id)?.last?.atMs ?? 0));

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
  const answers = bad.length > silent.length;
  if (answers || (silent.length > 0 && passing.length > 0)) {
    const { word, reason } = joinChecks(bad, readings.length);
    const explainable = answers && bad.every((reading) => reading.explainable);
    return { verdict: 'degraded', word, reason, explainable, waiting: false };
  }
  const unknown = readings.find((reading) => reading.conduct === 'unseen' || reading.conduct === 'stale');
  if (unknown !== undefined) return plain('unknown', unknown.word, unknown.state.reason);

  if (passing.length === 0) {
    const why = fromUnit(input, unit, silentAt(input, readings));
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
  const ends = facts.flatMap((one) => {
    const certificate = one.last?.certificate ?? one.lastOk?.certificate;
    return certificate === undefined ? [] : [certificate.notAfterMs];
  });
  return ends.length === 0 ? undefined : Math.min(...ends);
};

/** "certificate ends in 5 d", "certificate ended 3 h ago"; empty while there is time. */
export const certificateWords = (notAfterMs: number | undefined, warnMs: number, nowMs: number): string => {
  if (notAfterMs === undefined || notAfterMs - nowMs > warnMs) return '';
  return notAfterMs > nowMs
    ? `certificate ends in ${formatAge(notAfterMs - nowMs)}`
    : `certificate ended ${formatAge(nowMs - notAfterMs)} ago`;
};

const latencyOf = (facts: readonly CheckFacts[]): number | undefined => {
  const totals = facts.flatMap((one) => (one.last?.ok === true ? [one.last.phases.totalMs] : []));
  return totals.length === 0 ? undefined : Math.round(Math.max(...totals));
};

const optional = <K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } =>
  value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: V });

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
    readings.push(judgeCheck(check, spec.id, known, options, nowMs));
  }
  const isLookFresh = input.look !== undefined && nowMs - input.look.atMs <= LOOK_FRESH_MS;
  const unit = isLookFresh
    ? input.look?.units.find((candidate) => candidate.unit === service.unit)
    : undefined;

  const words = input.reachable
    ? judgeTogether(input, readings, unit)
    : plain('unknown', 'no node', 'node unreachable');

  const seen = facts.flatMap((one) => (one.last === undefined ? [] : [one.last]));
  const ageMs =
    seen.length === 0 ? undefined : Math.max(0, nowMs - Math.max(...seen.map((result) => result.atMs)));
  const latencyMs = latencyOf(facts);
  const notAfterMs = certificateEnd(facts);
  const raft = readings.find((reading) => reading.raft !== undefined);
  const looked = readings.filter((reading) => reading.conduct !== 'unseen');
  const ending = certificateWords(notAfterMs, options.certificateWarnMs, nowMs);

  return {
    id,
    service: service.name,
    node,
    verdict: words.verdict,
    word: words.verdict === 'ok' && latencyMs !== undefined ? formatLatency(latencyMs) : words.word,
    reason: words.verdict === 'ok' && words.reason === '' ? ending : words.reason,
    explainable: words.explainable,
    waiting: words.waiting,
    unreachable: !input.reachable,
    stale: looked.length > 0 && looked.every((reading) => reading.conduct === 'stale'),
    checks: readings.map((reading) => reading.state),
    brokenLinks: readings.flatMap((reading) => reading.brokenLinks),
    insecure: seen.some((result) => result.insecure === true),
    ...optional(
      'ageMs',
      ageMs === undefined ? undefined : Math.floor(ageMs / options.intervalMs) * options.intervalMs,
    ),
    ...optional('latencyMs', latencyMs),
    ...optional('raft', input.reachable ? raft?.raft : undefined),
    ...optional('raftSeenMs', input.reachable ? raft?.readAtMs : undefined),
    ...optional('clusterSize', readings.find((reading) => reading.clusterSize !== undefined)?.clusterSize),
    ...optional('unit', unit),
    ...optional(
      'upMs',
      unit === undefined || input.look === undefined
        ? undefined
        : elapsedOnNode(input.look, unit.activeEnterMs, nowMs),
    ),
    ...optional('certificateNotAfterMs', notAfterMs),
  };
};
