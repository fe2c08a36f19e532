/** The colours of each theme: what a test holds against the ground they are made for, and against colour blindness. */
import type { BannerColor, ThemeName } from '../core/look.ts';

/** As `#rrggbb`, and the same or the nearest of the 256 colours of xterm. */
export type Color = readonly [hex: string, index: number];

export type Hue = 'ok' | 'degraded' | 'starting' | 'late' | 'down';

type Basic =
  | 'red'
  | 'green'
  | 'yellow'
  | 'blue'
  | 'magenta'
  | 'cyan'
  | 'redBright'
  | 'greenBright'
  | 'yellowBright'
  | 'blueBright'
  | 'cyanBright'
  | 'white'
  | 'whiteBright';

export type Palette = {
  readonly hues: Readonly<Record<Hue, Color>>;
  /** What is blocked, unknown or of less weight; without it the terminal's own faint. */
  readonly muted?: Color;
  /** Where there are 16 colours, which are the terminal's own. */
  readonly basic: Readonly<Record<Hue, Basic>>;
  /** Nothing is fainter than the terminal's own text, with 16 colours and with none. */
  readonly noFaint?: true;
};

const WHITE: Color = ['#ffffff', 231];
const BLACK: Color = ['#000000', 16];

const BRIGHT = {
  ok: 'greenBright',
  degraded: 'yellowBright',
  starting: 'cyanBright',
  late: 'yellow',
  down: 'redBright',
} as const;

export const PALETTES: Readonly<Record<ThemeName, Palette>> = {
  /** Hues near Okabe and Ito's, each as dark as light: three to one and more on a white ground as on a black one. */
  default: {
    hues: {
      ok: ['#009e73', 29],
      degraded: ['#c77d00', 136],
      starting: ['#2e8fcf', 32],
      late: ['#9a8a00', 100],
      down: ['#d9480f', 166],
    },
    basic: { ok: 'green', degraded: 'yellow', starting: 'cyan', late: 'yellow', down: 'red' },
  },
  dark: {
    hues: {
      ok: ['#5fffaf', 85],
      degraded: ['#ffd700', 220],
      starting: ['#5fafff', 75],
      late: ['#d7d75f', 185],
      down: ['#ff875f', 209],
    },
    muted: ['#a8a8a8', 248],
    basic: BRIGHT,
  },
  light: {
    hues: {
      ok: ['#005f00', 22],
      degraded: ['#875f00', 94],
      starting: ['#005fd7', 26],
      late: ['#5f5f00', 58],
      down: ['#af0000', 124],
    },
    muted: ['#626262', 241],
    basic: { ok: 'green', degraded: 'magenta', starting: 'blue', late: 'magenta', down: 'red' },
  },
  'high-contrast': {
    hues: {
      ok: ['#5fff87', 84],
      degraded: ['#ffff00', 226],
      starting: ['#87d7ff', 117],
      late: ['#ffd787', 222],
      down: ['#ff87af', 211],
    },
    muted: ['#d0d0d0', 252],
    basic: BRIGHT,
    noFaint: true,
  },
  /** Blue, yellow and a light red, which also differ in lightness: told apart by who has but two kinds of cones. */
  'colour-blind': {
    hues: {
      ok: ['#5fafff', 75],
      degraded: ['#ffff00', 226],
      starting: ['#d7d7ff', 189],
      late: ['#ffd787', 222],
      down: ['#ff8787', 210],
    },
    muted: ['#a8a8a8', 248],
    basic: {
      ok: 'blueBright',
      degraded: 'yellowBright',
      starting: 'whiteBright',
      late: 'yellow',
      down: 'redBright',
    },
  },
  'colour-blind-light': {
    hues: {
      ok: ['#005fd7', 26],
      degraded: ['#875f00', 94],
      starting: ['#5f5f87', 60],
      late: ['#5f5f00', 58],
      down: ['#af005f', 125],
    },
    muted: ['#626262', 241],
    basic: { ok: 'blue', degraded: 'yellow', starting: 'cyan', late: 'yellow', down: 'magenta' },
  },
};

/** Text on the ground of a banner: the same in every theme, since both are drawn. */
export const BANNERS: Readonly<
  Record<BannerColor, { readonly ground: Color; readonly text: Color; readonly basic: Basic }>
> = {
  red: { ground: ['#af0000', 124], text: WHITE, basic: 'red' },
  orange: { ground: ['#ff8700', 208], text: BLACK, basic: 'redBright' },
  yellow: { ground: ['#ffd700', 220], text: BLACK, basic: 'yellow' },
  green: { ground: ['#005f00', 22], text: WHITE, basic: 'green' },
  blue: { ground: ['#005faf', 25], text: WHITE, basic: 'blue' },
  magenta: { ground: ['#87005f', 89], text: WHITE, basic: 'magenta' },
  grey: { ground: ['#585858', 240], text: WHITE, basic: 'white' },
};
