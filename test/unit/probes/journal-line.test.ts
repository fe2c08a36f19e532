import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJournalLine, unitAtGlance } from '../../../src/probes/journal-line.ts';

const said = (name: string): readonly string[] =>
  readFileSync(fileURLToPath(new URL(`../../fixtures/systemd/${name}`, import.meta.url)), 'utf8')
    .trimEnd()
    .split('\n');

const UNITS = new Set(['chainfire.service', 'iam.service', 'odd\\x2dname.service']);
const AT_US = '1795427057446990';
const AT_MS = 1795427057446;

const line = (fields: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({
    __REALTIME_TIMESTAMP: AT_US,
    __CURSOR: 's=1;i=1',
    _SYSTEMD_UNIT: 'chainfire.service',
    MESSAGE: 'hello',
    ...fields,
  });
const read = (fields: Readonly<Record<string, unknown>>) => parseJournalLine(line(fields), UNITS);
const text = (message: unknown) => read({ MESSAGE: message })?.line.text;

describe('a line of journalctl -o json', () => {
  it('reads a unit at its start limit as journald told it', () => {
    const entries = said('start-limit-journal-json.out').map((one) => parseJournalLine(one, UNITS));
    expect(entries.map((entry) => [entry?.line.from, entry?.line.priority, entry?.line.text])).toEqual([
      ['systemd', 6, 'Stopped chainfire.service - ChainFire consensus store.'],
      ['systemd', 6, 'Starting chainfire.service - ChainFire consensus store...'],
      ['unit', 6, 'chainfire: starting on node03, warm-up 3.0s (scale 0.3)'],
      ['unit', 6, 'chainfire: listening on :2379/health'],
      ['systemd', 6, 'Started chainfire.service - ChainFire consensus store.'],
      ['unit', 5, 'raft: term 2 leader node01 members node01,node02,node03'],
    ]);
    expect(entries[0]).toMatchObject({
      line: {
        unit: 'chainfire.service',
        atMs: 1795427057447,
        invocation: 'be87e8943e9141a88017037becb26224',
      },
      job: { id: 1327, result: 'done' },
    });
    expect(entries[1]).not.toHaveProperty('job');
    expect(entries[2]?.line.invocation).toBe('b55ae2400f954802a4d78f334a1595b3');
    expect(new Set(entries.map((entry) => entry?.cursor)).size).toBe(6);
  });

  it('takes nothing of other units, and nobody’s word but systemd’s about a unit', () => {
    const all = said('journal-follow-json.out').flatMap((one) => parseJournalLine(one, UNITS) ?? []);
    expect(all.map(({ line: { from, text }, job }) => [from, text, job?.result])).toEqual([
      ['unit', 'iam: SIGTERM, stopping', undefined],
      ['systemd', 'Stopping iam.service - IAM service...', undefined],
      ['systemd', 'iam.service: Deactivated successfully.', undefined],
      ['systemd', 'Stopped iam.service - IAM service.', 'done'],
      ['systemd', 'Started iam.service - IAM service.', 'done'],
      ['unit', 'iam: starting on node01, warm-up 0.9s (scale 0.3)', undefined],
      ['unit', 'iam: listening on :8080/health', undefined],
    ]);
    // Printed without _PID and _SYSTEMD_UNIT: anybody may have written these.
    const unsigned = said('boot-join-journal.out').map((one) =>
      parseJournalLine(one, new Set(['chainfire-cluster-join.service', 'flaredb-cluster-join.service'])),
    );
    expect(unsigned).toEqual([undefined, undefined, undefined]);
    expect(read({ _SYSTEMD_UNIT: 'evil.service', _PID: '7', UNIT: 'iam.service' })).toBeUndefined();
    expect(read({ _PID: '7', UNIT: 'iam.service', JOB_ID: '7', JOB_RESULT: 'done' })).toMatchObject({
      line: { unit: 'chainfire.service', from: 'unit' },
    });
    expect(read({ _PID: '7', JOB_ID: '7', JOB_RESULT: 'done' })).not.toHaveProperty('job');
    expect(read({ _SYSTEMD_UNIT: 'x.service', _UID: '0', COREDUMP_UNIT: 'iam.service' })).toMatchObject({
      line: { unit: 'iam.service', from: 'systemd' },
    });
    expect(read({ _SYSTEMD_UNIT: 'x.service', _UID: '9', COREDUMP_UNIT: 'iam.service' })).toBeUndefined();
  });

  it('knows a message in all the forms that journalctl gives it', () => {
    expect(text('plain')).toBe('plain');
    expect(text([...Buffer.from('caf\u00e9 \u001b[31mred', 'utf8')])).toBe('café ·red');
    expect(text([255, 254, 104, 105])).toBe('\ufffd\ufffdhi');
    expect(text(null)).toBe('(a line too long to be sent)');
    expect(text(['one', 'two'])).toBe('one two');
    expect(text(['one', [104, 105], null])).toBe('one hi (a line too long to be sent)');
    expect(text('first\nsecond\r\n\tthird')).toBe('first second third');
    for (const none of ['', '\n', 7, true, {}, [], [{}], [[['deep']]], [300], undefined]) {
      expect(text(none)).toBeUndefined();
    }
    expect(text('x'.repeat(100_000))).toHaveLength(300);
  });

  it('needs a time, and knows no priority but eight', () => {
    expect(read({})).toMatchObject({ line: { atMs: AT_MS, priority: 6 } });
    for (const time of ['', '-1', '1e9', '9'.repeat(18), 5, null, [AT_US], undefined]) {
      expect(read({ __REALTIME_TIMESTAMP: time })).toBeUndefined();
    }
    expect(['0', '3', '7', '8', '-1', 'x', 3, null].map((p) => read({ PRIORITY: p })?.line.priority)).toEqual(
      [0, 3, 7, 6, 6, 6, 6, 6],
    );
  });

  it('is nothing where it is cut, noise or no object', () => {
    const whole = line({});
    for (let length = 0; length < whole.length; length += 1) {
      expect(parseJournalLine(whole.slice(0, length), UNITS)).toBeUndefined();
    }
    for (const noise of ['-- No entries --', 'null', '[]', '7', '"x"', `motd ${whole}`]) {
      expect(parseJournalLine(noise, UNITS)).toBeUndefined();
    }
  });

  it('never throws, and never shows what could move the cursor', () => {
    const value = fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue(), fc.array(fc.nat(300)));
    const fields = fc.dictionary(
      fc.constantFrom('MESSAGE', 'PRIORITY', '_SYSTEMD_UNIT', 'UNIT', '_PID', '_UID', 'JOB_ID', '__CURSOR'),
      value,
    );
    fc.assert(
      fc.property(fields, fc.constantFrom(...UNITS), (own, unit) => {
        const entry = parseJournalLine(line({ ...own, _SYSTEMD_UNIT: unit }), UNITS);
        if (entry === undefined) return;
        expect(UNITS.has(entry.line.unit)).toBe(true);
        expect(entry.line.text).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/u);
        expect(entry.line.text.length).toBeLessThanOrEqual(300);
        expect([0, 1, 2, 3, 4, 5, 6, 7]).toContain(entry.line.priority);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (noise) => {
        expect(parseJournalLine(noise, UNITS)).toBeUndefined();
      }),
    );
  });
});

describe('a glance at a line', () => {
  it('finds the unit that the reading finds, and is not taken in by a message or a forged field', () => {
    const forged = { MESSAGE: '","_SYSTEMD_UNIT":"iam.service","x":"', UNIT: 'iam.service' };
    expect(unitAtGlance(line(forged), UNITS)).toBe('chainfire.service');
    expect(unitAtGlance(line({ _SYSTEMD_UNIT: 'odd\\x2dname.service' }), UNITS)).toBe('odd\\x2dname.service');
    expect(unitAtGlance(line({ _SYSTEMD_UNIT: 'init.scope', UNIT: 'iam.service' }), UNITS)).toBe(
      'iam.service',
    );
    expect(unitAtGlance(line({ _SYSTEMD_UNIT: 'other.service' }), UNITS)).toBeUndefined();
    for (const one of said('start-limit-journal-json.out')) {
      expect(unitAtGlance(one, UNITS)).toBe(parseJournalLine(one, UNITS)?.line.unit);
    }
  });
});
