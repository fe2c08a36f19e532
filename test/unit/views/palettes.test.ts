/** Each theme can be read on the ground that it is made for, and its verdicts are told apart. */
import { describe, expect, it } from 'vitest';
import { BANNER_COLORS, THEMES, type ThemeName } from '../../../src/core/look.ts';
import { BANNERS, type Hue, PALETTES } from '../../../src/views/palettes.ts';
import { type ColorMode, createTheme } from '../../../src/views/theme.ts';
import { contrast, distance, type Sight, xtermColor } from '../../helpers/colour.ts';

/** Black and white, and the grounds of Nord and Solarized, which leave the least room. */
const DARK = ['#000000', '#2e3440'] as const;
const LIGHT = ['#ffffff', '#fdf6e3'] as const;

const GROUNDS: Readonly<Record<ThemeName, readonly string[]>> = {
  default: ['#000000', '#ffffff'],
  dark: DARK,
  light: LIGHT,
  'high-contrast': ['#000000', '#1e1e1e'],
  'colour-blind': DARK,
  'colour-blind-light': LIGHT,
};

/** WCAG AA for text; AAA where contrast is all; for what serves both grounds, AA for large and bold signs. */
const CONTRAST: Readonly<Record<ThemeName, number>> = {
  default: 3,
  dark: 4.5,
  light: 4.5,
  'high-contrast': 7,
  'colour-blind': 4.5,
  'colour-blind-light': 4.5,
};

const colorsOf = (name: ThemeName) => {
  const { hues, muted } = PALETTES[name];
  return Object.entries({ ...hues, ...(muted === undefined ? {} : { muted }) });
};

const PAIRS: readonly (readonly [Hue, Hue])[] = [
  ['ok', 'degraded'],
  ['ok', 'down'],
  ['degraded', 'down'],
];

const nearest = (name: ThemeName, sight: Sight): number =>
  Math.min(
    ...PAIRS.map(([one, other]) =>
      distance(PALETTES[name].hues[one][0], PALETTES[name].hues[other][0], sight),
    ),
  );

describe('the measures', () => {
  it('give the known figures', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
    expect(distance('#000000', '#ffffff', 'full')).toBeCloseTo(100, 3);
    // What red-green blindness is known for: the two are far apart only for those who have it not.
    expect(distance('#b00000', '#5f7000', 'full')).toBeGreaterThan(70);
    expect(distance('#b00000', '#5f7000', 'deuteranopia')).toBeLessThan(25);
    expect(xtermColor(196)).toBe('#ff0000');
    expect(xtermColor(244)).toBe('#808080');
  });
});

describe.each(THEMES)('%s', (name) => {
  it.each(colorsOf(name))('%s can be read on its grounds, with all colours and with 256', (_, color) => {
    for (const ground of GROUNDS[name]) {
      expect(contrast(color[0], ground)).toBeGreaterThanOrEqual(CONTRAST[name]);
      expect(contrast(xtermColor(color[1]), ground)).toBeGreaterThanOrEqual(CONTRAST[name]);
    }
  });

  it('tells ok, degraded and down apart', () => {
    expect(nearest(name, 'full')).toBeGreaterThanOrEqual(30);
  });

  it('draws what it says, as far as the terminal has colours', () => {
    const paint = (color: ColorMode): string => createTheme({ ascii: false, color, name }).paint('ok', 'x');
    const [hex, index] = PALETTES[name].hues.ok;
    const rgb = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join(';');
    expect(paint('truecolor')).toBe(`\u001b[38;2;${rgb}mx\u001b[39m`);
    expect(paint('256')).toBe(`\u001b[38;5;${index}mx\u001b[39m`);
    expect(paint('16')).toMatch(/^\u001b\[(?:3[1-6]|9[1-7])mx\u001b\[39m$/u);
    expect(paint('mono')).toBe('x');
    expect(paint('none')).toBe('x');
  });
});

describe('a banner', () => {
  it.each(BANNER_COLORS)('%s can be read, with all colours and with 256', (name) => {
    const { ground, text } = BANNERS[name];
    expect(contrast(text[0], ground[0])).toBeGreaterThanOrEqual(4.5);
    expect(contrast(xtermColor(text[1]), xtermColor(ground[1]))).toBeGreaterThanOrEqual(4.5);
    const painted = (color: ColorMode): string =>
      createTheme({ ascii: false, color }).paint(`banner-${name}`, 'X');
    expect(painted('256')).toContain(`48;5;${ground[1]}m`);
    expect(painted('16')).toContain('\u001b[7m');
    expect(painted('mono')).toMatch(/^(?:\u001b\[[17]m){2}X/u);
    expect(painted('none')).toBe('X');
  });
});

describe('colour blindness', () => {
  it.each(['protanopia', 'deuteranopia', 'tritanopia'] as const)(
    '%s tells the verdicts apart in both of its themes',
    (sight) => {
      expect(nearest('colour-blind', sight)).toBeGreaterThanOrEqual(40);
      expect(nearest('colour-blind-light', sight)).toBeGreaterThanOrEqual(40);
    },
  );

  it('is what the others do not promise: the measure can fail', () => {
    expect(nearest('default', 'deuteranopia')).toBeLessThan(10);
    expect(nearest('light', 'protanopia')).toBeLessThan(10);
  });
});

describe('high contrast', () => {
  it.each(['truecolor', '256', '16', 'mono'] as const)('makes nothing faint, with %s', (color) => {
    const theme = createTheme({ ascii: false, color, name: 'high-contrast' });
    for (const tone of ['faint', 'blocked', 'unknown', 'column'] as const)
      expect(theme.paint(tone, 'x')).not.toContain('\u001b[2m');
  });
});
