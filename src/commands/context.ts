/** What every subcommand is handed, so that none reaches for process itself. */
import type { Clock } from '../lib/clock.ts';
import type { Invocation } from './command-line.ts';

export type CommandContext = {
  readonly invocation: Invocation;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly home: string;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly clock: Clock;
  readonly random: () => number;
  /** Aborted by the first SIGINT, SIGTERM or SIGHUP. */
  readonly stopped: AbortSignal;
  /** Hands errors that nobody caught to `handler` (undefined: back to the default, which prints and exits). */
  readonly takeCrashes: (handler: ((error: unknown) => void) | undefined) => void;
  /** Hands what Ctrl-C and Ctrl-\\ send to `handler` (undefined: back to the default, which ends the command). */
  readonly takeInterrupts: (handler: (() => void) | undefined) => void;
};

/** Exit codes of sysexits.h where one fits. */
export const exitCode = {
  ok: 0,
  degraded: 1,
  down: 2,
  unknown: 3,
  /** Of `wait`. */
  timeout: 1,
  failed: 2,
  /** Of an action: it ran, and what it is about is not well. */
  notDone: 1,
  /** Of an action: the guard says no, and nothing ran. */
  refused: 2,
  usage: 64,
  noInput: 66,
  /** Of `metrics`: the address cannot be listened on. */
  unavailable: 69,
  software: 70,
  /** Of `init`: the place is taken, or cannot be written to. */
  cannotCreate: 73,
  /** Read-only, or nobody said yes. */
  noPermission: 77,
  config: 78,
} as const;

/** Runs one subcommand to its end and says with which code to exit. */
export type CommandRun = (context: CommandContext) => Promise<number>;

/** The value of a string flag, undefined when it was not given. */
export const stringFlag = ({ invocation }: CommandContext, name: string): string | undefined => {
  const value = invocation.flags[name];
  return typeof value === 'string' ? value : undefined;
};

/** The values of a flag that may stand several times. */
export const listFlag = ({ invocation }: CommandContext, name: string): readonly string[] => {
  const value = invocation.flags[name];
  return typeof value === 'object' ? value : [];
};

export const booleanFlag = ({ invocation }: CommandContext, name: string): boolean =>
  invocation.flags[name] === true;
