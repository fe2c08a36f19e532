/** `plasmatop restart …`: one action from the command line, through the same plan, guard, audit and watch as a key. */
import { tmpdir } from 'node:os';
import { type App, createApp } from '../app/app.ts';
import { asksRights } from '../app/poll-tasks.ts';
import type { Config } from '../config/types.ts';
import type { Job, Verb } from '../core/model/action.ts';
import { utcOffsetMinutes } from '../lib/clock.ts';
import type { AppState } from '../store/state.ts';
import { askToGoOn, canAsk } from './act-ask.ts';
import { type Deed, type Ended, operationDeed, singleDeed } from './act-deed.ts';
import { type Group, groupOf } from './act-group.ts';
import { type ActEnd, type ActWriter, changeKey, jsonWriter, textWriter } from './act-lines.ts';
import { lookMs, untilRightsAsked, untilSeen } from './act-look.ts';
import { confirmNames, consentFor, isVerb, type ParsedTargets, parseTargets } from './act-words.ts';
import {
  booleanFlag,
  type CommandContext,
  type CommandRun,
  exitCode,
  listFlag,
  stringFlag,
} from './context.ts';
import { loadConfigFor } from './load-config.ts';
import { parseTimeout } from './wait-goal.ts';

type Asked = Extract<ParsedTargets, { readonly ok: true }> & { readonly group: Group | undefined };

/** What is over sooner is no line. */
const LASTING_MS = 400;
const NOTHING_SENT = 'nothing was sent';

export const act: CommandRun = async (context) => {
  const { clock, random, stderr, invocation } = context;
  const { command: verb, words } = invocation;
  if (!isVerb(verb)) throw new Error(`${verb} is no action`);
  const refuse = (code: number, message: string, remedy: string): number => {
    stderr.write(`plasmatop: ${message}\n  ${remedy}\n`);
    return code;
  };
  const timeout = stringFlag(context, 'timeout');
  const timeoutMs = timeout === undefined ? undefined : parseTimeout(timeout);
  if (timeout !== undefined && !timeoutMs) {
    return refuse(exitCode.usage, '--timeout is not a time', '90s, 10m, 1h30m or seconds, at most 168h.');
  }
  const config = await loadConfigFor(context);
  if (!config) return exitCode.config;
  const asked = parseTargets(verb, words, listFlag(context, 'node'), config);
  if (!asked.ok) return refuse(exitCode.usage, asked.refusal.message, asked.refusal.remedy);
  const group = groupOf(verb, asked.targets.length, {
    rolling: booleanFlag(context, 'rolling'),
    allAtOnce: booleanFlag(context, 'all-at-once'),
    batch: stringFlag(context, 'batch'),
  });
  if (!group.ok) return refuse(exitCode.usage, group.refusal.message, group.refusal.remedy);
  if (!config.ssh.enabled) {
    const remedy = 'Actions are sent over ssh: switch it on there.';
    return refuse(exitCode.config, 'ssh is off in the configuration', remedy);
  }
  const reason = stringFlag(context, 'reason');
  if (config.audit.reason && !reason?.trim() && !booleanFlag(context, 'dry-run')) {
    const remedy = 'Nothing was sent. Say why: --reason TEXT.';
    return refuse(exitCode.usage, 'a reason must be given: audit.reason is set in the configuration', remedy);
  }
  if (config.readOnly && !booleanFlag(context, 'dry-run')) {
    return refuse(
      exitCode.noPermission,
      'read-only: nothing is changed from here',
      'Nothing was sent. --dry-run shows what would run.',
    );
  }

  // Links connect in batch mode: there may be nobody to answer a question of ssh.
  const app = createApp({ config, clock, random, source: 'live', runtimeDir: tmpdir() });
  try {
    return await planAndRun(app, config, verb, { ...asked, group: group.group }, timeoutMs, context);
  } finally {
    await app.stop();
  }
};

const planAndRun = async (
  app: App,
  config: Config,
  verb: Verb,
  { targets, title, group }: Asked,
  timeoutMs: number | undefined,
  context: CommandContext,
): Promise<number> => {
  const { clock, stdout, stderr, stopped } = context;
  const isJson = booleanFlag(context, 'json');
  const options = { verb, title, targets, utcOffsetMinutes, ascii: config.ui.ascii };
  const forPeople = textWriter(options);
  const writer: ActWriter = isJson ? jsonWriter(options) : forPeople;
  const write = (line: string): void => {
    // A reader that has gone leaves a stream that takes no more.
    if (stdout.writable) stdout.write(line);
  };
  const end = (how: Omit<ActEnd, 'jobs'> & Partial<Pick<ActEnd, 'jobs'>>): number => {
    write(writer.end({ jobs: [], ...how }, clock.now()));
    return how.exitCode;
  };
  const nothing = (outcome: ActEnd['outcome'], code: number, words: string): number =>
    end({ outcome, exitCode: code, words: `${words}; ${NOTHING_SENT}` });

  app.start();
  const seen = await untilSeen(app.store, lookMs(config.inventory.nodes.length), stopped);
  if (seen === 'stopped') return nothing('stopped', exitCode.unknown, 'stopped while looking');
  if (seen !== 'seen') return nothing('unseen', exitCode.unknown, `not seen in time: ${seen.missing}`);

  // What is known to be refused there is an objection, however soon the rest was seen.
  if (asksRights(config)) {
    await untilRightsAsked(
      app.store,
      targets.map(({ node }) => node),
      stopped,
    );
    if (stopped.aborted) return nothing('stopped', exitCode.unknown, 'stopped while looking');
  }

  const deed =
    group === undefined
      ? singleDeed(app, verb, targets[0])
      : operationDeed(app, { verb, targets, name: title, batch: group.batch });
  const told = (as: ActWriter): string => as.plan(deed.title, deed.fields, deed.entries, clock.now());
  write(told(writer));
  if (deed.refusals.length > 0) return nothing('refused', exitCode.refused, deed.refusals.join('; '));
  if (booleanFlag(context, 'dry-run')) {
    return config.readOnly
      ? nothing('read-only', exitCode.noPermission, 'it could run, but not from here')
      : nothing('could-run', exitCode.ok, 'it could run');
  }

  const consent = consentFor(deed.typed, confirmNames(targets), {
    yes: booleanFlag(context, 'yes'),
    confirm: stringFlag(context, 'confirm'),
    canAsk: canAsk(context),
  });
  if (consent.kind === 'missing') {
    const { message, remedy } = consent.refusal;
    stderr.write(`plasmatop: ${message}\n  ${remedy}\n`);
    return nothing('unconfirmed', exitCode.noPermission, message);
  }
  if (consent.kind === 'ask') {
    // What is asked about must stand above the question, wherever the objects go.
    if (isJson) stderr.write(told(forPeople));
    const isYes = await askToGoOn(
      context,
      deed.typed,
      deed.danger === '' ? '' : `${deed.danger} `,
      config.ui.banner?.text,
    );
    if (stopped.aborted) return nothing('stopped', exitCode.noPermission, 'stopped before anybody said yes');
    if (!isYes) return nothing('unconfirmed', exitCode.noPermission, 'nobody said yes');
  }

  const beganMs = clock.monotonic();
  const untold = tellChanges(app, group !== undefined, {
    change: (job) => write(writer.change(job, clock.now())),
    waits: (words) => write(writer.waits(words, clock.now())),
  });
  const ended = await untilEnded(deed, stringFlag(context, 'reason'), timeoutMs, stopped);
  untold();
  return end({ ...ended, afterMs: clock.monotonic() - beganMs });
};

/** Runs it; ends the watching, not what was sent, at a signal or after `timeoutMs`. */
const untilEnded = async (
  { run, stop }: Deed,
  reason: string | undefined,
  timeoutMs: number | undefined,
  stopped: AbortSignal,
): Promise<Ended> => {
  const deadline = timeoutMs === undefined ? undefined : setTimeout(stop, timeoutMs);
  stopped.addEventListener('abort', stop, { once: true });
  try {
    return await run(reason);
  } finally {
    clearTimeout(deadline);
    stopped.removeEventListener('abort', stop);
  }
};

type Tell = { readonly change: (job: Job) => void; readonly waits: (words: string) => void };

/** Tells each job's way, once per change that lasts, and its end where there are several; returns how to end that. */
const tellChanges = ({ store }: App, hasEnds: boolean, tell: Tell): (() => void) => {
  type Told = { readonly phase: Job['phase']; readonly key: string };
  const told = new Map<string, Told>();
  const waiting = new Map<string, NodeJS.Timeout>();
  let waits = '';
  let atGate: NodeJS.Timeout | undefined;
  const say = (job: Job, key: string): void => {
    told.set(job.id, { phase: job.phase, key });
    tell.change(job);
  };
  const unsubscribe = store.subscribe(({ jobs, operations }: AppState) => {
    // Oldest first: the end of one is told before the beginning of the next.
    for (const job of jobs.toReversed()) {
      const key = changeKey(job);
      const last = told.get(job.id);
      clearTimeout(waiting.get(job.id));
      // The end of one alone is the last line, with what came of it.
      const isUntold = job.phase === 'audit' || (job.phase === 'done' && !hasEnds);
      if (isUntold || last?.key === key) continue;
      if (last?.phase !== job.phase) say(job, key);
      else waiting.set(job.id, setTimeout(say, LASTING_MS, job, key));
    }
    const [operation] = operations;
    const words = operation?.state === 'gate' ? operation.words : '';
    if (words === waits) return;
    waits = words;
    clearTimeout(atGate);
    if (words !== '') atGate = setTimeout(tell.waits, LASTING_MS, words);
  });
  return () => {
    unsubscribe();
    clearTimeout(atGate);
    for (const timer of waiting.values()) clearTimeout(timer);
  };
};
