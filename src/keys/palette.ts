/** The palette's entries: what the keys can do here, and where one can go. */
import { actionTitle, targetName } from '../core/action-name.ts';
import { type Hit, search } from '../core/fuzzy.ts';
import type { ActionTarget, Verb } from '../core/model/action.ts';
import { operationName } from '../core/operation-words.ts';
import type { AppEvent, Choice, Command } from '../store/events.ts';
import { offerOf } from '../store/offer.ts';
import { markedFor, severalOf } from '../store/operations.ts';
import { withUi } from '../store/outcome.ts';
import { standingOn } from '../store/palette.ts';
import { selectedSubject } from '../store/rows.ts';
import { shellOffer } from '../store/shell-offer.ts';
import type { AppState, SubjectId } from '../store/state.ts';
import { subjectOf } from '../store/subjects.ts';
import { availability } from './availability.ts';
import type { Binding } from './binding.ts';
import { BINDINGS, bindingsOf, hiddenBy, liveBindings, liveScopes } from './bindings.ts';
import type { Chord } from './chords.ts';
import { titleOf } from './titles.ts';

export type PaletteEntry = {
  /** The same as long as it says the same. */
  readonly id: string;
  readonly words: string;
  /** What it is, where it is not an action: "view", "service". */
  readonly kind: string;
  /** The key that does the same here. */
  readonly chord: Chord | undefined;
  readonly choice: Choice;
  /** True, or why not now; asked for what is on screen only. */
  readonly available: () => true | string;
};

export type PaletteHit = Hit<PaletteEntry>;

/** Where the cursor of the view goes is not looked for by name. */
const isMove = (command: Command): boolean => /^(?:move|page|column)-(?!job)|^palette/u.test(command);

const VERBS: readonly Verb[] = ['restart', 'start', 'stop', 'reset-failed', 'rerun', 'bring-up'];
const isVerb = (command: Command): command is Verb & Command => VERBS.some((verb) => verb === command);

/** "chainfire on node02", "node02", "level 1"; undefined of what has no name. */
const subjectWords = (id: SubjectId | undefined): string | undefined => {
  const [, kind, name] = /^([a-z]+):(.+)$/u.exec(id ?? '') ?? [];
  if (kind === undefined || name === undefined) return undefined;
  if (kind === 'level') return `level ${name}`;
  return ['service', 'instance', 'node', 'step', 'drift'].includes(kind)
    ? name.replace('@', ' on ')
    : undefined;
};

const lowerFirst = (text: string): string => `${text.slice(0, 1).toLowerCase()}${text.slice(1)}`;

/** "restart chainfire on node02", "restart chainfire on 3 nodes"; undefined where it would be about nothing. */
const actionWords = (state: AppState, verb: Verb): string | undefined => {
  const several = severalOf(state, verb);
  if (several !== undefined) return operationName(several).replace('reset-failed', 'reset failed');
  const offer = offerOf(state, verb);
  const offered = offer.kind === 'selected' || offer.kind === 'only' ? offer.target : undefined;
  const target = markedFor(state, verb)[0] ?? offered;
  return target && lowerFirst(actionTitle({ verb, target }));
};

const wordsOf = (state: AppState, binding: Binding): string => {
  const { command } = binding;
  const title = titleOf(state, binding);
  if (isVerb(command)) return actionWords(state, command) ?? title;
  const about = subjectWords(selectedSubject(state));
  switch (command) {
    case 'open':
    case 'mark':
    case 'copy':
    case 'logs':
    case 'fold':
    case 'unfold':
      return about === undefined ? title : `${title} ${command === 'logs' ? 'of ' : ''}${about}`;
    case 'what-if':
      return about === undefined ? title : `what if ${about} stops`;
    case 'shell': {
      const offer = shellOffer(state);
      return offer.kind === 'node' ? `shell on ${offer.node}` : title;
    }
    default:
      return title;
  }
};

const isView = (command: Command): boolean => command.startsWith('view-') || command === 'next-steps';

/** What works here and has been left no key: it is found by name all the same. */
const keyless = (state: AppState): readonly Binding[] => {
  const keyed = new Set(bindingsOf(state).map(({ command }) => command));
  const scopes = liveScopes(state);
  return BINDINGS.filter(
    (binding) => !keyed.has(binding.command) && binding.scopes.some((scope) => scopes.includes(scope)),
  ).map((binding) => ({ ...binding, chords: [] }));
};

/** What the keys do that work here. */
const keyEntries = (state: AppState): readonly PaletteEntry[] => {
  const live = [...liveBindings(state), ...keyless(state)];
  const near = live.filter(({ scopes }) => !scopes.includes('view'));
  const told = live.filter(
    (binding) => !isMove(binding.command) && (near.includes(binding) || !hiddenBy(near, binding)),
  );
  const entries = told
    .filter(({ command }, index) => told.findIndex((other) => other.command === command) === index)
    .map((binding): PaletteEntry => {
      const words = wordsOf(state, binding);
      return {
        id: `${binding.command} ${words}`,
        words,
        kind: isView(binding.command) ? 'view' : '',
        chord: binding.chords[0],
        choice: { kind: 'command', command: binding.command },
        available: () => availability(state, binding),
      };
    });
  return [...entries.filter(({ kind }) => kind === ''), ...entries.filter(({ kind }) => kind !== '')];
};

/** All that an action or a log can be about: instances, steps, nodes. */
const targets = ({ topology, inventory }: AppState): readonly ActionTarget[] => [
  ...topology.services.flatMap(({ name: service }) =>
    inventory.nodes
      .filter(({ services }) => services.includes(service))
      .map(({ name: node }): ActionTarget => ({ kind: 'instance', service, node })),
  ),
  ...topology.firstBoot.steps.flatMap(({ name: step, service }) =>
    inventory.nodes
      .filter(({ services }) => service === undefined || services.includes(service))
      .map(({ name: node }): ActionTarget => ({ kind: 'step', step, node })),
  ),
  ...inventory.nodes.map(({ name: node }): ActionTarget => ({ kind: 'node', node })),
];

const placeEntry = (to: SubjectId, words: string, kind: string): PaletteEntry => ({
  id: `go ${to}`,
  words,
  kind,
  chord: undefined,
  choice: { kind: 'go', to },
  available: () => true,
});

const KINDS = { instance: 'service', step: 'step', node: 'node' } as const;

/** Where one can go: services and nodes, then what is on them. */
const placeEntries = (state: AppState): readonly PaletteEntry[] => {
  const all = targets(state);
  const places = (some: readonly ActionTarget[]): readonly PaletteEntry[] =>
    some.map((target) =>
      placeEntry(subjectOf(target), targetName(target).replace('@', ' on '), KINDS[target.kind]),
    );
  return [
    ...state.topology.services.map(({ name }) => placeEntry(`service:${name}`, name, 'service')),
    ...places(all.filter(({ kind }) => kind === 'node')),
    ...places(all.filter(({ kind }) => kind !== 'node')),
  ];
};

/** What can be done elsewhere than on the selected row, with the key that does it there. */
const ELSEWHERE: Readonly<Record<ActionTarget['kind'], readonly Command[]>> = {
  instance: ['restart', 'logs', 'start', 'stop', 'reset-failed', 'rerun', 'what-if'],
  step: ['rerun', 'logs'],
  node: ['logs', 'shell', 'bring-up', 'restart', 'start', 'stop', 'reset-failed', 'what-if'],
};

const elsewhereWords = (command: Command, title: string, target: ActionTarget): string => {
  const about = targetName(target).replace('@', ' on ');
  if (isVerb(command)) return lowerFirst(actionTitle({ verb: command, target }));
  if (command === 'what-if') return `what if ${about} stops`;
  return `${title} ${command === 'logs' ? 'of' : 'on'} ${about}`;
};

const elsewhereEntries = (state: AppState): readonly PaletteEntry[] => {
  const bindings = new Map(
    BINDINGS.filter(({ scopes }) => scopes.includes('detail')).map((one) => [one.command, one] as const),
  );
  const keyed = new Map(bindingsOf(state).map(({ command, chords }) => [command, chords[0]] as const));
  return targets(state).flatMap((target) =>
    ELSEWHERE[target.kind].flatMap((command) => {
      const binding = bindings.get(command);
      if (binding === undefined) return [];
      const on = subjectOf(target);
      const words = elsewhereWords(command, binding.title, target);
      return {
        id: `${command} ${words}`,
        words,
        kind: '',
        chord: keyed.get(command),
        choice: { kind: 'command', command, on } as const,
        available: () => availability(standingOn(state, on), binding),
      };
    }),
  );
};

/** Of what is found as well, that comes first which is nearer. */
const weightOf = ({ choice }: PaletteEntry): number =>
  choice.kind === 'command' ? (choice.on === undefined ? 1 : 0.7) : 0.85;

/** The view beneath, as if there were no palette. */
const beneath = (state: AppState): AppState => withUi(state, { palette: undefined });

const found = new WeakMap<AppState, readonly PaletteHit[]>();

/** What is listed now, the best first; nothing while the palette is closed. */
export const paletteHits = (state: AppState): readonly PaletteHit[] => {
  const { palette } = state.ui;
  if (palette === undefined) return [];
  const known = found.get(state);
  if (known !== undefined) return known;
  const under = beneath(state);
  const near = [...keyEntries(under), ...placeEntries(under)];
  // Without a word there would be no end to them.
  const far = palette.text.trim() === '' ? [] : elsewhereEntries(under);
  const told = new Set(near.map(({ id }) => id));
  const entries = [...near, ...far.filter(({ id }) => !told.has(id))];
  const hits = search(palette.text, entries, ({ words }) => words, weightOf);
  found.set(state, hits);
  return hits;
};

/** Where the cursor stands in what is listed: on the first, until it was moved. */
export const paletteIndex = (state: AppState): number =>
  Math.max(
    0,
    paletteHits(state).findIndex(({ item }) => item.id === state.ui.palette?.at),
  );

const PAGE = 8;
const STEPS: Partial<Readonly<Record<Command, number>>> = {
  'palette-up': -1,
  'palette-down': 1,
  'palette-page-up': -PAGE,
  'palette-page-down': PAGE,
};

/** What a key of the palette comes to; undefined of one that needs no list. */
export const paletteEvent = (state: AppState, command: Command): AppEvent | undefined => {
  const hits = paletteHits(state);
  const index = paletteIndex(state);
  const step = STEPS[command];
  if (step !== undefined) {
    const next = hits[Math.min(Math.max(index + step, 0), hits.length - 1)];
    return next && { kind: 'palette-at', id: next.item.id };
  }
  if (command !== 'palette-choose') return undefined;
  const entry = hits[index]?.item;
  if (entry === undefined)
    return { kind: 'refused', reason: 'nothing is found: type less, or other letters' };
  const available = entry.available();
  return available === true
    ? { kind: 'chosen', choice: entry.choice }
    : { kind: 'refused', reason: available };
};
