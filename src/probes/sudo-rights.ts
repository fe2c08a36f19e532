/** Asks a node's sudo what the account may do there: `sudo -l` with a command runs nothing and says it by its exit. */
import { serviceByUnit } from '../core/graph.ts';
import type { Verb } from '../core/model/action.ts';
import type { Topology, UnitName } from '../core/model/topology.ts';
import { remoteCommand } from '../core/quote.ts';
import { ANY_UNIT, rightsKey, rightsQuestion, SYSTEMCTL_WORDS } from '../core/rights.ts';
import type { Link } from '../ssh/types.ts';

const TIMEOUT_MS = 20_000;

const ALL_VERBS = Object.keys(SYSTEMCTL_WORDS) as Verb[];
/** What a first-boot step is for. */
const STEP_VERBS: readonly Verb[] = ['start', 'reset-failed', 'rerun'];

/** sudo wants a password even to tell, or has nothing to tell: there is no command that it would run. */
const NOTHING = /^sudo: .*(?:password|terminal)|may not run sudo|not in the sudoers|sudo.*not found/imu;
/** It says so and works all the same. */
const HARMLESS = /^sudo: unable to resolve host .*$/gimu;

type Question = readonly string[];

/** One line for the node's shell; each answer on a line of its own. Only words of ours and of the topology are in it. */
export const rightsLine = (questions: readonly Question[]): string =>
  questions
    .map(
      (words, index) =>
        `${remoteCommand(['sudo', '-n', '-l', '--', ...words])} >/dev/null && echo plasmatop:may ${index} || echo plasmatop:not ${index}`,
    )
    .join('; ');

const ANSWER = /^plasmatop:(may|not) (\d{1,4})$/u;

/** What `rightsLine(questions)` printed; what it did not answer is left out. */
export const parseRights = (stdout: string, questions: readonly Question[]): ReadonlyMap<string, boolean> => {
  const found = new Map<string, boolean>();
  for (const line of stdout.split('\n')) {
    const [, answer, index] = ANSWER.exec(line) ?? [];
    const words = index === undefined ? undefined : questions[Number(index)];
    if (words !== undefined) found.set(rightsKey(words), answer === 'may');
  }
  return found;
};

const ask = async (
  link: Link,
  questions: readonly Question[],
  signal: AbortSignal,
): Promise<{ readonly may: ReadonlyMap<string, boolean>; readonly nothing: boolean } | undefined> => {
  if (questions.length === 0) return { may: new Map(), nothing: false };
  const ran = await link.runLine(rightsLine(questions), { timeoutMs: TIMEOUT_MS, signal });
  if (!ran.ok || ran.truncated) return undefined;
  const may = parseRights(ran.stdout, questions);
  const nothing = NOTHING.test(ran.stderr);
  // sudo that is out of order says no to everything, and why: that is no answer.
  const isOdd = ran.stderr.replace(HARMLESS, '').trim() !== '' && !nothing;
  return may.size < questions.length || (isOdd && [...may.values()].includes(false))
    ? undefined
    : { may, nothing };
};

/**
 * By command (core/rights.ts): first of a unit that no node has, so that where anything is allowed six questions do; only
 * what is refused there is asked of each unit. Undefined when that cannot be told. Never rejects.
 */
export const askRights = async (
  link: Link,
  topology: Topology,
  units: readonly UnitName[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, boolean> | undefined> => {
  const first = await ask(
    link,
    ALL_VERBS.map((verb) => rightsQuestion(verb, ANY_UNIT)),
    signal,
  );
  if (first === undefined || first.nothing) return first?.may;
  const refused = ALL_VERBS.filter(
    (verb) => first.may.get(rightsKey(rightsQuestion(verb, ANY_UNIT))) !== true,
  );
  const questions = refused.flatMap((verb) =>
    verb === 'bring-up'
      ? [rightsQuestion(verb, topology.firstBoot.ready.unit)]
      : units
          .filter((unit) => serviceByUnit(topology, unit) !== undefined || STEP_VERBS.includes(verb))
          .map((unit) => rightsQuestion(verb, unit)),
  );
  const each = await ask(link, questions, signal);
  return each && new Map([...first.may, ...each.may]);
};
