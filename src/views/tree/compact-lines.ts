/** The tree in few columns: mark, name, a mark per node, and the reason as far as it fits. */
import type { Inventory } from '../../core/model/inventory.ts';
import type { TreeRow } from '../../core/rows.ts';
import { field, gap, type Line, lineWidth, seg } from '../paint.ts';
import { width } from '../text.ts';
import type { Theme } from '../theme.ts';
import { cellsWidth, markCells, type NodeCells } from './columns.ts';
import { cellsPart, guidesPart, shortReason } from './service-line.ts';

const NAME_COLUMNS = 13;
const GUIDED_NAME_COLUMNS = 15;
/** With this few nodes the marks stand apart. */
const APART_MAX = 4;
const MARKS_MAX = 10;

const compactCells = (inventory: Inventory): NodeCells =>
  inventory.nodes.length <= APART_MAX
    ? { kind: 'cells', cell: 1, nodes: inventory.nodes, labels: [] }
    : markCells(inventory.nodes, MARKS_MAX);

/** One row; by dependency (`isGuided`) names need room for their guides. */
export const compactLine = (
  row: TreeRow,
  inventory: Inventory,
  isGuided: boolean,
  isSelected: boolean,
  isMarked: boolean,
  theme: Theme,
): Line => {
  const lead = seg(isSelected ? theme.symbols.cursor : ' ', 'key');
  const nameTone = isSelected ? 'cursor' : 'plain';
  const guides = row.kind === 'service' ? guidesPart(row, theme) : '';
  const nameColumns = isGuided ? GUIDED_NAME_COLUMNS : NAME_COLUMNS;
  switch (row.kind) {
    case 'level':
      return [lead, seg(`${row.level.number} ${row.level.title}`, isSelected ? 'cursor' : 'faint')];
    case 'service': {
      const { verdict, reason } = row.state;
      const cells = compactCells(inventory);
      const marks = cellsPart(row, cells, theme);
      return [
        lead,
        seg(theme.glyph(verdict), verdict),
        gap(1),
        seg(guides, 'faint'),
        field(row.service.name, nameColumns - width(guides), nameTone),
        gap(1),
        ...marks,
        gap(cellsWidth(cells) - lineWidth(marks) + 2),
        seg(reason === '' ? verdict : shortReason(reason), verdict),
      ];
    }
    case 'instance': {
      const { verdict, reason, node } = row.instance;
      return [
        lead,
        isMarked ? seg(`${theme.symbols.mark} `, 'key') : gap(2),
        seg(theme.glyph(verdict), verdict),
        gap(1),
        field(node, NAME_COLUMNS - 3, nameTone),
        gap(1),
        seg(reason === '' ? verdict : reason, verdict),
      ];
    }
    case 'summary':
      return [lead, seg(theme.glyph('ok'), 'ok'), gap(1), seg(row.text, isSelected ? 'cursor' : 'faint')];
    default:
      return row satisfies never;
  }
};
