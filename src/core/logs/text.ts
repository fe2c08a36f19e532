/** A log's rows as plain lines, for a file, a pager and a pipe. */
import type { LogMark, LogRow } from './model.ts';
import { priorityWord } from './sift.ts';

const WARNING = 4;

/** What stands between two lines, in words. */
export const markWords = (node: string, mark: LogMark): string => {
  switch (mark.kind) {
    case 'rebooted':
      return `${node} rebooted`;
    case 'gap':
      return `${node} was not followed for a while: lines may be missing`;
    case 'shed':
      return `${mark.count} lines of ${node} came too fast and are left out`;
    default:
      return mark satisfies never;
  }
};

/** `2026-11-23T09:41:06.123Z node02 chainfire.service error: text`, or `-- node02 rebooted --`. */
export const rowLine = (row: LogRow): string => {
  if (row.kind === 'mark') return `-- ${markWords(row.node, row.mark)} --`;
  const { atMs, unit, priority, text, from } = row.line;
  const level = priority <= WARNING ? ` ${priorityWord(priority)}:` : '';
  const by = from === 'systemd' ? ' systemd:' : '';
  return `${new Date(atMs).toISOString()} ${row.node} ${unit}${level}${by} ${text}`;
};
