/** What the account on a node may do there, as was found out beforehand, and the words for what it may not. Pure. */
import { sentenceList } from './format.ts';
import type { Verb } from './model/action.ts';
import type { NodeName } from './model/inventory.ts';
import type { AccountStanding, NodeRights } from './model/observation.ts';
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

/** Nothing that the console could want is allowed. */
export const isPowerless = (rights: NodeRights): boolean => {
  switch (rights.by) {
    case 'sudo':
      return rights.may.size > 0 && [...rights.may.values()].every((allowed) => !allowed);
    case 'account':
      return rights.standing === 'none';
    case 'unknown':
      return false;
    default:
      return rights satisfies never;
  }
};

type SudoRights = Extract<NodeRights, { readonly by: 'sudo' }>;

/** `words` without `sudo -n`; undefined where nobody asked about it: then it is tried. */
const mayRun = (rights: SudoRights, words: readonly string[]): boolean | undefined => {
  const known = rights.may.get(rightsKey(words));
  if (known !== undefined) return known;
  const ofAny = rights.may.get(rightsKey([...words.slice(0, words.indexOf('--') + 1), ANY_UNIT]));
  return ofAny === true ? true : isPowerless(rights) ? false : undefined;
};

const remedyFor = (node: NodeName): string => `allow it in /etc/sudoers.d on ${node}, see docs/rights.md`;

const isRefused = (rights: NodeRights, command: readonly string[]): boolean => {
  const [sudo, , ...words] = command;
  switch (rights.by) {
    case 'sudo':
      return sudo === 'sudo' && mayRun(rights, words) === false;
    case 'account':
      return sudo !== 'sudo' && isPowerless(rights);
    case 'unknown':
      return false;
    default:
      return rights satisfies never;
  }
};

/** Why these commands would be refused on the node; none: they are allowed, or nobody knows. */
export const rightsRefusals = (
  node: NodeName,
  rights: NodeRights | undefined,
  commands: readonly (readonly string[])[],
): string[] => {
  const first = rights && commands.find((command) => isRefused(rights, command));
  if (first === undefined) return [];
  const remedy =
    first[0] === 'sudo'
      ? remedyFor(node)
      : 'without polkit there it takes root: set ssh.sudo: true, or let ssh log in as root, see docs/rights.md';
  return [`no right to \`${first.join(' ')}\` on ${node}: ${remedy}`];
};

/** Said before a yes, where only trying shows whether it is allowed. */
export const rightsDoubt = (node: NodeName, rights: NodeRights | undefined): string | undefined =>
  rights?.by === 'account' && rights.standing === 'untold'
    ? `polkit on ${node} may refuse it: not known until it is tried`
    : undefined;

/** May the verb be used on this unit, or on any of the node where none is given? Undefined: not known, so it is tried. */
const mayUse = (rights: SudoRights, verb: Verb, unit?: UnitName): boolean | undefined => {
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
  const systemctl = `systemctl ${SYSTEMCTL_WORDS[verb].join(' ')}`;
  switch (rights?.by) {
    case 'sudo': {
      if (mayUse(rights, verb, unit) !== false) return undefined;
      const what = isPowerless(rights) ? 'anything with sudo' : `sudo ${systemctl}`;
      return `this account may not run ${what} on ${node}: see docs/rights.md`;
    }
    case 'account':
      return isPowerless(rights)
        ? `only root may run ${systemctl} on ${node}, there is no polkit: see docs/rights.md`
        : undefined;
    case 'unknown':
    case undefined:
      return undefined;
    default:
      return rights satisfies never;
  }
};

const ACCOUNT_WORDS: Readonly<Record<AccountStanding, string>> = {
  root: '',
  polkit: '',
  untold: 'polkit does not let this account act on every unit: a rule of its own may, which trying shows',
  none: 'no polkit there: systemd obeys root alone, and this account is not root',
};

/** "sudo: restart ok; start, stop, reset-failed no"; empty where all is allowed, or nothing is known. */
export const rightsWords = (rights: NodeRights): string => {
  switch (rights.by) {
    case 'sudo':
      return sudoWords(rights);
    case 'account':
      return ACCOUNT_WORDS[rights.standing];
    case 'unknown':
      return '';
    default:
      return rights satisfies never;
  }
};

const sudoWords = (rights: SudoRights): string => {
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
