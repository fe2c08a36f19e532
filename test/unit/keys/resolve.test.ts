import { describe, expect, it } from 'vitest';
import { chordsOf } from '../../../src/keys/chords.ts';
import { paste, press, resolve } from '../../../src/keys/resolve.ts';
import type { Effect } from '../../../src/store/events.ts';
import { NO_KEY } from '../../helpers/key-report.ts';
import { askedPlan, withPlanner } from '../../helpers/planner.ts';
import { sampleStore } from '../../helpers/sample-cluster.ts';

const ran = (effects: readonly Effect[]): boolean => effects.some((effect) => effect.kind === 'run-plan');

describe('resolve', () => {
  it('gives a key its nearest meaning', () => {
    const store = sampleStore('healthy');
    expect(resolve(store.getState(), 'l')).toEqual({ kind: 'command', command: 'unfold' });
    press(store, ['2']);
    expect(resolve(store.getState(), 'l')).toEqual({ kind: 'command', command: 'column-right' });
    press(store, ['3']);
    expect(resolve(store.getState(), 'l')).toEqual({ kind: 'none' });
  });

  it('refuses with a reason what does not apply to the selected row', () => {
    const store = sampleStore('healthy');
    press(store, ['R']);
    expect(store.getState().ui.notice).toMatchObject({ tone: 'refused', text: 'nothing here has failed' });
  });

  it('holds q back while an action runs, and Ctrl-C not', () => {
    const store = sampleStore('healthy');
    withPlanner(store);
    press(store, ['l', 'l', 'r']);
    const plan = askedPlan(store);
    press(store, ['esc']);
    const job = { id: '1', plan, phase: 'running', startedAtMs: 0, words: 'runs' } as const;
    store.dispatch({ kind: 'job', job });
    expect(resolve(store.getState(), 'q')).toMatchObject({
      kind: 'refused',
      reason: 'restart chainfire@node01 still runs; Ctrl-C leaves all the same',
    });
    expect(resolve(store.getState(), 'ctrl-c')).toEqual({ kind: 'command', command: 'quit' });
    store.dispatch({ kind: 'job', job: { ...job, phase: 'done', outcome: 'succeeded' } });
    expect(resolve(store.getState(), 'q')).toEqual({ kind: 'command', command: 'quit' });
  });

  it('goes back with q from a page', () => {
    const store = sampleStore('healthy');
    press(store, ['enter', '?', 'q']);
    expect(store.getState().ui.stack.map((frame) => frame.view)).toEqual(['tree', 'detail']);
    press(store, ['q']);
    expect(store.getState().ui.stack).toHaveLength(1);
  });

  it('refuses dangerous keys in read-only, and only those', () => {
    const store = sampleStore('healthy', { readOnly: true });
    const effects = withPlanner(store);
    press(store, ['l', 'l', 'r']);
    expect(effects).toEqual([]);
    expect(store.getState().ui.notice?.text).toContain('read-only');
    press(store, ['enter']);
    expect(store.getState().ui.stack.at(-1)?.view).toBe('detail');
  });

  it('types into the filter what would be a key outside of it', () => {
    const store = sampleStore('healthy');
    press(store, ['/', 'q', 'r', '!']);
    expect(store.getState().ui.filter).toEqual({ text: 'qr!', editing: true });
    press(store, ['backspace', 'enter']);
    expect(store.getState().ui.filter).toEqual({ text: 'qr', editing: false });
    expect(resolve(store.getState(), 'q')).toEqual({ kind: 'command', command: 'quit' });
  });
});

describe('the confirmation', () => {
  const asked = (situation: 'healthy' | 'node-lost') => {
    const store = sampleStore(situation);
    const effects = withPlanner(store);
    press(store, ['l', 'l']);
    press(store, ['r']);
    expect(askedPlan(store).target).toEqual({
      kind: 'instance',
      service: 'chainfire',
      node: 'node01',
    });
    return { store, effects };
  };

  it.each(['enter', 'esc', 'n', 'q'])('takes %s for no', (chord) => {
    const { store, effects } = asked('healthy');
    press(store, [chord]);
    expect(store.getState().ui.dialog).toBeUndefined();
    expect(ran(effects)).toBe(false);
  });

  it('runs on y', () => {
    const { store, effects } = asked('healthy');
    press(store, ['y']);
    expect(store.getState().ui.dialog).toBeUndefined();
    expect(ran(effects)).toBe(true);
  });

  it('ignores every other key', () => {
    const { store, effects } = asked('healthy');
    for (const chord of ['j', 'r', '?', '1', 'tab', ' ']) press(store, [chord]);
    expect(store.getState().ui.dialog).toBeDefined();
    expect(ran(effects)).toBe(false);
  });

  it('cannot be answered by the chunk that opened it', () => {
    const store = sampleStore('healthy');
    const effects = withPlanner(store);
    press(store, ['l', 'l', 'r', 'y', 'y']);
    expect(store.getState().ui.dialog).toBeDefined();
    expect(ran(effects)).toBe(false);
  });

  it('cannot be answered by a run of characters', () => {
    const { store, effects } = asked('healthy');
    press(store, [...'yes please']);
    expect(store.getState().ui.dialog).toBeDefined();
    expect(ran(effects)).toBe(false);
  });

  it('wants the service typed when the quorum would break', () => {
    const { store, effects } = asked('node-lost');
    press(store, ['y']);
    press(store, ['enter']);
    expect(ran(effects)).toBe(false);
    expect(store.getState().ui.notice?.text).toContain('type chainfire');
    press(store, ['ctrl-u']);
    press(store, [...'chainfire', 'enter']);
    expect(ran(effects)).toBe(true);
  });

  it.each([
    ['\r', { return: true }],
    ['j', {}],
    [' ', {}],
  ])('is closed by Esc with %j right behind it, whatever was typed', (input, key) => {
    const { store, effects } = asked('node-lost');
    press(store, [...'chainfire']);
    press(store, chordsOf(input, { ...NO_KEY, ...key, meta: true }));
    expect(store.getState().ui.dialog).toBeUndefined();
    expect(ran(effects)).toBe(false);
  });

  it('refuses a plan that may not run', () => {
    const store = sampleStore('healthy');
    const effects = withPlanner(store);
    press(store, ['l', 'l']);
    press(store, ['r']);
    const plan = askedPlan(store);
    press(store, ['esc']);
    store.dispatch({ kind: 'planned', plan: { ...plan, refusals: ['node01 does not answer'] } });
    press(store, ['y']);
    expect(ran(effects)).toBe(false);
    expect(store.getState().ui.notice?.text).toContain('node01 does not answer');
  });

  it('keeps its plan while the cluster changes beneath it', () => {
    const { store } = asked('healthy');
    const plan = askedPlan(store);
    store.dispatch({ kind: 'tick', nowMs: store.getState().nowMs + 600_000 });
    expect(askedPlan(store)).toBe(plan);
  });
});

describe('the first words to a newcomer', () => {
  it('go with any key, also one that means nothing, and with nothing else', () => {
    for (const chord of ['j', '%', 'R', '/', ':']) {
      const store = sampleStore('healthy');
      store.dispatch({ kind: 'hint', isShown: true });
      store.dispatch({ kind: 'tick', nowMs: store.getState().nowMs + 60_000 });
      paste(store, 'no key');
      press(store, []);
      expect(store.getState().ui.hint).toBe(true);
      press(store, [chord]);
      expect(store.getState().ui.hint, chord).toBe(false);
    }
  });
});

describe('paste', () => {
  it('is ignored outside of an input', () => {
    const store = sampleStore('healthy');
    const before = store.getState();
    paste(store, 'rm -rf /\ny\n');
    expect(store.getState()).toBe(before);
  });

  it('puts its first line into the filter, without control characters', () => {
    const store = sampleStore('healthy');
    press(store, ['/']);
    paste(store, 'chain\u001b[31mfire\u0007\nsecond line');
    expect(store.getState().ui.filter.text).toBe('chain[31mfire');
  });
});
