import { describe, expect, it } from 'vitest';
import { clipLine, field, gap, lineWidth, paintLine, seg, spread } from '../../../src/views/paint.ts';
import { sparkline } from '../../../src/views/sparkline.ts';
import { colorModeFor, createTheme } from '../../../src/views/theme.ts';

const plain = createTheme({ ascii: false, color: 'none' });
const rich = createTheme({ ascii: false, color: 'truecolor' });
const mono = createTheme({ ascii: false, color: 'mono' });

describe('lines', () => {
  it('are cut at the column, also inside a wide character', () => {
    const line = [seg('障害', 'down'), seg('abc')];
    expect(lineWidth(clipLine(line, 3))).toBeLessThanOrEqual(3);
    expect(paintLine(line, 7, plain)).toBe('障害abc');
    expect(paintLine(line, 6, plain)).toBe('障害a…');
  });

  it('put the right part at the right end and cut the left one for it', () => {
    expect(paintLine(spread([seg('left')], [seg('right')], 12), 12, plain)).toBe('left   right');
    expect(paintLine(spread([seg('a long left part')], [seg('right')], 12), 12, plain)).toBe('a long…right');
  });

  it('end without blanks, unless the blanks can be seen', () => {
    expect(paintLine([field('ok', 10, 'ok'), gap(3)], 20, plain)).toBe('ok');
    expect(paintLine([field('ok', 10, 'cursor')], 20, rich)).toContain('ok        ');
  });
});

describe('the theme', () => {
  it('writes no escape code at all for a dumb terminal', () => {
    for (const tone of ['down', 'strong', 'faint', 'cursor', 'alarm', 'key'] as const) {
      expect(plain.paint(tone, 'x')).toBe('x');
    }
  });

  it('uses weight and inversion, but no colour, for NO_COLOR', () => {
    expect(mono.paint('cursor', 'x')).toBe('\u001b[7mx\u001b[27m');
    expect(mono.paint('down', 'x')).toBe('\u001b[1mx\u001b[22m');
    expect(mono.paint('ok', 'x')).toBe('x');
  });

  it('tells all verdicts apart without colour, in both sets of marks', () => {
    const verdicts = ['ok', 'degraded', 'starting', 'late', 'down', 'blocked', 'unknown'] as const;
    for (const theme of [plain, createTheme({ ascii: true, color: 'none' })]) {
      expect(new Set(verdicts.map((verdict) => theme.glyph(verdict))).size).toBe(verdicts.length);
    }
    expect(
      verdicts.map((verdict) => createTheme({ ascii: true, color: 'none' }).glyph(verdict)).join(''),
    ).toBe('+~o!X#?');
  });

  it.each(['truecolor', '256', '16'] as const)('tells the bright verdicts apart by colour in %s', (color) => {
    const theme = createTheme({ ascii: false, color });
    const painted = (['ok', 'degraded', 'starting', 'late', 'down'] as const).map((tone) =>
      theme.paint(tone, 'x'),
    );
    expect(new Set(painted).size).toBe(painted.length);
  });

  it.each([
    [{ wanted: 'auto', noColor: false, depth: 24 }, 'truecolor'],
    [{ wanted: 'auto', noColor: false, depth: 8 }, '256'],
    [{ wanted: 'auto', noColor: false, depth: 4 }, '16'],
    [{ wanted: 'auto', noColor: true, depth: 24 }, 'mono'],
    [{ wanted: true, noColor: true, depth: 24 }, 'truecolor'],
    [{ wanted: false, noColor: false, depth: 24 }, 'mono'],
    [{ wanted: 'auto', noColor: false, depth: 1 }, 'none'],
  ] as const)('%j is %s', (options, mode) => {
    expect(colorModeFor(options)).toBe(mode);
  });
});

describe('sparkline', () => {
  const at = (totalMs: number, ok = true) => ({ atMs: 0, ok, totalMs });

  it('has now at its right end and failures as marks of their own', () => {
    expect(sparkline([at(1), at(100), at(1, false)], 5, plain)).toBe('  ▁█✖');
    expect(sparkline([at(1), at(100), at(1, false)], 2, plain)).toBe('█✖');
  });

  it('keeps small latencies low', () => {
    expect(sparkline([at(2), at(3), at(5)], 3, plain)).toMatch(/^[▁▂]{3}$/u);
  });
});
