/** What came of a command, in the operator's words and with what he can do. Pure. */
import { unitWord } from '../core/action-name.ts';
import { formatAge, formatElapsed, plural, sentenceList } from '../core/format.ts';
import type { Plan, Verb } from '../core/model/action.ts';
import type { ClusterState } from '../core/model/cluster.ts';
import type { NodeUnits, UnitFacts } from '../core/model/observation.ts';
import type { ServiceName, UnitName } from '../core/model/topology.ts';
import { sanitiseLine } from '../core/sanitise.ts';
import { stillSplit } from '../core/split.ts';
import { isBetweenTries, nextTryWords, resultWords } from '../core/unit-verdict.ts';

type Said = { readonly plan: Plan; readonly command: readonly string[]; readonly line: string };
type Rule = { readonly says: RegExp; readonly remedy: (said: Said) => string };

/** Exactly the command that was refused, as sudoers wants it: with the program's whole path. */
const sudoersRemedy = ({ command }: Said): string =>
  `allow it in sudoers: NOPASSWD: /usr/bin/${command.slice(command.indexOf('systemctl')).join(' ')}`;

/** Of several units the one that the line is about; never a name that only the node knows. */
const unitIn = ({ plan, line }: Said): UnitName => {
  const all = [...plan.units, ...plan.starts, ...plan.takesAlong];
  return all.find((unit) => line.split(/[\s'"]+/u).includes(unit)) ?? plan.unit;
};

const RULES: readonly Rule[] = [
  {
    says: /^sudo: (?:a password is required|a terminal is required)/u,
    remedy: sudoersRemedy,
  },
  {
    says: /not in the sudoers file|is not allowed to (?:execute|run)|may not run sudo/u,
    remedy: sudoersRemedy,
  },
  {
    says: /sudo.*not found/u,
    remedy: () => 'install sudo there, or set ssh.sudo: false',
  },
  {
    says: /Access denied|Interactive authentication required/u,
    remedy: () => 'set ssh.sudo: true, or allow it with polkit',
  },
  {
    says: /Unit .* not (?:found|loaded)/u,
    remedy: () => 'check the unit name in the topology',
  },
  {
    says: /Unit .* is masked/u,
    remedy: (said) => `systemctl unmask ${unitIn(said)} first`,
  },
  {
    says: /^(?:Job for .* failed|A dependency job for .* failed)/u,
    remedy: (said) => `its log says why: journalctl -u ${unitIn(said)}`,
  },
];

const ADVICE = /^See /u;

/** Why the command failed: `exit 1: Job for … – remedy`. */
export const failureWords = (
  plan: Plan,
  command: readonly string[],
  exitCode: number,
  stderr: string,
): string => {
  const lines = stderr
    .split('\n')
    .map((line) => sanitiseLine(line, 200))
    .filter((line) => line !== '' && !ADVICE.test(line));
  const rule = RULES.find(({ says }) => lines.some((line) => says.test(line)));
  const line =
    (rule && lines.findLast((candidate) => rule.says.test(candidate))) ?? lines[0] ?? 'it said nothing';
  // A unit that fails to start has stopped those that require it, and systemd does not start them again.
  const left =
    plan.verb !== 'stop' && plan.takesAlong.length > 0 && /^Job for .* failed/u.test(line)
      ? `; ${plural(plan.takesAlong.length, 'unit')} that require it may stay stopped`
      : '';
  return `exit ${exitCode}: ${line}${rule === undefined ? '' : ` – ${rule.remedy({ plan, command, line })}`}${left}`;
};

const whole = (ms: number): number => Math.round(ms / 1000) * 1000;
const span = (ms: number): string => (ms < 1000 ? '<1 s' : formatAge(ms));

/** What was stopped on purpose has nothing to recover from. */
export const recoveredWord = (verb: Verb): string => (verb === 'start' ? 'up' : 'recovered');

/** "recovered in 6 s: active after 2 s, healthy 4 s later"; both in ms since the command was sent. */
export const recoveredWords = (verb: Verb, activeMs: number, healthyMs: number): string => {
  const [active, healthy] = [whole(activeMs), Math.max(whole(activeMs), whole(healthyMs))];
  return `${recoveredWord(verb)} in ${span(healthy)}: active after ${span(active)}, healthy ${span(healthy - active)} later`;
};

/** What a success has not mended: units that were stopped before, and are. Empty when there are none. */
export const stoppedWords = (units: readonly UnitName[]): string =>
  units.length === 0 ? '' : `; still stopped: ${sentenceList(units.map(unitWord))}`;

/** Nor these: groups whose members contradict each other still, each by name where there were several to mend. */
export const stillSplitWords = ({ services }: ClusterState, names: readonly ServiceName[]): string =>
  names
    .map((name) => ({ name, words: stillSplit(services.get(name)) }))
    .filter(({ words }) => words !== '')
    .map(({ name, words }) => `; ${names.length === 1 ? '' : `${name}: `}${words}`)
    .join('');

/** "stopped in 2 s; flaredb and iam stopped with it". */
export const stoppedInWords = (tookMs: number, along: string): string =>
  `stopped in ${span(whole(tookMs))}${along === '' ? '' : `; ${along} stopped with it`}`;

/** "done in 3 s, exit 0". */
export const doneWords = (unit: UnitFacts, tookMs: number): string =>
  `done in ${span(whole(tookMs))}${unit.exitHow === 1 && unit.exitCode !== undefined ? `, exit ${unit.exitCode}` : ''}`;

/** "failed: exit 1 after 0:31; systemd tries again, next in 9 s". `restartSec` is the unit's RestartSec=, where known. */
export const runFailedWords = (
  unit: UnitFacts,
  look: NodeUnits,
  restartSec: number | undefined,
  tookMs: number,
  nowMs: number,
): string => {
  const why = resultWords(unit) || unit.active;
  const next = nextTryWords(unit, restartSec, look, nowMs);
  const again = isBetweenTries(unit)
    ? `systemd tries again${next === '' ? '' : `, ${next}`}`
    : 'systemd does not try again';
  return `failed: ${why} after ${formatElapsed(tookMs)}; ${again}`;
};

/** systemd had a job for it, or should have, and there was no run. */
export const noRunWords = (unit: UnitFacts): string =>
  unit.active === 'failed'
    ? 'systemd did not start it: it has failed too often, or what it requires did not start'
    : 'systemd did not start it: what it requires did not start, or its job was cancelled';
