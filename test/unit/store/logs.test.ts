import { describe, expect, it } from 'vitest';
import type { LogRequest, LogRow } from '../../../src/core/logs/model.ts';
import { availability } from '../../../src/keys/availability.ts';
import { liveBindings } from '../../../src/keys/bindings.ts';
import type { Command, Effect } from '../../../src/store/events.ts';
import { footIndex, type LogsState, logRows, newSince } from '../../../src/store/logs/state.ts';
import { logSubjectOf } from '../../../src/store/logs/subject.ts';
import { topFrame } from '../../../src/store/state.ts';
import type { AppStore } from '../../../src/store/store.ts';
import { hearLogs, logEntry, manyLines } from '../../helpers/log-news.ts';
import { sampleStore } from '../../helpers/sample-cluster.ts';

const send = (store: AppStore, ...commands: readonly Command[]): void => {
  for (const command of commands) store.dispatch({ kind: 'command', command });
};
const logsOf = (store: AppStore): LogsState => {
  const { logs } = store.getState();
  if (logs === undefined) throw new Error('no log is open');
  return logs;
};
const effectsOf = (store: AppStore): Effect[] => {
  const effects: Effect[] = [];
  store.onEffect((effect) => effects.push(effect));
  return effects;
};
const requests = (effects: readonly Effect[]): readonly LogRequest[] =>
  effects.flatMap((effect) => (effect.kind === 'open-logs' ? [effect.request] : []));
const texts = (rows: readonly LogRow[]): readonly string[] =>
  rows.map((row) => (row.kind === 'line' ? row.line.text : row.mark.kind));
const footText = (store: AppStore): string | undefined => {
  const logs = logsOf(store);
  return texts(logRows(logs))[footIndex(logs) - 1];
};

/** The log of chainfire with 100 lines of node01; a page has 21 rows here. */
const withLines = (count = 100): { readonly store: AppStore; readonly effects: readonly Effect[] } => {
  const store = sampleStore('healthy');
  const effects = effectsOf(store);
  store.dispatch({ kind: 'resized', bodyRows: 22, compact: false });
  send(store, 'logs');
  hearLogs(store, [manyLines('node01', count)]);
  return { store, effects };
};

describe('the log of a row', () => {
  it('is that of a service on all of its nodes', () => {
    const { store, effects } = withLines();
    expect(topFrame(store.getState().ui).view).toBe('logs');
    expect(requests(effects)).toMatchObject([
      {
        mode: 'boot',
        parts: ['node01', 'node02', 'node03'].map((node) => ({ node, units: ['chainfire.service'] })),
      },
    ]);
  });

  it('is that of an instance on its node, and of a node all that is watched on it', () => {
    const store = sampleStore('healthy');
    send(store, 'unfold', 'move-down', 'move-down');
    expect(logSubjectOf(store.getState())).toMatchObject({
      title: 'chainfire on node02',
      parts: [{ node: 'node02', units: ['chainfire.service'] }],
    });
    send(store, 'view-nodes');
    const subject = logSubjectOf(store.getState());
    expect(subject).toMatchObject({ title: 'node01', parts: [{ node: 'node01' }] });
    expect(subject).toHaveProperty('parts.0.units.0', 'chainfire.service');
    expect(subject).toHaveProperty('parts.0.units.length', 13);
  });

  it('is nothing for a level, and the key says so', () => {
    const store = sampleStore('healthy');
    send(store, 'move-up');
    const key = liveBindings(store.getState()).find(({ command }) => command === 'logs');
    expect(key && availability(store.getState(), key)).toBe('choose a service, a step or a node first');
    send(store, 'logs');
    expect(store.getState().logs).toBeUndefined();
  });

  it('of more nodes than can be followed begins with what is not well, and says what is left out', () => {
    const store = sampleStore('two-hundred-nodes');
    send(store, 'move-last');
    const subject = logSubjectOf(store.getState());
    if (typeof subject === 'string') throw new Error(subject);
    expect(subject.parts).toHaveLength(32);
    expect(subject.without).toHaveLength(168);
    expect(subject.why).toBe('more than 32 at once are not followed');
  });

  it('is closed when its view is left, by whatever way', () => {
    for (const leave of ['back', 'view-tree', 'view-jobs'] as const) {
      const { store, effects } = withLines();
      send(store, 'help', 'back');
      expect(store.getState().logs).toBeDefined();
      send(store, leave);
      expect(store.getState().logs).toBeUndefined();
      expect(effects.at(-1)).toEqual({ kind: 'close-logs' });
    }
  });

  it('hears nothing that was meant for the one before', () => {
    const { store } = withLines();
    const { session } = logsOf(store);
    send(store, 'back', 'logs');
    store.dispatch({
      kind: 'logs',
      news: { session, batches: [manyLines('node01', 3)], sources: new Map() },
    });
    expect(logsOf(store).buffer.rows).toEqual([]);
  });
});

describe('scrolling', () => {
  it('up lets the screen stand; what comes is kept and counted; to the end follows it again', () => {
    const { store } = withLines();
    send(store, 'move-up');
    expect(footText(store)).toBe('line 99');
    hearLogs(store, [{ node: 'node02', entries: [logEntry(5000, 'fresh')], shed: 0 }]);
    expect(footText(store)).toBe('line 99');
    expect(newSince(logsOf(store))).toBe(1);
    send(store, 'move-last');
    expect(footText(store)).toBe('fresh');
    expect(logsOf(store).held).toBeUndefined();
  });

  it('stands still under a flood that empties the buffer of what is on screen', () => {
    const { store } = withLines();
    send(store, 'page-up');
    const before = footText(store);
    for (let round = 0; round < 20; round += 1)
      hearLogs(store, [manyLines('node01', 1000, `flood ${round}`)]);
    expect(footText(store)).toBe(before);
    expect(logsOf(store).buffer.rows.length).toBeLessThanOrEqual(8000);
    send(store, 'logs-follow');
    expect(footText(store)).toBe('flood 19 1000');
  });

  it('goes no further up than the first page and no further down than the last line', () => {
    const { store } = withLines();
    store.dispatch({ kind: 'measured', lines: 21 });
    send(store, 'move-first');
    expect(footText(store)).toBe('line 21');
    send(store, 'move-up');
    expect(footText(store)).toBe('line 21');
    send(store, 'move-down');
    expect(footText(store)).toBe('line 22');
    for (let press = 0; press < 9; press += 1) send(store, 'page-down');
    expect(footText(store)).toBe('line 100');
  });

  it('keeps the line at the foot when the level hides others', () => {
    const { store } = withLines(0);
    const entries = Array.from({ length: 90 }, (_, index) =>
      logEntry(index, `line ${index}`, { priority: index % 2 === 0 ? 3 : 6 }),
    );
    hearLogs(store, [{ node: 'node01', entries, shed: 0 }]);
    for (let press = 0; press < 10; press += 1) send(store, 'move-up');
    expect(footText(store)).toBe('line 79');
    send(store, 'logs-level', 'logs-level', 'logs-level', 'logs-level');
    expect(logsOf(store).priority).toBe(3);
    expect(footText(store)).toBe('line 78');
  });
});

describe('a search', () => {
  const typed = (store: AppStore, text: string): void => {
    send(store, 'logs-search');
    store.dispatch({ kind: 'text', text });
    send(store, 'search-keep');
  };
  const foundText = (store: AppStore): string | undefined => {
    const { buffer, found } = logsOf(store);
    const row = buffer.rows.find(({ seq }) => seq === found);
    return row?.kind === 'line' ? row.line.text : undefined;
  };

  it('goes to the last line that has the text, then up, then down again', () => {
    const { store } = withLines();
    typed(store, 'LINE 3');
    expect(foundText(store)).toBe('line 39');
    send(store, 'logs-older');
    expect(foundText(store)).toBe('line 38');
    send(store, 'logs-newer', 'logs-newer');
    expect(foundText(store)).toBe('line 39');
    expect(store.getState().ui.notice?.text).toBe('no line below with LINE 3');
    const logs = logsOf(store);
    const at = logRows(logs).findIndex(({ seq }) => seq === logs.found);
    expect(footIndex(logs) - at).toBeGreaterThan(0);
    expect(footIndex(logs) - at).toBeLessThanOrEqual(21);
  });

  it('says when there is none, and moves nothing', () => {
    const { store } = withLines();
    typed(store, 'zebra');
    expect(store.getState().ui.notice?.text).toBe('no line with zebra');
    expect(logsOf(store).held).toBeUndefined();
  });

  it('can be all that is shown, until it is dropped', () => {
    const { store } = withLines();
    typed(store, 'line 10');
    send(store, 'logs-only');
    expect(texts(logRows(logsOf(store)))).toEqual(['line 10', 'line 100']);
    send(store, 'logs-search', 'search-drop');
    expect(logRows(logsOf(store))).toHaveLength(100);
  });

  it('takes its text from the keyboard without reaching the filter of the rows', () => {
    const { store } = withLines();
    typed(store, 'line');
    expect(store.getState().ui.filter.text).toBe('');
  });
});

describe('what is read', () => {
  it('is the boot before, and this one again', () => {
    const { store, effects } = withLines();
    send(store, 'logs-previous');
    expect(logsOf(store).buffer.rows).toEqual([]);
    send(store, 'logs-previous');
    expect(requests(effects).map(({ mode }) => mode)).toEqual(['boot', 'previous', 'boot']);
    const sessions = requests(effects).map(({ session }) => session);
    expect(new Set(sessions).size).toBe(3);
  });

  it('is the present run of each node where systemd was seen, named by nothing but hex digits', () => {
    const store = sampleStore('healthy');
    const effects = effectsOf(store);
    const run = 'ab'.repeat(16);
    const unit = (invocation: string) => ({
      ...{ unit: 'chainfire.service', load: 'loaded', active: 'active', sub: 'running', result: 'success' },
      invocation,
    });
    const look = (node: string, invocation: string) => ({
      ...{ kind: 'units' as const, node },
      look: { atMs: 1, units: [unit(invocation)] },
    });
    store.dispatch({
      kind: 'observed',
      observations: [look('node01', run), look('node02', '$(reboot)'), look('node03', '')],
      nowMs: store.getState().nowMs,
    });
    send(store, 'logs', 'logs-run');
    expect(requests(effects).at(-1)).toMatchObject({ mode: 'run', parts: [{ node: 'node01', runs: [run] }] });
    expect(requests(effects).at(-1)?.parts).toHaveLength(1);
  });

  it('is saved as it is shown', () => {
    const { store, effects } = withLines(0);
    hearLogs(store, [
      {
        node: 'node01',
        entries: [logEntry(0, 'fine'), logEntry(1, 'bad', { priority: 3 })],
        shed: 0,
      },
    ]);
    send(store, 'logs-level', 'logs-level', 'logs-level', 'logs-save');
    send(store, 'logs-page');
    expect(effects.at(-1)).toEqual({
      kind: 'page',
      title: 'chainfire',
      text: '2026-11-23T14:02:31.001Z node01 chainfire.service error: bad\n',
    });
    const saved = effects.find(({ kind }) => kind === 'save-logs');
    expect(saved).toMatchObject({ kind: 'save-logs', title: 'chainfire' });
    expect(saved?.kind === 'save-logs' && texts(saved.rows)).toEqual(['bad']);
    store.dispatch({ kind: 'logs-saved', session: logsOf(store).session, words: '1 line: /x' });
    expect(logsOf(store).saved).toBe('1 line: /x');
  });
});
