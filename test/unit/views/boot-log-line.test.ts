/** The one line of a log in the first-boot view: whose clock its time is by. */
import { describe, expect, it } from 'vitest';
import { bootOf } from '../../../src/store/boot.ts';
import { logLine } from '../../../src/views/first-boot/log-line.ts';
import { watchBoot } from '../../helpers/boot-cluster.ts';
import { NOW_MS } from '../../helpers/sample-cluster.ts';

const BOOT = '0123abcd'.repeat(4);

/** Of what holds the boot, whose node's clock is so far off. */
const lineWith = (offMs: number, columns: number): string => {
  const { store, watch } = watchBoot({ scenario: 'join-failure', endMs: 120_000 });
  watch(120_000);
  const node = bootOf(store.getState()).heldBy?.node ?? '';
  const known = store.getState().facts.units.get(node);
  if (known?.monotonicMs === undefined) throw new Error('no look');
  const look = { ...known, monotonicMs: known.monotonicMs, bootId: BOOT };
  const wall = { atUs: (look.atMs + offMs) * 1000, monotonicUs: look.monotonicMs * 1000, boot: BOOT };
  store.dispatch({
    kind: 'observed',
    observations: [
      { kind: 'units', node, look },
      { kind: 'log', node, lines: [], dropped: 0, wall },
    ],
    nowMs: NOW_MS,
  });
  const state = store.getState();
  return logLine(state, bootOf(state), { columns, rows: 20, compact: columns < 60 })
    .flat()
    .map(({ text }) => text)
    .join('');
};

describe('the log line of a boot', () => {
  it.each([
    [7_200_000, 80, /^ {3}log {5}\d\d:\d\d:\d\d, its clock is 2 h ahead {2}\S/u],
    [-95_000, 40, /^ {3}\d\d:\d\d:\d\d, 2 m behind {2}\S/u],
    [1_900, 80, /^ {3}log {5}\d\d:\d\d:\d\d {2}\S/u],
  ])('says where the time is not ours: %i ms off, %i columns', (offMs, columns, words) => {
    expect(lineWith(offMs, columns)).toMatch(words);
  });
});
