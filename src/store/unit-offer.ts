/** What a start, a stop or a reset-failed on the selected row would be about, by what systemd says of the units below it. */

import { sentenceList } from '../core/format.ts';
import { serviceByName, stepByName, watchedUnits } from '../core/graph.ts';
import type { ActionTarget } from '../core/model/action.ts';
import type { NodeName } from '../core/model/inventory.ts';
import type { UnitFacts } from '../core/model/observation.ts';
import type { UnitName } from '../core/model/topology.ts';
import { isDownForGood } from '../core/unit-standing.ts';
import { isFailing } from '../core/unit-verdict.ts';
import { LISTED_MAX, type Offer } from './offer-kinds.ts';
import { selectedSubject } from './rows.ts';
import { type AppState, shown } from './state.ts';
import { targetOf } from './subjects.ts';

export type UnitVerb = 'start' | 'stop' | 'reset-failed';

type Fit = {
  readonly fits: (unit: UnitFacts) => boolean;
  /** How those are that it is for. */
  readonly word: string;
  /** Why there is none: of one, and of all below a row. */
  readonly not: string;
  readonly none: string;
  /** The same where systemd tries one of them again and again. */
  readonly retried?: string;
};

const FITS: Readonly<Record<UnitVerb, Fit>> = {
  start: {
    fits: isDownForGood,
    word: 'down',
    not: 'it is not down',
    none: 'nothing here is down',
    retried: 'systemd starts it again and again: rerun it',
  },
  stop: {
    fits: (unit) => !isDownForGood(unit),
    word: 'up',
    not: 'it is down already',
    none: 'all here is down already',
  },
  'reset-failed': {
    fits: ({ active }) => active === 'failed',
    word: 'failed',
    not: 'it has not failed',
    none: 'nothing here has failed',
  },
};

const UNSEEN: Offer = { kind: 'none', words: 'what systemd says there has not been seen yet' };

/** The units that the verb has something to do for; undefined where nobody has looked. */
const fitting = (
  state: AppState,
  { fits }: Fit,
  node: NodeName,
  names: readonly UnitName[],
): readonly UnitName[] | undefined => {
  const look = shown(state).facts.units.get(node);
  return look && names.filter((name) => look.units.some((unit) => unit.unit === name && fits(unit)));
};

/** Why there is nothing to do for any of them. */
const noneOf = (
  state: AppState,
  { none, retried }: Fit,
  nodes: readonly NodeName[],
  names: readonly UnitName[],
  otherwise = none,
): Offer => {
  const units = nodes.flatMap((node) => shown(state).facts.units.get(node)?.units ?? []);
  const isTried = units.some((unit) => names.includes(unit.unit) && isFailing(unit));
  return { kind: 'none', words: isTried && retried !== undefined ? retried : otherwise };
};

/** One unit, or a node with all of its own. */
const selected = (state: AppState, verb: UnitVerb, target: ActionTarget): Offer => {
  const { topology, inventory } = state;
  const fit = FITS[verb];
  switch (target.kind) {
    case 'instance':
    case 'step': {
      if (target.kind === 'step' && verb === 'stop') {
        return { kind: 'none', words: 'a step runs once: there is nothing to stop' };
      }
      const unit =
        target.kind === 'step' ? stepByName(topology, target.step) : serviceByName(topology, target.service);
      const names = unit === undefined ? [] : [unit.unit];
      const found = fitting(state, fit, target.node, names);
      if (found === undefined) return UNSEEN;
      return found.length === 0
        ? noneOf(state, fit, [target.node], names, fit.not)
        : { kind: 'selected', target };
    }
    case 'node': {
      const node = inventory.nodes.find(({ name }) => name === target.node);
      const here = node === undefined ? [] : watchedUnits(topology, node);
      const services = here.filter((unit) => verb === 'reset-failed' || !stepByName(topology, unit));
      const found = fitting(state, fit, target.node, services);
      if (found === undefined) return UNSEEN;
      return found.length === 0 ? noneOf(state, fit, [target.node], services) : { kind: 'selected', target };
    }
    default:
      return target satisfies never;
  }
};

/** A row that stands for a service on several nodes: the one that the verb is for. */
const ofService = (state: AppState, verb: UnitVerb, service: string): Offer => {
  const fit = FITS[verb];
  const unit = serviceByName(state.topology, service)?.unit;
  const nodes = state.inventory.nodes.filter((node) => node.services.includes(service));
  if (unit === undefined || nodes.length === 0) return { kind: 'none' };
  const looks = nodes.map((node) => [node, fitting(state, fit, node.name, [unit])] as const);
  if (looks.every(([, names]) => names === undefined)) return UNSEEN;
  const found = looks.flatMap(([node, names = []]) => (names.length > 0 ? [node] : []));
  const [one] = found;
  if (one === undefined)
    return noneOf(
      state,
      fit,
      nodes.map(({ name }) => name),
      [unit],
    );
  if (found.length === 1) {
    const why = nodes.length === 1 ? 'the only one' : `the only one of ${nodes.length} that is ${fit.word}`;
    return { kind: 'only', target: { kind: 'instance', service, node: one.name }, why };
  }
  const names = found.length > LISTED_MAX ? '' : `: ${sentenceList(found.map(({ name }) => name))}`;
  return {
    kind: 'several',
    words: `${found.length} of ${nodes.length} are ${fit.word}${names}`,
    of: { service, nodes: found.map(({ name }) => name) },
  };
};

/** What it would be about. */
export const unitOffer = (state: AppState, verb: UnitVerb): Offer => {
  const id = selectedSubject(state);
  const target = targetOf(id);
  if (target !== undefined) return selected(state, verb, target);
  return id?.startsWith('service:') ? ofService(state, verb, id.slice('service:'.length)) : { kind: 'none' };
};
