import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { clip, padTo, width, wrap } from '../../../src/views/text.ts';

const word = fc.string({
  unit: fc.constantFrom('a', 'Z', '7', ' ', '障', '害', 'é', 'e\u0301', '●', '…', '👍'),
});

describe('width', () => {
  it('is what the terminal takes, also on the fast path', () => {
    fc.assert(fc.property(word, (text) => width(text) === stringWidth(text)));
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'az09 ●◐◌◔✖⊘·▸▾❯─│–…▏▁▂▃▄▅▆▇█┌┐└┘├━┄→✓') }),
        (text) => {
          return width(text) === stringWidth(text);
        },
      ),
    );
  });
});

describe('clip and padTo', () => {
  it('never take more columns than there are', () => {
    fc.assert(fc.property(word, fc.nat(30), (text, columns) => width(clip(text, columns)) <= columns));
  });

  it('leave alone what fits', () => {
    fc.assert(fc.property(word, (text) => clip(text, width(text)) === text));
  });

  it('fill a field exactly', () => {
    fc.assert(
      fc.property(
        word,
        fc.nat(30),
        fc.constantFrom('left' as const, 'right' as const),
        (text, columns, align) => {
          return width(padTo(text, columns, align)) === columns;
        },
      ),
    );
  });

  it('mark a cut, but not of blanks', () => {
    expect(clip('chainfire', 6)).toBe('chain…');
    expect(clip('chain      ', 6)).toBe('chain ');
    expect(clip('障害が発生', 5)).toBe('障害…');
    expect(padTo('7 ms', 7, 'right')).toBe('   7 ms');
  });
});

describe('wrap', () => {
  it('keeps every word and no line too long', () => {
    fc.assert(
      fc.property(word, fc.integer({ min: 2, max: 30 }), (text, columns) => {
        const lines = wrap(text, columns);
        expect(lines.every((line) => width(line) <= columns)).toBe(true);
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
      }),
    );
  });

  it('breaks at spaces, and inside a word only when it must', () => {
    expect(wrap('New VMs are down', 9)).toEqual(['New VMs', 'are down']);
    expect(wrap('abcdefgh ij', 5)).toEqual(['abcde', 'fgh', 'ij']);
    expect(wrap('active for 8 s', 12)).toEqual(['active for', '8 s']);
    expect(wrap('took 812 ms so far', 9)).toEqual(['took', '812 ms so', 'far']);
    expect(wrap('node 8 sorted', 7)).toEqual(['node 8', 'sorted']);
  });
});
