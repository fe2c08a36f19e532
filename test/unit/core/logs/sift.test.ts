import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogRow } from '../../../../src/core/logs/model.ts';
import { findRow, nextPriority, placesOf, siftRows } from '../../../../src/core/logs/sift.ts';
import { rowLine } from '../../../../src/core/logs/text.ts';

const line = (seq: number, text: string, priority = 6): LogRow => ({
  kind: 'line',
  seq,
  keyUs: seq,
  node: 'n1',
  line: { unit: 'a.service', atMs: Date.UTC(2026, 10, 23, 9, 41, 6, 7), priority, text, from: 'unit' },
});
const mark: LogRow = { kind: 'mark', seq: 9, keyUs: 9, node: 'n1', mark: { kind: 'rebooted' } };
const rows = [line(1, 'open wal'), line(2, 'cannot open WAL', 3), line(3, 'slow', 4), mark];
const seqs = (found: readonly LogRow[]): readonly number[] => found.map(({ seq }) => seq);

describe('what is shown of a log', () => {
  it('is all of it, or what is as bad as asked for; marks stay', () => {
    expect(siftRows(rows, { priority: 7, only: '' })).toBe(rows);
    expect(seqs(siftRows(rows, { priority: 4, only: '' }))).toEqual([2, 3, 9]);
    expect(seqs(siftRows(rows, { priority: 3, only: '' }))).toEqual([2, 9]);
  });

  it('is only what contains a text, whatever its case; marks do not', () => {
    expect(seqs(siftRows(rows, { priority: 7, only: 'wal' }))).toEqual([1, 2]);
    expect(seqs(siftRows(rows, { priority: 3, only: 'wal' }))).toEqual([2]);
    expect(seqs(siftRows(rows, { priority: 7, only: 'wal.' }))).toEqual([]);
  });

  it('goes through the levels and comes back to all', () => {
    const seen = [7];
    for (let level = nextPriority(7); level !== 7; level = nextPriority(level)) seen.push(level);
    expect(seen).toEqual([7, 6, 5, 4, 3]);
  });
});

describe('a search', () => {
  it('goes up or down from where it stands, and ends at the end', () => {
    expect(findRow(rows, 'open', 3, -1)).toBe(1);
    expect(findRow(rows, 'open', 0, -1)).toBe(0);
    expect(findRow(rows, 'open', -1, -1)).toBeUndefined();
    expect(findRow(rows, 'slow', 0, 1)).toBe(2);
    expect(findRow(rows, 'nothing', 0, 1)).toBeUndefined();
  });

  it('takes every text as it is, and finds it in any text that it was put into', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme-ascii' }),
        fc.string(),
        (text, more) => {
          const places = placesOf(`${more}${text}${more}`, text);
          expect(places.length).toBeGreaterThan(0);
          for (const [start, end] of places) expect(end - start).toBe(text.length);
        },
      ),
    );
  });
});

it('is one plain line each in a file', () => {
  expect(rows.map(rowLine)).toEqual([
    '2026-11-23T09:41:06.007Z n1 a.service open wal',
    '2026-11-23T09:41:06.007Z n1 a.service error: cannot open WAL',
    '2026-11-23T09:41:06.007Z n1 a.service warning: slow',
    '-- n1 rebooted --',
  ]);
});
