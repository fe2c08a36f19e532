/** The command line: a parser whose errors name the nearest word. Pure. */
import { parseArgs } from 'node:util';
import { nearestName } from '../topology/names.ts';
import type { Command } from './command.ts';
import { type CommandName, commands } from './command-table.ts';
import { everywhere, type Flag } from './flags.ts';

/** A list where the flag may stand several times. */
export type FlagValue = string | boolean | readonly string[];

export type Invocation = {
  readonly command: CommandName;
  readonly flags: Readonly<Record<string, FlagValue | undefined>>;
  readonly words: readonly string[];
};

/** What was typed wrong, and what was probably meant. */
export type UsageError = { readonly message: string; readonly remedy: string };

export type ParsedCommandLine =
  | { readonly ok: true; readonly invocation: Invocation }
  | { readonly ok: false; readonly error: UsageError };

const isCommand = (word: string): word is CommandName => Object.hasOwn(commands, word);

const unknown = (
  what: string,
  name: string,
  candidates: readonly string[],
  help: string,
): ParsedCommandLine => {
  const near = nearestName(name, candidates);
  return {
    ok: false,
    error: {
      message: `unknown ${what} "${name}"`,
      remedy: near ? `Did you mean ${near}?` : `There is: ${candidates.join(', ')}. See: ${help}`,
    },
  };
};

const problem = (message: string, remedy: string): ParsedCommandLine => ({
  ok: false,
  error: { message, remedy },
});

/** Flags of everywhere that mean something to it. */
export const everywhereFlags = (spec: Command): Readonly<Record<string, Flag>> =>
  Object.fromEntries(Object.entries(everywhere).filter(([name]) => !spec.without?.includes(name)));

/** All that it takes. */
export const flagsOf = (spec: Command): Readonly<Record<string, Flag>> => ({
  ...everywhereFlags(spec),
  ...spec.flags,
});

const parserOptions = (flags: Readonly<Record<string, Flag>>) =>
  Object.fromEntries(
    Object.entries(flags).map(([name, { type, short }]) => [name, short ? { type, short } : { type }]),
  );

/** Where the command's name stands: the first word that is neither a flag nor a flag's value. */
const commandIndex = (argv: readonly string[]): number => {
  const all: Record<string, Flag> = { ...everywhere };
  for (const spec of Object.values<Command>(commands)) Object.assign(all, spec.flags);
  const { tokens } = parseArgs({
    args: [...argv],
    options: parserOptions(all),
    strict: false,
    tokens: true,
    allowPositionals: true,
  });
  return tokens.find(({ kind }) => kind === 'positional')?.index ?? -1;
};

/** Reads the words after the program's name. Never throws. */
export const parseCommandLine = (argv: readonly string[]): ParsedCommandLine => {
  const at = commandIndex(argv);
  const word = argv[at];
  if (word !== undefined && !isCommand(word)) {
    return unknown('command', word, Object.keys(commands), 'plasmatop --help');
  }
  const command: CommandName = word !== undefined && isCommand(word) ? word : 'watch';
  const spec: Command = commands[command];
  const flags = flagsOf(spec);
  const help = command === 'watch' ? 'plasmatop --help' : `plasmatop ${command} --help`;

  const { tokens } = parseArgs({
    args: argv.filter((_, index) => index !== at),
    options: parserOptions(flags),
    strict: false,
    tokens: true,
    allowPositionals: true,
  });

  const names = Object.keys(flags).map((name) => `--${name}`);
  const values: Record<string, FlagValue> = {};
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    const flag = Object.hasOwn(flags, token.name) ? flags[token.name] : undefined;
    if (!flag && Object.hasOwn(everywhere, token.name) && !nearestName(token.rawName, names)) {
      // It is a flag, and others take it: "unknown" would send the reader to look for a slip of the pen.
      return problem(
        `${command} takes no ${token.rawName}`,
        `Leave it out: it means nothing there. See: ${help}`,
      );
    }
    if (!flag) {
      return unknown('flag', token.rawName, names, help);
    }
    if (flag.type === 'boolean') {
      if (token.value !== undefined) return problem(`--${token.name} takes no value`, `See: ${help}`);
      values[token.name] = true;
    } else {
      // `--config --ascii` is a forgotten value, not a file called --ascii.
      const isFlag =
        token.value !== '-' &&
        token.value?.startsWith('-') &&
        !(flag.negative && /^-\d+$/u.test(token.value));
      if (token.value === undefined || (!token.inlineValue && isFlag)) {
        return problem(
          `--${token.name} needs a value`,
          `--${token.name} ${flag.value ?? 'VALUE'}. See: ${help}`,
        );
      }
      const before = values[token.name];
      if (flag.many) {
        values[token.name] = [...(Array.isArray(before) ? before : []), token.value];
        continue;
      }
      if (before !== undefined) return problem(`--${token.name} stands twice`, 'Keep one of them.');
      values[token.name] = token.value;
    }
  }
  const extra = words[spec.words];
  if (extra !== undefined && !values.help) {
    return problem(`"${extra}" is one word too many`, `Usage: ${spec.usage}. See: ${help}`);
  }
  return { ok: true, invocation: { command, flags: values, words } };
};
