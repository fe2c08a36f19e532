import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appendBatches, EMPTY_LOG, evictedOf, shedOf } from '../../../../src/core/logs/buffer.ts';
import type { LogBatch, LogBuffer, LogEntry, LogRow, NodeClock } from '../../../../src/core/logs/model.ts';

const START_US = 1_700_000_000_000_000;
const BOOT = 'a'.repeat(32);
const entry = (text: string, atUs: number, more: Partial<LogEntry> = {}): LogEntry => ({
  line: {
    unit: 'a.service',
    atMs: Math.floor(atUs / 1000),
    priority: 6,
    text,
    from: 'unit',
  },
  atUs,
  ...more,
});
const batch = (node: string, entries: readonly LogEntry[], more: Partial<LogBatch> = {}): LogBatch => ({
  node,
  entries,
  shed: 0,
  ...more,
});
const noClock = (): NodeClock | undefined => undefined;
const words = (rows: readonly LogRow[]): readonly string[] =>
  rows.map((row) => (row.kind === 'line' ? row.line.text : `-- ${row.mark.kind} ${row.node}`));
const add = (buffer: LogBuffer, batches: readonly LogBatch[], capacity = 1000): LogBuffer =>
  appendBatches(buffer, batches, noClock, capacity);

describe('the merged log', () => {
  it('stands in the order of time, whichever node was heard first', () => {
    const late = add(EMPTY_LOG, [batch('n2', [entry('b', START_US + 2), entry('d', START_US + 4)])]);
    const both = add(late, [batch('n1', [entry('a', START_US + 1), entry('c', START_US + 3)])]);
    expect(words(both.rows)).toEqual(['a', 'b', 'c', 'd']);
  });

  it("keeps one node's order although its clock goes back", () => {
    const one = add(EMPTY_LOG, [batch('n1', [entry('a', START_US + 9_000_000), entry('b', START_US)])]);
    const two = add(one, [batch('n1', [entry('c', START_US + 1)])]);
    expect(words(two.rows)).toEqual(['a', 'b', 'c']);
  });

  it('goes by the monotonic clock within a boot, which no step of the wall clock moves', () => {
    // Until the time was set the node believed in another year.
    const early = entry('early', 1_000_000, { monotonicUs: 5_000_000, boot: BOOT });
    const now = entry('now', START_US + 10_000_000, { monotonicUs: 8_000_000, boot: BOOT });
    const between = entry('between', START_US + 8_000_000);
    const { rows } = add(EMPTY_LOG, [batch('n1', [early, now]), batch('n2', [between])]);
    expect(words(rows)).toEqual(['early', 'between', 'now']);
  });

  it('goes by our clock where a look shows that the node has it wrong', () => {
    // A minute ahead of us.
    const ahead = entry('first', START_US + 60_000_000, { monotonicUs: 5_000_000, boot: BOOT });
    const right = entry('second', START_US + 1_000_000);
    const clockOf = (node: string): NodeClock | undefined =>
      node === 'n1'
        ? {
            atMs: START_US / 1000 + 2000,
            monotonicMs: 7000,
            bootId: BOOT.replace(/^(.{8})(.{4})(.{4})(.{4})/u, '$1-$2-$3-$4-'),
          }
        : undefined;
    const buffer = appendBatches(EMPTY_LOG, [batch('n2', [right]), batch('n1', [ahead])], clockOf, 1000);
    expect(words(buffer.rows)).toEqual(['first', 'second']);
    expect(buffer.tallies.get('n1')?.skewMs).toBe(60_000);
    expect(buffer.tallies.get('n2')?.skewMs).toBe(0);
  });

  it('takes no notice of a disagreement that the look itself may have made', () => {
    const near = entry('x', START_US + 500_000, { monotonicUs: 1_000_000, boot: BOOT });
    const clock = { atMs: START_US / 1000, monotonicMs: 1000, bootId: BOOT };
    const buffer = appendBatches(EMPTY_LOG, [batch('n1', [near])], () => clock, 1000);
    expect(buffer.tallies.get('n1')?.skewMs).toBe(0);
    expect(buffer.rows[0]?.keyUs).toBe(START_US + 500_000);
  });

  it('marks a reboot, a gap and what was shed where they are', () => {
    const other = 'b'.repeat(32);
    const first = add(EMPTY_LOG, [batch('n1', [entry('a', START_US, { boot: BOOT })], { gap: true })]);
    const all = add(first, [
      batch('n1', [entry('b', START_US + 1, { boot: other })]),
      batch('n1', [entry('c', START_US + 2, { boot: other })], { shed: 7, gap: true }),
    ]);
    expect(words(all.rows)).toEqual(['a', '-- rebooted n1', 'b', '-- gap n1', '-- shed n1', 'c']);
    expect(shedOf(all)).toBe(7);
  });

  it('lets one flooding node displace nothing of another', () => {
    const quiet = add(EMPTY_LOG, [batch('n1', [entry('keep', START_US)])], 10);
    const flood = Array.from({ length: 100 }, (_, index) => entry(`f${index}`, START_US + 1 + index));
    const after = add(quiet, [batch('n2', flood)], 10);
    expect(words(after.rows)).toEqual(['keep', ...flood.slice(-10).map(({ line }) => line.text)]);
    expect(evictedOf(after)).toBe(90);
  });
});

describe('whatever comes in whatever pieces', () => {
  const arrivals = fc.array(
    fc.record({
      node: fc.constantFrom('n1', 'n2', 'n3'),
      times: fc.array(fc.integer({ min: -50, max: 50 }), { maxLength: 12 }),
      shed: fc.constantFrom(0, 0, 3),
      gap: fc.boolean(),
      boot: fc.constantFrom(undefined, BOOT, 'b'.repeat(32)),
    }),
    { maxLength: 40 },
  );

  it('is kept once or counted, in order, and never more than the capacity', () => {
    fc.assert(
      fc.property(arrivals, fc.integer({ min: 1, max: 30 }), (pieces, capacity) => {
        let buffer = EMPTY_LOG;
        let number = 0;
        const sent = new Map<string, string[]>();
        for (const { node, times, shed, gap, boot } of pieces) {
          const entries = times.map((time) => {
            number += 1;
            sent.set(node, [...(sent.get(node) ?? []), String(number)]);
            return entry(String(number), START_US + time, boot === undefined ? {} : { boot });
          });
          buffer = add(buffer, [batch(node, entries, { shed, gap })], capacity);
        }
        for (const node of ['n1', 'n2', 'n3']) {
          const own = buffer.rows.filter((row) => row.node === node);
          const tally = buffer.tallies.get(node);
          expect(own.length).toBeLessThanOrEqual(capacity);
          expect(own.length).toBe(tally?.kept ?? 0);
          const lines = own.flatMap((row) => (row.kind === 'line' ? [row.line.text] : []));
          const all = sent.get(node) ?? [];
          // The newest of its lines, none twice, none left out between, in the order in which they were written.
          expect(lines).toEqual(all.slice(all.length - lines.length));
          expect(tally?.came ?? 0).toBe(all.length);
          expect(all.length - lines.length).toBeLessThanOrEqual(tally?.evicted ?? 0);
          const seqs = own.map(({ seq }) => seq);
          expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
        }
        const keys = buffer.rows.map(({ keyUs }) => keyUs);
        expect(keys).toEqual(keys.toSorted((a, b) => a - b));
        const shed = pieces.reduce((sum, piece) => sum + piece.shed, 0);
        expect(shedOf(buffer)).toBe(shed);
      }),
    );
  });
});
