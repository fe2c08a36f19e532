/** What the account on a node may do there, as its sudo said beforehand, and the words for what it may not. Pure. */
import { sentenceList } from './format.ts';
import type { Verb } from './model/action.ts';
import type { NodeName } from './model/inventory.ts';
import type { NodeRights } from './model/observation.ts';
import type { UnitName } from './model/topology.ts';

/** What each verb has systemctl do last; a failure may have to be forgotten first. */
export const SYSTEMCTL_WORDS: Readonly<Record<Verb, readonly string[]>> = {
  restart: ['restart'],
  start: ['start'],
  stop: ['stop'],
  'reset-failed': ['reset-failed'],
  rerun: ['restart', '--no-block'],
  'bring-up': ['start', '--no-block'],
};

/** No node has it: who may do something to this one may do it to any. */
export const ANY_UNIT: UnitName = 'plasmatop-any.service';

/** The command behind `sudo -n`, word for word as an action sends it. */
export const rightsQuestion = (verb: Verb, unit: UnitName): readonly string[] => [
  'systemctl',
  ...SYSTEMCTL_WORDS[verb],
  '--',
  unit,
];

export const rightsKey = (words: readonly string[]): string => words.join(' ');

/** Sudo lets the account do nothing that the console could want. */
export const isPowerless = ({ may }: NodeRights): boolean =>
  may.size > 0 && [...may.values()].every((allowed) => !allowed);

/** `words` without `sudo -n`; undefined where nobody asked about it: then it is tried. */
const mayRun = (rights: NodeRights, words: readonly string[]): boolean | undefined => {
  const known = rights.may.get(rightsKey(words));
  if (known !== undefined) return known;
  const ofAny = rights.may.get(rightsKey([...words.slice(0, words.indexOf('--') + 1), ANY_UNIT]));
  return ofAny === true ? true : isPowerless(rights) ? false : undefined;
};

const remedyFor = (node: NodeName): string => `allow it in /etc/sudoers.d on ${node}, see docs/rights.md`;

/** Why these commands would be refused by the node's sudo; none: they are allowed, not by sudo, or nobody knows. */
export const rightsRefusals = (
  node: NodeName,
  rights: NodeRights | undefined,
  commands: readonly (readonly string[])[],
): string[] => {
  const refused = commands.filter(
    ([sudo, , ...words]) => sudo === 'sudo' && rights !== undefined && mayRun(rights, words) === false,
  );
  const [first] = refused;
  if (first === undefined) return [];
  return [`no right to \`${first.join(' ')}\` on ${node}: ${remedyFor(node)}`];
};

/** May the verb be used on this unit, or on any of the node where none is given? Undefined: not known, so it is tried. */
const mayUse = (rights: NodeRights, verb: Verb, unit?: UnitName): boolean | undefined => {
  if (unit !== undefined) return mayRun(rights, rightsQuestion(verb, unit));
  const start = rightsKey(rightsQuestion(verb, ''));
  const answers = [...rights.may].flatMap(([key, allowed]) => (key.startsWith(start) ? [allowed] : []));
  return answers.length === 0 ? undefined : answers.some(Boolean);
};

/** The reason not to offer a verb: short, for the footer and the help. Undefined: nothing is known against it. */
export const verbBarred = (
  node: NodeName,
  rights: NodeRights | undefined,
  verb: Verb,
  unit?: UnitName,
): string | undefined => {
  if (rights === undefined || mayUse(rights, verb, unit) !== false) return undefined;
  const what = isPowerless(rights)
    ? 'anything with sudo'
    : `sudo systemctl ${SYSTEMCTL_WORDS[verb].join(' ')}`;
  return `this account may not run ${what} on ${node}: see docs/rights.md`;
};

/** "sudo: restart ok; start, stop, reset-failed no"; empty where all is allowed. */
export const rightsWords = (rights: NodeRights): string => {
  if (isPowerless(rights)) return 'sudo runs nothing for this account without a password';
  const of = (wanted: (answers: readonly boolean[]) => boolean): string => {
    const verbs = (Object.keys(SYSTEMCTL_WORDS) as Verb[]).filter((verb) => {
      const start = rightsKey(rightsQuestion(verb, ''));
      const any = rights.may.get(`${start}${ANY_UNIT}`);
      const answers = [...rights.may].flatMap(([key, allowed]) =>
        key.startsWith(start) && key !== `${start}${ANY_UNIT}` ? [allowed] : [],
      );
      return wanted(any === true ? [true] : answers);
    });
    return sentenceList(verbs);
  };
  const isAll = (answers: readonly boolean[]): boolean => answers.length > 0 && answers.every(Boolean);
  const isNone = (answers: readonly boolean[]): boolean => answers.length > 0 && !answers.some(Boolean);
  const some = of((answers) => answers.some(Boolean) && !answers.every(Boolean));
  const none = of(isNone);
  if (some === '' && none === '') return '';
  const all = of(isAll);
  const parts = [
    all === '' ? '' : `${all} ok`,
    some === '' ? '' : `${some} for some units`,
    none === '' ? '' : `${none} no`,
  ];
  return `sudo: ${parts.filter((part) => part !== '').join('; ')}`;
};
