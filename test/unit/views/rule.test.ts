/** The rule names the views that have a key, marks the one on screen, and gives way where there is little room. */
import { describe, expect, test } from 'vitest';
import type { AppState } from '../../../src/store/state.ts';
import { ruleLine } from '../../../src/views/rule.ts';
import { createTheme } from '../../../src/views/theme.ts';
import { sampleStore } from '../../helpers/sample-cluster.ts';

const theme = createTheme({ ascii: false, color: 'none' });
const NUMBERED = '1 tree  2 nodes  3 events  4 jobs  5 first boot  6 impact';

const on = (view: 'tree' | 'steps', onlyBroken = false): AppState => {
  const state = sampleStore('quorum-lost').getState();
  const stack = view === 'tree' ? state.ui.stack : [state.ui.stack[0], { view } as const];
  return { ...state, ui: { ...state.ui, stack: stack as AppState['ui']['stack'], onlyBroken } };
};

const textOf = (state: AppState, columns: number): string =>
  ruleLine(state, columns, theme)
    .map(({ text }) => text)
    .join('');

const marked = (state: AppState): readonly string[] =>
  ruleLine(state, 80, theme).flatMap(({ text, tone }) => (tone === 'flag' ? [text] : []));

describe('the rule', () => {
  test('has the next steps beside the numbered views, and marks the one on screen', () => {
    expect(textOf(on('tree'), 80)).toContain(`${NUMBERED}  N next steps `);
    expect(marked(on('tree'))).toEqual(['1 tree']);
    expect(marked(on('steps'))).toEqual(['N next steps']);
  });

  test('leaves them out first where there is little room', () => {
    const text = textOf(on('tree', true), 80);
    expect(text).toContain(NUMBERED);
    expect(text).not.toContain('next steps');
    expect(text).toContain('only broken');
    expect(textOf(on('tree', true), 120)).toContain('N next steps');
    expect(textOf(on('steps'), 40)).toContain(' steps ');
  });

  test.each([40, 60, 66, 74, 75, 80, 120])('fills %i columns', (columns) => {
    for (const state of [on('tree'), on('tree', true), on('steps')]) {
      expect(textOf(state, columns)).toHaveLength(columns);
    }
  });
});
