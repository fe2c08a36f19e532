import { describe, expect, it } from 'vitest';
import { press, resolve } from '../../../src/keys/resolve.ts';
import type { Effect } from '../../../src/store/events.ts';
import { shellOffer } from '../../../src/store/shell-offer.ts';
import { type Situation, sampleStore } from '../../helpers/sample-cluster.ts';

const offerAfter = (situation: Situation, ...chords: readonly string[]) => {
  const store = sampleStore(situation);
  for (const chord of chords) press(store, [chord]);
  return shellOffer(store.getState());
};

describe('a shell', () => {
  it('is on the node of the row', () => {
    expect(offerAfter('healthy', 'l', 'l')).toEqual({ kind: 'node', node: 'node01' });
    expect(offerAfter('healthy', '2', 'j')).toEqual({ kind: 'node', node: 'node02' });
    expect(offerAfter('healthy', '2', 'j', 'l', 'enter')).toEqual({ kind: 'node', node: 'node02' });
  });

  it('is on the node of the one instance of a service that is not well', () => {
    expect(offerAfter('degraded-dns', 'n')).toEqual({ kind: 'node', node: 'node02' });
  });

  it('is on none where several could be meant', () => {
    expect(offerAfter('healthy')).toEqual({ kind: 'none', why: 'this row stands for 3; choose one' });
    expect(offerAfter('healthy', 'k')).toMatchObject({ kind: 'none' });
  });

  it('takes no key until it has ended, whatever was typed along with it', () => {
    const store = sampleStore('healthy');
    const effects: Effect[] = [];
    store.onEffect((effect) => effects.push(effect));
    press(store, ['2']);
    const links = { kind: 'link', node: 'node01', link: { state: 'up', sinceMs: 0 } } as const;
    store.dispatch({ kind: 'observed', observations: [links], nowMs: store.getState().nowMs });
    press(store, ['S', 'j', 'q', 'ctrl-c']);
    expect(effects).toEqual([{ kind: 'shell', node: 'node01' }]);
    expect(resolve(store.getState(), 'j')).toEqual({ kind: 'none' });
    store.dispatch({ kind: 'returned' });
    expect(resolve(store.getState(), 'j')).toMatchObject({ kind: 'command' });
  });

  it('is refused without a connection, with the reason', () => {
    const store = sampleStore('healthy');
    press(store, ['2']);
    const failure = { kind: 'refused', detail: 'Connection refused', remedy: '' } as const;
    const link = { state: 'failed', sinceMs: 0, failure } as const;
    const observations = [{ kind: 'link', node: 'node01', link }] as const;
    store.dispatch({ kind: 'observed', observations, nowMs: store.getState().nowMs });
    expect(resolve(store.getState(), 'S')).toMatchObject({
      kind: 'refused',
      reason: 'no shell on node01: Connection refused',
    });
  });
});
