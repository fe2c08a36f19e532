/**
 * Drives the built program as an operator does: in a real pty, read through a terminal emulator.
 * Every wait is for a state of the screen; a wait that runs out shows the whole screen.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type IPty, spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { PATIENCE_MS } from '../helpers/patience.ts';

export const repository = fileURLToPath(new URL('../../', import.meta.url));
export const program = fileURLToPath(new URL('../../bin/plasmatop.js', import.meta.url));

/** What an operator presses, by name; anything else is typed as it is. */
const named: Readonly<Record<string, string>> = {
  enter: '\r',
  esc: '\u001b',
  up: '\u001b[A',
  down: '\u001b[B',
  right: '\u001b[C',
  left: '\u001b[D',
  tab: '\t',
  backspace: '\u007f',
  'ctrl-c': '\u0003',
  'ctrl-z': '\u001a',
  pgup: '\u001b[5~',
  pgdn: '\u001b[6~',
};

export type Exit = { readonly code: number; readonly signal: number | undefined };

export type Session = {
  readonly pid: number;
  /** The visible lines, right-trimmed. */
  readonly screen: () => readonly string[];
  readonly text: () => string;
  /** True while the alternate screen is shown. */
  readonly alternate: () => boolean;
  /** False while the cursor is hidden. */
  readonly cursorShown: () => boolean;
  /** Resolves with the screen's text as soon as it matches. */
  readonly until: (what: RegExp | ((text: string) => boolean), timeoutMs?: number) => Promise<string>;
  readonly press: (...keys: readonly string[]) => void;
  readonly resize: (columns: number, rows: number) => void;
  readonly kill: (signal?: string) => void;
  /** Takes the terminal away, as a broken connection does. Nothing can be seen or typed any more. */
  readonly hangUp: () => void;
  readonly exited: Promise<Exit>;
  /** All bytes written so far. */
  readonly output: () => string;
  readonly dispose: () => void;
  /** The emulator itself, for colours. */
  readonly terminal: xterm.Terminal;
};

export type LaunchOptions = {
  readonly args: readonly string[];
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Instead of the program: any command line. */
  readonly command?: readonly [string, ...string[]];
};

let stateHome: string | undefined;

/** State of an account that has had its first console: the program's own files, and nobody's home. */
export const usedStateHome = (): string => {
  if (stateHome !== undefined) return stateHome;
  const directory = mkdtempSync(join(tmpdir(), 'pt-state-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  mkdirSync(join(directory, 'plasmatop'), { mode: 0o700 });
  writeFileSync(join(directory, 'plasmatop', 'hint-shown'), '', { mode: 0o600 });
  stateHome = directory;
  return directory;
};

const environment = (extra: Readonly<Record<string, string>>): Record<string, string> => {
  const kept = Object.entries(process.env).filter(
    ([name, value]) =>
      value !== undefined && !/^(NO_COLOR|FORCE_COLOR|CI|VITEST.*|NODE_ENV|PLASMATOP_.*)$/.test(name),
  ) as [string, string][];
  return {
    ...Object.fromEntries(kept),
    XDG_STATE_HOME: usedStateHome(),
    TERM: 'xterm-256color',
    COLORTERM: 'truecolor',
    ...extra,
  };
};

export const launch = ({
  args,
  columns = 80,
  rows = 24,
  env = {},
  cwd = repository,
  command,
}: LaunchOptions): Session => {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 1000 });
  const [file, ...words] = command ?? [process.execPath, program, ...args];
  const variables = environment(env);
  // The library puts a name of its own into TERM unless it is given one.
  const name = variables.TERM ?? '';
  const pty: IPty = spawn(file, words, { cols: columns, rows, cwd, env: variables, name });
  const listeners = new Set<() => void>();
  const notify = (): void => {
    for (const listener of [...listeners]) listener();
  };

  let output = '';
  let hidden = false;
  let ended: Exit | undefined;
  pty.onData((data) => {
    output += data;
    for (const [, state] of data.matchAll(/\u001b\[\?25([hl])/g)) hidden = state === 'l';
    terminal.write(data, notify);
  });
  // The emulator answers what the program asks (device attributes, modes), as a real terminal would.
  terminal.onData((answer) => {
    if (!ended) pty.write(answer);
  });
  const exited = new Promise<Exit>((resolve) => {
    pty.onExit(({ exitCode, signal }) => {
      ended = { code: exitCode, signal: signal || undefined };
      // What was written last may still be on its way through the emulator.
      terminal.write('', () => {
        notify();
        resolve({ code: exitCode, signal: signal || undefined });
      });
    });
  });

  const screen = (): readonly string[] => {
    const buffer = terminal.buffer.active;
    return Array.from({ length: terminal.rows }, (_, row) =>
      (buffer.getLine(buffer.viewportY + row)?.translateToString(true, 0, terminal.cols) ?? '').trimEnd(),
    );
  };
  const text = (): string => screen().join('\n');

  const until: Session['until'] = (what, timeoutMs = PATIENCE_MS) =>
    new Promise((resolve, reject) => {
      const matches = (): boolean => (what instanceof RegExp ? what.test(text()) : what(text()));
      const finish = (settle: () => void): void => {
        listeners.delete(check);
        clearTimeout(timer);
        settle();
      };
      const check = (): void => {
        // Half a frame is on the screen: what the program says it has drawn together is looked at together.
        if (terminal.modes.synchronizedOutputMode && !ended) return;
        if (matches()) finish(() => resolve(text()));
        else if (ended) {
          const how = `exited with ${ended.code}`;
          finish(() => reject(new Error(`the program ${how} while waiting for ${String(what)}\n${text()}`)));
        }
      };
      const timer = setTimeout(() => {
        finish(() =>
          reject(new Error(`not on the screen within ${timeoutMs} ms: ${String(what)}\n${text()}`)),
        );
      }, timeoutMs);
      listeners.add(check);
      check();
    });

  return {
    terminal,
    pid: pty.pid,
    screen,
    text,
    alternate: () => terminal.buffer.active.type === 'alternate',
    cursorShown: () => !hidden,
    until,
    press: (...keys) => {
      for (const key of keys) pty.write(named[key] ?? key);
    },
    resize: (newColumns, newRows) => {
      terminal.resize(newColumns, newRows);
      pty.resize(newColumns, newRows);
    },
    kill: (signal = 'SIGTERM') => pty.kill(signal),
    // The pty library has no word for it: its own destroy() also sends a signal.
    hangUp: () => (pty as unknown as { readonly _socket: Socket })._socket.destroy(),
    exited,
    output: () => output,
    dispose: () => {
      listeners.clear();
      if (!ended) pty.kill('SIGKILL');
      terminal.dispose();
    },
  };
};
