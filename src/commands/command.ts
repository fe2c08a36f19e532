/** What a command is, as data. */
import type { Flag, Offered } from './flags.ts';

/** A whole line of a shell, and what it is good for. A test parses each and runs it against the demo. */
export type Example = readonly [line: string, why: string];

/** A word and what it means. */
export type Row = readonly [word: string, means: string];

export type Command = {
  readonly usage: string;
  readonly help: string;
  readonly flags: Readonly<Record<string, Flag>>;
  /** Most positional words it takes. */
  readonly words: number;
  /** What these words may be. */
  readonly offers?: Offered | readonly string[];
  /** Flags of everywhere that mean nothing here. */
  readonly without?: readonly string[];
  readonly examples: readonly [Example, ...Example[]];
  /** What its exit codes mean, where they say more than 0 and an error. */
  readonly exits?: readonly Row[];
};
