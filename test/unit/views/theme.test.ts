import { describe, expect, it } from 'vitest';
import { createTheme, type Tone } from '../../../src/views/theme.ts';

const COLOURED: readonly Tone[] = ['ok', 'degraded', 'starting', 'late', 'down', 'key'];

const CUBE = [0, 95, 135, 175, 215, 255];

/** Red, green and blue of the painted text's colour, 0 to 255. */
const rgbOf = (painted: string): readonly number[] => {
  const [, direct] = /\u001b\[38;2;(\d+;\d+;\d+)m/u.exec(painted) ?? [];
  if (direct !== undefined) return direct.split(';').map(Number);
  const [, indexed] = /\u001b\[38;5;(\d+)m/u.exec(painted) ?? [];
  if (indexed === undefined) throw new Error(`no colour in ${JSON.stringify(painted)}`);
  const cube = Number(indexed) - 16;
  return [Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map((step) => CUBE[step] ?? Number.NaN);
};

const luminance = (rgb: readonly number[]): number => {
  const [red = 0, green = 0, blue = 0] = rgb
    .map((value) => value / 255)
    .map((value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

describe('colours', () => {
  it.each(['truecolor', '256'] as const)('are readable on white and on black: %s', (color) => {
    const theme = createTheme({ ascii: false, color });
    for (const tone of COLOURED) {
      const own = luminance(rgbOf(theme.paint(tone, 'x')));
      expect(1.05 / (own + 0.05), `${tone} on white`).toBeGreaterThan(3);
      expect((own + 0.05) / 0.05, `${tone} on black`).toBeGreaterThan(3);
    }
  });

  it('are none in mono, and in a dumb terminal there is no escape code at all', () => {
    for (const tone of COLOURED) {
      expect(createTheme({ ascii: true, color: 'mono' }).paint(tone, 'x')).not.toMatch(/\[(?:3|4|9|10)\d/u);
      expect(createTheme({ ascii: true, color: 'none' }).paint(tone, 'x')).toBe('x');
    }
  });
});
