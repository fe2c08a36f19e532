import { describe, expect, it } from 'vitest';
import { firstFrame } from '../../src/views/first-frame.ts';
import { openScreen } from '../helpers/frame.tsx';
import { sampleStore } from '../helpers/sample-cluster.ts';

const plain = (text: string): string => text.replaceAll(/\u001b\[[0-9;]*m/g, '').trimEnd();

describe('firstFrame', () => {
  it.each([
    [80, 24],
    [120, 40],
    [200, 60],
    [40, 15],
    [30, 8],
  ])('is what Ink draws first at %d×%d', async (columns, rows) => {
    for (const situation of ['healthy', 'quorum-lost'] as const) {
      const store = sampleStore(situation);
      store.dispatch({ kind: 'hint', isShown: situation === 'healthy' });
      const theme = { ascii: false, color: 'truecolor' } as const;
      const painted = firstFrame(store.getState(), { columns, rows }, theme).map(plain);
      const screen = await openScreen(store, columns, rows, theme);
      const drawn = screen.lines().map((line) => line.trimEnd());
      screen.close();
      expect(painted.slice(0, rows)).toEqual(drawn.slice(0, painted.length));
      expect(painted.length).toBeLessThanOrEqual(rows);
    }
  });

  it('is coloured', () => {
    const lines = firstFrame(
      sampleStore('quorum-lost').getState(),
      { columns: 80, rows: 24 },
      { ascii: false, color: 'truecolor' },
    );
    expect(lines.join('\n')).toMatch(/\u001b\[38;2;/);
  });
});
