/** The key table with the operator's own keys in it. */
import type { KeyMap } from '../store/state.ts';
import type { Binding, Scope } from './binding.ts';
import { type Chord, chordLabel } from './chords.ts';

/** An open input or a question. */
export const INPUTS: readonly Scope[] = [
  'filter',
  'palette',
  'logs-search',
  'help-search',
  'confirm',
  'confirm-typed',
  'confirm-reason',
];

/**
 * Answers to a question, what edits typed text, and the way out from everywhere are the same on every console: whoever
 * sits down at a strange one must not say yes by mistake.
 */
export const isFixed = ({ scopes }: Binding): boolean => scopes.some((scope) => INPUTS.includes(scope));

/** The table with the commands of `keys` on their new chords; what has no chord left is not in it. What never had one is. */
export const withKeys = (table: readonly Binding[], keys: KeyMap | undefined): readonly Binding[] =>
  keys === undefined || keys.size === 0
    ? table
    : table.flatMap((binding) => {
        const chords = isFixed(binding) ? undefined : keys.get(binding.command);
        if (chords === undefined) return binding;
        return chords.length === 0 ? [] : { ...binding, chords };
      });

/** What is wrong with a command's keys: `index` is the place in its list. */
export type KeyFault = {
  readonly command: string;
  readonly index?: number;
  readonly message: string;
  readonly remedy: string;
};

/** The views in which a binding is live. */
const isLiveIn = (binding: Binding, view: Scope): boolean =>
  binding.scopes.includes(view) || binding.scopes.includes('view');

type Pair = { readonly near: Binding; readonly far: Binding; readonly view: Scope; readonly chord: Chord };

/** Pairs of different commands on one chord in one view; what is bound to the view itself hides the other. */
const pairsOf = (table: readonly Binding[]): readonly Pair[] => {
  const own = table.filter((binding) => !isFixed(binding));
  const views = [...new Set(own.flatMap(({ scopes }) => scopes))];
  return views.flatMap((view) => {
    const live = own.filter((binding) => isLiveIn(binding, view));
    return live.flatMap((near) =>
      live
        .filter(
          (far) =>
            far.command !== near.command &&
            (near.scopes.includes(view) || !far.scopes.includes(view)) &&
            // Two that stand in the same place make one pair.
            !(
              near.scopes.includes(view) === far.scopes.includes(view) &&
              live.indexOf(far) < live.indexOf(near)
            ),
        )
        .flatMap((far) =>
          near.chords
            .filter((chord) => far.chords.includes(chord))
            .map((chord) => ({ near, far, view, chord })),
        ),
    );
  });
};

const sameCommands = (one: Pair, other: Pair): boolean =>
  one.view === other.view && one.near.command === other.near.command && one.far.command === other.far.command;

const VIEWS: Readonly<Partial<Record<Scope, string>>> = {
  view: 'every view',
  'first-boot': 'first boot',
  'what-if': 'what if',
};

/** Two commands on one key where both are live; where the table itself hides one behind the other, that is meant. */
const clashes = (table: readonly Binding[], keys: KeyMap): readonly KeyFault[] => {
  const meant = pairsOf(table);
  const order = [...keys.keys()];
  const found = pairsOf(withKeys(table, keys))
    .filter((pair) => !meant.some((other) => sameCommands(pair, other)))
    .map(({ near, far, view, chord }) => {
      // The one that was written last is told of: it is the one that came to a key that was taken.
      const [at, other] =
        order.indexOf(near.command) > order.indexOf(far.command)
          ? [near.command, far.command]
          : [far.command, near.command];
      return { at, other, view, chord };
    });
  const kinds = new Map(found.map((one) => [`${one.at} ${one.other} ${one.chord}`, one]));
  return [...kinds].map(([kind, { at, other, chord }]) => {
    const views = found
      .filter((one) => `${one.at} ${one.other} ${one.chord}` === kind)
      .map(({ view }) => view);
    // What is live in every view clashes in each: it is told once.
    const where = views.includes('view') ? ['view' as const] : [...new Set(views)];
    return {
      command: at,
      index: keys.get(at)?.indexOf(chord) ?? 0,
      message: `${chordLabel(chord)} is the key of ${other}, too, in ${where.map((view) => VIEWS[view] ?? view).join(', ')}`,
      remedy: `choose another key, or give ${other} another one, or none`,
    };
  });
};

/** A command that acts must not be on the key that answers yes: pressed twice, it would run. */
const lethal = (table: readonly Binding[], keys: KeyMap): readonly KeyFault[] => {
  const yes = table
    .filter(({ command, scopes }) => command === 'confirm' && scopes.includes('confirm'))
    .flatMap(({ chords }) => chords);
  const acting = new Set(
    table.flatMap(({ command, danger }) => (danger === true ? [command as string] : [])),
  );
  return [...keys].flatMap(([command, chords]) =>
    chords.flatMap((chord, index) =>
      acting.has(command) && yes.includes(chord)
        ? [
            {
              command,
              index,
              message: `${chordLabel(chord)} answers the question that ${command} asks: pressed twice, it would run`,
              remedy: 'choose another key',
            },
          ]
        : [],
    ),
  );
};

/** Everything that is wrong with these keys over the table. */
export const keyFaults = (table: readonly Binding[], keys: KeyMap): readonly KeyFault[] => [
  ...lethal(table, keys),
  ...clashes(table, keys),
];

/** The commands whose keys are the operator's to choose. */
export const remappable = (table: readonly Binding[]): readonly string[] => [
  ...new Set(table.filter((binding) => !isFixed(binding)).map(({ command }) => command)),
];
