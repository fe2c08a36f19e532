import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sanitiseBlock, sanitiseLine } from '../../../src/core/sanitise.ts';

/** Whatever could move the cursor, change a mode, reorder or hide text. */
const dangerous = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u;

const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.oneof(
        fc.string(),
        fc.constantFrom(
          '\x1b[2J',
          '\x1b]52;c;cm0gLXJm\x07',
          '\x1bP1$q\x1b\\',
          '\x1b_G\x1b\\',
          '\x1b^x\x1b\\',
          '\x1bXx\x1b\\',
          '\x9b31m',
          '\x9d0;title\x9c',
          '\u202e',
          '\r\n',
          '\ud800',
          '\x1bc',
          '\x1b]8;;http://x\x07',
        ),
      ),
    )
    .map((parts) => parts.join('')),
);

describe('sanitiseLine', () => {
  it('leaves honest text alone', () => {
    expect(sanitiseLine('connect ECONNREFUSED 10.0.0.2:2379')).toBe('connect ECONNREFUSED 10.0.0.2:2379');
    expect(sanitiseLine('名前 naïve ✓')).toBe('名前 naïve ✓');
  });

  it('shows that something was taken out, and takes its payload with it', () => {
    expect(sanitiseLine('a\x1b[31mred\x1b[0m')).toBe('a·red·');
    expect(sanitiseLine('x\x1b]52;c;cm0gLXJm\x07y')).toBe('x·y');
    expect(sanitiseLine('x\x1bPpayload\x1b\\y')).toBe('x·y');
    expect(sanitiseLine('x\x9b2Jy')).toBe('x·y');
    expect(sanitiseLine('exe\u202egpj')).toBe('exe·gpj');
  });

  it('cannot be made to forge a second line', () => {
    expect(sanitiseLine('one\r\ntwo\u2028three')).toBe('one two·three');
  });

  it('cuts what is long and marks the cut', () => {
    expect(sanitiseLine('abcdef', 4)).toBe('abc…');
    expect(sanitiseLine('x'.repeat(5_000_000), 10)).toHaveLength(10);
  });

  it('never lets anything dangerous through', () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 1, max: 60 }), (text, max) => {
        const clean = sanitiseLine(text, max);
        expect(clean).not.toMatch(dangerous);
        expect(clean).not.toContain('\n');
        expect(clean.isWellFormed()).toBe(true);
        expect(clean.length).toBeLessThanOrEqual(max);
      }),
    );
  });

  it('changes nothing the second time', () => {
    fc.assert(fc.property(hostile, (text) => sanitiseLine(sanitiseLine(text)) === sanitiseLine(text)));
  });
});

describe('sanitiseBlock', () => {
  it.each(['\x90', '\x98', '\x9d', '\x9e', '\x9f'])(
    'takes many unclosed starts %j as one sequence, so that none is looked through twice',
    (start) => {
      const unclosed = `${start.repeat(65_536)}\x1bx`;
      expect(sanitiseBlock(unclosed, 65_536)).toBe('··');
      expect(sanitiseBlock(unclosed.repeat(4), 262_152)).toBe('········');
    },
  );

  it('hides no more behind an unclosed sequence than up to the next escape', () => {
    expect(sanitiseBlock('a\x1b]0;title\x1b[31mred')).toBe('a··red');
    expect(sanitiseBlock('a\x1b]0;title')).toBe('a·');
  });

  it('keeps lines and turns CRLF into LF', () => {
    expect(sanitiseBlock('{\r\n\t"a": 1\n}')).toBe('{\n  "a": 1\n}');
  });

  it('never lets anything dangerous through but line feeds', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const clean = sanitiseBlock(text, 200);
        expect(clean).not.toMatch(dangerous);
        expect(clean.isWellFormed()).toBe(true);
        expect(clean.length).toBeLessThanOrEqual(200);
      }),
    );
  });
});
