/** What is known about one check: the last answer, failures, latency, certificate. */
import { formatAge, formatClock, formatLatency } from '../../core/format.ts';
import type { CheckFacts, CheckState } from '../../core/model/cluster.ts';
import type { CheckTarget } from '../../core/model/inventory.ts';
import type { Answer, Certificate, Phases, ProbeResult } from '../../core/model/observation.ts';
import type { BodyField } from '../../core/model/topology.ts';
import { type AppState, shown } from '../../store/state.ts';
import { gap, type Line, seg } from '../paint.ts';
import { sparkline } from '../sparkline.ts';
import type { Theme, Tone } from '../theme.ts';
import { labelled, labelledItems, labelledLine } from './page.ts';

const DAY_MS = 86_400_000;
const SPARK_COLUMNS = 24;
/** From here on the body is shown beside its fields. */
const BODY_FROM_COLUMNS = 60;

const CHECK_TONE: Readonly<Record<CheckState['verdict'], Tone>> = {
  ok: 'ok',
  degraded: 'degraded',
  failing: 'down',
  unknown: 'unknown',
};

const CHECK_MARK = { ok: 'ok', degraded: 'degraded', failing: 'down', unknown: 'unknown' } as const;

/** What is asked, as an operator could ask it. */
const questionOf = ({ spec, host, port }: CheckTarget): string => {
  const address = host.includes(':') ? `[${host}]` : host;
  switch (spec.kind) {
    case 'https-json':
    case 'https-text':
      return `https://${address}:${port}${spec.path}`;
    case 'dns':
      return `dig @${host} -p ${port} ${spec.query} ${spec.type}`;
    case 'tcp':
      return `tcp ${address}:${port}`;
    default:
      return spec satisfies never;
  }
};

const answerText = (answer: Answer, isBrief: boolean): string => {
  switch (answer.kind) {
    case 'http':
      return isBrief ? String(answer.status) : `${answer.status} ${answer.body.replace(/\s+/gu, ' ')}`.trim();
    case 'dns':
      return `${answer.rcode} ${answer.addresses.join(' ')}`.trim();
    case 'tcp':
      return 'connected';
    default:
      return answer satisfies never;
  }
};

const fieldText = (spec: BodyField, answer: Answer | undefined): readonly string[] => {
  const value = answer?.kind === 'http' ? answer.json?.[spec.name] : undefined;
  const wanted = spec.equals ?? spec.oneOf?.join(' or ');
  if (value === undefined) return wanted === undefined ? [] : [`${spec.name} – (wants ${wanted})`];
  const isRight =
    wanted === undefined || String(value) === spec.equals || spec.oneOf?.includes(String(value));
  return [`${spec.name} ${String(value)}${isRight ? '' : ` (wants ${wanted})`}`];
};

const phaseItems = (phases: Phases): readonly string[] => {
  const parts: readonly (readonly [string, number | undefined])[] = [
    ['dns', phases.dnsMs],
    ['connect', phases.connectMs],
    ['tls', phases.tlsMs],
    ['first byte', phases.firstByteMs],
    ['body', phases.bodyMs],
  ];
  return parts.flatMap(([name, ms]) => (ms === undefined ? [] : [`${name} ${formatLatency(ms)}`]));
};

const certificateTone = (notAfterMs: number, nowMs: number, warnMs: number): Tone => {
  if (notAfterMs <= nowMs) return 'down';
  return notAfterMs - nowMs <= warnMs ? 'degraded' : 'plain';
};

/** "ends in 89 d (2027-02-20)", "ENDED 3 d ago (…)". */
const certificateEnd = (notAfterMs: number, nowMs: number): string => {
  const date = new Date(notAfterMs).toISOString().slice(0, 10);
  const left = notAfterMs - nowMs;
  return left <= 0
    ? `ENDED ${formatAge(-left)} ago (${date})`
    : `ends in ${left < 2 * DAY_MS ? formatAge(left) : `${Math.floor(left / DAY_MS)} d`} (${date})`;
};

const certificateLines = (state: AppState, certificate: Certificate, columns: number): readonly Line[] => {
  const { nowMs } = shown(state);
  const tone = certificateTone(certificate.notAfterMs, nowMs, state.options.certificateWarnMs);
  return [
    ...labelled('certificate', certificateEnd(certificate.notAfterMs, nowMs), columns, tone),
    ...labelled('', `${certificate.subject}, issued by ${certificate.issuer}`, columns),
    ...labelledItems('', certificate.names, columns),
  ];
};

/** When it began to fail, and how long it has; after recovery, when the last failing began and ended. */
const failureLines = (state: AppState, facts: CheckFacts, columns: number): readonly Line[] => {
  const { firstFailure, lastFailure, last } = facts;
  if (firstFailure === undefined || lastFailure === undefined) return [];
  const when = (result: ProbeResult): string =>
    `${formatClock(result.atMs, state.utcOffsetMinutes)}, ${formatAge(shown(state).nowMs - result.atMs)} ago`;
  const detail = (result: ProbeResult): string => (result.ok ? '' : result.failure.detail);
  const isOver = facts.failuresInRow === 0;
  // What the last look has said already is not said again.
  const first =
    last !== undefined && detail(last) === detail(firstFailure) ? '' : `: ${detail(firstFailure)}`;
  const lines = labelled(isOver ? 'failed from' : 'fails since', `${when(firstFailure)}${first}`, columns);
  if (isOver) return [...lines, ...labelled('until', when(lastFailure), columns)];
  return facts.lastOk === undefined
    ? lines
    : [...lines, ...labelled('last good', when(facts.lastOk), columns)];
};

/** Everything about one check of the shown state; `check` is its judgement; an only check says what its instance says. */
export const checkSection = (
  state: AppState,
  facts: CheckFacts,
  check: CheckState | undefined,
  isOnly: boolean,
  columns: number,
  theme: Theme,
): readonly Line[] => {
  const { target, last } = facts;
  const verdict = check?.verdict ?? 'unknown';
  const head: Line = [
    gap(2),
    seg(theme.glyph(CHECK_MARK[verdict]), CHECK_TONE[verdict]),
    gap(1),
    seg(target.spec.id, 'strong'),
    gap(2),
    seg(questionOf(target)),
  ];
  if (last === undefined) return [head, ...labelled('', 'not looked at yet', columns, 'faint')];
  const answer = last.answer;
  const fields = target.spec.kind === 'https-json' ? target.spec.fields : [];
  const fieldItems = answer === undefined ? [] : fields.flatMap((spec) => fieldText(spec, answer));
  // Beside the tree there is no room to say the same twice.
  const isBrief = columns < BODY_FROM_COLUMNS && fieldItems.length > 0;
  const seen = `${formatAge(shown(state).nowMs - last.atMs)} ago, ${formatLatency(last.phases.totalMs)}`;
  return [
    head,
    ...(isOnly ? [] : labelled('says', check?.reason ?? '', columns, CHECK_TONE[verdict])),
    ...labelled('last look', last.ok ? seen : `${seen}: ${last.failure.detail}`, columns),
    ...labelled('answer', answer === undefined ? '' : answerText(answer, isBrief), columns),
    ...labelledItems('fields', fieldItems, columns),
    ...failureLines(state, facts, columns),
    labelledLine('latency', [seg(sparkline(facts.history, SPARK_COLUMNS, theme).trimStart())]),
    ...labelledItems('phases', phaseItems(last.phases), columns),
    ...(last.insecure
      ? labelled('tls', 'NOT VERIFIED: the configuration says insecure', columns, 'down')
      : []),
    ...(last.certificate === undefined ? [] : certificateLines(state, last.certificate, columns)),
  ];
};
