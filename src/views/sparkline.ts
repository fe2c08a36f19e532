/** Past looks at one check as a strip of marks: higher is slower, a mark of its own is a failure. */
import type { Sample } from '../core/model/cluster.ts';
import type { Theme } from './theme.ts';

/** Below this a latency is nothing to look at, whatever its neighbours are. */
const FLOOR_MS = 20;

/** The last `columns` samples, oldest first, padded on the left so that now is always at the right edge. */
export const sparkline = (history: readonly Sample[], columns: number, theme: Theme): string => {
  const { spark, sparkFailure } = theme.symbols;
  const recent = history.slice(-Math.max(0, columns));
  const top = Math.max(FLOOR_MS, ...recent.filter((sample) => sample.ok).map((sample) => sample.totalMs));
  const marks = recent.map((sample) =>
    sample.ok
      ? (spark[Math.min(spark.length - 1, Math.floor((sample.totalMs / top) * (spark.length - 1)))] ?? '')
      : sparkFailure,
  );
  return marks.join('').padStart(columns);
};
