import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAudit } from '../../../../src/core/audit/read.ts';
import { isWanted } from '../../../../src/core/audit/select.ts';

const common = {
  v: 1,
  cluster: 'prod',
  verb: 'restart',
  target: 'chainfire@node02',
  node: 'node02',
  unit: 'chainfire.service',
  units: ['chainfire.service'],
  commands: [['systemctl', 'restart', '--', 'chainfire.service']],
  user: { name: 'root', sudoUser: 'alice' },
  host: 'jump1',
  pid: 4711,
  pidStart: '99',
};
const intent = (id: string, ts: string, more: object = {}): string =>
  JSON.stringify({ ...common, phase: 'intent', id, ts, before: { 'chainfire.service': 'a1' }, ...more });
const outcome = (id: string, ts: string, more: object = {}): string =>
  JSON.stringify({
    ...common,
    phase: 'outcome',
    id,
    ts,
    outcome: 'succeeded',
    words: 'recovered in 6 s',
    ...more,
  });
const [T1, T2, T3] = ['2026-11-23T09:00:00.000Z', '2026-11-23T09:00:06.000Z', '2026-11-23T09:05:00.000Z'];

describe('readAudit', () => {
  it('pairs intent and outcome, and leaves open what has none', () => {
    const { entries, bad } = readAudit([
      intent('a', T1, { reason: 'it leaks' }),
      intent('b', T2),
      outcome('a', T3, { durationMs: 300_000, exitCode: 0, runs: { 'chainfire.service': 'b2' } }),
    ]);
    expect(bad).toBe(0);
    expect(entries).toMatchObject([
      {
        id: 'a',
        atMs: Date.parse(T1),
        verb: 'restart',
        units: ['chainfire.service'],
        user: { name: 'root', sudoUser: 'alice' },
        writer: { host: 'jump1', pid: 4711, start: '99' },
        reason: 'it leaks',
        before: new Map([['chainfire.service', 'a1']]),
        end: {
          atMs: Date.parse(T3),
          outcome: 'succeeded',
          durationMs: 300_000,
          runs: new Map([['chainfire.service', 'b2']]),
          resolved: false,
        },
      },
      { id: 'b' },
    ]);
    expect(entries[1]).not.toHaveProperty('end');
  });

  it('takes an end whose intent is gone, and one that comes before its intent', () => {
    expect(readAudit([outcome('a', T1)]).entries).toMatchObject([
      { id: 'a', target: 'chainfire@node02', end: { outcome: 'succeeded' } },
    ]);
    expect(readAudit([outcome('a', T3), intent('a', T1)]).entries).toMatchObject([
      { atMs: Date.parse(T1), end: { atMs: Date.parse(T3) } },
    ]);
  });

  it('reads records of before there was a version', () => {
    const old = JSON.stringify({
      phase: 'intent',
      id: 'a',
      ts: T1,
      node: 'node02',
      unit: 'iam.service',
      verb: 'rerun',
      target: 'iam@node02',
      user: { name: 'ops' },
    });
    expect(readAudit([old]).entries).toMatchObject([
      { units: ['iam.service'], verb: 'rerun', expectedMs: 0 },
    ]);
  });

  it('counts what is no record, and finds the one that was glued to half of another', () => {
    const torn = intent('torn', T1).slice(0, 60);
    const { entries, bad } = readAudit([
      'nonsense',
      '{"id":"x"}',
      '[]',
      '',
      `${torn}${intent('b', T2)}`,
      intent('c', T3),
    ]);
    expect(bad).toBe(4);
    expect(entries.map(({ id }) => id)).toEqual(['b', 'c']);
  });

  it('takes the last of several ends', () => {
    const { entries } = readAudit([
      intent('a', T1),
      outcome('a', T2, { outcome: 'unknown' }),
      outcome('a', T3, { resolved: true }),
    ]);
    expect(entries).toMatchObject([{ end: { outcome: 'succeeded', resolved: true } }]);
  });

  it('never throws, and lets no control character through, whatever the lines hold', () => {
    const hostile = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .dictionary(
          fc.constantFrom('words', 'target', 'node', 'user', 'units', 'before', 'outcome'),
          fc.jsonValue(),
        )
        .map((more) => outcome('a', T1, more)),
      fc
        .string({ unit: fc.constantFrom('\u001b', '[', '2', 'J', '\u009b', '\u202e', '\n', 'x') })
        .map((words) => outcome('a', T1, { words, target: words, user: { name: words } })),
    );
    fc.assert(
      fc.property(fc.array(hostile), (lines) => {
        const { entries } = readAudit(lines);
        const all = JSON.stringify(
          entries.map(({ before, end, ...rest }) => [rest, end?.words, [...before]]),
        );
        expect(all).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]|\\u00[0189]/u);
      }),
    );
  });
});

describe('isWanted', () => {
  const [entry] = readAudit([intent('a', T1), outcome('a', T2)]).entries;
  const [open] = readAudit([intent('a', T1)]).entries;
  if (entry === undefined || open === undefined) throw new Error('no entries');

  it.each([
    [{}, true],
    [{ sinceMs: Date.parse(T1) }, true],
    [{ sinceMs: Date.parse(T2) }, false],
    [{ target: 'chainfire@node02' }, true],
    [{ target: 'chainfire' }, true],
    [{ target: 'chainfire.service' }, true],
    [{ target: 'chain' }, false],
    [{ node: 'node02' }, true],
    [{ node: 'node01' }, false],
    [{ verb: 'restart' }, true],
    [{ verb: 'stop' }, false],
    [{ user: 'alice' }, true],
    [{ user: 'root' }, true],
    [{ user: 'bob' }, false],
    [{ outcome: 'succeeded' }, true],
    [{ outcome: 'failed' }, false],
    [{ open: true }, false],
    [{ node: 'node02', verb: 'stop' }, false],
  ])('%j: %s', (filter, is) => {
    expect(isWanted(entry, filter)).toBe(is);
  });

  it('open is what has no end', () => {
    expect(isWanted(open, { open: true })).toBe(true);
    expect(isWanted(open, { outcome: 'succeeded' })).toBe(false);
  });
});
