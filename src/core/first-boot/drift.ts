/** What each entry took on all nodes, against what is documented. */
import type { DriftRow, NodeBoot } from './model.ts';

/** One row per service and step, in the boot's order; the targets take no time of their own. */
export const driftOf = (nodes: readonly NodeBoot[]): DriftRow[] => {
  const rows = new Map<string, DriftRow>();
  for (const { node, entries } of nodes) {
    for (const entry of entries) {
      if (entry.unit.endsWith('.target')) continue;
      const known = rows.get(entry.unit);
      const { state, words } = entry;
      const isDone = state === 'done';
      const tookMs = isDone ? entry.elapsedMs : undefined;
      const isSlowest = tookMs !== undefined && tookMs > (known?.slowest?.tookMs ?? -1);
      const slowest = isSlowest ? { node, tookMs } : known?.slowest;
      const fastest = [known?.fastestMs, tookMs].filter((ms) => ms !== undefined);
      const undone = known?.undone ?? (isDone ? undefined : { node, state, words });
      rows.set(entry.unit, {
        unit: entry.unit,
        name: entry.name,
        ...(entry.documentedMs === undefined ? {} : { documentedMs: entry.documentedMs }),
        ...(fastest.length === 0 ? {} : { fastestMs: Math.min(...fastest) }),
        ...(slowest === undefined ? {} : { slowest }),
        nodes: (known?.nodes ?? 0) + 1,
        done: (known?.done ?? 0) + (isDone ? 1 : 0),
        ...(undone === undefined ? {} : { undone }),
      });
    }
  }
  return [...rows.values()];
};
