/** What is read out after a change: what the operator's key did, then what happened in the cluster, the worst first. */
import { actionName } from '../../core/action-name.ts';
import { sentenceList } from '../../core/format.ts';
import { rowLine } from '../../core/logs/text.ts';
import type { ClusterEvent, Verdict } from '../../core/model/cluster.ts';
import { operationName, operationWords } from '../../core/operation-words.ts';
import { questionOf } from '../../store/dialog.ts';
import { logRows } from '../../store/logs/state.ts';
import { eventSubject, rowIds, selectedRow } from '../../store/rows.ts';
import { type AppState, topFrame } from '../../store/state.ts';
import { newsWords } from '../config-lines.ts';
import { typedText } from '../footer.ts';
import { sayDialog, sayPalette, sayRow, sayView } from './say-view.ts';
import { spokenLine } from './spoken-theme.ts';

/** More changes at once are counted. */
const CHANGES_MAX = 8;
const LOG_LINES_MAX = 12;
const WORST_FIRST: readonly Verdict[] = ['down', 'late', 'blocked', 'degraded', 'unknown', 'starting', 'ok'];

/** What was only now looked at for the first time, and is well, is no change. */
const isNews = ({ from, to, subject }: ClusterEvent): boolean =>
  subject.kind !== 'cluster' && !((from === undefined || from === 'unknown') && to === 'ok');

/** Of a service on several nodes, what is the same is said once. */
const sayEvents = (events: readonly ClusterEvent[]): readonly string[] => {
  const groups = new Map<string, ClusterEvent[]>();
  for (const event of events) {
    const [service] = eventSubject(event).split('@');
    const key = event.subject.kind === 'instance' ? `${service} ${event.to} ${event.reason}` : `${event.seq}`;
    groups.set(key, [...(groups.get(key) ?? []), event]);
  }
  return [...groups.values()].map((group) => {
    const [first] = group;
    if (first === undefined) return '';
    const { from, to, reason } = first;
    const nodes = group.map((event) => eventSubject(event).split('@')[1] ?? '');
    const who =
      group.length === 1
        ? eventSubject(first)
        : `${eventSubject(first).split('@')[0]} on ${sentenceList(nodes)}`;
    const isOne = group.every((event) => event.from === from);
    const was = from === undefined || from === to || !isOne ? '' : `, was ${from}`;
    return spokenLine(
      `${who} is ${from === to ? 'still ' : ''}${to}${was}${reason === '' ? '' : `: ${reason}`}`,
    );
  });
};

/** The answer in one sentence, what users feel of it, and the cause. */
export const sayHeadline = ({ cluster }: AppState): readonly string[] => {
  const { sentence, users, cause } = cluster.headline;
  return [
    sentence,
    ...(users === undefined || users === '' ? [] : [users]),
    ...(cause === undefined ? [] : [`Cause: ${cause}`]),
  ].map(spokenLine);
};

const clusterNews = (before: AppState, after: AppState): readonly string[] => {
  if (after.held !== undefined || after.cluster === before.cluster) return [];
  const headline =
    after.cluster.headline.sentence === before.cluster.headline.sentence ? [] : sayHeadline(after);
  const last = before.events[0]?.seq ?? 0;
  const fresh = after.events
    .filter((event) => event.seq > last && isNews(event))
    .toReversed()
    .toSorted((one, other) => WORST_FIRST.indexOf(one.to) - WORST_FIRST.indexOf(other.to));
  const said = sayEvents(fresh);
  const more = said.length - CHANGES_MAX;
  return [
    ...headline,
    ...said.slice(0, CHANGES_MAX),
    ...(more > 0 ? [`and ${more} more changes: the events view has them`] : []),
  ];
};

/** Why a changed configuration does not hold. */
const configNews = (before: AppState, { config }: AppState): readonly string[] =>
  config === undefined || config === before.config ? [] : [spokenLine(newsWords(config))];

/** How actions go on and how they end. */
const jobNews = (before: AppState, after: AppState): readonly string[] => [
  ...after.jobs.flatMap((job) => {
    const known = before.jobs.find(({ id }) => id === job.id);
    return known?.phase === job.phase && known.outcome === job.outcome
      ? []
      : [
          spokenLine(
            `${actionName(job.plan)}: ${job.outcome === undefined ? job.phase : `${job.outcome}, ${job.words}`}`,
          ),
        ];
  }),
  ...after.operations.flatMap((operation) => {
    const known = before.operations.find(({ id }) => id === operation.id);
    return known?.state === operation.state
      ? []
      : [spokenLine(`${operationName(operation.plan)}: ${operationWords(operation)}`)];
  }),
];

/** Lines that came while the view follows them. */
const logNews = (before: AppState, after: AppState): readonly string[] => {
  const logs = after.logs;
  if (logs === undefined || logs.held !== undefined || logs.session !== before.logs?.session) return [];
  if (logs.buffer === before.logs.buffer || topFrame(after.ui).view !== 'logs') return [];
  const known = new Set(logRows(before.logs).map(({ seq }) => seq));
  const fresh = logRows(logs).filter(({ seq }) => !known.has(seq));
  const unsaid = fresh.length - LOG_LINES_MAX;
  return [
    ...(unsaid > 0 ? [`${unsaid} lines before these`] : []),
    ...fresh.slice(-LOG_LINES_MAX).map(rowLine),
  ];
};

/** What stands in the input that is open. */
const typedIn = (state: AppState): string | undefined => {
  const { dialog } = state.ui;
  if (dialog !== undefined) {
    if (dialog.why?.given === false) return dialog.why.text;
    return dialog.kind === 'shell' || dialog.plan.typed === undefined ? undefined : dialog.typed;
  }
  return typedText(state);
};

const isSameView = (before: AppState, after: AppState): boolean => {
  const [one, other] = [topFrame(before.ui), topFrame(after.ui)];
  return (
    one.view === other.view &&
    one.subject === other.subject &&
    before.ui.stack.length === after.ui.stack.length
  );
};

/** What the last key did to the place where the operator stands. */
const placeNews = (before: AppState, after: AppState): readonly string[] => {
  const { dialog, palette, filter, helpSearch, onlyBroken, treeMode, byTag } = after.ui;
  const was = before.ui;
  if (dialog !== undefined) {
    const isNew = was.dialog === undefined || questionOf(was.dialog) !== questionOf(dialog);
    return isNew ? sayDialog(after, dialog) : [];
  }
  if (palette !== undefined) {
    if (was.palette === undefined) return [`Palette: type what to look for. ${sayPalette(after)}`];
    return was.palette === palette
      ? []
      : [`${palette.text === was.palette.text ? '' : `${palette.text}: `}${sayPalette(after)}`];
  }
  const closed = was.dialog === undefined && was.palette === undefined ? [] : ['Closed.'];
  if (!isSameView(before, after)) return sayView(after);
  const isSifted =
    filter.editing !== was.filter.editing ||
    onlyBroken !== was.onlyBroken ||
    treeMode !== was.treeMode ||
    byTag !== was.byTag;
  if (isSifted && !filter.editing) return sayView(after);
  if (helpSearch !== was.helpSearch && !helpSearch.editing) return sayView(after);
  const rows = rowIds(after, topFrame(after.ui)).length - rowIds(before, topFrame(before.ui)).length;
  if (after.ui.unfolded !== was.unfolded)
    return [`${Math.abs(rows)} rows ${rows < 0 ? 'less' : 'more'}; ${sayRow(after)}`];
  const isMoved =
    selectedRow(after) !== selectedRow(before) ||
    topFrame(after.ui).column !== topFrame(before.ui).column ||
    after.ui.marks.size !== was.marks.size;
  return [...closed, ...(isMoved ? [sayRow(after)] : [])];
};

/** The lines to be read out; none where nothing changed that one would hear of. */
export const announce = (before: AppState, after: AppState): readonly string[] => {
  const typed = typedIn(after);
  const isTyped = typed !== undefined && typed !== typedIn(before);
  const { notice } = after.ui;
  // Facts alone move no cursor that the operator would have to hear of.
  const isUi = after.ui !== before.ui || after.held !== before.held || after.logs !== before.logs;
  return [
    ...(isUi && after.held !== before.held
      ? [after.held === undefined ? 'Goes on.' : 'Paused: changes are not read out.']
      : []),
    ...(isUi ? placeNews(before, after) : []),
    ...(isTyped ? [`typed: ${typed}`] : []),
    ...(notice !== undefined && notice !== before.ui.notice ? [spokenLine(notice.text)] : []),
    ...configNews(before, after),
    ...logNews(before, after),
    ...jobNews(before, after),
    ...clusterNews(before, after),
  ];
};
