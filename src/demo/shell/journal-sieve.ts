/** Which entries of a simulated node's journal `journalctl` was asked for. */
import type { UnitName } from '../../core/model/topology.ts';
import type { JournalEntry } from '../sim/journal.ts';
import type { Manager } from '../sim/manager.ts';
import type { Shell } from './reply.ts';

/** An entry, and the boot that it is of. */
export type Kept = { readonly entry: JournalEntry; readonly manager: Manager };

export type SieveOptions = {
  readonly units: readonly UnitName[];
  readonly boot: string | undefined;
  readonly priority: string | undefined;
  readonly since: string | undefined;
  /** `FIELD=VALUE`, and `+` between alternatives. */
  readonly matches: readonly string[];
};

export type Sieve =
  | {
      readonly ok: true;
      /** The boots that were asked for, oldest first. */
      readonly boots: readonly Manager[];
      /** Entries of one boot after a sequence number, oldest first. */
      readonly of: (manager: Manager, afterSeq: number) => readonly Kept[];
    }
  /** As journalctl says it, with its end of line. */
  | { readonly ok: false; readonly message: string };

const PRIORITIES = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'] as const;
const UNITS_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The newest first. */
const bootsOf = (shell: Shell): readonly Manager[] => {
  const boots: Manager[] = [];
  for (let at: Manager | undefined = shell.manager; at !== undefined; at = at.before) boots.push(at);
  return boots;
};

const chosenBoots = (shell: Shell, boot: string | undefined): readonly Manager[] | string => {
  const all = bootsOf(shell);
  if (boot === undefined) return all.toReversed();
  const offset = boot === '' ? 0 : Number(boot);
  const found = all[-offset];
  return found === undefined || offset > 0
    ? `Data from the specified boot (${boot}) is not available: No such boot ID in journal\n`
    : [found];
};

const priorityOf = (word: string | undefined): number | undefined => {
  if (word === undefined) return 7;
  const named = PRIORITIES.findIndex((name) => name === word || (name === 'err' && word === 'error'));
  return named >= 0 ? named : /^[0-7]$/u.test(word) ? Number(word) : undefined;
};

/** Wall time, ms: `-2h`, `@1700000000`, `2026-11-23 09:41:06`, `2026-11-23`, all UTC. */
const sinceOf = (text: string | undefined, nowMs: number): number | undefined => {
  if (text === undefined) return Number.NEGATIVE_INFINITY;
  const ago = /^-(\d+)\s*(s|m|min|h|d)$/u.exec(text);
  if (ago !== null) return nowMs - Number(ago[1]) * (UNITS_MS[ago[2]?.charAt(0) ?? ''] ?? 0);
  if (/^@\d+$/u.test(text)) return Number(text.slice(1)) * 1000;
  if (!/^\d{4}-\d\d-\d\d(?: \d\d:\d\d(?::\d\d)?)?$/u.test(text)) return undefined;
  const [day = '', time = '00:00:00'] = text.split(' ');
  return Date.parse(`${day}T${time}Z`);
};

/** The same field means or, several fields and, `+` a new alternative. */
const matcherOf = (matches: readonly string[]): ((entry: JournalEntry) => boolean) => {
  if (matches.length === 0) return () => true;
  const alternatives: string[][] = [[]];
  for (const word of matches) {
    if (word === '+') alternatives.push([]);
    else alternatives.at(-1)?.push(word);
  }
  const fieldOf = (entry: JournalEntry, name: string): string | undefined => {
    const isOwn = entry.from !== 'systemd';
    switch (name) {
      case '_SYSTEMD_INVOCATION_ID':
        return isOwn ? entry.invocation : undefined;
      case 'INVOCATION_ID':
        return isOwn ? undefined : entry.invocation;
      case '_SYSTEMD_UNIT':
        return isOwn ? entry.unit : 'init.scope';
      case 'UNIT':
        return isOwn ? undefined : entry.unit;
      case 'SYSLOG_IDENTIFIER':
        return entry.identifier;
      case '_COMM':
        return entry.from === 'session' ? entry.identifier : undefined;
      case 'PRIORITY':
        return String(entry.priority);
      default:
        return undefined;
    }
  };
  return (entry) =>
    alternatives.some((words) =>
      [...Map.groupBy(words, (word) => word.split('=')[0] ?? '')].every(([name, same]) =>
        same.includes(`${name}=${fieldOf(entry, name) ?? ''}`),
      ),
    );
};

export const sieveOf = (shell: Shell, { units, boot, priority, since, matches }: SieveOptions): Sieve => {
  const boots = chosenBoots(shell, boot);
  if (typeof boots === 'string') return { ok: false, message: boots };
  const worst = priorityOf(priority);
  if (worst === undefined) return { ok: false, message: `Unknown log level ${priority}\n` };
  const fromMs = sinceOf(since, shell.wallMs(shell.world.nowMs));
  if (fromMs === undefined) return { ok: false, message: `Failed to parse timestamp: ${since}\n` };
  const bad = matches.find((word) => word !== '+' && !/^[A-Z_][A-Z0-9_]*=/u.test(word));
  if (bad !== undefined) return { ok: false, message: `Failed to add match '${bad}': Invalid argument\n` };
  const isMatched = matcherOf(matches);
  return {
    ok: true,
    boots,
    of: (manager, afterSeq) =>
      manager.journal
        .entries(units, afterSeq)
        .filter((entry) => entry.priority <= worst && isMatched(entry) && shell.wallMs(entry.atMs) >= fromMs)
        .map((entry) => ({ entry, manager })),
  };
};
