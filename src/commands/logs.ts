/** `plasmatop logs`: the journals of services, steps and nodes as one, read once or followed. */
import { tmpdir } from 'node:os';
import type { Config } from '../config/types.ts';
import type { LogBatch, LogPart, LogRow, LogSource } from '../core/logs/model.ts';
import type { NodeName } from '../core/model/inventory.ts';
import type { NodeUnits } from '../core/model/observation.ts';
import type { JournalAsk } from '../probes/journal.ts';
import { createJournalIntake } from '../probes/journal-intake.ts';
import { readJournal } from '../probes/journal-read.ts';
import { createLogSessions, type LogSessions } from '../probes/log-sessions.ts';
import { lookAtNode } from '../probes/systemd.ts';
import { createLinks, type Links } from '../ssh/control.ts';
import {
  booleanFlag,
  type CommandContext,
  type CommandRun,
  exitCode,
  listFlag,
  stringFlag,
} from './context.ts';
import { loadConfigFor } from './load-config.ts';
import { createLogMerge, logWriter } from './logs-lines.ts';
import { type LogsWords, parseLogs } from './logs-words.ts';

/** To connect and look once: one such span for every eight nodes, because no more log in at once. */
const LOOK_MS = 15_000;
const LOOK_AT_ONCE = 8;
/** What the nodes begin with is told in order: a node that has not spoken by then is not waited for. */
const FIRST_MS = 3000;
const TEXT_CHARS = 2000;
const RUN_ID = /^[0-9a-f]{32}$/u;

export const logs: CommandRun = async (context) => {
  const { stderr, clock, invocation } = context;
  const refuse = (code: number, message: string, remedy: string): number => {
    stderr.write(`plasmatop: ${message}\n  ${remedy}\n`);
    return code;
  };
  const follow = booleanFlag(context, 'follow');
  const flags = {
    nodes: listFlag(context, 'node'),
    lines: stringFlag(context, 'lines'),
    since: stringFlag(context, 'since'),
    priority: stringFlag(context, 'priority'),
    boot: stringFlag(context, 'boot'),
  };
  if (follow && flags.boot !== undefined && flags.boot !== '0') {
    return refuse(exitCode.usage, 'a boot that is over cannot be followed', 'Leave -f or -b away.');
  }
  const config = await loadConfigFor(context);
  if (!config) return exitCode.config;
  const parsed = parseLogs(invocation.words, flags, config);
  if (!parsed.ok) {
    const { message, remedy } = parsed.refusal;
    return refuse(parsed.by === 'usage' ? exitCode.usage : exitCode.config, message, remedy);
  }
  const { words } = parsed;
  if (words.leftOut.length > 0)
    stderr.write(`plasmatop: not read, without ssh: ${words.leftOut.join(', ')}\n`);

  let sessions: LogSessions | undefined;
  const links = createLinks({
    nodes: config.inventory.nodes.flatMap(({ name, ssh: target }) =>
      target === undefined || !words.parts.some(({ node }) => node === name) ? [] : [{ name, target }],
    ),
    ssh: config.ssh,
    runtimeDir: tmpdir(),
    clock,
    onState: (node, state) => sessions?.onLink(node, state),
  });
  try {
    const looks = await lookAt(links, words.parts, context);
    const parts = booleanFlag(context, 'invocation') ? withRuns(words.parts, looks, context) : words.parts;
    if (context.stopped.aborted) return exitCode.unknown;
    const session = { links, config, words, parts, looks };
    if (!follow) return await readOnce(session, context);
    return await followUntilStopped(session, context, (opened) => {
      sessions = opened;
    });
  } finally {
    sessions?.close();
    await links.close();
  }
};

type Looks = ReadonlyMap<NodeName, NodeUnits>;

type Session = {
  readonly links: Links;
  readonly config: Config;
  readonly words: LogsWords;
  readonly parts: readonly LogPart[];
  readonly looks: Looks;
};

/** What systemd says of the units, and what the nodes' clocks say; of those that answer. */
const lookAt = async (
  links: Links,
  parts: readonly LogPart[],
  { clock, stopped }: CommandContext,
): Promise<Looks> => {
  const timeoutMs = LOOK_MS * Math.ceil(parts.length / LOOK_AT_ONCE);
  const signal = AbortSignal.any([stopped, AbortSignal.timeout(timeoutMs)]);
  const looks = parts.map(async ({ node, units }): Promise<readonly (readonly [NodeName, NodeUnits])[]> => {
    const link = links.link(node);
    const seen = link && (await lookAtNode(link, units, { clock, timeoutMs, signal }));
    return seen?.ok ? [[node, seen.look]] : [];
  });
  return new Map((await Promise.all(looks)).flat());
};

const withRuns = (parts: readonly LogPart[], looks: Looks, { stderr }: CommandContext): readonly LogPart[] =>
  parts.flatMap((part) => {
    const runs = (looks.get(part.node)?.units ?? []).flatMap(({ unit, invocation }) =>
      part.units.includes(unit) && invocation !== undefined && RUN_ID.test(invocation) ? [invocation] : [],
    );
    if (runs.length > 0) return [{ ...part, runs }];
    stderr.write(`plasmatop: ${part.node}: no run of it is known\n`);
    return [];
  });

const askOf = ({ lines, since, priority, boot }: LogsWords, part: LogPart, follow: boolean): JournalAsk => ({
  ...{ units: part.units, follow, lines },
  ...(since === undefined ? {} : { since }),
  ...(priority === undefined ? {} : { priority }),
  ...(boot === undefined ? {} : { boot }),
  ...(part.runs === undefined ? {} : { invocations: part.runs }),
});

const complain = (
  { stderr }: CommandContext,
  node: NodeName,
  { detail, remedy }: { readonly detail: string; readonly remedy: string },
): void => {
  stderr.write(`plasmatop: ${node}: ${detail}\n${remedy === '' ? '' : `  ${remedy}\n`}`);
};

/** The newest lines of all; 3 when a node's could not be read. */
const readOnce = async (
  { links, config, words, parts, looks }: Session,
  context: CommandContext,
): Promise<number> => {
  const { stdout, stopped } = context;
  let code: number = parts.length === words.parts.length ? exitCode.ok : exitCode.unknown;
  const read = parts.map(async (part): Promise<readonly LogBatch[]> => {
    const { node, units } = part;
    const link = links.link(node);
    if (link === undefined) return [];
    const intake = createJournalIntake(new Set(units), {
      linesPerUnit: words.lines,
      cursorsKept: 0,
      textChars: TEXT_CHARS,
    });
    const ask = askOf(words, part, false);
    const entries: LogBatch['entries'][number][] = [];
    const report = (): void => {
      for (const entry of intake.drain().entries) entries.push(entry);
      if (entries.length > words.lines * 2) entries.splice(0, entries.length - words.lines);
    };
    const { sudo } = config.ssh;
    const trouble = await readJournal({ node, link, ask, sudo, intake, report, signal: stopped });
    if (trouble !== undefined) {
      code = exitCode.unknown;
      complain(context, node, trouble);
    }
    return [{ node, entries, shed: 0 }];
  });
  const batches = (await Promise.all(read)).flat();
  if (stopped.aborted) return exitCode.unknown;
  const write = logWriter({ json: booleanFlag(context, 'json'), ascii: config.ui.ascii });
  const rows = createLogMerge((node) => looks.get(node))(batches);
  stdout.write(newest(rows, words.lines).map(write).join(''));
  return code;
};

/** The last `count` lines and the marks among them. */
const newest = (rows: readonly LogRow[], count: number): readonly LogRow[] => {
  let left = count;
  const from = rows.findLastIndex((row) => {
    if (row.kind === 'line') left -= 1;
    return left < 0;
  });
  return rows.slice(from + 1);
};

/** Line after line until a signal ends it. */
const followUntilStopped = (
  { links, config, words, parts, looks }: Session,
  context: CommandContext,
  opened: (sessions: LogSessions) => void,
): Promise<number> =>
  new Promise((resolve) => {
    const { clock, stdout, stderr, stopped } = context;
    const line = logWriter({ json: booleanFlag(context, 'json'), ascii: config.ui.ascii });
    const merge = createLogMerge((node) => looks.get(node));
    const standing = new Map<NodeName, LogSource>();
    let first: LogBatch[] | undefined = [];
    let unread = 0;

    const write = (rows: readonly LogRow[]): void => {
      // A reader that has stopped reading must not make us hold what it will never read.
      if (stdout.writableNeedDrain) {
        unread += rows.length;
        return;
      }
      if (unread > 0) stderr.write(`plasmatop: ${unread} lines were not read in time and are left out\n`);
      unread = 0;
      if (rows.length > 0) stdout.write(rows.map(line).join(''));
    };
    const begin = (): void => {
      clearTimeout(timer);
      const rows = merge(first ?? []);
      first = undefined;
      write(newest(rows, words.lines));
    };
    const timer = setTimeout(begin, FIRST_MS);

    const sessions = createLogSessions({
      link: (node) => links.link(node),
      sudo: () => config.ssh.sudo,
      clock,
      ask: (_, part) => askOf(words, part, true),
      deliver: ({ batches, sources }) => {
        for (const [node, source] of sources) {
          if (source.state === 'failed') complain(context, node, source);
          standing.set(node, source);
        }
        if (first === undefined) write(merge(batches));
        else {
          first.push(...batches);
          const settled = [...standing.values()].filter(({ state }) => state !== 'opening').length;
          if (settled === parts.length) begin();
        }
      },
    });
    opened(sessions);
    const end = (): void => {
      clearTimeout(timer);
      if (first !== undefined) begin();
      resolve(exitCode.ok);
    };
    if (stopped.aborted) end();
    else {
      stopped.addEventListener('abort', end, { once: true });
      sessions.open({ session: 1, mode: 'boot', parts });
    }
  });
