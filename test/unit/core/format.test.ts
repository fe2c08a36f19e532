import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatAge,
  formatClock,
  formatElapsed,
  formatLatency,
  plural,
  sentenceList,
} from '../../../src/core/format.ts';

describe('format', () => {
  it.each([
    [0, '0 s'],
    [42_999, '42 s'],
    [60_000, '1 m'],
    [3_599_999, '59 m'],
    [3 * 3_600_000, '3 h'],
    [47 * 3_600_000, '47 h'],
    [12 * 86_400_000, '12 d'],
    [-5, '0 s'],
  ])('age %d ms is %s', (ms, text) => expect(formatAge(ms)).toBe(text));

  it.each([
    [7_000, '0:07'],
    [750_000, '12:30'],
    [3_723_000, '1:02:03'],
    [-1, '0:00'],
  ])('elapsed %d ms is %s', (ms, text) => expect(formatElapsed(ms)).toBe(text));

  it.each([
    [0.2, '<1 ms'],
    [4.4, '4 ms'],
    [812, '812 ms'],
    [999.7, '1.0 s'],
    [1_430, '1.4 s'],
  ])('latency %d ms is %s', (ms, text) => expect(formatLatency(ms)).toBe(text));

  it('says the time of day where the operator is', () => {
    const noon = Date.UTC(2026, 10, 23, 12, 0, 5);
    expect(formatClock(noon, 0)).toBe('12:00:05');
    expect(formatClock(noon, 540)).toBe('21:00:05');
    expect(formatClock(noon, -750)).toBe('23:30:05');
  });

  it('counts and lists', () => {
    expect(plural(1, 'node')).toBe('1 node');
    expect(plural(3, 'node')).toBe('3 nodes');
    expect(plural(2, 'proxy', 'proxies')).toBe('2 proxies');
    expect(sentenceList([])).toBe('');
    expect(sentenceList(['a'])).toBe('a');
    expect(sentenceList(['a', 'b', 'c'])).toBe('a, b and c');
  });

  it('an age always has a unit and never grows longer than 8 characters within a century', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 * 365 * 86_400_000 }), (ms) => {
        expect(formatAge(ms)).toMatch(/^\d+ [smhd]$/);
        expect(formatAge(ms).length).toBeLessThanOrEqual(8);
      }),
    );
  });
});
