/** A drift in one line. */
import { unitWord } from '../action-name.ts';
import { onNodes } from '../line-words.ts';
import type { Drift, Relation } from './model.ts';

/** What is done about any of it. */
export const DRIFT_REMEDY = 'correct the unit file or the topology; then systemctl daemon-reload on the node';

const SAYS: Readonly<Record<Relation, string>> = {
  wants: 'wants',
  'part-of': 'is part of',
  requires: 'requires',
  requisite: 'requires beforehand',
  'binds-to': 'binds to',
  after: 'starts after',
};

const told = ({ unit, on }: Drift, relation: Relation | undefined): string =>
  [unitWord(unit), relation === undefined ? 'depends on' : SAYS[relation], unitWord(on)].join(' ');

/** "flaredb requires chainfire: missing on node02"; `where` is "on node02", or empty where that goes without saying. */
export const driftWords = (drift: Drift, where = ''): string => {
  const { kind, expected, found } = drift;
  const place = where === '' ? '' : ` ${where}`;
  const says = found === undefined ? '' : SAYS[found];
  switch (kind) {
    case 'missing':
      return `${told(drift, expected)}: missing${place}`;
    case 'extra':
      return `${told(drift, found)}${place}: not in the topology`;
    case 'weaker':
      return `${told(drift, expected)}: only ${says} it${place}`;
    case 'stronger':
      return `${told(drift, expected)}: ${says} it${place}`;
    default:
      return kind satisfies never;
  }
};

/** The same with its nodes: "iam requires flaredb: only wants it on all 3 nodes". */
export const driftLine = (drift: Drift): string => driftWords(drift, `on ${onNodes(drift.nodes, drift.of)}`);

/** All of it in a line: the first, and how many more. Empty when there is none. */
export const driftSummary = (drifts: readonly Drift[]): string => {
  const [first, ...others] = drifts;
  if (first === undefined) return '';
  return others.length === 0 ? driftLine(first) : `${driftLine(first)} · +${others.length} more`;
};
