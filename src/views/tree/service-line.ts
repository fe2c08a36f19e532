/** A service on one line: its state in words, and a cell or a mark for each node. */

import type { InstanceState, ServiceState } from '../../core/model/cluster.ts';
import { worst } from '../../core/rollup.ts';
import type { ServiceRow, TreeRow } from '../../core/rows.ts';
import { field, fitLine, gap, type Line, seg } from '../paint.ts';
import { width } from '../text.ts';
import type { Theme } from '../theme.ts';
import { type NodeCells, type TreeColumns, WORDS_FROM } from './columns.ts';

/** Verdict words are padded to this, so that reasons stand under each other. */
const WORD_COLUMNS = 8;

/** "1 of 2 checks: dns SERVFAIL", "2/3 leader node01", "2/3, 1 blocked by chainfire": without the details, which are the first to give way. */
export const shortReason = (reason: string): string =>
  reason.split(/: | leader |(?<=blocked) by /u)[0] ?? reason;

/** "no quorum 1/3" says it all; "blocked   by chainfire" needs both words. */
const stateWords = (state: ServiceState, columns: number): string => {
  const { verdict, reason } = state;
  if (reason === '') return verdict;
  if (verdict === 'ok' || reason.startsWith('no quorum')) return reason;
  const short = shortReason(reason);
  const count = /^\d+\/\d+(?=, )/u.exec(reason)?.[0];
  const tries = [reason, short, ...(count === undefined ? [] : [count])].flatMap((words) => [
    `${verdict.padEnd(WORD_COLUMNS)} ${words}`,
    `${verdict} ${words}`,
  ]);
  return tries.find((words) => width(words) <= columns) ?? `${verdict} ${short}`;
};

const alsoWords = (row: ServiceRow): string =>
  row.also.length === 0 ? '' : `  also ${row.also.map((other) => other.service).join(', ')}`;

/** Mark, words and, by dependency, what else it depends on. */
const statePart = (row: ServiceRow, columns: number, theme: Theme): Line => {
  const { state } = row;
  const words = stateWords(state, columns - 2);
  return fitLine(
    [
      seg(theme.glyph(state.verdict), state.verdict),
      gap(1),
      seg(words, state.verdict),
      seg(alsoWords(row), 'faint'),
    ],
    columns,
  );
};

/** Nodes that are merely blocked need no word: the row says by what, and the cause has words of its own. */
const cellText = ({ verdict, word }: InstanceState, columns: number, theme: Theme): string => {
  const mark = theme.glyph(verdict);
  return columns < WORDS_FROM || verdict === 'blocked' ? mark : `${mark} ${word}`;
};

const byNode = (instances: readonly InstanceState[]): ReadonlyMap<string, InstanceState> =>
  new Map(instances.map((instance) => [instance.node, instance]));

/** A service's nodes: words where there is room, marks where there is not, nothing where it does not run. */
export const cellsPart = (row: ServiceRow, cells: NodeCells, theme: Theme): Line => {
  const at = byNode(row.instances);
  switch (cells.kind) {
    case 'cells':
      return cells.nodes.flatMap(({ name }, index): Line => {
        const instance = at.get(name);
        const space = index === 0 ? [] : [gap(1)];
        if (instance === undefined) return [...space, gap(cells.cell)];
        return [...space, field(cellText(instance, cells.cell, theme), cells.cell, instance.verdict)];
      });
    case 'marks':
      return cells.groups.flatMap(
        ({ marks }, index): Line => [
          ...(index === 0 ? [] : [gap(1)]),
          ...marks.map(({ nodes }) => {
            const verdicts = nodes.flatMap((node) => at.get(node.name)?.verdict ?? []);
            const verdict = worst(verdicts);
            return verdicts.length === 0 ? gap(1) : seg(theme.glyph(verdict), verdict);
          }),
        ],
      );
    default:
      return cells satisfies never;
  }
};

/** The headings over the cells: node names, or the labels of groups. */
export const cellsHeading = (cells: NodeCells): Line => {
  switch (cells.kind) {
    case 'cells':
      return cells.labels.flatMap(
        (label, index): Line => [...(index === 0 ? [] : [gap(1)]), field(label, cells.cell, 'column')],
      );
    case 'marks': {
      if (cells.groups.every((group) => group.label === '' || width(group.label) > group.marks.length)) {
        const count = cells.groups.reduce(
          (sum, group) => sum + group.marks.reduce((nodes, mark) => nodes + mark.nodes.length, 0),
          0,
        );
        const each = cells.each === 1 ? '' : `, worst of ${cells.each} each`;
        return [seg(`${count} NODES${each}`, 'column')];
      }
      return cells.groups.flatMap(
        ({ label, marks }, index): Line => [
          ...(index === 0 ? [] : [gap(1)]),
          field(label, marks.length, 'column'),
        ],
      );
    }
    default:
      return cells satisfies never;
  }
};

/** Guides, fold mark and name, in exactly `columns` columns; the cursor is the inverted name. */
export const namePart = (
  row: TreeRow,
  name: string,
  columns: number,
  isSelected: boolean,
  theme: Theme,
  isMarked = false,
): Line => {
  const guides = guidesPart(row, theme);
  const mark = row.foldable ? (row.folded ? theme.symbols.folded : theme.symbols.unfolded) : ' ';
  const taken = width(guides) + 2;
  return [
    seg(guides, 'faint'),
    isMarked
      ? seg(`${theme.symbols.mark} `, 'key')
      : seg(row.kind === 'instance' ? '  ' : `${mark} `, 'faint'),
    field(name, columns - taken, isSelected ? 'cursor' : 'plain'),
  ];
};

/** The guides of the tree by dependencies; by level, what hangs below a service is set in. */
export const guidesPart = (row: TreeRow, theme: Theme): string => {
  const { tee, end, down, hard, soft } = theme.symbols.branch;
  const tie = row.kind === 'service' && row.edge === 'wants' ? soft : hard;
  // By level nothing is drawn, and what hangs below a service is set in by as much as a fold mark takes.
  if (row.prefix.length === 0) return row.kind === 'instance' ? '  ' : '';
  return row.prefix
    .map((guide) => {
      switch (guide) {
        case 'tee':
          return `${tee}${tie}`;
        case 'corner':
          return `${end}${tie}`;
        case 'line':
          return `${down} `;
        case 'blank':
          return '  ';
        default:
          return guide satisfies never;
      }
    })
    .join('');
};

/** The whole line of a service. */
export const serviceLine = (
  row: ServiceRow,
  columns: TreeColumns,
  isSelected: boolean,
  theme: Theme,
): Line => [
  seg(isSelected ? theme.symbols.cursor : ' ', 'key'),
  ...namePart(row, row.service.name, columns.name, isSelected, theme),
  gap(1),
  ...statePart(row, columns.state, theme),
  gap(1),
  ...cellsPart(row, columns.cells, theme),
];
