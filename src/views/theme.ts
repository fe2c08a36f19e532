/** Glyphs and tones. A verdict always has a glyph and a word; colour only repeats what they say. */
import { Chalk, type ChalkInstance } from 'chalk';
import type { BannerColor, ThemeName } from '../core/look.ts';
import type { Verdict } from '../core/model/cluster.ts';
import { BANNERS, type Color, type Hue, PALETTES, type Palette } from './palettes.ts';

/** `mono`: bold, dim and inverse but no colour (NO_COLOR). `none`: no attribute at all (a terminal not known to have any). */
export type ColorMode = 'truecolor' | '256' | '16' | 'mono' | 'none';

export type ThemeOptions = {
  readonly ascii: boolean;
  readonly color: ColorMode;
  readonly name?: ThemeName;
};

type BannerTone = `banner-${BannerColor}`;

export type Tone =
  | Verdict
  | BannerTone
  | 'plain'
  | 'strong'
  | 'faint'
  | 'key'
  | 'flag'
  | 'alarm'
  | 'cursor'
  | 'cursor-match'
  | 'column';

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
  /** A coloured or inverse ground can be drawn. */
  readonly hasGrounds: boolean;
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

const LEVEL: Readonly<Record<ColorMode, 0 | 1 | 2 | 3>> = {
  truecolor: 3,
  '256': 2,
  '16': 1,
  mono: 1,
  none: 0,
};

const hueOf = (
  chalk: ChalkInstance,
  color: ColorMode,
  [hex, index]: Color,
  basic: ChalkInstance,
): ChalkInstance => {
  switch (color) {
    case 'truecolor':
      return chalk.hex(hex);
    case '256':
      return chalk.ansi256(index);
    case '16':
      return basic;
    case 'mono':
    case 'none':
      return chalk;
    default:
      return color satisfies never;
  }
};

/** Where there are 16 colours, inverse: which of them goes with which is known to the terminal alone. */
const bannerOf = (chalk: ChalkInstance, color: ColorMode, name: BannerColor): ChalkInstance => {
  const { ground, text, basic } = BANNERS[name];
  switch (color) {
    case 'truecolor':
      return chalk.bgHex(ground[0]).hex(text[0]).bold;
    case '256':
      return chalk.bgAnsi256(ground[1]).ansi256(text[1]).bold;
    case '16':
      return chalk[basic].inverse.bold;
    case 'mono':
    case 'none':
      return chalk.inverse.bold;
    default:
      return color satisfies never;
  }
};

const plain = (text: string): string => text;

const mutedOf = (
  chalk: ChalkInstance,
  color: ColorMode,
  { muted, noFaint }: Palette,
): ((text: string) => string) => {
  const faint = noFaint === true ? plain : chalk.dim;
  if (muted === undefined || color === '16' || color === 'mono' || color === 'none') return faint;
  return color === 'truecolor' ? chalk.hex(muted[0]) : chalk.ansi256(muted[1]);
};

const tonesOf = (
  chalk: ChalkInstance,
  color: ColorMode,
  palette: Palette,
): Readonly<Record<Tone, (text: string) => string>> => {
  const hue = (name: Hue): ChalkInstance =>
    hueOf(chalk, color, palette.hues[name], chalk[palette.basic[name]]);
  const accent = color === 'mono' || color === 'none' ? chalk : hue('starting');
  const muted = mutedOf(chalk, color, palette);
  return {
    plain,
    strong: chalk.bold,
    faint: muted,
    key: accent.bold,
    flag: chalk.bold,
    alarm: hue('down').bold.inverse,
    cursor: chalk.inverse,
    'cursor-match': chalk.inverse.bold.underline,
    column: muted,
    ok: hue('ok'),
    degraded: hue('degraded'),
    starting: hue('starting'),
    late: hue('late').bold,
    down: hue('down').bold,
    'banner-red': bannerOf(chalk, color, 'red'),
    'banner-orange': bannerOf(chalk, color, 'orange'),
    'banner-yellow': bannerOf(chalk, color, 'yellow'),
    'banner-green': bannerOf(chalk, color, 'green'),
    'banner-blue': bannerOf(chalk, color, 'blue'),
    'banner-magenta': bannerOf(chalk, color, 'magenta'),
    'banner-grey': bannerOf(chalk, color, 'grey'),
    blocked: muted,
    unknown: muted,
  };
};

/** The glyphs and tones of a named theme, for a terminal. */
export const createTheme = ({ ascii, color, name = 'default' }: ThemeOptions): Theme => {
  const tones = tonesOf(new Chalk({ level: LEVEL[color] }), color, PALETTES[name]);
  const at = ascii ? 1 : 0;
  return {
    ascii,
    hasGrounds: color !== 'none',
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
