/** The stack of views: what lies on what, the way back, and where the operator was in each. */
import { toggledBoot } from './boot.ts';
import { noteEnds } from './jobs.ts';
import { dropMarks } from './marks.ts';
import { replaceTop, withUi } from './outcome.ts';
import { selectedRow, selectedSubject } from './rows.ts';
import { type AppState, frameOf, isPage, topFrame, type Ui, type ViewFrame, type ViewId } from './state.ts';
import { stopOf } from './what-if.ts';

export const push = (state: AppState, frame: ViewFrame): AppState => {
  const [first, ...rest] = state.ui.stack;
  return withUi(state, { stack: [first, ...rest, frame], pageLines: 0 });
};

export const open = (state: AppState): AppState => {
  const subject = selectedSubject(state);
  if (subject?.startsWith('summary:')) return withUi(state, { onlyBroken: false });
  return subject === undefined ? state : push(state, frameOf('detail', subject));
};

export const openWhatIf = (state: AppState): AppState => {
  const subject = selectedSubject(state);
  return stopOf(state, subject) === undefined ? state : push(state, frameOf('what-if', subject));
};

/** In the first-boot view a node opens in place, what it consists of as a page. */
export const toggle = (state: AppState): AppState => {
  const id = selectedRow(state);
  return id === undefined || id.startsWith('node:')
    ? withUi(state, { unfolded: toggledBoot(state, id) })
    : open(state);
};

/** Out of the help, whatever is looked for in it, or to it. */
export const toggleHelp = (state: AppState): AppState =>
  topFrame(state.ui).view === 'help'
    ? back(withHelpSearch(state, '', false))
    : push(withHelpSearch(state, '', false), frameOf('help'));

/** Other lines are found: the page begins at its top. */
export const withHelpSearch = (state: AppState, text: string, editing: boolean): AppState => {
  const { stack, helpSearch } = state.ui;
  const top = topFrame(state.ui);
  const isAsBefore = text === helpSearch.text || top.view !== 'help';
  return withUi(state, {
    helpSearch: { text, editing },
    stack: isAsBefore ? stack : replaceTop(state.ui, { ...top, scroll: 0 }),
  });
};

/** One step back: all of the help again, the page below, else the end of an action taken note of, else everything shown again. */
export const back = (before: AppState): AppState => {
  const [first, ...rest] = before.ui.stack;
  const top = rest.at(-1);
  const state = top === undefined || top.view === 'jobs' ? noteEnds(before) : before;
  if (top?.view === 'help' && state.ui.helpSearch.text !== '') return withHelpSearch(state, '', false);
  if (top !== undefined) {
    return withUi(state, {
      stack: [first, ...rest.slice(0, -1)],
      remembered: remember(state.ui),
      pageLines: 0,
    });
  }
  if (state !== before) return state;
  if (state.ui.marks.size > 0) return dropMarks(state);
  if (state.ui.filter.text !== '') return withUi(state, { filter: { text: '', editing: false } });
  return state.ui.onlyBroken ? withUi(state, { onlyBroken: false }) : state;
};

const remember = (ui: Ui): Ui['remembered'] => {
  const kept = new Map(ui.remembered);
  for (const frame of ui.stack) {
    if (!isPage(frame.view)) kept.set(frame.view, frame);
  }
  return kept;
};

export const show = (before: AppState, view: ViewId): AppState => {
  // The jobs view tells how each action ended: who comes there or goes from there has read it.
  const isRead = view === 'jobs' || topFrame(before.ui).view === 'jobs';
  const state = isRead ? noteEnds(before) : before;
  const remembered = remember(state.ui);
  const home = state.ui.stack[0];
  const frame = remembered.get(view) ?? frameOf(view);
  return withUi(state, { remembered, stack: view === 'tree' ? [home] : [home, frame], pageLines: 0 });
};
