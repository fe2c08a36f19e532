/** Next steps: what would mend what is broken, as a page of their own and, in short, below the tree. */
import { DRIFT_REMEDY, driftLine } from '../../core/dependency-drift/words.ts';
import { formatElapsed, plural } from '../../core/format.ts';
import type { NextStep } from '../../core/next-steps/model.ts';
import { driftOf } from '../../store/drift.ts';
import { nextStepId, nextStepsOf } from '../../store/next-steps.ts';
import { selectedRow } from '../../store/rows.ts';
import { follow } from '../../store/selection.ts';
import { type AppState, shown, topFrame } from '../../store/state.ts';
import { labelled, section } from '../detail/page.ts';
import { keyHint } from '../empty.ts';
import { field, gap, type Line, seg, spread } from '../paint.ts';
import type { ListPainter, Room } from '../painter.ts';
import { width } from '../text.ts';
import type { Theme } from '../theme.ts';

const WORDS_MAX = 44;
const TIME_COLUMNS = 7;
/** Narrower than this a line has no room for its reason. */
const WHY_FROM_COLUMNS = 72;
/** And narrower than this none for what it clears. */
const CLEARS_FROM_COLUMNS = 48;

const wordsColumns = (steps: readonly NextStep[], columns: number): number =>
  Math.min(WORDS_MAX, Math.max(...steps.map(({ words }) => width(words))), columns);

const timeWords = ({ action, expectedMs }: NextStep): string => {
  if (action === undefined) return 'by hand';
  return expectedMs === undefined || expectedMs === 0 ? '' : formatElapsed(expectedMs);
};

/** "clears 7": short enough for any line. */
const clearsWords = ({ clears }: NextStep): string => (clears === 0 ? '' : `clears ${clears}`);

const whyWords = ({ why, regains, lastResort }: NextStep): string =>
  [
    ...(regains.length === 0 ? [] : [`quorum of ${regains.join(', ')}`]),
    ...(lastResort ? ['last resort'] : []),
    why,
  ].join(' · ');

type Columns = { readonly number: number; readonly words: number; readonly clears: number };

const columnsOf = (steps: readonly NextStep[], columns: number): Columns => {
  const number = String(steps.length).length;
  const clears =
    columns < CLEARS_FROM_COLUMNS ? 0 : Math.max(6, ...steps.map((step) => clearsWords(step).length));
  const rest = columns - 1 - number - 1 - 1 - TIME_COLUMNS - 2 - clears - 1;
  return { number, clears, words: wordsColumns(steps, Math.max(10, rest)) };
};

const stepParts = (
  step: NextStep,
  index: number,
  columns: Columns,
  tone: 'plain' | 'cursor' = 'plain',
): Line => [
  field(String(index + 1), columns.number, 'faint', 'right'),
  gap(1),
  field(step.words, columns.words, tone),
  gap(1),
  field(timeWords(step), TIME_COLUMNS, step.action === undefined ? 'faint' : 'plain', 'right'),
  gap(2),
  field(clearsWords(step), columns.clears),
];

/**
 * The first steps, for where there is room left: no more than `rows` lines. What is only tried as the last resort is
 * left to the page, which says so.
 */
export const nextLines = (state: AppState, room: Room, rows: number, theme: Theme): readonly Line[] => {
  const steps = nextStepsOf(state);
  const told = steps.filter(({ lastResort }) => !lastResort).slice(0, Math.max(0, rows));
  if (told.length === 0) return [];
  const label = 'NEXT  ';
  const columns = columnsOf(told, room.columns - label.length - 1);
  return told.map((step, index) => {
    const lead: Line = [gap(1), seg(index === 0 ? label : ' '.repeat(label.length), 'column')];
    const line = [...lead, ...stepParts(step, index, columns)];
    if (index > 0) return line;
    const hint = steps.length > told.length ? ` all ${steps.length} ` : ' why ';
    return spread(line, keyHint(state, 'next-steps', hint, theme), room.columns);
  });
};

const summary = (steps: readonly NextStep[]): string => {
  const hands = steps.filter(({ action }) => action === undefined).length;
  const byHand = hands === 0 ? '' : `, ${steps.length === 1 ? '' : `${hands} of them `}by hand`;
  const order = steps.length === 1 ? '' : '; each when the one before it has worked';
  return `${plural(steps.length, 'step')}${byHand}${order}`;
};

const heading = (columns: Columns, room: Room): Line => [
  gap(1 + columns.number + 1),
  field('STEP', columns.words + 1, 'column'),
  field('TIME', TIME_COLUMNS, 'column', 'right'),
  gap(2),
  field('CLEARS', columns.clears + 2, 'column'),
  ...(room.columns < WHY_FROM_COLUMNS ? [] : [seg('WHY', 'column')]),
];

const emptyWords = (state: AppState): string => {
  const { causes } = shown(state).cluster;
  if (causes.length > 0) return 'Nothing to do but to wait.';
  return driftOf(state).length > 0 ? 'Nothing is broken.' : 'Nothing is broken: there is nothing to do.';
};

/** Nothing of it hurts before a unit stops: the header has room for the first only. */
const driftLines = (state: AppState, columns: number): readonly Line[] => {
  const drifts = driftOf(state);
  if (drifts.length === 0 || shown(state).cluster.causes.length > 0) return [];
  return [
    [],
    ...drifts.flatMap((drift, index) => labelled(index === 0 ? 'drift' : '', driftLine(drift), columns)),
    ...labelled('mend', DRIFT_REMEDY, columns),
  ];
};

/** All that is known of the selected step, below the list. */
const stepPage = (step: NextStep, columns: number): readonly Line[] => [
  ...section(step.words),
  ...labelled('why', step.why, columns),
  ...labelled('helps', step.lastResort ? 'perhaps: it is the last resort' : '', columns),
  ...labelled('regains', step.regains.map((name) => `the quorum of ${name}`).join(', '), columns),
  ...labelled('clears', step.clears === 0 ? '' : plural(step.clears, 'instance'), columns),
  ...labelled('from here', step.action === undefined ? 'no: a person has to do it' : '', columns),
];

export const stepsLines: ListPainter = (state, room, theme) => {
  const steps = nextStepsOf(state);
  if (steps.length === 0) {
    return [[], [gap(3), seg(emptyWords(state))], ...driftLines(state, room.columns)];
  }
  const columns = columnsOf(steps, room.columns - 1);
  const selected = selectedRow(state);
  const index = steps.findIndex((step) => nextStepId(step) === selected);
  const head = room.compact
    ? []
    : [[gap(1), seg('NEXT', 'column'), gap(2), seg(summary(steps), 'faint')], [], heading(columns, room)];
  const chosen = steps[index];
  const page = chosen === undefined ? [] : stepPage(chosen, room.columns);
  const space = room.rows - head.length;
  // The list comes first; of the page there is as much as half of the room holds.
  const height = Math.max(1, space - Math.min(page.length, Math.floor(space / 2)));
  const top = follow(topFrame(state.ui).scroll, index, height, steps.length);
  const list = steps.slice(top, top + height).map((step, at): Line => {
    const isSelected = nextStepId(step) === selected;
    return [
      seg(isSelected ? theme.symbols.cursor : ' ', 'key'),
      ...stepParts(step, top + at, columns, isSelected ? 'cursor' : 'plain'),
      ...(room.columns < WHY_FROM_COLUMNS ? [] : [gap(2), seg(whyWords(step), 'faint')]),
    ];
  });
  const lines = [...head, ...list];
  return [...lines, ...page.slice(0, Math.max(0, room.rows - lines.length))];
};
