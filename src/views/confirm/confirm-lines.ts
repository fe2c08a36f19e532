/** The confirmation: exactly what runs where, what it takes along, and what it does to quorum and users. */
import { actionTitle } from '../../core/action-name.ts';
import { dangerSentence } from '../../core/danger-words.ts';
import { operationTitle } from '../../core/operation-words.ts';
import { keyLabel } from '../../keys/bindings.ts';
import { questionOf } from '../../store/dialog.ts';
import type { AppState, Dialog, ShellDialog, Why } from '../../store/state.ts';
import { bannerLine } from '../banner.ts';
import { clipLine, fitLine, gap, type Line, lineWidth, seg } from '../paint.ts';
import type { Room } from '../painter.ts';
import { clip, clipStart, width, wrap } from '../text.ts';
import type { Theme } from '../theme.ts';
import { entriesOf } from './confirm-entries.ts';
import { cutTo, isCommand } from './cut.ts';
import { type Detail, type Entry, LABEL_COLUMNS, NARROW } from './entry.ts';
import { operationEntries } from './operation-entries.ts';

/** Wider than this a line is hard to follow. */
const BOX_MAX = 104;
const SAID_NARROW: readonly string[] = [
  'refused',
  'recent',
  'meanwhile',
  'safer',
  'leaves',
  'starts',
  'starts too',
  'stops too',
  'way back',
  'afterwards',
  'pending',
  'first',
  'not',
  'if it fails',
];

const entryLines = (entry: Entry, columns: number, isNarrow: boolean): readonly Line[] => {
  const label = isNarrow ? 0 : LABEL_COLUMNS;
  // Without its label the command is plain, and so are votes and units; the rest is not.
  const isNamed = isNarrow && SAID_NARROW.includes(entry.label);
  return wrap(isNamed ? `${entry.label}: ${entry.text}` : entry.text, columns - label).map((text, index) => [
    ...(isNarrow ? [] : [seg((index === 0 ? entry.label : '').padEnd(label), 'faint')]),
    seg(text, entry.tone),
  ]);
};

/** The question; where it has to be narrow, why it is asked stands on a line of its own. */
const planQuestion = (
  { plan, typed }: Exclude<Dialog, ShellDialog>,
  columns: number,
  isNarrow: boolean,
  theme: Theme,
): readonly Line[] => {
  if (plan.refusals.length > 0) return [[seg('It may not run now.', 'down')]];
  if (plan.typed === undefined) return [[seg('Go on?', 'strong'), seg('  The default is no.', 'faint')]];
  const why = plan.danger === undefined ? '' : `${dangerSentence(plan.danger)} `;
  const ask = `Type ${plan.typed} to go on: `;
  // What is typed stays in sight, whatever is said before it.
  const isApart = isNarrow || width(why) + width(ask) + width(plan.typed) + 1 > columns;
  const room = Math.max(4, columns - (isApart ? 0 : width(why)) - width(ask) - 1);
  const asked: Line = [
    seg(ask),
    seg(clipStart(typed, room), typed === plan.typed ? 'strong' : 'plain'),
    seg(theme.symbols.caret, 'key'),
  ];
  if (!isApart) return [[seg(why, 'down'), ...asked]];
  return [...wrap(why.trim(), columns).map((text): Line => [seg(text, 'down')]), asked];
};

/** The operator's reason as it is typed, its end in sight; as it stands once it is given. */
const whyLine = ({ text, given }: Why, columns: number, isNarrow: boolean, theme: Theme): Line => {
  const label = isNarrow ? 'why: ' : 'why'.padEnd(LABEL_COLUMNS);
  const room = columns - label.length;
  return given
    ? [seg(label, 'faint'), seg(clip(text, room))]
    : [seg(label, 'faint'), seg(clipStart(text, room - 1)), seg(theme.symbols.caret, 'key')];
};

const question = (dialog: Dialog, columns: number, isNarrow: boolean, theme: Theme): readonly Line[] => {
  const { why } = dialog;
  const asked = why === undefined ? [] : [whyLine(why, columns, isNarrow, theme)];
  if (dialog.kind === 'shell' || questionOf(dialog) === 'reason') {
    const says = isNarrow
      ? 'Nothing runs without a reason.'
      : 'Nothing runs without a reason; the audit keeps it.';
    return [...asked, [seg(says, 'faint')]];
  }
  return [...asked, ...planQuestion(dialog, columns, isNarrow, theme)];
};

const titleOf = (dialog: Dialog): string => {
  switch (dialog.kind) {
    case 'confirm':
      return actionTitle(dialog.plan);
    case 'operation':
      return operationTitle(dialog.plan);
    case 'shell':
      return `Shell on ${dialog.node}`;
    default:
      return dialog satisfies never;
  }
};

const entriesIn = (state: AppState, dialog: Dialog, detail: Detail, columns: number): readonly Entry[] => {
  switch (dialog.kind) {
    case 'confirm':
      return entriesOf(dialog, state, detail, columns);
    case 'operation':
      return operationEntries(dialog, state, detail, columns);
    case 'shell':
      return [{ label: 'opens', text: `a login on ${dialog.node}; exit or Ctrl-D returns`, tone: 'plain' }];
    default:
      return dialog satisfies never;
  }
};

/** The dialog in at most `room.rows` lines. When rows are short, its frame goes first, then the last details. */
export const confirmLines = (state: AppState, dialog: Dialog, room: Room, theme: Theme): readonly Line[] => {
  const isBoxed = room.rows >= 12;
  const boxColumns = Math.min(room.columns, BOX_MAX);
  const columns = boxColumns - (isBoxed ? 6 : 2);
  const isNarrow = columns < NARROW;
  const title = titleOf(dialog);
  const banner = bannerLine(state, Math.floor(columns / 2), theme);
  const where: Line = banner.length === 0 ? [] : [...banner, gap(1)];
  const spaceBeside = (asked: readonly Line[]): number =>
    Math.max(1, room.rows - asked.length - (isBoxed ? 5 : 1));
  const paint = (detail: Detail): readonly Line[] =>
    entriesIn(state, dialog, detail, columns).flatMap((entry) => entryLines(entry, columns, isNarrow));
  const tries = [paint('full'), paint('short'), paint('brief')];
  const whole = question(dialog, columns, isNarrow, theme);
  // A reason that was given is known to the one who gave it: the command is not.
  const isCrowded = (tries.at(-1) ?? []).filter(isCommand).length > spaceBeside(whole);
  const questionLines =
    isCrowded && dialog.why?.given === true && dialog.kind !== 'shell'
      ? planQuestion(dialog, columns, isNarrow, theme)
      : whole;
  const space = spaceBeside(questionLines);
  const details = tries.find((lines) => lines.length <= space) ?? tries.at(-1) ?? [];
  const key = keyLabel(state, 'dialog-more', theme.ascii) ?? '';
  const { kept, unsaid } = cutTo(details, space, dialog.kind === 'shell' ? 0 : (dialog.page ?? 0), key);
  if (!isBoxed) {
    const more = unsaid === 0 ? '' : `  +${unsaid} ${key}`;
    return [
      [
        gap(1),
        ...where,
        seg(clip(title, columns - lineWidth(where) - more.length), 'strong'),
        seg(more, 'faint'),
      ],
      ...[...kept, ...questionLines].map((line): Line => [gap(1), ...line]),
    ];
  }
  return box([...where, seg(title, 'strong')], [[], ...kept, [], ...questionLines, []], boxColumns, theme);
};

const box = (title: Line, lines: readonly Line[], columns: number, theme: Theme): readonly Line[] => {
  const { rule, bar, corners } = theme.symbols;
  const inner = columns - 4;
  const label: Line = [gap(1), ...clipLine(title, inner - 4), gap(1)];
  const edge = (left: string, middle: Line, right: string): Line => [
    gap(1),
    seg(left, 'faint'),
    ...middle,
    seg(right, 'faint'),
  ];
  return [
    edge(
      corners[0],
      [...label, seg(rule.repeat(Math.max(0, inner - lineWidth(label))), 'faint')],
      corners[1],
    ),
    ...lines.map((line) => edge(bar, [gap(1), ...fitLine(line, inner - 2), gap(1)], bar)),
    edge(corners[2], [seg(rule.repeat(inner), 'faint')], corners[3]),
  ];
};
