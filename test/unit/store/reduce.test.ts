import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectedTargets } from '../../../src/core/graph.ts';
import type { Job } from '../../../src/core/model/action.ts';
import type { Observation } from '../../../src/core/model/observation.ts';
import { press } from '../../../src/keys/resolve.ts';
import type { Command, Effect } from '../../../src/store/events.ts';
import { openEntries } from '../../../src/store/jobs.ts';
import { reduce } from '../../../src/store/reduce.ts';
import { EVENTS_KEPT } from '../../../src/store/rejudged.ts';
import { rowIds, selectedRow } from '../../../src/store/rows.ts';
import { type AppState, shown, topFrame } from '../../../src/store/state.ts';
import type { AppStore } from '../../../src/store/store.ts';
import { planRestart } from '../../helpers/plan-restart.ts';
import { answerOk, failed, NOW_MS, sampleStore } from '../../helpers/sample-cluster.ts';

const commands = (store: AppStore, ...list: readonly Command[]): AppState => {
  for (const command of list) store.dispatch({ kind: 'command', command });
  return store.getState();
};

const observing = (
  store: AppStore,
  isFailing: (service: string, node: string) => boolean,
  atMs: number,
): void => {
  const { topology, inventory } = store.getState();
  const observations = expectedTargets(topology, inventory).map(
    (target): Observation => ({
      kind: 'probe',
      check: target.id,
      result: isFailing(target.service, target.node)
        ? failed(atMs, 'refused', 'connect ECONNREFUSED')
        : answerOk(target, atMs, 0),
    }),
  );
  store.dispatch({ kind: 'observed', observations, nowMs: atMs });
};

const jobOf = (store: AppStore, change: Partial<Job>): Job => {
  const { topology, inventory, cluster, facts, options } = store.getState();
  const plan = planRestart({
    topology,
    inventory,
    cluster,
    facts,
    options,
    instance: 'iam@node02',
    sudo: true,
  });
  return { id: '7', plan, phase: 'running', startedAtMs: NOW_MS, words: 'running', ...change };
};

describe('facts', () => {
  it('write down what changed, newest first', () => {
    const store = sampleStore('healthy');
    const before = store.getState().events.length;
    observing(store, (service, node) => service === 'iam' && node === 'node02', NOW_MS + 1000);
    observing(store, (service, node) => service === 'iam' && node === 'node02', NOW_MS + 3000);
    const { events } = store.getState();
    expect(events.length).toBeGreaterThan(before);
    expect(events.map((event) => event.seq)).toEqual(
      [...events.map((event) => event.seq)].sort((a, b) => b - a),
    );
    expect(events).toContainEqual(
      expect.objectContaining({ subject: { kind: 'instance', id: 'iam@node02' }, to: 'down' }),
    );
  });

  it('keep only so many events', () => {
    const store = sampleStore('healthy');
    for (let round = 1; round < 800; round += 1) {
      observing(store, () => round % 4 < 2, NOW_MS + round * 2000);
    }
    const { events } = store.getState();
    expect(events).toHaveLength(EVENTS_KEPT);
    expect(new Set(events.map((event) => event.seq)).size).toBe(EVENTS_KEPT);
  });

  it('go on behind a held screen', () => {
    const store = sampleStore('healthy');
    commands(store, 'pause');
    const held = shown(store.getState());
    observing(store, (service) => service === 'iam', NOW_MS + 1000);
    observing(store, (service) => service === 'iam', NOW_MS + 3000);
    const state = store.getState();
    expect(shown(state)).toBe(held);
    expect(shown(state).cluster.services.get('iam')?.verdict).toBe('ok');
    expect(state.cluster.services.get('iam')?.verdict).toBe('down');
    commands(store, 'pause');
    expect(shown(store.getState()).cluster.services.get('iam')?.verdict).toBe('down');
  });
});

describe('the cursor', () => {
  const COMMANDS: readonly Command[] = [
    'move-up',
    'move-down',
    'move-first',
    'move-last',
    'page-up',
    'page-down',
    'open',
    'back',
    'fold',
    'unfold',
    'column-left',
    'column-right',
    'view-tree',
    'view-nodes',
    'view-events',
    'view-jobs',
    'help',
    'only-broken',
    'next-problem',
    'tree-mode',
    'pause',
  ];

  it('stands on a row of its view after any keys', () => {
    const base = sampleStore('quorum-lost').getState();
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...COMMANDS), { maxLength: 40 }), (list) => {
        let state = base;
        for (const command of list) {
          state = reduce(state, { kind: 'command', command }).state;
          const ids = rowIds(state, topFrame(state.ui));
          const selected = selectedRow(state);
          expect(selected === undefined ? ids.length === 0 : ids.includes(selected)).toBe(true);
          expect(state.ui.stack[0].view).toBe('tree');
        }
      }),
      { numRuns: 60 },
    );
  });

  it('stays on its row whatever is judged', () => {
    const store = sampleStore('healthy');
    commands(store, 'unfold', 'move-down', 'move-down');
    expect(selectedRow(store.getState())).toBe('instance:chainfire@node02');
    observing(store, (service) => service !== 'iam', NOW_MS + 1000);
    observing(store, (service) => service !== 'iam', NOW_MS + 3000);
    expect(selectedRow(store.getState())).toBe('instance:chainfire@node02');
  });

  it('comes back to its row when the filter that hid it goes', () => {
    const store = sampleStore('healthy');
    commands(store, 'move-last');
    const chosen = selectedRow(store.getState());
    press(store, ['/', ...'chain', 'enter']);
    expect(selectedRow(store.getState())).not.toBe(chosen);
    expect(rowIds(store.getState(), topFrame(store.getState().ui))).toContain(selectedRow(store.getState()));
    press(store, ['esc']);
    expect(selectedRow(store.getState())).toBe(chosen);
  });

  it('keeps its line of the screen when newer events arrive above it', () => {
    const store = sampleStore('quorum-lost');
    store.dispatch({ kind: 'resized', bodyRows: 5, compact: false });
    commands(store, 'view-events', 'move-down', 'move-down');
    const before = store.getState();
    const chosen = selectedRow(before);
    const lineOf = (state: AppState): number => {
      const frame = topFrame(state.ui);
      return rowIds(state, frame).indexOf(chosen ?? '') - frame.scroll;
    };
    observing(store, () => false, NOW_MS + 1000);
    const after = store.getState();
    expect(after.events.length).toBeGreaterThan(before.events.length);
    expect(selectedRow(after)).toBe(chosen);
    expect(lineOf(after)).toBe(lineOf(before));
  });

  it('follows the newest event until it is moved', () => {
    const store = sampleStore('quorum-lost');
    commands(store, 'view-events');
    observing(store, () => false, NOW_MS + 1000);
    expect(selectedRow(store.getState())).toBe(`event:${store.getState().events[0]?.seq}`);
  });

  it('finds the next problem and starts over', () => {
    const store = sampleStore('degraded-dns');
    commands(store, 'next-problem');
    expect(selectedRow(store.getState())).toBe('service:flashdns');
    commands(store, 'move-last', 'next-problem');
    expect(selectedRow(store.getState())).toBe('service:flashdns');
    commands(store, 'view-nodes', 'next-problem');
    expect(selectedRow(store.getState())).toBe('node:node02');
  });

  it('says so when there is no problem to go to', () => {
    const store = sampleStore('healthy');
    commands(store, 'next-problem');
    expect(store.getState().ui.notice?.text).toContain('nothing is broken');
  });
});

describe('views', () => {
  it('ask what a stop would do, and go back to the row', () => {
    const store = sampleStore('healthy');
    commands(store, 'view-nodes', 'move-down', 'column-right', 'what-if');
    expect(topFrame(store.getState().ui)).toMatchObject({
      view: 'what-if',
      subject: 'instance:chainfire@node02',
    });
    const copied: Effect[] = [];
    store.onEffect((effect) => copied.push(effect));
    commands(store, 'copy', 'back');
    expect(copied).toEqual([
      {
        kind: 'copy',
        text: 'if chainfire@node02 stops: Safe: quorum stays 2 of 3, users notice nothing.',
      },
    ]);
    expect(selectedRow(store.getState())).toBe('node:node02');
    commands(store, 'view-tree', 'move-first', 'move-up', 'what-if');
    expect(selectedRow(store.getState())).toBe('level:1');
    expect(topFrame(store.getState().ui).view).toBe('tree');
  });

  it('are stacked, and remember where one was', () => {
    const store = sampleStore('healthy');
    commands(store, 'move-down', 'view-nodes', 'move-down', 'open');
    expect(store.getState().ui.stack.map((frame) => frame.view)).toEqual(['tree', 'nodes', 'detail']);
    expect(topFrame(store.getState().ui).subject).toBe('node:node02');
    commands(store, 'back', 'back');
    expect(selectedRow(store.getState())).toBe('service:flaredb');
    commands(store, 'view-nodes');
    expect(selectedRow(store.getState())).toBe('node:node02');
  });

  it('fold outwards and unfold inwards', () => {
    const store = sampleStore('healthy');
    commands(store, 'unfold', 'unfold');
    expect(selectedRow(store.getState())).toBe('instance:chainfire@node01');
    commands(store, 'fold');
    expect(selectedRow(store.getState())).toBe('service:chainfire');
    commands(store, 'fold');
    expect(rowIds(store.getState(), topFrame(store.getState().ui))).not.toContain(
      'instance:chainfire@node01',
    );
    commands(store, 'fold');
    expect(selectedRow(store.getState())).toBe('level:1');
  });

  it('scroll a page no further than its end', () => {
    const store = sampleStore('healthy');
    commands(store, 'open');
    store.dispatch({ kind: 'resized', bodyRows: 10, compact: false });
    store.dispatch({ kind: 'measured', lines: 25 });
    expect(topFrame(commands(store, 'move-last').ui).scroll).toBe(15);
    expect(topFrame(commands(store, 'move-up').ui).scroll).toBe(14);
    store.dispatch({ kind: 'measured', lines: 12 });
    expect(topFrame(store.getState().ui).scroll).toBe(2);
  });
});

describe('actions', () => {
  it('copy the selected row as text', () => {
    const store = sampleStore('quorum-lost');
    const effects: Effect[] = [];
    store.onEffect((effect) => effects.push(effect));
    commands(store, 'unfold', 'move-down', 'move-down', 'copy');
    expect(effects).toEqual([{ kind: 'copy', text: expect.stringMatching(/^chainfire@node02 down /u) }]);
  });

  it('stay on the screen until somebody has taken note of how they ended', () => {
    const store = sampleStore('healthy');
    const told = (): readonly string[] =>
      openEntries(store.getState()).flatMap((entry) => (entry.kind === 'job' ? entry.job.words : []));
    store.dispatch({ kind: 'job', job: jobOf(store, {}) });
    commands(store, 'back', 'view-jobs', 'view-tree');
    expect(told()).toEqual(['running']);
    const ended = jobOf(store, { phase: 'done', outcome: 'succeeded', words: 'recovered in 6 s' });
    store.dispatch({ kind: 'job', job: ended });
    store.dispatch({ kind: 'tick', nowMs: NOW_MS + 3_600_000 });
    commands(store, 'open', 'back', 'move-down');
    expect(told()).toEqual(['recovered in 6 s']);
    commands(store, 'only-broken', 'back');
    expect(told()).toEqual([]);
    expect(store.getState().ui.onlyBroken).toBe(true);
    store.dispatch({ kind: 'job', job: { ...ended, id: '8' } });
    expect(told()).toEqual(['recovered in 6 s']);
    commands(store, 'view-jobs');
    expect(told()).toEqual([]);
  });

  it('can be given up while they run', () => {
    const store = sampleStore('healthy');
    const effects: Effect[] = [];
    store.onEffect((effect) => effects.push(effect));
    store.dispatch({ kind: 'job', job: jobOf(store, {}) });
    press(store, ['4', 'c']);
    expect(effects).toEqual([{ kind: 'cancel-job', id: '7' }]);
    store.dispatch({ kind: 'job', job: jobOf(store, { outcome: 'cancelled', phase: 'done' }) });
    press(store, ['c']);
    expect(effects).toHaveLength(1);
    expect(store.getState().ui.notice?.text).toContain('has ended');
  });
});
