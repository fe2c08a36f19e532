/** The bottom line: a notice, an open input, or the keys that do something here. */
import { availability } from '../keys/availability.ts';
import type { Binding } from '../keys/binding.ts';
import { liveBindings } from '../keys/bindings.ts';
import { chordLabel } from '../keys/chords.ts';
import { isRefused, titleOf } from '../keys/titles.ts';
import { type AppState, type NoticeTone, searchesHelp } from '../store/state.ts';
import { gap, type Line, lineWidth, seg } from './paint.ts';
import { clipStart } from './text.ts';
import type { Theme, Tone } from './theme.ts';

const NOTICE_TONE: Readonly<Record<NoticeTone, Tone>> = {
  info: 'plain',
  refused: 'degraded',
  good: 'ok',
  bad: 'down',
};

/** One line; as many keys as fit, the likely next one first, help always. */
export const footerLine = (state: AppState, columns: number, theme: Theme): Line => {
  const { notice, dialog } = state.ui;
  const typed = typedText(state);
  if (typed !== undefined && dialog === undefined) {
    const keys = keysLine(state, columns - 4, theme);
    // The caret stays in sight, then the keys.
    const room = Math.max(columns - 6 - lineWidth(keys), Math.min(20, columns - 4));
    const text = clipStart(typed, room);
    const input: Line = [gap(1), seg('/', 'key'), gap(1), seg(text), seg(theme.symbols.caret), gap(2)];
    return [...input, ...keys];
  }
  if (notice !== undefined) return [gap(1), seg(notice.text, NOTICE_TONE[notice.tone])];
  return [gap(1), ...keysLine(state, columns - 1, theme)];
};

/** What stands in the input that is open. */
export const typedText = (state: AppState): string | undefined => {
  const { filter, helpSearch } = state.ui;
  if (state.logs?.search.typing === true) return state.logs.search.text;
  if (searchesHelp(state)) return helpSearch.text;
  return filter.editing ? filter.text : undefined;
};

/** The way back and help are always shown; what leads to every other key is where there is room for more than a few. */
const PALETTE_FROM_COLUMNS = 70;

const keyPart = (state: AppState, binding: Binding, isNarrow: boolean, theme: Theme): Line => {
  const isOn = availability(state, binding) === true;
  const label = chordLabel(binding.chords[0] ?? '', theme.ascii);
  return [
    seg(label, isOn ? 'key' : 'faint'),
    gap(1),
    seg(isNarrow ? (binding.short ?? binding.title) : titleOf(state, binding), isOn ? 'plain' : 'faint'),
  ];
};

const keysLine = (state: AppState, columns: number, theme: Theme): Line => {
  const live = liveBindings(state);
  const near = live.filter(({ scopes }) => !scopes.includes('view')).flatMap(({ chords }) => chords);
  // What cannot be confirmed is only closed.
  const offered = live.filter(
    (binding) =>
      binding.footer !== undefined &&
      !(binding.scopes.includes('view') && near.includes(binding.chords[0] ?? '')) &&
      !(binding.command === 'confirm' && isRefused(state)) &&
      !(binding.footer === 'live' && availability(state, binding) !== true),
  );
  const isLast = ({ command }: Binding): boolean =>
    command === 'help' || command === 'back' || (command === 'palette' && columns >= PALETTE_FROM_COLUMNS);
  const last = offered
    .filter(isLast)
    .flatMap((one, index) => [...(index > 0 ? [gap(2)] : []), ...keyPart(state, one, false, theme)]);
  const line: Line[] = [];
  let room = columns - lineWidth(last);
  for (const binding of offered) {
    if (isLast(binding)) continue;
    const part = [...keyPart(state, binding, columns < 58, theme), gap(2)];
    if (lineWidth(part) > room) continue;
    line.push(part);
    room -= lineWidth(part);
  }
  return [...line.flat(), ...last];
};
