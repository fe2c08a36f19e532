import { describe, expect, it } from 'vitest';
import {
  jsonWriter,
  textWriter,
  type WaitEnd,
  type WriterOptions,
} from '../../../src/commands/wait-lines.ts';
import type { WaitItem } from '../../../src/core/wait/model.ts';
import { nodeName, worldOf } from '../core/world.ts';

const AT_MS = Date.UTC(2026, 10, 23, 9, 41, 7, 120);
const { topology, inventory } = worldOf(3);
const options: WriterOptions = {
  title: 'ready',
  goal: { kind: 'ready', nodes: [1, 2, 3].map(nodeName) },
  topology,
  inventory,
  utcOffsetMinutes: () => 0,
  ascii: false,
};
const starting: WaitItem = {
  what: 'unit',
  node: 'node03',
  name: 'flaredb',
  unit: 'flaredb.service',
  state: 'starting',
  ok: false,
  words: '0:07 of 0:15',
  elapsedMs: 7000,
  documentedMs: 15_000,
};
const text = textWriter(options);
const endOf = (end: Partial<WaitEnd>): string =>
  text.end({ outcome: 'timeout', afterMs: 600_000, missing: [starting], ...end }, AT_MS);

describe('lines for people', () => {
  it('have fixed columns: time, node, name, state, words', () => {
    expect(text.change(starting, AT_MS)).toBe(
      '09:41:07  node03  flaredb                 starting     0:07 of 0:15\n',
    );
    const quorum: WaitItem = {
      what: 'quorum',
      name: 'chainfire',
      state: 'held',
      ok: true,
      words: '3 of 3 votes, leader node01',
    };
    expect(text.change(quorum, AT_MS)).toBe(
      '09:41:07  -       chainfire quorum        held         3 of 3 votes, leader node01\n',
    );
  });

  it('end with what came of it', () => {
    const slowest = { name: 'iam', node: 'node02', tookMs: 12_000 };
    expect(endOf({ outcome: 'holds', afterMs: 47_900, missing: [], slowest })).toBe(
      'ready after 0:47: 3 nodes, slowest iam on node02 0:12\n',
    );
    expect(endOf({ heldBy: { name: 'chainfire', node: 'node03', words: 'exit 1' } })).toBe(
      'timeout after 10:00: missing flaredb on node03 (starting 0:07 of 0:15), held by chainfire on node03 (exit 1)\n',
    );
    const failed = {
      node: 'node03',
      unit: 'iam.service',
      name: 'iam',
      kind: 'failed',
      words: 'exit 1',
      remedy: 'ssh node03 -- systemctl restart iam.service',
    } as const;
    expect(endOf({ outcome: 'failed', afterMs: 31_000, failed })).toBe(
      'failed after 0:31: iam on node03, exit 1: ssh node03 -- systemctl restart iam.service\n',
    );
  });

  it('name three of many, and no holder that is the first of them', () => {
    const missing = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ ...starting, name }));
    expect(endOf({ missing, heldBy: { name: 'a', node: 'node03', words: '' } })).toMatch(
      /missing a on node03 .*, b on .*, c on node03 \([^)]*\) and 2 more\n$/,
    );
  });

  it('are one line each, whatever stands in them', () => {
    const nasty = { ...starting, words: 'a\nb\u001b[31mc·' };
    expect(text.change(nasty, AT_MS).match(/[\x00-\x1f]/gu)).toEqual(['\n']);
    expect(textWriter({ ...options, ascii: true }).change(nasty, AT_MS)).toMatch(/^[\x20-\x7e]+\n$/);
  });
});

describe('lines for programs', () => {
  const json = jsonWriter(options);

  it('are one object each, with names that stay', () => {
    expect(JSON.parse(json.change({ ...starting, from: 'waiting' }, AT_MS))).toEqual({
      v: 1,
      ts: '2026-11-23T09:41:07.120Z',
      kind: 'change',
      what: 'unit',
      node: 'node03',
      name: 'flaredb',
      unit: 'flaredb.service',
      state: 'starting',
      from: 'waiting',
      words: '0:07 of 0:15',
      elapsedMs: 7000,
      documentedMs: 15_000,
    });
    const end = json.end({ outcome: 'timeout', afterMs: 600_000.4, missing: [starting] }, AT_MS);
    expect(end.split('\n')).toHaveLength(2);
    expect(JSON.parse(end)).toMatchObject({
      v: 1,
      kind: 'end',
      for: 'ready',
      outcome: 'timeout',
      afterMs: 600_000,
      missing: [{ name: 'flaredb', node: 'node03', state: 'starting' }],
    });
  });
});
