/** A view, its rows and a question, as lines to be read out. */
import { actionName } from '../../core/action-name.ts';
import { plural } from '../../core/format.ts';
import { operationName } from '../../core/operation-words.ts';
import { availability } from '../../keys/availability.ts';
import { liveBindings } from '../../keys/bindings.ts';
import { chordLabel } from '../../keys/chords.ts';
import { paletteHits, paletteIndex } from '../../keys/palette.ts';
import { isRefused, titleOf } from '../../keys/titles.ts';
import { selectedOperation } from '../../store/operations.ts';
import { replaceTop, withUi } from '../../store/outcome.ts';
import { rowText } from '../../store/row-text.ts';
import { rowIds, selectedRow, selectedSubject } from '../../store/rows.ts';
import { type AppState, type Dialog, shown, topFrame, type ViewId } from '../../store/state.ts';
import { confirmLines } from '../confirm/confirm-lines.ts';
import { LABEL_COLUMNS } from '../confirm/entry.ts';
import { detailLines } from '../detail/detail-lines.ts';
import { helpLines } from '../help/help-lines.ts';
import { impactPage } from '../impact/impact-lines.ts';
import { logLines } from '../logs/log-lines.ts';
import type { PagePainter } from '../painter.ts';
import { whatIfLines } from '../what-if/what-if-lines.ts';
import { SPOKEN, SPOKEN_COLUMNS, spokenEntries, spokenLine, spokenLines } from './spoken-theme.ts';

/** More rows than these are only counted: the keys go through them. */
const ROWS_MAX = 40;
const LOG_LINES = 20;
const ROOM = { columns: SPOKEN_COLUMNS, rows: 200, compact: false } as const;

const NAMES: Readonly<Record<ViewId, string>> = {
  tree: 'Tree',
  nodes: 'Nodes',
  events: 'Events, newest first',
  jobs: 'Jobs',
  'first-boot': 'First boot',
  impact: 'Impact',
  detail: 'Page',
  'what-if': 'What if',
  steps: 'Next steps',
  logs: 'Logs',
  help: 'Help',
};

const PAGES: Readonly<Partial<Record<ViewId, PagePainter>>> = {
  impact: impactPage,
  detail: detailLines,
  'what-if': whatIfLines,
  help: helpLines,
};

const jobText = (state: AppState, id: string | undefined): string | undefined => {
  const job = state.jobs.find((one) => `job:${one.id}` === id);
  if (job !== undefined) return `${actionName(job.plan)}, ${job.words}`;
  const operation = selectedOperation(state);
  return operation && `${operationName(operation.plan)}, ${operation.words}`;
};

const selectedText = (state: AppState): string => {
  const { view, column } = topFrame(state.ui);
  const id = selectedRow(state);
  if (id?.startsWith('summary:')) return 'the rest is ok';
  const own = view === 'jobs' ? jobText(state, id) : undefined;
  // In the nodes view the cursor is on one of the row's services.
  const cell = view === 'nodes' && column !== undefined ? cellText(state) : undefined;
  const subject = selectedSubject(state);
  const isMarked = [...state.ui.marks].some((one) => `instance:${one}` === subject);
  return spokenLine(`${isMarked ? 'marked, ' : ''}${cell ?? own ?? rowText(state) ?? ''}`);
};

const cellText = (state: AppState): string | undefined => {
  const [, name] = /^instance:(.+)$/u.exec(selectedSubject(state) ?? '') ?? [];
  const found = [...shown(state).cluster.instances.values()].find(({ id }) => id === name);
  return found === undefined
    ? `${name ?? ''} does not run there`
    : `${found.id} ${found.verdict} ${found.reason}`;
};

/** "chainfire on node02 down exit 3, row 4 of 13". */
export const sayRow = (state: AppState): string => {
  const ids = rowIds(state, topFrame(state.ui));
  const at = ids.indexOf(selectedRow(state) ?? '');
  return at < 0 ? 'No row.' : `${selectedText(state)}; row ${at + 1} of ${ids.length}`;
};

const onRow = (state: AppState, id: string, index: number): AppState =>
  withUi(state, {
    stack: replaceTop(state.ui, { ...topFrame(state.ui), anchor: { id, index }, column: undefined }),
  });

/** The whole view as lines, then where the cursor stands in it. */
export const sayView = (state: AppState): readonly string[] => {
  const { view } = topFrame(state.ui);
  const name = NAMES[view];
  const page = PAGES[view];
  if (page !== undefined) {
    const { title, lines } = page(state, ROOM, SPOKEN);
    return [...spokenLines([title]), ...spokenLines(lines)];
  }
  if (view === 'logs') return spokenLines(logLines(state, { ...ROOM, rows: LOG_LINES }, SPOKEN));
  const ids = rowIds(state, topFrame(state.ui));
  if (ids.length === 0) return [`${name}: nothing here.`];
  const rows = ids.slice(0, ROWS_MAX).map((id, index) => selectedText(onRow(state, id, index)));
  const more = ids.length > ROWS_MAX ? [`and ${ids.length - ROWS_MAX} more`] : [];
  return [`${name}: ${plural(ids.length, 'row')}.`, ...rows, ...more, `On: ${sayRow(state)}`];
};

/** The keys of a question, the default among them. */
const sayKeys = (state: AppState): string =>
  liveBindings(state)
    .filter((one) => one.footer !== undefined && availability(state, one) === true)
    .filter((one) => !(one.command === 'confirm' && isRefused(state)))
    .map((one) => `${chordLabel(one.chords[0] ?? '', true)} for ${titleOf(state, one)}`)
    .join('; ');

export const sayDialog = (state: AppState, dialog: Dialog): readonly string[] => [
  'Question.',
  ...spokenEntries(confirmLines(state, dialog, ROOM, SPOKEN), LABEL_COLUMNS),
  `Keys: ${sayKeys(state)}.`,
];

/** What is under the palette's cursor, and how many there are. */
export const sayPalette = (state: AppState): string => {
  const hits = paletteHits(state);
  const index = paletteIndex(state);
  const entry = hits[index]?.item;
  if (entry === undefined) return 'nothing is found';
  const available = entry.available();
  const key = entry.chord === undefined ? '' : `, key ${chordLabel(entry.chord, true)}`;
  const off = available === true ? '' : `, off: ${available}`;
  const kind = entry.kind === '' ? '' : `, ${entry.kind}`;
  return `${entry.words}${kind}${key}${off}; ${index + 1} of ${hits.length}`;
};
