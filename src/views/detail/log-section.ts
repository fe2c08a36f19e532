/** The last lines of a unit's log, or why there are none. */

import type { InstanceState } from '../../core/model/cluster.ts';
import type { NodeName } from '../../core/model/inventory.ts';
import type { LogLine } from '../../core/model/observation.ts';
import type { UnitName } from '../../core/model/topology.ts';
import { isFailing } from '../../core/unit-verdict.ts';
import { type AppState, shown } from '../../store/state.ts';
import { isLinkUp, journalOf, logOf, logTime, logTone } from '../log-words.ts';
import { field, gap, type Line, seg } from '../paint.ts';
import { wrap } from '../text.ts';
import { paragraph, section } from './page.ts';

const LINES_SHOWN = 8;
const TIME_COLUMNS = 10;
/** What went wrong is told in full, within reason. */
const BAD_ROWS = 3;
const WARNING = 4;

const entryLines = (state: AppState, entry: LogLine, columns: number): readonly Line[] =>
  wrap(entry.text, columns - TIME_COLUMNS - 3)
    .slice(0, entry.priority <= WARNING ? BAD_ROWS : 1)
    .map((text, row) => [
      gap(2),
      field(row === 0 ? logTime(state, entry) : '', TIME_COLUMNS, 'faint'),
      seg(text, logTone(entry)),
    ]);

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
    ...entries.flatMap((entry) => entryLines(state, entry, columns)),
    ...(journal?.state === 'failed'
      ? paragraph(`No more since: ${journal.detail}`, columns, 'degraded')
      : []),
  ];
};

/** The log of an instance's unit, and of those of its first-boot steps that fail. */
export const logSection = (state: AppState, instance: InstanceState, columns: number): readonly Line[] => {
  const { node, service, unit } = instance;
  const known = unit === undefined ? 0 : logOf(state, node, unit.unit).length;
  // Why systemd is not seen at all has been said of the unit.
  if (unit === undefined || (known === 0 && !isLinkUp(state, node))) return [];
  const units = shown(state).facts.units.get(node)?.units ?? [];
  const steps = state.topology.firstBoot.steps.filter((step) => step.service === service);
  const failing = steps.filter((step) => units.some((other) => other.unit === step.unit && isFailing(other)));
  return [
    ...section('Log'),
    ...logLines(state, node, unit.unit, columns),
    ...failing.flatMap((step) => [
      ...section(`Log of ${step.name}`),
      ...logLines(state, node, step.unit, columns),
    ]),
  ];
};
