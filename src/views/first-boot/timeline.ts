/** Bars on one time axis: pure arithmetic from times to columns. */
import type { BootEntry, NodeBoot } from '../../core/first-boot/model.ts';
import { formatElapsed } from '../../core/format.ts';
import { type Line, type Segment, seg } from '../paint.ts';
import { spaces } from '../text.ts';
import type { Theme } from '../theme.ts';
import { bootTone, nodeState } from './boot-words.ts';

/** Columns from the beginning of a boot, each `msPerColumn` long. */
export type Axis = { readonly columns: number; readonly msPerColumn: number; readonly tickMs: number };

const TICKS_MS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 21_600, 86_400].map((s) => s * 1000);
/** A tick's time and a blank. */
const TICK_COLUMNS = 6;

/** The whole of the longest boot in `columns` columns; it changes by whole ticks only, so that bars stand still. */
export const axisFor = (nodes: readonly NodeBoot[], columns: number): Axis => {
  const ends = nodes
    .filter((node) => !node.earlier)
    .flatMap((node) =>
      node.entries.map((entry) => entry.expected?.endMs ?? entry.endMs ?? entry.beginMs ?? 0),
    );
  const lengthMs = Math.max(1000, ...ends);
  const last = TICKS_MS.at(-1) ?? 1000;
  const tickMs = TICKS_MS.find((tick) => lengthMs / tick <= columns / TICK_COLUMNS) ?? last;
  const halves = Math.ceil((2 * lengthMs) / tickMs) / 2;
  return { columns, msPerColumn: (halves * tickMs) / Math.max(1, columns), tickMs };
};

/** `0:00      0:10      0:20`, cut where a label would not fit. */
export const axisText = ({ columns, msPerColumn, tickMs }: Axis): string => {
  let text = '';
  for (let atMs = 0; ; atMs += tickMs) {
    const column = Math.round(atMs / msPerColumn);
    const label = formatElapsed(atMs);
    if (column + label.length > columns) return text;
    if (column >= text.length) text += `${spaces(column - text.length)}${label}`;
  }
};

type Span = {
  readonly fromMs: number;
  readonly toMs: number;
  readonly mark: string;
  readonly tone: Segment['tone'];
};

/** The spans one after the other, at least a column each, and the column after the last. */
const spansPart = (axis: Axis, spans: readonly Span[]): { readonly line: Line; readonly end: number } => {
  const line: Segment[] = [];
  let at = 0;
  const columnOf = (ms: number): number =>
    Math.min(axis.columns, Math.max(0, Math.round(ms / axis.msPerColumn)));
  for (const { fromMs, toMs, mark, tone } of spans) {
    const from = Math.min(axis.columns - 1, Math.max(at, columnOf(fromMs)));
    const to = Math.max(from + 1, columnOf(toMs));
    if (from < at) continue;
    if (from > at) line.push(seg(spaces(from - at)));
    line.push(seg(mark.repeat(to - from), tone));
    at = to;
  }
  return { line, end: at };
};

/** What has passed, and what is expected of the rest; nothing where no time is known. */
export const entryBar = (
  entry: BootEntry,
  nowMs: number | undefined,
  axis: Axis,
  theme: Theme,
): { readonly line: Line; readonly end: number } => {
  const { passed, rest, dot } = theme.symbols;
  const { state, beginMs, endMs, expected } = entry;
  const tone = bootTone(state);
  if (state === 'waiting' || beginMs === undefined) {
    if (expected === undefined) return { line: [], end: 0 };
    return spansPart(axis, [{ fromMs: expected.beginMs, toMs: expected.endMs, mark: dot, tone: 'faint' }]);
  }
  const untilMs = endMs ?? nowMs ?? beginMs;
  const gone: Span = { fromMs: beginMs, toMs: untilMs, mark: passed, tone };
  if (expected === undefined || expected.endMs <= untilMs) return spansPart(axis, [gone]);
  return spansPart(axis, [gone, { fromMs: untilMs, toMs: expected.endMs, mark: rest, tone }]);
};

/** The whole of a node's boot: from its beginning until now or until it was ready, and the rest of it. */
export const nodeBar = (
  node: NodeBoot,
  axis: Axis,
  theme: Theme,
): { readonly line: Line; readonly end: number } => {
  if (node.earlier || node.elapsedMs === undefined) return { line: [], end: 0 };
  const { passed, rest } = theme.symbols;
  const state = nodeState(node);
  const tone = bootTone(state);
  const ends = node.entries.map((entry) => entry.endMs ?? entry.beginMs ?? 0);
  const untilMs = node.at === undefined ? Math.max(0, ...ends) : node.elapsedMs;
  const gone: Span = { fromMs: 0, toMs: untilMs, mark: passed, tone };
  const left = node.at === undefined ? 0 : (node.remainingMs ?? 0);
  if (left <= 0) return spansPart(axis, [gone]);
  return spansPart(axis, [gone, { fromMs: untilMs, toMs: untilMs + left, mark: rest, tone }]);
};
