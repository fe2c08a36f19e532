/** Colour only repeats: with every escape code stripped, each verdict is still told by its mark. */
import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../../src/core/model/cluster.ts';
import { paintLines } from '../../../src/views/paint.ts';
import { createTheme } from '../../../src/views/theme.ts';
import { treeLines } from '../../../src/views/tree/tree-lines.ts';
import { sampleStore } from '../../helpers/sample-cluster.ts';

const VERDICTS: readonly Verdict[] = ['ok', 'degraded', 'starting', 'late', 'down', 'blocked', 'unknown'];

describe.each([true, false])('without colour, ASCII %s', (ascii) => {
  const coloured = createTheme({ ascii, color: 'truecolor' });

  it('no two verdicts have the same mark', () => {
    expect(new Set(VERDICTS.map((verdict) => coloured.glyph(verdict))).size).toBe(VERDICTS.length);
  });

  it.each(['healthy', 'quorum-lost', 'node-lost', 'starting', 'degraded-dns', 'unseen'] as const)(
    'the tree tells the verdict of every service: %s',
    (situation) => {
      const state = sampleStore(situation).getState();
      for (const [columns, rows] of [
        [120, 33],
        [80, 17],
        [40, 12],
      ] as const) {
        const room = { columns, rows, compact: columns < 60 };
        const lines = paintLines(treeLines(state, room, coloured), columns, coloured).map((line) =>
          line.replace(/\u001b\[[\d;]*m/gu, ''),
        );
        for (const { name, verdict } of state.cluster.services.values()) {
          const row = lines.find((line) => new RegExp(` ${name} `, 'u').test(line));
          if (row !== undefined) expect(row).toContain(coloured.glyph(verdict));
        }
        expect(lines.some((line) => / chainfire /u.test(line))).toBe(true);
      }
    },
  );
});
