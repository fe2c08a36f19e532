import { describe, expect, it } from 'vitest';
import type { FeedState, LogLine, Observation } from '../../../src/core/model/observation.ts';
import type { AppStore } from '../../../src/store/store.ts';
import { feedSection } from '../../../src/views/detail/feed-section.ts';
import { logSection } from '../../../src/views/detail/log-section.ts';
import type { Line } from '../../../src/views/paint.ts';
import { NOW_MS, sampleStore } from '../../helpers/sample-cluster.ts';

const ID = 'chainfire@node01';
const UNIT = 'chainfire.service';
const textOf = (lines: readonly Line[]): string[] =>
  lines.map((line) =>
    line
      .map(({ text }) => text)
      .join('')
      .trimEnd(),
  );
const tell = (store: AppStore, ...observations: Observation[]): void =>
  store.dispatch({ kind: 'observed', observations, nowMs: NOW_MS });
const journal = (state: FeedState): Observation => ({ kind: 'feed', node: 'node01', feed: 'journal', state });
const line = (index: number, more: Partial<LogLine> = {}): LogLine => ({
  ...{ unit: UNIT, atMs: NOW_MS + index * 1000, priority: 6, from: 'unit', text: `line ${index}` },
  ...more,
});
const log = (...lines: readonly LogLine[]): Observation => ({
  kind: 'log',
  node: 'node01',
  lines,
  dropped: 0,
});
const section = (store: AppStore, columns = 80): readonly Line[] => {
  const state = store.getState();
  const instance = state.cluster.instances.get(ID);
  return instance === undefined ? [] : logSection(state, instance, columns);
};

describe('the log of an instance', () => {
  it('is its last eight lines, the newest at the end, each with its time', () => {
    const store = sampleStore('healthy');
    tell(store, log(...Array.from({ length: 20 }, (_, index) => line(index))));
    const shown = textOf(section(store)).slice(2);
    expect(shown).toHaveLength(8);
    expect(shown[0]).toBe('  14:02:43  line 12');
    expect(shown.at(-1)).toBe('  14:02:50  line 19');
  });

  it('marks errors and warnings, and tells these in full, the others in a row each', () => {
    const store = sampleStore('healthy');
    const text = 'cannot open the write-ahead log at its end';
    tell(store, log(line(1, { priority: 3, text }), line(2, { priority: 4 }), line(3, { text })));
    const tones = section(store, 40)
      .slice(2)
      .map((row) => row.at(-1)?.tone);
    expect(tones).toEqual(['down', 'down', 'degraded', 'plain']);
  });

  it.each([
    [{ state: 'opening', sinceMs: 0 }, ['The journal is being opened.']],
    [{ state: 'live', sinceMs: 0 }, ['No lines yet.']],
    [
      { state: 'failed', sinceMs: 0, detail: 'no right to read the journal', remedy: 'add the user' },
      ['No log: no right to read the journal', 'add the user'],
    ],
  ] as const)('says why there is none: %o', (state, words) => {
    const store = sampleStore('healthy');
    tell(store, journal(state));
    expect(textOf(section(store)).slice(2)).toEqual(words.map((word) => `  ${word}`));
  });

  it('keeps what it has when no more comes, and says so', () => {
    const store = sampleStore('healthy');
    tell(store, log(line(1)), journal({ state: 'failed', sinceMs: 0, detail: 'gone', remedy: '' }));
    expect(textOf(section(store)).slice(2)).toEqual(['  14:02:32  line 1', '  No more since: gone']);
  });

  it.each([
    [7_200_000, 80, ['  node01  its clock is 2 h ahead; its lines stand where they belong']],
    [-95_000, 80, ['  node01  its clock is 2 m behind; its lines stand where they belong']],
    [7_200_000, 40, ['  node01  its clock is 2 h ahead; its', '          lines stand where they belong']],
    [1_900, 80, []],
  ])(
    'says that the times are not ours, as the logs view does: %i ms, %i columns',
    (offMs, columns, words) => {
      const store = sampleStore('healthy');
      const known = store.getState().facts.units.get('node01');
      if (known?.monotonicMs === undefined) throw new Error('no look');
      const look = { ...known, monotonicMs: known.monotonicMs, bootId: '0123abcd-'.repeat(4) };
      tell(store, { kind: 'units', node: 'node01', look });
      const wall = {
        atUs: (look.atMs + offMs - 60_000) * 1000,
        monotonicUs: (look.monotonicMs - 60_000) * 1000,
        boot: '0123abcd'.repeat(4),
      };
      tell(store, { kind: 'log', node: 'node01', lines: [line(1)], dropped: 0, wall });
      // A line that tells nothing takes nothing back.
      tell(store, log(line(2)));
      const shown = textOf(section(store, columns)).slice(2);
      expect(shown).toEqual([...words, '  14:02:32  line 1', '  14:02:33  line 2']);
      // Of a boot before nothing is known now.
      const rebooted = { ...look, bootId: 'f'.repeat(32), atMs: look.atMs + 1 };
      tell(store, { kind: 'units', node: 'node01', look: rebooted });
      expect(textOf(section(store, columns)).join()).not.toContain('its clock');
    },
  );

  it('leaves the unit’s own section to say that ssh is down', () => {
    const store = sampleStore('healthy');
    const failure = { kind: 'timeout', detail: 'timed out', remedy: '' } as const;
    tell(store, { kind: 'link', node: 'node01', link: { state: 'failed', sinceMs: NOW_MS, failure } });
    expect(section(store)).toEqual([]);
  });
});

describe('what a node does not tell', () => {
  const said = (store: AppStore): string[] => {
    const state = store.getState();
    const node = state.cluster.nodes.get('node01');
    return node === undefined ? [] : textOf(feedSection(state, node, 80)).map((text) => text.trim());
  };

  it('is nothing where all is told', () => {
    expect(said(sampleStore('healthy'))).toEqual([]);
  });

  it('is that its units and steps are unseen without ssh', () => {
    const store = sampleStore('healthy');
    tell(store, { kind: 'link', node: 'node01', link: { state: 'none' } });
    expect(said(store)).toEqual(['No ssh: join steps and units unseen.']);
  });

  it('says what systemd does now', () => {
    const store = sampleStore('healthy');
    const look = store.getState().facts.units.get('node01');
    if (look === undefined) throw new Error('no look');
    const job = (id: number, state: 'running' | 'waiting') =>
      ({ id, unit: `u${id}.service`, type: 'start', state }) as const;
    const jobs = [...Array.from({ length: 6 }, (_, id) => job(id, 'running' as const)), job(9, 'waiting')];
    tell(store, { kind: 'units', node: 'node01', look: { ...look, jobs } });
    expect(said(store)).toEqual([
      'jobs        6 running: start u0, start u1, start u2, start u3 and 2 more; 1',
      'waits',
    ]);
  });
});
