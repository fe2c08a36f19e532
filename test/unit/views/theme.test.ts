import { describe, expect, it } from 'vitest';
import { createTheme, type Tone } from '../../../src/views/theme.ts';

const COLOURED: readonly Tone[] = ['ok', 'degraded', 'starting', 'late', 'down', 'key'];

describe('colours', () => {
  it('are none in mono, and in a dumb terminal there is no escape code at all', () => {
    for (const tone of COLOURED) {
      expect(createTheme({ ascii: true, color: 'mono' }).paint(tone, 'x')).not.toMatch(/\[(?:3|4|9|10)\d/u);
      expect(createTheme({ ascii: true, color: 'none' }).paint(tone, 'x')).toBe('x');
    }
  });
});
