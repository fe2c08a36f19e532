import { describe, expect, it } from 'vitest';
import { filterOf } from '../../../src/core/filter.ts';
import { nodeRowsOf, treeRowsOf } from '../../../src/store/rows.ts';
import { createAppStore } from '../../../src/store/store.ts';
import { sampleInventory, sampleStore } from '../../helpers/sample-cluster.ts';

describe('a filter', () => {
  it('wants every word, in any case, and a tag by its beginning', () => {
    expect(filterOf('  ')).toBeUndefined();
    expect(filterOf('chain DOWN')?.('chainfire node01 down')).toBe(true);
    expect(filterOf('chain down')?.('chainfire node01 ok')).toBe(false);
    expect(filterOf('@rack-r0 down')?.('node01 down', ['Rack-R07'])).toBe(true);
    expect(filterOf('@r07')?.('node01 down', ['rack-r07'])).toBe(false);
    expect(filterOf('rack')?.('node01 down', ['rack-r07'])).toBe(false);
    // In the events a name stands behind the same sign.
    expect(filterOf('@node02')?.('chainfire@node02 down')).toBe(true);
  });

  it('shows the instances and the nodes with a tag', () => {
    const { topology, options, mode } = sampleStore('healthy').getState();
    const plain = sampleInventory(3);
    const inventory = {
      ...plain,
      nodes: plain.nodes.map((node) => (node.name === 'node02' ? { ...node, tags: ['storage'] } : node)),
    };
    const store = createAppStore({ topology, inventory, options, mode, nowMs: 0, utcOffsetMinutes: 0 });
    store.dispatch({ kind: 'command', command: 'filter' });
    store.dispatch({ kind: 'text', text: '@stor' });
    expect(nodeRowsOf(store.getState()).map(({ id }) => id)).toEqual(['node:node02']);
    const instances = treeRowsOf(store.getState()).flatMap((row) =>
      row.kind === 'instance' ? [row.instance.node] : [],
    );
    expect(new Set(instances)).toEqual(new Set(['node02']));
    expect(instances).toHaveLength(topology.services.length);
  });
});
