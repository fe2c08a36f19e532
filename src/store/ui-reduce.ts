/** What keys do to the screen's own state; what reaches beyond it comes back as effects. */
import { confirm, editDialog, giveReason, turnDialog, UNSEEN, whyOf } from './dialog.ts';
import type { Command } from './events.ts';
import { jobPage } from './job-page.ts';
import { editSearch, runLogsCommand } from './logs/reduce.ts';
import { toggleMarks } from './marks.ts';
import { fold, move, moveColumn, pageStep, toFirst, unfold } from './move.ts';
import { goToNextProblem } from './next-problem.ts';
import { offerOf } from './offer.ts';
import { hasEnded, holdOperation, markedFor, selectedOperation, severalOf } from './operations.ts';
import { type Outcome, only, withUi } from './outcome.ts';
import { rowText } from './row-text.ts';
import { selectedRow, selectedStep } from './rows.ts';
import { shellOffer } from './shell-offer.ts';
import { back, open, openWhatIf, show, toggle, toggleHelp, withHelpSearch } from './stack.ts';
import { type AppState, searchesHelp } from './state.ts';

/** Of a filter, or what is looked for. */
const TEXT_MAX = 80;

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
      return only(toggleHelp(state));
    case 'help-search':
      return only(withHelpSearch(state, state.ui.helpSearch.text, true));
    case 'palette':
      return only(withUi(state, { palette: { text: '', at: undefined } }));
    case 'palette-close':
      return only(withUi(state, { palette: undefined }));
    case 'palette-up':
    case 'palette-down':
    case 'palette-page-up':
    case 'palette-page-down':
    case 'palette-choose':
      // What is listed is known to the keys: they send where the cursor goes, and what was chosen.
      return only(state);
    case 'filter':
      return only(withUi(state, { filter: { ...state.ui.filter, editing: true } }));
    case 'only-broken':
      return only(withUi(state, { onlyBroken: !state.ui.onlyBroken }));
    case 'next-problem':
      return goToNextProblem(state);
    case 'tree-mode':
      return only(withUi(state, { treeMode: state.ui.treeMode === 'levels' ? 'dependencies' : 'levels' }));
    case 'by-tag':
      return only(withUi(state, { byTag: !state.ui.byTag }));
    case 'restart':
    case 'start':
    case 'stop':
    case 'reset-failed':
    case 'rerun':
    case 'bring-up': {
      const several = severalOf(state, command);
      if (several !== undefined) return { state, effects: [{ kind: 'plan-operation', request: several }] };
      const [marked] = markedFor(state, command);
      if (marked !== undefined) {
        return { state, effects: [{ kind: 'plan', request: { verb: command, target: marked } }] };
      }
      const offer = offerOf(state, command);
      return offer.kind === 'selected' || offer.kind === 'only'
        ? { state, effects: [{ kind: 'plan', request: { verb: command, target: offer.target } }] }
        : only(state);
    }
    case 'shell': {
      const offer = shellOffer(state);
      if (offer.kind !== 'node') return only(state);
      const { node } = offer;
      const { why } = whyOf(state);
      return why === undefined
        ? { state: withUi(state, { away: true }), effects: [{ kind: 'shell', node }] }
        : only(withUi(state, { dialog: { kind: 'shell', node, why } }));
    }
    case 'page-job': {
      const page = jobPage(state);
      return page === undefined
        ? only(state)
        : { state: withUi(state, { away: true }), effects: [{ kind: 'page', ...page }] };
    }
    case 'cancel-job':
      return cancelJob(state);
    case 'hold-operation':
      return holdOperation(state);
    case 'mark':
      return only(toggleMarks(state));
    case 'copy': {
      const text = rowText(state);
      return text === undefined
        ? only(state)
        : { state, effects: [{ kind: 'copy', text }], notice: `copied: ${text}` };
    }
    case 'pause':
      return only({ ...state, held: state.held === undefined ? holdNow(state) : undefined });
    case 'reload':
      return { state, effects: [{ kind: 'reload' }] };
    case 'quit':
      return { state, effects: [{ kind: 'quit' }] };
    case 'suspend':
      return { state: withUi(state, { away: true }), effects: [{ kind: 'suspend' }] };
    case 'give-reason':
      return giveReason(state);
    case 'confirm':
      return confirm(state);
    case 'cancel':
      return only(withUi(state, { dialog: undefined }));
    case 'dialog-more':
      return only(turnDialog(state, 1));
    case 'dialog-less':
      return only(turnDialog(state, -1));
    case 'text-keep':
      return only(endText(state, (text) => text));
    case 'text-drop':
      return only(endText(state, () => ''));
    case 'text-erase':
      return only(editText(state, (text) => [...text].slice(0, -1).join('')));
    case 'text-clear':
      return only(editText(state, () => ''));
    default:
      return runLogsCommand(state, command);
  }
};

/** Adds typed text to the input that is open; without one it is dropped. */
export const typeText = (state: AppState, text: string): AppState =>
  state.ui.dialog === undefined
    ? editText(state, (before) => [...before, ...text].slice(0, TEXT_MAX).join(''))
    : editText(state, (before) => `${before}${text}`);

const editText = (state: AppState, edit: (text: string) => string): AppState => {
  const { dialog, filter, helpSearch, palette } = state.ui;
  if (dialog !== undefined) return withUi(state, { dialog: editDialog(dialog, edit) });
  if (palette !== undefined) {
    const text = edit(palette.text).replace(UNSEEN, '');
    return withUi(state, { palette: { text, at: undefined }, notice: undefined });
  }
  if (state.logs?.search.typing === true) return editSearch(state, edit);
  if (searchesHelp(state)) return withHelpSearch(state, edit(helpSearch.text), true);
  if (!filter.editing) return state;
  return withUi(state, { filter: { ...filter, text: edit(filter.text) } });
};

/** Closes the input of the help or of the filter. */
const endText = (state: AppState, keep: (text: string) => string): AppState => {
  const { filter, helpSearch } = state.ui;
  return searchesHelp(state)
    ? withHelpSearch(state, keep(helpSearch.text), false)
    : withUi(state, { filter: { text: keep(filter.text), editing: false } });
};

const holdNow = ({ facts, cluster, events, nowMs }: AppState): AppState['held'] => ({
  facts,
  cluster,
  events,
  nowMs,
});

const cancelJob = (state: AppState): Outcome => {
  const operation = selectedOperation(state);
  if (operation !== undefined) {
    return hasEnded(operation)
      ? only(state)
      : { state, effects: [{ kind: 'steer-operation', id: operation.id, how: 'abort' }] };
  }
  const job = state.jobs.find((other) => `job:${other.id}` === selectedRow(state));
  return job === undefined || job.outcome !== undefined
    ? only(state)
    : { state, effects: [{ kind: 'cancel-job', id: job.id }] };
};
