/** `journalctl` on a simulated node: what is chosen, and how it is printed. */
import type { Manager } from '../sim/manager.ts';
import { type Kept, sieveOf } from './journal-sieve.ts';
import { type OptionSpec, readOptions } from './options.ts';
import { done, failed, monotonicMs, type Reply, type Shell, unitName } from './reply.ts';

const FORMATS = [
  'short',
  'short-iso',
  'short-iso-precise',
  'short-precise',
  'short-monotonic',
  'json',
  'cat',
] as const;
export type JournalFormat = (typeof FORMATS)[number];

const SPEC: OptionSpec = {
  flags: {
    follow: 'follow',
    f: 'follow',
    'no-pager': 'ignored',
    'no-hostname': 'ignored',
    quiet: 'quiet',
    q: 'quiet',
    catalog: 'ignored',
    x: 'ignored',
    'pager-end': 'ignored',
    e: 'ignored',
    'no-tail': 'no-tail',
    reverse: 'reverse',
    r: 'reverse',
    all: 'ignored',
    a: 'ignored',
    utc: 'ignored',
  },
  values: {
    unit: 'unit',
    u: 'unit',
    lines: 'lines',
    n: 'lines',
    output: 'output',
    o: 'output',
    'output-fields': 'output-fields',
    priority: 'priority',
    p: 'priority',
    since: 'since',
    S: 'since',
    identifier: 'identifier',
    t: 'identifier',
  },
  optional: { boot: 'boot', b: 'boot' },
};

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const shortDate = (wallMs: number): string => {
  const date = new Date(wallMs);
  return `${MONTHS[date.getUTCMonth()] ?? ''} ${String(date.getUTCDate()).padStart(2, '0')} ${date.toISOString().slice(11, 19)}`;
};

const micros = (ms: number): string => String(Math.round(ms * 1000));

/** The fields of one line of `-o json`. All values are strings, as journald's are. */
const jsonFields = (shell: Shell, { entry, manager }: Kept): Readonly<Record<string, string>> => {
  const monotonic = micros(monotonicMs(manager, entry.atMs));
  const bootId = manager.bootId.replaceAll('-', '');
  const wall = micros(shell.wallMs(entry.atMs));
  const common = {
    __CURSOR: `s=${bootId};i=${entry.seq.toString(16)};b=${bootId};m=${Number(monotonic).toString(16)}`,
    __REALTIME_TIMESTAMP: wall,
    __MONOTONIC_TIMESTAMP: monotonic,
    _BOOT_ID: bootId,
    _HOSTNAME: shell.node,
    PRIORITY: String(entry.priority),
    SYSLOG_IDENTIFIER: entry.identifier,
    _PID: String(entry.pid),
    MESSAGE: entry.message,
  };
  if (entry.from === 'session') {
    const comm = { _TRANSPORT: 'syslog', _COMM: entry.identifier, _EXE: `/usr/bin/${entry.identifier}` };
    return { ...common, ...comm, _SYSTEMD_UNIT: entry.unit };
  }
  if (entry.from === 'process') {
    return {
      ...common,
      _TRANSPORT: 'stdout',
      _SYSTEMD_UNIT: entry.unit,
      _SYSTEMD_INVOCATION_ID: entry.invocation,
    };
  }
  return {
    ...common,
    ...{
      _TRANSPORT: 'journal',
      _SYSTEMD_UNIT: 'init.scope',
      UNIT: entry.unit,
      INVOCATION_ID: entry.invocation,
    },
    ...(entry.job === undefined ? {} : { JOB_ID: String(entry.job.id), JOB_TYPE: entry.job.type }),
    ...(entry.job?.result === undefined ? {} : { JOB_RESULT: entry.job.result }),
  };
};

const when = (shell: Shell, { entry, manager }: Kept, format: JournalFormat): string => {
  const wallMs = shell.wallMs(entry.atMs);
  const iso = new Date(wallMs).toISOString();
  switch (format) {
    case 'short':
      return shortDate(wallMs);
    case 'short-precise':
      return `${shortDate(wallMs)}${iso.slice(19, 23)}000`;
    case 'short-iso':
      return `${iso.slice(0, 19)}+0000`;
    case 'short-iso-precise':
      return `${iso.slice(0, 23)}000+0000`;
    case 'short-monotonic':
      return `[${(monotonicMs(manager, entry.atMs) / 1000).toFixed(6).padStart(12)}]`;
    case 'json':
    case 'cat':
      return '';
    default: {
      const never: never = format;
      return never;
    }
  }
};

/** One journal entry as a line, without its end. */
export const journalLine = (
  shell: Shell,
  kept: Kept,
  format: JournalFormat,
  fields?: readonly string[],
): string => {
  const { entry } = kept;
  if (format === 'cat') return entry.message;
  if (format !== 'json') {
    return `${when(shell, kept, format)} ${shell.node} ${entry.identifier}[${entry.pid}]: ${entry.message}`;
  }
  const all = jsonFields(shell, kept);
  if (fields === undefined) return JSON.stringify(all);
  // journalctl always prints the address fields.
  return JSON.stringify(
    Object.fromEntries(
      Object.entries(all).filter(
        ([name]) => fields.includes(name) || name.startsWith('__') || name === '_BOOT_ID',
      ),
    ),
  );
};

const FOLLOW_LINES = 10;

/** Runs `journalctl` with these arguments. */
export const journalctl = (shell: Shell, args: readonly string[]): Reply => {
  const read = readOptions(args, SPEC);
  if (!read.ok) return failed(`journalctl: ${read.message}\n`, 1);
  const { options } = read;
  const wanted = options.get('output')?.at(-1) ?? 'short';
  const format = FORMATS.find((each) => each === wanted);
  if (format === undefined) return failed(`Unknown output format '${wanted}'.\n`, 1);
  const units = (options.get('unit') ?? []).map(unitName);
  const follow = options.has('follow');
  const asked = options.get('lines')?.at(-1);
  if (asked !== undefined && asked !== 'all' && !/^\d+$/u.test(asked)) {
    return failed(`Failed to parse lines '${asked}'\n`, 1);
  }
  const count =
    asked === undefined ? (follow ? FOLLOW_LINES : undefined) : asked === 'all' ? undefined : Number(asked);
  const fields = options.get('output-fields')?.flatMap((list) => list.split(','));
  const sieve = sieveOf(shell, {
    units,
    boot: options.get('boot')?.at(-1),
    priority: options.get('priority')?.at(-1),
    since: options.get('since')?.at(-1),
    matches: [...(options.get('identifier') ?? []).map((name) => `SYSLOG_IDENTIFIER=${name}`), ...read.rest],
  });
  if (!sieve.ok) return failed(sieve.message, 1);
  const boots: readonly Manager[] = sieve.boots;
  const entries = boots.flatMap((manager) => sieve.of(manager, 0));
  const chosen = count === undefined ? entries : count === 0 ? [] : entries.slice(-count);
  const ordered = options.has('reverse') ? chosen.toReversed() : chosen;
  const print = (list: readonly Kept[]): string =>
    list.map((kept) => `${journalLine(shell, kept, format, fields)}\n`).join('');
  if (!follow) {
    const nothing = ordered.length === 0 && !options.has('quiet') && format !== 'json';
    return done(nothing ? '-- No entries --\n' : print(ordered));
  }
  const { manager } = shell;
  const { journal } = manager;
  let seen = 0;
  let first = true;
  return {
    kind: 'pending',
    poll: () => {
      if (!first && journal.lastSeq === seen) return { out: '', err: '' };
      const fresh = first ? ordered : boots.includes(manager) ? sieve.of(manager, seen) : [];
      first = false;
      seen = journal.lastSeq;
      return { out: print(fresh), err: '' };
    },
  };
};
