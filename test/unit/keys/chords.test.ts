import { describe, expect, it } from 'vitest';
import { chordLabel, chordsOf, textOf } from '../../../src/keys/chords.ts';
import { NO_KEY } from '../../helpers/key-report.ts';

describe('chordsOf', () => {
  it.each([
    ['j', {}, ['j']],
    ['G', {}, ['G']],
    ['jjj', {}, ['j', 'j', 'j']],
    ['chainfire\r', {}, [...'chainfire', 'enter']],
    ['', { upArrow: true }, ['up']],
    ['', { escape: true }, ['esc']],
    ['\r', { return: true }, ['enter']],
    ['c', { ctrl: true }, ['ctrl-c']],
    ['x', { meta: true }, ['alt-x']],
    // Esc, and what came right behind it.
    ['\r', { return: true, meta: true }, ['esc']],
    ['', { upArrow: true, meta: true }, ['esc']],
    ['', { escape: true, meta: true }, ['esc']],
    [' ', { meta: true }, ['esc']],
    ['j', { ctrl: true, meta: true }, ['esc']],
    ['c', { ctrl: true, meta: true }, ['ctrl-c']],
    ['jj\u0003', {}, ['j', 'j', 'ctrl-c']],
    ['ab\u007f\u0015', {}, ['a', 'b', 'backspace', 'ctrl-u']],
    ['a\u0000\u001c\u0085b', {}, ['a', 'b']],
    ['障害', {}, ['障', '害']],
    ['', {}, []],
  ] as const)('%j %j is %j', (input, key, chords) => {
    expect(chordsOf(input, { ...NO_KEY, ...key })).toEqual(chords);
  });

  it('types only what is one character', () => {
    expect(textOf('a')).toBe('a');
    expect(textOf('障')).toBe('障');
    expect(textOf('enter')).toBeUndefined();
  });

  it('labels keys as keyboards do', () => {
    expect(['up', 'pageup', 'ctrl-c', 'G', '/'].map((chord) => chordLabel(chord))).toEqual([
      '↑',
      'PgUp',
      'Ctrl-C',
      'G',
      '/',
    ]);
    expect(chordLabel('up', true)).toBe('up');
  });
});
