/** Where systemd was told other dependencies than the topology says: a warning on the pages that it concerns. */
import { driftLine, driftWords } from '../../core/dependency-drift/words.ts';
import { plural } from '../../core/format.ts';
import type { NodeName } from '../../core/model/inventory.ts';
import type { UnitName } from '../../core/model/topology.ts';
import { driftOf } from '../../store/drift.ts';
import type { AppState } from '../../store/state.ts';
import type { Line } from '../paint.ts';
import { labelled } from './page.ts';

/** Of one unit on one node, or wherever it is. */
export const unitDriftLines = (
  state: AppState,
  unit: UnitName,
  node: NodeName | undefined,
  columns: number,
): readonly Line[] =>
  driftOf(state)
    .filter((drift) => drift.unit === unit && (node === undefined || drift.nodes.includes(node)))
    .flatMap((drift, index) =>
      labelled(
        index === 0 ? 'drift' : '',
        node === undefined ? driftLine(drift) : driftWords(drift),
        columns,
        'degraded',
      ),
    );

const countWords = (count: number): string =>
  `${plural(count, 'dependency', 'dependencies')} not as in the topology`;

/** That there are any, for the upper part of a page: all of it stands with what the unit depends on. */
export const driftNote = (
  state: AppState,
  unit: UnitName | undefined,
  node: NodeName | undefined,
  columns: number,
): readonly Line[] => {
  const found = driftOf(state).filter(
    (drift) => drift.unit === unit && (node === undefined || drift.nodes.includes(node)),
  );
  return found.length === 0
    ? []
    : labelled('drift', `${countWords(found.length)}, see Depends`, columns, 'degraded');
};

/** How many there are on a node, and which. */
export const nodeDriftLines = (state: AppState, node: NodeName, columns: number): readonly Line[] => {
  const here = driftOf(state).filter(({ nodes }) => nodes.includes(node));
  if (here.length === 0) return [];
  return [
    ...labelled('drift', countWords(here.length), columns, 'degraded'),
    ...here.flatMap((drift) => labelled('', driftWords(drift), columns)),
  ];
};
