import { describe, expect, test } from 'vitest';
import { changesSince, type Told } from '../../../../src/core/wait/changes.ts';
import { NOT_SEEN, type WaitItem, type WaitState } from '../../../../src/core/wait/model.ts';

const item = (state: WaitState, more: Partial<WaitItem> = {}): WaitItem => ({
  what: 'unit',
  node: 'node01',
  name: 'iam',
  state,
  ok: false,
  words: '',
  ...more,
});

/** What is told of one item that passes through these states. */
const toldOf = (...states: readonly (WaitItem | WaitState)[]): string[] => {
  let told: Told = new Map();
  return states.flatMap((state) => {
    const found = changesSince(told, [typeof state === 'string' ? item(state) : state]);
    told = found.told;
    return found.changes.map((change) => `${change.from ?? ''}>${change.state}`);
  });
};

describe('changes', () => {
  test('are told once each, and not what was plain from the start', () => {
    expect(toldOf('unknown', 'waiting', 'waiting', 'starting', 'starting', 'done', 'done')).toEqual([
      'waiting>starting',
      'starting>done',
    ]);
    expect(toldOf('done', 'done')).toEqual([]);
    expect(toldOf('starting', 'ok')).toEqual(['>starting', 'starting>ok']);
    expect(toldOf('failing')).toEqual(['>failing']);
  });

  test('tell what was quicker than the looks', () => {
    expect(toldOf('waiting', 'done')).toEqual(['waiting>done']);
  });

  test('tell nothing of what is unknown for a while, nor of what is nearly well', () => {
    expect(toldOf('starting', 'unknown', 'starting', 'settling', 'ok')).toEqual(['>starting', 'starting>ok']);
    expect(toldOf('settling', 'ok')).toEqual([]);
  });

  test('tell every try that failed', () => {
    const failing = (count: number) => item('failing', { count });
    expect(toldOf(failing(0), failing(0), failing(1), failing(2))).toEqual([
      '>failing',
      'failing>failing',
      'failing>failing',
    ]);
  });

  test('tell of a node that cannot be asked once there is a reason, and when it can', () => {
    const node = (state: WaitState, words: string) => item(state, { what: 'node', name: 'node', words });
    expect(
      toldOf(
        node('unseen', NOT_SEEN),
        node('unseen', 'no route'),
        node('seen', '1 of 15 done'),
        node('lost', ''),
      ),
    ).toEqual(['>unseen', 'unseen>seen', 'seen>lost']);
  });

  test('keep a unit, an instance and a quorum of one name apart', () => {
    const all = (['unit', 'instance', 'quorum'] as const).map((what) => item('late', { what }));
    expect(changesSince(new Map(), all).changes).toHaveLength(3);
  });
});
