/** The confirmation: exactly what runs where, what it takes along, and what it does to quorum and users. */
import { formatElapsed, plural, sentenceList } from '../../core/format.ts';
import type { Plan, QuorumForecast } from '../../core/model/action.ts';
import type { Topology } from '../../core/model/topology.ts';
import { saferThan } from '../../core/safer.ts';
import type { AppState, Dialog } from '../../store/state.ts';
import { fitLine, gap, type Line, seg } from '../paint.ts';
import type { Room } from '../painter.ts';
import { clip, clipStart, width, wrap } from '../text.ts';
import type { Theme, Tone } from '../theme.ts';

const LABEL_COLUMNS = 12;
/** Wider than this a line is hard to follow. */
const BOX_MAX = 104;
/** Narrower than this there are no labels, and votes are told in few words. */
const NARROW = 54;
const SAID_NARROW: readonly string[] = ['refused', 'meanwhile', 'safer', 'leaves'];

const TWO_LEADERS = 'two leaders: these votes are not those of one cluster';
const NOTHING_LOST = 'nothing that works now stops for users';

type Entry = { readonly label: string; readonly text: string; readonly tone: Tone };

/** How much is said: all; less where rows are few; the least, and what must not be missed first. */
type Detail = 'full' | 'short' | 'brief';

const unitWord = (unit: string): string => unit.replace(/\.service$/u, '');

/** Services by name; first-boot steps, which have done their work, by name only while the line has room. */
const unitsText = (units: readonly string[], topology: Topology, columns: number): string => {
  const all = sentenceList(units.map(unitWord));
  const services = units.filter((unit) => topology.services.some((service) => service.unit === unit));
  const steps = units.length - services.length;
  if (all.length <= columns || steps === 0) return all;
  return sentenceList([...services.map(unitWord), plural(steps, 'first-boot step')]);
};

const takesAlong = (plan: Plan, topology: Topology, detail: Detail, columns: number): string => {
  const { length } = plan.takesAlong;
  const back = `back in about ${formatElapsed(plan.expectedMs)}`;
  if (length === 0) return `${detail === 'brief' ? 'takes nothing along' : 'nothing else'}; ${back}`;
  if (detail === 'brief') return `${plural(length, 'unit')} must go along; ${back}`;
  const why = length === 1 ? 'because it requires it' : 'because they require it';
  const tail = `, ${why}; ${back}`;
  return `${unitsText(plan.takesAlong, topology, columns - tail.length)}${tail}`;
};

const forecastEntry = (forecast: QuorumForecast, isBrief: boolean): Omit<Entry, 'label'> => {
  const { service, expected, needed, now, during, breaks, away = [] } = forecast;
  const of = (votes: number): string => `${votes}/${expected}`;
  const isLost = now < needed;
  const how = !breaks ? 'holds' : isLost ? 'lost already' : `BELOW ${needed}`;
  const elsewhere = away.length === 0 ? '' : `; ${sentenceList(away)} restarting too`;
  const said = isBrief
    ? `${service} ${of(now)} to ${of(during)}: ${how}`
    : `${service}${isLost ? ' lost:' : ''} now ${of(now)} · during ${of(during)}${isLost ? '' : ` ${how}`} · after ${of(Math.min(expected, during + 1))}, ${needed} needed`;
  return { text: `${said}${elsewhere}`, tone: breaks && during < now ? 'down' : 'plain' };
};

const listed = (label: string, texts: readonly string[], tone: Tone): readonly Entry[] =>
  texts.map((text, index) => ({ label: index === 0 ? label : '', text, tone }));

const nowText = ({ plan, chosen }: Dialog, state: AppState): string => {
  const instance = state.cluster.instances.get(plan.instance);
  const words = [instance?.verdict ?? 'unknown', instance?.raft ?? '', instance?.reason ?? ''];
  const now = words.filter((word) => word !== '').join(', ');
  return chosen === undefined ? now : `${now} · ${chosen}`;
};

const entriesOf = (dialog: Dialog, state: AppState, detail: Detail, columns: number): readonly Entry[] => {
  const { plan } = dialog;
  const isBrief = detail === 'brief';
  const instance = state.cluster.instances.get(plan.instance);
  const now: Entry = { label: 'now', text: nowText(dialog, state), tone: instance?.verdict ?? 'unknown' };
  const runs: Entry = { label: 'runs', text: plan.commandLine, tone: 'strong' };
  const refused = listed('refused', plan.refusals, 'down');
  const along: Entry = {
    label: 'takes along',
    text: takesAlong(plan, state.topology, detail, columns - LABEL_COLUMNS),
    tone: 'plain',
  };
  const hasRivals = plan.quorum.some(({ service }) =>
    state.cluster.services.get(service)?.quorum?.faults.some((fault) => fault.kind === 'two-leaders'),
  );
  const rivals = listed('', hasRivals ? [TWO_LEADERS] : [], 'degraded');
  const forecasts = plan.quorum.map(
    (forecast, index): Entry => ({
      label: index === 0 ? 'quorum' : '',
      ...forecastEntry(forecast, isBrief || columns < NARROW),
    }),
  );
  const quorum = [...forecasts, ...rivals];
  // A restart of this unit is not the end of it then; that is worth more than the name of every step.
  const stopped = listed(
    'leaves',
    plan.leavesStopped.length === 0
      ? []
      : [
          `${unitsText(plan.leavesStopped, state.topology, columns - LABEL_COLUMNS - 22)} stopped: restart next`,
        ],
    'degraded',
  );
  const users = listed('meanwhile', plan.users.length > 0 ? plan.users : [NOTHING_LOST], 'plain');
  const safer = listed(
    'safer',
    [saferThan(plan, state.cluster)].flatMap((text) => text ?? []),
    'degraded',
  );
  switch (detail) {
    case 'full':
      return [now, runs, ...refused, along, ...stopped, ...quorum, ...users, ...safer];
    case 'short':
      return [
        ...(dialog.chosen === undefined ? [] : [now]),
        runs,
        ...refused,
        along,
        ...stopped,
        ...quorum,
        ...users,
        ...safer,
      ];
    case 'brief':
      return [
        runs,
        ...refused,
        ...quorum,
        ...safer,
        along,
        ...stopped,
        ...listed('meanwhile', plan.users, 'plain'),
      ];
    default:
      return detail satisfies never;
  }
};

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
const question = (dialog: Dialog, columns: number, isNarrow: boolean, theme: Theme): readonly Line[] => {
  const { plan, typed } = dialog;
  if (plan.refusals.length > 0) return [[seg('It may not run now.', 'down')]];
  if (plan.typed === undefined) return [[seg('Go on?', 'strong'), seg('  The default is no.', 'faint')]];
  const why = plan.quorum.some((forecast) => forecast.breaks) ? 'This breaks the quorum. ' : '';
  const ask = `Type ${plan.typed} to go on: `;
  const room = Math.max(4, columns - (isNarrow ? 0 : width(why)) - width(ask) - 1);
  const asked: Line = [
    seg(ask),
    seg(clipStart(typed, room), typed === plan.typed ? 'strong' : 'plain'),
    seg(theme.symbols.caret, 'key'),
  ];
  return isNarrow ? [[seg(why, 'down')], asked] : [[seg(why, 'down'), ...asked]];
};

/** The dialog in at most `room.rows` lines. When rows are short, its frame goes first, then the last details. */
export const confirmLines = (state: AppState, dialog: Dialog, room: Room, theme: Theme): readonly Line[] => {
  const { plan } = dialog;
  const isBoxed = room.rows >= 12;
  const boxColumns = Math.min(room.columns, BOX_MAX);
  const columns = boxColumns - (isBoxed ? 6 : 2);
  const isNarrow = columns < NARROW;
  const title = `${capital(plan.verb)} ${plan.service} on ${plan.node}`;
  const questionLines = question(dialog, columns, isNarrow, theme);
  const fixed = questionLines.length + (isBoxed ? 5 : 1);
  const space = Math.max(1, room.rows - fixed);
  const paint = (detail: Detail): readonly Line[] =>
    entriesOf(dialog, state, detail, columns).flatMap((entry) => entryLines(entry, columns, isNarrow));
  const tries = [paint('full'), paint('short'), paint('brief')];
  const details = tries.find((lines) => lines.length <= space) ?? tries.at(-1) ?? [];
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
  return box(title, [[], ...kept, [], ...questionLines, []], boxColumns, theme);
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
