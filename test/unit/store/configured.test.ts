import { describe, expect, it } from 'vitest';
import { selectedRow } from '../../../src/store/rows.ts';
import type { AppState } from '../../../src/store/state.ts';
import type { AppStore } from '../../../src/store/store.ts';
import { sampleInventory, sampleStore } from '../../helpers/sample-cluster.ts';

const configure = (
  store: AppStore,
  change: Partial<Pick<AppState, 'inventory' | 'mode' | 'options'>>,
): void => {
  const { topology, inventory, options, mode } = store.getState();
  store.dispatch({ kind: 'configured', ...{ topology, inventory, options, mode }, ...change });
};
const run = (store: AppStore, ...commands: readonly ('move-down' | 'unfold' | 'mark' | 'pause')[]): void => {
  for (const command of commands) store.dispatch({ kind: 'command', command });
};

describe('another configuration', () => {
  it('keeps all that is known of the nodes that stay, and knows nothing of the new one', () => {
    const store = sampleStore('quorum-lost');
    const before = store.getState();
    configure(store, { inventory: sampleInventory(4) });
    const { facts, cluster, events } = store.getState();
    for (const [id, check] of before.facts.checks) expect(facts.checks.get(id)).toBe(check);
    expect(facts.units.get('node02')).toBe(before.facts.units.get('node02'));
    expect(facts.units.has('node04')).toBe(false);
    expect(cluster.instances.get('iam@node04')?.verdict).not.toBe('ok');
    expect(cluster.instances.get('chainfire@node02')?.verdict).toBe('down');
    expect(cluster.services.get('chainfire')?.quorum).toMatchObject({ expected: 4, needed: 3 });
    // What was known is no news.
    expect(events.filter(({ subject }) => subject.kind === 'instance')).toEqual(
      before.events.filter(({ subject }) => subject.kind === 'instance'),
    );
  });

  it('forgets a node that goes, with its marks, and what was known of one that is somewhere else now', () => {
    const store = sampleStore('healthy');
    run(store, 'unfold', 'move-down', 'move-down', 'move-down', 'mark');
    expect([...store.getState().ui.marks]).toEqual(['chainfire@node03']);
    const { nodes, cluster } = store.getState().inventory;
    const moved = nodes
      .filter(({ name }) => name !== 'node03')
      .map((node) => (node.name === 'node02' ? { ...node, address: '10.9.9.9', ssh: 'elsewhere' } : node));
    configure(store, { inventory: { cluster, nodes: moved } });
    const { facts, ui, cluster: judged } = store.getState();
    expect(ui.marks.size).toBe(0);
    expect(judged.nodes.has('node03')).toBe(false);
    expect([...facts.links.keys()]).toEqual(['node01', 'node02']);
    expect(facts.links.get('node02')).toEqual({ state: 'none' });
    expect(facts.units.has('node02')).toBe(false);
    expect(facts.units.has('node01')).toBe(true);
    const history = (id: string): number => facts.checks.get(id as never)?.history.length ?? -1;
    const ids = [...facts.checks.keys()];
    expect(ids.filter((id) => id.includes('@node02')).map(history)).toEqual(
      ids.filter((id) => id.includes('@node02')).map(() => 0),
    );
    expect(Math.min(...ids.filter((id) => id.includes('@node01')).map(history))).toBeGreaterThan(0);
  });

  it('leaves the cursor on its row, and shows live what was held of other nodes', () => {
    const store = sampleStore('healthy');
    run(store, 'move-down', 'move-down', 'move-down', 'pause');
    const row = selectedRow(store.getState());
    configure(store, { inventory: sampleInventory(5) });
    expect(selectedRow(store.getState())).toBe(row);
    expect(store.getState().held).toBeUndefined();
  });

  it('that differs in looks alone changes neither facts nor judgement', () => {
    const store = sampleStore('healthy');
    run(store, 'pause');
    const { facts, cluster, options, held } = store.getState();
    const mode = { ...store.getState().mode, banner: { text: 'LAB', color: 'blue' } as const };
    configure(store, { mode, options: { ...options } });
    expect(store.getState().mode.banner?.text).toBe('LAB');
    expect(store.getState().facts).toBe(facts);
    expect(store.getState().cluster.instances).toBe(cluster.instances);
    expect(store.getState().held).toBe(held);
  });
});
