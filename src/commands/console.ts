/** Runs one app to its end: on a terminal as the console, elsewhere as a stream of lines. */

import { tmpdir } from 'node:os';
import { type App, createApp } from '../app/app.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { Config } from '../config/types.ts';
import { actionName } from '../core/action-name.ts';
import type { NodeName } from '../core/model/inventory.ts';
import type { Screen } from '../render.tsx';
import { firstFrame } from '../views/first-frame.ts';
import { colorModeFor, type ThemeOptions } from '../views/theme.ts';
import { type CommandContext, exitCode } from './context.ts';
import { isFirstRun } from './first-run.ts';
import { followFiles } from './follow-files.ts';
import { createLender, type Lender } from './lend.ts';
import { showInPager } from './pager.ts';
import { asStream } from './stream.ts';

/** How long unreachable nodes may hold back the first frame; they go on connecting behind it. */
const PREFLIGHT_MS = 2500;

/**
 * Shows `config`'s cluster until the operator quits or a signal comes; returns the exit code. `load` reads the
 * configuration anew whenever one of its files has changed.
 */
export const runConsole = async (
  config: Config,
  source: 'live' | 'demo',
  context: CommandContext,
  load?: (found?: string) => LoadedConfig,
): Promise<number> => {
  const { clock, random, stdin, stdout, stderr, env, stopped } = context;
  const app = createApp({ config, clock, random, source, runtimeDir: tmpdir() });
  try {
    if (!stdin.isTTY || !stdout.isTTY) return await asStream(app, context, load);
    if (source === 'live') {
      // ssh may ask for a passphrase or about a host key: now, while there is a terminal to ask on.
      await app.links?.preflight({
        interactive: true,
        write: (line) => stderr.write(`plasmatop: ${line}\n`),
        timeoutMs: PREFLIGHT_MS,
        signal: stopped,
      });
    }
    if (stopped.aborted) return exitCode.ok;
    if (config.ui.screenReader || canPlaceCursor(env.TERM)) {
      // What is read out begins with the keys anyway.
      const isNew = !config.ui.screenReader && (source === 'demo' || (await isFirstRun(context)));
      if (isNew) app.store.dispatch({ kind: 'hint', isShown: true });
      return await onTerminal(app, config, context, load);
    }
    stderr.write(`plasmatop: ${noScreenWords(env.TERM)}\n`);
    return await asStream(app, context, load);
  } finally {
    for (const { plan, words } of await app.stop()) {
      stderr.write(`plasmatop: ${actionName(plan)}: ${words}\n`);
    }
  }
};

/** A terminal that calls itself dumb, or nothing at all, takes text line by line and prints every escape code. */
const canPlaceCursor = (term = ''): boolean => term !== '' && term !== 'dumb';

const noScreenWords = (term = ''): string =>
  `${term === '' ? 'TERM is not set' : `TERM=${term}`}: there is no screen to draw on, so each change is written as a line; Ctrl-C ends it\n  Where the terminal can do more, say so: TERM=xterm-256color`;

/** Bits of colour. Node knows `xterm-256color` alone; screen and tmux say it in the same way, behind an ssh too. */
const colorDepth = (
  stdout: NodeJS.WriteStream,
  { TERM = '', FORCE_COLOR }: CommandContext['env'],
): number => {
  const depth = stdout.getColorDepth();
  return depth === 4 && FORCE_COLOR === undefined && TERM.endsWith('-256color') ? 8 : depth;
};

const onTerminal = async (
  app: App,
  config: Config,
  context: CommandContext,
  load: ((found?: string) => LoadedConfig) | undefined,
): Promise<number> => {
  const { stdin, stdout, env, stopped, takeCrashes } = context;
  const themeOf = ({ ui }: Config): ThemeOptions => ({
    ascii: ui.ascii,
    name: ui.theme,
    color: colorModeFor({
      wanted: ui.color,
      noColor: env.NO_COLOR !== undefined && env.NO_COLOR !== '',
      depth: colorDepth(stdout, env),
    }),
  });
  const theme = themeOf(config);
  let crash: unknown;
  let close = (): void => {};
  // From the first frame on: an end on the spot would leave it, and a keyboard that echoes nothing, to the shell.
  const crashed = (error: unknown): void => {
    crash ??= error;
    close();
  };
  takeCrashes(crashed);
  const screen = config.ui.screenReader
    ? (await import('./spoken-screen.ts')).openSpokenScreen({
        store: app.store,
        stdin,
        stdout,
        hasCodes: canPlaceCursor(env.TERM),
      })
    : await openDrawnScreen(app, theme, { stdin, stdout });

  const lender = createLender(screen, context);
  close = (): void => {
    lender.close();
    screen.close();
  };
  app.store.onEffect((effect) => {
    switch (effect.kind) {
      case 'quit':
        close();
        return;
      case 'suspend':
        void suspend(app, screen);
        return;
      case 'copy':
        // OSC 52: the operator's own terminal takes it, through any number of ssh hops.
        stdout.write(`\u001b]52;c;${Buffer.from(effect.text).toString('base64')}\u0007`);
        return;
      case 'shell':
        void openShell(app, lender, effect);
        return;
      case 'page':
        void page(app, lender, effect, env.PAGER);
        return;
      default:
    }
  });
  stopped.addEventListener('abort', close, { once: true });
  // The signal, or a crash, may have come while the screen was loading.
  if (stopped.aborted || crash !== undefined) close();
  // The terminal itself is gone: the window was closed, or the connection to it broke.
  for (const event of ['end', 'close', 'error'] as const) stdin.on(event, close);

  app.start();
  app.lookUpOrphans();
  app.onConfigured((next) => screen.retheme(themeOf(next)));
  const unwatch = load && followFiles(app, load);
  await screen.closed.catch(crashed);
  unwatch?.();
  stopped.removeEventListener('abort', close);
  takeCrashes(undefined);
  if (crash !== undefined) throw crash;
  return exitCode.ok;
};

const openDrawnScreen = async (
  app: App,
  theme: ThemeOptions,
  terminal: Pick<CommandContext, 'stdin' | 'stdout'>,
): Promise<Screen> => {
  const { openScreen } = await showWhile(loadScreen(), app, theme, terminal);
  // Ink begins to draw where the cursor stands.
  terminal.stdout.write(HOME);
  return openScreen({ store: app.store, theme, ...terminal });
};

/** Lets keys be keys again, before the screen is there to press them at. */
const returnOnce = (store: App['store']): (() => void) => {
  let isBack = false;
  return () => {
    if (!isBack) store.dispatch({ kind: 'returned' });
    isBack = true;
  };
};

const suspend = async ({ store }: App, screen: Screen): Promise<void> => {
  const after = returnOnce(store);
  // One that cannot leave the terminal is on its way out.
  const wasStopped = await screen.suspend(after).catch(() => true);
  after();
  if (wasStopped) return;
  store.dispatch({
    kind: 'notice',
    text: 'no shell is there that could continue the console',
    tone: 'refused',
  });
};

const openShell = async (
  { shells, store }: App,
  lender: Lender,
  { node, reason }: { readonly node: NodeName; readonly reason?: string },
): Promise<void> => {
  const after = returnOnce(store);
  const run = (words: readonly [string, ...string[]], says: string) => lender.run([words], { says, after });
  const { text, tone } = await shells.open(node, run, reason);
  // It may not have come to it.
  after();
  store.dispatch({ kind: 'notice', text, tone });
};

const page = async (
  { store }: App,
  lender: Lender,
  what: { readonly title: string; readonly text: string },
  pager: string | undefined,
): Promise<void> => {
  const after = returnOnce(store);
  const problem = await showInPager(what, { lender, pager, runtimeDir: tmpdir(), after });
  after();
  if (problem !== undefined) store.dispatch({ kind: 'notice', text: problem, tone: 'bad' });
};

const ENTER = '\u001b[?1049h\u001b[?25l\u001b[H';
const HOME = '\u001b[H';
const LEAVE = '\u001b[?25h\u001b[?1049l';

/** Shows the first frame while `loading` goes on; Ink then draws over it. If it fails, the terminal is given back. */
const showWhile = async <Module>(
  loading: Promise<Module>,
  { store }: App,
  theme: ThemeOptions,
  { stdin, stdout }: Pick<CommandContext, 'stdin' | 'stdout'>,
): Promise<Module> => {
  const { columns, rows } = stdout;
  // Keys pressed meanwhile wait for Ink; in cooked mode the terminal would echo them into the frame.
  stdin.setRawMode(true);
  stdout.write(`${ENTER}${firstFrame(store.getState(), { columns, rows }, theme).join('\r\n')}`);
  try {
    return await loading;
  } catch (error) {
    stdin.setRawMode(false);
    stdout.write(LEAVE);
    throw error;
  }
};

/**
 * Loads Ink and the views. yoga-layout reads its wasm through `fetch('data:…')` when there is a fetch, which loads
 * Node's whole HTTP client and costs a good part of the start-up; without one it decodes the text itself.
 */
const loadScreen = async () => {
  const { fetch } = globalThis;
  Reflect.deleteProperty(globalThis, 'fetch');
  try {
    return await import('../render.tsx');
  } finally {
    globalThis.fetch = fetch;
  }
};
