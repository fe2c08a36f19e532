/** First boot: how far each node is on a common time axis, what holds it, and in the end what it took. */
import type { BootEntry, BootProgress, NodeBoot } from '../../core/first-boot/model.ts';
import { bootLines, bootNodeId, bootOf, entryId, isBootUnfolded } from '../../store/boot.ts';
import { rowIds, selectedRow } from '../../store/rows.ts';
import { follow } from '../../store/selection.ts';
import { type AppState, type SubjectId, topFrame } from '../../store/state.ts';
import { field, gap, type Line, seg } from '../paint.ts';
import type { ListPainter, Room } from '../painter.ts';
import { width } from '../text.ts';
import type { Theme } from '../theme.ts';
import { bootMark, bootTone, entryWords, nodeState, nodeWords } from './boot-words.ts';
import { driftHeading, driftLine } from './drift-lines.ts';
import { logLine } from './log-line.ts';
import { quorumLine, summaryLines } from './summary-lines.ts';
import { type Axis, axisFor, axisText, entryBar, nodeBar } from './timeline.ts';

/** Before the names of a node's steps. */
const INDENT = 4;
/** Kept for words behind the longest bar: "waits for chainfire-cluster-join" is cut, "starting 0:07 of 0:15" is not. */
const WORDS_COLUMNS = 23;
const STALE_INTERVALS = 3;

type Layout = {
  readonly name: number;
  readonly axis: Axis;
  readonly room: Room;
  readonly staleMs: number;
  readonly selected: SubjectId | undefined;
};

const layoutFor = (state: AppState, { nodes }: BootProgress, room: Room): Layout => {
  const longest = Math.max(
    ...nodes.map((node) => width(node.node) + 3),
    ...nodes.flatMap((node) => node.entries.map((entry) => INDENT + width(entry.name))),
  );
  const name = Math.min(longest + 1, Math.floor(room.columns * 0.4));
  const columns = Math.max(8, room.columns - name - WORDS_COLUMNS);
  return {
    name,
    axis: axisFor(nodes, columns),
    room,
    staleMs: STALE_INTERVALS * state.options.intervalMs,
    selected: selectedRow(state),
  };
};

const firstFitting = (words: readonly string[], columns: number): string =>
  words.find((text) => width(text) <= columns) ?? words.at(-1) ?? '';

/** Words two columns behind the bar. */
const behindBar = (
  line: Line,
  end: number,
  words: readonly string[],
  tone: Parameters<typeof seg>[1],
  { name, room }: Layout,
): Line => {
  const start = end === 0 ? 0 : end + 2;
  const text = firstFitting(words, room.columns - name - start);
  return [...line, gap(start - end), seg(text, tone)];
};

const entryLine = (
  entry: BootEntry,
  node: NodeBoot,
  layout: Layout,
  isSelected: boolean,
  theme: Theme,
): Line => {
  const { line, end } = entryBar(entry, node.elapsedMs, layout.axis, theme);
  const isQuiet = entry.state === 'done' || entry.state === 'waiting';
  const tone = isQuiet ? 'faint' : bootTone(entry.state);
  return [
    seg(isSelected ? theme.symbols.cursor : ' ', 'key'),
    gap(INDENT - 3),
    bootMark(entry.state, theme),
    gap(1),
    field(entry.name, Math.min(width(entry.name), layout.name - INDENT), isSelected ? 'cursor' : 'plain'),
    gap(layout.name - INDENT - Math.min(width(entry.name), layout.name - INDENT)),
    ...behindBar(line, end, entryWords(entry), tone, layout),
  ];
};

/** The services beside the chain on one line, mark and name. */
const besideLine = (entries: readonly BootEntry[], columns: number, theme: Theme): Line => {
  const needed = entries.reduce((sum, entry) => sum + width(entry.name) + 4, INDENT - 4);
  const apart = needed <= columns ? 2 : 1;
  return [
    gap(INDENT - 2),
    ...entries.flatMap((entry) => [
      bootMark(entry.state, theme),
      gap(1),
      seg(entry.name, bootTone(entry.state)),
      gap(apart),
    ]),
  ];
};

const nodeLine = (node: NodeBoot, layout: Layout, isUnfolded: boolean, theme: Theme): Line => {
  const isSelected = layout.selected === bootNodeId(node.node);
  const mark = isUnfolded ? theme.symbols.unfolded : theme.symbols.folded;
  const standing = nodeState(node);
  const { line, end } = nodeBar(node, layout.axis, theme);
  const tone = standing === 'starting' || standing === 'done' ? 'plain' : bootTone(standing);
  return [
    seg(isSelected ? theme.symbols.cursor : ' ', 'key'),
    seg(mark, 'faint'),
    gap(1),
    field(node.node, Math.min(width(node.node), layout.name - 4), isSelected ? 'cursor' : 'strong'),
    gap(layout.name - 3 - Math.min(width(node.node), layout.name - 4)),
    ...behindBar(line, end, nodeWords(node, layout.staleMs), tone, layout),
  ];
};

/** Lines that belong together, and which of them the cursor is on. */
type Block = { readonly lines: readonly Line[]; readonly selected: number };

const nodeBlock = (state: AppState, node: NodeBoot, layout: Layout, theme: Theme): Block => {
  const isUnfolded = isBootUnfolded(state, node.node);
  const head = nodeLine(node, layout, isUnfolded, theme);
  const isHead = layout.selected === bootNodeId(node.node);
  if (!isUnfolded) return { lines: [head], selected: isHead ? 0 : -1 };
  const rows = bootLines(state, node);
  const beside = node.entries.filter((entry) => !rows.includes(entry));
  const at = rows.findIndex((entry) => entryId(state, node.node, entry) === layout.selected);
  return {
    lines: [
      head,
      ...rows.map((entry, index) => entryLine(entry, node, layout, index === at, theme)),
      ...(beside.length === 0 ? [] : [besideLine(beside, layout.room.columns, theme)]),
    ],
    selected: isHead ? 0 : at < 0 ? -1 : at + 1,
  };
};

/** As much as fits of the blocks, with the whole selected one in sight, or at least its head, or its selected line. */
const inSight = (blocks: readonly Block[], rows: number): readonly Line[] => {
  const index = blocks.findIndex((block) => block.selected >= 0);
  const before = blocks.slice(0, Math.max(0, index)).reduce((sum, block) => sum + block.lines.length, 0);
  const { lines, selected } = blocks[index] ?? { lines: [], selected: 0 };
  const whole = Math.max(0, Math.min(before, before + lines.length - rows));
  const top = Math.max(whole, before + selected - rows + 1);
  return blocks.flatMap((block) => block.lines).slice(top, top + rows);
};

const timelineLines = (
  state: AppState,
  progress: BootProgress,
  room: Room,
  theme: Theme,
): readonly Line[] => {
  const layout = layoutFor(state, progress, room);
  const heading: Line = [gap(layout.name), seg(axisText(layout.axis), 'column')];
  const blocks = progress.nodes.map((node) => nodeBlock(state, node, layout, theme));
  return [heading, ...inSight(blocks, room.rows - 1)];
};

const COMPACT_NAME = 10;
const COMPACT_BAR = 8;

/** One line per node: how much is done, and what it is at. */
const compactLine = (state: AppState, node: NodeBoot, name: number, theme: Theme): Line => {
  const isSelected = selectedRow(state) === bootNodeId(node.node);
  const standing = nodeState(node);
  const cells = Math.floor((node.done / Math.max(1, node.entries.length)) * COMPACT_BAR);
  const { passed, dot } = theme.symbols;
  const at = node.at === undefined ? '' : `${node.at.name} ${node.at.words.replace(/^starting /u, '')}`;
  return [
    seg(isSelected ? theme.symbols.cursor : ' ', 'key'),
    field(node.node, name, isSelected ? 'cursor' : 'plain'),
    gap(1),
    seg(passed.repeat(cells), bootTone(standing)),
    seg(dot.repeat(COMPACT_BAR - cells), 'faint'),
    gap(1),
    bootMark(standing, theme),
    gap(1),
    seg(
      node.seen ? (at === '' ? 'ready' : at) : 'not yet seen',
      standing === 'done' ? 'plain' : bootTone(standing),
    ),
  ];
};

const compactLines = (
  state: AppState,
  progress: BootProgress,
  rows: number,
  theme: Theme,
): readonly Line[] => {
  const name = Math.min(COMPACT_NAME, Math.max(...progress.nodes.map((node) => width(node.node))));
  return windowed(state, rows, progress.nodes).map((node) => compactLine(state, node, name, theme));
};

/** The rows in sight of a list with one line per row. */
const windowed = <Row>(state: AppState, rows: number, all: readonly Row[]): readonly Row[] => {
  const frame = topFrame(state.ui);
  const index = rowIds(state, frame).indexOf(selectedRow(state) ?? '');
  const top = follow(frame.scroll, index, rows, all.length);
  return all.slice(top, top + rows);
};

/** The rows that all nodes take as they are folded now, the axis included. */
const rowsNeeded = (state: AppState, { nodes, past, drift }: BootProgress, room: Room): number => {
  if (past) return drift.length + 1;
  if (room.compact) return nodes.length;
  const rows = nodes.map((node) => {
    if (!isBootUnfolded(state, node.node)) return 1;
    const own = bootLines(state, node).length;
    return 1 + own + Math.min(1, node.entries.length - own);
  });
  return rows.reduce((sum, count) => sum + count, 1);
};

/** The summary, the log of what holds, and the quorums where that costs no node its row. */
const headLines = (state: AppState, progress: BootProgress, room: Room, theme: Theme): readonly Line[] => {
  const answer = summaryLines(state, progress, room, theme);
  const log = logLine(state, progress, room);
  const quorum = quorumLine(progress, room);
  const free = room.rows - answer.length - rowsNeeded(state, progress, room);
  // Who forms a quorum, the header says too; nobody else says what the log does, where there is any room for it.
  if (log.length === 0 || free >= log.length + quorum.length) return [...answer, ...log, ...quorum];
  return room.compact && free < log.length ? answer : [...answer, ...log];
};

export const firstBootLines: ListPainter = (state, room, theme) => {
  const progress = bootOf(state);
  const head = headLines(state, progress, room, theme);
  const rows = room.rows - head.length;
  if (rows <= 0 || progress.phase === 'unseen') return head.slice(0, Math.max(0, room.rows));
  if (progress.past) {
    const heading = room.compact ? [] : [driftHeading(progress.drift, room)];
    const list = windowed(state, rows - heading.length, progress.drift);
    return [...head, ...heading, ...list.map((row) => driftLine(state, row, progress.drift, room, theme))];
  }
  if (room.compact) return [...head, ...compactLines(state, progress, rows, theme)];
  return [...head, ...timelineLines(state, progress, { ...room, rows }, theme)];
};
