/** The top of the screen: which cluster, what is wrong, what it means for users, and why. */
import { driftSummary } from '../core/dependency-drift/words.ts';
import { formatAge, formatClock, plural } from '../core/format.ts';
import { anyNewsEveryMs } from '../core/pace.ts';
import { usersBrief } from '../core/users-line.ts';
import { driftOf } from '../store/drift.ts';
import { type AppState, shown } from '../store/state.ts';
import { bannerLine } from './banner.ts';
import type { Frame } from './layout.ts';
import { clipLine, gap, type Line, lineWidth, seg, spread } from './paint.ts';
import { clip, width, wrap } from './text.ts';
import type { Theme, Tone } from './theme.ts';
import { countsLine } from './verdict-words.ts';

/** Looks older than this many intervals are not called live. */
const LIVE_INTERVALS = 3;

/** The header's lines, exactly `frame.headerRows` of them. */
export const headerLines = (state: AppState, frame: Frame, theme: Theme): readonly Line[] => {
  const lines =
    frame.kind === 'full'
      ? [titleLine(state, frame.columns, theme), ...answerLines(state, frame.columns, theme)]
      : [titleLine(state, frame.columns, theme), ...compactAnswer(state, frame, theme)];
  const blank: Line = [];
  return Array.from({ length: frame.headerRows }, (_, index) => lines[index] ?? blank);
};

/** Flags that change what a key or a number on this screen means: the cluster's name gives way to them. */
const flagsOf = (state: AppState, isNarrow: boolean): readonly (readonly [string, Tone])[] => {
  const flags: [string, Tone][] = [];
  if (state.held !== undefined) flags.push([`PAUSED ${formatAge(state.nowMs - state.held.nowMs)}`, 'alarm']);
  if (shown(state).cluster.insecure) flags.push([isNarrow ? 'INSECURE' : 'INSECURE TLS', 'alarm']);
  if (state.mode.readOnly) flags.push(['READ-ONLY', 'flag']);
  if (state.mode.source === 'demo') flags.push(['DEMO', 'flag']);
  return flags;
};

/** How old the newest look is; "live" only while it is young enough for every verdict to stand on it. */
const ageOf = (state: AppState): readonly [string, Tone] => {
  const { dataAgeMs } = state.cluster;
  if (dataAgeMs === undefined) return ['no data yet', 'faint'];
  const isSshWatched = state.inventory.nodes.some(({ ssh }) => ssh !== undefined);
  const everyMs = anyNewsEveryMs(state.topology, state.options, isSshWatched);
  return dataAgeMs <= LIVE_INTERVALS * everyMs
    ? [`live ${formatAge(dataAgeMs)}`, 'plain']
    : [`stale ${formatAge(dataAgeMs)}`, 'down'];
};

const titleLine = (state: AppState, columns: number, theme: Theme): Line => {
  const [age, ageTone] = ageOf(state);
  const clock = formatClock(state.nowMs, state.utcOffsetMinutes);
  const right: Line =
    columns < 60 ? [seg(age, ageTone), gap(1)] : [seg(clock, 'faint'), gap(2), seg(age, ageTone), gap(1)];
  const isNarrow = columns < 60;
  const flags = flagsOf(state, isNarrow).flatMap(
    ([text, tone]): Line => [seg(text, tone), gap(isNarrow ? 1 : 2)],
  );
  // Nothing takes the banner away: what is too long of it goes, then the cluster's name, then the last flag.
  const banner = bannerLine(state, columns - lineWidth(right) - lineWidth(flags) - 2, theme);
  const lead: Line = banner.length === 0 ? [gap(1)] : [gap(1), ...banner, gap(1)];
  const named: Line = [...lead, seg(state.inventory.cluster, 'strong'), gap(2)];
  const hasRoom = lineWidth(named) + lineWidth(flags) + lineWidth(right) <= columns;
  const name: Line = hasRoom || (flags.length === 0 && banner.length === 0) ? named : lead;
  const optional: Line[] = [
    [seg(plural(state.inventory.nodes.length, 'node')), gap(2)],
    countsLine(shown(state).cluster.counts, theme),
  ];
  const parts: Line[] = [];
  let room = columns - lineWidth(right) - lineWidth(name) - lineWidth(flags);
  for (const part of optional) {
    if (lineWidth(part) > room) continue;
    parts.push(part);
    room -= lineWidth(part);
  }
  return spread([...name, ...(parts[0] ?? []), ...flags, ...parts.slice(1).flat()], right, columns);
};

/** "who · why · since when · +2 more": the why gives way first, for the others say where to look and what else. */
const shortenCause = (cause: string, columns: number): string => {
  if (width(cause) <= columns) return cause;
  const parts = cause.split(' · ');
  const more = /^\+\d+ more$/u.test(parts.at(-1) ?? '') ? parts.slice(-1) : [];
  const [who, ...rest] = parts.slice(0, parts.length - more.length);
  const when = rest.at(-1);
  if (who === undefined || when === undefined) return cause;
  const kept = [when.replace('first seen ', ''), ...more];
  const why = rest.slice(0, -1).join(' · ');
  const room = columns - width([who, '', ...kept].join(' · '));
  return [who, ...(why === '' || room < 4 ? [] : [clip(why, room)]), ...kept].join(' · ');
};

/** Why, or while all is well, what will one day not go as the topology says. */
const whyOf = (state: AppState): readonly [label: string, text: string] | undefined => {
  const { verdict, cause } = shown(state).cluster.headline;
  if (cause !== undefined) return ['cause', cause];
  const drift = verdict === 'ok' ? driftSummary(driftOf(state)) : '';
  return drift === '' ? undefined : ['drift', drift];
};

const answerLines = (state: AppState, columns: number, theme: Theme): readonly Line[] => {
  const { verdict, sentence, users } = shown(state).cluster.headline;
  const why = whyOf(state);
  return [
    [gap(1), seg(theme.glyph(verdict), verdict), gap(1), seg(sentence, 'strong')],
    users === undefined ? [] : [gap(3), seg(users)],
    why === undefined ? [] : [gap(3), seg(why[0], 'faint'), gap(2), seg(shortenCause(why[1], columns - 11))],
  ];
};

/** What it means for users in at most so many lines: in fewer words where the sentence would be cut. */
const fewWords = (state: AppState, users: string, columns: number, rows: number): readonly string[] => {
  const whole = wrap(users, columns);
  const brief = usersBrief(state.topology, shown(state).cluster.capabilities);
  return whole.length <= rows || brief === undefined ? whole : wrap(brief, columns);
};

/** Few columns: the sentence wrapped, then what it means, then why, as far as the rows go. */
const compactAnswer = (state: AppState, { columns, headerRows }: Frame, theme: Theme): readonly Line[] => {
  const { verdict, sentence, users } = shown(state).cluster.headline;
  const rows = headerRows - 1;
  const lead: Line = [gap(1), seg(theme.glyph(verdict), verdict), gap(1)];
  const body = wrap(sentence, columns - 4).map(
    (text, index): Line => [...(index === 0 ? lead : [gap(3)]), seg(text, 'strong')],
  );
  const why = whyOf(state)?.[1];
  const rest = [
    ...(users === undefined ? [] : fewWords(state, users, columns - 4, Math.max(1, rows - body.length))),
    ...(why === undefined ? [] : wrap(why, columns - 4)),
  ].map((text): Line => [gap(3), seg(text)]);
  const lines = [...body, ...rest];
  if (lines.length <= rows) return lines;
  const last = lines[rows - 1] ?? [];
  return [...lines.slice(0, rows - 1), clipLine([...last, seg(' …')], columns - 1)];
};

/** Too small a terminal: say so in one line, and still give the verdict. */
export const tinyLines = (state: AppState, frame: Frame, theme: Theme): readonly Line[] => {
  const { verdict, sentence } = shown(state).cluster.headline;
  const words = wrap(`${theme.glyph(verdict)} ${sentence}`, frame.columns);
  const verdictLines = words.map((text): Line => [seg(text, verdict === 'ok' ? 'ok' : 'strong')]);
  const banner = bannerLine(state, frame.columns, theme);
  return [
    ...verdictLines,
    ...(banner.length === 0 ? [] : [banner]),
    [seg(`${frame.columns}x${frame.rows} is too small: 40x15 at least`, 'faint')],
  ].slice(0, Math.max(1, frame.rows));
};
