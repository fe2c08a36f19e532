/** The nodes view by tag: what stands where, and where the cursor goes. */
import { expect, it } from 'vitest';
import { press } from '../../../src/keys/resolve.ts';
import { nodeRowsOf, selectedRow, selectedSubject } from '../../../src/store/rows.ts';
import type { AppStore } from '../../../src/store/store.ts';
import { type Situation, sampleStore } from '../../helpers/sample-cluster.ts';

const TAGS: Readonly<Record<string, readonly string[]>> = {
  node01: ['rack-b', 'storage'],
  node03: ['rack-a'],
  node04: ['storage', 'rack-b'],
  node05: ['rack-b'],
};

const opened = (situation: Situation, tags = TAGS): AppStore => {
  const store = sampleStore(situation);
  const { topology, inventory, options, mode } = store.getState();
  const nodes = inventory.nodes.slice(0, 5).map((node) => ({ ...node, tags: tags[node.name] ?? [] }));
  store.dispatch({ kind: 'configured', topology, inventory: { ...inventory, nodes }, options, mode });
  press(store, ['2']);
  return store;
};
const ids = (store: AppStore): readonly string[] =>
  nodeRowsOf(store.getState()).map(({ id }) => id.replace('node:node', ''));
const selected = (store: AppStore): string | undefined => selectedRow(store.getState());
const walk = (store: AppStore, key: string, times: number): readonly (string | undefined)[] =>
  Array.from({ length: times }, () => {
    press(store, [key]);
    return selected(store)?.replace('node:node', '');
  });

it('has each node beneath its first tag, in the order of the configuration, and those without at the end', () => {
  const store = opened('forty-nodes');
  expect(ids(store)).toEqual(['01', '02', '03', '04', '05']);
  press(store, ['t']);
  expect(ids(store)).toEqual([
    'tag:rack-b',
    '01',
    '05',
    'tag:rack-a',
    '03',
    'tag:storage',
    '04',
    'tag:',
    '02',
  ]);
  expect(nodeRowsOf(store.getState()).filter(({ kind }) => kind === 'tag')).toMatchObject([
    { words: '@rack-b', nodes: 2 },
    { words: '@rack-a', nodes: 1 },
    { words: '@storage', nodes: 1 },
    { words: 'no tag', nodes: 1 },
  ]);
  press(store, ['t']);
  expect(ids(store)).toEqual(['01', '02', '03', '04', '05']);
});

it('counts all nodes of a tag, also those that are hidden, and no tag with none to show', () => {
  const store = opened('quorum-lost', { node01: ['rack'], node02: ['rack'], node03: ['other'] });
  press(store, ['t']);
  press(store, ['/', ...'node02', 'enter']);
  expect(ids(store)).toEqual(['tag:rack', '02']);
  const [rack] = nodeRowsOf(store.getState());
  expect(rack).toMatchObject({ nodes: 2 });
  const sum = rack?.kind === 'tag' ? Object.values(rack.counts).reduce((one, other) => one + other) : 0;
  expect(sum).toBe(2);
});

it('goes past the headings, down and up, by pages and to the ends', () => {
  const store = opened('forty-nodes');
  press(store, ['t']);
  expect(selected(store)).toBe('node:node01');
  expect(walk(store, 'j', 5)).toEqual(['05', '03', '04', '02', '02']);
  expect(walk(store, 'k', 5)).toEqual(['04', '03', '05', '01', '01']);
  press(store, ['G']);
  expect(selected(store)).toBe('node:node02');
  press(store, ['g']);
  expect(selected(store)).toBe('node:node01');
  store.dispatch({ kind: 'resized', bodyRows: 5, compact: false });
  expect(walk(store, 'pagedown', 3)).toEqual(['03', '02', '02']);
  expect(walk(store, 'pageup', 3)).toEqual(['03', '01', '01']);
});

it('stays on its node when the groups come and go, and steps off the heading that takes its place', () => {
  const store = opened('forty-nodes');
  press(store, ['j', 'j', 't']);
  expect(selected(store)).toBe('node:node03');
  press(store, ['l', 't']);
  expect(selectedSubject(store.getState())).toBe('instance:chainfire@node03');
  press(store, ['t', 'k', 'k', 'j']);
  expect(selected(store)).toBe('node:node05');
  // Node 05 goes, and the heading of rack-a is in its place.
  const { topology, inventory, options, mode } = store.getState();
  const nodes = inventory.nodes.filter(({ name }) => name !== 'node05');
  store.dispatch({ kind: 'configured', topology, inventory: { ...inventory, nodes }, options, mode });
  expect(ids(store)[2]).toBe('tag:rack-a');
  expect(selected(store)).toBe('node:node03');
});

it('finds the next problem among the groups', () => {
  const store = opened('quorum-lost', { node01: ['rack'], node02: ['other'], node03: ['other'] });
  press(store, ['t', 'n']);
  expect(selected(store)).toMatch(/^node:/u);
});

it('is off with a reason where no node has a tag, also after the tags have gone', () => {
  const store = opened('forty-nodes', {});
  press(store, ['t']);
  expect(store.getState().ui.notice).toMatchObject({
    tone: 'refused',
    text: expect.stringMatching(/no node has a tag/u),
  });
  expect(store.getState().ui.byTag).toBe(false);
  const tagged = opened('forty-nodes');
  press(tagged, ['t']);
  const { topology, inventory, options, mode } = tagged.getState();
  const nodes = inventory.nodes.map((node) => ({ ...node, tags: [] }));
  tagged.dispatch({ kind: 'configured', topology, inventory: { ...inventory, nodes }, options, mode });
  expect(ids(tagged)).toEqual(['01', '02', '03', '04', '05']);
});
