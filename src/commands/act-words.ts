/** The words of `plasmatop restart …`: what the action is about, and who said yes to what. Pure. */
import { verbs } from '../actions/verbs.ts';
import type { Config } from '../config/types.ts';
import { targetName, targetWord } from '../core/action-name.ts';
import { plural, sentenceList } from '../core/format.ts';
import { stepByName } from '../core/graph.ts';
import type { ActionTarget, Verb } from '../core/model/action.ts';
import type { Inventory, NodeName } from '../core/model/inventory.ts';
import type { Service, Step } from '../core/model/topology.ts';
import { sanitiseLine } from '../core/sanitise.ts';
import { nodesTagged, tagInWord, tagWords } from '../core/tags.ts';
import { suggestName } from '../topology/names.ts';

export type Refusal = { readonly message: string; readonly remedy: string };

export type ParsedTargets =
  | {
      readonly ok: true;
      /** In the order of the words; each once. */
      readonly targets: readonly [ActionTarget, ...ActionTarget[]];
      /** As it is said back: "chainfire@node02", "chainfire on 3 nodes", "3 targets". */
      readonly title: string;
    }
  | { readonly ok: false; readonly refusal: Refusal };

type ActConfig = Pick<Config, 'topology' | 'inventory'>;

export const isVerb = (word: string): word is Verb => Object.hasOwn(verbs, word);

const refused = (message: string, remedy: string): { readonly ok: false; readonly refusal: Refusal } => ({
  ok: false,
  refusal: { message, remedy },
});

const said = (word: string): string => sanitiseLine(word, 80);

const isStep = (of: Service | Step): of is Step => 'remainAfterExit' in of;

/** Services and steps by short name or unit name. */
const unitNamed = ({ topology }: ActConfig, name: string): Service | Step | undefined =>
  topology.services.find((service) => service.name === name || service.unit === name) ??
  stepByName(topology, name);

/** The verb that does to a step, a service or a node what was probably meant. */
const OTHER_VERB: Readonly<Record<ActionTarget['kind'], (name: string, node: string) => string>> = {
  instance: (name, node) => `It takes a node: ${node}. For ${name}: plasmatop restart ${name}@${node}`,
  step: (name, node) => `A step is run again: plasmatop rerun ${name}@${node}`,
  node: (_, node) => `It takes a service on it: SERVICE@${node}. Or bring up what is down: bring-up ${node}`,
};

const kindWord: Readonly<Record<ActionTarget['kind'], string>> = {
  instance: 'a service',
  step: 'a first-boot step',
  node: 'a whole node',
};

type Found =
  | { readonly ok: true; readonly targets: readonly ActionTarget[] }
  | { readonly ok: false; readonly refusal: Refusal };

const onNodes = (
  verb: Verb,
  of: Service | Step,
  wanted: readonly NodeName[],
  { inventory }: ActConfig,
): Found => {
  const service = isStep(of) ? of.service : of.name;
  const placed = inventory.nodes
    .filter((node) => service === undefined || node.services.includes(service))
    .map(({ name }) => name);
  const stranger = wanted.find((node) => !placed.includes(node));
  const [first] = wanted.length === 0 ? placed : wanted;
  if (stranger !== undefined || first === undefined) {
    return refused(
      `${of.name} does not run on ${stranger ?? 'any node'}`,
      placed.length === 0 ? 'Give it to a node in the configuration.' : `It runs on ${sentenceList(placed)}.`,
    );
  }
  const kind = isStep(of) ? 'step' : 'instance';
  if (!verbs[verb].targets.includes(kind)) {
    return refused(`${verb} is not for ${kindWord[kind]}`, OTHER_VERB[kind](of.name, first));
  }
  const nodes = wanted.length === 0 ? placed : wanted;
  return {
    ok: true,
    targets: nodes.map(
      (node): ActionTarget =>
        isStep(of) ? { kind: 'step', step: of.name, node } : { kind: 'instance', service: of.name, node },
    ),
  };
};

/** The nodes that are meant: of those with a tag only the ones that have the service or step. */
const expand = (
  words: readonly string[],
  of: Service | Step,
  inventory: Inventory,
): { readonly wanted: readonly NodeName[] } | Extract<Found, { readonly ok: false }> => {
  const service = isStep(of) ? of.service : of.name;
  const wanted = new Set<NodeName>();
  for (const word of words) {
    const tag = tagInWord(word);
    const tagged = tag === undefined ? [word] : nodesTagged(inventory, tag);
    if (tagged.length === 0) return unknownTag(word, inventory);
    const placed = inventory.nodes.filter(
      (node) => tagged.includes(node.name) && (service === undefined || node.services.includes(service)),
    );
    if (tag !== undefined && placed.length === 0) {
      return refused(`${of.name} runs on no node with the tag ${said(tag)}`, 'Name its nodes.');
    }
    for (const name of tag === undefined ? [word] : placed.map((node) => node.name)) wanted.add(name);
  }
  return { wanted: [...wanted] };
};

const unknownTag = (word: string, inventory: Inventory) =>
  refused(
    `no node has the tag "${said(word.slice(1))}"`,
    tagWords(inventory).length === 0
      ? 'Give tags or groups to the nodes in the configuration.'
      : suggestName(word, tagWords(inventory)),
  );

/** `@storage`: the nodes with a tag, as wholes. */
const parseTagged = (
  verb: Verb,
  word: string,
  nodes: readonly NodeName[],
  { inventory }: ActConfig,
): Found => {
  const tagged = nodesTagged(inventory, word.slice(1));
  const [first] = tagged;
  if (first === undefined) return unknownTag(word, inventory);
  if (!verbs[verb].targets.includes('node')) {
    return refused(`${verb} is not for ${kindWord.node}`, OTHER_VERB.node('', first));
  }
  if (nodes.length > 0) return refused(`${said(word)} names nodes itself`, 'Leave --node away.');
  return { ok: true, targets: tagged.map((node): ActionTarget => ({ kind: 'node', node })) };
};

const parseTarget = (verb: Verb, word: string, nodes: readonly NodeName[], config: ActConfig): Found => {
  const { topology, inventory } = config;
  if (tagInWord(word) !== undefined) return parseTagged(verb, word, nodes, config);
  const known = inventory.nodes.map(({ name }) => name);
  const at = word.indexOf('@');
  const name = at === -1 ? word : word.slice(0, at);
  const node = at === -1 ? undefined : word.slice(at + 1);
  const of = unitNamed(config, name);
  const isNode = node === undefined && known.includes(name);

  if (of !== undefined && isNode) {
    return refused(`"${name}" is a node and a service or step`, `Say where: ${name}@NODE.`);
  }
  if (isNode) {
    if (!verbs[verb].targets.includes('node')) {
      return refused(`${verb} is not for ${kindWord.node}`, OTHER_VERB.node('', name));
    }
    if (nodes.length > 0) return refused(`${name} is a node itself`, 'Leave --node away.');
    return { ok: true, targets: [{ kind: 'node', node: name }] };
  }
  if (of === undefined) {
    const takesNodes = node === undefined && verbs[verb].targets.includes('node');
    const takesUnits = verbs[verb].targets.some((kind) => kind !== 'node');
    const units = [...topology.services, ...topology.firstBoot.steps].map((one) => one.name);
    const what = [...(takesUnits ? ['service', 'step'] : []), ...(takesNodes ? ['node'] : [])];
    return refused(
      `no ${what.length === 0 ? 'service or step' : sentenceList(what, 'or')} is called "${said(name)}"`,
      suggestName(name, [...(takesUnits ? units : []), ...(takesNodes ? known : [])]),
    );
  }
  if (node !== undefined && nodes.length > 0) {
    return refused(`${said(word)} names its node already`, 'Leave --node away, or @NODE.');
  }
  const expanded = expand(node === undefined ? nodes : [node], of, inventory);
  if ('ok' in expanded) return expanded;
  const { wanted } = expanded;
  const unknown = wanted.find((one) => !known.includes(one));
  if (unknown !== undefined) {
    return refused(`no node is called "${said(unknown)}"`, suggestName(unknown, known));
  }
  return onNodes(verb, of, wanted, config);
};

const titleOf = (words: readonly string[], targets: readonly ActionTarget[]): string => {
  const [first] = targets;
  if (first !== undefined && targets.length === 1) return targetName(first);
  const [word] = words;
  if (word !== undefined && words.length === 1 && !word.includes('@')) {
    const name = first === undefined ? word : targetWord(first);
    return `${name} on ${plural(targets.length, 'node')}`;
  }
  return plural(targets.length, 'target');
};

/** Reads the targets of `verb`; `nodes` are those of --node. */
export const parseTargets = (
  verb: Verb,
  words: readonly string[],
  nodes: readonly NodeName[],
  config: ActConfig,
): ParsedTargets => {
  const targets = new Map<string, ActionTarget>();
  for (const word of words) {
    const found = parseTarget(verb, word, nodes, config);
    if (!found.ok) return found;
    for (const target of found.targets) targets.set(targetName(target), target);
  }
  const [first, ...others] = targets.values();
  if (first === undefined) {
    return refused(
      `${verb} needs a target`,
      verbs[verb].targets.includes('instance')
        ? `As in plasmatop ${verb} chainfire@node02. See: plasmatop ${verb} --help`
        : `As in plasmatop ${verb} node02. See: plasmatop ${verb} --help`,
    );
  }
  return { ok: true, targets: [first, ...others], title: titleOf(words, [first, ...others]) };
};

export type Answers = {
  /** --yes. */
  readonly yes: boolean;
  /** --confirm NAME. */
  readonly confirm: string | undefined;
  /** There is a terminal on which to ask. */
  readonly canAsk: boolean;
};

export type Consent =
  | { readonly kind: 'given' }
  | { readonly kind: 'ask' }
  | { readonly kind: 'missing'; readonly refusal: Refusal };

/**
 * Whether somebody has said yes beforehand. `typed`: the word that a dangerous plan wants, which --yes does not say;
 * `names`: the words that --confirm may say where no such word is wanted.
 */
export const consentFor = (
  typed: string | undefined,
  names: readonly string[],
  { yes, confirm, canAsk }: Answers,
): Consent => {
  if (confirm !== undefined) {
    const wanted = typed === undefined ? names : [typed];
    if (wanted.includes(confirm)) return { kind: 'given' };
    const message = `--confirm says "${said(confirm)}", and this is about ${sentenceList(wanted)}`;
    return { kind: 'missing', refusal: { message, remedy: 'Nothing was sent.' } };
  }
  if (typed === undefined && yes) return { kind: 'given' };
  if (canAsk) return { kind: 'ask' };
  return {
    kind: 'missing',
    refusal:
      typed === undefined
        ? { message: 'nobody can be asked here', remedy: 'Nothing was sent. --yes goes on without asking.' }
        : {
            message: `${yes ? '--yes is not enough for this' : 'nobody can be asked here'}`,
            remedy: `Nothing was sent. --confirm ${typed} goes on, knowing what it says above.`,
          },
  };
};

/** What --confirm may say of these. */
export const confirmNames = (targets: readonly ActionTarget[]): readonly string[] => [
  ...new Set(targets.map(targetWord)),
];
