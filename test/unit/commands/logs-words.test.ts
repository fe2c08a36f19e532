import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { parseCommandLine } from '../../../src/commands/command-line.ts';
import { type LogsFlags, parseLogs } from '../../../src/commands/logs-words.ts';
import { loadConfig } from '../../../src/config/load.ts';
import type { Config } from '../../../src/config/types.ts';

const config = (change: (config: Config) => Config = (same) => same): Config => {
  const loaded = loadConfig({ env: {}, cwd: tmpdir(), home: tmpdir(), nodes: 'node01,node02,node03' });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return change(loaded.config);
};
const NONE: LogsFlags = {
  nodes: [],
  lines: undefined,
  since: undefined,
  priority: undefined,
  boot: undefined,
};
const parse = (words: readonly string[], flags: Partial<LogsFlags> = {}, of = config()) =>
  parseLogs(words, { ...NONE, ...flags }, of);

describe('what plasmatop logs reads', () => {
  it('is a service everywhere, on one node, on those named', () => {
    const unit = ['chainfire.service'];
    expect(parse(['chainfire'])).toMatchObject({
      ok: true,
      words: { parts: ['node01', 'node02', 'node03'].map((node) => ({ node, units: unit })), lines: 100 },
    });
    expect(parse(['chainfire.service@node02'])).toMatchObject({
      words: { parts: [{ node: 'node02', units: unit }] },
    });
    expect(parse(['chainfire', 'iam'], { nodes: ['node03'] })).toMatchObject({
      words: { parts: [{ node: 'node03', units: ['chainfire.service', 'iam.service'] }] },
    });
  });

  it('is a step, and all that is watched on a node', () => {
    expect(parse(['flaredb-cluster-join@node02'])).toMatchObject({
      words: { parts: [{ node: 'node02', units: ['flaredb-cluster-join.service'] }] },
    });
    const node = parse(['node01']);
    expect(node.ok && node.words.parts[0]?.units.length).toBeGreaterThan(9);
  });

  it.each([
    [{ since: '2h' }, { since: '-2h', lines: 20_000 }],
    [{ since: '2026-11-23 09:41' }, { since: '2026-11-23 09:41' }],
    [
      { since: 'yesterday', lines: '5' },
      { since: 'yesterday', lines: 5 },
    ],
    [{ priority: 'err' }, { priority: 3 }],
    [{ priority: '4' }, { priority: 4 }],
    [{ boot: '-1' }, { boot: -1 }],
    [
      { boot: '0', lines: '0' },
      { boot: 0, lines: 0 },
    ],
  ] as const)('narrows by %o', (flags, words) => {
    expect(parse(['iam'], flags)).toMatchObject({ ok: true, words });
  });

  it.each([
    [[], {}, /needs a target/],
    [['chainfir'], {}, /is called "chainfir"/],
    [['iam@node09'], {}, /no node is called "node09"/],
    [['iam'], { lines: 'many' }, /no number of lines/],
    [['iam'], { lines: '1000000' }, /no number of lines/],
    [['iam'], { since: '$(reboot)' }, /no time/],
    [['iam'], { since: '--file=/etc/shadow' }, /no time/],
    [['iam'], { since: '' }, /no time/],
    [['iam'], { priority: 'loud' }, /no priority is called "loud"/],
    [['iam'], { boot: '1' }, /no boot/],
    [['iam'], { boot: '-1; reboot' }, /no boot/],
  ] as const)('refuses %o %o', (words, flags, message) => {
    expect(parse(words, flags)).toMatchObject({
      ok: false,
      by: 'usage',
      refusal: { message: expect.stringMatching(message) },
    });
  });

  it('leaves out nodes without ssh, and says so when none is left', () => {
    const without = (nodes: readonly string[]) =>
      config((whole) => ({
        ...whole,
        inventory: {
          ...whole.inventory,
          nodes: whole.inventory.nodes.map(({ ssh, ...node }) =>
            nodes.includes(node.name) || ssh === undefined ? node : { ...node, ssh },
          ),
        },
      }));
    expect(parse(['iam'], {}, without(['node02']))).toMatchObject({
      words: { parts: [{ node: 'node01' }, { node: 'node03' }], leftOut: ['node02'] },
    });
    expect(parse(['iam@node02'], {}, without(['node02']))).toMatchObject({ ok: false, by: 'config' });
  });
});

describe('its command line', () => {
  it('takes a negative boot and short flags', () => {
    expect(parseCommandLine(['logs', 'iam', '-b', '-1', '-n', '5', '-p', 'err', '-f'])).toMatchObject({
      ok: true,
      invocation: { words: ['iam'], flags: { boot: '-1', lines: '5', priority: 'err', follow: true } },
    });
    expect(parseCommandLine(['logs', 'iam', '-b', '--json'])).toMatchObject({ ok: false });
    expect(parseCommandLine(['logs', 'iam', '-n', '-5'])).toMatchObject({ ok: false });
  });
});
