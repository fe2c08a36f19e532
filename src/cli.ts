/** Entry of the bundle: words → command → exit code. The only process.exit. */
import { homedir } from 'node:os';
import { type CommandName, helpText, parseCommandLine } from './commands/command-line.ts';
import type { CommandContext, CommandRun } from './commands/context.ts';
import { systemClock } from './lib/clock.ts';

declare const PLASMATOP_VERSION: string;

/** Each command is loaded only when it is asked for. */
const load: Readonly<Record<CommandName, () => Promise<CommandRun>>> = {
  watch: async () => (await import('./commands/watch.ts')).watch,
  demo: async () => (await import('./commands/demo.ts')).demo,
  status: async () => (await import('./commands/status.ts')).status,
  explain: async () => (await import('./commands/explain.ts')).explain,
};

/** The stack only: Node itself would print the whole bundled line before it. */
const crash = (error: unknown): void => {
  process.stderr.write(
    `plasmatop: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exit(1);
};
let onCrash = crash;
process.on('uncaughtException', (error) => onCrash(error));

const main = async (): Promise<number> => {
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
    const more = invocation.command === 'demo' ? (await import('./commands/demo.ts')).scenarioHelp() : '';
    process.stdout.write(helpText(process.argv[2]?.startsWith('-') ? undefined : invocation.command, more));
    return 0;
  }

  const stop = new AbortController();
  let signalled = 0;
  for (const [signal, number] of [
    ['SIGINT', 2],
    ['SIGTERM', 15],
    ['SIGHUP', 1],
  ] as const) {
    process.on(signal, () => {
      signalled ||= 128 + number;
      stop.abort();
    });
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
  };
  const run = await load[invocation.command]();
  const code = await run(context);
  return signalled || code;
};

// A reader that went away (`plasmatop status | head -1`) is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' || error.code === 'EIO' ? 0 : 70);
});

main().then((code) => {
  // Pipes are written asynchronously: leave only when all of it is out.
  process.stdout.write('', () => process.exit(code));
}, crash);
