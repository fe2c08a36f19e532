/** What keys do to the screen's own state; what reaches beyond it comes back as effects. */
import { nextPlace, nextProblem } from '../core/rows.ts';
import { toggledBoot } from './boot.ts';
import type { Command, Effect } from './events.ts';
import { noteEnds } from './jobs.ts';
import { offerOf } from './offer.ts';
import { rowText } from './row-text.ts';
import {
  nodeRowId,
  nodeRowsOf,
  rowIds,
  selectedRow,
  selectedStep,
  selectedSubject,
  treeRowsOf,
} from './rows.ts';
import { follow, locate, parentOf } from './selection.ts';
import {
  type AppState,
  frameOf,
  isPage,
  shown,
  topFrame,
  type Ui,
  type ViewFrame,
  type ViewId,
} from './state.ts';
import { stopOf } from './what-if.ts';

/** The next state, what is asked of the world, and a line to show. */
export type Outcome = {
  readonly state: AppState;
  readonly effects: readonly Effect[];
  readonly notice?: string;
};

const TYPED_MAX = 80;

export const only = (state: AppState): Outcome => ({ state, effects: [] });
export const withUi = (state: AppState, change: Partial<Ui>): AppState => ({
  ...state,
  ui: { ...state.ui, ...change },
});

export const replaceTop = (ui: Ui, frame: ViewFrame): Ui['stack'] => {
  const [first, ...rest] = ui.stack;
  return rest.length === 0 ? [frame] : [first, ...rest.slice(0, -1), frame];
};

/** Folds one key command in. Commands that do not apply change nothing; saying why is src/keys' business. */
export const runCommand = (state: AppState, command: Command): Outcome => {
  switch (command) {
    case 'move-up':
      return only(move(state, -1));
    case 'move-down':
      return only(move(state, 1));
    case 'page-up':
      return only(move(state, -pageStep(state)));
    case 'page-down':
      return only(move(state, pageStep(state)));
    case 'move-first':
      return only(toFirst(state));
    case 'move-last':
      return only(move(state, Number.POSITIVE_INFINITY));
    case 'open':
      return only(open(state));
    case 'what-if':
      return only(openWhatIf(state));
    case 'back':
      return only(back(state));
    case 'fold':
      return only(fold(state));
    case 'unfold':
      return only(unfold(state));
    case 'column-left':
      return only(moveColumn(state, -1));
    case 'column-right':
      return only(moveColumn(state, 1));
    case 'view-tree':
      return only(show(state, 'tree'));
    case 'view-nodes':
      return only(show(state, 'nodes'));
    case 'view-events':
      return only(show(state, 'events'));
    case 'view-jobs':
      return only(show(state, 'jobs'));
    case 'view-first-boot':
      return only(show(state, 'first-boot'));
    case 'view-impact':
      return only(show(state, 'impact'));
    case 'next-steps':
      return only(show(state, 'steps'));
    case 'take-step': {
      const action = selectedStep(state)?.action;
      return action === undefined ? only(state) : { state, effects: [{ kind: 'plan', request: action }] };
    }
    case 'toggle':
      return only(toggle(state));
    case 'help':
      return only(topFrame(state.ui).view === 'help' ? back(state) : push(state, frameOf('help')));
    case 'filter':
      return only(withUi(state, { filter: { ...state.ui.filter, editing: true } }));
    case 'only-broken':
      return only(withUi(state, { onlyBroken: !state.ui.onlyBroken }));
    case 'next-problem':
      return goToNextProblem(state);
    case 'tree-mode':
      return only(withUi(state, { treeMode: state.ui.treeMode === 'levels' ? 'dependencies' : 'levels' }));
    case 'restart':
    case 'rerun':
    case 'bring-up': {
      const offer = offerOf(state, command);
      return offer.kind === 'selected' || offer.kind === 'only'
        ? { state, effects: [{ kind: 'plan', request: { verb: command, target: offer.target } }] }
        : only(state);
    }
    case 'cancel-job':
      return cancelJob(state);
    case 'copy': {
      const text = rowText(state);
      return text === undefined
        ? only(state)
        : { state, effects: [{ kind: 'copy', text }], notice: `copied: ${text}` };
    }
    case 'pause':
      return only({ ...state, held: state.held === undefined ? holdNow(state) : undefined });
    case 'quit':
      return { state, effects: [{ kind: 'quit' }] };
    case 'confirm':
      return confirm(state);
    case 'cancel':
      return only(withUi(state, { dialog: undefined }));
    case 'text-keep':
      return only(withUi(state, { filter: { ...state.ui.filter, editing: false } }));
    case 'text-drop':
      return only(withUi(state, { filter: { text: '', editing: false } }));
    case 'text-erase':
      return only(editText(state, (text) => [...text].slice(0, -1).join('')));
    case 'text-clear':
      return only(editText(state, () => ''));
    default:
      return command satisfies never;
  }
};

/** Adds typed text to the input that is open; without one it is dropped. */
export const typeText = (state: AppState, text: string): AppState =>
  editText(state, (before) => [...before, ...text].slice(0, TYPED_MAX).join(''));

const editText = (state: AppState, edit: (text: string) => string): AppState => {
  const { dialog, filter } = state.ui;
  if (dialog !== undefined) {
    if (dialog.plan.typed === undefined) return state;
    return withUi(state, { dialog: { ...dialog, typed: edit(dialog.typed) } });
  }
  if (!filter.editing) return state;
  return withUi(state, { filter: { ...filter, text: edit(filter.text) } });
};

const holdNow = ({ facts, cluster, events, nowMs }: AppState): AppState['held'] => ({
  facts,
  cluster,
  events,
  nowMs,
});

const pageStep = (state: AppState): number => Math.max(1, state.ui.bodyRows - 2);

const move = (state: AppState, by: number): AppState => {
  const frame = topFrame(state.ui);
  if (frame.view === 'impact' || isPage(frame.view)) {
    const last = Math.max(0, state.ui.pageLines - state.ui.bodyRows);
    const scroll = Math.min(Math.max(frame.scroll + by, 0), last);
    return withUi(state, { stack: replaceTop(state.ui, { ...frame, scroll }) });
  }
  const ids = rowIds(state, frame);
  return select(state, ids, Math.min(Math.max(locate(ids, frame.anchor) + by, 0), ids.length - 1));
};

/** No anchor: the first row, also when another one takes its place. */
const toFirst = (state: AppState): AppState =>
  withUi(state, { stack: replaceTop(state.ui, { ...topFrame(state.ui), anchor: undefined, scroll: 0 }) });

/** Puts the cursor on row `index` of the view on screen and scrolls it into sight. */
const select = (state: AppState, ids: readonly string[], index: number): AppState => {
  const id = ids[index];
  if (id === undefined) return state;
  const frame = topFrame(state.ui);
  const scroll = follow(frame.scroll, index, state.ui.bodyRows, ids.length);
  return withUi(state, { stack: replaceTop(state.ui, { ...frame, anchor: { id, index }, scroll }) });
};

const selectId = (state: AppState, id: string | undefined): AppState => {
  const ids = rowIds(state, topFrame(state.ui));
  return id === undefined ? state : select(state, ids, ids.indexOf(id));
};

const push = (state: AppState, frame: ViewFrame): AppState => {
  const [first, ...rest] = state.ui.stack;
  return withUi(state, { stack: [first, ...rest, frame], pageLines: 0 });
};

const open = (state: AppState): AppState => {
  const subject = selectedSubject(state);
  if (subject?.startsWith('summary:')) return withUi(state, { onlyBroken: false });
  return subject === undefined ? state : push(state, frameOf('detail', subject));
};

const openWhatIf = (state: AppState): AppState => {
  const subject = selectedSubject(state);
  return stopOf(state, subject) === undefined ? state : push(state, frameOf('what-if', subject));
};

/** In the first-boot view a node opens in place, what it consists of as a page. */
const toggle = (state: AppState): AppState => {
  const id = selectedRow(state);
  return id === undefined || id.startsWith('node:')
    ? withUi(state, { unfolded: toggledBoot(state, id) })
    : open(state);
};

/** One step back: the page below, else the end of an action taken note of, else everything shown again. */
const back = (before: AppState): AppState => {
  const [first, ...rest] = before.ui.stack;
  const top = rest.at(-1);
  const state = top === undefined || top.view === 'jobs' ? noteEnds(before) : before;
  if (top !== undefined) {
    return withUi(state, {
      stack: [first, ...rest.slice(0, -1)],
      remembered: remember(state.ui),
      pageLines: 0,
    });
  }
  if (state !== before) return state;
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

const show = (before: AppState, view: ViewId): AppState => {
  // The jobs view tells how each action ended: who comes there or goes from there has read it.
  const isRead = view === 'jobs' || topFrame(before.ui).view === 'jobs';
  const state = isRead ? noteEnds(before) : before;
  const remembered = remember(state.ui);
  const home = state.ui.stack[0];
  const frame = remembered.get(view) ?? frameOf(view);
  return withUi(state, { remembered, stack: view === 'tree' ? [home] : [home, frame], pageLines: 0 });
};

const withFold = (state: AppState, id: string, isOpen: boolean): AppState => {
  const unfolded = new Set(state.ui.unfolded);
  if (isOpen) unfolded.add(id);
  else unfolded.delete(id);
  return withUi(state, { unfolded });
};

const fold = (state: AppState): AppState => {
  const rows = treeRowsOf(state);
  const index = rows.findIndex((row) => row.id === selectedRow(state));
  const row = rows[index];
  if (row === undefined) return state;
  if (row.foldable && !row.folded) return withFold(state, row.id, false);
  const above = rows.slice(0, index).findLast((other) => other.depth < row.depth)?.id;
  return selectId(state, parentOf(row.id) ?? above);
};

const unfold = (state: AppState): AppState => {
  const rows = treeRowsOf(state);
  const index = rows.findIndex((row) => row.id === selectedRow(state));
  const row = rows[index];
  if (row === undefined) return state;
  if (row.foldable && row.folded) return withFold(state, row.id, true);
  const below = rows[index + 1];
  return below !== undefined && below.depth > row.depth ? selectId(state, below.id) : state;
};

/** The nodes view's cell cursor: the node itself, then its services in the topology's order. */
const moveColumn = (state: AppState, by: number): AppState => {
  const frame = topFrame(state.ui);
  const columns = [undefined, ...state.topology.services.map((service) => service.name)];
  const at = Math.min(Math.max(columns.indexOf(frame.column) + by, 0), columns.length - 1);
  return withUi(state, { stack: replaceTop(state.ui, { ...frame, column: columns[at] }) });
};

const goToNextProblem = (state: AppState): Outcome => {
  const from = selectedRow(state);
  const target =
    topFrame(state.ui).view === 'nodes'
      ? nextBrokenNode(state, from)
      : nextProblem(treeRowsOf(state), from, shown(state).cluster.causes);
  return target === undefined
    ? { ...only(state), notice: 'nothing is broken here' }
    : only(selectId(state, target));
};

const nextBrokenNode = (state: AppState, from: string | undefined): string | undefined =>
  nextPlace(
    nodeRowsOf(state).map(({ name, verdict }) => ({
      id: nodeRowId(name),
      verdict,
      isCause: shown(state).cluster.causes.some(({ nodes }) => nodes.includes(name)),
    })),
    from,
  );

const cancelJob = (state: AppState): Outcome => {
  const job = state.jobs.find((other) => `job:${other.id}` === selectedRow(state));
  return job === undefined || job.outcome !== undefined
    ? only(state)
    : { state, effects: [{ kind: 'cancel-job', id: job.id }] };
};

const confirm = (state: AppState): Outcome => {
  const { dialog } = state.ui;
  if (dialog === undefined) return only(state);
  const { plan } = dialog;
  // The table of keys refuses these with a reason; a plan must not run even if a key slipped through.
  if (plan.refusals.length > 0 || (plan.typed !== undefined && plan.typed !== dialog.typed))
    return only(state);
  return {
    state: withUi(state, { dialog: undefined }),
    effects: [{ kind: 'run-plan', plan }],
  };
};
