/** What is known about one check: the last answer, failures, latency, certificate. */
import { DEFAULT_SLOW_MS } from '../../core/check-verdict.ts';
import { formatAge, formatClock, formatLatency, formatSpan, plural } from '../../core/format.ts';
import type { CheckFacts, CheckState } from '../../core/model/cluster.ts';
import type { CheckTarget } from '../../core/model/inventory.ts';
import type { Answer, Certificate, Phases, ProbeResult } from '../../core/model/observation.ts';
import type { BodyField } from '../../core/model/topology.ts';
import { paceOf } from '../../core/pace.ts';
import { type AppState, shown } from '../../store/state.ts';
import { gap, type Line, seg } from '../paint.ts';
import { sparkline } from '../sparkline.ts';
import { clip } from '../text.ts';
import type { Theme, Tone } from '../theme.ts';
import { labelled, labelledItems, labelledLine, valueColumns } from './page.ts';

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
    ...labelled('', certificate.serial === undefined ? '' : `serial ${certificate.serial}`, columns),
  ];
};

/** What a failed look brought, with as much of its body as two lines hold. */
const failureText = (result: ProbeResult, columns: number): string => {
  if (result.ok) return '';
  const { failure, answer } = result;
  const body = answer?.kind === 'http' ? answer.body.replace(/\s+/gu, ' ') : '';
  return clip(`${failure.detail} ${body}`.trim(), 2 * valueColumns(columns) - 10);
};

/** When it began to fail and with what; after recovery, the first and the last failing answer of the last time. */
const failureLines = (state: AppState, facts: CheckFacts, columns: number): readonly Line[] => {
  const { firstFailure: first, lastFailure, last, lastOk } = facts;
  if (first === undefined || lastFailure === undefined) return [];
  const { nowMs } = shown(state);
  const clock = (result: ProbeResult): string => formatClock(result.atMs, state.utcOffsetMinutes);
  const ago = (result: ProbeResult): string => `${formatAge(nowMs - result.atMs)} ago`;
  const firstText = failureText(first, columns);
  const lastText = failureText(lastFailure, columns);
  if (facts.failuresInRow > 0) {
    return [
      ...labelled('fails since', `${clock(first)}, ${ago(first)}`, columns),
      // What the last look has said already is not said again.
      ...labelled('first', last !== undefined && firstText === lastText ? '' : firstText, columns),
      ...(lastOk === undefined ? [] : labelled('last good', `${clock(lastOk)}, ${ago(lastOk)}`, columns)),
    ];
  }
  const span = formatAge(lastFailure.atMs - first.atMs);
  return [
    ...labelled(
      'failed',
      `${clock(first)} to ${clock(lastFailure)}, for ${span}, ${ago(lastFailure)}`,
      columns,
    ),
    ...labelled('first', firstText, columns),
    ...labelled('last', lastText === firstText ? '' : lastText, columns),
  ];
};

/** The strip of past looks, and what it is to be held against. */
const latencyLines = ({ history, target }: CheckFacts, columns: number, theme: Theme): readonly Line[] => {
  const looks = history.slice(-SPARK_COLUMNS);
  const worstMs = Math.max(0, ...looks.filter((look) => look.ok).map((look) => look.totalMs));
  return [
    labelledLine('latency', [seg(sparkline(looks, SPARK_COLUMNS, theme).trimStart())]),
    ...labelledItems(
      '',
      [
        ...(worstMs > 0 ? [`at most ${formatLatency(worstMs)} in ${plural(looks.length, 'look')}`] : []),
        `slow from ${formatLatency(target.spec.slowMs ?? DEFAULT_SLOW_MS)}`,
      ],
      columns,
    ),
  ];
};

/** How it is asked and judged, its own pace or that of all: "every 2 s, within 1.5 s, fails after 2, well after 1". */
const paceItems = ({ options }: AppState, { target }: CheckFacts): readonly string[] => {
  const { intervalMs, timeoutMs, fall, rise } = paceOf(target.spec, options);
  return [
    `every ${formatSpan(intervalMs)}`,
    `within ${formatSpan(timeoutMs)}`,
    `fails after ${fall}`,
    `well after ${rise}`,
  ];
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
  const detail = last.ok ? '' : last.failure.detail;
  const answered = answer === undefined ? '' : answerText(answer, isBrief);
  const seen = `${formatAge(shown(state).nowMs - last.atMs)} ago, ${formatLatency(last.phases.totalMs)}`;
  return [
    head,
    ...(isOnly ? [] : labelled('says', check?.reason ?? '', columns, CHECK_TONE[verdict])),
    ...labelled('last look', last.ok ? seen : `${seen}: ${detail}`, columns),
    ...labelled('answer', answered === detail ? '' : answered, columns),
    ...labelledItems('fields', fieldItems, columns),
    ...failureLines(state, facts, columns),
    ...latencyLines(facts, columns, theme),
    ...labelledItems('phases', phaseItems(last.phases), columns),
    ...(last.insecure
      ? labelled('tls', 'NOT VERIFIED: the configuration says insecure', columns, 'down')
      : []),
    ...(last.certificate === undefined ? [] : certificateLines(state, last.certificate, columns)),
    ...labelledItems('asked', paceItems(state, facts), columns),
  ];
};
