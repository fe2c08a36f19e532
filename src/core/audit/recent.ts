/** What others have done lately to what is to be acted upon now. Pure. */
import { formatAge } from '../format.ts';
import type { Plan, Verb } from '../model/action.ts';
import { type AuditEntry, isSameWriter, type Operator, type Writer } from './model.ts';

export const RECENT_MS = 600_000;
const MAX_ACTS = 2;

const DID: Readonly<Record<Verb, string>> = {
  restart: 'restarted',
  start: 'started',
  stop: 'stopped',
  'reset-failed': 'reset',
  rerun: 'reran',
  'bring-up': 'brought up',
};

const didWord = (verb: string): string =>
  Object.entries(DID).find(([known]) => known === verb)?.[1] ?? `did ${verb}:`;

const person = ({ name, sudoUser }: Operator): string => sudoUser ?? name;

/** On the same node, and about the same units or the whole node. */
const isAbout = (entry: AuditEntry, { target, units, takesAlong, starts }: Plan): boolean => {
  if (entry.node !== target.node || entry.units.length === 0) return false;
  if (target.kind === 'node' || entry.target === entry.node) return true;
  const all = [...units, ...takesAlong, ...starts];
  return [...entry.units, ...entry.takesAlong].some((unit) => all.includes(unit));
};

const endWords = ({ end }: AuditEntry): string => {
  if (end === undefined) return 'no outcome yet';
  return end.words === '' ? end.outcome : end.words;
};

export type Actor = { readonly user: Operator; readonly writer: Writer };

/** An act in words, and when it was. */
export type Told = { readonly atMs: number; readonly words: string };

/** "alice restarted chainfire@node02 3 m ago: recovered in 6 s", newest first; what this process did is not told. */
export const recentActs = (
  entries: readonly AuditEntry[],
  cluster: string,
  plan: Plan,
  actor: Actor,
  nowMs: number,
): readonly Told[] =>
  entries
    .filter(
      (entry) =>
        entry.cluster === cluster &&
        nowMs - entry.atMs <= RECENT_MS &&
        entry.atMs <= nowMs &&
        !isSameWriter(entry.writer, actor.writer) &&
        isAbout(entry, plan),
    )
    .slice(-MAX_ACTS)
    .toReversed()
    .map((entry) => {
      const who = person(entry.user) === person(actor.user) ? 'you, elsewhere,' : person(entry.user);
      const ago = formatAge(nowMs - entry.atMs);
      return {
        atMs: entry.atMs,
        words: `${who} ${didWord(entry.verb)} ${entry.target} ${ago} ago: ${endWords(entry)}`,
      };
    });
