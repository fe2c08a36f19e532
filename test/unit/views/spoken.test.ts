import { describe, expect, it } from 'vitest';
import { press } from '../../../src/keys/resolve.ts';
import type { AppStore } from '../../../src/store/store.ts';
import { announce, sayHeadline } from '../../../src/views/spoken/announce.ts';
import { sayView } from '../../../src/views/spoken/say-view.ts';
import { withPlanner } from '../../helpers/planner.ts';
import { sampleStore } from '../../helpers/sample-cluster.ts';

/** What only eyes make sense of. */
const DRAWN = /[●◐◌◔✖⊘▸▾❯◆─│┌┐└┘├━┄█░▁-▇▏·→←…]| {2}/u;

/** What is read out when the keys are pressed, one after the other. */
const heard = (store: AppStore, ...keys: readonly string[]): readonly string[] => {
  const said: string[] = [];
  const stop = store.subscribe((after, before) => said.push(...announce(before, after)));
  for (const key of keys) press(store, [key]);
  stop();
  return said;
};

describe('read out', () => {
  it('moving tells the row and where it is', () => {
    const store = sampleStore('quorum-lost');
    expect(heard(store, 'j')).toEqual(['flaredb blocked by chainfire; row 3 of 12']);
    expect(heard(store, 'k', 'l')).toEqual([
      'chainfire down no quorum 1/3; row 2 of 12',
      '3 rows more; chainfire down no quorum 1/3; row 2 of 15',
    ]);
    expect(heard(store, 'j', 'j')[1]).toBe(
      'chainfire on node02 down failed, start limit hit, 5 restarts; row 4 of 15',
    );
    expect(heard(store, ' ')[0]).toMatch(/^marked, chainfire on node02 down/);
  });

  it('a view is its rows, a page its lines, and nothing is drawn', () => {
    for (const key of ['1', '2', '3', '4', '5', '6', 'N', '?', 'enter', 'w']) {
      const store = sampleStore('quorum-lost');
      press(store, [key]);
      const lines = sayView(store.getState());
      expect(lines.length, key).toBeGreaterThan(0);
      for (const line of lines) expect(line).not.toMatch(DRAWN);
    }
    const nodes = heard(sampleStore('quorum-lost'), '2');
    expect(nodes[0]).toBe('Nodes: 3 rows.');
    expect(nodes.join('\n')).toMatch(/^node02 down/mu);
  });

  it('a changed configuration that does not hold is told of with why', () => {
    const store = sampleStore('healthy');
    const said: string[] = [];
    store.subscribe((after, before) => said.push(...announce(before, after)));
    const problem = {
      file: 'plasmatop.yaml',
      line: 4,
      path: 'adress',
      message: 'unknown key',
      remedy: 'none',
    };
    store.dispatch({ kind: 'config', news: { kind: 'bad', problems: [problem] } });
    store.dispatch({ kind: 'config', news: { kind: 'waiting', until: 'the question is answered' } });
    store.dispatch({ kind: 'config', news: undefined });
    expect(said).toEqual([
      'old configuration kept: plasmatop.yaml:4: adress: unknown key',
      'the changed configuration holds when the question is answered',
    ]);
  });

  it('a question is read with its exact command and its default, then its end', () => {
    const store = sampleStore('healthy');
    withPlanner(store);
    heard(store, 'l', 'j', 'j');
    const question = heard(store, 'r');
    expect(question[0]).toBe('Question.');
    expect(question).toContain('Restart chainfire on node02');
    expect(question.join('\n')).toContain('ssh node02 -- sudo -n systemctl restart -- chainfire.service');
    expect(question.at(-2)).toBe('Go on? The default is no.');
    expect(question.at(-1)).toBe('Keys: y for yes, run it; n for no (default).');
    for (const line of question) expect(line).not.toMatch(DRAWN);
    expect(heard(store, 'enter')).toEqual(['Closed.']);
  });

  it('what is asked to be typed is echoed', () => {
    const store = sampleStore('healthy');
    expect(heard(store, '/', 'i', 'a')).toEqual(['typed: ', 'typed: i', 'iam ok; row 2 of 2', 'typed: ia']);
    expect(heard(store, 'enter')[0]).toBe('Tree: 2 rows.');
  });

  it('a search of the help is echoed, then what it found is read', () => {
    const store = sampleStore('healthy');
    press(store, ['?']);
    expect(heard(store, '/', 'q')).toEqual(['typed: ', 'typed: q']);
    expect(heard(store, 'uorum', 'enter').at(-1)).not.toMatch(DRAWN);
    expect(heard(store, '/', 'esc')[1]).toBe('HELP');
  });

  it('the palette tells what it found, its key and why it is off', () => {
    const store = sampleStore('healthy', { readOnly: true });
    const said = heard(store, ':', 'r', 'e', 's', 't');
    expect(said[0]).toMatch(/^Palette: type what to look for\. /);
    expect(said.at(-1)).toMatch(
      /^rest: restart chainfire on 3 nodes, key r, off: read-only: nothing can be changed from here; 1 of \d+$/,
    );
    expect(heard(store, 'enter')).toEqual(['read-only: nothing can be changed from here']);
    expect(heard(store, 'esc')).toEqual(['Closed.']);
  });

  it('what changed comes with the answer first, then the worst', () => {
    const before = sampleStore('healthy').getState();
    const after = sampleStore('quorum-lost').getState();
    const said = announce(before, { ...after, ui: before.ui });
    expect(said.slice(0, 3)).toEqual(sayHeadline(after));
    expect(said[0]).toBe('Chainfire has lost its quorum: 1 of 3 votes, 2 needed.');
    const words = said.slice(3).map((line) => / is (?:still )?(\w+)/u.exec(line)?.[1]);
    expect(words.indexOf('down')).toBeLessThan(words.indexOf('blocked'));
    expect(said.join('\n')).toContain('flaredb on node01, node02 and node03 is blocked');
    // Held still, nothing is read out.
    expect(announce(before, { ...after, ui: before.ui, held: before })).toEqual([
      'Paused: changes are not read out.',
    ]);
  });
});
