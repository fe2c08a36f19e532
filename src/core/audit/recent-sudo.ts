/** What others did on the node itself, with sudo, to what is to be acted upon now. Pure. */
import { formatAge } from '../format.ts';
import type { Plan } from '../model/action.ts';
import type { NodeName } from '../model/inventory.ts';
import { RECENT_MS, type Told } from './recent.ts';
import { namesUnit, type SudoAct } from './sudo-acts.ts';

/** What a console sent, as its audit or its jobs know it. */
export type SentAct = {
  readonly node: NodeName;
  readonly atMs: number;
  readonly commands: readonly (readonly string[])[];
};

/** From the record of an action to the last of its commands, which waits for those before it; and clocks differ. */
const SENT_BEFORE_MS = 5000;
const SENT_AFTER_MS = 30_000;
/** A clock that runs ahead a little has not seen the future. */
const AHEAD_MS = 60_000;

const DID: Readonly<Record<string, string>> = {
  start: 'started',
  stop: 'stopped',
  restart: 'restarted',
  'try-restart': 'restarted',
  reload: 'reloaded',
  'reload-or-restart': 'restarted',
  'try-reload-or-restart': 'restarted',
  kill: 'killed',
  'reset-failed': 'reset',
  freeze: 'froze',
  thaw: 'thawed',
  isolate: 'isolated a target on',
  default: 'isolated the default target on',
  rescue: 'put into rescue mode',
  emergency: 'put into emergency mode',
  reboot: 'rebooted',
  'soft-reboot': 'rebooted',
  kexec: 'rebooted',
  poweroff: 'powered off',
  halt: 'halted',
  suspend: 'suspended',
  hibernate: 'suspended',
};

const bare = (words: readonly string[]): readonly string[] =>
  words[0] === 'sudo' ? words.slice(words.findIndex((word, at) => at > 0 && !word.startsWith('-'))) : words;

const isSent = (act: SudoAct, sent: readonly SentAct[]): boolean =>
  sent.some(
    ({ node, atMs, commands }) =>
      node === act.node &&
      act.atMs >= atMs - SENT_BEFORE_MS &&
      act.atMs <= atMs + SENT_AFTER_MS &&
      commands.some((words) => bare(words).join(' ') === act.words.join(' ')),
  );

/** Those of its units that the plan is about; all of the node where it names none. */
const aboutOf = ({ node, units }: SudoAct, plan: Plan): readonly string[] | undefined => {
  if (node !== plan.target.node) return;
  if (units.length === 0) return [];
  const all = [...plan.units, ...plan.takesAlong, ...plan.starts];
  const about = plan.target.kind === 'node' ? units : units.filter((unit) => namesUnit(unit, all));
  return about.length === 0 ? undefined : about;
};

/** "chainfire@node02", "chainfire and 2 more on node02", "node02". */
const whatWords = (node: NodeName, [first, ...more]: readonly string[]): string => {
  if (first === undefined) return node;
  const name = first.replace(/\.service$/u, '');
  return more.length === 0 ? `${name}@${node}` : `${name} and ${more.length} more on ${node}`;
};

/** "alice restarted chainfire@node02 40 s ago, with sudo on the node", newest first; what consoles sent is left out. */
export const recentSudoActs = (
  acts: readonly SudoAct[],
  sent: readonly SentAct[],
  plans: readonly Plan[],
  nowMs: number,
): readonly Told[] =>
  acts
    .filter(({ atMs }) => nowMs - atMs <= RECENT_MS && atMs - nowMs <= AHEAD_MS)
    .flatMap((act) => {
      if (isSent(act, sent)) return [];
      const about = plans.map((plan) => aboutOf(act, plan)).find((units) => units !== undefined);
      if (about === undefined) return [];
      const ago = formatAge(Math.max(0, nowMs - act.atMs));
      const did = DID[act.verb] ?? `did ${act.verb}:`;
      return [
        {
          atMs: act.atMs,
          words: `${act.user} ${did} ${whatWords(act.node, about)} ${ago} ago, with sudo on the node`,
        },
      ];
    })
    .toSorted((one, other) => other.atMs - one.atMs);
