/** Entry of the bundle: words → command → exit code. The only process.exit. */
import { homedir } from 'node:os';
import { parseCommandLine } from './commands/command-line.ts';
import { type ActionName, type CommandName, isAction } from './commands/command-table.ts';
import type { CommandContext, CommandRun } from './commands/context.ts';
import { systemClock } from './lib/clock.ts';

declare const PLASMATOP_VERSION: string;

type LookingCommand = Exclude<CommandName, ActionName>;

/** Each command is loaded only when it is asked for. */
const load: Readonly<Record<LookingCommand, () => Promise<CommandRun>>> = {
  watch: async () => (await import('./commands/watch.ts')).watch,
  demo: async () => (await import('./commands/demo.ts')).demo,
  status: async () => (await import('./commands/status.ts')).status,
  wait: async () => (await import('./commands/wait.ts')).wait,
  audit: async () => (await import('./commands/audit.ts')).audit,
  logs: async () => (await import('./commands/logs.ts')).logs,
  completion: async () => (await import('./commands/completion.ts')).completion,
  metrics: async () => (await import('./commands/metrics.ts')).metrics,
  explain: async () => (await import('./commands/explain.ts')).explain,
  doctor: async () => (await import('./commands/doctor.ts')).doctor,
  init: async () => (await import('./commands/init.ts')).init,
  schema: async () => (await import('./commands/schema.ts')).schema,
};

const loaded = async (command: CommandName): Promise<CommandRun> =>
  isAction(command) ? (await import('./commands/act.ts')).act : load[command]();

/** The stack only: Node itself would print the whole bundled line before it. */
const crash = (error: unknown): void => {
  process.stderr.write(
    `plasmatop: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exit(1);
};
let onCrash = crash;
process.on('uncaughtException', (error) => onCrash(error));

/** From here every command is told to end; the first reason gives the exit code. */
const stop = new AbortController();
let stoppedWith: number | undefined;
const end = (code: number): void => {
  stoppedWith ??= code;
  stop.abort();
};

const SIGINT = 2;
const SIGPIPE = 13;
/** The exit code when the reader of our output goes away. */
let readerGone = 0;

/** Commands whose exit code is their answer. */
const isTelling = (command: CommandName): boolean => command === 'wait' || isAction(command);

const main = async (): Promise<number> => {
  const [, , first, ...rest] = process.argv;
  if (first === '__complete') {
    const { completionLines } = await import('./commands/complete-run.ts');
    const surroundings = { env: process.env, cwd: process.cwd(), home: homedir() };
    process.stdout.write(await completionLines(rest, surroundings));
    return 0;
  }
  const parsed = parseCommandLine(process.argv.slice(2));
  if (!parsed.ok) {
    process.stderr.write(`plasmatop: ${parsed.error.message}\n  ${parsed.error.remedy}\n`);
    return 64;
  }
  const { invocation } = parsed;
  if (invocation.flags.version) {
    process.stdout.write(`plasmatop ${PLASMATOP_VERSION}\n`);
    return 0;
  }
  if (invocation.flags.help) {
    const [{ helpText }, { sectionsOf }] = await Promise.all([
      import('./commands/help-text.ts'),
      import('./commands/help-sections.ts'),
    ]);
    process.stdout.write(helpText(invocation.command, await sectionsOf(invocation.command)));
    return 0;
  }
  // Nobody has heard whether it holds, or was done: what comes after `wait | head` must not take that for a yes.
  if (isTelling(invocation.command)) readerGone = 128 + SIGPIPE;

  let onInterrupt: (() => void) | undefined;
  const interrupted = (): void => {
    if (onInterrupt === undefined) end(128 + SIGINT);
    else onInterrupt();
  };
  process.on('SIGINT', interrupted);
  for (const [signal, number] of [
    ['SIGTERM', 15],
    ['SIGHUP', 1],
  ] as const) {
    process.on(signal, () => end(128 + number));
  }
  const context: CommandContext = {
    invocation,
    env: process.env,
    cwd: process.cwd(),
    home: homedir(),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    clock: systemClock,
    random: Math.random,
    stopped: stop.signal,
    takeCrashes: (handler) => {
      onCrash = handler ?? crash;
    },
    takeInterrupts: (handler) => {
      onInterrupt = handler;
      // Nobody else listens to it: by default it ends the process on the spot.
      if (handler === undefined) process.off('SIGQUIT', interrupted);
      else process.on('SIGQUIT', interrupted);
    },
  };
  const run = await loaded(invocation.command);
  const code = await run(context);
  return stoppedWith ?? code;
};

/** For an orderly end: connections closed, directories removed. */
const ORDERLY_MS = 2000;
// A reader that went away (`plasmatop | head -1`), or a terminal that did, is no failure of ours. Ended in order all the
// same: an exit on the spot would leave connections to every node, and their sockets, behind.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  end(error.code === 'EPIPE' || error.code === 'EIO' ? readerGone : 70);
  setTimeout(() => process.exit(stoppedWith), ORDERLY_MS).unref();
});
// Where complaints cannot be written there is nobody to complain to.
process.stderr.on('error', () => {});

main().then((code) => {
  // Pipes are written asynchronously: leave when all of it is out, or when a full one is not being read.
  process.stdout.write('', () => process.exit(code));
  setTimeout(() => process.exit(code), ORDERLY_MS);
}, crash);
