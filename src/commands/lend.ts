/** Runs a program of the operator's on the console's terminal, and makes sure that the terminal is as it was. */
import { type ChildProcess, spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import type { ChildEnd } from '../actions/shell.ts';
import type { Screen } from '../render.tsx';
import type { CommandContext } from './context.ts';

const KILL_AFTER_MS = 500;

export type Words = readonly [string, ...string[]];

export type Loan = {
  /** A line above it. */
  readonly says?: string;
  readonly env?: Env;
  /** Called when it has ended, before the screen is back. */
  readonly after?: () => Promise<void> | void;
};

export type Lender = {
  /** Runs the first of these that can be started to its end. Never rejects. */
  readonly run: (candidates: readonly Words[], loan?: Loan) => Promise<ChildEnd>;
  /** Ends what runs, and what would. */
  readonly close: () => void;
};

type Env = Readonly<Record<string, string | undefined>>;

export const createLender = (
  screen: Screen,
  { stdout, env: own, takeInterrupts }: Pick<CommandContext, 'stdout' | 'env' | 'takeInterrupts'>,
): Lender => {
  let child: ChildProcess | undefined;
  let closing = false;

  const end = (): void => {
    closing = true;
    const ending = child;
    if (ending === undefined) return;
    ending.kill('SIGTERM');
    const timer = setTimeout(() => ending.kill('SIGKILL'), KILL_AFTER_MS);
    ending.once('exit', () => clearTimeout(timer));
  };

  const toItsEnd = ([file, ...words]: Words, env: Env): Promise<ChildEnd> =>
    new Promise((resolve) => {
      if (closing) {
        resolve({ kind: 'not-started', reason: 'the console is closing' });
        return;
      }
      child = spawn(file, words, { stdio: 'inherit', env });
      child.once('error', (error: NodeJS.ErrnoException) =>
        resolve({
          kind: 'not-started',
          reason: error.code === 'ENOENT' ? `${file}: not found` : error.message,
        }),
      );
      child.once('exit', (code, signal) =>
        resolve(code === null ? { kind: 'killed', signal: signal ?? '' } : { kind: 'exited', code }),
      );
    });

  return {
    close: end,
    run: async (candidates, { says, env = {}, after } = {}) => {
      // Where the terminal makes signals of keys they reach every process on it: they are meant for the child.
      takeInterrupts(() => {});
      try {
        return await screen.lend(async () => {
          if (says !== undefined) stdout.write(`${says}\n`);
          const modes = await terminalModes();
          let ended: ChildEnd = { kind: 'not-started', reason: 'nothing to start' };
          for (const words of candidates) {
            ended = await toItsEnd(words, { ...own, ...env });
            child = undefined;
            if (ended.kind !== 'not-started') break;
          }
          // One that was killed has left them as it had them.
          await restoreModes(modes);
          await after?.();
          return ended;
        });
      } catch (error) {
        return { kind: 'not-started', reason: error instanceof Error ? error.message : String(error) };
      } finally {
        takeInterrupts(undefined);
      }
    },
  };
};

/** The terminal's modes in stty's own words; empty where it does not tell. */
const terminalModes = async (): Promise<string> => {
  const stty = spawn('stty', ['-g'], { stdio: ['inherit', 'pipe', 'ignore'] });
  stty.once('error', () => {});
  const said = (await text(stty.stdout).catch(() => '')).trim();
  return /^[\da-f:=a-z]+$/iu.test(said) ? said : '';
};

const restoreModes = (modes: string): Promise<void> =>
  new Promise((resolve) => {
    if (modes === '') {
      resolve();
      return;
    }
    const stty = spawn('stty', [modes], { stdio: ['inherit', 'ignore', 'ignore'] });
    stty.once('error', () => resolve());
    stty.once('exit', () => resolve());
  });
