/** Why a verb has nothing to do where it is asked for: it runs already, it is down already, it has not failed. Pure. */
import { unitWord } from '../core/action-name.ts';
import { nothingToStart } from '../core/dead-units.ts';
import { stepByName } from '../core/graph.ts';
import type { UnitFacts } from '../core/model/observation.ts';
import { isIdle } from '../core/unit-standing.ts';
import { isBetweenTries, isFailing } from '../core/unit-verdict.ts';
import type { GuardInput } from './guard-input.ts';
import { rerunRefusals } from './rerun-guard.ts';

const unseen = ({ target, look }: GuardInput): string[] =>
  look === undefined ? [`what systemd says on ${target.node} has not been seen yet`] : [];

const hasJob = ({ job = 0 }: UnitFacts): boolean => job > 0;

const startRefusal = ({ topology }: GuardInput, facts: UnitFacts, what: string): string[] => {
  if (isBetweenTries(facts) || (facts.active === 'inactive' && facts.sub.includes('auto-restart'))) {
    return [`systemd tries ${what} again by itself: rerun does it at once`];
  }
  switch (facts.active) {
    case 'active':
    case 'reloading':
    case 'refreshing':
      return stepByName(topology, facts.unit) === undefined
        ? [`${what} runs already`]
        : [`${what} has done its work: rerun does it again`];
    case 'activating':
      return [`${what} is starting already`];
    case 'deactivating':
      return [`${what} is stopping: wait for its end`];
    default:
      return hasJob(facts) ? [`${what} waits for its turn: systemd will start it`] : [];
  }
};

const stopRefusal = (facts: UnitFacts, what: string): string[] => {
  if (facts.active === 'deactivating') return [`${what} is stopping already`];
  if (facts.active === 'failed' && !hasJob(facts)) return [`${what} has failed: it is down already`];
  return isIdle(facts) ? [`${what} is down already`] : [];
};

const resetRefusal = (facts: UnitFacts, what: string): string[] => {
  if (facts.active === 'failed') return [];
  return [
    isFailing(facts) ? `${what} keeps failing, but has not given up: rerun it` : `${what} has not failed`,
  ];
};

/** The reason that one unit gives. */
const unitRefusals = (input: GuardInput, refusal: (facts: UnitFacts, what: string) => string[]): string[] => {
  const { units, target, factsOf } = input;
  if (input.look === undefined) return unseen(input);
  const [unit] = units;
  const facts = unit === undefined ? undefined : factsOf(unit);
  return unit === undefined || facts === undefined
    ? []
    : refusal(facts, `${unitWord(unit)} on ${target.node}`);
};

/** A whole node: what is not for the verb to do is left out, so that only nothing at all is a reason. */
const nodeRefusals = (input: GuardInput): string[] => {
  const { units, target, verb, leftDown } = input;
  if (input.look === undefined) return unseen(input);
  if (units.length > 0) return [];
  switch (verb) {
    case 'stop':
      return [`nothing runs on ${target.node}`];
    case 'reset-failed':
      return [`nothing has failed on ${target.node}`];
    case 'restart':
    case 'start':
    case 'rerun':
    case 'bring-up':
      return [nothingToStart(target.node, leftDown)];
    default:
      return verb satisfies never;
  }
};

/** Every reason of the verb's own. */
export const verbRefusals = (input: GuardInput): string[] => {
  const { verb, target, units, factsOf } = input;
  const [unit = ''] = units;
  if (verb === 'bring-up') {
    if (input.look === undefined) return unseen(input);
    return input.starts.length > 0 ? [] : [nothingToStart(target.node, input.leftDown)];
  }
  if (target.kind === 'node') return nodeRefusals(input);
  switch (verb) {
    case 'restart':
      return [];
    case 'start':
      return unitRefusals(input, (facts, what) => startRefusal(input, facts, what));
    case 'stop':
      return unitRefusals(input, stopRefusal);
    case 'reset-failed':
      return unitRefusals(input, resetRefusal);
    case 'rerun':
      return [...unseen(input), ...rerunRefusals({ ...input, unit, facts: factsOf(unit) })];
    default:
      return verb satisfies never;
  }
};
