import { describe, expect, it } from 'vitest';
import { paletteHits, paletteIndex } from '../../../src/keys/palette.ts';
import { paste, press } from '../../../src/keys/resolve.ts';
import { selectedRow } from '../../../src/store/rows.ts';
import { topFrame } from '../../../src/store/state.ts';
import type { AppStore } from '../../../src/store/store.ts';
import { askedPlan, withPlanner } from '../../helpers/planner.ts';
import { type Situation, sampleStore } from '../../helpers/sample-cluster.ts';

const opened = (situation: Situation, keys: readonly string[] = [], mode = {}) => {
  const store = sampleStore(situation, mode);
  const effects = withPlanner(store);
  for (const key of keys) press(store, [key]);
  press(store, [':']);
  return { store, effects };
};
const type = (store: AppStore, text: string): void => press(store, [...text]);
const words = ({ getState }: AppStore): readonly string[] =>
  paletteHits(getState()).map(({ item }) => item.words);
const entry = (store: AppStore, name: string) =>
  paletteHits(store.getState()).find(({ item }) => item.words === name)?.item;
const isOpen = (store: AppStore): boolean => store.getState().ui.palette !== undefined;

/** To chainfire on node02. */
const ON_NODE02 = ['l', 'j', 'j'];

describe('the palette', () => {
  it('names what each key would be about, and the key', () => {
    const { store } = opened('healthy', ON_NODE02);
    expect(entry(store, 'restart chainfire on node02')?.chord).toBe('r');
    expect(entry(store, 'logs of chainfire on node02')?.chord).toBe('L');
    expect(entry(store, 'what if chainfire on node02 stops')?.chord).toBe('w');
    expect(entry(store, 'shell on node02')?.chord).toBe('S');
    expect(entry(store, 'nodes')).toMatchObject({ kind: 'view', chord: '2' });
    expect(words(store)).toContain('flashdns');
    expect(words(store)).toContain('flaredb-cluster-join on node03');
  });

  it('names all that is meant, and what is marked', () => {
    const { store } = opened('healthy', ['j']);
    expect(words(store)).toContain('restart flaredb on 3 nodes');
    press(store, ['esc']);
    press(store, [' ', ':']);
    expect(words(store)).toContain('restart 3 marked');
  });

  it('greys what is not possible with the reason that the key gives', () => {
    const { store } = opened('healthy', ON_NODE02);
    type(store, 'start chain n2');
    const start = entry(store, 'start chainfire on node02');
    expect(start?.available()).toBe('it is not down');
    press(store, ['ctrl-u']);
    type(store, 'rerun');
    press(store, ['enter']);
    expect(isOpen(store)).toBe(true);
    expect(store.getState().ui.notice).toMatchObject({ tone: 'refused', text: 'nothing here has failed' });
    // The next letter is about something else.
    type(store, ' ');
    expect(store.getState().ui.notice).toBeUndefined();
  });

  it.each([
    ['live', {}, true],
    ['the demo', { source: 'demo' }, 'the demo has no configuration to edit'],
    ['flags alone', { isFileless: true }, 'there is no configuration file: flags alone say what is watched'],
  ] as const)('reloads the configuration where there is one: %s', (_, mode, available) => {
    const { store, effects } = opened('healthy', [], mode);
    type(store, 'reload');
    expect(words(store)[0]).toBe('reload configuration');
    expect(entry(store, 'reload configuration')?.available()).toBe(available);
    press(store, ['enter']);
    expect(effects.map(({ kind }) => kind)).toEqual(available === true ? ['reload'] : []);
  });

  it('asks exactly what the key asks', () => {
    const byKey = sampleStore('healthy');
    withPlanner(byKey);
    for (const key of [...ON_NODE02, 'r']) press(byKey, [key]);
    const { store } = opened('healthy', ON_NODE02);
    type(store, 'rest chain n2');
    expect(words(store)[0]).toBe('restart chainfire on node02');
    press(store, ['enter']);
    expect(isOpen(store)).toBe(false);
    expect(askedPlan(store)).toEqual(askedPlan(byKey));
    expect(store.getState().ui.stack).toEqual(byKey.getState().ui.stack);
  });

  it('asks the same about what is not selected, and stays where it was', () => {
    const { store, effects } = opened('quorum-lost', ['G']);
    const row = selectedRow(store.getState());
    type(store, 'rest chain n2');
    press(store, ['enter']);
    expect(askedPlan(store).target).toEqual({ kind: 'instance', service: 'chainfire', node: 'node02' });
    press(store, ['esc']);
    expect(selectedRow(store.getState())).toBe(row);
    expect(topFrame(store.getState().ui).view).toBe('tree');
    expect(effects.map(({ kind }) => kind)).toEqual(['plan']);
  });

  it('opens what is not selected, and comes back from there', () => {
    const { store } = opened('quorum-lost', ['2']);
    type(store, 'logs iam n3');
    press(store, ['enter']);
    expect(store.getState().logs?.subject.title).toBe('iam on node03');
    expect(store.getState().ui.stack.map(({ view }) => view)).toEqual(['tree', 'nodes', 'logs']);
    press(store, [':']);
    type(store, 'logs iam n1');
    press(store, ['enter']);
    expect(store.getState().logs?.subject.title).toBe('iam on node01');
    expect(store.getState().ui.stack.map(({ view }) => view)).toEqual(['tree', 'nodes', 'logs']);
    press(store, ['esc']);
    expect(store.getState().logs).toBeUndefined();
  });

  it('refuses in read-only what the keys refuse, wherever it is', () => {
    const { store, effects } = opened('quorum-lost', [], { readOnly: true });
    for (const query of ['restart chain n2', 'restart iam n1', 'shell n1', 'bring up n1', 'stop iam n2']) {
      type(store, query);
      press(store, ['enter']);
      expect(store.getState().ui.notice?.text).toBe('read-only: nothing can be changed from here');
      expect(isOpen(store)).toBe(true);
      press(store, ['ctrl-u']);
    }
    expect(effects).toEqual([]);
    expect(store.getState().ui).toMatchObject({ dialog: undefined, away: false });
  });

  it.each([
    ['fiberlb', 'tree', 'service:fiberlb'],
    ['fiberlb n3', 'tree', 'instance:fiberlb@node03'],
    ['node02', 'nodes', 'node:node02'],
    ['flaredb-cluster-join n2', 'first-boot', 'step:flaredb-cluster-join@node02'],
    ['impact', 'impact', undefined],
  ])('jumps: %s', (query, view, row) => {
    // Nothing that hides rows stands in the way.
    const { store } = opened('starting', ['/', 'zebra', 'enter', '!']);
    type(store, query);
    press(store, ['enter']);
    expect(topFrame(store.getState().ui).view).toBe(view);
    expect(selectedRow(store.getState())).toBe(row);
    expect(isOpen(store)).toBe(false);
  });

  it('opens the page of a step that has no row', () => {
    const { store } = opened('starting');
    store.dispatch({ kind: 'resized', bodyRows: 9, compact: true });
    type(store, 'flaredb-cluster-join n2');
    press(store, ['enter']);
    expect(topFrame(store.getState().ui)).toMatchObject({
      view: 'detail',
      subject: 'step:flaredb-cluster-join@node02',
    });
  });

  it('moves, and starts over at the first with every letter', () => {
    const { store } = opened('healthy');
    press(store, ['down', 'tab', 'up', 'pagedown']);
    expect(paletteIndex(store.getState())).toBe(9);
    type(store, 'i');
    expect(paletteIndex(store.getState())).toBe(0);
    for (let times = 0; times < 60; times += 1) press(store, ['pagedown']);
    expect(paletteIndex(store.getState())).toBe(paletteHits(store.getState()).length - 1);
    press(store, ['esc']);
    expect(isOpen(store)).toBe(false);
  });

  it('lists the same in the same order while facts come in', () => {
    const { store } = opened('quorum-lost', ON_NODE02);
    type(store, 'node');
    const before = words(store);
    store.dispatch({ kind: 'tick', nowMs: store.getState().nowMs + 1000 });
    expect(words(store)).toEqual(before);
  });

  it('shows the key that there is, and finds what has none', () => {
    const keys = new Map([
      ['restart', ['F']],
      ['pause', []],
    ]);
    const { store } = opened('healthy', ON_NODE02, { keys });
    expect(entry(store, 'restart chainfire on node02')?.chord).toBe('F');
    expect(entry(store, 'pause')?.chord).toBeUndefined();
    type(store, 'rest iam n1');
    expect(entry(store, 'restart iam on node01')?.chord).toBe('F');
    press(store, ['ctrl-u']);
    type(store, 'pause');
    press(store, ['enter']);
    expect(store.getState().held).toBeDefined();
  });

  it('says so when nothing is found', () => {
    const { store } = opened('healthy');
    type(store, 'zebra');
    press(store, ['enter']);
    expect(store.getState().ui.notice?.text).toMatch(/^nothing is found/);
    expect(isOpen(store)).toBe(true);
  });
});

describe('what was not typed by hand', () => {
  it('chooses nothing that nobody has seen listed', () => {
    const store = sampleStore('healthy');
    const effects = withPlanner(store);
    press(store, [...':quit', 'enter', 'y']);
    expect(effects).toEqual([]);
    expect(store.getState().ui.palette?.text).toBe('quit');
    press(store, ['enter', 'y']);
    expect(effects).toEqual([{ kind: 'quit' }]);
  });

  it('is one line of letters that can be seen', () => {
    const { store } = opened('healthy');
    paste(store, 'quit\u202e\u200b\u001b]52;c;x\u0007\r\ny\n');
    expect(store.getState().ui.palette?.text).toBe('quit]52;c;x');
    expect(isOpen(store)).toBe(true);
    paste(store, 'x'.repeat(100_000));
    expect(store.getState().ui.palette?.text).toHaveLength(80);
  });
});
