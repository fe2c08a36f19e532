/** The rule under the header: the views and which one this is, what its rows mean, and what narrows them. */
import type { Binding } from '../keys/binding.ts';
import { bindingsOf } from '../keys/bindings.ts';
import { chordLabel } from '../keys/chords.ts';
import { type AppState, isPage, topFrame, type ViewFrame } from '../store/state.ts';
import { fitLine, gap, type Line, lineWidth, type Segment, seg } from './paint.ts';
import type { Theme } from './theme.ts';

/** Narrower than this there is room for the way here only. */
const TABS_FROM_COLUMNS = 60;

/** What a page on the stack is called: its subject without the kind, or the view's own name. */
const pageName = ({ view, subject }: ViewFrame): string =>
  view === 'what-if'
    ? 'what if'
    : subject === undefined
      ? view
      : subject.replace(/^(?:service|instance|node):/u, '').replace(':', ' ');

/** The views that have a key, marked the one that is on screen or beneath the page on it, which has a title of its own. */
const tabs = (state: AppState, withSteps: boolean, theme: Theme): Line => {
  const { stack } = state.ui;
  const list = stack.findLast((frame) => !isPage(frame.view)) ?? stack[0];
  const isNumbered = ({ command }: Binding): boolean => command.startsWith('view-');
  const table = bindingsOf(state);
  const views = [
    ...table.filter(isNumbered),
    ...table.filter(({ command }) => withSteps && command === 'next-steps'),
  ];
  return views.flatMap(({ command, chords, title }): Line => {
    const isHere = command === 'next-steps' ? list.view === 'steps' : command === `view-${list.view}`;
    return [
      gap(1),
      seg(`${chordLabel(chords[0] ?? '', theme.ascii)} ${title}`, isHere ? 'flag' : 'faint'),
      gap(1),
    ];
  });
};

/** Home needs no name where there is little room. */
const path = (state: AppState, theme: Theme): Line => {
  const names = state.ui.stack.slice(1).map((frame) => (isPage(frame.view) ? pageName(frame) : frame.view));
  return names.length === 0 ? [] : [seg(` ${names.join(` ${theme.symbols.into} `)} `, 'flag')];
};

export const ruleLine = (state: AppState, columns: number, theme: Theme): Line => {
  const { filter, onlyBroken, treeMode } = state.ui;
  const { view, column } = topFrame(state.ui);
  const { hard, soft } = theme.symbols.branch;
  const isNarrowed = view === 'tree' || view === 'nodes' || view === 'events';
  const marked = isNarrowed && view !== 'events' ? state.ui.marks.size : 0;
  const words = [
    ...(marked > 0 ? [`${marked} marked`] : []),
    ...(view === 'tree' && treeMode === 'dependencies' ? [`${hard} requires  ${soft} wants`] : []),
    ...(view === 'nodes' && column !== undefined ? [column] : []),
    ...(isNarrowed && filter.text !== '' ? [`filter ${filter.text}`] : []),
    ...(isNarrowed && onlyBroken ? ['only broken'] : []),
  ].join(' · ');
  const rule = (count: number): Segment => seg(theme.symbols.rule.repeat(Math.max(0, count)), 'faint');
  const right: Line = words === '' ? [] : [seg(` ${words} `, 'flag'), rule(2)];
  // The one without a number gives way first.
  const wide = columns >= TABS_FROM_COLUMNS ? [tabs(state, true, theme), tabs(state, false, theme)] : [];
  const lefts = [...wide, path(state, theme)].map(
    (left): Line => (left.length === 0 ? [] : [rule(1), ...left]),
  );
  const left = lefts.find((one) => lineWidth(one) + lineWidth(right) + 2 <= columns);
  if (left === undefined) return fitLine([...right, rule(columns)], columns);
  return [...left, rule(columns - lineWidth(left) - lineWidth(right)), ...right];
};
