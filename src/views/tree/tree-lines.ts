/** Home: the tree of levels or dependencies and, in a wide terminal, the selected row's page beside it. */
import { dependencyForest } from '../../core/graph.ts';
import type { TreeRow } from '../../core/rows.ts';
import { selectedRow, treeRowsOf } from '../../store/rows.ts';
import { follow } from '../../store/selection.ts';
import { type AppState, shown, topFrame } from '../../store/state.ts';
import { subjectPage } from '../detail/detail-lines.ts';
import { emptyLines, keyHint } from '../empty.ts';
import { recentLines } from '../events/events-lines.ts';
import { paneColumns } from '../layout.ts';
import { clipLine, field, fitLine, gap, type Line, seg, spread } from '../paint.ts';
import type { ListPainter, Room } from '../painter.ts';
import { nextLines } from '../steps/steps-lines.ts';
import type { Theme } from '../theme.ts';
import { nameColumnsOf, placedByDependency, type TreeColumns, treeColumns } from './columns.ts';
import { compactLine } from './compact-lines.ts';
import { instanceLine } from './instance-line.ts';
import { cellsHeading, serviceLine } from './service-line.ts';

const heading = (columns: TreeColumns): Line => [
  gap(1),
  field('SERVICE', columns.name + 1, 'column'),
  field('STATE', columns.state + 1, 'column'),
  ...cellsHeading(columns.cells),
];

const rowLine = (
  state: AppState,
  row: TreeRow,
  columns: TreeColumns,
  isSelected: boolean,
  theme: Theme,
): Line => {
  const lead = seg(isSelected ? theme.symbols.cursor : ' ', 'key');
  switch (row.kind) {
    case 'level':
      return [lead, seg(`${row.level.number} ${row.level.title}`, isSelected ? 'cursor' : 'faint')];
    case 'service':
      return serviceLine(row, columns, isSelected, theme);
    case 'instance':
      return instanceLine(
        row,
        shown(state).facts,
        columns,
        isSelected,
        state.ui.marks.has(row.instance.id),
        theme,
      );
    case 'summary':
      return [
        lead,
        seg(theme.glyph('ok'), 'ok'),
        gap(1),
        seg(row.text, isSelected ? 'cursor' : 'plain'),
        gap(2),
        ...keyHint(state, 'only-broken', ' shows them', theme).map(({ text }) => seg(text, 'faint')),
      ];
    default:
      return row satisfies never;
  }
};

/** With fewer free rows than this below the tree they stay free. */
const RECENT_FROM_ROWS = 6;
const RECENT_MAX = 14;

const NEXT_MAX = 3;

/** What changed lately, in `free` rows. */
const recentBlock = (state: AppState, free: number, room: Room, theme: Theme): readonly Line[] => {
  if (free < RECENT_FROM_ROWS) return [];
  const recent = recentLines(state, { ...room, rows: Math.min(free - 2, RECENT_MAX) }, theme);
  const hint: Line = keyHint(state, 'view-events', ' all ', theme);
  const title = spread([gap(1), seg('LATELY', 'column')], hint, room.columns);
  return recent.length === 0 ? [] : [title, ...recent];
};

/** At the bottom of the room that the tree leaves: what to do next and, below it, what changed lately. */
const withRest = (state: AppState, list: readonly Line[], room: Room, theme: Theme): readonly Line[] => {
  if (room.compact) return list;
  const free = room.rows - list.length;
  const next = nextLines(state, room, Math.min(NEXT_MAX, free - 1), theme);
  const recent = recentBlock(state, free - (next.length === 0 ? 0 : next.length + 1), room, theme);
  const between: readonly Line[] = next.length > 0 && recent.length > 0 ? [[]] : [];
  const block = [...next, ...between, ...recent];
  const blanks = Array.from({ length: Math.max(0, free - block.length) }, (): Line => []);
  return block.length === 0 ? list : [...list, ...blanks, ...block];
};

const listLines = (state: AppState, room: Room, theme: Theme): readonly Line[] => {
  const rows = treeRowsOf(state);
  const placed =
    state.ui.treeMode === 'dependencies'
      ? placedByDependency(dependencyForest(state.topology))
      : state.topology.services.map((service) => ({ name: service.name, depth: 0 }));
  const columns = treeColumns(
    state.inventory.nodes,
    nameColumnsOf(placed, state.inventory.nodes),
    room.columns,
  );
  // With a dialog below there may be room for little more than the row that it is about.
  const head = room.compact || room.rows < 3 ? [] : [heading(columns)];
  if (rows.length === 0) return [...head, ...emptyLines(state, theme, 'This topology has no services.')];
  const selected = selectedRow(state);
  const height = room.rows - head.length;
  const index = rows.findIndex((row) => row.id === selected);
  const followed = follow(topFrame(state.ui).scroll, index, height, rows.length);
  // The heading of the first row stays in sight with it.
  const isHeaded = rows[followed - 1]?.kind === 'level' && index < followed + height - 1;
  const top = isHeaded ? followed - 1 : followed;
  const list = [
    ...head,
    ...rows
      .slice(top, top + height)
      .map((row) =>
        room.compact
          ? compactLine(
              row,
              state.inventory,
              state.ui.treeMode === 'dependencies',
              row.id === selected,
              row.kind === 'instance' && state.ui.marks.has(row.instance.id),
              theme,
            )
          : rowLine(state, row, columns, row.id === selected, theme),
      ),
  ];
  return withRest(state, list, room, theme);
};

const paneLines = (state: AppState, room: Room, theme: Theme): readonly Line[] => {
  const { title, lines } = subjectPage(state, selectedRow(state), room, theme);
  const space = room.rows - 1;
  const fits = lines.length <= space;
  return [
    title,
    ...(fits ? lines : lines.slice(0, space - 1)),
    ...(fits
      ? []
      : [[gap(2), ...keyHint(state, 'open', ` shows ${lines.length - space + 1} more lines`, theme)]]),
  ];
};

export const treeLines: ListPainter = (state, room, theme) => {
  const pane = paneColumns(room.columns);
  if (pane === 0 || room.compact) return listLines(state, room, theme);
  const columns = room.columns - pane - 1;
  const left = listLines(state, { ...room, columns }, theme);
  const right = paneLines(state, { ...room, columns: pane }, theme);
  return Array.from(
    { length: room.rows },
    (_, row): Line => [
      ...fitLine(left[row] ?? [], columns),
      seg(theme.symbols.bar, 'faint'),
      ...clipLine(right[row] ?? [], pane),
    ],
  );
};
