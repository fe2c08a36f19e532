/** Follows a reset-failed until its units have failed no more. */
import { unitWord } from '../core/action-name.ts';
import { sentenceList } from '../core/format.ts';
import type { UnitFacts } from '../core/model/observation.ts';
import { isFailing, resultWords } from '../core/unit-verdict.ts';
import { awaitFacts } from './await-facts.ts';
import {
  CANCELLED,
  type End,
  type Following,
  factsIn,
  lookAt,
  lostWords,
  noSign,
  sinceMs,
  sourceOf,
} from './following.ts';
import { type RunnerOptions, watchMs } from './runner-options.ts';

type ResetEnd = { readonly units: readonly UnitFacts[] | undefined };

export const followReset = async (options: RunnerOptions, following: Following): Promise<End> => {
  const { plan, sent, lost, say } = following;
  const { node } = plan.target;
  const timeoutMs = watchMs(options, plan.expectedMs);
  const end = await awaitFacts<ResetEnd>(sourceOf(options, following), sinceMs(following), (nowMs, since) => {
    const look = lookAt(options.facts().units.get(node), since, plan.units);
    const units = look && plan.units.flatMap((name) => factsIn(look, name) ?? []);
    const isOver = units !== undefined && !units.some(isFailing);
    if (isOver || nowMs - sent.monotonicMs >= timeoutMs) return { kind: 'end', end: { units } };
    say(`${lostWords(lost)}systemd has not been seen since`);
    return { kind: 'open', calm: false };
  });
  if (end === 'cancelled') return CANCELLED;
  const failing = (end.units ?? []).filter(isFailing);
  const names = sentenceList(plan.units.map(unitWord));
  if (end.units !== undefined && failing.length === 0) {
    const isUp = end.units.every(({ active }) => active === 'active');
    return {
      outcome: 'succeeded',
      words: `failure forgotten: ${names}${isUp ? '' : '; start brings it up'}`,
    };
  }
  if (lost !== undefined) return noSign(lost, 'anything was forgotten');
  if (end.units === undefined) return { outcome: 'unknown', words: 'systemd has not been seen since' };
  const why = failing.map((unit) =>
    [unitWord(unit.unit), resultWords(unit)].filter((part) => part !== '').join(' '),
  );
  return { outcome: 'failed', words: `still failed: ${sentenceList(why)}` };
};
