import { describe, expect, it } from 'vitest';
import { press } from '../../../src/keys/resolve.ts';
import { offerOf } from '../../../src/store/offer.ts';
import { watchBoot } from '../../helpers/boot-cluster.ts';
import { instanceTarget } from '../../helpers/plan-restart.ts';
import { withPlanner } from '../../helpers/planner.ts';
import { type Situation, sampleStore } from '../../helpers/sample-cluster.ts';
import { splitBrain } from '../../helpers/split-brain.ts';
import { run } from '../demo/shells.ts';

const offerAfter = (situation: Situation, ...chords: readonly string[]) => {
  const store = sampleStore(situation);
  for (const chord of chords) press(store, [chord]);
  return offerOf(store.getState(), 'restart');
};

describe('an action', () => {
  it('is about the selected instance', () => {
    expect(offerAfter('quorum-lost', 'l', 'l')).toEqual({
      kind: 'selected',
      target: instanceTarget('chainfire@node01'),
    });
    expect(offerAfter('quorum-lost', '2', 'j', 'l')).toEqual({
      kind: 'selected',
      target: instanceTarget('chainfire@node02'),
    });
  });

  it('is about the one instance of a service that is not well', () => {
    expect(offerAfter('degraded-dns', 'n')).toEqual({
      kind: 'only',
      target: instanceTarget('flashdns@node02'),
      why: 'the only one of 3 that is degraded',
    });
  });

  it('is about the leader left alone where two lead', () => {
    const store = sampleStore('healthy');
    const state = store.getState();
    expect(offerOf({ ...state, cluster: splitBrain(state.cluster) }, 'restart')).toEqual({
      kind: 'only',
      target: instanceTarget('chainfire@node03'),
      why: 'of the leaders it sees the fewest members',
    });
  });

  it('is about the one service of a node that is down', () => {
    expect(offerAfter('quorum-lost', '2', 'j')).toEqual({
      kind: 'only',
      target: instanceTarget('chainfire@node02'),
      why: 'the only one of 9 that is down',
    });
  });

  it('is about the one instance that a filter leaves', () => {
    expect(offerAfter('healthy', '/', ...'iam node02', 'enter')).toMatchObject({
      kind: 'only',
      target: instanceTarget('iam@node02'),
    });
  });

  it('is about none where several could be meant, and names them', () => {
    expect(offerAfter('quorum-lost')).toEqual({
      kind: 'several',
      words: '2 of 3 are down: node02 and node03',
      of: { service: 'chainfire', nodes: ['node02', 'node03'] },
    });
    expect(offerAfter('healthy')).toMatchObject({ kind: 'several', words: 'this row stands for 3' });
    expect(offerAfter('quorum-lost', 'k')).toEqual({ kind: 'none' });
  });

  it('says in its dialog why it is about this one', () => {
    const store = sampleStore('degraded-dns');
    withPlanner(store);
    press(store, ['n']);
    press(store, ['r']);
    expect(store.getState().ui.dialog).toMatchObject({
      plan: { target: instanceTarget('flashdns@node02') },
      chosen: 'the only one of 3 that is degraded',
    });
    press(store, ['esc']);
    press(store, ['l', 'l', 'j', 'r']);
    expect(store.getState().ui.dialog).not.toHaveProperty('chosen');
  });
});

describe('a rerun', () => {
  const offer = (situation: Situation, ...chords: readonly string[]) => {
    const store = sampleStore(situation);
    for (const chord of chords) press(store, [chord]);
    return offerOf(store.getState(), 'rerun');
  };

  it('is about what has failed: itself, the only one below, or none where several could be meant', () => {
    expect(offer('quorum-lost', '2', 'j', 'l')).toEqual({
      kind: 'selected',
      target: instanceTarget('chainfire@node02'),
    });
    expect(offer('quorum-lost', '2', 'j')).toEqual({
      kind: 'only',
      target: instanceTarget('chainfire@node02'),
      why: 'the only one that failed',
    });
    expect(offer('quorum-lost')).toEqual({
      kind: 'several',
      words: '2 have failed: chainfire@node02 and chainfire@node03',
    });
    expect(offer('healthy')).toEqual({ kind: 'none', words: 'nothing here has failed' });
    expect(offer('healthy', 'k')).toEqual({ kind: 'none' });
  });
});

describe('a start', () => {
  it('does not call up what systemd starts again and again', () => {
    const { world, store, watch } = watchBoot({ scenario: 'stuck-restart' });
    watch(5000);
    expect(offerOf(store.getState(), 'start')).toEqual({ kind: 'none', words: 'nothing here is down' });
    run(world, 'node03', 'systemctl restart --no-block chainfire');
    watch(world.nowMs + 15_000);
    const words = 'systemd starts it again and again: rerun it';
    expect(offerOf(store.getState(), 'start')).toEqual({ kind: 'none', words });
    for (const chord of ['l', 'j', 'j', 'j']) press(store, [chord]);
    expect(offerOf(store.getState(), 'start')).toEqual({ kind: 'none', words });
    press(store, ['k']);
    expect(offerOf(store.getState(), 'start')).toEqual({ kind: 'none', words: 'it is not down' });
  });
});

describe('a bring-up', () => {
  it('is about the node of the row, and says whose', () => {
    const store = sampleStore('healthy');
    const now = () => offerOf(store.getState(), 'bring-up');
    expect(now()).toEqual({ kind: 'none', words: 'no node has anything to bring up' });
    press(store, ['2']);
    expect(now()).toEqual({ kind: 'selected', target: { kind: 'node', node: 'node01' } });
    press(store, ['l']);
    expect(now()).toEqual({
      kind: 'only',
      target: { kind: 'node', node: 'node01' },
      why: 'the node of chainfire',
    });
  });

  it('is about the only node on which units were left behind, whatever row is selected', () => {
    const { world, store, watch } = watchBoot({ scenario: 'steady' });
    const leaveBehind = (node: string): void => {
      run(world, node, 'systemctl stop chainfire');
      run(world, node, 'systemctl start chainfire');
      watch(world.nowMs + 20_000);
    };
    watch(5000);
    leaveBehind('node02');
    expect(offerOf(store.getState(), 'bring-up')).toEqual({
      kind: 'only',
      target: { kind: 'node', node: 'node02' },
      why: 'the only node that needs it',
    });
    leaveBehind('node03');
    expect(offerOf(store.getState(), 'bring-up')).toEqual({
      kind: 'several',
      words: '2 nodes need it: node02 and node03',
    });
  });
});
