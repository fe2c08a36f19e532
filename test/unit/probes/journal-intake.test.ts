import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createJournalIntake, type JournalIntake } from '../../../src/probes/journal-intake.ts';

const UNITS = new Set(['a.service', 'b.service']);
const line = (index: number, unit = 'a.service', extra: Readonly<Record<string, unknown>> = {}): string =>
  `${JSON.stringify({
    __CURSOR: `i=${index}`,
    __REALTIME_TIMESTAMP: String(1_700_000_000_000_000 + index),
    _SYSTEMD_UNIT: unit,
    MESSAGE: `line ${index} äöü`,
    ...extra,
  })}\n`;
const lines = (from: number, to: number, unit?: string): string =>
  Array.from({ length: to - from }, (_, index) => line(from + index, unit)).join('');
const take = (intake: JournalIntake, text: string): void => intake.take(Buffer.from(text));
const texts = (intake: JournalIntake): readonly string[] =>
  intake.drain().entries.map((entry) => entry.line.text);

describe('the intake of a journal', () => {
  it('puts lines together however they are cut, within a character too', () => {
    const whole = Buffer.from(lines(0, 20));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }), (sizes) => {
        const intake = createJournalIntake(UNITS);
        let at = 0;
        for (let index = 0; at < whole.length; index += 1) {
          const size = sizes[index % sizes.length] ?? 1;
          intake.take(whole.subarray(at, at + size));
          at += size;
        }
        const batch = intake.drain();
        expect(batch.entries.map((entry) => entry.line.text)).toEqual(
          Array.from({ length: 20 }, (_, index) => `line ${index} äöü`),
        );
        expect(batch.dropped).toBe(0);
      }),
    );
  });

  it('keeps the order over units, and nothing of a line that has not ended', () => {
    const intake = createJournalIntake(UNITS);
    take(intake, line(1, 'b.service') + line(2) + line(3, 'b.service') + line(4).trimEnd());
    expect(texts(intake)).toEqual(['line 1 äöü', 'line 2 äöü', 'line 3 äöü']);
    take(intake, '\n');
    expect(texts(intake)).toEqual(['line 4 äöü']);
    expect(texts(intake)).toEqual([]);
  });

  it('sheds a flood to the newest lines, counts the rest and lets the other units through', () => {
    const intake = createJournalIntake(UNITS);
    take(intake, line(0, 'b.service'));
    let held = 0;
    for (let from = 1; from <= 100_000; from += 1000) {
      take(intake, lines(from, from + 1000));
      held = Math.max(held, intake.held());
    }
    const { entries, dropped } = intake.drain();
    expect(entries.map((entry) => entry.line.unit)).toEqual(['b.service', ...Array(50).fill('a.service')]);
    expect(entries.at(-1)?.line.text).toBe('line 100000 äöü');
    expect(dropped).toBe(100_000 - 50);
    expect(held).toBeLessThan(1024 * 1024);
    expect(intake.drain()).toMatchObject({ entries: [], dropped: 0 });
  });

  it('stays small when long lines come', () => {
    const intake = createJournalIntake(UNITS);
    const fat = { MESSAGE: 'x'.repeat(40_000) };
    let held = 0;
    for (let index = 0; index < 500; index += 1) {
      take(intake, line(index, index % 2 === 0 ? 'a.service' : 'b.service', fat));
      held = Math.max(held, intake.held());
    }
    expect(held).toBeLessThan(1024 * 1024);
    const { entries, dropped } = intake.drain();
    expect(entries.length + dropped).toBe(500);
    expect(entries).toHaveLength(100);
  });

  it('leaves out a line that never ends, and goes on after it', () => {
    const intake = createJournalIntake(UNITS);
    for (let index = 0; index < 100; index += 1) {
      take(intake, 'x'.repeat(10_000));
      expect(intake.held()).toBeLessThanOrEqual(64 * 1024 + 10_000);
    }
    take(intake, `\n${line(7)}`);
    const { entries, dropped } = intake.drain();
    expect(entries.map((entry) => entry.line.text)).toEqual(['line 7 äöü']);
    expect(dropped).toBe(1);
  });

  it('tells a line once, also when a new session repeats it', () => {
    const intake = createJournalIntake(UNITS);
    take(intake, lines(0, 40) + line(40).slice(0, 30));
    expect(intake.drain().entries).toHaveLength(40);
    intake.restart(200);
    take(intake, lines(10, 45));
    expect(texts(intake)).toEqual([40, 41, 42, 43, 44].map((index) => `line ${index} äöü`));
  });

  it('does not call dropped what was there before the first look', () => {
    const intake = createJournalIntake(UNITS);
    intake.restart(200);
    take(intake, lines(0, 200));
    expect(intake.drain()).toMatchObject({ dropped: 0, entries: { length: 50 } });
  });

  it('survives any bytes, and tells only of its units', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.nat(99))), (chunks) => {
        const intake = createJournalIntake(UNITS);
        for (const chunk of chunks) {
          if (typeof chunk === 'number') take(intake, `\n${line(chunk)}`);
          else intake.take(chunk);
        }
        for (const { line: one } of intake.drain().entries) expect(UNITS.has(one.unit)).toBe(true);
      }),
    );
  });
});
