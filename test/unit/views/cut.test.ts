/** A confirmation longer than the screen: no line of it is out of reach. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutTo } from '../../../src/views/confirm/cut.ts';
import { type Line, seg } from '../../../src/views/paint.ts';

const linesOf = (kinds: readonly boolean[]): readonly Line[] =>
  kinds.map((isCommand, index) => [seg(`line ${index}.`, isCommand ? 'strong' : 'plain')]);

const textsOf = (lines: readonly Line[]): readonly string[] =>
  lines.flatMap((line) => line.map(({ text }) => text));

describe('the pages of a confirmation', () => {
  it('tell every line, each page within its room, the commands on the first as far as they fit', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { maxLength: 30 }),
        fc.integer({ min: 1, max: 12 }),
        (kinds, space) => {
          const lines = linesOf(kinds);
          const pages = Array.from({ length: 40 }, (_, page) => cutTo(lines, space, page, '↓'));
          expect(pages.every(({ kept }) => kept.length <= space)).toBe(true);
          const told = new Set(pages.flatMap(({ kept }) => textsOf(kept)));
          expect(textsOf(lines).filter((text) => !told.has(text))).toEqual([]);
          const [first] = pages;
          const commands = textsOf(lines.filter((_, index) => kinds[index]));
          const seen = textsOf(first?.kept ?? []).filter((text) => commands.includes(text));
          expect(seen.length).toBeGreaterThanOrEqual(Math.min(commands.length, Math.max(1, space - 1)));
        },
      ),
    );
  });

  it('say how many lines are left and by which key, go round, and back', () => {
    const lines = linesOf([true, false, false, false, false]);
    const at = (page: number) => textsOf(cutTo(lines, 3, page, '↓').kept);
    expect(at(0)).toEqual(['line 0.', 'line 1.', '3 more lines: ↓']);
    expect(at(1)).toEqual(['line 2.', 'line 3.', '1 more line: ↓']);
    expect(at(2)).toEqual(['line 4.', 'the end: ↓ begins again']);
    expect(at(3)).toEqual(at(0));
    expect(at(-1)).toEqual(at(2));
    expect(cutTo(lines, 3, 2, '↓').kept).toHaveLength(3);
  });
});
