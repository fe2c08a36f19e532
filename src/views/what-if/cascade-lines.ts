/** What systemd does on a node, as a small tree: below each unit what stops because it requires it. */
import { plural } from '../../core/format.ts';
import { onNodes } from '../../core/line-words.ts';
import { laterText } from '../../core/what-if/later.ts';
import type { Cascade, Stop, StoppedUnit } from '../../core/what-if/model.ts';
import { labelled, labelledItems, section } from '../detail/page.ts';
import { field, gap, type Line, seg } from '../paint.ts';
import { width } from '../text.ts';
import type { Theme } from '../theme.ts';

type Row = { readonly unit: StoppedUnit; readonly prefix: string };

/** Each unit once, those it hangs on above it; in the order of their start. */
const rowsOf = (stops: readonly StoppedUnit[], { branch }: Theme['symbols']): readonly Row[] => {
  const started = stops.toReversed();
  const drawn = new Set<string>();
  const draw = (under: string | undefined, above: string): Row[] => {
    const here = started.filter((unit) => unit.under === under);
    return here.flatMap((unit, index) => {
      // Units that require each other in a circle are drawn where the circle was entered.
      if (drawn.has(unit.unit)) return [];
      drawn.add(unit.unit);
      const isLast = index === here.length - 1;
      const own = under === undefined ? '' : `${above}${isLast ? branch.end : branch.tee} `;
      const below = under === undefined ? '' : `${above}${isLast ? ' ' : branch.down} `;
      return [{ unit, prefix: own }, ...draw(unit.unit, below)];
    });
  };
  const rows = draw(undefined, '');
  const rest = started.filter((unit) => !drawn.has(unit.unit));
  return [...rows, ...rest.map((unit) => ({ unit, prefix: '' }))];
};

const noteOf = ({ kind, from }: StoppedUnit): string => {
  switch (from) {
    case 'runs':
      return kind === 'step' ? 'first-boot step' : '';
    case 'coming':
      return 'starting now';
    case 'unseen':
      return 'not seen';
    default:
      return from satisfies never;
  }
};

const unitLines = (stops: readonly StoppedUnit[], theme: Theme): readonly Line[] => {
  const rows = rowsOf(stops, theme.symbols);
  const columns = Math.max(...rows.map(({ unit, prefix }) => width(prefix) + width(unit.name)));
  const digits = String(stops.length).length;
  return rows.map(({ unit, prefix }): Line => {
    const order = stops.findIndex((other) => other.unit === unit.unit) + 1;
    return [
      gap(2),
      field(String(order), digits, 'faint', 'right'),
      gap(2),
      seg(prefix, 'faint'),
      field(unit.name, columns - width(prefix)),
      gap(2),
      seg(noteOf(unit), 'faint'),
    ];
  });
};

const bare = (unit: string): string => unit.replace(/\.service$/u, '');

type Alike = { readonly cascade: Cascade; readonly nodes: readonly string[] };

/** Nodes on which the very same happens are told of together. */
const alike = (cascades: readonly Cascade[]): readonly Alike[] => {
  const groups = new Map<string, Alike>();
  for (const cascade of cascades) {
    const key = JSON.stringify({ ...cascade, node: '' });
    const known = groups.get(key);
    groups.set(key, { cascade, nodes: [...(known?.nodes ?? []), cascade.node] });
  }
  return [...groups.values()];
};

/** Of the inventory's `total` nodes: a section per kind of node: the tree with the order of the stops, what stays up, what is down, what stays down. */
export const cascadeLines = (
  stop: Stop,
  cascades: readonly Cascade[],
  total: number,
  columns: number,
  theme: Theme,
): readonly Line[] =>
  alike(cascades).flatMap(({ cascade, nodes }) => {
    const { stops, stays, idle } = cascade;
    const where = onNodes(nodes, total);
    const count = plural(stops.length, 'unit');
    const what =
      nodes.length > 1 ? `stop ${count} each` : `${count} ${stops.length === 1 ? 'stops' : 'stop'}`;
    return [
      ...section(`On ${where} ${what}${stops.length === 1 ? '' : ', 1 first'}`),
      ...unitLines(stops, theme),
      ...labelledItems('stay up', stays.map(bare), columns),
      ...labelledItems('down now', idle.map(bare), columns),
      ...labelled('later', laterText(stop, cascade), columns),
    ];
  });
