/** The logs view at three sizes, as it stands in a terminal. The pictures are in __snapshots__. */
import { describe, expect, it } from 'vitest';
import type { AppStore } from '../../src/store/store.ts';
import type { ThemeOptions } from '../../src/views/theme.ts';
import { openScreen } from '../helpers/frame.tsx';
import { hearLogs, logEntry, manyLines } from '../helpers/log-news.ts';
import { sampleStore } from '../helpers/sample-cluster.ts';

const SIZES = [
  [120, 40],
  [80, 24],
  [40, 15],
] as const;

const LONG =
  'cannot open raft log /var/lib/chainfire/wal-000042.log: checksum mismatch at offset 1048576, refusing to start with a torn log';

const live = { node01: { state: 'live' }, node02: { state: 'live' }, node03: { state: 'live' } } as const;

/** Three nodes, one of which reboots and one of which writes faster than it can be read. */
const cluster = (store: AppStore): void => {
  const boot = (digit: string) => ({ boot: digit.repeat(32) });
  hearLogs(
    store,
    [
      {
        node: 'node01',
        entries: [
          logEntry(-60_000, 'raft: became leader, term 5'),
          logEntry(-41_000, 'raft: lost node02', { priority: 4 }),
        ],
        shed: 0,
      },
      {
        node: 'node02',
        entries: [
          { ...logEntry(-86_400_000, 'listening on :2379'), ...boot('a') },
          { ...logEntry(-42_000, LONG, { priority: 3 }), ...boot('a') },
          {
            ...logEntry(-41_900, "chainfire.service: Failed with result 'exit-code'.", {
              from: 'systemd',
              priority: 4,
            }),
            ...boot('a'),
          },
          { ...logEntry(-20_000, 'Starting chainfire.service…', { from: 'systemd' }), ...boot('b') },
        ],
        shed: 0,
      },
      { node: 'node03', entries: [logEntry(-1000, 'peer 日本語 answered')], shed: 312 },
      { node: 'node03', entries: [logEntry(-500, 'peer is slow', { priority: 4 })], shed: 312 },
    ],
    live,
  );
};

const withoutRights = (store: AppStore): void =>
  hearLogs(store, [{ node: 'node01', entries: [logEntry(-1000, 'raft: became leader, term 5')], shed: 0 }], {
    node01: { state: 'live' },
    node02: {
      state: 'failed',
      detail: 'no right to read the journal',
      remedy: 'add the user to group adm or systemd-journal',
    },
    node03: { state: 'failed', detail: 'Connection timed out', remedy: 'check that the node is up' },
  });

type Shot = {
  readonly name: string;
  readonly before?: readonly string[];
  readonly prepare?: (store: AppStore) => void;
  readonly keys?: readonly string[];
  readonly theme?: ThemeOptions;
};

const ENTER = '\r';

const SHOTS: readonly Shot[] = [
  { name: 'logs', prepare: cluster },
  { name: 'logs-ascii', prepare: cluster, theme: { ascii: true, color: 'none' } },
  { name: 'logs-wrapped', prepare: cluster, keys: ['w'] },
  { name: 'logs-search', prepare: cluster, keys: ['/', 'raft'] },
  { name: 'logs-found', prepare: cluster, keys: ['/', 'raft', ENTER, 'n'] },
  { name: 'logs-errors', prepare: cluster, keys: ['l', 'l', 'l', 'l'] },
  { name: 'logs-opening' },
  { name: 'logs-without-rights', prepare: withoutRights },
  {
    name: 'logs-paused',
    prepare: (store) => {
      hearLogs(store, [manyLines('node01', 200)], live);
      store.dispatch({ kind: 'command', command: 'page-up' });
      hearLogs(store, [{ node: 'node02', entries: [logEntry(0, 'one more')], shed: 0 }]);
    },
  },
  {
    name: 'logs-first',
    prepare: (store) => hearLogs(store, [manyLines('node01', 9000)], live),
    keys: ['g'],
  },
  {
    name: 'logs-node',
    before: ['2'],
    prepare: (store) =>
      hearLogs(
        store,
        [
          {
            node: 'node01',
            entries: [
              logEntry(-2000, 'raft: became leader, term 5'),
              logEntry(-1000, 'token cache warm', { unit: 'iam.service' }),
              logEntry(0, 'joined 1 of 3, bootstrap', { unit: 'chainfire-cluster-join.service' }),
            ],
            shed: 0,
          },
        ],
        { node01: { state: 'live' } },
      ),
  },
  {
    name: 'logs-saved',
    prepare: (store) => {
      cluster(store);
      store.dispatch({
        kind: 'logs-saved',
        session: store.getState().logSessions,
        words: '9 lines: /home/alice/.local/state/plasmatop/logs/chainfire-20261123-140231.log',
      });
    },
  },
];

const cases = SHOTS.flatMap((shot) => SIZES.map(([columns, rows]) => ({ shot, columns, rows })));

describe('frames of a log', () => {
  it.each(cases)('$shot.name at $columns x $rows', async ({ shot, columns, rows }) => {
    const store = sampleStore('healthy');
    const screen = await openScreen(store, columns, rows, shot.theme);
    for (const keys of [...(shot.before ?? []), 'L']) await screen.press(keys);
    shot.prepare?.(store);
    await screen.settle();
    for (const keys of shot.keys ?? []) await screen.press(keys);
    await screen.settle();
    expect(screen.overflowed()).toBe(false);
    expect(screen.text()).not.toMatch(/\p{Control}(?<!\n)|\[\d+m/u);
    await expect(
      `${screen
        .lines()
        .map((line) => line.trimEnd())
        .join('\n')}\n`,
    ).toMatchFileSnapshot(`__snapshots__/${shot.name}-${columns}x${rows}.txt`);
    screen.close();
  });
});
