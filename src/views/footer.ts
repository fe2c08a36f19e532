/** The bottom line: a notice, an open input, or the keys that do something here. */
import type { Binding } from '../keys/binding.ts';
import { liveBindings } from '../keys/bindings.ts';
import { chordLabel } from '../keys/chords.ts';
import { availability } from '../keys/resolve.ts';
import { bootNodeId, isBootUnfolded } from '../store/boot.ts';
import { planOf } from '../store/dialog.ts';
import { selectedOperation } from '../store/operations.ts';
import { selectedRow } from '../store/rows.ts';
import type { AppState, NoticeTone } from '../store/state.ts';
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
const typedText = ({ ui: { filter }, logs }: AppState): string | undefined =>
  logs?.search.typing === true ? logs.search.text : filter.editing ? filter.text : undefined;

const keyPart = (state: AppState, binding: Binding, isNarrow: boolean, theme: Theme): Line => {
  const isOn = availability(state, binding) === true;
  const label = chordLabel(binding.chords[0] ?? '', theme.ascii);
  return [
    seg(label, isOn ? 'key' : 'faint'),
    gap(1),
    seg(isNarrow ? (binding.short ?? binding.title) : titleOf(state, binding), isOn ? 'plain' : 'faint'),
  ];
};

const isRefused = ({ ui: { dialog } }: AppState): boolean =>
  dialog !== undefined && (planOf(dialog)?.refusals.length ?? 0) > 0;

const isUnfoldedHere = (state: AppState): boolean =>
  state.inventory.nodes.some(
    ({ name }) => bootNodeId(name) === selectedRow(state) && isBootUnfolded(state, name),
  );

/** Switches are named by what they would do now. */
const titleOf = (state: AppState, binding: Binding): string => {
  if (binding.command === 'cancel' && isRefused(state)) return 'close';
  if (binding.command === 'cancel-job' && selectedOperation(state) !== undefined) return 'end it';
  if (binding.command === 'hold-operation' && selectedOperation(state)?.asked === 'pause') return 'go on';
  if (binding.command === 'pause' && state.held !== undefined) return 'go on';
  if (binding.command === 'logs-follow' && state.logs?.held !== undefined) return 'follow';
  if (binding.command === 'logs-previous' && state.logs?.mode === 'previous') return 'this boot';
  if (binding.command === 'logs-run' && state.logs?.mode === 'run') return 'whole boot';
  if (binding.command === 'logs-only' && state.logs?.onlyFound === true) return 'all lines';
  if (binding.command === 'logs-wrap' && state.logs?.wrap === true) return 'cut';
  if (binding.command === 'only-broken' && state.ui.onlyBroken) return 'show all';
  if (binding.command === 'toggle' && selectedRow(state)?.startsWith('node:') === false) return 'open';
  if (binding.command === 'toggle' && isUnfoldedHere(state)) return 'fold';
  if (binding.command === 'tree-mode' && state.ui.treeMode === 'dependencies') return 'by level';
  return binding.title;
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
  const last = offered
    .filter((binding) => binding.command === 'help')
    .flatMap((one) => keyPart(state, one, false, theme));
  const line: Line[] = [];
  let room = columns - lineWidth(last);
  for (const binding of offered) {
    if (binding.command === 'help') continue;
    const part = [...keyPart(state, binding, columns < 58, theme), gap(2)];
    if (lineWidth(part) > room) continue;
    line.push(part);
    room -= lineWidth(part);
  }
  return [...line.flat(), ...last];
};
