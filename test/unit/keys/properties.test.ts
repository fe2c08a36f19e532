/** Whatever is typed, pasted and seen meanwhile, in any order: no key acts past its question, and esc leads home. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planOperation } from '../../../src/actions/operation/plan.ts';
import { planAction } from '../../../src/actions/plan.ts';
import { BINDINGS } from '../../../src/keys/bindings.ts';
import { type Chord, FORBIDDEN_CHORDS } from '../../../src/keys/chords.ts';
import { paste, press } from '../../../src/keys/resolve.ts';
import type { AppEvent, Effect } from '../../../src/store/events.ts';
import { reduce } from '../../../src/store/reduce.ts';
import type { AppState, Dialog, Mode } from '../../../src/store/state.ts';
import { type Situation, sampleStore } from '../../helpers/sample-cluster.ts';

const SITUATIONS = ['healthy', 'quorum-lost', 'node-lost', 'dns-lost', 'starting'] as const;
const states = new Map<Situation, AppState>(
  SITUATIONS.map((situation) => [situation, sampleStore(situation).getState()]),
);

/** Letters of its own weight: an action, its answer, what is typed for it; and everything that has a meaning. */
const chord: fc.Arbitrary<Chord> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...new Set(BINDINGS.flatMap(({ chords }) => chords))) },
  { weight: 4, arbitrary: fc.constantFrom('l', 'j', 'r', 'x', 's', 'R', 'S', 'y', 'enter', ' ', '2') },
  { weight: 1, arbitrary: fc.constantFrom(...FORBIDDEN_CHORDS, 'alt-x', 'left', '\u0000', '🙂') },
);
type Input =
  | { readonly kind: 'chunk'; readonly chords: readonly Chord[] }
  | { readonly kind: 'pasted'; readonly text: string }
  /** Whoever follows what the dialog asks for, as far as it asks for something typed. */
  | { readonly kind: 'answer' }
  | { readonly kind: 'event'; readonly event: AppEvent };
const events = fc.constantFrom<AppEvent>(
  { kind: 'tick', nowMs: 2_000_000_000_000 },
  { kind: 'resized', bodyRows: 1, compact: true },
  { kind: 'resized', bodyRows: 30, compact: false },
  { kind: 'measured', lines: 3 },
  { kind: 'notice', text: 'said', tone: 'info' },
);
const input: fc.Arbitrary<Input> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('chunk'),
      chords: fc.array(chord, { minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 4,
    arbitrary: chord.map((one): Input => ({ kind: 'chunk', chords: [one] })),
  },
  { weight: 2, arbitrary: fc.constant<Input>({ kind: 'answer' }) },
  {
    weight: 1,
    arbitrary: fc
      .oneof(fc.string(), fc.constantFrom('y\ry\r', 'chainfire\r'))
      .map((text): Input => ({ kind: 'pasted', text })),
  },
  { weight: 1, arbitrary: events.map((event): Input => ({ kind: 'event', event })) },
);
/** Somebody who means to act: to a row, a verb, what is asked for, and yes; with anything left out on the way. */
const chunk = (...chords: readonly Chord[]): Input => ({ kind: 'chunk', chords });
const deed: fc.Arbitrary<readonly Input[]> = fc
  .tuple(
    fc.constantFrom(chunk('esc', 'esc', '1', 'g', 'l', 'l'), chunk('2', 'l', 'l'), chunk('N'), chunk(' ')),
    fc.constantFrom('r', 'x', 's', 'R', 'u', 'c', 'S', 'enter').map((verb) => chunk(verb)),
    fc.constant<Input>({ kind: 'answer' }),
    fc.constant(chunk('enter')),
    fc.constant<Input>({ kind: 'answer' }),
    fc.constantFrom('y', 'y', 'enter').map((yes) => chunk(yes)),
  )
  .chain((whole) => fc.subarray(whole, { minLength: 2 }));
const inputs = fc
  .array(fc.oneof({ weight: 4, arbitrary: input.map((one) => [one]) }, { weight: 3, arbitrary: deed }), {
    maxLength: 30,
  })
  .map((list) => list.flat());
const situation = fc.constantFrom(...SITUATIONS);

/** An effect, what was asked when the input that led to it began, that input, and the dialog that the key closed. */
type Done = {
  readonly effect: Effect;
  readonly asked: Dialog | undefined;
  readonly by: Input;
  readonly closed: Dialog | undefined;
};

/** A console without a world: it makes plans, and its terminal comes back at once. */
const consoleOf = (from: Situation, mode: Partial<Mode>) => {
  const first = states.get(from);
  if (first === undefined) throw new Error(from);
  let state: AppState = { ...first, mode: { ...first.mode, ...mode } };
  const done: Done[] = [];
  let asked: Dialog | undefined;
  let by: Input = { kind: 'answer' };
  const answer = (effect: Effect): void => {
    const { topology, inventory, cluster, facts, options } = state;
    const known = { topology, inventory, cluster, facts, options, sudo: true };
    if (effect.kind === 'plan') {
      dispatch({ kind: 'planned', plan: planAction({ ...effect.request, ...known }) });
    } else if (effect.kind === 'plan-operation') {
      dispatch({ kind: 'planned-operation', plan: planOperation({ ...effect.request, ...known }) });
    } else if (['shell', 'page', 'suspend'].includes(effect.kind)) dispatch({ kind: 'returned' });
  };
  const dispatch = (event: AppEvent): void => {
    const { dialog: closed } = state.ui;
    const outcome = reduce(state, event);
    state = outcome.state;
    for (const effect of outcome.effects) {
      done.push({ effect, asked, by, closed });
      answer(effect);
    }
  };
  const target = { getState: () => state, dispatch };
  const answered = (): void => {
    const { dialog } = state.ui;
    if (dialog === undefined) return;
    const isReason = dialog.why?.given === false;
    const typed = isReason ? 'a reason' : dialog.kind === 'shell' ? undefined : dialog.plan.typed;
    if (typed !== undefined) paste(target, typed);
  };
  const give = (one: Input): void => {
    asked = state.ui.dialog;
    by = one;
    if (one.kind === 'chunk') press(target, one.chords);
    else if (one.kind === 'pasted') paste(target, one.text);
    else if (one.kind === 'answer') answered();
    else dispatch(one.event);
  };
  return { give, done, target };
};

const ACTING: readonly Effect['kind'][] = [
  'run-plan',
  'run-operation',
  'steer-operation',
  'cancel-job',
  'shell',
];

describe('any keys, in any order', () => {
  it('never ask anything of a cluster that is only looked at', () => {
    fc.assert(
      fc.property(situation, inputs, fc.boolean(), (from, list, needsReason) => {
        const { give, done } = consoleOf(from, { readOnly: true, needsReason });
        for (const one of list) give(one);
        const kinds = done.map(({ effect }) => effect.kind);
        expect(kinds.filter((kind) => ACTING.includes(kind) || kind.startsWith('plan'))).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('run nothing but what was asked about before they were pressed, with all that it asked for', () => {
    let ran = 0;
    fc.assert(
      fc.property(situation, inputs, fc.boolean(), (from, list, needsReason) => {
        const { give, done } = consoleOf(from, { needsReason });
        for (const one of list) give(one);
        for (const { effect, asked, by, closed } of done) {
          if (effect.kind === 'shell') {
            if (needsReason) expect(asked).toMatchObject({ kind: 'shell', node: effect.node });
          } else if (effect.kind === 'run-plan' || effect.kind === 'run-operation') {
            ran += 1;
            if (asked === undefined || asked.kind === 'shell') throw new Error('nothing was asked');
            expect(effect.plan).toBe(asked.plan);
            expect(effect.plan.refusals).toEqual([]);
            // A yes is a key alone; a name is typed before it is sent off.
            if (asked.plan.typed === undefined) expect(by).toEqual({ kind: 'chunk', chords: ['y'] });
            else {
              expect(by).toMatchObject({ kind: 'chunk', chords: expect.arrayContaining(['enter']) });
              expect(closed).toMatchObject({ typed: asked.plan.typed });
            }
          } else continue;
          if (needsReason) expect(effect.reason?.trim()).toBeTruthy();
        }
      }),
      { numRuns: 300 },
    );
    // Otherwise this would have proved nothing.
    expect(ran).toBeGreaterThan(10);
  });

  it('lead home by esc alone, and no further', () => {
    fc.assert(
      fc.property(situation, inputs, fc.boolean(), (from, list, needsReason) => {
        const { give, target } = consoleOf(from, { needsReason });
        for (const one of list) give(one);
        const depth = target.getState().ui.stack.length;
        // A dialog, an input, each page, and at home: an end, marks, a filter, what is hidden.
        for (let pressed = 0; pressed < depth + 6; pressed += 1) press(target, ['esc']);
        const { ui, logs } = target.getState();
        expect(ui.stack.map(({ view }) => view)).toEqual(['tree']);
        expect(ui).toMatchObject({
          dialog: undefined,
          palette: undefined,
          filter: { text: '', editing: false },
          onlyBroken: false,
        });
        expect(ui.marks.size).toBe(0);
        expect(logs).toBeUndefined();
      }),
      { numRuns: 150 },
    );
  });
});
