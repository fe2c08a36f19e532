/** Quotes words for a POSIX shell, so that text never becomes code on a node. */

/** Words made of these alone mean themselves in every shell. `=` only in an option: a leading `K=V` is an assignment. */
const SAFE_WORD = /^(?:[A-Za-z0-9_./:,@%+-]+|-[A-Za-z0-9_./:,@%+=-]+)$/u;

/** One word as a POSIX shell reads it back unchanged; safe words stay bare. NUL cannot be part of a word and is dropped. */
export const shellQuote = (word: string): string =>
  SAFE_WORD.test(word) ? word : `'${word.replaceAll('\0', '').replaceAll("'", `'\\''`)}'`;

/** A command line for the shell at the other end, from unquoted words. */
export const remoteCommand = (words: readonly string[]): string => words.map(shellQuote).join(' ');

/** Several commands as one line; each runs whatever the one before it said. */
export const remoteSequence = (commands: readonly (readonly string[])[]): string =>
  commands.map(remoteCommand).join('; ');

/** What the console sets for ssh that an operator has to set, too. */
export type SshLineSettings = {
  readonly configFile?: string;
  readonly user?: string;
  /** `Key=value`, for ssh's -o. */
  readonly options?: readonly string[];
};

/**
 * What an operator types on the jump host to run `words` on `target` as the console does, without what is the console's
 * alone (its sockets, its timeouts): quoted once for the node and, if need be, again for here.
 */
export const sshCommandLine = (
  target: string,
  words: readonly string[],
  { configFile, user, options = [] }: SshLineSettings = {},
): string => {
  const remote = remoteCommand(words);
  const local = [
    'ssh',
    ...(configFile === undefined ? [] : ['-F', configFile]),
    ...(user === undefined ? [] : ['-l', user]),
    ...options.map((option) => `-o${option}`),
    target,
    '--',
  ];
  const bare = words.every((word) => SAFE_WORD.test(word));
  return `${local.map(shellQuote).join(' ')} ${bare ? remote : shellQuote(remote)}`;
};
