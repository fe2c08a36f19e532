/** Help: the key table in words, with what is off right now and why, and the marks explained. */
import { filterOf } from '../../core/filter.ts';
import type { Verdict } from '../../core/model/cluster.ts';
import { availability } from '../../keys/availability.ts';
import type { Binding } from '../../keys/binding.ts';
import { bindingsOf, hiddenBy, liveBindings, withKeyLabels } from '../../keys/bindings.ts';
import { chordLabel } from '../../keys/chords.ts';
import { INPUTS } from '../../keys/remap.ts';
import { titleOf } from '../../keys/titles.ts';
import type { AppState, ViewId } from '../../store/state.ts';
import { topFrame } from '../../store/state.ts';
import { configSection } from '../config-lines.ts';
import { keyHint } from '../empty.ts';
import { field, gap, type Line, seg } from '../paint.ts';
import type { PagePainter } from '../painter.ts';
import { wrap } from '../text.ts';
import type { Theme } from '../theme.ts';

/** For keys; few columns have room for the first key only. */
const keyColumnsFor = (columns: number): number => (columns < 60 ? 10 : 17);

const MEANINGS: readonly (readonly [Verdict, string])[] = [
  ['ok', 'every check passes'],
  ['degraded', 'it answers, but not as it should, or too slowly'],
  ['starting', 'no answer yet, within its documented start time'],
  ['late', 'still starting after twice that time'],
  ['down', 'it fails, and nothing it depends on explains why'],
  ['blocked', 'it fails because something it depends on fails; that one is named'],
  ['unknown', 'not seen, not seen lately, or its node does not answer'],
];

/** The state as the view beneath help sees it. */
const beneath = (state: AppState): AppState => {
  const [first, ...rest] = state.ui.stack;
  if (topFrame(state.ui).view !== 'help') return state;
  return { ...state, ui: { ...state.ui, stack: [first, ...rest.slice(0, -1)] } };
};

/** How a key looks here, and what it can be found by. */
type Told = { readonly lines: readonly Line[]; readonly text: string };

const tellBinding = (state: AppState, binding: Binding, columns: number, theme: Theme): Told => {
  const available = availability(state, binding);
  const isOn = available === true;
  const keyColumns = keyColumnsFor(columns);
  const labels = binding.chords.map((chord) => chordLabel(chord, theme.ascii));
  const keys = (columns < 60 ? labels.slice(0, 1) : labels).join(' ');
  const help = withKeyLabels(state, binding.help, theme.ascii);
  const text = isOn ? help : `${help} Off now: ${available}.`;
  return {
    lines: wrap(text, columns - keyColumns - 4).map((words, index) => [
      gap(3),
      field(index === 0 ? keys : '', keyColumns, isOn ? 'key' : 'faint'),
      seg(words, isOn ? 'plain' : 'faint'),
    ]),
    text: [...labels, ...binding.chords, binding.command, binding.title, titleOf(state, binding), text].join(
      ' ',
    ),
  };
};

const tellMark = (
  [verdict, meaning]: (typeof MEANINGS)[number],
  columns: number,
  keyColumns: number,
  theme: Theme,
): Told => ({
  lines: wrap(meaning, columns - keyColumns - 4).map((words, index) => [
    gap(3),
    seg(index === 0 ? theme.glyph(verdict) : ' ', verdict),
    gap(1),
    field(index === 0 ? verdict : '', keyColumns - 2, verdict),
    seg(words),
  ]),
  text: `${verdict} ${meaning}`,
});

const TITLES: Readonly<Record<ViewId, string>> = {
  tree: 'In the tree',
  nodes: 'In the nodes view',
  events: 'In the events view',
  jobs: 'In the jobs view',
  'first-boot': 'In the first-boot view',
  impact: 'In the impact view',
  detail: 'On this page',
  'what-if': 'On this page',
  steps: 'On this page',
  logs: 'In a log',
  help: 'In help',
};

/** Says that nothing was found, and how to see everything again. */
const nothingLines = (state: AppState, columns: number, theme: Theme): readonly Line[] => {
  const { text, editing } = state.ui.helpSearch;
  return [
    [],
    ...wrap(`Nothing in the help has "${text.trim()}".`, columns - 4).map(
      (words): Line => [gap(3), seg(words)],
    ),
    [gap(3), ...keyHint(state, editing ? 'text-drop' : 'back', ' shows all of it again.', theme, 'plain')],
  ];
};

const titleLine = ({ ui: { helpSearch } }: AppState, found: number): Line => {
  const searched: Line =
    helpSearch.text.trim() === '' ? [] : [gap(2), seg(`/${helpSearch.text.trim()} ${found}`, 'strong')];
  return [gap(1), seg('HELP', 'column'), ...searched];
};

export const helpLines: PagePainter = (state, { columns }, theme) => {
  const under = beneath(state);
  const live = liveBindings(under);
  const here = live.filter((binding) => !binding.scopes.includes('view'));
  const everywhere = live.filter((binding) => binding.scopes.includes('view') && !hiddenBy(here, binding));
  const asked = bindingsOf(state).filter(
    ({ scopes }) => scopes.every((scope) => INPUTS.includes(scope)) && scopes.length > 0,
  );
  const own = bindingsOf(state).filter(
    (binding) => binding.scopes.includes('help') && !here.includes(binding),
  );
  const tell = (bindings: readonly Binding[]): readonly Told[] =>
    bindings.map((binding) => tellBinding(under, binding, columns, theme));
  const keyColumns = Math.max(12, keyColumnsFor(columns));
  const all: readonly (readonly [string, readonly Told[]])[] = [
    [TITLES[topFrame(under.ui).view], tell(here)],
    ['Everywhere', tell(everywhere)],
    [TITLES.help, tell(own)],
    ['While typing, and when asked to confirm', tell(asked.map((one) => ({ ...one, enabled: () => true })))],
    ['Marks', MEANINGS.map((meaning) => tellMark(meaning, columns, keyColumns, theme))],
  ];
  const isFound = filterOf(state.ui.helpSearch.text);
  const sections = all
    .map(([title, told]) => ({ title, told: told.filter(({ text }) => isFound?.(text) ?? true) }))
    .filter(({ told }) => told.length > 0);
  const found = sections.reduce((sum, { told }) => sum + told.length, 0);
  const lines = sections.flatMap(({ title, told }, index): readonly Line[] => [
    ...(index === 0 ? [] : [[]]),
    [gap(1), seg(title, 'strong')],
    ...told.flatMap((one) => one.lines),
  ]);
  return {
    title: titleLine(state, found),
    lines: [
      ...(isFound === undefined ? configSection(under, columns) : []),
      ...(found === 0 ? nothingLines(state, columns, theme) : lines),
    ],
  };
};
