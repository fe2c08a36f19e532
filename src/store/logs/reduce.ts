/** What news and keys do to the logs view. */
import { appendBatches, EMPTY_LOG } from '../../core/logs/buffer.ts';
import type { LogMode, LogNews, LogPart } from '../../core/logs/model.ts';
import { EVERY_PRIORITY, findRow, nextPriority } from '../../core/logs/sift.ts';
import { rowLine } from '../../core/logs/text.ts';
import type { LogsCommand } from '../events.ts';
import { type Outcome, only, withUi } from '../outcome.ts';
import { type AppState, frameOf, topFrame } from '../state.ts';
import { footIndex, type LogSubject, type LogsState, logRows } from './state.ts';
import { logSubjectOf, runsOf } from './subject.ts';

/** Rows of all nodes together; each has its share, and no less than a page or two. */
const ROWS_KEPT = 8000;
const ROWS_PER_NODE = 500;

/** With what this view is made of when it is on the stack. */
const hasLogs = ({ ui }: AppState): boolean => ui.stack.some(({ view }) => view === 'logs');

const withLogs = (state: AppState, change: Partial<LogsState>): AppState =>
  state.logs === undefined ? state : { ...state, logs: { ...state.logs, ...change } };

/** With the runs that are there now, for the nodes where they are known. */
const runParts = (state: AppState, { parts, isOfRun }: LogSubject): readonly LogPart[] =>
  isOfRun
    ? parts
    : parts
        .map((part) => ({ ...part, runs: runsOf(state, part.node, part.units) }))
        .filter(({ runs }) => runs.length > 0);

/** Begins to read anew; what was chosen of level, search and the like stays. */
const begin = (state: AppState, subject: LogSubject, mode: LogMode): Outcome => {
  const session = state.logSessions + 1;
  const parts = mode === 'run' ? runParts(state, subject) : subject.parts;
  const before = state.logs;
  const logs: LogsState = {
    session,
    subject,
    mode,
    sources: new Map(parts.map(({ node }) => [node, { state: 'opening' }])),
    buffer: EMPTY_LOG,
    held: undefined,
    foot: undefined,
    found: undefined,
    priority: before?.priority ?? EVERY_PRIORITY,
    search: before?.search ?? { text: '', typing: false },
    onlyFound: before?.onlyFound ?? false,
    wrap: before?.wrap ?? false,
    saved: undefined,
  };
  return {
    state: { ...state, logSessions: session, logs },
    effects: [{ kind: 'open-logs', request: { session, mode, parts } }],
  };
};

/** Opens the log of the selected row on top of what is there. */
const openLogs = (state: AppState): Outcome => {
  const subject = logSubjectOf(state);
  if (typeof subject === 'string' || topFrame(state.ui).view === 'logs') return only(state);
  const [first, ...rest] = state.ui.stack;
  const frame = frameOf('logs', `logs:${subject.title}`);
  const stack = [first, ...rest, frame] as const;
  return begin(
    { ...state, ui: { ...state.ui, stack, pageLines: 0 } },
    subject,
    subject.isOfRun ? 'run' : 'boot',
  );
};

/** When the view has left the stack, nothing is read for it any more. */
export const closeLogs = (outcome: Outcome): Outcome => {
  const { state, effects } = outcome;
  if (state.logs === undefined || hasLogs(state)) return outcome;
  return { ...outcome, state: { ...state, logs: undefined }, effects: [...effects, { kind: 'close-logs' }] };
};

/** Takes in what came; what comes for a view that is no more is dropped. */
export const takeNews = (state: AppState, { session, batches, sources }: LogNews): AppState => {
  const { logs } = state;
  if (logs === undefined || logs.session !== session) return state;
  const share = Math.floor(ROWS_KEPT / Math.max(1, logs.sources.size));
  const buffer = appendBatches(
    logs.buffer,
    batches,
    (node) => state.facts.units.get(node),
    Math.max(ROWS_PER_NODE, share),
  );
  return withLogs(state, {
    buffer,
    ...(sources.size === 0 ? {} : { sources: new Map([...logs.sources, ...sources]) }),
  });
};

/** What came of a save; undefined session: of none. */
export const takeSaved = (state: AppState, session: number, words: string): AppState =>
  state.logs?.session === session ? withLogs(state, { saved: words }) : state;

/** A page, as it was measured last. */
const pageRows = ({ ui }: AppState): number => Math.max(1, ui.pageLines > 0 ? ui.pageLines : ui.bodyRows - 1);

/** Lets the screen stand with `foot` rows above its lower edge. */
const standAt = (state: AppState, logs: LogsState, foot: number, found = logs.found): AppState => {
  const rows = logRows(logs);
  const index = Math.min(Math.max(foot, Math.min(rows.length, pageRows(state))), rows.length);
  return withLogs(state, {
    held: logs.held ?? logs.buffer,
    foot: rows[index - 1]?.seq,
    found,
  });
};

const follow = (state: AppState): AppState =>
  withLogs(state, { held: undefined, foot: undefined, found: undefined });

/** Up and down, in lines; `Infinity` goes to the end and follows it. */
export const scrollLogs = (state: AppState, by: number): AppState => {
  const { logs } = state;
  if (logs === undefined) return state;
  if (by === Number.POSITIVE_INFINITY) return follow(state);
  const foot = footIndex(logs);
  if (by > 0 && (logs.foot === undefined || foot >= logRows(logs).length)) return state;
  return standAt(state, logs, foot + by);
};

/** To the oldest line that is kept. */
export const firstOfLogs = (state: AppState): AppState =>
  state.logs === undefined ? state : standAt(state, state.logs, 0);

/** The next line that the search finds, from where it stopped or from the foot. */
const find = (state: AppState, by: 1 | -1): Outcome => {
  const { logs } = state;
  if (logs === undefined || logs.search.text === '') return only(state);
  const rows = logRows(logs);
  const foot = footIndex(logs);
  const at = rows.findIndex(({ seq }) => seq === logs.found);
  const index = findRow(rows, logs.search.text, at >= 0 ? at + by : by < 0 ? foot - 1 : foot, by);
  const row = index === undefined ? undefined : rows[index];
  if (index === undefined || row === undefined) {
    const where = at < 0 ? '' : by < 0 ? ' above' : ' below';
    return { ...only(state), notice: `no line${where} with ${logs.search.text}` };
  }
  const page = pageRows(state);
  // In wrapped lines a page is not known in rows: the foot is always in sight.
  const isInSight = !logs.wrap && index < foot && index >= foot - page;
  const next = isInSight ? foot : logs.wrap || index >= foot ? index + 1 : index + Math.ceil(page / 2);
  return only(standAt(state, logs, next, row.seq));
};

/** Typed text of the search. */
export const editSearch = (state: AppState, edit: (text: string) => string): AppState => {
  const { logs } = state;
  if (logs === undefined || !logs.search.typing) return state;
  return withLogs(state, { search: { ...logs.search, text: edit(logs.search.text) }, found: undefined });
};

/** Folds one of the view's own keys in. */
export const runLogsCommand = (state: AppState, command: LogsCommand): Outcome => {
  const { logs } = state;
  if (command === 'logs') return openLogs(state);
  if (logs === undefined) return only(state);
  switch (command) {
    case 'logs-follow':
      return only(logs.held === undefined ? standAt(state, logs, footIndex(logs)) : follow(state));
    case 'logs-level':
      return only(withLogs(state, { priority: nextPriority(logs.priority) }));
    case 'logs-search':
      return only(withLogs(state, { search: { ...logs.search, typing: true } }));
    case 'search-keep': {
      const kept = withLogs(state, { search: { ...logs.search, typing: false } });
      return logs.search.text === '' ? only(withLogs(kept, { onlyFound: false })) : find(kept, -1);
    }
    case 'search-drop':
      return only(
        withLogs(state, { search: { text: '', typing: false }, onlyFound: false, found: undefined }),
      );
    case 'logs-older':
      return find(state, -1);
    case 'logs-newer':
      return find(state, 1);
    case 'logs-only':
      return only(withLogs(state, { onlyFound: !logs.onlyFound }));
    case 'logs-previous':
      return begin(state, logs.subject, logs.mode === 'previous' ? 'boot' : 'previous');
    case 'logs-run':
      return begin(state, logs.subject, logs.mode === 'run' ? 'boot' : 'run');
    case 'logs-wrap':
      return only(withLogs(state, { wrap: !logs.wrap }));
    case 'logs-save': {
      const { session, subject } = logs;
      return {
        state,
        effects: [{ kind: 'save-logs', session, title: subject.title, rows: logRows(logs) }],
      };
    }
    case 'logs-page': {
      const text = logRows(logs)
        .map((row) => `${rowLine(row)}\n`)
        .join('');
      return {
        state: withUi(state, { away: true }),
        effects: [{ kind: 'page', title: logs.subject.title, text }],
      };
    }
    default:
      return command satisfies never;
  }
};

/** A pager of nothing is of no use. */
export const hasLines = ({ logs }: AppState): true | string =>
  logs === undefined || logRows(logs).length > 0 ? true : 'no line is shown';

/** Why only the present runs cannot be read; true when they can. */
export const canReadRuns = (state: AppState): true | string =>
  state.logs === undefined || state.logs.mode === 'run' || runParts(state, state.logs.subject).length > 0
    ? true
    : 'its present run is not known: systemd has not been seen there';
