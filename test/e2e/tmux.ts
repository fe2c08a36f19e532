/** The built program in a real tmux: a server of its own, without the operator's configuration. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa, execaSync } from 'execa';
import { waitFor } from '../helpers/wait-for.ts';
import { program, usedStateHome } from './driver.ts';

/** Why there is no tmux to test with; none: there is one. */
export const whyNoTmux = (): string | undefined => {
  const { exitCode, failed } = execaSync('tmux', ['-V'], { reject: false });
  return failed ? `tmux -V: ${exitCode === undefined ? 'not found' : `exit ${exitCode}`}` : undefined;
};

export type Tmux = {
  /** The process in the pane. */
  readonly pid: () => Promise<number>;
  /** The visible lines, right-trimmed; `colour`: with what tmux would send for their colours. */
  readonly text: (how?: 'colour') => Promise<string>;
  /** Resolves with the screen's text as soon as it matches. */
  readonly until: (what: RegExp | ((text: string) => boolean)) => Promise<string>;
  /** Types keys by tmux's own names, or text. */
  readonly press: (...keys: readonly string[]) => Promise<void>;
  readonly resize: (...sizes: readonly (readonly [columns: number, rows: number])[]) => Promise<void>;
  readonly alternate: () => Promise<boolean>;
  readonly cursorShown: () => Promise<boolean>;
  /** Ends the session, as the end of the ssh login around it does. */
  readonly end: () => Promise<void>;
};

/** Starts `words` in a pane of 80 × 24 for which TERM says `term`. */
export const startTmux = async (
  term: string,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Tmux> => {
  const directory = mkdtempSync(join(tmpdir(), 'pt-tmux-'));
  const run = async (...args: readonly string[]): Promise<string> => {
    const { NO_COLOR: _, FORCE_COLOR: __, COLORTERM: ___, TMUX: ____, CI: _____, ...kept } = process.env;
    const { stdout } = await execa('tmux', ['-S', join(directory, 'socket'), '-f', '/dev/null', ...args], {
      env: { ...kept, XDG_STATE_HOME: usedStateHome(), ...env, LC_ALL: 'C.UTF-8' },
      extendEnv: false,
      stdin: 'ignore',
    });
    return stdout;
  };
  const ask = (what: string): Promise<string> => run('display-message', '-p', '-t', 'console', `#{${what}}`);
  const text: Tmux['text'] = (how) =>
    run('capture-pane', '-p', '-t', 'console', ...(how === 'colour' ? ['-e'] : []));
  await run(
    ...['set-option', '-g', 'default-terminal', term, ';', 'set-option', '-g', 'remain-on-exit', 'on', ';'],
    ...['new-session', '-d', '-s', 'console', '-x', '80', '-y', '24', ...words],
  );
  return {
    text,
    pid: async () => Number(await ask('pane_pid')),
    until: (what) =>
      waitFor(async () => {
        const now = await text();
        if (what instanceof RegExp ? what.test(now) : what(now)) return now;
        throw new Error(`not on the screen: ${String(what)}\n${now}`);
      }),
    press: async (...keys) => {
      await run('send-keys', '-t', 'console', ...keys);
    },
    resize: async (...sizes) => {
      await run(
        ...sizes.flatMap(([columns, rows]) => [
          ...['resize-window', '-t', 'console', '-x', String(columns), '-y', String(rows), ';'],
        ]),
      );
    },
    alternate: async () => (await ask('alternate_on')) === '1',
    cursorShown: async () => (await ask('cursor_flag')) === '1',
    end: async () => {
      // Where it has ended already there is nobody to tell.
      await run('kill-server').catch(() => {});
      rmSync(directory, { recursive: true, force: true });
    },
  };
};

/** The command line of a console on this configuration. */
export const consoleOn = (configFile: string): readonly string[] => [
  process.execPath,
  program,
  '--config',
  configFile,
];
