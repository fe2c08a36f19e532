import { emitKeypressEvents, type Key } from 'node:readline';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { spokenChord } from '../../../src/keys/readline.ts';

/** What one read of the terminal comes to, by way of readline itself. */
const chordsOf = (typed: string): readonly (string | undefined)[] => {
  const stdin = new PassThrough();
  const chords: (string | undefined)[] = [];
  emitKeypressEvents(stdin);
  stdin.on('keypress', (text: string | undefined, key: Key) => chords.push(spokenChord(text, key)));
  stdin.emit('data', Buffer.from(typed));
  return chords;
};

describe('keys of the spoken screen', () => {
  it.each([
    ['j', ['j']],
    ['G', ['G']],
    ['j\r', ['j', 'enter']],
    [' ', [' ']],
    ['\u001b[A', ['up']],
    ['\u001bOA', ['up']],
    ['\u001b[5~', ['pageup']],
    ['\u007f', ['backspace']],
    ['\u0003', ['ctrl-c']],
    ['\u001b[15~', [undefined]],
  ])('%j is %j', (typed, chords) => expect(chordsOf(typed)).toEqual(chords));

  it.each([
    ['\u001b\r', ['esc']],
    ['\u001b\n', ['esc']],
    ['\u001b\t', ['esc']],
    ['\u001b ', ['esc']],
    ['\u001b\u007f', ['esc']],
    ['\u001b\u001b[A', ['esc']],
    ['\u001b\u001b\r', ['esc']],
    ['\u001bj', ['alt-j']],
    ['\u001bG', ['alt-G']],
    ['\u001b?', ['alt-?']],
    ['\u001b\u0003', ['ctrl-c']],
    ['\u001b\u001a', ['ctrl-z']],
  ])('no Esc is lost for what comes right behind it: %j is %j', (typed, chords) =>
    expect(chordsOf(typed)).toEqual(chords),
  );
});
