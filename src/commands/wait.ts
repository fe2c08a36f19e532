/** `plasmatop wait`: looks on until it is ready, healthy or up, or will not be; a line per change. */
import { tmpdir } from 'node:os';
import { type App, createApp } from '../app/app.ts';
import type { Config } from '../config/types.ts';
import { bootProgress } from '../core/first-boot/progress.ts';
import { remoteSequence, shellQuote, sshCommandLine } from '../core/quote.ts';
import { changesSince, type Told } from '../core/wait/changes.ts';
import type { WaitMemory } from '../core/wait/final.ts';
import { holderOf, remedyFor } from '../core/wait/holder.ts';
import type { FinalFailure, WaitInput, WaitOutcome } from '../core/wait/model.ts';
import { isLookedAt, waitState } from '../core/wait/state.ts';
import { utcOffsetMinutes } from '../lib/clock.ts';
import { booleanFlag, type CommandContext, type CommandRun, exitCode, stringFlag } from './context.ts';
import { loadConfigFor } from './load-config.ts';
import { parseGoal, parseTimeout, type WaitWords } from './wait-goal.ts';
import { jsonWriter, textWriter, type WaitEnd, type WaitWriter } from './wait-lines.ts';

/** One look, connecting included: one such span for every eight nodes, because no more log in at once. */
const LOOK_MS = 15_000;
const LOOK_AT_ONCE = 8;
const LOOK_MAX_MS = 60_000;

export const wait: CommandRun = async (context) => {
  const { stderr } = context;
  const refuse = (code: number, message: string, remedy: string): number => {
    stderr.write(`plasmatop: ${message}\n  ${remedy}\n`);
    return code;
  };
  const timeoutMs = parseTimeout(stringFlag(context, 'timeout') ?? '10m');
  if (timeoutMs === undefined) {
    return refuse(
      exitCode.usage,
      '--timeout is not a time',
      '90s, 10m, 1h30m or seconds, at most 168h; 0 looks once.',
    );
  }
  const config = await loadConfigFor(context);
  if (!config) return exitCode.config;
  const parsed = parseGoal(stringFlag(context, 'for') ?? 'ready', config);
  if (!parsed.ok) {
    const { message, remedy } = parsed.refusal;
    return refuse(parsed.by === 'usage' ? exitCode.usage : exitCode.config, message, remedy);
  }
  const { leftOut } = parsed.words;
  if (leftOut.length > 0) {
    stderr.write(`plasmatop: not waited for, without ssh: ${leftOut.join(', ')}\n`);
  }

  const { clock, random } = context;
  // Links connect in batch mode: there may be nobody to answer a question.
  const app = createApp({ config, clock, random, source: 'live', runtimeDir: tmpdir() });
  try {
    return await untilItHolds(app, config, parsed.words, timeoutMs, context);
  } finally {
    await app.stop();
  }
};

/** Writes the changes until the end, and the end; resolves with the exit code. */
const untilItHolds = (
  app: App,
  config: Config,
  { title, goal }: WaitWords,
  timeoutMs: number,
  context: CommandContext,
): Promise<number> =>
  new Promise((resolve) => {
    const { clock, stdout, stopped } = context;
    const { topology, inventory } = config;
    const beganMs = clock.monotonic();
    const beganAtMs = clock.now();
    const options = { title, goal, topology, inventory, utcOffsetMinutes, ascii: config.ui.ascii };
    const writer: WaitWriter = booleanFlag(context, 'json') ? jsonWriter(options) : textWriter(options);
    const write = (line: string): void => {
      // A reader that has gone leaves a stream that takes no more.
      if (stdout.writable) stdout.write(line);
    };

    let told: Told = new Map();
    let memory: WaitMemory = new Map();
    let last: WaitOutcome = waitState(app.store.getState(), goal, memory).outcome;

    const finish = (outcome: WaitEnd['outcome'], code: number, input: WaitInput): void => {
      unsubscribe();
      clearTimeout(deadline);
      stopped.removeEventListener('abort', onStopped);
      const missing = last.kind === 'holds' ? [] : last.missing;
      const heldBy = outcome === 'holds' ? undefined : holderOf(input, goal, missing);
      const slowest =
        outcome === 'holds' && goal.kind === 'ready' ? slowestSince(beganAtMs, input) : undefined;
      const end: WaitEnd = {
        outcome,
        afterMs: clock.monotonic() - beganMs,
        missing,
        ...(heldBy === undefined ? {} : { heldBy }),
        ...(slowest === undefined ? {} : { slowest }),
        ...(outcome === 'failed' && last.kind === 'failed'
          ? { failed: { ...last.failure, remedy: remedyLine(last.failure, config) } }
          : {}),
      };
      write(writer.end(end, clock.now()));
      resolve(code);
    };

    const step = (input: WaitInput): void => {
      const now = waitState(input, goal, memory);
      last = now.outcome;
      memory = now.memory;
      const found = changesSince(told, now.items);
      told = found.told;
      for (const change of found.changes) write(writer.change(change, input.nowMs));
      if (last.kind === 'holds') finish('holds', exitCode.ok, input);
      else if (last.kind === 'failed') finish('failed', exitCode.failed, input);
      else if (timeoutMs === 0 && isLookedAt(input, memory, config.ssh.enabled)) {
        finish('timeout', exitCode.timeout, input);
      }
    };

    const onStopped = (): void => finish('stopped', exitCode.timeout, app.store.getState());
    const unsubscribe = app.store.subscribe(step);
    const lookMs = Math.min(LOOK_MAX_MS, LOOK_MS * Math.ceil(inventory.nodes.length / LOOK_AT_ONCE));
    const deadline = setTimeout(
      () => finish('timeout', exitCode.timeout, app.store.getState()),
      timeoutMs === 0 ? lookMs : timeoutMs,
    );
    if (stopped.aborted) onStopped();
    else {
      stopped.addEventListener('abort', onStopped, { once: true });
      app.start();
    }
  });

/** Of a boot that ended while we waited. */
const slowestSince = (beganAtMs: number, input: WaitInput): WaitEnd['slowest'] => {
  const { nodes, slowest } = bootProgress(input);
  const isOfNow = nodes.some(({ readyAtMs }) => readyAtMs !== undefined && readyAtMs >= beganAtMs);
  return isOfNow && slowest !== undefined
    ? { name: slowest.name, node: slowest.node, tookMs: slowest.tookMs }
    : undefined;
};

/** What an operator types here to mend it. */
const remedyLine = (failure: FinalFailure, { topology, inventory, ssh }: Config): string => {
  const commands = remedyFor(failure, topology.firstBoot.ready.unit).map((words) =>
    ssh.sudo ? ['sudo', '-n', ...words] : words,
  );
  const target = inventory.nodes.find(({ name }) => name === failure.node)?.ssh ?? failure.node;
  const [only, ...more] = commands;
  if (only !== undefined && more.length === 0) return sshCommandLine(target, only, ssh);
  return `${sshCommandLine(target, [], ssh)}${shellQuote(remoteSequence(commands))}`;
};
