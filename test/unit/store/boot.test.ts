/** The first-boot view's cursor, folds and rows. */
import { describe, expect, it } from 'vitest';
import { press } from '../../../src/keys/resolve.ts';
import { bootOf, isBootUnfolded } from '../../../src/store/boot.ts';
import type { Effect } from '../../../src/store/events.ts';
import { offerOf } from '../../../src/store/offer.ts';
import { rowIds, selectedRow } from '../../../src/store/rows.ts';
import { topFrame } from '../../../src/store/state.ts';
import type { AppStore } from '../../../src/store/store.ts';
import { watchBoot } from '../../helpers/boot-cluster.ts';
import { run } from '../demo/shells.ts';

const booting = (toMs: number, options: Parameters<typeof watchBoot>[0] = {}) => {
  const boot = watchBoot(options);
  boot.watch(toMs);
  press(boot.store, ['5']);
  return boot;
};

const rows = (store: AppStore) => rowIds(store.getState(), topFrame(store.getState().ui));
const openNodes = (store: AppStore) =>
  store.getState().inventory.nodes.filter(({ name }) => isBootUnfolded(store.getState(), name));

describe('the rows of a boot', () => {
  it('are the nodes, the first unfolded until the operator says otherwise', () => {
    const { store, watch } = booting(20_000);
    expect(rows(store)).toEqual([
      'node:node01',
      'instance:chainfire@node01',
      'step:chainfire-cluster-join@node01',
      'instance:flaredb@node01',
      'step:flaredb-cluster-join@node01',
      'instance:iam@node01',
      'step:iam-initial-setup@node01',
      'step:cluster-health-check@node01',
      'node:node02',
      'node:node03',
    ]);
    expect(openNodes(store).map(({ name }) => name)).toEqual(['node01']);
    press(store, ['enter', 'j', 'j', 'enter']);
    expect(openNodes(store).map(({ name }) => name)).toEqual(['node03']);
    watch(60_000);
    expect(openNodes(store).map(({ name }) => name)).toEqual(['node03']);
    press(store, ['enter']);
    expect(openNodes(store)).toEqual([]);
    expect(selectedRow(store.getState())).toBe('node:node03');
  });

  it('are the steps once it is long past, and these do not unfold', () => {
    const { store } = booting(2000, { scenario: 'steady' });
    expect(bootOf(store.getState()).past).toBe(true);
    expect(rows(store)[0]).toBe('drift:chainfire.service');
    press(store, ['enter']);
    expect(store.getState().ui.notice?.text).toContain('long past');
  });

  it('stand still while the screen is held', () => {
    const { store, watch } = booting(20_000);
    press(store, ['p']);
    const held = bootOf(store.getState());
    watch(30_000);
    expect(bootOf(store.getState())).toBe(held);
    press(store, ['p']);
    expect(bootOf(store.getState()).done).toBeGreaterThan(held.done);
  });

  it('can be copied as a line', () => {
    const { store } = booting(22_000);
    const copied: Effect[] = [];
    store.onEffect((effect) => copied.push(effect));
    press(store, ['G', 'y']);
    expect(copied).toEqual([
      {
        kind: 'copy',
        text: expect.stringMatching(/^node03 boot: 4 of 15 steps done, flaredb starting 0:0\d of 0:15$/u),
      },
    ]);
  });
});

describe('the next problem of a boot', () => {
  it('is the step that fails, also below a node that is folded', () => {
    const { store } = booting(70_000, { scenario: 'join-failure' });
    press(store, ['n']);
    expect(selectedRow(store.getState())).toBe('step:flaredb-cluster-join@node03');
    press(store, ['n']);
    expect(selectedRow(store.getState())).toBe('step:flaredb-cluster-join@node03');
    expect(offerOf(store.getState(), 'rerun')).toMatchObject({ kind: 'selected' });
  });

  it('is the node itself where it has no lines below it', () => {
    const { store } = booting(70_000, { scenario: 'join-failure' });
    store.dispatch({ kind: 'resized', bodyRows: 8, compact: true });
    press(store, ['n']);
    expect(selectedRow(store.getState())).toBe('node:node03');
  });

  it('is the step of which a node is short once the boot is long past', () => {
    const { world, store, watch } = booting(2000, { scenario: 'stuck-restart' });
    press(store, ['n']);
    expect(store.getState().ui.notice?.text).toBe('nothing is broken here');
    run(world, 'node03', 'systemctl restart --no-block chainfire');
    watch(world.nowMs + 15_000);
    press(store, ['G', 'n']);
    expect(selectedRow(store.getState())).toBe('drift:chainfire.service');
  });

  it('is none while all goes its way', () => {
    const { store } = booting(20_000);
    press(store, ['n']);
    expect(store.getState().ui.notice?.text).toBe('nothing is broken here');
  });
});
