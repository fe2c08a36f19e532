/** What may stand where the cursor is on a command line that is being typed: completion asks it at every tab. */
import type { ActionTarget } from '../core/model/action.ts';
import type { Command } from './command.ts';
import { flagsOf } from './command-line.ts';
import { type ActionName, type CommandName, commands, isAction } from './command-table.ts';
import { everywhere, type Flag, type Offered } from './flags.ts';

/** One word that would fit, and what it is. */
export type Candidate = { readonly word: string; readonly about?: string };

export type Offer =
  | { readonly kind: 'files' }
  /** `open`: more may follow without a space, as in a list with commas. */
  | { readonly kind: 'words'; readonly candidates: readonly Candidate[]; readonly open?: true };

/** The names of what is offered; asked for only where a name may stand. */
export type Named = {
  readonly nodes: readonly string[];
  readonly services: readonly Placed[];
  readonly steps: readonly Placed[];
  readonly tags: readonly Tagged[];
};

/** A tag as it may stand for its nodes, `@storage`, and which these are. */
export type Tagged = { readonly word: string; readonly nodes: readonly string[] };

/** A service or step, and where it is. */
export type Placed = { readonly name: string; readonly unit: string; readonly nodes: readonly string[] };

type TargetKind = ActionTarget['kind'];

export type Sources = {
  /** The flags before the cursor that say which configuration would be used. */
  readonly named: (flags: Readonly<Record<string, string>>) => Promise<Named>;
  /** Words of closed sets, which live with what they mean. */
  readonly words: (of: 'scenario' | 'verb' | 'outcome' | 'priority') => Promise<readonly Candidate[]>;
  /** What a verb is about. */
  readonly targets: (verb: ActionName) => Promise<readonly TargetKind[]>;
};

/** What comes before the cursor, taken apart as the parser would. */
type Line = {
  readonly command: CommandName | undefined;
  readonly words: readonly string[];
  readonly flags: Readonly<Record<string, string>>;
  /** The flag whose value is to be typed. */
  readonly pending?: Flag;
  /** After `--` nothing is a flag. */
  readonly onlyWords: boolean;
};

const isCommand = (word: string): word is CommandName => Object.hasOwn(commands, word);

const specOf = (command: CommandName | undefined): Command => commands[command ?? 'watch'];

/** Before the command's name its flags may stand already. */
const allFlags = (): Readonly<Record<string, Flag>> =>
  Object.assign({}, ...Object.values<Command>(commands).map(({ flags }) => flags), everywhere);

const flagNamed = (
  word: string,
  flags: Readonly<Record<string, Flag>>,
): readonly [name: string, flag: Flag] | undefined =>
  Object.entries(flags).find(([name, { short }]) => word === `--${name}` || word === `-${short}`);

const readLine = (before: readonly string[]): Line => {
  const flags: Record<string, string> = {};
  const words: string[] = [];
  let command: CommandName | undefined;
  let pending: readonly [string, Flag] | undefined;
  let onlyWords = false;
  const every = allFlags();
  for (const word of before) {
    if (pending !== undefined) {
      flags[pending[0]] = word;
      pending = undefined;
      continue;
    }
    if (word === '--') onlyWords = true;
    else if (onlyWords || !word.startsWith('-')) {
      if (command === undefined && words.length === 0 && isCommand(word)) command = word;
      else words.push(word);
    } else {
      const [name = '', value] = word.split(/=(.*)/su);
      const own = flagNamed(name, command === undefined ? every : flagsOf(specOf(command)));
      if (own === undefined) continue;
      if (own[1].type === 'boolean') flags[own[0]] = '';
      else if (value === undefined) pending = own;
      else flags[own[0]] = value;
    }
  }
  return { command, words, flags, onlyWords, ...(pending === undefined ? {} : { pending: pending[1] }) };
};

const words = (candidates: readonly Candidate[]): Offer => ({ kind: 'words', candidates });

const named = (list: readonly string[], about: string): readonly Candidate[] =>
  list.map((word) => ({ word, about }));

const taggedWords = (tags: readonly Tagged[]): readonly Candidate[] =>
  tags.map(({ word }) => ({ word, about: 'nodes with this tag' }));

/** `iam`, and once nothing else fits `iam@node01`, `iam@@storage` …; unit names only for who types one. */
const placedWords = (
  all: readonly Placed[],
  current: string,
  about: string,
  tags: readonly Tagged[] = [],
): readonly Candidate[] => {
  const fits = (word: string): boolean => word.startsWith(current) || current.startsWith(`${word}@`);
  const short = all.filter(({ name }) => fits(name));
  const chosen = short.map((one) => ({ ...one, word: one.name }));
  const units = all.filter(({ unit }) => fits(unit)).map((one) => ({ ...one, word: one.unit }));
  const found = chosen.length > 0 ? chosen : units;
  return found.flatMap(({ word, nodes }) => [
    { word, about },
    ...(found.length === 1 || current.includes('@')
      ? [
          ...nodes.map((node) => ({ word: `${word}@${node}`, about: `${about} on ${node}` })),
          ...tags
            .filter((tag) => tag.nodes.some((node) => nodes.includes(node)))
            .map((tag) => ({ word: `${word}@${tag.word}`, about: `${about} on nodes with this tag` })),
        ]
      : []),
  ]);
};

const valuesOf = async (
  offers: Offered | readonly string[] | undefined,
  current: string,
  { command, flags }: Line,
  sources: Sources,
): Promise<Offer> => {
  if (offers === undefined) return words([]);
  if (typeof offers !== 'string') return words(offers.map((word) => ({ word })));
  switch (offers) {
    case 'file':
      return { kind: 'files' };
    case 'scenario':
    case 'verb':
    case 'outcome':
    case 'priority':
      return words(await sources.words(offers));
    default:
  }
  const names = await sources.named(flags);
  switch (offers) {
    case 'node':
      return words(named(names.nodes, 'node'));
    case 'node-or-tag':
      return words([...named(names.nodes, 'node'), ...taggedWords(names.tags)]);
    case 'nodes': {
      const before = current.slice(0, current.lastIndexOf(',') + 1);
      const chosen = before.split(',');
      const all = [...named(names.nodes, 'node'), ...taggedWords(names.tags)];
      const rest = all.filter(({ word }) => !chosen.includes(word));
      return {
        kind: 'words',
        candidates: rest.map((one) => ({ ...one, word: `${before}${one.word}` })),
        open: true,
      };
    }
    case 'service':
      return words([
        ...named(
          names.services.map(({ name }) => name),
          'service',
        ),
        ...named(
          names.steps.map(({ name }) => name),
          'first-boot step',
        ),
      ]);
    case 'goal':
      return words([
        { word: 'ready', about: 'every first-boot step done, every service up' },
        { word: 'healthy', about: 'every instance ok, quorums held' },
        ...placedWords(names.services, current, 'service'),
        ...placedWords(names.steps, current, 'first-boot step'),
      ]);
    case 'target':
    case 'targets': {
      const tags = offers === 'targets' ? names.tags : [];
      const kinds = command !== undefined && isAction(command) ? await sources.targets(command) : undefined;
      const takes = (kind: TargetKind): boolean => kinds?.includes(kind) ?? true;
      return words([
        ...(takes('instance') ? placedWords(names.services, current, 'service', tags) : []),
        ...(takes('step') ? placedWords(names.steps, current, 'first-boot step', tags) : []),
        ...(takes('node') ? [...named(names.nodes, 'node'), ...taggedWords(tags)] : []),
      ]);
    }
    default:
      return offers satisfies never;
  }
};

const flagWordsOf = ({ command, flags }: Line): readonly Candidate[] =>
  Object.entries(flagsOf(specOf(command)))
    .filter(([name, { many }]) => many === true || !Object.hasOwn(flags, name))
    .map(([name, { help }]) => ({ word: `--${name}`, about: help }));

const fitting = (offer: Offer, current: string): Offer =>
  offer.kind === 'files'
    ? offer
    : { ...offer, candidates: offer.candidates.filter(({ word }) => word.startsWith(current)) };

/** What fits the last of `typed`; the others come before it. */
export const complete = async (typed: readonly string[], sources: Sources): Promise<Offer> => {
  const current = typed.at(-1) ?? '';
  const line = readLine(typed.slice(0, -1));
  if (line.pending !== undefined) {
    return fitting(await valuesOf(line.pending.offers, current, line, sources), current);
  }
  const spec = specOf(line.command);
  if (!line.onlyWords && current.startsWith('-')) {
    const [name = '', value] = current.split(/=(.*)/su);
    if (value === undefined) return fitting(words(flagWordsOf(line)), current);
    const flag = flagNamed(name, flagsOf(spec))?.[1];
    const offer = fitting(await valuesOf(flag?.offers, value, line, sources), value);
    if (offer.kind === 'files') return offer;
    return { ...offer, candidates: offer.candidates.map((one) => ({ ...one, word: `${name}=${one.word}` })) };
  }
  if (line.command === undefined && line.words.length === 0 && !line.onlyWords) {
    const names = Object.entries<Command>(commands).map(([word, { help }]) => ({ word, about: help }));
    return fitting(words(names), current);
  }
  if (line.words.length >= spec.words) return words([]);
  return fitting(await valuesOf(spec.offers, current, line, sources), current);
};
