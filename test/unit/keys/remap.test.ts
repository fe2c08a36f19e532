/** Keys of the operator's own: where they act and show, and which are refused. */
import { describe, expect, it } from 'vitest';
import { availability } from '../../../src/keys/availability.ts';
import { BINDINGS, bindingsOf, keyLabel, withKeyLabels } from '../../../src/keys/bindings.ts';
import { FORBIDDEN_CHORDS, readChord } from '../../../src/keys/chords.ts';
import { isFixed, keyFaults, remappable, withKeys } from '../../../src/keys/remap.ts';
import { press, resolve } from '../../../src/keys/resolve.ts';
import { askedPlan, withPlanner } from '../../helpers/planner.ts';
import { sampleStore } from '../../helpers/sample-cluster.ts';

const keys = (entries: Readonly<Record<string, readonly string[]>>) => new Map(Object.entries(entries));
const faults = (entries: Readonly<Record<string, readonly string[]>>): readonly string[] =>
  keyFaults(BINDINGS, keys(entries)).map(({ command, message }) => `${command}: ${message}`);

describe('a command on another key', () => {
  it('acts on that key, in every view that had the old one, and on no other', () => {
    const store = sampleStore('healthy', { keys: keys({ restart: ['Z', 'ctrl-r'] }) });
    withPlanner(store);
    press(store, ['l', 'l', 'r']);
    expect(store.getState().ui.dialog).toBeUndefined();
    press(store, ['ctrl-r']);
    expect(askedPlan(store).verb).toBe('restart');
    press(store, ['esc']);
    press(store, ['2']);
    expect(resolve(store.getState(), 'Z')).not.toEqual({ kind: 'none' });
    expect(resolve(store.getState(), 'r')).toEqual({ kind: 'none' });
  });

  it('is named by it in every sentence', () => {
    const { mode } = sampleStore('healthy', {
      keys: keys({ restart: ['Z'], start: [], 'column-right': ['right'] }),
    }).getState();
    expect(keyLabel({ mode }, 'restart')).toBe('Z');
    expect(keyLabel({ mode }, 'start')).toBeUndefined();
    expect(withKeyLabels({ mode }, '{restart}, {start} and {stop} of {node01}; {column-right}')).toBe(
      'Z, start and x of {node01}; →',
    );
  });

  it('leaves the refusals with the key that is there now', () => {
    const state = sampleStore('healthy', { keys: keys({ unfold: ['tab'] }) }).getState();
    const [binding] = bindingsOf(state);
    if (binding === undefined) throw new Error('an empty table');
    const refusing = { ...binding, enabled: () => 'this stands for 3: {unfold} shows them' };
    expect(availability(state, refusing)).toBe('this stands for 3: tab shows them');
  });

  it('may have none, and is in no table then', () => {
    const store = sampleStore('healthy', { keys: keys({ shell: [] }) });
    expect(resolve(store.getState(), 'S')).toEqual({ kind: 'none' });
    expect(bindingsOf(store.getState()).some(({ command }) => command === 'shell')).toBe(false);
  });

  it('may get one where the table has none, and stays in it beside others that have', () => {
    const chordsOf = (entries: Readonly<Record<string, readonly string[]>>) =>
      withKeys(BINDINGS, keys(entries)).find(({ command }) => command === 'reload')?.chords;
    expect(chordsOf({ shell: ['Z'] })).toEqual([]);
    expect(chordsOf({ reload: ['Z'] })).toEqual(['Z']);
    expect(chordsOf({ reload: [] })).toBeUndefined();
  });

  it('never moves an answer, an edit of text, or Ctrl-C', () => {
    const fixed = BINDINGS.filter(isFixed);
    const all = keys(Object.fromEntries(BINDINGS.map(({ command }) => [command, ['ctrl-x']])));
    expect(withKeys(BINDINGS, all).filter(isFixed)).toEqual(fixed);
    expect(remappable(BINDINGS)).not.toContain('confirm');
    expect(remappable(BINDINGS)).not.toContain('cancel');
    expect(fixed.flatMap(({ chords }) => chords)).toContain('ctrl-c');
  });
});

describe('what is refused', () => {
  it('is nothing of the table as it is', () => {
    const written = Object.fromEntries(
      BINDINGS.filter((one) => !isFixed(one)).map((one) => [one.command, one.chords]),
    );
    // `back` has one key more on pages, where it hides quit: written for all, it hides quit everywhere.
    const { back: _, ...rest } = written;
    expect(faults(rest)).toEqual([]);
    expect(faults({})).toEqual([]);
  });

  it('is a key that another command has where both are live', () => {
    expect(faults({ 'next-problem': ['k'] })).toEqual([
      'next-problem: k is the key of move-up, too, in tree, nodes, first boot',
    ]);
    expect(faults({ pause: ['j'] })).toEqual(['pause: j is the key of move-down, too, in every view']);
  });

  it('is a key that hides another command, or is hidden, in one view alone', () => {
    expect(faults({ pause: ['P'] })).toEqual(['pause: P is the key of hold-operation, too, in jobs']);
    expect(faults({ 'tree-mode': ['p'] })).toEqual(['tree-mode: p is the key of pause, too, in tree']);
  });

  it('is not what the table itself hides, nor what has moved away', () => {
    expect(faults({ 'logs-follow': ['f', 'P'], pause: ['P'], 'hold-operation': ['H'] })).toEqual([]);
    expect(faults({ 'move-up': ['up'], 'next-problem': ['k'] })).toEqual([]);
    expect(faults({ stop: [], 'next-problem': ['x'] })).toEqual([]);
  });

  it('is an acting command on the key that answers yes', () => {
    for (const command of ['restart', 'stop', 'take-step', 'shell']) {
      expect(faults({ [command]: ['y'], copy: [] }), command).toEqual([
        `${command}: y answers the question that ${command} asks: pressed twice, it would run`,
      ]);
    }
  });
});

describe('a key as it is written', () => {
  it.each([
    ['j', 'j'],
    ['G', 'G'],
    ['!', '!'],
    ['é', 'é'],
    ['space', ' '],
    ['PgUp', 'pageup'],
    ['Enter', 'enter'],
    ['escape', 'esc'],
    ['Ctrl-X', 'ctrl-x'],
    ['alt-G', 'alt-G'],
  ])('%s is read', (text, chord) => {
    expect(readChord(text)).toEqual({ ok: true, chord });
  });

  it.each([
    ...FORBIDDEN_CHORDS,
    'ctrl-c',
    'ctrl-z',
    'ctrl-m',
    'ctrl-i',
    'ctrl-h',
    'ctrl-j',
    'F5',
    'jj',
    '',
    'ctrl-',
    'ctrl-1',
    '\u0007',
    'none',
  ])('%j is refused with a remedy', (text) => {
    const read = readChord(text);
    expect(read.ok).toBe(false);
    expect('remedy' in read && read.remedy).toBeTruthy();
  });
});
