/** What a node's sudo wrote down that somebody had its systemctl do. Pure: all of it is hostile text, and only what is read to its end counts. */
import type { ClockReading } from '../model/cluster.ts';
import type { NodeName } from '../model/inventory.ts';
import type { UnitName } from '../model/topology.ts';
import { ourTimeAt } from '../node-clock.ts';

/** The fields that are asked for; journalctl adds times and boot by itself. */
export const SUDO_FIELDS = ['MESSAGE', 'SYSLOG_IDENTIFIER', '_COMM', '_TRANSPORT'] as const;

/** One command that sudo let somebody run as root; what came of it, it does not say. */
export type SudoAct = {
  readonly node: NodeName;
  /** Our time, ms. */
  readonly atMs: number;
  /** The account on the node: several people may share it. */
  readonly user: string;
  /** Without the path: ['systemctl', 'restart', 'chainfire']. */
  readonly words: readonly string[];
  /** Of systemctl: "restart", "reboot", … */
  readonly verb: string;
  /** Full names, or patterns of one star; none: the whole node. */
  readonly units: readonly string[];
};

/** The node's clock as we saw it in its present boot, so that a wall clock that is off does no harm. */
export type NodeTime = {
  /** 32 hex digits. */
  readonly boot: string;
  readonly readings: readonly ClockReading[];
};

const MAX_LINE = 8192;
const MAX_WORDS = 40;
const MAX_ACTS = 100;

const USER = /^[A-Za-z0-9_][\w.@+\\-]{0,31}\$?$/u;
const KEYS: readonly string[] = ['HOST', 'TTY', 'CHROOT', 'PWD', 'TSID', 'USER', 'GROUP', 'ENV', 'COMMAND'];
const PROGRAM = /^\/(?:[\w.+-]+\/)*(systemctl|reboot|poweroff|halt)$/u;
const UNIT = /^[\w:.@\\*?[\]!-]{1,255}$/u;
const SUFFIX = /\.(?:service|target|socket|mount|automount|swap|timer|path|slice|scope|device)$/u;
/** Sudo itself, as NixOS wraps it, and what it has already become when the journal looks. */
const WRITERS: readonly string[] = ['sudo', '.sudo-wrapped', 'systemctl', 'reboot', 'poweroff', 'halt'];

const OF_UNITS: readonly string[] = [
  ...['start', 'stop', 'restart', 'try-restart', 'reload', 'reload-or-restart', 'try-reload-or-restart'],
  ...['kill', 'reset-failed', 'freeze', 'thaw'],
];
const OF_THE_NODE: readonly string[] = [
  ...['isolate', 'default', 'rescue', 'emergency'],
  ...['reboot', 'soft-reboot', 'kexec', 'poweroff', 'halt', 'suspend', 'hibernate'],
];
/** They take the next word as their value. */
const VALUED: readonly string[] = [
  ...['-s', '--signal', '--kill-who', '--kill-whom', '--job-mode', '-t', '--type', '--state'],
  ...['-p', '--property', '-o', '--output', '-n', '--lines', '--message', '--what'],
];
/** With these it is about something else, or nothing happens. */
const ELSEWHERE =
  /^(?:-[HM]|--(?:host|machine|user|global|root|image|dry-run|help|version)(?:=|$)|-h$|--show-transaction)/u;

const unitOf = (word: string): string => (SUFFIX.test(word) || word.endsWith('*') ? word : `${word}.service`);

type Deed = Pick<SudoAct, 'words' | 'verb' | 'units'>;

/** What a command changes; undefined: nothing, or nobody can tell. */
const deedOf = (command: string): Deed | undefined => {
  const [path = '', ...args] = command.trim().split(/\s+/u);
  const program = PROGRAM.exec(path)?.[1];
  if (program === undefined || args.length > MAX_WORDS || args.some((word) => ELSEWHERE.test(word))) return;
  const words = [program, ...args];
  if (program !== 'systemctl') return { words, verb: program, units: [] };
  const plain: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? '';
    if (VALUED.includes(word)) at += 1;
    else if (!word.startsWith('-')) plain.push(word);
  }
  const [verb = '', ...named] = plain;
  if (OF_THE_NODE.includes(verb)) return { words, verb, units: [] };
  if (!OF_UNITS.includes(verb) || named.some((word) => !UNIT.test(word))) return;
  // Without a unit only a failure can be forgotten: of all.
  if (named.length === 0 && verb !== 'reset-failed') return;
  const isVague = named.some((word) => /[?[\]!]|\*.*\*/u.test(word));
  return { words, verb, units: isVague ? [] : named.map(unitOf) };
};

/**
 * `alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/usr/bin/systemctl restart chainfire`, and nothing else: a
 * refusal has words where the first field is, and what names a field twice could be anybody's directory.
 */
export const parseSudoMessage = (message: string): (Deed & { readonly user: string }) | undefined => {
  if (message.length > MAX_LINE) return;
  const [, user = '', rest = ''] = /^\s*(\S+) : ([A-Z]+=.*)$/u.exec(message) ?? [];
  if (!USER.test(user)) return;
  const fields = new Map<string, string>();
  for (const part of rest.split(' ; ')) {
    const at = part.indexOf('=');
    const key = part.slice(0, Math.max(0, at));
    if (!KEYS.includes(key) || fields.has(key) || fields.has('COMMAND')) return;
    fields.set(key, part.slice(at + 1));
  }
  if (fields.get('USER') !== 'root' || fields.has('CHROOT')) return;
  const deed = deedOf(fields.get('COMMAND') ?? '');
  return deed && { user, ...deed };
};

const parse = (text: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
};

const millis = (value: unknown): number | undefined =>
  typeof value === 'string' && /^\d{1,17}$/u.test(value) ? Math.floor(Number(value) / 1000) : undefined;

/** What `journalctl -o json` printed, as acts on `node`, in its order; all else in it is passed over. */
export const parseSudoActs = (stdout: string, node: NodeName, time?: NodeTime): readonly SudoAct[] => {
  const acts: SudoAct[] = [];
  for (const line of stdout.split('\n')) {
    if (acts.length >= MAX_ACTS) break;
    if (line === '' || line.length > MAX_LINE * 2) continue;
    const fields = parse(line);
    if (fields?.SYSLOG_IDENTIFIER !== 'sudo' || typeof fields.MESSAGE !== 'string') continue;
    // These two are the journal's own: sudo speaks by syslog, and `logger -t sudo` is not sudo.
    const { _COMM: writer } = fields;
    if (fields._TRANSPORT === 'stdout') continue;
    if (writer !== undefined && !WRITERS.some((name) => name === writer)) continue;
    const said = parseSudoMessage(fields.MESSAGE);
    const wallMs = millis(fields.__REALTIME_TIMESTAMP);
    if (said === undefined || wallMs === undefined) continue;
    const monotonicMs = millis(fields.__MONOTONIC_TIMESTAMP);
    const isThisBoot = time !== undefined && monotonicMs !== undefined && fields._BOOT_ID === time.boot;
    const ourMs = isThisBoot ? ourTimeAt(time.readings, monotonicMs) : undefined;
    acts.push({ node, atMs: ourMs ?? wallMs, ...said });
  }
  return acts;
};

/** Is one of these units meant? A name may have one star. */
export const namesUnit = (name: string, units: readonly UnitName[]): boolean => {
  const [before = '', after] = name.split('*');
  return units.some((unit) =>
    after === undefined
      ? unit === name
      : unit.length >= before.length + after.length && unit.startsWith(before) && unit.endsWith(after),
  );
};
