/** Lines for the logs view, as they come from nodes. */
import type { LogBatch, LogEntry, LogSource } from '../../src/core/logs/model.ts';
import type { LogLine } from '../../src/core/model/observation.ts';
import type { AppStore } from '../../src/store/store.ts';
import { NOW_MS } from './sample-cluster.ts';

/** One entry, so many ms after the moment of the sample screens. */
export const logEntry = (afterMs: number, text: string, change: Partial<LogLine> = {}): LogEntry => ({
  line: {
    unit: 'chainfire.service',
    atMs: NOW_MS + afterMs,
    priority: 6,
    text,
    from: 'unit',
    ...change,
  },
  atUs: (NOW_MS + afterMs) * 1000,
});

/** What came for the log that is open. */
export const hearLogs = (
  store: AppStore,
  batches: readonly LogBatch[],
  sources: Readonly<Record<string, LogSource>> = {},
): void => {
  const session = store.getState().logSessions;
  store.dispatch({
    kind: 'logs',
    news: { session, batches, sources: new Map(Object.entries(sources)) },
  });
};

/** So many lines of one node, one each second up to the moment of the sample screens. */
export const manyLines = (node: string, count: number, word = 'line'): LogBatch => ({
  node,
  entries: Array.from({ length: count }, (_, index) =>
    logEntry((index + 1 - count) * 1000, `${word} ${index + 1}`),
  ),
  shed: 0,
});
