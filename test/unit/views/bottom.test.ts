/** The first words to a newcomer: with the keys that are there, in the room that is there, and never before news. */
import { describe, expect, it } from 'vitest';
import type { Mode } from '../../../src/store/state.ts';
import { bottomLines, lastLine } from '../../../src/views/bottom.ts';
import { frameFor } from '../../../src/views/layout.ts';
import { paintLines } from '../../../src/views/paint.ts';
import { createTheme } from '../../../src/views/theme.ts';
import { sampleStore } from '../../helpers/sample-cluster.ts';

const THEME = createTheme({ ascii: true, color: 'none' });

const bottom = (columns: number, rows: number, mode: Partial<Mode> = {}): readonly string[] => {
  const store = sampleStore('healthy', mode);
  store.dispatch({ kind: 'hint', isShown: true });
  const state = store.getState();
  const frame = frameFor({ columns, rows });
  return paintLines([...bottomLines(state, frame, THEME), lastLine(state, frame, THEME)], columns, THEME);
};

describe('the first words to a newcomer', () => {
  it('stand in the rule, in as many words as there is room for, or in the place of the keys', () => {
    expect(bottom(80, 24)).toEqual([
      '- To begin: ? tells all keys, : finds anything by name, enter opens a row ------',
      expect.stringMatching(/^ r restart .* \? help$/u),
    ]);
    expect(bottom(64, 24)[0]).toBe('- ? help  : palette  enter opens a row -------------------------');
    expect(bottom(40, 15)).toEqual([' ? help  : palette  enter opens a row']);
  });

  it('name the keys of the operator, and leave out what has none', () => {
    const keys = new Map([
      ['help', ['Z']],
      ['palette', []],
    ]);
    expect(bottom(80, 24, { keys })[0]).toMatch(/^- To begin: Z tells all keys, enter opens a row -+$/u);
    const none = new Map(['help', 'palette', 'open'].map((command) => [command, []]));
    expect(bottom(80, 24, { keys: none })[0]).toBe('-'.repeat(80));
    expect(bottom(40, 15, { keys: none })).toEqual([expect.stringMatching(/^ r restart {2}L logs/u)]);
  });
});
