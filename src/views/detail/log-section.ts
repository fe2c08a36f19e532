/** The last lines of a unit's log, or why there are none. */

import type { InstanceState } from '../../core/model/cluster.ts';
import type { NodeName } from '../../core/model/inventory.ts';
import type { LogLine } from '../../core/model/observation.ts';
import type { UnitName } from '../../core/model/topology.ts';
import { isFailing } from '../../core/unit-verdict.ts';
import { type AppState, shown } from '../../store/state.ts';
import {
  clockNotes,
  isLinkUp,
  journalOf,
  logOf,
  logSkewMs,
  logTime,
  logTone,
  noteLines,
} from '../log-words.ts';
import { field, gap, type Line, seg } from '../paint.ts';
import { clip, wrap } from '../text.ts';
import { paragraph, section } from './page.ts';

const LINES_SHOWN = 8;
const TIME_COLUMNS = 10;
/** What went wrong is told in full, within reason. */
const BAD_ROWS = 3;
const WARNING = 4;

const entryLines = (state: AppState, entry: LogLine, columns: number): readonly Line[] => {
  const room = columns - TIME_COLUMNS - 3;
  const rows = entry.priority <= WARNING ? wrap(entry.text, room) : [entry.text];
  // What is left over is cut, and marked so, with the last row.
  const kept = [...rows.slice(0, BAD_ROWS - 1), rows.slice(BAD_ROWS - 1).join(' ')].filter(Boolean);
  return kept.map((text, row) => [
    gap(2),
    field(row === 0 ? logTime(state, entry) : '', TIME_COLUMNS, 'faint'),
    seg(clip(text, room), logTone(entry)),
  ]);
};

const missingLines = (state: AppState, node: NodeName, columns: number): readonly Line[] => {
  const journal = journalOf(state, node);
  switch (journal?.state) {
    case undefined:
    case 'opening':
      return paragraph('The journal is being opened.', columns, 'faint');
    case 'live':
      return paragraph('No lines yet.', columns, 'faint');
    case 'failed':
      return [
        ...paragraph(`No log: ${journal.detail}`, columns, 'degraded'),
        ...(journal.remedy === '' ? [] : paragraph(journal.remedy, columns)),
      ];
    default:
      return journal satisfies never;
  }
};

const logLines = (state: AppState, node: NodeName, unit: UnitName, columns: number): readonly Line[] => {
  const journal = journalOf(state, node);
  const entries = logOf(state, node, unit).slice(-LINES_SHOWN);
  if (entries.length === 0) return missingLines(state, node, columns);
  return [
    ...clockNotes(node, logSkewMs(state, node)).flatMap((note) => noteLines(note, columns, 2)),
    ...entries.flatMap((entry) => entryLines(state, entry, columns)),
    ...(journal?.state === 'failed'
      ? paragraph(`No more since: ${journal.detail}`, columns, 'degraded')
      : []),
  ];
};

/** The log of one unit under a title; nothing where ssh is down and nothing was seen before. */
export const unitLog = (
  state: AppState,
  node: NodeName,
  unit: UnitName,
  columns: number,
  title = 'Log',
): readonly Line[] =>
  isLinkUp(state, node) || logOf(state, node, unit).length > 0
    ? [...section(title), ...logLines(state, node, unit, columns)]
    : [];

/** The log of an instance's unit, and of those of its first-boot steps that fail. */
export const logSection = (state: AppState, instance: InstanceState, columns: number): readonly Line[] => {
  const { node, service, unit } = instance;
  if (unit === undefined) return [];
  const units = shown(state).facts.units.get(node)?.units ?? [];
  const steps = state.topology.firstBoot.steps.filter((step) => step.service === service);
  const failing = steps.filter((step) => units.some((other) => other.unit === step.unit && isFailing(other)));
  return [
    ...unitLog(state, node, unit.unit, columns),
    ...failing.flatMap((step) => unitLog(state, node, step.unit, columns, `Log of ${step.name}`)),
  ];
};
