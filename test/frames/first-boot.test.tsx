/** The first-boot view of a simulated cluster at three sizes. The pictures are in __snapshots__. */
import { describe, expect, it } from 'vitest';
import type { UnitFacts } from '../../src/core/model/observation.ts';
import type { AppStore } from '../../src/store/store.ts';
import type { ThemeOptions } from '../../src/views/theme.ts';
import { watchBoot } from '../helpers/boot-cluster.ts';
import { openScreen } from '../helpers/frame.tsx';
import { withPlanner } from '../helpers/planner.ts';
import { sampleStore } from '../helpers/sample-cluster.ts';

const SIZES = [
  [120, 40],
  [80, 24],
  [40, 15],
] as const;
const ASCII: ThemeOptions = { ascii: true, color: 'none' };
const ENTER = '\r';

type Shot = {
  readonly name: string;
  readonly store: () => AppStore;
  readonly keys?: readonly string[];
  readonly theme?: ThemeOptions;
};

const bootAt = (endMs: number, options: Parameters<typeof watchBoot>[0] = {}): AppStore => {
  const boot = watchBoot({ ...options, endMs });
  boot.watch(endMs);
  return boot.store;
};

/** A step of the last node has failed for good; what requires it was left behind. */
const failed = (step = 'flaredb-cluster-join'): AppStore => {
  const boot = watchBoot({ endMs: 60_000 });
  boot.watch(60_000);
  const { store } = boot;
  withPlanner(store);
  const { facts, inventory, nowMs } = store.getState();
  const look = facts.units.get('node03');
  if (look === undefined) throw new Error('node03 was not seen');
  const units = look.units.map((unit): UnitFacts => {
    if (unit.unit === `${step}.service` && step === 'flaredb-cluster-join')
      return { ...unit, active: 'failed', sub: 'failed', result: 'exit-code', exitCode: 1, exitHow: 1 };
    const isLeft = step !== 'flaredb-cluster-join' && /^(?:flaredb|iam|.*-join|.*-setup)\b/u.test(unit.unit);
    return isLeft ? { ...unit, active: 'inactive', sub: 'dead' } : unit;
  });
  store.dispatch({
    kind: 'observed',
    nowMs,
    observations: [
      ...inventory.nodes.map(({ name }) => ({
        kind: 'link' as const,
        node: name,
        link: { state: 'up' as const, sinceMs: nowMs },
      })),
      { kind: 'units', node: 'node03', look: { ...look, units } },
    ],
  });
  return store;
};

/** From the row of the node to the step that joins FlareDB. */
const TO_JOIN = ['j', 'j', 'j', 'j'];

const SHOTS: readonly Shot[] = [
  { name: 'first-boot-begins', store: () => bootAt(7000) },
  { name: 'first-boot-middle', store: () => bootAt(26_000) },
  { name: 'first-boot-middle-last', store: () => bootAt(26_000), keys: [ENTER, 'G', ENTER] },
  { name: 'first-boot-middle-ascii', store: () => bootAt(26_000), theme: ASCII },
  { name: 'first-boot-end', store: () => bootAt(64_000) },
  {
    name: 'first-boot-join-fails',
    store: () => bootAt(64_000, { scenario: 'join-failure' }),
    keys: [ENTER, 'G', ENTER],
  },
  { name: 'step-rerun', store: () => failed(), keys: [ENTER, 'G', ENTER, ...TO_JOIN, 'R'] },
  { name: 'step-page', store: () => failed(), keys: [ENTER, 'G', ENTER, ...TO_JOIN, ENTER] },
  { name: 'node-bring-up', store: () => failed('chainfire-cluster-join'), keys: ['G', 'u'] },
  { name: 'first-boot-node', store: () => bootAt(26_000), keys: ['2', ENTER] },
  { name: 'first-boot-past', store: () => bootAt(4000, { scenario: 'steady' }), keys: ['j'] },
  { name: 'first-boot-many', store: () => bootAt(40_000, { nodes: 12 }), keys: ['G'] },
  { name: 'first-boot-unseen', store: () => sampleStore('unseen') },
];

const cases = SHOTS.flatMap((shot) => SIZES.map(([columns, rows]) => ({ shot, columns, rows })));

describe('frames', () => {
  it.each(cases)('$shot.name at $columns x $rows', async ({ shot, columns, rows }) => {
    const screen = await openScreen(shot.store(), columns, rows, shot.theme);
    await screen.press('5');
    for (const key of shot.keys ?? []) await screen.press(key);
    expect(screen.overflowed()).toBe(false);
    expect(screen.text()).not.toMatch(/\p{Control}(?<!\n)|\[\d+m/u);
    if (shot.theme?.ascii) expect(screen.text()).toMatch(/^[\x20-\x7e\n]*$/u);
    await expect(
      `${screen
        .lines()
        .map((line) => line.trimEnd())
        .join('\n')}\n`,
    ).toMatchFileSnapshot(`__snapshots__/${shot.name}-${columns}x${rows}.txt`);
    screen.close();
  });
});
