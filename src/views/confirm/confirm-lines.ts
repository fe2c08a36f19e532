/** The confirmation: exactly what runs where, what it takes along, and what it does to quorum and users. */
import { formatElapsed, plural, sentenceList } from '../../core/format.ts';
import type { Plan, QuorumForecast } from '../../core/model/action.ts';
import type { Dialog } from '../../store/state.ts';
import { fitLine, gap, type Line, seg } from '../paint.ts';
import type { Room } from '../painter.ts';
import { clip, wrap } from '../text.ts';
import type { Theme, Tone } from '../theme.ts';

const LABEL_COLUMNS = 12;

type Entry = { readonly label: string; readonly text: string; readonly tone: Tone };

const unitWord = (unit: string): string => unit.replace(/\.service$/u, '');

const takesAlong = (plan: Plan, isBrief: boolean): string => {
  const { length } = plan.takesAlong;
  const time = `about ${formatElapsed(plan.expectedMs)} until ${length > 0 ? 'all are' : 'it is'} back`;
  if (length === 0) return `nothing else; ${time}`;
  if (isBrief) return `${plural(length, 'unit')} must go along; ${time}`;
  return `${sentenceList(plan.takesAlong.map(unitWord))}, because they require it; ${time}`;
};

const forecastText = (forecast: QuorumForecast, isBrief: boolean): string => {
  if (isBrief) {
    const short = `${forecast.service} ${forecast.now}/${forecast.expected} to ${forecast.during}/${forecast.expected}`;
    return forecast.breaks ? `${short}: BELOW ${forecast.needed}` : `${short}: holds`;
  }
  const votes = `${forecast.service} now ${forecast.now}/${forecast.expected}, meanwhile ${forecast.during}/${forecast.expected}`;
  return forecast.breaks
    ? `${votes}: BELOW ${forecast.needed}`
    : `${votes}: holds, ${forecast.needed} needed`;
};

const listed = (label: string, texts: readonly string[], tone: Tone): readonly Entry[] =>
  texts.map((text, index) => ({ label: index === 0 ? label : '', text, tone }));

/** The brief form has what must not be missed first, for what does not fit is cut from the end. */
const entriesOf = (plan: Plan, isBrief: boolean): readonly Entry[] => {
  const runs: Entry = { label: 'runs', text: plan.commandLine, tone: 'strong' };
  const refused = listed('refused', plan.refusals, 'down');
  const along: Entry = { label: 'takes along', text: takesAlong(plan, isBrief), tone: 'plain' };
  const quorum = plan.quorum.map(
    (forecast, index): Entry => ({
      label: index === 0 ? 'quorum' : '',
      text: forecastText(forecast, isBrief),
      tone: forecast.breaks ? 'down' : 'plain',
    }),
  );
  const users = listed('meanwhile', isBrief ? [plan.users.join('; ')] : plan.users, 'plain');
  return isBrief
    ? [runs, ...refused, ...quorum, along, ...users]
    : [runs, along, ...quorum, ...users, ...refused];
};

const entryLines = (entry: Entry, columns: number, isNarrow: boolean): readonly Line[] => {
  const label = isNarrow ? 0 : LABEL_COLUMNS;
  return wrap(entry.text, columns - label).map((text, index) => [
    ...(isNarrow ? [] : [seg((index === 0 ? entry.label : '').padEnd(label), 'faint')]),
    seg(text, entry.tone),
  ]);
};

const question = (dialog: Dialog, theme: Theme): Line => {
  const { plan, typed } = dialog;
  if (plan.refusals.length > 0) return [seg('It may not run now.', 'down')];
  if (plan.typed === undefined) return [seg('Go on?', 'strong'), seg('  The default is no.', 'faint')];
  const why = plan.quorum.some((forecast) => forecast.breaks) ? 'This breaks the quorum. ' : '';
  return [
    seg(why, 'down'),
    seg(`Type ${plan.typed} to go on: `),
    seg(typed, typed === plan.typed ? 'strong' : 'plain'),
    seg(theme.symbols.caret, 'key'),
  ];
};

/** The dialog in at most `room.rows` lines. When rows are short, its frame goes first, then the last details. */
export const confirmLines = (dialog: Dialog, room: Room, theme: Theme): readonly Line[] => {
  const { plan } = dialog;
  const isNarrow = room.columns < 60;
  const isBoxed = room.rows >= 12;
  const columns = room.columns - (isBoxed ? 6 : 2);
  const title = `${capital(plan.verb)} ${plan.service} on ${plan.node}`;
  const asked = question(dialog, theme);
  const questionLines: readonly Line[] =
    isNarrow && plan.typed !== undefined && plan.refusals.length === 0
      ? [asked.slice(0, 1), asked.slice(1)]
      : [asked];
  const fixed = questionLines.length + (isBoxed ? 5 : 1);
  const space = Math.max(1, room.rows - fixed);
  const paint = (isBrief: boolean): readonly Line[] =>
    entriesOf(plan, isBrief).flatMap((entry) => entryLines(entry, columns, isNarrow));
  const full = paint(false);
  const details = full.length <= space ? full : paint(true);
  const kept =
    details.length <= space
      ? details
      : [
          ...details.slice(0, space - 1),
          [seg(`${plural(details.length - space + 1, 'more line')}: enlarge the terminal`, 'faint')],
        ];
  if (!isBoxed) {
    return [
      [gap(1), seg(title, 'strong')],
      ...[...kept, ...questionLines].map((line): Line => [gap(1), ...line]),
    ];
  }
  return box(title, [[], ...kept, [], ...questionLines, []], room.columns, theme);
};

const capital = (word: string): string => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;

const box = (title: string, lines: readonly Line[], columns: number, theme: Theme): readonly Line[] => {
  const { rule, bar, corners } = theme.symbols;
  const inner = columns - 4;
  const label = ` ${clip(title, inner - 4)} `;
  const edge = (left: string, middle: Line, right: string): Line => [
    gap(1),
    seg(left, 'faint'),
    ...middle,
    seg(right, 'faint'),
  ];
  return [
    edge(
      corners[0],
      [seg(label, 'strong'), seg(rule.repeat(Math.max(0, inner - label.length)), 'faint')],
      corners[1],
    ),
    ...lines.map((line) => edge(bar, [gap(1), ...fitLine(line, inner - 2), gap(1)], bar)),
    edge(corners[2], [seg(rule.repeat(inner), 'faint')], corners[3]),
  ];
};
