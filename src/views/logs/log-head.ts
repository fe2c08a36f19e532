/** The line above a log, which says what it is, and the notes below that line. */
import { plural } from '../../core/format.ts';
import { shedOf } from '../../core/logs/buffer.ts';
import type { LogRow } from '../../core/logs/model.ts';
import { EVERY_PRIORITY, priorityWord, siftRows } from '../../core/logs/sift.ts';
import { type LogsState, logRows, newSince } from '../../store/logs/state.ts';
import type { AppState } from '../../store/state.ts';
import { clockNotes, type LogNote, noteLines } from '../log-words.ts';
import { gap, type Line, type Segment, seg, spread } from '../paint.ts';
import { dayOf } from './log-row.ts';

const NODES_NOTED = 3;

const modeWords = ({ mode }: LogsState): string => {
  switch (mode) {
    case 'boot':
      return '';
    case 'previous':
      return 'boot before';
    case 'run':
      return 'this run';
    default:
      return mode satisfies never;
  }
};

const standing = (logs: LogsState): Segment => {
  const states = [...logs.sources.values()].map(({ state }) => state);
  const isRead = states.every((state) => state === 'read');
  const live = states.filter((state) => state === 'live').length;
  const fresh = newSince(logs);
  if (logs.held !== undefined && !isRead) {
    return seg(fresh > 0 ? `paused, ${fresh} new` : 'paused', 'degraded');
  }
  if (logs.mode === 'previous') {
    if (states.includes('opening')) return seg('reading', 'faint');
    return isRead ? seg('read', 'faint') : seg('not read', 'degraded');
  }
  if (live === 0) return seg(states.includes('opening') ? 'opening' : 'not followed', 'degraded');
  return live === states.length
    ? seg('following', 'ok')
    : seg(`following ${live} of ${states.length}`, 'degraded');
};

const searchWords = ({ search, held, buffer, priority, onlyFound }: LogsState): string => {
  if (search.text === '') return '';
  const { rows } = held ?? buffer;
  return `${onlyFound ? 'only ' : ''}/${search.text} ${siftRows(rows, { priority, only: search.text }).length}`;
};

/** What this log is; `last` is the last row in sight. */
export const headLine = (
  state: AppState,
  logs: LogsState,
  last: LogRow | undefined,
  columns: number,
): Line => {
  const { subject, sources, priority } = logs;
  const shed = shedOf(logs.buffer);
  const day = last?.kind === 'line' ? dayOf(last.line.atMs, state.utcOffsetMinutes) : undefined;
  const today = dayOf(state.nowMs, state.utcOffsetMinutes);
  const parts: readonly Segment[] = [
    seg(day === undefined || day === today ? '' : day, 'strong'),
    seg(modeWords(logs), 'strong'),
    seg(priority >= EVERY_PRIORITY ? '' : `${priorityWord(priority)}${priority === 0 ? '' : '+'}`, 'strong'),
    seg(searchWords(logs), 'strong'),
    seg(shed === 0 ? '' : `${shed} dropped`, 'degraded'),
    standing(logs),
  ];
  const right = parts
    .filter(({ text }) => text !== '')
    .flatMap((part, index) => (index === 0 ? [part] : [seg(' · ', 'faint'), part]));
  const nodes = sources.size > 1 ? `  ${plural(sources.size, 'node')}` : '';
  const left: Line = [
    gap(1),
    seg('LOG', 'column'),
    gap(1),
    seg(subject.title, 'strong'),
    seg(nodes, 'faint'),
  ];
  return spread(left, [gap(1), ...right, gap(1)], columns);
};

const notes = ({ subject, sources, buffer, saved }: LogsState): readonly LogNote[] => {
  const failed = [...sources].flatMap(([about, source]): LogNote[] => {
    if (source.state !== 'failed') return [];
    const remedy = source.remedy === '' ? '' : `; ${source.remedy}`;
    return [{ about, words: `${source.detail}${remedy}`, tone: 'degraded' }];
  });
  const without = subject.without.map((about): LogNote => ({ about, words: subject.why, tone: 'faint' }));
  const skewed = [...buffer.tallies].flatMap(([about, { skewMs }]) => clockNotes(about, skewMs));
  const all = [...failed, ...without, ...skewed];
  const more = all.length - NODES_NOTED;
  return [
    ...all.slice(0, more === 1 ? NODES_NOTED + 1 : NODES_NOTED),
    ...(more > 1 ? [{ about: `+${more}`, words: 'more nodes like these', tone: 'faint' as const }] : []),
    ...(saved === undefined ? [] : [{ about: 'save', words: saved, tone: 'faint' as const }]),
  ];
};

/** What is not as it should be, and what came of a save; a line or a few. */
export const notesLines = (logs: LogsState, columns: number): readonly Line[] =>
  notes(logs).flatMap((note) => noteLines(note, columns, 1));

/** What stands where there are no lines. */
export const emptyWords = (logs: LogsState): string => {
  const { rows } = logs.held ?? logs.buffer;
  if (rows.length > 0 && logRows(logs).length === 0) {
    return `None of ${plural(rows.length, 'line')} is shown: level and search hide them.`;
  }
  const states = [...logs.sources.values()].map(({ state }) => state);
  if (states.includes('opening')) return 'The journal is being opened.';
  if (states.includes('live')) return 'No lines yet.';
  return states.includes('read') ? 'The boot before has no line of it.' : 'No log is to be had.';
};
