/** One instance on one line: its verdict, the reason in words, and how fast it has answered lately. */
import { formatLatency } from '../../core/format.ts';
import type { ClusterFacts, InstanceState, Sample } from '../../core/model/cluster.ts';
import type { TreeRow } from '../../core/rows.ts';
import { field, fitLine, gap, type Line, lineWidth, seg } from '../paint.ts';
import { sparkline } from '../sparkline.ts';
import type { Theme } from '../theme.ts';
import type { TreeColumns } from './columns.ts';
import { namePart } from './service-line.ts';

const WORD_COLUMNS = 9;
const LATENCY_COLUMNS = 7;

export type InstanceRow = Extract<TreeRow, { readonly kind: 'instance' }>;

/** The looks at the instance's check that is worst off, or of its first one. */
const historyOf = (instance: InstanceState, facts: ClusterFacts): readonly Sample[] => {
  const worst = instance.checks.find((check) => check.verdict !== 'ok') ?? instance.checks[0];
  return worst === undefined ? [] : (facts.checks.get(worst.id)?.history ?? []);
};

/** The volatile parts stand at the right end: Ink rewrites a line from its first changed column on. */
export const instanceLine = (
  row: InstanceRow,
  facts: ClusterFacts,
  columns: TreeColumns,
  isSelected: boolean,
  isMarked: boolean,
  theme: Theme,
): Line => {
  const { instance } = row;
  const { verdict, latencyMs } = instance;
  const spark = columns.columns >= 110 ? 20 : columns.columns >= 60 ? 8 : 5;
  const left: Line = [
    seg(isSelected ? theme.symbols.cursor : ' ', 'key'),
    ...namePart(row, instance.node, columns.name, isSelected, theme, isMarked),
    gap(1),
    seg(theme.glyph(verdict), verdict),
    gap(1),
    field(verdict, WORD_COLUMNS, verdict),
    seg([instance.raft ?? '', instance.reason].filter((word) => word !== '').join(', ')),
  ];
  // Without an answer there is more to say of why, and no latency to stand in line.
  const latency =
    latencyMs === undefined ? [] : [field(formatLatency(latencyMs), LATENCY_COLUMNS, 'plain', 'right')];
  const right: Line = [
    ...latency,
    gap(2),
    seg(sparkline(historyOf(instance, facts), spark, theme), 'faint'),
    gap(1),
  ];
  return [...fitLine(left, columns.columns - lineWidth(right)), ...right];
};
