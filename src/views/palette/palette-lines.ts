/** The palette: what is typed, and below it what it finds, the best first, with the key that does the same. */
import { chordLabel } from '../../keys/chords.ts';
import { type PaletteHit, paletteHits, paletteIndex } from '../../keys/palette.ts';
import type { AppState } from '../../store/state.ts';
import { clipLine, gap, type Line, lineWidth, type Segment, seg, spread } from '../paint.ts';
import type { Room } from '../painter.ts';
import { clipStart } from '../text.ts';
import type { Theme, Tone } from '../theme.ts';

/** More are looked for by another letter, and the view stays in sight. */
const LISTED_MAX = 12;
const SHARE = 0.6;

/** Of the body; the same whatever is found, so that nothing moves while one types. */
const rowsFor = ({ rows, compact }: Room): number =>
  compact ? rows : Math.min(rows, 1 + Math.min(LISTED_MAX, Math.floor(rows * SHARE)));

/** Runs of characters that were found, and those between them. */
const runs = (
  text: string,
  at: readonly number[],
): readonly (readonly [text: string, isFound: boolean])[] => {
  const found = new Set(at);
  const all: [string, boolean][] = [];
  for (let index = 0; index < text.length; index += 1) {
    const isFound = found.has(index);
    const last = all.at(-1);
    if (last?.[1] === isFound) last[0] += text[index];
    else all.push([text[index] ?? '', isFound]);
  }
  return all;
};

/** What was found stands out: bold, or in brackets where the terminal has no bold. */
const wordSegments = (
  { item, at }: PaletteHit,
  plain: Tone,
  strong: Tone,
  theme: Theme,
): readonly Segment[] => {
  const hasBold = theme.paint('strong', 'x') !== 'x';
  return runs(item.words, at).map(([text, isFound]) =>
    isFound ? seg(hasBold ? text : `[${text}]`, strong) : seg(text, plain),
  );
};

const entryLine = (hit: PaletteHit, isHere: boolean, columns: number, theme: Theme): Line => {
  const { item } = hit;
  const available = item.available();
  const isOn = available === true;
  const words = isHere
    ? wordSegments(hit, 'cursor', 'cursor-match', theme)
    : wordSegments(hit, isOn ? 'plain' : 'faint', isOn ? 'key' : 'strong', theme);
  const key = item.chord === undefined ? '' : chordLabel(item.chord, theme.ascii);
  const right: Line = [
    gap(1),
    seg(item.kind, 'faint'),
    ...(item.kind !== '' && key !== '' ? [gap(1)] : []),
    seg(key, isOn ? 'key' : 'faint'),
    gap(1),
  ];
  const left: Line = [seg(isHere ? theme.symbols.cursor : ' ', 'key'), ...words];
  if (isOn) return spread(left, right, columns);
  const room = columns - lineWidth(right);
  return spread(clipLine([...left, gap(2), seg(`off: ${available}`, 'faint')], room), right, columns);
};

/** At most `room.rows` lines: what is typed, then the entries around the cursor. */
export const paletteLines = (state: AppState, typed: string, room: Room, theme: Theme): readonly Line[] => {
  const hits = paletteHits(state);
  const index = paletteIndex(state);
  const { columns } = room;
  const rows = rowsFor(room);
  const shownRows = Math.max(0, rows - 1);
  const top = Math.max(0, Math.min(index - Math.floor(shownRows / 2), hits.length - shownRows));
  const count: Line = [
    gap(1),
    seg(hits.length === 0 ? 'none' : `${index + 1} of ${hits.length}`, 'faint'),
    gap(1),
    seg(theme.symbols.rule.repeat(2), 'faint'),
  ];
  const text = clipStart(typed, Math.max(8, columns - lineWidth(count) - 8));
  const input: Line = [
    seg(theme.symbols.rule, 'faint'),
    gap(1),
    seg(':', 'key'),
    gap(1),
    seg(text),
    seg(theme.symbols.caret, 'key'),
    gap(1),
  ];
  const rest = Math.max(0, columns - lineWidth(input) - lineWidth(count));
  const head: Line = [...input, seg(theme.symbols.rule.repeat(rest), 'faint'), ...count];
  const listed = hits
    .slice(top, top + shownRows)
    .map((hit, row) => entryLine(hit, top + row === index, columns, theme));
  const blank: Line = [];
  const body =
    hits.length === 0 && shownRows > 0
      ? [[gap(1), seg('Nothing is found by these letters.', 'faint')]]
      : listed;
  return [head, ...Array.from({ length: shownRows }, (_, row) => body[row] ?? blank)];
};
