/** What the logs view shows and where the operator stands in it. */
import { inOrder } from '../../core/logs/buffer.ts';
import type { LogBuffer, LogMode, LogPart, LogRow, LogSource } from '../../core/logs/model.ts';
import { siftRows } from '../../core/logs/sift.ts';
import type { NodeName } from '../../core/model/inventory.ts';

export type LogSubject = {
  /** `chainfire on node02`, `node02`, `chainfire`. */
  readonly title: string;
  readonly parts: readonly LogPart[];
  /** The nodes that are left out, and why. */
  readonly without: readonly NodeName[];
  readonly why: string;
  /** The runs of an action: they do not change with the facts. */
  readonly isOfRun: boolean;
};

export type LogsState = {
  readonly session: number;
  readonly subject: LogSubject;
  readonly mode: LogMode;
  readonly sources: ReadonlyMap<NodeName, LogSource>;
  /** All that came; goes on while the screen stands. */
  readonly buffer: LogBuffer;
  /** Present while the screen stands: what it shows. */
  readonly held: LogBuffer | undefined;
  /** While it stands: the last row in sight. */
  readonly foot: number | undefined;
  /** The row that the search stopped at. */
  readonly found: number | undefined;
  /** The mildest priority that is shown. */
  readonly priority: number;
  readonly search: { readonly text: string; readonly typing: boolean };
  /** Only lines that the search finds. */
  readonly onlyFound: boolean;
  readonly wrap: boolean;
  /** What came of the last save. */
  readonly saved: string | undefined;
};

const rowsAsTheyCame = ({ held, buffer }: LogsState): readonly LogRow[] => (held ?? buffer).rows;

/** The rows that can be scrolled through. */
export const logRows = (logs: LogsState): readonly LogRow[] =>
  siftRows(rowsAsTheyCame(logs), {
    priority: logs.priority,
    only: logs.onlyFound ? logs.search.text : '',
  });

/** How many of `logRows` stand above the lower edge of the screen, the last in sight included. */
export const footIndex = (logs: LogsState): number => {
  const rows = logRows(logs);
  if (logs.foot === undefined) return rows.length;
  const foot = rowsAsTheyCame(logs).find(({ seq }) => seq === logs.foot);
  return foot === undefined ? rows.length : rows.findLastIndex((row) => inOrder(row, foot) <= 0) + 1;
};

/** Lines that came since the screen stands. */
export const newSince = ({ held, buffer }: LogsState): number => {
  if (held === undefined) return 0;
  const came = ({ tallies }: LogBuffer): number =>
    [...tallies.values()].reduce((sum, tally) => sum + tally.came, 0);
  return came(buffer) - came(held);
};
