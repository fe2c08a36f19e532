import { describe, expect, it } from 'vitest';
import { paste, press } from '../../../src/keys/resolve.ts';
import type { Effect } from '../../../src/store/events.ts';
import type { AppStore } from '../../../src/store/store.ts';
import { withPlanner } from '../../helpers/planner.ts';
import { type Situation, sampleStore } from '../../helpers/sample-cluster.ts';

/** A console in which nothing runs without a reason, after these keys; what it asked of the world since. */
const opened = (situation: Situation, ...keys: readonly string[]) => {
  const store = sampleStore(situation, { needsReason: true });
  const effects = withPlanner(store);
  for (const key of keys) press(store, [key]);
  const sent = (): readonly Effect[] => effects.filter(({ kind }) => !kind.startsWith('plan'));
  return { store, sent };
};

const noticeOf = (store: AppStore): string | undefined => store.getState().ui.notice?.text;
const whyIn = (store: AppStore): unknown => store.getState().ui.dialog?.why;
const type = (store: AppStore, text: string): void => press(store, [...text]);

describe('a dialog where nothing runs without a reason', () => {
  it('asks for it before the yes, and hands it on', () => {
    const { store, sent } = opened('healthy', 'l', 'l', 'r');
    type(store, 'new yes man');
    press(store, ['enter']);
    expect(whyIn(store)).toEqual({ text: 'new yes man', given: true });
    expect(sent()).toEqual([]);
    press(store, ['y']);
    expect(sent()).toMatchObject([{ kind: 'run-plan', reason: 'new yes man' }]);
    expect(store.getState().ui.dialog).toBeUndefined();
  });

  it('says that it is required at enter, and y is only a letter of it', () => {
    const { store, sent } = opened('healthy', 'l', 'l', 'r', 'enter');
    expect(noticeOf(store)).toContain('a reason is required');
    type(store, '  ');
    press(store, ['enter']);
    expect(noticeOf(store)).toContain('a reason is required');
    press(store, ['y']);
    expect(whyIn(store)).toEqual({ text: '  y', given: false });
    store.dispatch({ kind: 'command', command: 'confirm' });
    expect(sent()).toEqual([]);
  });

  it('takes enter after the reason for no, and esc at any time', () => {
    const { store, sent } = opened('healthy', 'l', 'l', 'r');
    type(store, 'because');
    press(store, ['enter']);
    press(store, ['enter']);
    expect(store.getState().ui.dialog).toBeUndefined();
    press(store, ['r']);
    type(store, 'because');
    press(store, ['esc']);
    expect(store.getState().ui.dialog).toBeUndefined();
    expect(sent()).toEqual([]);
  });

  it('asks for the name after the reason', () => {
    const { store, sent } = opened('node-lost', 'l', 'j', 'r');
    type(store, 'chainfire');
    press(store, ['enter']);
    press(store, ['enter']);
    expect(noticeOf(store)).toBe('type chainfire to go on');
    type(store, 'chainfire');
    press(store, ['enter']);
    expect(sent()).toMatchObject([{ kind: 'run-plan', reason: 'chainfire' }]);
  });

  it('ends a chunk at the end of the reason', () => {
    const { store, sent } = opened('healthy', 'l', 'l', 'r');
    press(store, [...'why', 'enter', 'y']);
    expect(whyIn(store)).toEqual({ text: 'why', given: true });
    expect(sent()).toEqual([]);
  });

  it('takes the first line of what is pasted, without what is not seen, and no more than it has room for', () => {
    const { store } = opened('healthy', 'l', 'l', 'r');
    paste(store, 'new \u202e\u200bcert\u0007ificate\ny\n');
    expect(whyIn(store)).toEqual({ text: 'new certificate', given: false });
    paste(store, 'x'.repeat(5000));
    expect(store.getState().ui.dialog?.why?.text).toHaveLength(200);
    press(store, ['ctrl-u']);
    press(store, ['a']);
    press(store, ['b']);
    press(store, ['backspace']);
    expect(whyIn(store)).toEqual({ text: 'a', given: false });
  });

  it('asks once for all of what is marked', () => {
    const { store, sent } = opened('healthy', '2', 'l', ' ', 'j', ' ', 'r');
    type(store, 'both');
    press(store, ['enter']);
    press(store, ['y']);
    expect(sent()).toMatchObject([{ kind: 'run-operation', reason: 'both' }]);
  });

  it('does not ask where it is refused anyway', () => {
    const { store } = opened('node-lost', 'l', 'j', 'j', 'r');
    expect(store.getState().ui.dialog).toBeDefined();
    expect(whyIn(store)).toBeUndefined();
  });

  it('asks for nothing else before a shell', () => {
    const { store, sent } = opened('healthy', '2', 'S');
    store.dispatch({ kind: 'command', command: 'confirm' });
    expect(sent()).toEqual([]);
    press(store, ['enter']);
    expect(sent()).toEqual([]);
    expect(noticeOf(store)).toContain('a reason is required');
    type(store, ' look at the disk ');
    press(store, ['enter']);
    expect(sent()).toEqual([{ kind: 'shell', node: 'node01', reason: 'look at the disk' }]);
    expect(store.getState().ui).toMatchObject({ dialog: undefined, away: true });
  });
});

it('asks for no reason where none is needed', () => {
  const store = sampleStore('healthy');
  const effects = withPlanner(store);
  for (const key of ['l', 'l', 'r', 'y']) press(store, [key]);
  expect(effects.at(-1)).not.toHaveProperty('reason');
  for (const key of ['2', 'S']) press(store, [key]);
  expect(effects.at(-1)).toEqual({ kind: 'shell', node: 'node01' });
});

describe('a dialog that may not run', () => {
  it('is closed by every key that says no, though its like would have a name typed', () => {
    for (const key of ['n', 'enter', 'q', 'esc']) {
      const store = sampleStore('node-lost');
      const effects = withPlanner(store);
      // A restart on all nodes breaks the quorum, and one node is out of reach.
      for (const chord of ['2', 'l', ' ', 'j', ' ', 'j', ' ', 'r']) press(store, [chord]);
      const { dialog } = store.getState().ui;
      if (dialog?.kind !== 'operation') throw new Error('no dialog');
      expect(dialog.plan.typed).toBeDefined();
      expect(dialog.plan.refusals.length).toBeGreaterThan(0);
      press(store, ['y']);
      expect(store.getState().ui.dialog).toBeDefined();
      press(store, [key]);
      expect(store.getState().ui.dialog, key).toBeUndefined();
      expect(effects.filter(({ kind }) => kind.startsWith('run'))).toEqual([]);
    }
  });
});

describe('the pages of a dialog', () => {
  it('are turned while a name is typed, and nothing of it is lost', () => {
    const { store } = opened('node-lost', 'l', 'j', 'r');
    type(store, 'disk');
    press(store, ['down']);
    expect(store.getState().ui.dialog).toMatchObject({ page: 1, why: { text: 'disk' } });
    press(store, ['enter']);
    type(store, 'chain');
    press(store, ['down']);
    press(store, ['up']);
    press(store, ['up']);
    expect(store.getState().ui.dialog).toMatchObject({ page: 0, typed: 'chain' });
  });
});

describe('what the nodes tell while a dialog is open', () => {
  it('is added to it, and what was typed stays', () => {
    const { store } = opened('healthy', 'l', 'l', 'r', 'w', 'h', 'y');
    const { dialog } = store.getState().ui;
    if (dialog?.kind !== 'confirm') throw new Error('no dialog');
    store.dispatch({ kind: 'recent', plan: dialog.plan, recent: ['alice restarted it'] });
    expect(store.getState().ui.dialog).toEqual({ ...dialog, recent: ['alice restarted it'] });
  });

  it('is nothing to another dialog, or to none', () => {
    const { store } = opened('healthy', 'l', 'l', 'r');
    const before = store.getState().ui.dialog;
    if (before?.kind !== 'confirm') throw new Error('no dialog');
    store.dispatch({ kind: 'recent', plan: { ...before.plan }, recent: ['alice restarted it'] });
    expect(store.getState().ui.dialog).toBe(before);
    press(store, ['esc']);
    store.dispatch({ kind: 'recent', plan: before.plan, recent: ['alice restarted it'] });
    expect(store.getState().ui.dialog).toBeUndefined();
  });
});
