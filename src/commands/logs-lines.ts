/** What `plasmatop logs` writes: a line per row; one JSON object per line for programs. Pure. */
import { appendBatches, EMPTY_LOG } from '../core/logs/buffer.ts';
import type { LogBatch, LogBuffer, LogRow, NodeClock } from '../core/logs/model.ts';
import { rowLine } from '../core/logs/text.ts';
import type { NodeName } from '../core/model/inventory.ts';

/** Of the shape of a line of JSON; counts breaking changes. */
const SCHEMA = 1;

export type LogWriter = (row: LogRow) => string;

const textLine =
  (ascii: boolean): LogWriter =>
  (row) => {
    const line = rowLine(row);
    return `${ascii ? line.replace(/[^\x20-\x7e]/gu, '?') : line}\n`;
  };

const jsonLine: LogWriter = (row) => {
  const common = { schema: SCHEMA, node: row.node };
  if (row.kind === 'mark') return `${JSON.stringify({ ...common, kind: 'mark', mark: row.mark })}\n`;
  const { atMs, unit, priority, from, invocation, text } = row.line;
  const at = new Date(atMs).toISOString();
  return `${JSON.stringify({ ...common, kind: 'line', at, unit, priority, from, invocation, text })}\n`;
};

export const logWriter = ({ json, ascii }: { readonly json: boolean; readonly ascii: boolean }): LogWriter =>
  json ? jsonLine : textLine(ascii);

/** Hands on what comes in the order of time, as far as it came together; keeps no lines itself. */
export const createLogMerge = (
  clockOf: (node: NodeName) => NodeClock | undefined,
): ((batches: readonly LogBatch[]) => readonly LogRow[]) => {
  let account: LogBuffer = EMPTY_LOG;
  return (batches) => {
    const merged = appendBatches(account, batches, clockOf, Number.POSITIVE_INFINITY);
    account = { ...merged, rows: [] };
    return merged.rows;
  };
};
