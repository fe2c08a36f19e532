import { describe, expect, it } from 'vitest';
import type { Operation, OperationPlan } from '../../../src/core/model/operation.ts';
import { availability } from '../../../src/keys/availability.ts';
import { BINDINGS } from '../../../src/keys/bindings.ts';
import { press } from '../../../src/keys/resolve.ts';
import type { AppStore } from '../../../src/store/store.ts';
import { withPlanner } from '../../helpers/planner.ts';
import { sampleStore } from '../../helpers/sample-cluster.ts';

const asked = (store: AppStore): OperationPlan | undefined => {
  const { dialog } = store.getState().ui;
  return dialog?.kind === 'operation' ? dialog.plan : undefined;
};
const nodes = (plan: OperationPlan | undefined): readonly string[] =>
  plan?.targets.map(({ node }) => node) ?? [];
const marks = (store: AppStore): readonly string[] => [...store.getState().ui.marks];

const begun = (store: AppStore, change: Partial<Operation> = {}): Operation => {
  withPlanner(store);
  press(store, ['r']);
  const plan = asked(store);
  if (plan === undefined) throw new Error('no operation is asked about');
  press(store, ['esc']);
  const steps = plan.steps.map((step) => ({ ...step, state: 'waiting' }) as const);
  const operation: Operation = {
    id: 'o1',
    plan,
    state: 'gate',
    steps,
    startedAtMs: 0,
    words: 'w',
    ...change,
  };
  store.dispatch({ kind: 'operation', operation });
  return operation;
};

describe('a verb on a row that stands for a service', () => {
  it('is about all its nodes while all of them are well', () => {
    const store = sampleStore('healthy');
    withPlanner(store);
    press(store, ['r']);
    expect(asked(store)).toMatchObject({ verb: 'restart', name: 'chainfire on 3 nodes', batch: 1 });
    expect(nodes(asked(store))).toEqual(['node01', 'node02', 'node03']);
  });

  it('is about those that are down where there are several', () => {
    const store = sampleStore('quorum-lost');
    withPlanner(store);
    press(store, ['r']);
    expect(nodes(asked(store))).toEqual(['node02', 'node03']);
  });
});

describe('marks', () => {
  it('are what the next action is about, over services and nodes', () => {
    const store = sampleStore('healthy');
    withPlanner(store);
    press(store, ['2', 'l', ' ', 'l', 'j', ' ']);
    expect(marks(store)).toEqual(['chainfire@node01', 'flaredb@node02']);
    press(store, ['r']);
    expect(asked(store)).toMatchObject({ name: '2 marked' });
    expect(asked(store)?.refusals).toEqual([]);
  });

  it('are set on all that a row stands for, and taken off it again', () => {
    const store = sampleStore('healthy');
    press(store, [' ']);
    expect(marks(store)).toEqual(['chainfire@node01', 'chainfire@node02', 'chainfire@node03']);
    press(store, ['l', 'l', ' ']);
    expect(marks(store)).toEqual(['chainfire@node02', 'chainfire@node03']);
    press(store, ['h', ' ']);
    expect(marks(store)).toHaveLength(3);
    press(store, [' ']);
    expect(marks(store)).toEqual([]);
  });

  it('on one is an action of its own, wherever the cursor is', () => {
    const store = sampleStore('healthy');
    withPlanner(store);
    press(store, ['l', 'l', ' ', 'j', 'r']);
    expect(store.getState().ui.dialog).toMatchObject({
      kind: 'confirm',
      plan: { target: { service: 'chainfire', node: 'node01' } },
    });
  });

  it('are not for a verb of one thing alone: that is about the row, whatever is marked', () => {
    const store = sampleStore('quorum-lost');
    const effects = withPlanner(store);
    press(store, ['2', 'l', ' ', 'j']);
    for (const verb of ['rerun', 'bring-up'] as const) {
      store.dispatch({ kind: 'command', command: verb });
      expect(effects.at(-1)).toMatchObject({ kind: 'plan', request: { verb, target: { node: 'node02' } } });
      store.dispatch({ kind: 'command', command: 'cancel' });
    }
  });

  it('are dropped by esc, and when what they were for is confirmed', () => {
    const store = sampleStore('healthy');
    const effects = withPlanner(store);
    press(store, [' ', 'esc']);
    expect(marks(store)).toEqual([]);
    press(store, [' ', 'r']);
    expect(marks(store)).toHaveLength(3);
    press(store, ['y']);
    expect(effects.at(-1)).toMatchObject({ kind: 'run-operation', plan: { name: '3 marked' } });
    expect(marks(store)).toEqual([]);
  });
});

describe('an operation that runs', () => {
  it('is paused, resumed and ended from the jobs view', () => {
    const store = sampleStore('healthy');
    const operation = begun(store);
    const steered: string[] = [];
    store.onEffect((effect) => effect.kind === 'steer-operation' && steered.push(effect.how));
    press(store, ['4', 'P']);
    store.dispatch({ kind: 'operation', operation: { ...operation, asked: 'pause', state: 'paused' } });
    press(store, ['P']);
    press(store, ['c']);
    expect(steered).toEqual(['pause', 'resume', 'abort']);
    store.dispatch({ kind: 'operation', operation: { ...operation, state: 'done', endedAtMs: 1 } });
    press(store, ['c', 'P']);
    expect(steered).toHaveLength(3);
  });

  it('keeps the console from being left with q', () => {
    const store = sampleStore('healthy');
    const operation = begun(store);
    const quit = BINDINGS.find(({ command, chords }) => command === 'quit' && chords.includes('q'));
    if (quit === undefined) throw new Error('no q');
    expect(availability(store.getState(), quit)).toBe(
      'restart chainfire on 3 nodes still runs; Ctrl-C leaves all the same',
    );
    store.dispatch({ kind: 'operation', operation: { ...operation, state: 'done', endedAtMs: 1 } });
    expect(availability(store.getState(), quit)).toBe(true);
  });
});

it('goes as many at a time as the configuration says', () => {
  const store = sampleStore('healthy', { batch: 2 });
  withPlanner(store);
  press(store, ['r']);
  expect(asked(store)).toMatchObject({ name: 'chainfire on 3 nodes', batch: 2 });
});
