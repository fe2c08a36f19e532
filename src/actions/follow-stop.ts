/** Follows a stop until its units are down, and what stops with them, and tells of what failed on the way. */
import { unitWord } from '../core/action-name.ts';
import { formatElapsed } from '../core/format.ts';
import type { UnitFacts } from '../core/model/observation.ts';
import type { UnitName } from '../core/model/topology.ts';
import { isDownForGood } from '../core/unit-standing.ts';
import { resultWords } from '../core/unit-verdict.ts';
import { awaitFacts } from './await-facts.ts';
import { unitsWords } from './bring-up.ts';
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
import { stoppedInWords } from './outcome-words.ts';
import { commandMs, type RunnerOptions } from './runner-options.ts';

const isDown = (unit: UnitFacts): boolean => isDownForGood(unit) || unit.load === 'not-found';

/** "flaredb is deactivating (stop-sigterm)". */
const stillUp = ({ unit, active, sub }: UnitFacts): string => `${unitWord(unit)} is ${active} (${sub})`;

const failedWords = (units: readonly UnitFacts[]): string =>
  units
    .map((unit) =>
      [`${unitWord(unit.unit)} has failed`, resultWords(unit)].filter((part) => part !== '').join(', '),
    )
    .join('; ');

type StopEnd = { readonly kind: 'down' } | { readonly kind: 'late'; readonly up: readonly UnitFacts[] };

export const followStop = async (options: RunnerOptions, following: Following): Promise<End> => {
  const { plan, sent, before, lost, say } = following;
  const { clock, facts, topology } = options;
  const all: readonly UnitName[] = [...plan.units, ...plan.takesAlong];
  const timeoutMs = commandMs(options, plan.expectedMs);
  const unitsSince = (since: number): readonly UnitFacts[] | undefined => {
    const look = lookAt(facts().units.get(plan.target.node), since, plan.units);
    return look && all.flatMap((name) => factsIn(look, name) ?? []);
  };
  let seen: readonly UnitFacts[] = [];
  const end = await awaitFacts<StopEnd>(sourceOf(options, following), sinceMs(following), (nowMs, since) => {
    const units = unitsSince(since);
    seen = units ?? seen;
    const up = units?.filter((unit) => !isDown(unit));
    const isLate = nowMs - sent.monotonicMs >= timeoutMs;
    if (up?.length === 0) return { kind: 'end', end: { kind: 'down' } };
    if (isLate) return { kind: 'end', end: { kind: 'late', up: up ?? [] } };
    const [first] = up ?? [];
    const why = first === undefined ? 'systemd has not been seen since' : stillUp(first);
    const elapsed = formatElapsed(clock.monotonic() - sent.monotonicMs);
    say(`${lostWords(lost)}${why}, ${elapsed}`);
    return { kind: 'open', calm: false };
  });
  if (end === 'cancelled') return CANCELLED;
  if (end.kind === 'late') {
    const isUntouched = seen.every((unit) => unit.active === factsIn(before, unit.unit)?.active);
    if (lost !== undefined && isUntouched) return noSign(lost, 'it was stopped');
    const [first] = end.up;
    const why = first === undefined ? 'systemd has not been seen since' : stillUp(first);
    return { outcome: 'timeout', words: `not stopped after ${formatElapsed(timeoutMs)}: ${why}` };
  }
  const tookMs = (lost === undefined ? following.returned.monotonicMs : clock.monotonic()) - sent.monotonicMs;
  const words = stoppedInWords(tookMs, unitsWords(topology, plan.takesAlong));
  // What had failed before is no news of this stop.
  const failed = seen.filter(
    (unit) => unit.active === 'failed' && factsIn(before, unit.unit)?.active !== 'failed',
  );
  return failed.length === 0
    ? { outcome: 'succeeded', words }
    : { outcome: 'failed', words: `${words}; ${failedWords(failed)}` };
};
