/** Help: the key table in words, with what is off right now and why, and the marks explained. */
import type { Verdict } from '../../core/model/cluster.ts';
import { availability } from '../../keys/availability.ts';
import type { Binding, Scope } from '../../keys/binding.ts';
import { bindingsOf, hiddenBy, liveBindings, withKeyLabels } from '../../keys/bindings.ts';
import { chordLabel } from '../../keys/chords.ts';
import type { AppState, ViewId } from '../../store/state.ts';
import { topFrame } from '../../store/state.ts';
import { configSection } from '../config-lines.ts';
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

const bindingLines = (state: AppState, binding: Binding, columns: number, theme: Theme): readonly Line[] => {
  const available = availability(state, binding);
  const isOn = available === true;
  const keyColumns = keyColumnsFor(columns);
  const chords = columns < 60 ? binding.chords.slice(0, 1) : binding.chords;
  const keys = chords.map((chord) => chordLabel(chord, theme.ascii)).join(' ');
  const help = withKeyLabels(state, binding.help, theme.ascii);
  const text = isOn ? help : `${help} Off now: ${available}.`;
  return wrap(text, columns - keyColumns - 4).map((words, index) => [
    gap(3),
    field(index === 0 ? keys : '', keyColumns, isOn ? 'key' : 'faint'),
    seg(words, isOn ? 'plain' : 'faint'),
  ]);
};

const section = (title: string): readonly Line[] => [[], [gap(1), seg(title, 'strong')]];

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

export const helpLines: PagePainter = (state, room, theme) => {
  const under = beneath(state);
  const keyColumns = Math.max(12, keyColumnsFor(room.columns));
  const { view } = topFrame(under.ui);
  const live = liveBindings(under);
  const here = live.filter((binding) => !binding.scopes.includes('view'));
  const everywhere = live.filter((binding) => binding.scopes.includes('view') && !hiddenBy(here, binding));
  const inputs: readonly Scope[] = [
    'filter',
    'palette',
    'logs-search',
    'confirm',
    'confirm-typed',
    'confirm-reason',
  ];
  const asked = bindingsOf(state).filter(
    (binding) => binding.scopes.every((scope) => inputs.includes(scope)) && binding.scopes.length > 0,
  );
  const list = (bindings: readonly Binding[], of: AppState): readonly Line[] =>
    bindings.flatMap((binding) => bindingLines(of, binding, room.columns, theme));
  return {
    title: [gap(1), seg('HELP', 'column')],
    lines: [
      ...configSection(under, room.columns),
      [gap(1), seg(TITLES[view], 'strong')],
      ...list(here, under),
      ...section('Everywhere'),
      ...list(everywhere, under),
      ...section('While typing, and when asked to confirm'),
      ...asked.flatMap((binding) =>
        bindingLines(under, { ...binding, enabled: () => true }, room.columns, theme),
      ),
      ...section('Marks'),
      ...MEANINGS.flatMap(([verdict, meaning]) =>
        wrap(meaning, room.columns - keyColumns - 4).map(
          (words, index): Line => [
            gap(3),
            seg(index === 0 ? theme.glyph(verdict) : ' ', verdict),
            gap(1),
            field(index === 0 ? verdict : '', keyColumns - 2, verdict),
            seg(words),
          ],
        ),
      ),
    ],
  };
};
