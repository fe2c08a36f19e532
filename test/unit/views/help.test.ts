/** The search in the help: what it finds, what is told of it, and the way out. */
import { describe, expect, it } from 'vitest';
import { liveBindings } from '../../../src/keys/bindings.ts';
import { paste, press } from '../../../src/keys/resolve.ts';
import { type Mode, topFrame } from '../../../src/store/state.ts';
import type { AppStore } from '../../../src/store/store.ts';
import { footerLine } from '../../../src/views/footer.ts';
import { helpLines } from '../../../src/views/help/help-lines.ts';
import { type Line, paintLine } from '../../../src/views/paint.ts';
import { createTheme } from '../../../src/views/theme.ts';
import { sampleStore } from '../../helpers/sample-cluster.ts';

const THEME = createTheme({ ascii: false, color: 'none' });
// One line per key.
const COLUMNS = 400;

const textOf = (line: Line): string => paintLine(line, COLUMNS, THEME).trim();
const page = (store: AppStore): readonly string[] => {
  const { title, lines } = helpLines(store.getState(), { columns: COLUMNS, rows: 40, compact: false }, THEME);
  return [title, ...lines].map(textOf);
};
const footer = (store: AppStore): string => textOf(footerLine(store.getState(), 80, THEME));

/** The help over the tree, with this looked for in it. */
const searched = (text: string, mode: Partial<Mode> = {}): AppStore => {
  const store = sampleStore('healthy', mode);
  press(store, ['?', '/', ...text]);
  return store;
};
const found = (text: string, mode: Partial<Mode> = {}): readonly string[] =>
  page(searched(text, mode))
    .slice(1)
    .filter((line) => line !== '');

describe('the search in the help', () => {
  it('keeps the keys that have every word, under their headings', () => {
    expect(found('journal selected')).toEqual([
      'In the tree',
      expect.stringMatching(/^L +Follow the journal of the selected service/u),
    ]);
    expect(page(searched('journal selected'))[0]).toBe('HELP  /journal selected 1');
    expect(found('journal zebra').join(' ')).not.toContain('Follow');
  });

  it('finds by what a key does, its name, its command and the key itself, whatever the case', () => {
    const shell = expect.stringMatching(/^Ctrl-Z +Stop the console/u);
    for (const text of ['CONSOLE AND GO BACK', 'to the shell', 'suspend', 'ctrl-z']) {
      expect(found(text), text).toContainEqual(shell);
    }
  });

  it('finds what is off by its reason', () => {
    const lines = found('nothing can be changed', { readOnly: true });
    expect(lines.length).toBeGreaterThan(3);
    const keys = lines.filter((line) => !/^(?:In the tree|While typing)/u.test(line));
    for (const line of keys) expect(line).toContain('Off now: read-only');
    expect(found('nothing can be changed')[0]).toMatch(/^Nothing in the help has/u);
  });

  it('finds the marks by what they mean', () => {
    expect(found('twice that time')).toEqual(['Marks', expect.stringContaining('late')]);
  });

  it('says so when there is nothing, and how to see everything again', () => {
    expect(found('zebra')).toEqual(['Nothing in the help has "zebra".', 'esc shows all of it again.']);
  });

  it('leaves everything for blanks', () => {
    const store = sampleStore('healthy');
    press(store, ['?']);
    expect(page(searched(' '))).toEqual(page(store));
  });

  it('is typed into a line of its own, where keys are letters', () => {
    const store = searched('q?2');
    expect(topFrame(store.getState().ui).view).toBe('help');
    expect(footer(store)).toMatch(/^\/ q\?2/u);
    paste(store, ' more\nthan one line');
    expect(store.getState().ui.helpSearch.text).toBe('q?2 more');
    press(store, ['backspace']);
    expect(store.getState().ui.helpSearch.text).toBe('q?2 mor');
    press(store, ['ctrl-u']);
    expect(store.getState().ui.helpSearch).toEqual({ text: '', editing: true });
  });

  it('is shown in the footer, kept by enter, cleared by esc, and then left', () => {
    const store = sampleStore('healthy');
    press(store, ['?']);
    expect(footer(store)).toContain('/ search');
    const whole = page(store);
    press(
      store,
      ['/', 'restart', 'enter'].flatMap((word) => (word === 'restart' ? [...word] : [word])),
    );
    expect(page(store)[0]).toMatch(/^HELP {2}\/restart \d+$/u);
    press(store, ['esc']);
    expect(page(store)).toEqual(whole);
    expect(topFrame(store.getState().ui).view).toBe('help');
    press(store, ['esc']);
    expect(topFrame(store.getState().ui).view).toBe('tree');
  });

  it('begins at the top of what it found, and anew in the next help', () => {
    const store = sampleStore('healthy');
    press(store, ['?']);
    store.dispatch({ kind: 'measured', lines: 100 });
    press(store, ['j', 'j', '/', 'e']);
    expect(topFrame(store.getState().ui).scroll).toBe(0);
    press(store, ['enter', '?']);
    expect(topFrame(store.getState().ui).view).toBe('tree');
    press(store, ['?']);
    expect(store.getState().ui.helpSearch).toEqual({ text: '', editing: false });
  });

  it('does not touch the filter of the rows', () => {
    const store = sampleStore('healthy');
    press(store, ['/', 'i', 'a', 'enter', '?', '/', 'z', 'esc', 'esc']);
    expect(store.getState().ui.filter).toEqual({ text: 'ia', editing: false });
  });

  it('has the keys that the operator gave it, and finds keys by theirs', () => {
    const keys = new Map([
      ['help-search', ['Z']],
      ['logs', ['alt-j']],
    ]);
    const store = sampleStore('healthy', { keys });
    press(store, ['?', '/']);
    expect(store.getState().ui.helpSearch.editing).toBe(false);
    expect(footer(store)).toContain('Z search');
    press(store, ['Z', ...'alt-j']);
    expect(page(store)).toContainEqual(expect.stringMatching(/^Alt-j +Follow the journal/u));
    expect(liveBindings(store.getState()).map(({ command }) => command)).toContain('text-keep');
  });
});
