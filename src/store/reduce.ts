/** Facts, time and outcomes: how each event changes the state. Keys are in ui-reduce.ts. */
import { targetName } from '../core/action-name.ts';
import { observe } from '../core/facts.ts';
import type { Job } from '../core/model/action.ts';
import { configured } from './configured.ts';
import { whyOf } from './dialog.ts';
import type { AppEvent } from './events.ts';
import { closeLogs, takeNews, takeSaved } from './logs/reduce.ts';
import { offerOf } from './offer.ts';
import { withOperation } from './operations.ts';
import { type Outcome, only, replaceTop, withUi } from './outcome.ts';
import { runChoice } from './palette.ts';
import { rejudged } from './rejudged.ts';
import { rowIds } from './rows.ts';
import { follow, locate } from './selection.ts';
import { type AppState, type Dialog, type Notice, type NoticeTone, topFrame } from './state.ts';
import { runCommand, typeText } from './ui-reduce.ts';

const JOBS_KEPT = 200;
const NOTICE_MS = 6000;

/** The next state and what is asked of the world. Pure. */
export const reduce = (state: AppState, event: AppEvent): Outcome => {
  switch (event.kind) {
    case 'observed':
      return only(
        steady(
          state,
          rejudged({ ...state, facts: observe(state.facts, event.observations), nowMs: event.nowMs }),
        ),
      );
    case 'tick':
      return only(steady(state, expireNotice(rejudged({ ...state, nowMs: event.nowMs }))));
    case 'job':
      return only(withJob(state, event.job));
    case 'operation':
      return only(withOperation(state, event.operation, JOBS_KEPT));
    case 'planned-operation':
      return only(
        state.ui.dialog === undefined
          ? withUi(state, {
              dialog: {
                kind: 'operation',
                plan: event.plan,
                typed: '',
                ...whyOf(state, event.plan.refusals),
                ...(event.recent === undefined || event.recent.length === 0 ? {} : { recent: event.recent }),
              },
            })
          : state,
      );
    case 'planned':
      return only(state.ui.dialog === undefined ? withUi(state, { dialog: dialogOf(state, event) }) : state);
    case 'recent': {
      const { dialog } = state.ui;
      // It may have been answered, or be about something else by now.
      const isOpen = dialog !== undefined && dialog.kind !== 'shell' && dialog.plan === event.plan;
      return only(
        isOpen && event.recent.length > 0
          ? withUi(state, { dialog: { ...dialog, recent: event.recent } })
          : state,
      );
    }
    case 'logs':
      return only(takeNews(state, event.news));
    case 'logs-saved':
      return only(takeSaved(state, event.session, event.words));
    case 'configured':
      return only(steady(state, configured(state, event)));
    case 'config':
      return only({ ...state, config: event.news });
    case 'notice':
      return only(withNotice(state, event.text, event.tone));
    case 'returned':
      return only(withUi(state, { away: false }));
    case 'refused':
      return only(withNotice(state, event.reason, 'refused'));
    case 'resized':
      return only(withUi(state, { bodyRows: event.bodyRows, compact: event.compact }));
    case 'measured':
      return only(measured(state, event.lines));
    case 'hint':
      return only(withUi(state, { hint: event.isShown }));
    case 'text':
      return only(typeText(state, event.text));
    case 'palette-at': {
      const { palette } = state.ui;
      return only(
        palette === undefined
          ? state
          : withUi(state, { palette: { ...palette, at: event.id }, notice: undefined }),
      );
    }
    case 'command':
      return pressed(state, (now) => runCommand(now, event.command));
    case 'chosen':
      return pressed(state, (now) => runChoice(now, event.choice));
    default:
      return event satisfies never;
  }
};

/** The next key takes a notice away: its line is where the keys are shown. */
const pressed = (state: AppState, run: (state: AppState) => Outcome): Outcome => {
  const outcome = closeLogs(run(withUi(state, { notice: undefined })));
  return outcome.notice === undefined
    ? outcome
    : { ...outcome, state: withNotice(outcome.state, outcome.notice, 'info') };
};

const dialogOf = (
  state: AppState,
  { plan, recent = [] }: Extract<AppEvent, { readonly kind: 'planned' }>,
): Dialog => {
  const offer = offerOf(state, plan.verb);
  const isOffered = offer.kind === 'only' && targetName(offer.target) === targetName(plan.target);
  return {
    kind: 'confirm',
    plan,
    typed: '',
    ...whyOf(state, plan.refusals),
    ...(recent.length === 0 ? {} : { recent }),
    ...(isOffered ? { chosen: offer.why } : {}),
  };
};

/** Keeps the row under the cursor on its line of the screen when rows come or go above it. */
const steady = (before: AppState, after: AppState): AppState => {
  const frame = topFrame(after.ui);
  if (frame.anchor === undefined || after.held !== undefined) return after;
  const ids = rowIds(after, frame);
  const index = locate(ids, frame.anchor);
  const moved = index - locate(rowIds(before, frame), frame.anchor);
  if (moved === 0) return after;
  const scroll = follow(frame.scroll + moved, index, after.ui.bodyRows, ids.length);
  return withUi(after, { stack: replaceTop(after.ui, { ...frame, scroll }) });
};

const withNotice = (state: AppState, text: string, tone: NoticeTone): AppState => {
  const notice: Notice = { text, tone, untilMs: state.nowMs + NOTICE_MS };
  return withUi(state, { notice });
};

const expireNotice = (state: AppState): AppState =>
  state.ui.notice !== undefined && state.ui.notice.untilMs <= state.nowMs
    ? withUi(state, { notice: undefined })
    : state;

const withJob = (state: AppState, job: Job): AppState => {
  const known = state.jobs.find((other) => other.id === job.id);
  const jobs = known
    ? state.jobs.map((other) => (other.id === job.id ? job : other))
    : // One that another console has sent may be older than our own.
      [job, ...state.jobs].toSorted((one, other) => other.startedAtMs - one.startedAtMs).slice(0, JOBS_KEPT);
  return { ...state, jobs };
};

const measured = (state: AppState, lines: number): AppState => {
  const frame = topFrame(state.ui);
  const scroll = Math.min(frame.scroll, Math.max(0, lines - state.ui.bodyRows));
  return withUi(state, { pageLines: lines, stack: replaceTop(state.ui, { ...frame, scroll }) });
};
