/** Glyphs and tones. A verdict always has a glyph and a word; colour only repeats what they say. */
import { Chalk, type ChalkInstance } from 'chalk';
import type { Verdict } from '../core/model/cluster.ts';

/** `mono`: bold, dim and inverse but no colour (NO_COLOR). `none`: no escape code at all (a dumb terminal). */
export type ColorMode = 'truecolor' | '256' | '16' | 'mono' | 'none';

export type ThemeOptions = { readonly ascii: boolean; readonly color: ColorMode };

export type Tone = Verdict | 'plain' | 'strong' | 'faint' | 'key' | 'flag' | 'alarm' | 'cursor' | 'column';

type Symbols = {
  readonly folded: string;
  readonly unfolded: string;
  readonly cursor: string;
  /** Before what the next action is about. */
  readonly mark: string;
  readonly rule: string;
  readonly bar: string;
  readonly dot: string;
  readonly none: string;
  readonly cut: string;
  readonly caret: string;
  readonly spark: readonly string[];
  readonly sparkFailure: string;
  readonly corners: readonly [string, string, string, string];
  readonly branch: Readonly<Record<'tee' | 'end' | 'down' | 'hard' | 'soft', string>>;
  readonly arrow: string;
  /** From an effect back to what is behind it. */
  readonly because: string;
  readonly into: string;
  /** Bars of a timeline: what has passed, and what is expected. */
  readonly passed: string;
  readonly rest: string;
};

export type Theme = {
  readonly ascii: boolean;
  readonly symbols: Symbols;
  readonly glyph: (verdict: Verdict) => string;
  readonly paint: (tone: Tone, text: string) => string;
};

const GLYPHS: Readonly<Record<Verdict, readonly [string, string]>> = {
  ok: ['●', '+'],
  degraded: ['◐', '~'],
  starting: ['◌', 'o'],
  late: ['◔', '!'],
  down: ['✖', 'X'],
  blocked: ['⊘', '#'],
  unknown: ['?', '?'],
};

const UNICODE: Symbols = {
  folded: '▸',
  unfolded: '▾',
  cursor: '❯',
  mark: '◆',
  rule: '─',
  bar: '│',
  dot: '·',
  none: '–',
  cut: '…',
  caret: '▏',
  spark: ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
  sparkFailure: '✖',
  corners: ['┌', '┐', '└', '┘'],
  branch: { tee: '├', end: '└', down: '│', hard: '━', soft: '┄' },
  arrow: '→',
  because: '←',
  into: '›',
  passed: '█',
  rest: '░',
};

const ASCII: Symbols = {
  folded: '>',
  unfolded: 'v',
  cursor: '*',
  mark: '=',
  rule: '-',
  bar: '|',
  dot: '.',
  none: '-',
  cut: '~',
  caret: '_',
  spark: ['_', '_', '.', '.', '-', '-', '=', '#'],
  sparkFailure: 'X',
  corners: ['+', '+', '+', '+'],
  branch: { tee: '|', end: '`', down: '|', hard: '=', soft: '-' },
  arrow: '->',
  because: '<-',
  into: '>',
  passed: '#',
  rest: '=',
};

/**
 * The colours of the verdicts: hues near Okabe and Ito's, told apart with every common colour blindness, each as dark
 * as light: three to one and more on a white background as on a black one.
 */
const PALETTE: Readonly<Record<'ok' | 'degraded' | 'starting' | 'late' | 'down', readonly [string, number]>> =
  {
    ok: ['#009e73', 29],
    degraded: ['#c77d00', 136],
    starting: ['#2e8fcf', 32],
    late: ['#9a8a00', 100],
    down: ['#d9480f', 166],
  };

const BASIC = {
  ok: 'green',
  degraded: 'yellow',
  starting: 'cyan',
  late: 'yellow',
  down: 'red',
} as const;

const LEVEL: Readonly<Record<ColorMode, 0 | 1 | 2 | 3>> = {
  truecolor: 3,
  '256': 2,
  '16': 1,
  mono: 1,
  none: 0,
};

const verdictPaint = (
  chalk: ChalkInstance,
  color: ColorMode,
  verdict: keyof typeof PALETTE,
): ChalkInstance => {
  switch (color) {
    case 'truecolor':
      return chalk.hex(PALETTE[verdict][0]);
    case '256':
      return chalk.ansi256(PALETTE[verdict][1]);
    case '16':
      return chalk[BASIC[verdict]];
    case 'mono':
    case 'none':
      return chalk;
    default:
      return color satisfies never;
  }
};

const tonesOf = (
  chalk: ChalkInstance,
  color: ColorMode,
): Readonly<Record<Tone, (text: string) => string>> => {
  const accent = color === 'mono' || color === 'none' ? chalk : verdictPaint(chalk, color, 'starting');
  return {
    plain: (text) => text,
    strong: chalk.bold,
    faint: chalk.dim,
    key: accent.bold,
    flag: chalk.bold,
    alarm: verdictPaint(chalk, color, 'down').bold.inverse,
    cursor: chalk.inverse,
    column: chalk.dim,
    ok: verdictPaint(chalk, color, 'ok'),
    degraded: verdictPaint(chalk, color, 'degraded'),
    starting: verdictPaint(chalk, color, 'starting'),
    late: verdictPaint(chalk, color, 'late').bold,
    down: verdictPaint(chalk, color, 'down').bold,
    blocked: chalk.dim,
    unknown: chalk.dim,
  };
};

/** The one theme of a run. */
export const createTheme = ({ ascii, color }: ThemeOptions): Theme => {
  const tones = tonesOf(new Chalk({ level: LEVEL[color] }), color);
  const at = ascii ? 1 : 0;
  return {
    ascii,
    symbols: ascii ? ASCII : UNICODE,
    glyph: (verdict) => GLYPHS[verdict][at],
    paint: (tone, text) => (text === '' ? text : tones[tone](text)),
  };
};

/**
 * The colour mode for a terminal. `wanted` is the configuration's word; `depth` is what the terminal can do, in bits
 * (`tty.WriteStream.getColorDepth()`); `noColor` is true when NO_COLOR is set to anything.
 */
export const colorModeFor = (options: {
  readonly wanted: boolean | 'auto';
  readonly noColor: boolean;
  readonly depth: number;
}): ColorMode => {
  if (options.depth <= 1) return options.wanted === true ? '16' : options.noColor ? 'mono' : 'none';
  if (options.wanted === false || (options.wanted === 'auto' && options.noColor)) return 'mono';
  if (options.depth >= 24) return 'truecolor';
  return options.depth >= 8 ? '256' : '16';
};
