/** The impact view at three sizes. The pictures are in __snapshots__. */
import { describe, expect, it } from 'vitest';
import type { ThemeOptions } from '../../src/views/theme.ts';
import { openScreen } from '../helpers/frame.tsx';
import { type Situation, sampleStore } from '../helpers/sample-cluster.ts';

const SIZES = [
  [120, 40],
  [80, 24],
  [40, 15],
] as const;
const ASCII: ThemeOptions = { ascii: true, color: 'none' };

type Shot = {
  readonly name: string;
  readonly situation: Situation;
  readonly keys?: readonly string[];
  readonly theme?: ThemeOptions;
};

const SHOTS: readonly Shot[] = [
  { name: 'impact-steady', situation: 'healthy' },
  { name: 'impact-quorum-lost', situation: 'quorum-lost' },
  { name: 'impact-quorum-lost-ascii', situation: 'quorum-lost', theme: ASCII },
  { name: 'impact-node-lost', situation: 'node-lost' },
  { name: 'impact-dns-lost', situation: 'dns-lost' },
  { name: 'impact-starting', situation: 'starting' },
  { name: 'impact-unseen', situation: 'unseen' },
];

const cases = SHOTS.flatMap((shot) => SIZES.map(([columns, rows]) => ({ shot, columns, rows })));

describe('frames', () => {
  it.each(cases)('$shot.name at $columns x $rows', async ({ shot, columns, rows }) => {
    const screen = await openScreen(sampleStore(shot.situation), columns, rows, shot.theme);
    await screen.press('6');
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
